"""A stolen machine shows no one: canaries go in everywhere, then the whole disk is searched for them.

Searched are the folder of PostgreSQL with its WAL, statistics and log, what web process and worker wrote, static and
temporary files and whatever else lies in the data folder, a backup, opened too, and what processes show of themselves; each
in UTF-8, UTF-16, escaped, base64 at three offsets and hexadecimal, transliterated, in zip, gzip, zlib and glyphs of a PDF.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import typst
from anyascii import anyascii
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from PIL import Image
from PIL.ExifTags import Base

from compass.config.embedded import Cluster
from compass.config.environment import create_secrets
from compass.config.serving import Live
from compass.config.tests.disk_papers import backup, night, papers, shown_by_processes, voice
from compass.config.tests.disk_search import Canaries, Wanted, canary, forms, search
from compass.config.tests.disk_steps import (
    Browser,
    envelope,
    identified,
    someone,
    through_actions,
    through_pages,
)

KEYS = ("root.key", "scope.key", "django.key", "checkpoint.key")


def uncompressed(root: Any) -> None:
    """Let PostgreSQL keep long values as they are: a thief unpacks what it packs, the search does not."""
    columns = root.execute(
        "SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE EXTERNAL', c.oid::regclass, a.attname)"
        " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND a.attstorage = 'x' AND a.attnum > 0 AND NOT a.attisdropped"
    ).fetchall()
    root.execute("; ".join(statement for (statement,) in columns))


@pytest.fixture
def machine(cluster: Cluster, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A machine of its own: PostgreSQL with everything on, the same keys, Django connected to it.

    What its programs put into temporary files lies in its folder too.
    """
    from django.db import connection

    own = Cluster(Path(tempfile.mkdtemp(prefix="compass-disk-")))
    own.folder.chmod(0o755)
    own.create()
    for name in KEYS:
        shutil.copy2(cluster.folder / "secrets" / name, own.folder / "secrets" / name)
    shutil.copy2(cluster.folder / "checkpoint.pub", own.folder)
    own.start()
    own.create_database()
    create_secrets(own.folder)
    live = Live(own, "compass", own.folder / "static")
    subprocess.run(
        [sys.executable, "-m", "compass.config.demo.prepare", "owner", "0", "0"], env=live.env("owner"), check=True
    )
    with own.connect("postgres", "compass") as root:
        uncompressed(root)
    (own.folder / "temporary").mkdir(mode=0o1777)
    monkeypatch.setenv("TMPDIR", str(own.folder / "temporary"))
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(
        NAME="compass", HOST=str(own.socket), USER="compass_app", PASSWORD=own.password("compass_app")
    )
    from compass.vault.keys import forget_keys

    forget_keys()
    with django_db_blocker.unblock():
        yield live
        connection.close()
    forget_keys()
    connection.settings_dict.update(before)
    live.stop()
    own.stop()
    shutil.rmtree(own.folder, ignore_errors=True)


def sealed_columns() -> list[tuple[str, str]]:
    from django.apps import apps
    from django.db.models import BinaryField

    return sorted(
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField) and field.column.endswith("sealed")
    )


class Marker:
    """Adds a canary to every value that an action seals, in the place where the room hands it over."""

    def __init__(self) -> None:
        self.canaries: dict[str, str] = {}

    def of(self, place: str) -> str:
        return self.canaries.setdefault(place, canary(place.replace(".", "-")))

    def mark(self, value: Any, place: str) -> Any:
        if isinstance(value, dict):
            return {**value, "mark": self.of(place)}
        if isinstance(value, list):
            return [*value, self.of(place)]
        return f"{value} {self.of(place)}"


@pytest.fixture
def marker(monkeypatch: pytest.MonkeyPatch) -> Marker:
    from compass.vault.keys import KeyRing

    found = Marker()
    seal, seal_file = KeyRing.seal, KeyRing.seal_file

    def marked(self: KeyRing, value: Any, *, table: str, column: str, **more: Any) -> bytes:
        return seal(self, found.mark(value, f"{table}.{column}"), table=table, column=column, **more)

    def marked_file(self: KeyRing, content: bytes, *, table: str, column: str, **more: Any) -> bytes:
        content += found.of(f"{table}.{column}").encode()
        return seal_file(self, content, table=table, column=column, **more)

    monkeypatch.setattr(KeyRing, "seal", marked)
    monkeypatch.setattr(KeyRing, "seal_file", marked_file)
    return found


