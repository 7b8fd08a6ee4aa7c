"""The lock, as its page, the database and a colleague meet it. What leaves the memory: `config/tests/test_lock.py`."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.test import Client

from compass.access import openings
from compass.access.models import Organisation, Session, User
from compass.access.work import Work
from compass.people.models import Person
from compass.problems import OfficeLocked
from compass.vault import locking
from compass.vault.keys import _organisation_key, forget_keys
from compass.vault.root import SYSTEM

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LOCK = "/accounts/lock/"


@pytest.fixture(autouse=True)
def own_database(apart):
    forget_keys()
    yield
    forget_keys()


def signed(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), BACKEND)
    return client


def office_of(username: str) -> UUID:
    return User.objects.get(username=username).organisation_id


def state(error: pytest.ExceptionInfo[DatabaseError]) -> str | None:
    assert isinstance(error.value.__cause__, psycopg.Error)
    return error.value.__cause__.sqlstate


def test_it_works_for_one_office():
    ours, theirs, supervisor = signed("zinder.social"), signed("edo.reception"), signed("zinder.supervisor")
    office = office_of("zinder.social")

    shown = supervisor.get(LOCK)
    answer = supervisor.post(LOCK, {"what": str(office)})

    assert str(office) in shown.content.decode()
    assert Organisation.objects.get(pk=office).name in answer.content.decode()
    assert ours.get("/people/find/").status_code == 302
    assert supervisor.get("/people/find/").status_code == 302
    assert theirs.get("/people/find/").status_code == 200


def test_who_signs_in_again_reads_why_nothing_opens():
    signed("zinder.supervisor").post(LOCK, {"what": str(office_of("zinder.social"))})

    answer = signed("zinder.social").get("/people/find/", HTTP_ACCEPT_LANGUAGE="en")

    assert (answer.status_code, "4013" in answer.content.decode()) == (503, True)


def test_everything():
    ours, theirs, officer = signed("zinder.social"), signed("edo.reception"), signed("geneva.protection")

    officer.post(LOCK, {"what": "all"})

    assert Session.objects.count() == 0
    for client in (ours, theirs, Client()):
        for page in ("/people/find/", "/accounts/signin/", "/accounts/still/"):
            answer = client.get(page)
            assert (answer.status_code, "4012" in answer.content.decode()) == (503, True), page
    assert Client().get("/health").status_code == 200


def test_nobody_locks_another_office_or_without_the_role():
    elsewhere = str(office_of("edo.reception"))

    assert signed("zinder.supervisor").post(LOCK, {"what": elsewhere}).status_code == 404
    assert signed("zinder.supervisor").post(LOCK, {"what": "nonsense"}).status_code == 404
    assert signed("zinder.social").post(LOCK, {"what": "all"}).status_code == 403
    assert not locking.Lock.objects.exists()


def test_sql_of_the_application_locks_no_more_than_the_role_may_and_opens_nothing(at):
    office = office_of("zinder.social")
    for username, place in (("zinder.social", office), ("zinder.supervisor", office_of("edo.reception"))):
        with pytest.raises(DatabaseError) as error, at(username):
            locking.lock(place)
        assert state(error) == "CS011"
    for statement in ("UPDATE vault_lock SET opened_at = now()", "DELETE FROM vault_lock",
                      f"SELECT compass_close_down('{office}', NULL)"):  # fmt: skip
        with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_unit_of_work_under_way_reads_nothing_more(at, cluster, apart):
    with cluster.connect("compass_owner", apart) as owner, pytest.raises(DatabaseError) as error, at("zinder.social"):
        assert Person.objects.count() >= 0
        owner.execute("SELECT compass_close_down(%s, NULL)", [SYSTEM])
        owner.commit()
        Person.objects.count()

    assert state(error) == "CS010"


def test_rows_and_key_of_a_locked_office_are_out_of_sight_in_sql_too(at, cluster, apart):
    from compass.problems import OfficeLocked

    with at("geneva.protection") as officer, cluster.connect("compass_owner", apart) as owner:
        office, count = office_of("zinder.social"), "SELECT compass_scope_organisations()"
        with connection.cursor() as cursor:
            before = cursor.execute(count).fetchone()[0]
            owner.execute("SELECT compass_close_down(%s, NULL)", [office])
            owner.commit()
            after = cursor.execute(count).fetchone()[0]
        assert officer.actor.organisation is not None
    assert set(before) - set(after) == {office}
    with pytest.raises(OfficeLocked):
        _organisation_key(office)


def test_a_request_that_was_under_way_ends_in_words(cluster, apart):
    """Its session was read before, its keys are still held: the database refuses, and the page says so."""
    client = signed("zinder.social")
    with cluster.connect("compass_owner", apart) as owner:
        owner.execute("INSERT INTO vault_lock (organisation_id, made_in) VALUES (%s, 0)", [SYSTEM])
    client.get("/accounts/signin/")

    answer = client.get("/people/find/")

    assert (answer.status_code, "4012" in answer.content.decode()) == (503, True)


def test_so_does_one_of_an_office_that_is_locked_while_it_runs(cluster, apart, monkeypatch):
    """What it reads and writes is out of sight between one statement and the next."""
    client = signed("zinder.social")
    assert client.get("/people/find/").status_code == 200
    finish = Work.finish

    def locked_meanwhile(work):
        with cluster.connect("compass_owner", apart) as owner:
            owner.execute("SELECT compass_close_down(%s, NULL)", [work.actor.organisation.pk])
        openings.count(work, [uuid4()])
        finish(work)

    monkeypatch.setattr(Work, "finish", locked_meanwhile)

    answer = client.get("/people/find/")

    assert (answer.status_code, str(OfficeLocked.number) in answer.content.decode()) == (OfficeLocked.status, True)


def test_no_session_begins_while_everything_is_locked(cluster, apart):
    """Not in a process either that has not let its keys go yet."""
    signed("zinder.social")
    with cluster.connect("compass_owner", apart) as owner:
        owner.execute("SELECT compass_close_down(%s, NULL)", [SYSTEM])

    with pytest.raises(DatabaseError) as error:
        signed("zinder.social")
    assert state(error) == "CS010"
