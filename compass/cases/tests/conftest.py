"""A person with consent and a case, made through the actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from compass.cases.actions.assessment import Assessed, Decision, approve_assessments, assess
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.plan import (
    ActionPlanned,
    GoalSaid,
    PlanAgreed,
    PlanMade,
    agree_plans,
    approve_plans,
    make_plans,
)
from compass.people.actions import (
    ConsentGiven,
    Judged,
    MergeAsked,
    MergeDecided,
    MergeUndone,
    Registration,
    ask_merges,
    decide_merges,
    give_consent,
    judge,
    register_people,
    undo_merges,
)
from compass.vocabulary import code_list

IDENTITY = {"given": "Ese", "family": "Osagie", "birth_date": "1995-03-14"}
STORY = "Ce qui est arrivé à Sabha"
SCOPES = {"case_management_services": True, "data_processing": True}


@pytest.fixture
def person(told) -> Callable[..., Any]:
    """`person(work)`: someone with consent, unless `consent=False`."""

    def make(work, *, consent=True, when=None, **changes):
        when = when or timezone.now() - timedelta(hours=1)
        told_then = told(basis="vital_interest", occurred_at=when)
        (row,) = register_people(
            work, [Registration(**told_then, **{"identity": IDENTITY, "sex": "female", **changes})]
        )
        if consent:
            give_consent(
                work,
                [
                    ConsentGiven(
                        **told(id=row.pk, occurred_at=when),
                        mode="verbal_certified",
                        certified=True,
                        scopes=SCOPES,
                        information=code_list("consent_information").values,
                        given_by="guardian" if row.is_child else "individual",
                        child_agrees=True,
                    )
                ],
            )
        return row

    return make


@pytest.fixture
def case(person, told) -> Callable[..., Any]:
    """`case(work)`: a case at medium risk opened an hour ago, led by the colleague of the unit of work."""

    def make(work, *, someone=None, when=None, **changes):
        when = when or timezone.now() - timedelta(hours=1)
        someone = someone or person(work, when=when)
        opening = {"risk_level": "medium", **changes}
        (row,) = open_cases(work, [CaseOpening(**told(id=someone.pk, occurred_at=when), **opening)])
        return row

    return make


@pytest.fixture
def assessed(told) -> Callable[..., Any]:
    def make(work, row, **changes):
        needs = changes.pop("needs", {"safety_security": "unmet_severe", "food_nutrition": "met"})
        when = changes.pop("when", None) or timezone.now()
        return assess(work, [Assessed(**told(id=row.pk, occurred_at=when), needs=needs, **changes)])[0]

    return make


@pytest.fixture
def planned(told) -> Callable[..., Any]:
    def make(work, row, *, domain="safety_security", unanswered=None, agreed=True, how="spoken", when=None):
        day = timezone.now().date() + timedelta(days=20)
        goal = GoalSaid(domain, "To sleep without fear", day, (ActionPlanned("SHL", "case_manager", day),))
        when = when or timezone.now()
        made = PlanMade(**told(id=row.pk, occurred_at=when), goals=(goal,), unanswered=unanswered or {})
        (plan,) = make_plans(work, [made])
        if agreed:
            (plan,) = agree_plans(work, [PlanAgreed(**told(id=plan.pk, occurred_at=when), how=how)])
        return plan

    return make


@pytest.fixture
def approved(at, told) -> Callable[..., Any]:
    """Let the supervisor approve assessment and plan."""

    def make(assessment=None, plan=None):
        with at("zinder.supervisor") as work:
            if assessment:
                approve_assessments(work, [Decision(**told(id=assessment.pk), approve=True)])
            if plan:
                approve_plans(work, [Decision(**told(id=plan.pk), approve=True)])

    return make


@pytest.fixture
def made(at, case) -> Any:
    """A case of which nothing is known."""
    with at("zinder.social") as work:
        return case(work)


@pytest.fixture
def whole(at, case, assessed, planned, approved) -> Any:
    """A case with an approved assessment, in which STORY is sealed, and an approved plan."""
    with at("zinder.social") as work:
        row = case(work)
        assessment = assessed(work, row, narrative=STORY)
        plan = planned(work, row)
    approved(assessment, plan)
    return row


@pytest.fixture
def ask(at, told) -> Callable[..., Any]:
    """Two records are one person, says a social worker; a case worker asks to make them one."""

    def note(kept, absorbed, username="zinder.cases", judges="zinder.social"):
        with at(judges) as work:
            judge(work, [Judged(**told(id=kept.pk), other_id=absorbed.pk, same=True)])
        with at(username) as work:
            return ask_merges(work, [MergeAsked(**told(id=kept.pk), absorbed_id=absorbed.pk)])[0]

    return note


@pytest.fixture
def decide(at, told) -> Callable[..., Any]:
    def answer(row, username="zinder.supervisor", agrees=True):
        with at(username) as work:
            return decide_merges(work, [MergeDecided(**told(id=row.pk), agrees=agrees)])[0]

    return answer


@pytest.fixture
def undo(at, told) -> Callable[..., Any]:
    def back(row, username="zinder.supervisor"):
        with at(username) as work:
            undo_merges(work, [MergeUndone(**told(id=row.pk))])

    return back


@pytest.fixture
def two(at, person) -> Any:
    with at("zinder.social") as work:
        return person(work), person(work)
