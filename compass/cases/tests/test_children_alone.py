"""A child alone has its tasks and its next step; nobody asks what the record says, nor shows one screening three times."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from compass.cases import screening, standards
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.screening import Screened, screen_people
from compass.cases.files import Files
from compass.cases.models import Screening
from compass.people.actions import GuardianAsked, request_guardians

BOY = {"given": "Musa", "birth_date": "2012-02-02"}
ALONE = {"identity": BOY, "sex": "male", "nationality": "NG", "uasc_status": "unaccompanied"}


@pytest.fixture
def boy(at, told, person):
    with at("zinder.social") as work:
        row = person(work, **ALONE)
        return open_cases(work, [CaseOpening(**told(id=row.pk), risk_level="high")])[0]


def english(browser):
    browser.cookies["compass_language"] = "en"
    return browser


def due(work, case):
    return {
        item.standard.id: item.due
        for item in standards.moments(Files(work, [case]))
        if item.standard.id.startswith("BIP")
    }


def test_the_assessment_and_the_guardian_are_due(at, told, boy):
    with at("zinder.social") as work:
        found = due(work, boy)
        assert set(found) == {"BIP-01", "BIP-02"}
        assert found["BIP-02"].due_at == boy.opened_at + timedelta(hours=24)
        assert str(found["BIP-02"].url) == reverse("people:guardian", args=[boy.person_id])

        request_guardians(work, [GuardianAsked(**told(id=boy.person_id), authority="child_protection_authority")])
        assert "tuteur est attendu" in str(due(work, boy)["BIP-02"].what)


def test_a_grown_person_has_neither(at, case):
    with at("zinder.social") as work:
        assert due(work, case(work)) == {}


def test_the_page_leads_to_the_next_step_and_stops_no_return(sign_in, boy):
    browser = english(sign_in("zinder.social"))
    page = browser.get(reverse("cases:case", args=[boy.pk])).content.decode()
    ladder = reverse("cases:best_interests", args=[boy.person_id])

    assert "Next: Best-interests assessment" in page and "steps of 10 done" in page
    assert ladder in page and "(R-CHI-5)" not in page
    assert "A return is stopped" not in browser.get(ladder).content.decode()


def test_nobody_is_asked_what_the_record_says(sign_in, at, told, boy):
    browser = english(sign_in("zinder.social"))
    said = {"medical_now": "no", "danger_now": "no", "key": str(uuid.uuid4())}
    url = reverse("cases:screen", args=[boy.person_id])
    page = browser.post(url, {"step": "1", **said}).content.decode()

    assert "child_alone" not in page and "no_nationality" not in page and "late_pregnancy" not in page
    assert "On record already" in page
    browser.post(
        url, {"step": "3", **said, **dict.fromkeys(("basic_needs", "harmed", "controlled", "fears_return"), "no")}
    )
    with at("zinder.social"):
        assert Screening.objects.get().computed == ["child_uasc"]


@pytest.mark.parametrize(
    ("age", "sex", "asked"), [("18-24", "female", True), ("18-24", "male", False), ("5-11", "", False)]
)
def test_pregnancy_is_asked_of_whom_it_can_be(age, sex, asked):
    assert ("late_pregnancy" in screening.triggers(age, sex)) is asked


def test_a_trigger_that_an_answer_brings_is_not_said_as_ticked():
    asked = screening.outcome({"medical_now": True}, ["suicidal_intent"])

    assert (asked.said, set(asked.triggers)) == (("suicidal_intent",), {"suicidal_intent", "untreated_illness"})


def test_one_screening_is_one_line_and_its_urgent_answer_another(sign_in, at, told, boy):
    urgent = {"medical_now": True, "danger_now": False}
    with at("zinder.social") as work:
        for _again in range(2):
            screen_people(work, [Screened(**told(id=boy.person_id), answers=urgent)])
        screen_people(work, [Screened(**told(id=boy.person_id), answers=urgent | {"harmed": True})])
    page = english(sign_in("zinder.social")).get(reverse("cases:case", args=[boy.pk])).content.decode()

    assert (page.count(">Screened<"), page.count(">Urgent answer recorded<")) == (1, 1)


def test_the_decision_says_what_the_waiting_plan_answers(sign_in, at, case, assessed, planned):
    with at("zinder.social") as work:
        row = case(work)
        assessment = assessed(work, row)
        planned(work, row)
    page = english(sign_in("zinder.supervisor")).get(reverse("cases:decide_assessment", args=[assessment.pk]))

    assert "answered in the plan that waits" in page.content.decode()
    assert "No answer yet" not in page.content.decode()


def test_a_page_of_another_office_says_so_without_a_step_or_typed_words(sign_in, boy):
    page = english(sign_in("edo.reception")).get(reverse("cases:case", args=[boy.pk])).content.decode()

    assert "This page cannot be shown" in page and "This step did not happen" not in page
    assert "What you typed is still" not in page and reverse("cases:handovers") in page


def test_a_refused_page_names_the_post_that_does_it(sign_in, boy):
    page = english(sign_in("zinder.social")).get(reverse("cases:team")).content.decode()

    assert "Who may do this: Supervisor" in page
