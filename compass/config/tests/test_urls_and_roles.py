"""Who may do what: the table, written by hand, and a walk over every address as every role and as another office."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from compass.access import policy
from compass.access.actor import Actor, HeldGrant
from compass.access.models import Organisation, User
from compass.access.roles import ROLES
from compass.problems import Denied

FIELD = {"social_worker", "case_worker", "supervisor"}
OWN, RECEIVED, EITHER, COUNTRY, WHOLE = "own", "received", "either side", "own country", "whole programme"

# rule: (relation of the record to the colleague's office, the roles that may). Everything that is not here is refused.
TABLE: dict[str, tuple[str, set[str]]] = {
    "best_interests.decide": (OWN, {"supervisor"}),
    "best_interests.view": (OWN, FIELD),
    "best_interests.write": (OWN, FIELD),
    "cases.approve": (OWN, {"supervisor"}),
    "cases.assess": (OWN, FIELD),
    "cases.assign": (OWN, {"supervisor"}),
    "cases.close": (OWN, FIELD),
    "cases.follow": (OWN, FIELD),
    "cases.open": (OWN, FIELD),
    "cases.plan": (OWN, FIELD),
    "cases.reveal": (OWN, FIELD),
    "cases.risk": (OWN, FIELD),
    "cases.screen": (OWN, FIELD),
    "cases.view": (OWN, FIELD),
    "commons.publish": (OWN, {"results_officer"}),
    "communities.approve": (OWN, {"supervisor", "programme_manager"}),
    "communities.edit": (OWN, FIELD | {"monitoring_officer"}),
    "communities.view": (OWN, FIELD | {"monitoring_officer", "programme_manager", "country_manager"}),
    "handovers.answer": (RECEIVED, {"case_worker", "supervisor"}),
    "handovers.offer": (OWN, FIELD),
    "handovers.view": (EITHER, FIELD),
    "people.consent": (OWN, FIELD),
    "people.guardian": (OWN, FIELD),
    "people.household": (OWN, FIELD),
    "people.identity": (OWN, FIELD),
    "people.register": (OWN, FIELD),
    "people.service": (OWN, FIELD | {"monitoring_officer", "movement_officer"}),
    "people.summary": (OWN, FIELD),
    "people.view": (OWN, FIELD | {"monitoring_officer"}),
    "people.voices": (OWN, {"supervisor"}),
    "programme.count": (WHOLE, {"results_officer"}),
    "programme.figures": (
        COUNTRY,
        {
            "donor_desk_officer",
            "results_officer",
            "programme_manager",
            "data_protection_officer",
            "ministry_focal_point",
            "supervisor",
            "centre_manager",
            "country_manager",
            "monitoring_officer",
            "finance_officer",
        },
    ),
    "reception.activity": (OWN, FIELD | {"centre_manager"}),
    "reception.arrive": (OWN, FIELD | {"centre_manager"}),
    "reception.attendance": (OWN, FIELD),
    "reception.register": (OWN, FIELD),
    "reception.view": (OWN, FIELD | {"centre_manager"}),
    "referrals.answer": (RECEIVED, {"partner_case_worker", "case_worker", "supervisor"}),
    "referrals.inbox": (RECEIVED, FIELD | {"partner_case_worker"}),
    "referrals.prepare": (OWN, FIELD),
    "referrals.review": (OWN, {"supervisor"}),
    "referrals.send": (OWN, FIELD),
    "referrals.view": (OWN, FIELD),
    "reintegration.follow_up": (OWN, FIELD | {"monitoring_officer"}),
    "reintegration.interview": (OWN, FIELD | {"monitoring_officer"}),
    "reintegration.plan": (OWN, FIELD),
    "reintegration.receive": (OWN, FIELD),
    "reintegration.view": (OWN, FIELD | {"monitoring_officer"}),
    "returns.approve": (OWN, {"supervisor"}),
    "returns.assess": (OWN, {"case_worker", "supervisor"}),
    "returns.counsel": (OWN, FIELD),
    "returns.move": (OWN, {"case_worker", "supervisor", "movement_officer"}),
    "returns.read_notes": (OWN, FIELD),
    "returns.receive": (OWN, FIELD),
    "returns.see_travel": (OWN, {"movement_officer"}),
    "returns.start": (OWN, FIELD),
    "returns.suspend": (OWN, FIELD),
    "returns.view": (OWN, FIELD | {"monitoring_officer"}),
    "returns.withdraw": (OWN, FIELD),
    "trail.view": (OWN, {"data_protection_officer", "auditor"}),
}
SEES_THE_WHOLE = {"donor_desk_officer", "results_officer", "programme_manager", "data_protection_officer"}
# The columns that bind a row to the actor, for each relation.
BOUND = {
    OWN: {"organisation_id__in"},
    RECEIVED: {"to_organisation_id__in"},
    EITHER: {"organisation_id__in", "to_organisation_id__in"},
    COUNTRY: {"country__in"},
    WHOLE: set(),
}


def test_the_table_and_the_rules_name_the_same_steps():
    assert sorted(TABLE) == sorted(policy.RULES)


def actor(role: str) -> Actor:
    organisation = Organisation(id=uuid4(), name=role, kind="office", country="NE")
    return Actor(User(id=uuid4(), username=role, organisation=organisation), (HeldGrant(role, organisation, "NE"),))


def leaves(q: Any) -> Iterator[tuple[str, Any]]:
    for child in q.children:
        if isinstance(child, tuple):
            yield child
        elif hasattr(child, "children"):  # a subquery narrows what the columns bind
            yield from leaves(child)


@pytest.mark.parametrize("rule", sorted(policy.RULES))
@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_may_what_the_table_says_and_nothing_else(rule, role):
    relation, roles = TABLE[rule]
    someone = actor(role)
    if role not in roles:
        assert not policy.may(someone, rule)
        with pytest.raises(Denied):
            policy.where(someone, rule)
        return

    found = dict(leaves(policy.where(someone, rule)))
    bound = {name for name in found if name in set().union(*BOUND.values())}
    if relation == COUNTRY and role in SEES_THE_WHOLE:
        relation = WHOLE
    assert bound == BOUND[relation]
    for name in bound:
        expected = {"NE"} if name == "country__in" else {someone.organisation.pk}
        assert set(found[name]) == expected


@pytest.mark.parametrize("rule", sorted(policy.RULES))
def test_a_role_in_one_office_reaches_into_no_other(rule):
    """Two grants: the organisation where the colleague is only an auditor is not reached by the other role."""
    relation, roles = TABLE[rule]
    if relation not in {OWN, RECEIVED} or "auditor" in roles:
        return
    first, second = (Organisation(id=uuid4(), name=n, kind="office", country="NE") for n in ("one", "two"))
    someone = Actor(
        User(id=uuid4(), username="x", organisation=first),
        (HeldGrant("auditor", first, "NE"), HeldGrant(min(roles), second, "NE")),
    )

    found = dict(leaves(policy.where(someone, rule)))
    assert set(found[min(BOUND[relation])]) == {second.pk}


# Addresses

PUBLIC = {
    "health",
    "set_language",
    "account_login",
    "account_logout",
    "access:leave",
    "account_reauthenticate",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
# Views of allauth that serve the colleague's own account only and ask for a signed-in one themselves.
OWN_ACCOUNT = {
    "account_change_password",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "access:second_factor",
}
DEBUG_ONLY = ("ui:", "try:", "demo:")


def addresses(
    patterns: list[URLPattern | URLResolver], space: str = "", route: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    for found in patterns:
        here = route + str(found.pattern)
        if isinstance(found, URLResolver):
            inner = f"{space}{found.namespace}:" if found.namespace else space
            yield from addresses(found.url_patterns, inner, here)
        else:
            yield f"{space}{found.name}", here, found


def every_address() -> list[tuple[str, str, URLPattern]]:
    return list(addresses(get_resolver().url_patterns))


def is_page(view: Any) -> bool:
    while view is not None:
        if getattr(view, "purpose", None):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_every_view_is_a_page_or_on_the_short_list():
    unknown = [
        name
        for name, _, pattern in every_address()
        if not is_page(pattern.callback) and name not in PUBLIC | OWN_ACCOUNT and not name.startswith(DEBUG_ONLY)
    ]
    assert unknown == []


def test_every_address_has_a_name_and_says_nothing_of_people():
    for name, route, pattern in every_address():
        assert pattern.name, route
        assert name.startswith(DEBUG_ONLY) or not re.search(r"<(str|path):", route), (
            f"{name}: only identifiers and codes belong in an address"
        )


def parameters(pattern: URLPattern, route: str) -> list[tuple[str, str]]:
    return re.findall(r"<(?:(\w+):)?(\w+)>", route)


WORDS = {"language": "fr", "alpha2": "ne", "key": "title", "year": 2025}


ROOMS = "people|cases|reception|returns|reintegration|communities|directory"


@pytest.fixture(scope="module")
def identifiers(world) -> dict[str, list[UUID]]:
    """Two identifiers of each table of the first office, by room."""
    tables = world.rows(
        "SELECT table_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        f" WHERE c.table_schema = 'public' AND column_name = 'organisation_id' AND table_name ~ '^({ROOMS})_'"
        " ORDER BY table_name"
    )
    found: dict[str, list[UUID]] = {}
    for (table,) in tables:
        rows = world.rows(
            f"SELECT t.id FROM {table} t JOIN access_user u ON u.username = 'zinder.social'"
            " WHERE t.organisation_id = u.organisation_id ORDER BY t.id LIMIT 2"
        )
        found.setdefault(table.split("_")[0], []).extend(row[0] for row in rows if isinstance(row[0], UUID))
    return found


def fill(name: str, route: str, pattern: URLPattern, identifier: UUID) -> list[str]:
    """The address with an identifier; a slug that names a step is tried with each word the view's module knows."""
    kinds = parameters(pattern, route)
    slugs = [p for kind, p in kinds if kind in {"slug", "str", ""} and p not in WORDS]
    words: list[str] = ["accept", "answer", "send", "decide"]
    if slugs:
        source = inspect.getsource(inspect.getmodule(inspect.unwrap(pattern.callback)))
        words = sorted(set(re.findall(r"\"([a-z][a-z_-]{2,20})\":", source)) | set(words))
    choices = words if slugs else [""]
    urls = []
    for word in choices:
        values: dict[str, Any] = {}
        for kind, parameter in kinds:
            values[parameter] = identifier if kind == "uuid" else WORDS.get(parameter, 1 if kind == "int" else word)
        urls.append(reverse(name, kwargs=values))
    return urls