FILLERS = {
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "now()",
    "date": "now()",
    "boolean": "false",
    "jsonb": "'{}'",
    "ARRAY": "'{}'",
    "bytea": "''",
    "character varying": "''",
    "text": "''",
}


def fill(machine: Live, marker: Marker, table: str, column: str) -> None:
    """A row for a sealed column that the story left empty, sealed like any other."""
    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work

    row = uuid4()
    actor = Actor.of(User.objects.get(username="zinder.supervisor"))
    with unit_of_work(actor, "test") as work:
        work.keys.create(actor.organisation.pk, [row])
        blob = work.keys.seal({}, table=table, column=column, subject=row)
    with machine.cluster.connect("postgres", "compass") as root:
        root.execute("SET session_replication_role = replica")
        columns = root.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
            " AND column_default IS NULL AND is_identity = 'NO'",
            [table],
        ).fetchall()
        values = {name: FILLERS.get(kind, "1") for name, kind in columns}
        given: dict[str, Any] = {column: blob, "id": row, "organisation_id": actor.organisation.pk}
        names = list(dict.fromkeys([*values, column]))
        places = ", ".join("%s" if name in given else values[name] for name in names)
        constraints = root.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u')", [table]
        ).fetchall()
        for (name,) in constraints:
            root.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
        quoted = ", ".join(f'"{name}"' for name in names)
        root.execute(f"INSERT INTO {table} ({quoted}) VALUES ({places})", [given[n] for n in names if n in given])


@dataclass
class Used:
    """What was typed, by place; pieces of the papers that were handed out; what arguments and environments showed."""

    typed: Canaries
    pieces: list[bytes]
    shown: bytes


