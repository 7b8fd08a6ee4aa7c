"""The lock: one step in danger, after which no process holds a key and nothing opens until custodians came."""

from __future__ import annotations

import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from compass.config.commands.serve import gunicorn
from compass.config.environment import environment
from compass.config.serving import free_port
from compass.config.tests.custody_steps import Operation, family, in_memory, inside, key_of, operation, session_of

NIGER, NIGERIA = "OIM Niger", "IOM Nigeria"
#: Two looks a second, three seconds for requests under way, and a machine that others use too.
WITHIN = 30.0


@pytest.fixture(scope="module")
def office() -> Iterator[Operation]:
    with operation() as made:
        yield made


@pytest.fixture
def sessions(office: Operation, settings: Any, django_db_blocker: Any) -> Any:
    """A session of a colleague of the operation."""

    def begin(username: str) -> str:
        with django_db_blocker.unblock(), inside(office, settings):
            return session_of(username)

    return begin


def keys_of(office: Operation) -> dict[str, bytes]:
    """By name: the root key and the keys it wraps, of the deployment and of two offices."""
    from compass.vault.root import SYSTEM, HeldKey, context

    root = key_of(office.sheets)
    names = {SYSTEM: "deployment", **dict(office.rows("SELECT id, name FROM access_organisation"))}
    rows = office.rows("SELECT organisation_id, version, wrapped FROM vault_organisationkey")
    opened = {names[pk]: HeldKey(root).unwrap(wrap, context(pk, version)) for pk, version, wrap in rows}
    return {"root": root, **{name: opened[name] for name in ("deployment", NIGER, NIGERIA)}}


def held(office: Operation, wanted: dict[str, bytes]) -> set[str]:
    """What of these any program of the operation holds: masters, workers, the worker of jobs."""
    return {name for child in office.children for pid in _alive(child) for name in in_memory(pid, wanted)}


def _alive(child: subprocess.Popen[bytes]) -> list[int]:
    return family(child.pid) if child.poll() is None else []


def until_gone(office: Operation, wanted: dict[str, bytes]) -> None:
    """Wait until nothing holds any of these; fails after `WITHIN` seconds."""
    began = time.monotonic()
    while found := held(office, wanted):
        assert time.monotonic() - began < WITHIN, found
        time.sleep(0.1)


def press(office: Operation, cookie: str, what: str) -> tuple[int, str]:
    """The button of the page that locks, with the mark of its form."""
    address = f"http://localhost:{office.port}/accounts/lock/"
    cookies = f"compass_session={cookie}; compass_language=en"
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Cookie": cookies}), timeout=30) as page:
        mark = re.search(r"csrftoken=(\w+)", page.headers["Set-Cookie"])[1]  # type: ignore[index]
        field = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.read().decode())[1]  # type: ignore[index]
    body = urllib.parse.urlencode({"csrfmiddlewaretoken": field, "what": what}).encode()
    sent = urllib.request.Request(address, body, {"Cookie": f"{cookies}; csrftoken={mark}"})
    with urllib.request.urlopen(sent, timeout=30) as answer:  # noqa: S310 our own address
        return answer.status, answer.read().decode()


def start(office: Operation, cookies: list[str]) -> None:
    """Servers as an operator starts them, and colleagues at work in both workers."""
    office.serve(office.sheets[:2])
    office.children.append(office.start("worker", words=office.sheets[1:]))
    for _ in range(6):
        for cookie in cookies:
            assert office.ask("/accounts/me/", cookie)[0] == 200
            assert office.ask("/people/find/", cookie)[0] == 200
    time.sleep(2)


