"""The cycle through its actions: who may, what is refused, what is recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from compass.cases.actions.assessment import Assessed, Decision, approve_assessments, assess
from compass.cases.actions.case import Assignment, Reopen, RiskSet, assign_cases, reopen_cases, set_risk
from compass.cases.actions.closing import ClosureAsked, approve_closures, request_closures
from compass.cases.actions.contact import Contact, follow_up
from compass.cases.actions.plan import (
    ActionDone,
    PlanAgreed,
    PlanMade,
    agree_plans,
    approve_plans,
    complete_plan_actions,
    make_plans,
)
from compass.cases.actions.screening import Screened, screen_people
from compass.cases.closing import attempts
from compass.cases.models import Assessment, Case, Closure, FollowUp, Goal, Plan, PlanAction, RiskChange
from compass.cases.sealing import open_from
from compass.config.demo.world import world_id
from compass.people.actions import Withdrawal, withdraw_consent
from compass.people.models import Consent, Service
from compass.problems import (
    ConsentMissing,
    Denied,
    Invalid,
    NotFound,
    SecondPersonNeeded,
    StandardNotMet,
    UnknownCode,
    WrongState,
)

pytestmark = pytest.mark.django_db
NO = {"medical_now": False, "danger_now": False}


def test_it_works(at, told, person, assessed, planned, approved):
    with at("zinder.social") as work:
        mother = person(work)
        (screening,) = screen_people(work, [Screened(**told(id=mother.pk), answers={**NO, "harmed": True})])
        case = screening.case
        assessment = assessed(work, case, narrative="What happened in Sabha")
        plan = planned(work, case)
    approved(assessment, plan)
    with at("zinder.social") as work:
        (done,) = complete_plan_actions(
            work, [ActionDone(**told(id=PlanAction.objects.get(case=case).pk), done_on=timezone.now().date())]
        )
        assert Service.objects.get(origin=done.pk).service == "SHL"
        contact = Contact(
            **told(id=case.pk),
            kind="for_service",
            channel="phone",
            reached=True,
            risk_after="low",
            note="She sleeps",
            goals={Goal.objects.get(case=case).pk: "met"},
            plan_reviewed=True,
        )
        follow_up(work, [contact])
        asked = ClosureAsked(**told(id=case.pk), reason="goals_achieved", safety_reassessed=True)
        (closure,) = request_closures(work, [asked])
    with at("zinder.supervisor") as work:
        approve_closures(work, [Decision(**told(id=closure.pk), approve=True)])

        case = Case.objects.get(pk=case.pk)
        assert (case.status, case.stage, case.closure_reason) == ("closed", "closed", "goals_achieved")
        assert open_from(work, Assessment.objects.get(), "narrative_sealed") == "What happened in Sabha"
        assert b"Sabha" not in bytes(Assessment.objects.get().narrative_sealed)

    with at("zinder.social") as work:
        (case,) = reopen_cases(work, [Reopen(**told(id=case.pk), reason="She came back")])
        assert (case.status, case.stage, case.closed_at) == ("reopened", "screened", None)


def test_a_screening_without_the_urgent_answers_is_refused(at, told, person):
    with at("zinder.social") as work:
        with pytest.raises(StandardNotMet) as refused:
            screen_people(work, [Screened(**told(id=person(work).pk), answers={"medical_now": False})])

        assert "(CM-09)" in refused.value.details["standards"]


def test_a_trigger_makes_the_risk_high_until_a_supervisor_lowers_it(at, told, person):
    with at("zinder.social") as work:
        mother = person(work)
        (screening,) = screen_people(work, [Screened(**told(id=mother.pk), answers=NO, triggers=("captivity",))])
        case = screening.case
        assert (case.risk_level, case.needs_supervisor, screening.results) == ("high", True, ["protection_case"])
        with pytest.raises(SecondPersonNeeded):
            set_risk(work, [RiskSet(**told(id=case.pk), level="medium", reason="Calmer")])

    with at("zinder.supervisor") as work:
        (case,) = set_risk(work, [RiskSet(**told(id=case.pk), level="medium", reason="Moved to a safe place")])
        assert (case.risk_level, case.needs_supervisor, RiskChange.objects.count()) == ("medium", False, 1)


def test_lowering_without_a_reason_is_refused(at, told, case):
    with at("zinder.social") as work, pytest.raises(Invalid):
        set_risk(work, [RiskSet(**told(id=case(work).pk), level="low")])


def test_a_second_screening_raises_the_open_case_and_opens_no_other(at, told, person):
    with at("zinder.social") as work:
        mother = person(work)
        screen_people(work, [Screened(**told(id=mother.pk), answers={**NO, "harmed": True})])
        screen_people(work, [Screened(**told(id=mother.pk), answers={**NO, "danger_now": True})])

        assert Case.objects.get().risk_level == "high"


def test_basic_needs_alone_open_no_case(at, told, person):
    with at("zinder.social") as work:
        (row,) = screen_people(work, [Screened(**told(id=person(work).pk), answers={**NO, "basic_needs": True})])

        assert (row.results, row.case) == (["immediate_needs_only"], None)


def test_the_worker_may_only_add_care(at, told, person):
    with at("zinder.social") as work:
        answers = {**NO, "harmed": True}
        more = Screened(**told(id=person(work).pk), answers=answers, added=("possible_vot",), risk_level="low")
        (row,) = screen_people(work, [more])

        assert row.computed == ["protection_case"]
        assert (row.results, row.risk_level) == (["protection_case", "possible_vot"], "medium")


def test_no_story_without_consent(at, told, case, person):
    with at("zinder.social") as work:
        row = case(work, someone=person(work, consent=False))
        with pytest.raises(ConsentMissing):
            assess(work, [Assessed(**told(id=row.pk, basis="consent"), needs={})])


def test_a_plan_is_not_agreed_after_consent_was_taken_back(at, told, case, assessed, planned):
    with at("zinder.social") as work:
        row = case(work)
        assessed(work, row)
        draft = planned(work, row, agreed=False)
        withdraw_consent(work, [Withdrawal(**told(id=Consent.objects.get(person=row.person_id).pk))])
        with pytest.raises(ConsentMissing):
            agree_plans(work, [PlanAgreed(**told(id=draft.pk, basis="consent"), how="spoken")])
        (plan,) = agree_plans(work, [PlanAgreed(**told(id=draft.pk, basis="vital_interest"), how="spoken")])
        assert plan.state == "requested"


def test_an_unknown_code_is_refused(at, told, case):
    with at("zinder.social") as work, pytest.raises(UnknownCode):
        assess(work, [Assessed(**told(id=case(work).pk), needs={"safety_security": "awful"})])


def test_another_office_finds_no_case(at, told, case):
    with at("zinder.social") as work:
        row = case(work)
    with at("edo.reception") as work, pytest.raises(NotFound):
        set_risk(work, [RiskSet(**told(id=row.pk), level="high")])


def test_a_partner_may_not_open_anything(at, told, case):
    with at("zinder.social") as work:
        row = case(work)
    with at("zinder.clinic") as work, pytest.raises(Denied):
        assess(work, [Assessed(**told(id=row.pk), needs={})])


def test_whoever_prepared_a_step_cannot_approve_it(at, told, case, assessed):
    with at("zinder.supervisor") as work:
        row = assessed(work, case(work))
        with pytest.raises(SecondPersonNeeded):
            approve_assessments(work, [Decision(**told(id=row.pk), approve=True)])


def test_sending_back_needs_a_remark(at, told, case, assessed):
    with at("zinder.social") as work:
        row = assessed(work, case(work))
    with at("zinder.supervisor") as work, pytest.raises(Invalid):
        approve_assessments(work, [Decision(**told(id=row.pk), approve=False)])


def test_a_decision_is_made_once(at, told, case, assessed, approved):
    with at("zinder.social") as work:
        row = assessed(work, case(work))
    approved(row)
    with at("zinder.supervisor") as work, pytest.raises(WrongState):
        approve_assessments(work, [Decision(**told(id=row.pk), approve=False, remark="No")])


def test_a_plan_needs_an_assessment_and_a_goal(at, told, case, assessed):
    with at("zinder.social") as work:
        row = case(work)
        with pytest.raises(WrongState):
            make_plans(work, [PlanMade(**told(id=row.pk), goals=())])
        assessed(work, row)
        with pytest.raises(Invalid):
            make_plans(work, [PlanMade(**told(id=row.pk), goals=())])


def test_a_guardian_agrees_to_the_plan_of_a_child_only(at, told, case, assessed, planned, sign_in):
    with at("zinder.social") as work:
        row = case(work)
        assessed(work, row)
        draft = planned(work, row, agreed=False)
        with pytest.raises(UnknownCode):
            agree_plans(work, [PlanAgreed(**told(id=draft.pk), how="guardian")])

    page = sign_in("zinder.social").get(f"/cases/{row.pk}/agreement/").content.decode()

    assert 'value="spoken"' in page and 'value="guardian"' not in page


def test_a_plan_without_agreement_is_not_approved(at, told, case, assessed, planned):
    with at("zinder.social") as work:
        row = case(work)
        assessed(work, row)
        plan = planned(work, row, agreed=False)
    with at("zinder.supervisor") as work, pytest.raises(StandardNotMet):
        approve_plans(work, [Decision(**told(id=plan.pk), approve=True)])


def test_a_childs_plan_needs_the_guardian(at, told, case, person, assessed, planned):
    with at("zinder.social") as work:
        boy = person(work, identity={"given": "Osas", "birth_year": timezone.now().year - 13})
        row = case(work, someone=boy)
        assessed(work, row)
        with pytest.raises(StandardNotMet):
            planned(work, row)
        assert planned(work, row, how="guardian").state == "requested"


def test_a_new_plan_supersedes_the_old_one(at, case, assessed, planned):
    with at("zinder.social") as work:
        row = case(work)
        assessed(work, row)
        planned(work, row)
        planned(work, row)

        assert Plan.objects.filter(superseded_at__isnull=True).count() == 1


def test_a_settled_action_stays_settled(at, told, case, assessed, planned):
    with at("zinder.social") as work:
        row = case(work)
        assessed(work, row)
        planned(work, row)
        step = PlanAction.objects.get()
        done = {"done_on": timezone.now().date()}
        with pytest.raises(Invalid):
            complete_plan_actions(work, [ActionDone(**told(id=step.pk), **done, delivered=False)])
        complete_plan_actions(work, [ActionDone(**told(id=step.pk), **done)])
        with pytest.raises(WrongState):
            complete_plan_actions(work, [ActionDone(**told(id=step.pk), **done)])


def test_a_contact_sent_twice_counts_once(at, told, case):
    with at("zinder.social") as work:
        contact = Contact(**told(id=case(work).pk), kind="for_service", channel="phone", reached=True)
        follow_up(work, [contact])
        follow_up(work, [contact])

        assert FollowUp.objects.count() == 1


def test_closing_at_high_risk_is_refused(at, told, case):
    with at("zinder.social") as work:
        row = case(work, risk_level="high")
        with pytest.raises(StandardNotMet) as refused:
            request_closures(work, [ClosureAsked(**told(id=row.pk), reason="goals_achieved", safety_reassessed=True)])

        assert "(CM-24)" in refused.value.details["standards"]


def test_losing_contact_needs_three_attempts_on_different_days(at, told, case):
    with at("zinder.social") as work:
        row = case(work)
        lost = {"reason": "lost_contact", "safety_reassessed": True}
        with pytest.raises(StandardNotMet) as refused:
            request_closures(work, [ClosureAsked(**told(id=row.pk), **lost)])
        assert "(CM-25)" in refused.value.details["standards"]

        for days in (3, 2, 1):
            when = work.now = timezone.now() - timedelta(days=days)
            missed = {"kind": "protection_concern", "channel": "phone", "reached": False}
            follow_up(work, [Contact(**told(id=row.pk, occurred_at=when), **missed)])
        work.now = timezone.now()
        (closure,) = request_closures(work, [ClosureAsked(**told(id=row.pk), **lost)])
    with at("zinder.supervisor") as work:
        (closure,) = approve_closures(work, [Decision(**told(id=closure.pk), approve=True)])
        assert closure.state == "approved"


def test_three_attempts_said_in_one_sitting_count_as_one(at, told, case):
    """The moment of an act is written by the device: nobody closes a case by saying that the days have passed."""
    with at("zinder.social") as work:
        row = case(work)
        for days in (30, 20, 10):
            when = timezone.now() - timedelta(days=days)
            missed = {"kind": "protection_concern", "channel": "phone", "reached": False}
            follow_up(work, [Contact(**told(id=row.pk, occurred_at=when), **missed)])

        assert attempts(FollowUp.objects.filter(case=row)) == 1
        with pytest.raises(StandardNotMet) as refused:
            lost = {"reason": "lost_contact", "safety_reassessed": True}
            request_closures(work, [ClosureAsked(**told(id=row.pk), **lost)])
        assert "(CM-25)" in refused.value.details["standards"]


def test_the_owner_cannot_approve_the_closure(at, told, case):
    with at("zinder.supervisor") as work:
        row = case(work, risk_level="low")
        asked = ClosureAsked(**told(id=row.pk), reason="client_request_withdrawal", safety_reassessed=True)
        (closure,) = request_closures(work, [asked])
        with pytest.raises(SecondPersonNeeded):
            approve_closures(work, [Decision(**told(id=closure.pk), approve=True)])


def test_a_closure_lists_the_standards_still_open(at, told, case, assessed):
    with at("zinder.social") as work:
        row = case(work, risk_level="low")
        assessed(work, row)
        asked = ClosureAsked(**told(id=row.pk), reason="support_duration_ended", safety_reassessed=True)
        (closure,) = request_closures(work, [asked])
    with at("zinder.supervisor") as work:
        with pytest.raises(StandardNotMet) as refused:
            approve_closures(work, [Decision(**told(id=closure.pk), approve=True)])

        assert "(CM-15)" in refused.value.details["standards"]


def test_an_open_case_is_not_reopened(at, told, case):
    with at("zinder.social") as work, pytest.raises(WrongState):
        reopen_cases(work, [Reopen(**told(id=case(work).pk), reason="Again")])


def test_a_case_is_given_only_to_a_colleague_of_the_office(at, told, case):
    with at("zinder.social") as work:
        row = case(work)
    with at("zinder.supervisor") as work:
        (row,) = assign_cases(work, [Assignment(**told(id=row.pk), owner_id=world_id("zinder.cases"))])
        assert row.owner_id == world_id("zinder.cases")
        with pytest.raises(NotFound):
            assign_cases(work, [Assignment(**told(id=row.pk), owner_id=world_id("edo.reception"))])


def test_a_closure_is_asked_once(at, told, case):
    with at("zinder.social") as work:
        row = case(work, risk_level="low")
        asked = {"reason": "client_request_withdrawal", "safety_reassessed": True}
        request_closures(work, [ClosureAsked(**told(id=row.pk), **asked)])
        with pytest.raises(WrongState):
            request_closures(work, [ClosureAsked(**told(id=row.pk), **asked)])

        assert Closure.objects.count() == 1
