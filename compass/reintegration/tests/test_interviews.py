"""The sustainability interview: for adults, stopped at any time, scored provisionally."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.problems import Invalid, UnknownCode, WrongState
from compass.reintegration import actions, scoring
from compass.reintegration.models import Interview

pytestmark = pytest.mark.django_db


def test_an_interview_is_for_adults(home, at, told):
    with at("edo.monitoring") as work, pytest.raises(Invalid):
        actions.begin_interviews(
            work,
            [
                actions.InterviewBegun(
                    **told(id=home.son.pk), round="baseline", held_on=work.today, mode="phone", language="en"
                )
            ],
        )


def test_one_baseline_per_person(home):
    home.interview()

    with pytest.raises(WrongState):
        home.interview()


def test_a_second_round_is_possible(home):
    home.interview()

    assert home.interview(round="midline").provisional


def test_an_answer_that_is_not_offered_is_refused(home, at, told):
    begun = home.interview()

    with at("edo.monitoring") as work, pytest.raises(UnknownCode):
        actions.answer_interviews(
            work, [actions.Answered(**told(id=begun.pk), dimension="economic", answers={"EC01": "splendid"})]
        )


def test_stopping_keeps_what_was_said_and_gives_no_score(home, at, told):
    begun = home.interview()
    with at("edo.monitoring") as work:
        row = actions.answer_interviews(
            work,
            [actions.Answered(**told(id=begun.pk), dimension="psychosocial", answers={"PS25": "unsafe"}, stop=True)],
        )[0]

        assert (row.status, row.composite, row.flags) == ("partial", None, ["PROTECTION_REVIEW"])


def test_the_interview_by_its_pages(home, sign_in):
    home.agree()
    client = sign_in("edo.monitoring")
    today = timezone.now().date().isoformat()
    begun = client.send(
        reverse("reintegration:interview", args=[home.mother.pk]),
        {"round": "baseline", "held_on": today, "mode": "home_visit", "language": "en", "agrees": "yes"},
    )
    address = begun["Location"]
    for dimension in scoring.DIMENSIONS:
        page = client.get(address).content.decode()
        assert page.count('value="NR"') == page.count('value="NA"')
        answers = {i.value: "NR" for i in scoring.items(dimension) if scoring.options(i)}
        answers |= {"EC01": "satisfied", "PS25": "unsafe"}
        moved = client.send(address, {k: v for k, v in answers.items() if k.startswith(dimension[:2].upper())})
        assert moved.status_code == 302, moved.content.decode()
        address = moved["Location"]

    shown = client.get(address).content.decode()

    with home.at("edo.monitoring"):
        row = Interview.objects.get()
    assert (row.status, row.flags) == ("complete", ["PROTECTION_REVIEW"])
    assert "PROV-EQ-1" in shown
    assert "unsafe" not in shown


def test_a_section_without_an_answer_is_refused(home, sign_in):
    begun = home.interview()

    answer = sign_in("edo.monitoring").post(
        reverse("reintegration:section", args=[begun.pk, "economic"]), {"EC01": "satisfied"}
    )

    assert answer.status_code == 200
    assert "data-errors" in answer.content.decode()


def test_a_no_to_the_interview_records_nothing(home, sign_in):
    answer = sign_in("edo.monitoring").post(
        reverse("reintegration:interview", args=[home.mother.pk]),
        {
            "round": "baseline",
            "held_on": timezone.now().date().isoformat(),
            "mode": "phone",
            "language": "en",
            "agrees": "no",
        },
    )

    assert answer.status_code == 200
    with home.at("edo.monitoring"):
        assert not Interview.objects.exists()
