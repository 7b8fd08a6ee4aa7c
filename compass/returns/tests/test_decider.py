"""Who could decide on a return learns beforehand that a step of theirs ends that (R-ELI-2)."""

from __future__ import annotations

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
BARS = "can no longer decide on this return"


@pytest.fixture
def read(journey, sign_in):
    """`read(who, page)`: a page of the return in English, as that colleague sees it."""

    def run(who, name="show"):
        client = sign_in(who)
        client.cookies["compass_language"] = "en"
        return client.get(reverse(f"returns:{name}", args=[journey.pk])).content.decode()

    return run


@pytest.mark.parametrize(
    ("done", "page"),
    [
        ((), "counselling"), (("counsel",), "declaration"), (("counsel", "declare"), "free_choice"),
        (("counsel", "declare", "check"), "eligibility"),
    ],
)  # fmt: skip
def test_a_supervisor_is_told_before_taking_part(journey, read, done, page):
    journey.start()
    for step in done:
        getattr(journey, step)()

    assert BARS in read("zinder.supervisor", page)
    assert BARS in read("zinder.supervisor")
    assert BARS not in read("zinder.cases", page)


def test_who_took_part_already_is_told_no_more(journey, read):
    journey.start()
    journey.counsel(who="zinder.supervisor")

    assert BARS not in read("zinder.supervisor", "declaration")


def test_nothing_stands_at_the_decision_itself(journey, read):
    for step in (journey.start, journey.counsel, journey.declare, journey.check, journey.assess):
        step()

    assert BARS not in read("zinder.supervisor", "decision")
    assert BARS not in read("zinder.supervisor")


def test_whoever_may_not_take_the_step_reads_who_may(journey, read):
    for step in (journey.start, journey.counsel, journey.declare, journey.check):
        step()

    assert "Who takes this step: Case worker, Supervisor." in read("zinder.social")
