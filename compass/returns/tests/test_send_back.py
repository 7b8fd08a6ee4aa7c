"""Whoever decides sees every criterion, and may send the file back to the counsellor with a reason."""

from __future__ import annotations

import pytest
from django.urls import reverse

from compass.problems import Invalid, SecondPersonNeeded
from compass.returns import actions
from compass.returns.models import Step
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db


def send_back(journey, who="zinder.supervisor", note="ask her again about the loan"):
    with journey.at(who) as work:
        actions.send_back_returns(work, [actions.Decision(**journey.told(id=journey.pk), note=note)])


def test_a_file_goes_back_and_comes_again(journey):
    journey.to("eligibility_review")

    send_back(journey)

    assert journey.state() == "application"
    with journey.at("zinder.cases"):
        assert Step.objects.filter(transition="send_back").count() == 1
    journey.check()
    assert journey.state() == "eligibility_review"
    journey.approve()
    assert journey.state() == "pre_return"


def test_a_reason_is_needed(journey):
    journey.to("eligibility_review")

    with pytest.raises(Invalid):
        send_back(journey, note=" ")


def test_whoever_took_part_sends_nothing_back(journey):
    journey.to("eligibility_review")
    with journey.at("zinder.supervisor") as work:
        answered = tuple(
            actions.CriterionChecked(criterion=c, answer="pass", evidence_kind="document", evidence="seen")
            for c in code_list("eligibility_criterion").values
        )
        actions.check_eligibility(work, [actions.EligibilityChecked(**journey.told(id=journey.pk), criteria=answered)])

    with pytest.raises(SecondPersonNeeded):
        send_back(journey)


def test_the_page_shows_every_criterion(journey, sign_in):
    journey.to("eligibility_review")

    rows = sign_in("zinder.supervisor").get(reverse("returns:decision", args=[journey.pk])).context["criteria"]

    assert len(rows) == len(code_list("eligibility_criterion").values)
    assert all(row is not None for _label, _answer, row in rows)