@pytest.fixture(scope="module")
def opened(world, identifiers) -> dict[str, list[str]]:
    """For each address with an identifier the first real one that answers 200 to a supervisor of the first office."""
    client = world.client("here.supervisor")
    found: dict[str, list[str]] = {}
    for name, route, pattern in every_address():
        if name in PUBLIC | OWN_ACCOUNT or name.startswith(DEBUG_ONLY) or "<uuid:" not in route:
            continue
        room = name.split(":")[0]
        tries = [*identifiers.get(room, []), *(identifiers.get("people", [])[:6] if room != "people" else [])]
        urls = (url for identifier in tries for url in fill(name, route, pattern, identifier))
        found[name] = [next((url for url in urls if client.get(url).status_code == 200), "")]
        found[name] = [url for url in found[name] if url]
    return found


def test_every_address_opens_nothing_without_signing_in(world):
    from django.test import Client

    for name, route, pattern in every_address():
        if name in PUBLIC or name.startswith(DEBUG_ONLY):
            continue
        for method in ("get", "post"):
            response = getattr(Client(raise_request_exception=False), method)(fill(name, route, pattern, uuid4())[0])
            assert response.status_code in {302, 403, 404, 405}, (name, method, response.status_code)
            if response.status_code == 302:
                assert "signin" in response.headers["Location"], name


