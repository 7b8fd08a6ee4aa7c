"""Headquarters takes an office, or a partner, out of the programme in one step."""

from __future__ import annotations

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from compass.access.models import Grant, User
from compass.cases.models import Case, Handover, Referral
from compass.cases.tests.test_handover import family, offered, referred  # noqa: F401 fixtures
from compass.config.demo.world import world_id
from compass.vault.keys import forget_keys

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGE = "/accounts/revoke/"


@pytest.fixture(autouse=True)
def own_database(apart):
    forget_keys()
    yield
    forget_keys()


@pytest.fixture
def shared(at, told, offered):  # noqa: F811
    """A referral to the clinic and an offer to Nigeria, both open, of one office."""
    return {**offered, "referral": referred(at, told, offered["case"])}


def signed(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), BACKEND)
    client.cookies["compass_language"] = "en"
    return client


def revoked(key: str) -> None:
    answer = signed("geneva.protection").post(PAGE, {"organisation": str(world_id(key))})
    assert (answer.status_code, answer.url) == (302, PAGE)


def keys_of(cluster, apart, subject) -> set:
    with cluster.connect("compass_owner", apart) as owner:
        rows = owner.execute("SELECT organisation_id FROM vault_subjectkey WHERE subject_id = %s", [subject])
        return {place for (place,) in rows.fetchall()}


def test_it_works_for_an_office(shared, at, cluster, apart):
    ours, clinic, nigeria = signed("zinder.social"), signed("zinder.clinic"), signed("edo.reception")
    page = reverse("cases:referral", args=[shared["referral"].pk])
    assert "cough" in clinic.get(page).content.decode()

    revoked("NE")

    assert ours.get(reverse("cases:list")).status_code == 302
    colleagues = User.objects.filter(organisation_id=world_id("NE"))
    assert not colleagues.filter(is_active=True).exists()
    assert not Grant.objects.filter(user__in=colleagues, valid_to=None).exists()
    said = clinic.get(page).content.decode()
    assert ("cough" in said, "took this back" in said) == (False, True), said[-3000:]
    assert keys_of(cluster, apart, shared["referral"].pk) == {world_id("NE")}
    with at("edo.reception"):
        assert Handover.objects.get(pk=shared["offer"].pk).status == "withdrawn"
    assert nigeria.get(reverse("cases:list")).status_code == 200
    with cluster.connect("compass_owner", apart) as owner:
        assert owner.execute("SELECT count(*) FROM cases_handoverkey").fetchone() == (0,)
        assert owner.execute("SELECT count(*) FROM people_person").fetchone() == (3,)
        (who,) = owner.execute("SELECT actor FROM trail_entry WHERE body LIKE '%access.revoked%'").fetchone()
    assert who == User.objects.get(username="geneva.protection").pk


def test_a_session_under_way_is_refused_at_once_in_sql_too(shared, at, cluster, apart):
    with at("zinder.social") as work, cluster.connect("compass_owner", apart) as owner:
        before = Case.objects.count()
        owner.execute("SELECT compass_end_organisation(%s, NULL)", [world_id("NE")])
        owner.commit()
        after = Case.objects.count()
        with connection.cursor() as cursor:
            people = cursor.execute("SELECT count(*) FROM people_person").fetchone()
        assert (before, after, people) == (2, 0, (0,))
        assert work.actor.grants

    with at("zinder.supervisor") as later:
        assert later.actor.grants == ()
    with at("geneva.protection"):
        assert Case.objects.count() == 0


def test_it_works_for_a_partner(shared, at, cluster, apart):
    clinic, legal, ours = signed("zinder.clinic"), signed("zinder.legal"), signed("zinder.social")
    page = reverse("cases:referral", args=[shared["referral"].pk])

    revoked("clinic")

    assert clinic.get(page).status_code == 302
    assert legal.get(reverse("cases:referrals")).status_code == 200
    assert ours.get(page).status_code == 200
    assert keys_of(cluster, apart, shared["referral"].pk) == {world_id("NE")}
    with at("zinder.social"):
        assert Referral.objects.get(pk=shared["referral"].pk).standing == "revoked"


def test_whoever_was_taken_out_cannot_sign_in(shared):
    from compass.config.demo.accounts import PASSWORD

    revoked("NE")
    answer = Client().post("/accounts/signin/", {"login": "zinder.cases", "password": PASSWORD}, follow=True)

    assert not answer.wsgi_request.user.is_authenticated


def test_nothing_is_chosen_beforehand_and_nobody_revokes_themselves(shared):
    officer = signed("geneva.protection")

    assert officer.post(PAGE, {"organisation": ""}, follow=True).context["rows"]
    own = str(User.objects.get(username="geneva.protection").organisation_id)
    assert officer.post(PAGE, {"organisation": own}).status_code == 404
    assert User.objects.filter(is_active=False).count() == 0


def test_only_headquarters_does_it_in_sql_too(shared, at, cluster, apart):
    with cluster.connect("compass_owner", apart) as owner:
        owner.execute("UPDATE access_grant SET role = 'programme_manager' WHERE user_id ="
                      " (SELECT id FROM access_user WHERE username = 'zinder.supervisor')")  # fmt: skip
    manager = signed("zinder.supervisor")

    assert manager.get(PAGE).status_code == 403
    assert manager.post(PAGE, {"organisation": str(world_id("NG"))}).status_code == 403
    for statement in ("SELECT compass_revoke(%s)", "SELECT compass_fall_with(%s)"):
        with pytest.raises(DatabaseError) as error, at("zinder.supervisor"), connection.cursor() as cursor:
            cursor.execute(statement, [world_id("NG")])
        assert isinstance(error.value.__cause__, psycopg.Error)
        assert error.value.__cause__.sqlstate == "CS012"
