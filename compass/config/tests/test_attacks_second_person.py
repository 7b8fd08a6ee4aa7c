"""One person with two roles tries to do both halves of a step that needs two people."""

from __future__ import annotations

import pytest

from compass.cases.actions.best_interests import (
    ChildAssessed,
    Heard,
    PanelDecision,
    Traced,
    assess_children,
    hear_children,
    record_decisions,
    trace_families,
)
from compass.cases.ladder import WEIGHED
from compass.cases.models import BestInterests
from compass.cases.tests.conftest import person  # noqa: F401 a fixture
from compass.people.actions import GuardianAppointed, GuardianAsked, appoint_guardians, request_guardians
from compass.problems import SecondPersonNeeded
from compass.returns import actions
from compass.returns.models import Return
from compass.returns.tests.conftest import TOPICS, Journey, journey  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db
BOY = {"given": "Musa", "birth_date": "2012-02-02"}


@pytest.fixture
def boy(at, told, person):  # noqa: F811
    """A boy alone with a guardian, heard by the social worker."""
    with at("zinder.social") as work:
        row = person(work, identity=BOY, uasc_status="unaccompanied", consent=False)
        (asked,) = request_guardians(
            work, [GuardianAsked(**told(id=row.pk, basis="legal_duty"), authority="juvenile_court")]
        )
        appoint_guardians(work, [GuardianAppointed(**told(id=asked.pk, basis="legal_duty"))])
        hear_children(work, [Heard(**told(id=row.pk, basis="legal_duty"), view="wants to learn", weight="much")])
    return row


def decided(work, told, child):
    said = PanelDecision(
        **told(id=child.pk, basis="legal_duty"),
        members=("a", "b", "c"),
        options=tuple(WEIGHED),
        decision=min(WEIGHED),
        reasons="weighed",
        review_told=True,
    )
    return record_decisions(work, [said])


def assessed(work, told, child):
    assess_children(
        work, [ChildAssessed(**told(id=child.pk, basis="legal_duty"), text="what is best", determination=True)]
    )
    trace_families(
        work,
        [
            Traced(
                **told(id=child.pk, basis="legal_duty"), outcome="unsuccessful", family_assessed=False, care_agreed=True
            )
        ],
    )


def test_a_childs_decision_by_someone_else_works(at, told, boy):
    with at("zinder.social") as work:
        assessed(work, told, boy)
    with at("zinder.supervisor") as work:
        assert decided(work, told, boy)[0].decided_at


def test_who_assessed_a_child_does_not_decide_also_when_a_colleague_began(at, told, boy):
    with at("zinder.supervisor") as work:
        assessed(work, told, boy)
    with at("zinder.supervisor") as work, pytest.raises(SecondPersonNeeded):
        decided(work, told, boy)

    with at("zinder.social"):
        assert BestInterests.objects.get().decided_at is None


def talk(at, told, pk, who):
    with at(who) as work:
        actions.counsel(
            work,
            [
                actions.Counselled(
                    **told(id=pk),
                    topics=TOPICS,
                    language="ha",
                    interpreter_mode="in_person",
                    time_offered=True,
                    days_offered=7,
                )
            ],
        )


def test_who_counselled_does_not_approve_also_when_a_colleague_did_it_again(at, told, journey: Journey):  # noqa: F811
    pk = journey.start()
    talk(at, told, pk, "zinder.supervisor")
    talk(at, told, pk, "zinder.cases")
    journey.declare()
    journey.check()
    journey.assess()

    with at("zinder.supervisor") as work, pytest.raises(SecondPersonNeeded):
        actions.approve_returns(work, [actions.Decision(**told(id=pk), note="free and informed")])


def test_a_return_approved_by_someone_else_works(at, told, journey: Journey):  # noqa: F811
    journey.to("pre_return")

    with at("zinder.social") as work:
        assert work.allowed("returns.view", Return).get(pk=journey.pk).approved_by