def test_enough_addresses_are_reached_for_the_walk_to_mean_something(opened):
    reached = [name for name, urls in opened.items() if urls]
    assert len(reached) >= 10, opened


# Refusals cost an entry in the trail each: sending is tried by those who may send something somewhere.
SENDERS = ("supervisor", "partner_case_worker")


def test_another_office_is_told_there_is_no_such_record(world, opened):
    """With real identifiers, as every role of another office, reading and sending."""
    for role in ROLES:
        client = world.client(f"elsewhere.{role}")
        for name, urls in opened.items():
            for url in urls:
                answers = [client.get(url), *([client.post(url, {"key": str(uuid4())})] if role in SENDERS else [])]
                # Figures without people are everyone's who may see figures at all.
                allowed = {200, 302, 403, 404, 405} if name.startswith("programme:") else {403, 404, 405}
                assert {answer.status_code for answer in answers} <= allowed, (name, role)


READERS = FIELD | {"monitoring_officer", "movement_officer", "centre_manager", "programme_manager", "country_manager"}


def test_no_address_breaks_and_roles_without_case_work_open_no_record(world, opened):
    lists = [
        reverse(n)
        for n, r, p in every_address()
        if "<" not in r and is_page(p.callback) and not n.startswith(DEBUG_ONLY)
    ]
    for role in ROLES:
        client = world.client(f"here.{role}")
        for url in lists:
            assert client.get(url).status_code in {200, 302, 403, 404, 405}, (url, role)
        for name, urls in opened.items():
            for url in urls:
                expected = {200, 302, 403, 404, 405}
                if role not in READERS and not name.startswith("programme:"):
                    expected = {403, 404, 405}
                assert client.get(url).status_code in expected, (name, role)
                if role in SENDERS:
                    assert client.post(url, {}).status_code < 500, (name, role)


def test_bad_identifiers_are_no_error(world):
    client = world.client("here.supervisor")
    for name, route, pattern in every_address():
        if "<uuid:" in route and not name.startswith(DEBUG_ONLY):
            assert client.get(fill(name, route, pattern, uuid4())[0]).status_code in {302, 403, 404, 405}, name


def test_a_grant_that_ended_counts_on_the_next_request(world, opened):
    url = next(urls[0] for name, urls in opened.items() if urls and name == "people:person")
    client = world.client("here.case_worker")
    assert client.get(url).status_code == 200

    with world.cluster.connect("compass_owner", world.name) as owner:
        owner.execute(
            "UPDATE access_grant SET valid_to = now() WHERE user_id ="
            " (SELECT id FROM access_user WHERE username = 'here.case_worker')"
        )

    assert client.get(url).status_code == 403
