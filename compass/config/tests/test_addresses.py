"""Every address with a real identifier, as every role of the office that holds the record and as everyone else."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from compass.access import policy
from compass.access.roles import ROLES
from compass.config.tests import doors
from compass.config.tests.doors import (
    COLLEAGUES,
    DEMONSTRATION,
    DOORS,
    LISTS,
    SENT,
    STRANGERS,
    WRITER,
    addresses,
    faults,
)

#: Who sends a form to every address that is not theirs: every colleague who has any work with records, and all strangers.
SENDERS = {
    *(f"here.{role}" for role in (
        "social_worker", "case_worker", "supervisor", "monitoring_officer", "centre_manager", "programme_manager",
        "country_manager", "partner_case_worker",
    )),
    *STRANGERS,
}  # fmt: skip


@pytest.fixture(scope="module")
def clients(rooms) -> dict[str, Client]:
    world, _records = rooms
    return {account: world.client(account) for account in (*COLLEAGUES, WRITER, *STRANGERS)}


def is_page(view: Any) -> bool:
    while view is not None:
        if getattr(view, "purpose", None):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def made_up(route: str) -> dict[str, Any]:
    """Parameters for an address that name nothing."""
    kinds = {"uuid": uuid4, "int": lambda: 1, "slug": lambda: "fr"}
    return {name: kinds[kind]() for kind, name in re.findall(r"<(\w+):(\w+)>", route)}


def test_every_address_is_in_the_table():
    assert doors.unlisted() == set(), (
        "write each new address into DOORS of doors.py (its record and the roles it opens to), LISTS, PUBLIC or OWN_ACCOUNT;"
        " one that is no address any more is taken away"
    )


def test_every_view_is_a_page_or_on_a_short_list():
    short = doors.PUBLIC | doors.OWN_ACCOUNT
    unknown = [n for n, _, p in addresses() if not is_page(p.callback) and n not in short]

    bare = [name for name in unknown if not name.startswith(DEMONSTRATION)]
    assert bare == [], "put @page(purpose) of compass.access.pages on these views: without it there is no unit of work"


def test_every_address_has_a_name_and_says_nothing_of_people():
    for name, route, pattern in addresses():
        assert pattern.name, route
        assert name.startswith(DEMONSTRATION) or not re.search(r"<(str|path):", route), (
            f"{name}: only identifiers and codes belong in an address"
        )


def test_nothing_opens_without_signing_in(rooms):
    for name, route, _pattern in addresses():
        if name in doors.PUBLIC or name.startswith(DEMONSTRATION):
            continue
        for method in ("get", "post"):
            client = Client(raise_request_exception=False)
            response = getattr(client, method)(reverse(name, kwargs=made_up(route)))
            assert response.status_code in {302, 403, 404, 405}, (name, method, response.status_code)
            if response.status_code == 302:
                assert "signin" in response.headers["Location"], name


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.name}-{'-'.join(door.given.values())}")
def test_it_opens_to_the_roles_of_the_table_and_to_nobody_else(rooms, clients, door):
    _world, records = rooms

    assert faults(door, door.url(records), clients, posts=SENDERS) == []


def test_every_door_opens_to_someone():
    assert [door.name for door in DOORS if not door.roles and not door.others] == []
    assert all(role in ROLES for door in DOORS for role in door.roles)


def test_figures_of_another_country_open_only_to_whoever_sees_the_whole(rooms):
    world, records = rooms
    url = reverse("programme:figure", args=[records["figure.here"]])

    for role in ("supervisor", "centre_manager", "country_manager", "ministry_focal_point", "finance_officer"):
        assert world.client(f"elsewhere.{role}").get(url).status_code == 404, role
    for role in ("donor_desk_officer", "results_officer", "programme_manager", "data_protection_officer"):
        assert world.client(f"elsewhere.{role}").get(url).status_code == 200, role


@pytest.mark.parametrize("name", LISTS)
def test_a_list_opens_to_the_roles_of_the_table(clients, name):
    for account in COLLEAGUES:
        client, role = clients[account], account.partition(".")[2]
        status = (client.post if name in SENT else client.get)(reverse(name)).status_code
        if role not in LISTS[name]:
            assert status in {403, 404}, account
        else:
            assert status == (302 if name in SENT or name == "home" else 200), account


@pytest.mark.parametrize("account", [*COLLEAGUES, *STRANGERS])
def test_the_first_page_leads_everyone_to_one_that_opens(clients, account):
    assert clients[account].get(reverse("home"), follow=True).status_code == 200


# What a stranger's lists may show of the first office: what was sent to them.
SENT_TO = {"elsewhere.all": "handover.", "clinic.all": "referral.", "zinder.clinic": "referral."}


@pytest.mark.parametrize("account", STRANGERS)
def test_no_list_of_a_stranger_shows_a_record_of_ours(rooms, clients, account):
    _world, records = rooms
    theirs = {"snapshot.newest", "figure.here", "case.accepted", "person.accepted"}
    ours = {name: pk for name, pk in records.ids.items() if name not in theirs}
    ours = {name: pk for name, pk in ours.items() if not name.startswith(SENT_TO.get(account, "-"))}

    # The trail names everyone by identifier, to whom it is for: the officer watches over this office too.
    shown = [name for name in LISTS if name not in SENT and (account, name) != ("geneva.protection", "access:trail")]
    for name in shown:
        text = clients[account].get(reverse(name)).content.decode()
        assert [key for key, pk in ours.items() if str(pk) in text] == [], name


def test_bad_identifiers_are_no_error(clients):
    for name, route, _pattern in addresses():
        if "<uuid:" in route and not name.startswith(DEMONSTRATION):
            url = reverse(name, kwargs=made_up(route))
            assert clients["here.supervisor"].get(url).status_code in {404, 405}, name
            assert clients["elsewhere.all"].post(url, {"key": str(uuid4())}).status_code in {404, 405}, name


# The walk itself: it must see a page that forgets.


def _case() -> doors.Door:
    return next(door for door in DOORS if door.name == "cases:case")


def test_the_walk_sees_a_rule_that_forgets_the_roles(rooms, clients, monkeypatch):
    _world, records = rooms
    rule = policy.Rule("cases.view", frozenset(ROLES), policy.own_organisation)
    monkeypatch.setitem(policy.RULES, "cases.view", rule)

    seen = faults(_case(), _case().url(records), clients)

    # The officer for data protection has that role, and only that one, in this office too.
    refused = [*(f"here.{role}" for role in ROLES if role not in _case().roles), "geneva.protection"]
    assert seen == [f"GET cases:case as {account}: 200" for account in refused]


def test_a_rule_that_forgets_whose_record_it_is_meets_the_second_wall(rooms, clients, monkeypatch):
    """Row-level security: the page still finds nothing."""
    from django.db.models import Q

    _world, records = rooms
    rule = policy.Rule("cases.view", policy.RULES["cases.view"].roles, lambda actor, organisations: Q())
    monkeypatch.setitem(policy.RULES, "cases.view", rule)

    assert faults(_case(), _case().url(records), clients, posts=SENDERS) == []


def _addresses(first: Any) -> ModuleType:
    """A URL configuration with one more address before ours."""
    made = ModuleType("forgetful")
    made.urlpatterns = [first, path("", include("compass.config.urls"))]
    return made


def careless(request, pk):
    return HttpResponse("no rule was asked")


def test_the_walk_sees_a_view_that_asks_nobody(rooms, clients):
    _world, records = rooms
    url = _case().url(records)
    cases = ([path("<uuid:pk>/", careless, name="case")], "cases")
    forgetful = _addresses(path("cases/", include(cases)))

    with override_settings(ROOT_URLCONF=forgetful):
        seen = faults(_case(), url, clients, posts=SENDERS)
        lost = [n for n, _, p in addresses() if not is_page(p.callback) and n == "cases:case"]

    strangers = [line for line in seen if any(f" {account}:" in line for account in STRANGERS)]
    assert len(strangers) == 2 * len(STRANGERS) and "GET cases:case as elsewhere.all: 200" in strangers
    assert lost == ["cases:case"]


def test_the_walk_sees_an_address_that_nobody_wrote_down():
    more = ([path("<uuid:pk>/secrets/", careless, name="secrets")], "cases")
    forgetful = _addresses(path("more/", include(more)))

    with override_settings(ROOT_URLCONF=forgetful):
        assert doors.unlisted() == {"cases:secrets"}


def test_a_grant_that_ended_counts_on_the_next_request(rooms, clients):
    world, records = rooms
    url, client = reverse("people:person", args=[records["person.grown"]]), clients["here.case_worker"]
    assert client.get(url).status_code == 200

    with world.cluster.connect("compass_owner", world.name) as owner:
        owner.execute(
            "UPDATE access_grant SET valid_to = now() WHERE user_id ="
            " (SELECT id FROM access_user WHERE username = 'here.case_worker')"
        )

    assert client.get(url).status_code == 403
