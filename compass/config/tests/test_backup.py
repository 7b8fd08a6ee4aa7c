"""The whole system as one file for offline recipients, put back without whoever was erased since: a drill."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pyrage
import pytest
from django.utils import translation

from compass.config import archive
from compass.config.embedded import Cluster, EmbeddedError, programs
from compass.config.environment import environment
from compass.config.tests.disk_search import canary, search

PLACE = {"table": "people_person", "column": "identity_sealed"}


@dataclass
class Drill:
    """An installation with a backup; Ese was erased after it, Amina was not, and a third came too late for it."""

    cluster: Cluster
    name: str
    folder: Path
    identity: Path
    recipient: str
    people: dict[str, UUID] = field(default_factory=dict)
    canaries: dict[str, str] = field(default_factory=dict)
    said: str = ""

    @property
    def backup(self) -> Path:
        return self.folder / "backup.age"

    @property
    def ledger(self) -> Path:
        return self.folder / "signed" / "erasures.jsonl"

    def env(self, name: str = "", **changes: str) -> dict[str, str]:
        base = {k: v for k, v in os.environ.items() if not k.startswith("COMPASS_")}
        told = environment(self.cluster, "owner", name=name or self.name)
        return {
            **base, **told, "COMPASS_CHECKPOINTS": str(self.folder / "signed"), "LC_ALL": "C.UTF-8",
            "TMPDIR": str(self.folder / "temporary"), **changes,
        }  # fmt: skip

    def run(self, *arguments: object, name: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "compass.config.cli", *(str(each) for each in arguments)],
            env=self.env(name, **changes), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def restore(self, name: str, *more: object, **changes: str) -> subprocess.CompletedProcess[str]:
        told = more or ("--erasures", self.ledger)
        return self.run(
            "restore", self.backup, "--identity", self.identity, "--data", self.folder / f"data-{uuid4()}", *told,
            name=name, **changes,
        )  # fmt: skip


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def drill(cluster: Cluster, django_db_blocker: Any) -> Iterator[Drill]:
    from django.conf import settings
    from django.db import connection

    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work
    from compass.config.tests.access_world import told
    from compass.people.actions import Registration, register_people
    from compass.trail.jobs import export_erasures, sign_checkpoint

    folder = Path(tempfile.mkdtemp(prefix="compass-backup-"))
    (folder / "temporary").mkdir()
    identity = pyrage.x25519.Identity.generate()
    (folder / "identity").write_text(f"# created: by age-keygen\n{identity}\n")
    made = Drill(cluster, f"drill_{uuid4().hex[:8]}", folder, folder / "identity", str(identity.to_public()))
    cluster.create_database(made.name, template="compass_template")
    before, earlier = (
        dict(connection.settings_dict),
        (settings.COMPASS_CHECKPOINTS, settings.COMPASS_CHECKPOINT_KEY_FILE),
    )
    connection.close()
    connection.settings_dict["NAME"] = made.name
    settings.COMPASS_CHECKPOINTS = folder / "signed"
    settings.COMPASS_CHECKPOINT_KEY_FILE = str(cluster.folder / "secrets" / "checkpoint.key")

    def register(who: str) -> None:
        given = made.canaries[who] = canary(who)
        with unit_of_work(Actor.of(User.objects.get(username="zinder.social")), "test") as work:
            (row,) = register_people(work, [Registration(**told(basis="vital_interest"), identity={"given": given})])
            made.people[who] = row.pk

    try:
        with django_db_blocker.unblock():
            register("early"), register("ese"), register("amina")
            with unit_of_work(Actor.of(User.objects.get(username="zinder.social")), "test") as work:
                work.keys.destroy([made.people["early"]])
            export_erasures()
            sign_checkpoint(always=True)
            done = made.run("backup", made.backup, "--recipient", made.recipient)
            assert done.returncode == 0, done.stderr
            made.said = done.stdout
            register("late")
            with unit_of_work(Actor.of(User.objects.get(username="zinder.social")), "test") as work:
                work.keys.destroy([made.people["ese"]])
            export_erasures()
            sign_checkpoint(always=True)
            connection.close()
        yield made
    finally:
        connection.settings_dict.update(before)
        settings.COMPASS_CHECKPOINTS, settings.COMPASS_CHECKPOINT_KEY_FILE = earlier
        cluster.drop_database(made.name)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[str]:
    name = f"restored_{uuid4().hex[:8]}"
    cluster.create_database(name)
    yield name
    cluster.drop_database(name)


def names_of(cluster: Cluster, name: str, drill: Drill, scope_key: Path) -> dict[str, Any]:
    """Who opens in a database, asked by a process of its own with the scope key of the restored folder."""
    code = (
        "import django, json, sys; django.setup()\n"
        "from compass.access.actor import Actor; from compass.access.models import User\n"
        "from compass.access.work import unit_of_work; from compass.people.models import Person\n"
        "from compass.problems import KeyAbsent\n"
        "found = {}\n"
        "with unit_of_work(Actor.of(User.objects.get(username='zinder.social')), 'test') as work:\n"
        "    for each in Person.objects.all():\n"
        "        try: opened = work.keys.open(each.identity_sealed, table='people_person', column='identity_sealed',"
        " subject=each.pk)['given']\n"
        "        except KeyAbsent: opened = None\n"
        "        found[str(each.pk)] = opened\n"
        "print(json.dumps(found))"
    )
    env = {**drill.env(), **environment(cluster, "app", name=name), "COMPASS_SCOPE_KEY_FILE": str(scope_key)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    import json

    opened = json.loads(done.stdout)
    return {who: opened.get(str(pk), "not there") for who, pk in drill.people.items()}


def folder_of(done: subprocess.CompletedProcess[str]) -> Path:
    return Path(done.args[done.args.index("--data") + 1])


def test_whoever_was_erased_after_the_backup_stays_erased_and_others_open(drill, cluster, empty):
    done = drill.restore(empty)

    assert done.returncode == 0, done.stderr
    opened = names_of(cluster, empty, drill, folder_of(done) / "secrets" / "scope.key")
    assert opened == {"early": None, "ese": None, "amina": drill.canaries["amina"], "late": "not there"}
    with cluster.connect("compass_owner", empty) as owner:
        erased = owner.execute("SELECT number, subject_id FROM vault_erasure ORDER BY number").fetchall()
        tokens = owner.execute("SELECT count(*) FROM people_searchtoken WHERE person_id = %s", [drill.people["ese"]])
        assert tokens.fetchone() == (0,)
        left = owner.execute(
            "SELECT 1 FROM pg_proc WHERE proname LIKE 'compass_keep%' UNION SELECT 1 FROM access_session"
        )
        assert left.fetchall() == []
    assert erased == [(1, drill.people["early"]), (2, drill.people["ese"])]
    assert not shutil.os.listdir(drill.folder / "temporary")


def test_without_the_list_she_would_come_back_and_with_it_her_key_is_in_no_file(drill, cluster, empty):
    """The first restore is the positive control: the backup does hold her key."""
    refused = drill.restore(empty, "--without-erasures", "--erasures", drill.ledger)
    assert refused.returncode == 1 and "--without-erasures" in refused.stderr
    done = drill.restore(empty, "--without-erasures")
    assert done.returncode == 0, done.stderr
    opened = names_of(cluster, empty, drill, folder_of(done) / "secrets" / "scope.key")
    assert (opened["early"], opened["ese"]) == (None, drill.canaries["ese"])
    with cluster.connect("compass_owner", drill.name) as owner:
        key = bytes(
            owner.execute(
                "SELECT wrapped FROM vault_subjectkey WHERE subject_id = %s", [drill.people["amina"]]
            ).fetchone()[0]
        )
    with cluster.connect("compass_owner", empty) as owner:
        hers = bytes(
            owner.execute(
                "SELECT wrapped FROM vault_subjectkey WHERE subject_id = %s", [drill.people["ese"]]
            ).fetchone()[0]
        )
    folder = Path(tempfile.mkdtemp(prefix="compass-restored-"))
    folder.chmod(0o755)
    try:
        done = drill.run(
            "restore", drill.backup, "--identity", drill.identity, "--erasures", drill.ledger, "--data", folder / "new",
            COMPASS_OWNER_URL="",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        files = [path for path in (folder / "new" / "postgres").rglob("*") if path.is_file()]
        content = [path.read_bytes() for path in files]
        assert any(key in each for each in content), "the positive control"
        assert not any(hers in each for each in content)
        kept = {path.name for path in (folder / "new" / "secrets").iterdir()}
        assert {"scope.key", "django.key", "checkpoint.key"} <= kept
        assert "root.key" not in kept
    finally:
        Cluster(folder / "new").stop()
        shutil.rmtree(folder)


def test_verify_trail_says_where_the_restored_trail_ends(drill, empty):
    done = drill.restore(empty)
    ended = int(re.search(r"ends at entry (\d+)", done.stdout)[1])
    own = str(folder_of(done) / "checkpoints")

    known = drill.run("verify-trail", name=empty, COMPASS_CHECKPOINTS=own)
    officer = drill.run("verify-trail", name=empty)
    told = drill.run("verify-trail", "--restored", ended, name=empty)

    assert (known.returncode, officer.returncode, told.returncode) == (0, 1, 0), known.stdout + told.stdout
    assert f"entry {ended} is the last one from before" in known.stdout
    assert "are lost" in officer.stdout and f"--restored {ended}" in officer.stdout
    assert f"entry {ended} is the last one from before" in told.stdout


def test_nothing_of_anyone_is_in_the_backup_in_the_clear(drill, cluster):
    with cluster.connect("compass_owner", drill.name) as owner:
        codes = {f"code {code}": code for (code,) in owner.execute("SELECT code FROM people_person").fetchall()}
        wanted = {**drill.canaries, **codes, "account": "zinder.supervisor"}
    root = (cluster.folder / "secrets" / "root.key").read_bytes()
    by = archive.identities(drill.identity)
    plain = bytearray()
    small = archive.read(drill.backup, by, plain.extend)
    words = subprocess.run(
        [programs(18) / "pg_restore", "--file=-"], input=bytes(plain), capture_output=True, check=True
    ).stdout
    opened = drill.folder / "opened"
    opened.mkdir()
    (opened / "plain").write_bytes(words + b"".join(small.values()))
    closed = drill.folder / "closed"
    closed.mkdir()
    shutil.copy(drill.backup, closed)
    try:
        assert search(closed, wanted) == []
        found = {place for place, _ in search(opened, wanted)}
        # What is clear in the database is found, and what is sealed there is not, even by who can open the backup.
        assert "account" in found and len(found & set(codes)) == 3
        assert not found & set(drill.canaries)
        assert root not in (opened / "plain").read_bytes()
        assert root.hex().encode() not in (opened / "plain").read_bytes()
    finally:
        shutil.rmtree(opened)
        shutil.rmtree(closed)


def refusal(drill: Drill, backup: bytes | None = None, identity: str = "", **more: Any) -> str:
    """The one sentence of a restore that nothing came of; its folder is not there."""
    folder = drill.folder / f"refused-{uuid4()}"
    folder.mkdir()
    (folder / "backup").write_bytes(drill.backup.read_bytes() if backup is None else backup)
    (folder / "identity").write_text(identity or drill.identity.read_text())
    told = more.pop("told", ("--erasures", drill.ledger))
    try:
        done = drill.run(
            "restore", folder / "backup", "--identity", folder / "identity", "--data", folder / "data", *told, **more
        )
        assert done.returncode == 1
        assert not (folder / "data").exists()
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr
    finally:
        shutil.rmtree(folder)


def test_a_wrong_identity_is_told(drill, tmp_path):
    other = str(pyrage.x25519.Identity.generate())
    assert "does not open the backup" in refusal(drill, identity=other)

    (tmp_path / "nothing").write_text("nothing\n")
    with pytest.raises(EmbeddedError, match="holds no identity"):
        archive.identities(tmp_path / "nothing")


@pytest.mark.parametrize(("language", "words"), [("fr", "n’ouvre pas la sauvegarde"), ("ar", "لا تفتح النسخة")])
def test_it_is_told_in_the_language_of_the_terminal(drill, language, words):
    with translation.override(language), pytest.raises(EmbeddedError, match=words):
        archive.checked(drill.backup, [pyrage.x25519.Identity.generate()])


@pytest.mark.parametrize(
    "spoil", ["cut", "last byte", "whole pieces", "first", "middle", "end", "another file", "empty"]
)
def test_a_spoiled_backup_is_no_backup(drill, tmp_path, spoil):
    whole = drill.backup.read_bytes()
    head = whole.index(b"\n--- ")
    body = whole.index(b"\n", head + 1) + 1 + 16
    places = {"first": body + 5, "middle": len(whole) // 2, "end": len(whole) - 3}
    spoiled = {
        "cut": whole[: len(whole) // 2],
        "last byte": whole[:-1],
        "whole pieces": whole[: body + 2 * (65536 + 16)],
        "another file": os.urandom(10_000),
        "empty": b"",
    }
    if place := places.get(spoil):
        spoiled[spoil] = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
    (tmp_path / "spoiled").write_bytes(spoiled[spoil])

    with pytest.raises(EmbeddedError, match="no whole backup"):
        archive.checked(tmp_path / "spoiled", archive.identities(drill.identity))


def test_a_spoiled_backup_changes_nothing(drill, cluster, empty):
    whole = drill.backup.read_bytes()

    assert "no whole backup" in refusal(drill, whole[:-1], name=empty)

    with cluster.connect("compass_owner", empty) as owner:
        found = owner.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchone()
    assert found == (0,)


def test_a_database_with_anything_in_it_is_left_alone(drill, cluster):
    with cluster.connect("compass_owner", drill.name) as owner:
        before = owner.execute("SELECT count(*), max(seq) FROM trail_entry").fetchone()

    assert "The database is not empty" in refusal(drill)

    with cluster.connect("compass_owner", drill.name) as owner:
        assert owner.execute("SELECT count(*), max(seq) FROM trail_entry").fetchone() == before


def test_a_folder_with_anything_in_it_is_left_alone(drill, empty):
    done = drill.run(
        "restore",
        drill.backup,
        "--identity",
        drill.identity,
        "--erasures",
        drill.ledger,
        "--data",
        drill.folder,
        name=empty,
    )

    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert drill.backup.exists()


def test_a_list_of_erasures_that_is_older_or_changed_is_refused(drill, tmp_path):
    from compass.config.commands.restore import _ledger

    first, second = drill.ledger.read_text().splitlines()
    swapped = second.replace(str(drill.people["ese"]), str(drill.people["amina"]))
    _manifest, small = archive.checked(drill.backup, archive.identities(drill.identity))
    place = tmp_path / "list"

    for said, text in (
        ("older than the backup", ""),
        ("cannot be trusted", f"{second}\n"),
        ("cannot be trusted", f"{first}\n{swapped}\n"),
    ):
        place.write_text(text)
        with pytest.raises(EmbeddedError, match=said):
            _ledger(place, small, None)
    assert len(_ledger(drill.ledger, small, None)) == 2


def test_a_backup_that_somebody_else_made_is_refused(drill):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    pem = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    place = drill.folder / "other.pub"
    place.write_bytes(Ed25519PrivateKey.generate().public_key().public_bytes(*pem))

    said = refusal(drill, told=("--public-key", place, "--erasures", drill.ledger))

    assert "not made by the installation of this public key" in said
    place.unlink()


def test_a_backup_is_not_written_over_and_half_of_one_is_not_left(drill):
    before = drill.backup.read_bytes()
    again = drill.run("backup", drill.backup, "--recipient", drill.recipient)
    assert "is there already" in again.stderr
    assert drill.backup.read_bytes() == before

    target = drill.folder / "another.age"
    gone = drill.run("backup", target, "--recipient", drill.recipient, name="nowhere")
    broken = drill.run("backup", target, "--recipient", drill.recipient, COMPASS_PG_PROGRAMS="/nonexistent")
    assert (gone.returncode, broken.returncode) == (1, 1)
    assert not list(drill.folder.glob("another*"))


def test_a_full_disk_is_told_and_leaves_nothing(drill):
    """A limit of the size of files stops the writing like a full disk does."""
    target = drill.folder / "full.age"
    command = [sys.executable, "-m", "compass.config.cli", "backup", str(target), "--recipient", drill.recipient]
    done = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -f 200; trap "" XFSZ; exec "$@"', "sh", *command],
        env=drill.env(), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "The disk is full; no backup was made" in done.stderr
    assert not list(drill.folder.glob("full*"))


def test_whoever_names_no_recipient_or_an_identity_is_told(drill):
    target = drill.folder / "none.age"

    assert "Name at least one recipient" in drill.run("backup", target).stderr
    identity = str(pyrage.x25519.Identity.generate())
    assert "must never come onto this machine" in drill.run("backup", target, "--recipient", identity).stderr
    assert "begins with age1" in drill.run("backup", target, "--recipient", "age1nothing").stderr
    assert not target.exists()


def test_each_recipient_opens_it_alone(drill):
    first, second = (pyrage.x25519.Identity.generate() for _ in range(2))
    target, told = drill.folder / "two.age", drill.folder / "recipients"
    told.write_text(f"# the two safes\n{first.to_public()}\n\n{second.to_public()}\n")

    assert drill.run("backup", target, "--recipients", told).returncode == 0

    for each in (first, second):
        manifest, small = archive.checked(target, [each])
        assert manifest.seq > 0 and set(small) == set(archive.FILES)
    with pytest.raises(EmbeddedError):
        archive.checked(target, archive.identities(drill.identity))


def test_it_opens_without_compass(drill):
    """As the operator's guide says: age, tar, cat and pg_restore."""
    plain = pyrage.decrypt(drill.backup.read_bytes(), archive.identities(drill.identity))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["tar", "-x", "-C", folder], input=plain, check=True)
        pieces = b"".join(path.read_bytes() for path in sorted(Path(folder, "database").iterdir()))
    listed = subprocess.run([programs(18) / "pg_restore", "--list"], input=pieces, capture_output=True, check=True)

    assert b"TABLE DATA public people_person" in listed.stdout