def test_it_works(office, sessions):
    wanted = keys_of(office)
    port = free_port()
    public = subprocess.Popen(
        gunicorn(f"127.0.0.1:{port}", workers=1, threads=2),
        env={**office.env(), **environment(office.cluster, "public"), "COMPASS_SCOPE_KEY_FILE": ""},
        stderr=subprocess.DEVNULL,
    )
    cookies = [sessions("zinder.social"), sessions("edo.reception")]
    start(office, cookies)
    before = held(office, wanted)

    status, page = press(office, sessions("zinder.supervisor"), "all")
    until_gone(office, wanted)

    try:
        assert before >= {"root", "deployment"}
        assert (status, "Everything is locked" in page) == (200, True)
        for cookie in cookies:
            said = office.ask("/accounts/me/", cookie)
            assert (said[0], "4012" in said[1]) == (503, True)
        assert office.ask("/health", "") == (200, "ok")
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=10) as answer:
            assert answer.status == 200
        assert held(office, wanted) == set()
    finally:
        public.terminate()
        public.wait(20)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_nothing_starts_while_it_is_locked(office, command):
    before = office.log.stat().st_size
    child = office.start(command, "--port" if command == "serve" else "--concurrency", "1", words=office.sheets[:2])
    _, said = child.communicate(timeout=60)

    assert child.returncode == 1
    assert b"COMPASS is locked" in (said or office.log.read_bytes()[before:])


def test_wrong_words_do_not_open_it(office):
    code, said = office.run("unlock", words=[office.sheets[0], office.sheets[0]], kind="owner")

    assert (code, "the same custodian again" in said) == (1, True)
    assert office.rows("SELECT count(*) FROM vault_lock WHERE opened_at IS NULL") == [(1,)]


def test_two_custodians_open_it_and_servers_start_again(office, sessions):
    code, said = office.run("unlock", words=office.sheets[1:], kind="owner")
    away = office.ask("/accounts/signin/", "")
    office.stop()
    cookies = [sessions("zinder.social"), sessions("edo.reception")]
    start(office, cookies)

    assert (code, "restart" in said) == (0, True)
    assert away[0] == 200
    assert held(office, keys_of(office)) >= {"root", "deployment"}


def test_one_office_is_locked_and_the_others_go_on(office, sessions):
    wanted = keys_of(office)
    cookies = {name: sessions(name) for name in ("zinder.social", "edo.reception")}
    for _ in range(4):
        for name in cookies:
            assert office.ask("/people/find/", cookies[name])[0] == 200

    code, said = office.plain("lock", "--of", NIGER, kind="owner")
    until_gone(office, {NIGER: wanted[NIGER]})

    assert code == 0, said
    assert "next=" in office.ask("/people/find/", cookies["zinder.social"])[1]
    status, page = office.ask("/people/find/", sessions("zinder.social"))
    assert (status, "4013" in page) == (503, True)
    assert office.ask("/people/find/", cookies["edo.reception"])[0] == 200
    assert NIGER not in held(office, wanted)


def test_it_opens_again_without_a_restart(office, sessions):
    code, said = office.run("unlock", "--of", NIGER, words=office.sheets[:2], kind="owner")

    assert (code, said) == (0, "Open again. Everyone signs in anew.\n")
    assert office.ask("/people/find/", sessions("zinder.social"))[0] == 200


def test_the_trail_says_who_and_that_custodians_came(office):
    rows = office.rows(
        "SELECT purpose, actor, organisation_id FROM trail_entry WHERE body LIKE '%locked%' ORDER BY seq"
    )
    (supervisor,) = office.rows("SELECT id FROM access_user WHERE username = 'zinder.supervisor'")[0]

    assert [(purpose, actor) for purpose, actor, _ in rows if "read" not in purpose] == [
        ("access.lock.write", supervisor),
        ("access.unlocked", None),
        ("access.locked", None),
        ("access.unlocked", None),
    ]
    assert [isinstance(place, UUID) for _, _, place in rows][1:] == [False, True, True]


def test_an_office_that_was_taken_out_opens_with_two_custodians_and_roles_granted_anew(office, sessions):
    code, said = office.plain("organisation", "revoke", NIGERIA, kind="owner")
    shown = office.plain("organisation", "list", kind="owner")[1]
    assert (code, "no access any more" in said) == (0, True)
    assert re.search(rf"{NIGERIA}\s+taken out", shown)

    code, _ = office.run("unlock", "--of", NIGERIA, words=office.sheets[:2], kind="owner")

    assert code == 0
    assert office.rows("SELECT count(*) FROM vault_lock WHERE opened_at IS NULL") == [(0,)]
    assert "taken out" not in office.plain("organisation", "list", kind="owner")[1]
    assert office.rows("SELECT is_active FROM access_user WHERE username = 'edo.reception'") == [(False,)]
