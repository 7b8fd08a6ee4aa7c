"""A colleague with roles in two organisations works for one at a time."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client

from compass.access.actor import Actor
from compass.access.models import User
from compass.access.work import unit_of_work
from compass.people.actions import Registration, register_people
from compass.people.models import Person

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OFFICE = "/accounts/me/office/"


@pytest.fixture
def lend(apart, cluster) -> Callable[[str], None]:
    """Give the social worker of Zinder a role in Edo too, until (SQL) `valid_to`."""

    def grant(valid_to: str = "NULL") -> None:
        with cluster.connect("compass_owner", apart) as owner:
            owner.execute(
                "INSERT INTO access_grant (id, user_id, role, organisation_id, country, valid_from, valid_to)"
                f" SELECT gen_random_uuid(), u.id, 'case_worker', e.organisation_id, 'NG', now() - interval '1 day',"
                f" {valid_to} FROM access_user u, access_user e"
                " WHERE u.username = 'zinder.social' AND e.username = 'edo.reception'"
            )

    return grant


@pytest.fixture
def person(at, told) -> Callable[[str], Person]:
    def register(username: str) -> Person:
        with at(username) as work:
            return register_people(work, [Registration(**told(basis="vital_interest"), sex="female")])[0]

    return register


def user() -> User:
    return User.objects.get(username="zinder.social")


def edo() -> str:
    return str(User.objects.get(username="edo.reception").organisation_id)


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(user(), BACKEND)
    return client


def opens(client: Client, person: Person) -> int:
    return client.get(f"/people/{person.pk}/").status_code


def test_it_works(lend, person, client):
    lend()
    here, there = person("zinder.social"), person("edo.reception")
    assert (opens(client, here), opens(client, there)) == (200, 404)

    assert client.post(OFFICE, {"office": edo()}).status_code == 302

    assert (opens(client, here), opens(client, there)) == (404, 200)
    assert "IOM Nigeria" in client.get("/accounts/me/").content.decode()


def test_what_is_written_is_written_where_the_colleague_works_now(lend, told):
    lend()
    organisation = Actor.of(user(), User.objects.get(username="edo.reception").organisation_id).organisation
    with unit_of_work(Actor.of(user(), organisation.pk), "test") as work:
        (made,) = register_people(work, [Registration(**told(basis="vital_interest"), sex="female")])

    assert made.organisation_id == organisation.pk
    with unit_of_work(Actor.of(user()), "test"):
        assert not Person.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize("asked", ["", "nonsense", str(UUID(int=7)), "edo"])
def test_an_organisation_without_a_role_is_not_entered(person, client, asked):
    there = person("edo.reception")

    assert client.post(OFFICE, {"office": edo() if asked == "edo" else asked}).status_code == 404

    assert opens(client, there) == 404


def test_a_role_that_ended_leads_home_on_the_next_request(lend, person, client, cluster, apart):
    lend()
    here, there = person("zinder.social"), person("edo.reception")
    client.post(OFFICE, {"office": edo()})
    with cluster.connect("compass_owner", apart) as owner:
        owner.execute("UPDATE access_grant SET valid_to = now() WHERE country = 'NG' AND user_id = %s", [user().pk])

    assert (opens(client, here), opens(client, there)) == (200, 404)
    lend("now()")
    assert client.post(OFFICE, {"office": edo()}).status_code == 404