# The drill of the operator


def pipe(text: str) -> int:
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    return reader


def sheets_of(cluster: Cluster) -> str:
    from compass.vault import shares

    return "\n".join(shares.split((cluster.folder / "secrets" / "root.key").read_bytes())[1:])


def test_a_restore_is_drilled_with_the_newest_backup(drill, cluster, tmp_path):
    night = tmp_path / "nightly"
    night.mkdir()
    shutil.copy(drill.backup, night / "earlier.age")
    os.utime(night / "earlier.age", (0, 0))
    done = drill.run("backup", night / "tonight.age", "--recipient", drill.recipient)
    assert done.returncode == 0, done.stderr
    counted = drill.run("drill", "count")
    (tmp_path / "counts").write_text(counted.stdout)
    fds = pipe(sheets_of(cluster)), pipe(drill.identity.read_text())
    report = tmp_path / "report"
    done = subprocess.run(
        [
            sys.executable, "-m", "compass.config.cli", "drill", "restore", night, "--erasures", drill.ledger,
            "--counts", tmp_path / "counts", "--report", report, "--words-fd", str(fds[0]), "--identity-fd", str(fds[1]),
        ],
        env=drill.env(COMPASS_OWNER_URL="", TMPDIR="/tmp"), pass_fds=fds, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    said = report.read_text()
    assert "tonight.age, and it is whole" in said
    assert "their keys that came back: 0" in said
    assert "two custodians open one person’s record in what was restored" in said
    assert "what is sealed is what the restored trail says" in said
    assert "tables has as many rows as live" in said
    assert not any(each in said for each in drill.canaries.values())


def drill_of(drill: Drill, backup: Path, words: str, **changes: Any) -> Any:
    """The report of a drill that ends before anything is restored."""
    from argparse import Namespace

    from compass.config.commands.drill import _restore
    from compass.config.drills import Report

    told = {"erasures": drill.ledger, "public_key": None, "counts": None, "work": None, **changes}
    fds = {"words_fd": pipe(words), "identity_fd": pipe(drill.identity.read_text())}
    report = Report("drill")
    _restore(Namespace(backup=backup, **fds, **told), report, "")
    return report


def test_a_drill_fails_with_a_backup_that_is_cut_old_or_without_its_list(drill, cluster, tmp_path, monkeypatch):
    from datetime import timedelta

    from compass.config.commands import drill as command

    words = sheets_of(cluster)
    (tmp_path / "cut.age").write_bytes(drill.backup.read_bytes()[:-1])
    (tmp_path / "empty").write_text("")
    cut = drill_of(drill, tmp_path, words)
    older = drill_of(drill, drill.backup, words, erasures=tmp_path / "empty")
    monkeypatch.setattr(command, "FRESH", timedelta(0))
    stale = drill_of(drill, drill.backup, words, erasures=None)

    assert [passed for passed, _said in cut.found] == [False] and "no whole backup" in cut.found[0][1]
    assert not older.passed and "older than the backup" in older.found[-1][1]
    assert [passed for passed, _said in stale.found] == [True, False, False]
    assert "hours old" in stale.found[1][1] and "would come back" in stale.found[2][1]


@pytest.mark.parametrize(
    ("seq", "erased", "tables", "passed"),
    [
        (9, 0, {"people_person": 3, "trail_entry": 9}, [True, True]),
        (9, 0, {"people_person": 4, "trail_entry": 9}, [True, False]),
        (9, 1, {"people_person": 3, "trail_entry": 9}, [False, True]),
        (11, 0, {"people_person": 4, "trail_entry": 11}, [True, True]),
        (11, 0, {"people_person": 3, "trail_entry": 11, "cases_case": 1}, [True, False]),
        (8, 0, {"people_person": 3, "trail_entry": 8}, [True, False]),
    ],
    ids=["alike", "a row is missing", "an erasure is missing", "later", "a table is missing", "counted before"],
)
def test_rows_are_compared_with_the_live_ones(seq, erased, tables, passed):
    from compass.config.commands.drill import _compare
    from compass.config.drills import Counts, Report

    report = Report("drill")
    here = Counts(10, 0, {"people_person": 3, "trail_entry": 10})
    _compare(report, here, 9, Counts(seq, erased, tables), 0)

    assert [each for each, _said in report.found] == passed
