"""Which role may take which step on records of which relation: the table, written by hand, against the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from compass.access import policy
from compass.access.actor import Actor, HeldGrant
from compass.access.models import Organisation, User
from compass.access.roles import ROLES
from compass.problems import Denied

FIELD = {"social_worker", "case_worker", "supervisor"}
LOCKERS = {
    "supervisor",
    "centre_manager",
    "country_manager",
    "programme_manager",
    "data_protection_officer",
    "administrator",
}
OWN, RECEIVED, EITHER, COUNTRY, WHOLE = "own", "received", "either side", "own country", "whole programme"

# rule: (relation of the record to the colleague's office, the roles that may). Everything that is not here is refused.
TABLE: dict[str, tuple[str, set[str]]] = {
    "access.lock": (OWN, LOCKERS),
    "access.revoke": (OWN, {"programme_manager", "data_protection_officer"}),
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
    "people.confirm_merge": (OWN, {"supervisor"}),
    "people.consent": (OWN, FIELD),
    "people.copy": (OWN, {"case_worker", "supervisor"}),
    "people.elsewhere": (OWN, {"case_worker", "supervisor"}),
    "people.elsewhere_confirm": (OWN, {"supervisor"}),
    "people.erasure": (OWN, FIELD),
    "people.erasure_keep": (OWN, {"supervisor"}),
    "people.group": (OWN, FIELD),
    "people.guardian": (OWN, FIELD),
    "people.guardian_mistaken": (OWN, {"supervisor"}),
    "people.household": (OWN, FIELD),
    "people.identity": (OWN, FIELD),
    "people.merge": (OWN, {"case_worker", "supervisor"}),
    "people.pairs": (OWN, {"case_worker", "supervisor"}),
    "people.register": (OWN, FIELD),
    "people.reindex": (OWN, {"supervisor"}),
    "people.retention": (OWN, {"case_worker", "supervisor"}),
    "people.retention_decide": (OWN, {"supervisor"}),
    "people.retention_list": (OWN, {"supervisor", "data_protection_officer"}),
    "people.rights": (OWN, FIELD),
    "people.rights_decide": (OWN, {"supervisor"}),
    "people.rights_list": (OWN, {"supervisor", "data_protection_officer"}),
    "people.search": (OWN, FIELD),
    "people.searches": (OWN, {"supervisor", "data_protection_officer"}),
    "people.service": (OWN, FIELD | {"monitoring_officer", "movement_officer"}),
    "people.shared": (OWN, FIELD),
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
    "returns.see_off": (OWN, {"case_worker", "supervisor", "movement_officer"}),
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
    missing, gone = set(policy.RULES) - set(TABLE), set(TABLE) - set(policy.RULES)
    assert missing == set(), (
        "write a row of TABLE for each new rule: the relation of the record, and the roles that may"
    )
    assert gone == set(), "these are no rule any more: take their rows from TABLE"


def actor(role: str) -> Actor:
    organisation = Organisation(id=uuid4(), name=role, kind="office", country="NE")
    return Actor(User(id=uuid4(), username=role, organisation=organisation), (HeldGrant(role, organisation, "NE"),))


def leaves(q: Any) -> Iterator[tuple[str, Any]]:
    for child in q.children:
        if isinstance(child, tuple):
            yield child
        elif hasattr(child, "children"):  # a subquery narrows what the columns bind
            yield from leaves(child)


@pytest.mark.parametrize("rule", sorted(TABLE))
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


@pytest.mark.parametrize("rule", sorted(TABLE))
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
