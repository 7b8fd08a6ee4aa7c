"""A new root key in the place of the old one while others read all the time; killed wherever it can be killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from compass.config.embedded import Cluster
from compass.config.environment import environment
from compass.config.tests.custody_steps import (
    Operation,
    Typist,
    family,
    handed,
    in_files,
    inside,
    key_of,
    opened,
    operation,
    session_of,
)

READER = """
import json, sys, time
from pathlib import Path
import django
django.setup()
from compass.access.actor import Actor
from compass.access.models import User
from compass.access.staff import name_of, _open
from compass.access.work import unit_of_work
from compass.people.models import Person
from compass.vault.keys import forget_keys, system_key, _organisation_key
from compass.vault.models import OrganisationKey
from compass.vault.locking import keep_watch
keep_watch(lambda: None)
place = {"table": "people_person", "column": "identity_sealed"}
user = User.objects.get(username="zinder.supervisor")
rounds, opened, faults = 0, 0, []
while not Path(sys.argv[1]).exists():
    forget_keys(); _open.cache_clear()
    try:
        with unit_of_work(Actor.of(user), "test") as work:
            people = list(Person.objects.exclude(identity_sealed=b""))
            work.keys.load([each.pk for each in people])
            for each in people:
                assert work.keys.open(each.identity_sealed, subject=each.pk, **place)
                opened += 1
        for each in OrganisationKey.objects.all():
            _organisation_key(each.organisation_id)
        assert name_of(user)
    except Exception as error:
        faults.append(repr(error)[:200])
    rounds += 1