def use_it(machine: Live) -> Used:
    """Load a programme, sign in, call actions, send forms, upload a photo, hand out papers, let a night pass."""
    from allauth.core.context import request_context
    from allauth.mfa.totp.internal.auth import TOTP

    from compass.access import scope
    from compass.access.models import User
    from compass.access.staff import name_of, seal_name
    from compass.config.demo.load import load

    load(60, 1, say=lambda text: None)
    typed = Canaries()

    user = User.objects.get(username="zinder.cases")
    with machine.cluster.connect("compass_owner", "compass") as owner:
        name = seal_name(user.pk, typed["staff"])
        owner.execute("UPDATE access_user SET name_sealed = %s WHERE id = %s", [name, user.pk])
    user.refresh_from_db()
    assert name_of(user) == typed["staff"]

    request = RequestFactory().get("/")
    request.user = user
    typed["totp"] = base64.b32encode(secrets.token_bytes(20)).decode()
    with request_context(request), scope.account(user.pk):
        TOTP.activate(user, typed["totp"])

    client = Client()
    client.force_login(
        User.objects.get(username="zinder.social"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    session = client.session
    session["note"] = typed["session"]
    session.save()
    typed["session key"] = session.session_key

    case = through_actions(typed)
    machine.start()
    office, temporary = Browser(machine, client.cookies["compass_session"].value), machine.cluster.folder / "temporary"
    through_pages(machine, office, case, typed, photo(typed["photo EXIF"], 3 * 1024 * 1024), temporary)
    pieces = papers(machine, case, typed)
    voice(machine, typed)
    careless = subprocess.Popen(["/bin/sleep", "300"], env={"WORDS": typed["careless process"]})
    try:
        shown = shown_by_processes()
    finally:
        careless.kill()
        careless.wait()
    night(machine)
    return Used(typed, pieces, shown)


def test_a_stolen_disk_shows_no_one(machine: Live, marker: Marker, tmp_path: Path) -> None:
    """Positive controls in it: the voice of the office, which is kept as it is, a process that shows a canary, and the
    papers, which say what was typed."""
    used = use_it(machine)
    by_actions = set(marker.canaries)
    outside = {("access_user", "name_sealed"), ("access_session", "sealed")}
    for table, column in sealed_columns():
        if (table, column) not in outside and f"{table}.{column}" not in by_actions:
            fill(machine, marker, table, column)
    machine.stop()
    restored = backup(machine, tmp_path / "backup.age")
    with machine.cluster.connect("postgres", "compass") as root:
        empty = [
            f"{table}.{column}"
            for table, column in sealed_columns()
            if not root.execute(f"SELECT 1 FROM {table} WHERE length({column}) > 100 LIMIT 1").fetchone()
        ]
        root.execute("CHECKPOINT")
    machine.cluster.stop()

    typed, canaries = used.typed, {**used.typed, **marker.canaries}
    assert empty == [], "sealed columns that got no canary"
    assert len(by_actions) >= 5, "the actions seal what they are given"
    assert {"registration given", "typed phone", "typed assessment", "photo name", "photo EXIF"} <= set(typed)
    assert {"searched name", "searched place", "voice name"} <= set(typed)
    assert len(used.pieces) > 3
    found = search(machine.cluster.folder, canaries, used.pieces)
    assert {place for place, _file in found} == {"voice"}, found
    assert Wanted(canaries).within(restored) == {"voice"}
    assert search(tmp_path, canaries, used.pieces) == []
    assert Wanted(canaries).within(used.shown) == {"careless process"}


def test_an_action_that_writes_beside_the_seal_is_found(
    cluster: Cluster, apart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: an action that tells the trail who it was, before and after it does."""
    from compass.config.tests.access_world import at
    from compass.people.actions import IdentityChange, change_identity, persons

    seal = persons._seal

    def telling(work: Any, person: Any, identity: Any, contact: Any) -> None:
        work.record("leak", who=str(identity), contact=str(contact))
        seal(work, person, identity, contact)

    def on_disk() -> set[str]:
        typed = Canaries()
        with at("zinder.social") as work:
            known = someone(work, {}, **identified(typed, "registration"))
        with at("zinder.social") as work:
            change_identity(work, [IdentityChange(**envelope(id=known.pk), **identified(typed, "correction"))])
        with cluster.connect("postgres", apart) as root:
            root.execute("CHECKPOINT")
            folder = root.execute("SELECT pg_relation_filepath('trail_entry')").fetchone()[0].rpartition("/")[0]
        assert len(typed) == 14
        return set(typed) - {place for place, _ in search(cluster.data / folder, typed)}

    with cluster.connect("postgres", apart) as root:
        uncompressed(root)
    assert len(on_disk()) == 14, "nothing is found of an action that seals"
    monkeypatch.setattr(persons, "_seal", telling)

    assert on_disk() == set(), "everything is found of an action that tells"


def test_a_search_that_tells_the_trail_its_words_is_found(
    cluster: Cluster, apart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control of searching: the same search leaves nothing, and everything once it says what it looked for."""
    from compass.access.work import Command
    from compass.config.tests.access_world import at
    from compass.people.actions import search_people, searches
    from compass.people.searching.tokens import record_of

    find = searches.find

    def telling(work: Any, record: Any, organisation: Any) -> Any:
        work.record("leak", who=str(record))
        return find(work, record, organisation)

    def on_disk() -> set[str]:
        typed = Canaries()
        identity = {"given": typed["searched name"], "place_of_origin": typed["searched place"]}
        with at("zinder.social") as work:
            search_people(work, Command(**envelope(basis="public_interest")), record_of(identity, {}))
        with cluster.connect("postgres", apart) as root:
            root.execute("CHECKPOINT")
            folder = root.execute("SELECT pg_relation_filepath('trail_entry')").fetchone()[0].rpartition("/")[0]
        return {place for place, _ in search(cluster.data / folder, typed)}

    with cluster.connect("postgres", apart) as root:
        uncompressed(root)
    assert on_disk() == set()
    monkeypatch.setattr(searches, "find", telling)

    assert on_disk() == {"searched name", "searched place"}


def test_fields_left_clear_are_found(machine: Live) -> None:
    """The positive control: the same search finds canaries that were left in the clear on purpose."""
    names = [
        "utf8",
        "utf16le",
        "utf16be",
        "base64",
        "hex",
        "log",
        "zip",
        "gzip",
        "zlib",
        "pdf",
        "core",
        "transliterated",
        "journal",
    ]
    texts = {name: canary(name) for name in [*names, "job argument"]}
    raw = {
        "utf8": texts["utf8"].encode(),
        "utf16le": texts["utf16le"].encode("utf-16-le"),
        "utf16be": texts["utf16be"].encode("utf-16-be"),
        "base64": base64.b64encode(b"x" * secrets.randbelow(3) + texts["base64"].encode() + b"tail"),
        "hex": texts["hex"].encode().hex().encode(),
    }
    with machine.cluster.connect("postgres", "compass") as root:
        root.execute("ALTER TABLE access_session ADD COLUMN remark bytea")
        for name, value in raw.items():
            root.execute(
                "INSERT INTO access_session (key_hash, sealed, created_at, seen_at, expires_at, remark)"
                " VALUES (%s, '', now(), now(), now(), %s)",
                [name, value],
            )
        root.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
            " VALUES ('default', 'compass.people.match_one', 0, %s, 'succeeded')",
            [json.dumps({"who": texts["job argument"]})],
        )
        root.execute("CHECKPOINT")
        root.execute("BEGIN; CREATE TABLE gone (said text)")
        root.execute("INSERT INTO gone VALUES (%s)", [texts["journal"]])
        root.execute("ROLLBACK")
    machine.log.write_text(f"WARNING Not Found: {texts['log']}\n")
    packed = machine.cluster.folder / "temporary"
    with zipfile.ZipFile(packed / "sent.zip", "w", zipfile.ZIP_DEFLATED) as sent:
        sent.writestr("list.csv", f"name\n{texts['zip']}\n")
    (packed / "copy.gz").write_bytes(gzip.compress(texts["gzip"].encode()))
    (packed / "cache").write_bytes(zlib.compress(texts["zlib"].encode()))
    (packed / "paper.pdf").write_bytes(typst.compile(texts["pdf"].encode(), format="pdf"))
    (packed / "core.4711").write_bytes(os.urandom(5000) + texts["core"].encode("utf-16-le"))
    (packed / "index").write_text(anyascii(texts["transliterated"]).upper())
    machine.cluster.stop()

    found = search(machine.cluster.folder, texts, [b"%PDF-1.7"])
    assert {place for place, _ in found} == {*texts, "paper"}
    assert any(place == "journal" and "pg_wal" in file for place, file in found)


def test_the_search_reads_what_it_says() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        text = canary("self")
        for number, form in enumerate(forms(text)):
            (folder / str(number)).write_bytes(os.urandom(50) + form + os.urandom(50))
        assert {path for _, path in search(folder, {"self": text})} == {str(n) for n in range(len(forms(text)))}
    finally:
        shutil.rmtree(folder)


DJANGO_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
LARGEST = 5 * 1024 * 1024


def photo(text: str, size: int) -> bytes:
    """A photo whose EXIF says who is on it, of at least `size` bytes."""
    image, content = Image.new("RGB", (64, 48)), io.BytesIO()
    exif = Image.Exif()
    exif[Base.UserComment] = text.encode()
    image.save(content, "JPEG", exif=exif)
    return content.getvalue() + b"\0" * size


def left_behind(folder: Path, text: str, size: int) -> list[tuple[str, str]]:
    """What lies in the folder for temporary files while an uploaded photo is in the hands of a view."""
    file = SimpleUploadedFile(f"{text}.jpg", photo(text, size), "image/jpeg")
    request = RequestFactory().post("/", {"photo": file})
    uploaded = request.FILES["photo"]
    assert uploaded.size >= size
    uploaded.read(10)
    uploaded.seek(0)
    return search(folder, {"photo": text})


@pytest.mark.parametrize("size", [1024, 3 * 1024 * 1024, LARGEST])
def test_an_upload_never_touches_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    assert left_behind(tmp_path, canary("photo"), size) == []
    assert list(tmp_path.iterdir()) == []


def test_an_upload_that_touches_the_disk_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The positive control: as Django does it unless told otherwise."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings.FILE_UPLOAD_HANDLERS, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = DJANGO_HANDLERS, 2_621_440

    assert [place for place, _ in left_behind(tmp_path, canary("photo"), LARGEST)] == ["photo"]
