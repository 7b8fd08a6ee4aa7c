"""What a partner has given settles the step of the plan that asked for it, and is no unmet need of a handover."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from compass.cases.actions.handover import unmet_needs
from compass.cases.actions.plan import ActionPlanned, GoalSaid, PlanAgreed, PlanMade, agree_plans, make_plans
from compass.cases.actions.referral import ReferralStep, note_outcomes, send_referrals
from compass.cases.models import Assessment, Case, Goal, PlanAction
from compass.cases.tests.test_referral import agreed, done, prepared  # noqa: F401
from compass.people.models import Service


@pytest.mark.parametrize(("outcome", "settled"), [("service_completed", True), ("service_ongoing", False)])
def test_noting_the_outcome_settles_the_step(at, told, agreed, assessed, approved, outcome, settled):  # noqa: F811
    day = timezone.now().date() + timedelta(days=9)
    with at("zinder.social") as work:
        case = agreed(work)
        assessed(work, case, needs={"health_physical": "unmet_severe", "education": "unmet_moderate"})
        goal = GoalSaid("health_physical", "No more fever", day, (ActionPlanned("MED", "case_manager", day),))
        (plan,) = make_plans(work, [PlanMade(**told(id=case.pk), goals=(goal,))])
        agree_plans(work, [PlanAgreed(**told(id=plan.pk), how="spoken")])
        row = send_referrals(work, [ReferralStep(**told(id=prepared(work, told, case).pk))])[0]
        assessment = Assessment.objects.get()
    approved(assessment=assessment)
    done(at, told, row, outcome=outcome)

    with at("zinder.social") as work:
        note_outcomes(work, [ReferralStep(**told(id=row.pk))])

        step, cases = PlanAction.objects.get(), list(Case.objects.filter(pk=case.pk))
        assert (step.status == "delivered") is settled
        assert Goal.objects.get().progress == ("in_progress" if settled else "n_a")
        assert Service.objects.count() == 1, "what was given is counted once"
        assert ("health_physical" in unmet_needs(cases)) is not settled and "education" in unmet_needs(cases)