print(json.dumps({"rounds": rounds, "opened": opened, "faults": faults}))
"""
NEW_OFFICE = """
import sys, uuid, django
django.setup()
from compass.vault.keys import create_organisation_key
create_organisation_key(uuid.UUID(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def office() -> Iterator[Operation]:
    with operation() as made:
        yield made


@contextmanager
def reading(office: Operation, stop: Path) -> Iterator[dict[str, Any]]:
    """Somebody who opens everything, over and over, in a process that was started with the key of now."""
    said: dict[str, Any] = {}
    with handed(office) as fd:
        reader = subprocess.Popen(
            [sys.executable, "-c", READER, str(stop)], env=office.env(COMPASS_ROOT_KEY_FD=str(fd)), pass_fds=[fd],
            stdout=subprocess.PIPE,
        )  # fmt: skip
    try:
        yield said
    finally:
        stop.touch()
        said.update(json.loads(reader.communicate(timeout=60)[0]))


@contextmanager
def holding(office: Operation, statement: str) -> Iterator[None]:
    """A transaction of the owner that stands in the way."""
    with office.cluster.connect("compass_owner", "compass") as owner, owner.transaction():
        owner.execute(statement)
        yield


def wrapped_under(office: Operation) -> dict[int, int]:
    return dict(office.rows("SELECT root_key, count(*) FROM vault_organisationkey GROUP BY root_key"))


def until(met: Any) -> None:
    deadline = time.monotonic() + 60
    while not met():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def killed(child: subprocess.Popen[bytes]) -> None:
    os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def again(office: Operation, words: Sequence[str], *more: str) -> subprocess.Popen[bytes]:
    return office.start("rotate-keys", *more, words=words, kind="owner")


@pytest.fixture(scope="module")
def rotated(office: Operation, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    """Key 2 in the place of key 1, killed at four points; gives what was seen on the way."""
    from django.conf import settings

    folder = tmp_path_factory.mktemp("rotation")
    seen: dict[str, Any] = {"old": office.sheets}
    with django_db_blocker.unblock(), inside(office, settings):
        from compass.config.demo.load import load

        load(20, 1, say=lambda text: None)
        from compass.access.models import User
        from compass.access.staff import name_of

        cookie = session_of("zinder.social")
        name = name_of(User.objects.get(username="zinder.social"))

    def page() -> bool:
        """The colleague's name, sealed, stands above the page."""
        status, text = office.ask("/arrivals/", cookie)
        return status == 200 and name in text

    seen["copy"] = Path(f"{office.folder}-copy")
    office.copy_to(seen["copy"])
    wraps = {bytes(wrapped) for (wrapped,) in office.rows("SELECT wrapped FROM vault_organisationkey")}
    web = office.serve(office.sheets[:2])
    seen["pages"] = [page()]

    with reading(office, folder / "stop") as seen["reader"]:
        # Killed after the keys were handed on to the servers, before the first batch.
        with holding(office, "SELECT * FROM vault_organisationkey FOR UPDATE"):
            typist = Typist("rotate-keys", "--batch", "2", env=office.env("owner"))
            typist.expect("first custodian:")
            typist.type(office.sheets[2])
            typist.expect("second custodian:")
            typist.type(office.sheets[0])
            seen["new"] = [typist.sheet() for _ in range(3)]
            until(lambda: office.rows("SELECT 1 FROM vault_rootkeyrecord WHERE number = 2"))
            typist.kill()
        seen["after the first kill"] = wrapped_under(office)
        rows = office.rows("SELECT wrapped, before_wrapped FROM vault_rootkeyrecord WHERE number = 2")
        wraps |= {bytes(each) for row in rows for each in row}

        # Killed in the middle.
        middle = again(office, office.sheets[:2], "--batch", "2", "--pause", "0.5")
        until(lambda: wrapped_under(office).get(2, 0) >= 4)
        killed(middle)
        seen["after the second kill"] = wrapped_under(office)
        seen["pages"].append(page())
        seen["new office"] = uuid4()
        with handed(office) as fd:
            subprocess.run(
                [sys.executable, "-c", NEW_OFFICE, str(seen["new office"])],
                env=office.env("owner", COMPASS_ROOT_KEY_FD=str(fd)), pass_fds=[fd], check=True,
            )  # fmt: skip
        seen["second at once"] = None

        # Killed when all was done but the end; this time the custodians of the new key came.
        with holding(office, "SELECT * FROM vault_rootkeyrecord FOR UPDATE"):
            late = again(office, seen["new"][1:])
            until(lambda: 1 not in wrapped_under(office))
            seen["second at once"] = office.run("rotate-keys", words=office.sheets[:2], kind="owner")
            time.sleep(1)
            killed(late)
        seen["after the third kill"] = office.rows(
            "SELECT finished_at IS NULL FROM vault_rootkeyrecord WHERE number = 2"
        )

        # Killed between the end and the clearing away.
        with holding(office, "SELECT * FROM vault_organisationkey LIMIT 1"):
            ended = again(office, office.sheets[:2])
            until(lambda: office.rows("SELECT 1 FROM vault_rootkeyrecord WHERE number = 2 AND finished_at IS NOT NULL"))
            killed(ended)
        seen["cleaned"] = office.plain("rotate-keys", kind="owner")

        seen["pages"].append(page())
        # A worker that gunicorn starts now was forked from a process that was never told the new key.
        for worker in family(web.pid)[1:]:
            os.kill(worker, signal.SIGKILL)
        time.sleep(2)
        seen["pages"].append(page())
        time.sleep(1)
    seen["wraps"] = wraps
    seen["on the disk"] = in_files(office.folder, wraps)
    office.stop()
    yield seen
    shutil.rmtree(seen["copy"], ignore_errors=True)


def test_nothing_was_unreadable_at_any_moment(rotated):
    said = rotated["reader"]

    assert said["faults"] == []
    assert said["rounds"] > 10
    assert said["opened"] > 100


def test_a_server_that_was_started_with_the_old_key_goes_on_also_in_workers_of_later(rotated):
    assert rotated["pages"] == [True] * 4


def test_it_went_on_from_where_it_was_killed(rotated, office):
    assert set(rotated["after the first kill"]) == {1}
    assert set(rotated["after the second kill"]) == {1, 2}
    assert rotated["after the third kill"] == [(True,)]
    assert rotated["cleaned"][0] == 0
    assert "Key 2 is in force" in rotated["cleaned"][1]
    assert set(wrapped_under(office)) == {2}


def test_a_second_rotation_at_once_is_refused(rotated):
    code, said = rotated["second at once"]

    assert (code, "Another rotation is running" in said) == (1, True)


def test_an_office_that_opened_meanwhile_has_a_key_under_the_new_root_key(rotated, office):
    rows = office.rows(f"SELECT root_key FROM vault_organisationkey WHERE organisation_id = '{rotated['new office']}'")

    assert rows == [(2,)]


def test_the_old_words_are_refused_by_name_and_the_new_ones_open(rotated, office):
    code, said = office.run("keys", "try", words=rotated["old"][:2])

    assert code == 1
    assert "These words are of key 1, which was replaced by key 2." in said
    assert office.run("keys", "try", words=rotated["new"][1:])[0] == 0


def test_old_words_open_nothing_on_the_disk_and_open_the_copy_of_before(rotated, office):
    now = Path(f"{office.folder}-now")
    office.copy_to(now)
    old, new = key_of(rotated["old"]), key_of(rotated["new"])
    try:
        assert opened(now, [old]) == 0
        assert opened(now, [new]) > 10
        assert opened(rotated["copy"], [old]) > 10
        assert opened(rotated["copy"], [new]) == 0
    finally:
        shutil.rmtree(now)


def test_no_key_in_its_old_wrap_is_left_in_any_file(rotated):
    assert rotated["on the disk"] == set()
    assert any("postgres" in path for path in in_files(rotated["copy"], rotated["wraps"]))


def test_the_database_hands_no_key_on_after_the_end(rotated, office):
    rows = office.rows("SELECT number, wrapped, before_wrapped FROM vault_rootkeyrecord ORDER BY number")

    assert [(number, bytes(a), bytes(b)) for number, a, b in rows] == [(1, b"", b""), (2, b"", b"")]


def test_a_server_without_the_new_key_says_so_and_does_not_fall_over(rotated, office, settings, django_db_blocker):
    """It was cut off from the database for the whole rotation."""
    from compass.problems import RootKeyAway
    from compass.vault.keys import system_key

    with django_db_blocker.unblock(), inside(office, settings), pytest.raises(RootKeyAway):
        system_key("session")


def test_a_file_gives_way_to_custodians(cluster: Cluster, fresh_database, tmp_path):
    name = fresh_database()
    env = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("COMPASS_", "DJANGO_"))},
        **environment(cluster, "owner", name=name),
        "COMPASS_CUSTODIANS_FILE": str(tmp_path / "custodians.json"),
        "LC_ALL": "C.UTF-8",
    }
    typist = Typist("rotate-keys", env=env)
    sheets = [typist.sheet() for _ in range(3)]

    assert typist.end() == 0
    said = " ".join(typist.seen.split())
    assert "Key 1 is in force" in said
    assert "destroy the file of the old key" in said
    assert "One step is left for the administrator of PostgreSQL" in said
    with cluster.connect("compass_owner", name) as owner:
        assert owner.execute("SELECT DISTINCT root_key FROM vault_organisationkey").fetchall() == [(1,)]
    del env["COMPASS_ROOT_KEY_FILE"]
    reader, writer = os.pipe()
    os.write(writer, "\n".join(sheets[:2]).encode())
    os.close(writer)
    done = subprocess.run(
        [sys.executable, "-m", "compass.config.cli", "keys", "try", "--words-fd", str(reader)], env=env, pass_fds=[reader],
        check=False,
    )  # fmt: skip
    os.close(reader)
    assert done.returncode == 0
