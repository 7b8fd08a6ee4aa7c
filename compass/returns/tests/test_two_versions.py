"""Two colleagues save one return: both versions side by side, what was typed kept, sealed words only for a reason."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.returns import actions, compare, words
from compass.returns.models import Counselling, Declaration
from compass.returns.views.common import find_file
from compass.trail.models import Entry
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
TALK = {"language": "en", "interpreter_mode": "phone", "time_offered": "no", "notes": "typed-by-the-second"}


def url(name: str, journey: Any) -> str:
    return reverse(f"returns:{name}", args=[journey.pk])


def talk(**more: Any) -> dict[str, Any]:
    topics = code_list("return_information_topic").values[:2]
    return {"key": uuid.uuid4(), "version": "1", "topics": topics, **TALK, **more}


def test_both_versions_are_shown_and_what_was_typed_is_kept(journey, sign_in):
    journey.start()
    journey.counsel()

    page = sign_in("zinder.social").post(url("counselling", journey), talk()).content.decode()

    assert 'class="cmp"' in page
    assert page.count("typed-by-the-second") == 2
    assert "misses-her-mother" not in page
    assert 'name="version" value="2"' in page


def test_the_next_save_goes_through_over_the_version_that_was_shown(journey, sign_in):
    journey.start()
    journey.counsel()
    client = sign_in("zinder.social")
    client.post(url("counselling", journey), talk())

    answer = client.post(url("counselling", journey), talk(version="2"))

    assert answer.status_code == 302
    with journey.at("zinder.social"):
        assert Counselling.objects.count() == 2


def test_sealed_words_open_for_a_reason_that_the_trail_keeps(journey, sign_in):
    journey.start()
    journey.counsel()
    client = sign_in("zinder.social")

    none = client.post(url("counselling", journey), talk(version="2", compare="1")).content.decode()
    opened = client.post(url("counselling", journey), talk(version="2", compare="1", **{"open-reason": "compare"}))

    assert "misses-her-mother" not in none
    assert "misses-her-mother" in opened.content.decode()
    assert "typed-by-the-second" in opened.content.decode()
    with journey.at("zinder.social"):
        assert Counselling.objects.count() == 1
    with journey.at("geneva.protection") as work:
        assert work.allowed("trail.view", Entry).filter(body__contains='"compare"').exists()


def test_a_declaration_stays_with_the_person_it_was_typed_for(journey, sign_in):
    journey.start()
    journey.counsel()
    client = sign_in("zinder.social")
    page = client.get(url("declaration", journey)).content.decode()
    assert f'name="who" value="{journey.mother.pk}"' in page
    journey.declare()
    said = {
        "key": uuid.uuid4(),
        "version": "2",
        "who": journey.mother.pk,
        "statements": code_list("declaration_statement").values,
        "language": "en",
        "mode": "signature",
    }

    answer = client.post(url("declaration", journey), said)

    assert 'class="cmp"' in answer.content.decode()
    assert journey.mother.code in answer.content.decode()
    with journey.at("zinder.social"):
        assert Declaration.objects.count() == 1


def day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "free_choice": (
        "eligibility_review",
        {
            "no_pressure": "no",
            "pressure": "p",
            "informed": "yes",
            "information": "i",
            "capacity_doubted": "no",
            "detained": "no",
        },
    ),
    "preparation": (
        "ready_to_travel",
        {
            "travel_on": day(9),
            "travel_mode": "bus",
            "document_valid_until": day(300),
            "medical_outcome": "unfit",
        },
    ),
    "departure": ("in_travel", {"reconfirmed": "yes", "method": "in_person_alone", "departed_on": day(0)}),
    "decision": (
        "pre_return",
        {
            "decision": "refuse",
            "note": "kept words",
            "reason": "return_area_open",
            "explained": "on",
            "referral_offered": "on",
            "complaint_told": "on",
        },
    ),
    "withdraw": ("counselling", {"note": "kept words"}),
    "suspend": ("counselling", {"reason": "insecurity", "note": "kept words"}),
}


@pytest.mark.parametrize("name", CASES)
def test_every_step_shows_both_versions(journey, sign_in, name):
    state, said = CASES[name]
    journey.to(state)

    answer = sign_in("zinder.supervisor").post(url(name, journey), {"key": uuid.uuid4(), "version": "1", **said})

    assert answer.status_code == 200
    assert 'class="cmp"' in answer.content.decode()


def test_answers_on_eligibility_that_a_colleague_gave_too_are_compared(journey, sign_in):
    journey.to("eligibility_review")
    criterion = code_list("eligibility_criterion").values[0]
    said = {criterion: "fail", f"{criterion}_kind": "document", f"{criterion}_evidence": "typed-evidence"}

    page = sign_in("zinder.supervisor").post(url("eligibility", journey), {"version": "1", **said}).content.decode()

    assert 'class="cmp"' in page
    assert page.count("typed-evidence") == 2


def test_a_step_whose_time_is_over_asks_nothing(journey, sign_in):
    journey.to("in_travel")

    page = sign_in("zinder.cases").get(url("counselling", journey)).content.decode()

    assert 'id="typed"' not in page
    assert url("show", journey) in page


REACHED = {
    "missed": ("ready_to_travel", actions.miss_returns, "no_show"),
    "take_back": ("in_travel", actions.take_back_departures, "other_day"),
    "withdraw": ("counselling", actions.withdraw_returns, ""),
    "suspend": ("counselling", actions.suspend_returns, "insecurity"),
}


@pytest.mark.parametrize("name", sorted(words.STEPS))
def test_what_a_colleague_saved_answers_every_question_of_the_step(journey, sign_in, at, told, name):
    """A question that nobody looks up would stand on the page as one that the colleague left empty."""
    state, act, reason = REACHED.get(name, ("in_travel", None, ""))
    journey.to(state)
    if act is not None:
        with at("zinder.supervisor") as work:
            act(work, [actions.Moved(**told(id=journey.pk), reason=reason)])
    page = sign_in("zinder.supervisor").get(url(name, journey))
    asked = {bound.name for bound in page.context["form"].visible_fields()}

    with at("zinder.supervisor") as work:
        avr, facts = find_file(work, journey.pk)
        saved = compare.saved(compare.Reader(work, avr), name, facts, journey.mother)

    assert asked - set(saved) == set()
    assert name == "resume" or saved
