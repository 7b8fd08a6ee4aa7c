"""A refusal says what is in the way and who can move it, once."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.cases.actions.case import RiskSet, set_risk
from compass.cases.models import Case, Closure, FollowUp


@pytest.fixture
def browse(sign_in):
    def make(login):
        browser = sign_in(login)
        browser.cookies["compass_language"] = "en"
        return browser

    return make


def url(name, row):
    return reverse(f"cases:{name}", args=[row.pk])


@pytest.fixture
def triggered(at, told, case):
    with at("zinder.social") as work:
        row = case(work)
        return set_risk(work, [RiskSet(**told(id=row.pk), level="high", triggered=True)])[0]


def test_a_contact_offers_no_risk_that_this_colleague_may_not_set(browse, at, triggered):
    browser = browse("zinder.social")
    page = browser.get(url("follow_up", triggered)).content.decode()

    assert "Only a supervisor who does not lead the case lowers this risk" in page
    assert 'value="high"' in page and 'value="low"' not in page
    browser.post(
        url("follow_up", triggered),
        {"key": str(uuid.uuid4()), "version": triggered.version, "reached": "yes", "kind": "for_service", "channel": "phone",
         "risk_after": ""},
    )  # fmt: skip
    with at("zinder.social"):
        assert FollowUp.objects.count() == 1
        assert Case.objects.get(pk=triggered.pk).risk_level == "high"


def test_a_supervisor_may_lower_it_in_a_contact(browse, triggered):
    page = browse("zinder.supervisor").get(url("follow_up", triggered)).content.decode()

    assert 'value="low"' in page


def test_a_closure_at_high_risk_says_what_comes_first_and_says_it_once(browse, at, triggered):
    answer = browse("zinder.social").post(
        url("close", triggered),
        {"key": str(uuid.uuid4()), "seen": "", "reason": "support_duration_ended", "safety_reassessed": "no"},
    )
    page = answer.content.decode()

    assert "A supervisor must lower it first" in page and "Look at safety again first" in page
    assert page.count("data-errors") == 1
    with at("zinder.social"):
        assert not Closure.objects.exists()


def test_a_refusal_of_the_record_is_said_once(browse, at, told, case):
    with at("zinder.social") as work:
        row = case(work, risk_level="low")
    browser = browse("zinder.social")
    said = {"seen": "", "reason": "lost_contact", "safety_reassessed": "yes"}
    page = browser.post(url("close", row), {"key": str(uuid.uuid4()), **said}).content.decode()

    assert "A minimum standard is not met yet" in page and "data-errors" not in page


def test_an_error_of_a_plan_names_its_goal(browse, at, case, assessed):
    with at("zinder.social") as work:
        row = case(work)
        assessed(work, row)
    day = timezone.now().date()
    page = browse("zinder.social").post(
        url("plan", row),
        {"key": str(uuid.uuid4()), "seen": "", "g1_answer": "goal", "g1_target_day": day.day},
    ).content.decode()  # fmt: skip

    assert "Safety and security: choose at least one step." in page
