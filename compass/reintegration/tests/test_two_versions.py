"""Two colleagues save one record of life at home: both versions side by side, what was typed kept."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.people.models import Service
from compass.reintegration import actions, scoring
from compass.reintegration.models import ArrivalHome

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"reintegration:{name}", args=args)


def today() -> str:
    return timezone.localdate().isoformat()


def test_two_receptions_of_one_arrival_are_compared_and_count_once(home, sign_in):
    client, address = sign_in("edo.reception"), url("welcome", home.mother.pk)
    said = {"arrived_on": today(), "support": ["food"], "seen": "0"}
    client.post(address, {"key": uuid.uuid4(), **said, "note": "words-of-the-first"})

    second = client.post(address, {"key": uuid.uuid4(), **said, "note": "words-of-the-second"}).content.decode()

    assert 'class="cmp"' in second
    assert second.count("words-of-the-second") == 2 and "words-of-the-first" not in second
    assert 'name="seen" value="1"' in second
    with home.at("edo.reception"):
        assert ArrivalHome.objects.count() == Service.objects.count() == 1


def test_a_later_reception_that_saw_the_first_is_kept(home, sign_in):
    client, address = sign_in("edo.reception"), url("welcome", home.mother.pk)
    client.post(address, {"key": uuid.uuid4(), "arrived_on": today(), "support": ["food"], "seen": "0"})

    answer = client.post(address, {"key": uuid.uuid4(), "arrived_on": today(), "support": ["health"], "seen": "1"})

    assert answer.status_code == 302


def test_two_plans_for_one_person_are_compared(home, sign_in):
    home.plan()
    client, address = sign_in("edo.reception"), url("plan", home.mother.pk)
    said = {"key": uuid.uuid4(), "goals": "goals-of-the-second", "agreed_on": today()}

    closed = client.post(address, said).content.decode()
    opened = client.post(address, {**said, "compare": "1", "open-reason": "compare"}).content.decode()

    assert 'class="cmp"' in closed and "goals-of-the-second" in closed and "own stall" not in closed
    assert "own stall" in opened and "goals-of-the-second" in opened


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("delivered", {"delivered_on": today()}),
        ("cancel", {"why": "kept words"}),
    ],
)
def test_a_line_that_a_colleague_settled_is_compared(home, sign_in, name, said):
    home.plan()
    home.line()
    home.prove()
    home.deliver()

    page = sign_in("edo.reception").post(url(name, home.stall.pk), {"key": uuid.uuid4(), "version": "1", **said})

    assert page.status_code == 200
    assert 'class="cmp"' in page.content.decode()
    if "why" in said:
        assert page.content.decode().count("kept words") == 2


def test_two_who_answer_one_part_of_an_interview_see_both(home, sign_in, at, told):
    begun = home.interview()
    with at("edo.monitoring") as work:
        actions.answer_interviews(
            work, [actions.Answered(**told(id=begun.pk), dimension="economic", answers={"EC01": "very_dissatisfied"})]
        )
    said = {item.value: "NR" for item in scoring.items("economic") if scoring.options(item)}
    sent = {"key": uuid.uuid4(), "version": "1", **said, "EC01": "satisfied"}
    client, address = sign_in("edo.monitoring"), url("section", begun.pk, "economic")

    closed = client.post(address, sent).content.decode()
    opened = client.post(address, {**sent, "compare": "1", "open-reason": "compare"})

    assert 'class="cmp"' in closed and 'name="version" value="2"' in closed
    first = opened.context["compared"][1]
    assert first["left"] != first["right"] and first["right"] in opened.content.decode()
    assert f"<dd><bdi>{first['right']}</bdi></dd>" not in closed
