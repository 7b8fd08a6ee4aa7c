"""A case does not close over the goals of its plan: each is reached, or the closure says what becomes of it."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from compass.cases.actions.assessment import Decision
from compass.cases.actions.closing import ClosureAsked, approve_closures, request_closures
from compass.cases.actions.contact import Contact, follow_up
from compass.cases.models import Case, Closure, Goal
from compass.people.actions import Registration, register_people
from compass.people.models import Person
from compass.problems import Invalid, NotFound, StandardNotMet

pytestmark = pytest.mark.django_db
REACHED = {"reason": "goals_achieved", "safety_reassessed": True}
ENDED = {"reason": "support_duration_ended", "safety_reassessed": True}


@pytest.fixture
def planned_case(at, case, assessed, planned, approved):
    """`planned_case(work)`: a case at low risk with an approved plan and one open goal."""

    def make():
        with at("zinder.social") as work:
            row = case(work, risk_level="low")
            assessment, plan = assessed(work, row), planned(work, row)
        approved(assessment, plan)
        return row

    return make


def reach(work, told, row):
    goals = dict.fromkeys(Goal.objects.filter(case=row).values_list("pk", flat=True), "met")
    follow_up(work, [Contact(**told(id=row.pk), kind="for_service", channel="phone", reached=True, goals=goals)])


def test_goals_in_progress_are_not_goals_reached(at, told, planned_case):
    row = planned_case()
    with override("fr"), at("zinder.social") as work:
        with pytest.raises(StandardNotMet) as refused:
            request_closures(work, [ClosureAsked(**told(id=row.pk), **REACHED)])
        assert "(Non commencé)" in str(refused.value)

        reach(work, told, row)
        (closure,) = request_closures(work, [ClosureAsked(**told(id=row.pk), **REACHED)])
        assert closure.state == "requested"


def test_another_reason_says_what_becomes_of_each_goal(at, told, planned_case):
    row = planned_case()
    with at("zinder.social") as work:
        goal = Goal.objects.get(case=row)
        with pytest.raises(Invalid):
            request_closures(work, [ClosureAsked(**told(id=row.pk), **ENDED)])
        asked = ClosureAsked(**told(id=row.pk), **ENDED, goals={goal.pk: "no_service"})
        (closure,) = request_closures(work, [asked])
        assert Goal.objects.get(pk=goal.pk).outcome == "no_service"
    with at("zinder.supervisor") as work:
        approve_closures(work, [Decision(**told(id=closure.pk), approve=True)])
        assert Case.objects.get(pk=row.pk).status == "closed"


@pytest.mark.parametrize(("outcome", "fits"), [("no_service", False), ("person_gone", False), ("carried_on", False)])
def test_no_goal_reached_is_not_goals_reached(at, told, planned_case, outcome, fits):
    row = planned_case()
    with at("zinder.social") as work, pytest.raises(StandardNotMet):
        goal = Goal.objects.get(case=row)
        request_closures(work, [ClosureAsked(**told(id=row.pk), **REACHED, goals={goal.pk: outcome})])


def test_a_goal_that_fell_open_again_stops_the_approval(at, told, planned_case):
    row = planned_case()
    with at("zinder.social") as work:
        reach(work, told, row)
        (closure,) = request_closures(work, [ClosureAsked(**told(id=row.pk), **REACHED)])
        Goal.objects.update(progress="in_progress")
    with at("zinder.supervisor") as work, pytest.raises(StandardNotMet) as refused:
        approve_closures(work, [Decision(**told(id=closure.pk), approve=True)])
    assert "COMPASS-GOALS" in refused.value.details["standards"]


def test_a_closure_sent_back_leaves_the_goals_open(at, told, planned_case):
    row = planned_case()
    with at("zinder.social") as work:
        goal = Goal.objects.get(case=row)
        asked = ClosureAsked(**told(id=row.pk), **ENDED, goals={goal.pk: "not_wanted"})
        (closure,) = request_closures(work, [asked])
    with at("zinder.supervisor") as work:
        approve_closures(work, [Decision(**told(id=closure.pk), approve=False, remark="Demandez-lui encore")])
        assert Goal.objects.get(pk=goal.pk).outcome == ""


def test_a_goal_of_another_case_is_not_found(at, told, planned_case):
    one, other = planned_case(), planned_case()
    with at("zinder.social") as work, pytest.raises(NotFound):
        goal = Goal.objects.get(case=other)
        request_closures(work, [ClosureAsked(**told(id=one.pk), **ENDED, goals={goal.pk: "not_wanted"})])


def test_a_child_without_a_plan_is_covered_by_the_plan_of_its_parent(at, told, case, planned_case):
    mothers = planned_case()
    with at("zinder.social") as work:
        mother = Person.objects.get(pk=mothers.person_id)
        born = {"given": "Osas", "birth_year": timezone.now().year - 7}
        (son,) = register_people(
            work,
            [
                Registration(
                    **told(basis="vital_interest"), identity=born, household_id=mother.household_id, relation="child"
                )
            ],
        )
        (alone,) = register_people(work, [Registration(**told(basis="vital_interest"), identity=born)])
        his, unplanned = case(work, someone=son, risk_level="low"), case(work, someone=alone, risk_level="low")
        for row in (his, unplanned):
            with pytest.raises(StandardNotMet):
                request_closures(work, [ClosureAsked(**told(id=row.pk), **REACHED)])

        reach(work, told, mothers)
        assert request_closures(work, [ClosureAsked(**told(id=his.pk), **REACHED)])
        with pytest.raises(StandardNotMet):
            request_closures(work, [ClosureAsked(**told(id=unplanned.pk), **REACHED)])


def test_the_page_asks_for_each_open_goal_and_keeps_what_was_typed(sign_in, at, planned_case):
    row = planned_case()
    with at("zinder.social"):
        goal = Goal.objects.get(case=row)
    client, where = sign_in("zinder.social"), reverse("cases:close", args=[row.pk])
    field = f"goal_{goal.pk.hex}"
    assert field in client.get(where).content.decode()

    typed = {"reason": "goals_achieved", "safety_reassessed": "yes", "explanation": "à garder", field: "no_service"}
    page = client.send(where, typed).content.decode()
    assert "à garder" in page and 'role="alert"' in page and "Sécurité" in page
    with at("zinder.social"):
        assert not Closure.objects.exists()

    assert client.send(where, typed | {"reason": "support_duration_ended"}).status_code == 302
