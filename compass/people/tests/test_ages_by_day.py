"""Age bands by the day: a child who turned 18 is grown, though nobody opened the record since."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from compass.access.models import User
from compass.people.actions import ages
from compass.people.jobs import age_one
from compass.people.models import Person
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db


def born(years: int, *, days: int = 0) -> str:
    """A birth so many years before today, and days more."""
    today = timezone.now().date()
    return (today.replace(year=today.year - years, day=min(today.day, 28)) - timedelta(days=days)).isoformat()


@pytest.fixture
def written(make, at):
    """`written(band, identity)`: somebody whose band stands as it was once, since nobody saved the record again."""

    def run(band: str, **identity) -> Person:
        person = make(age=None, identity={"given": "Ese", **identity}, uasc_status="accompanied")
        with at("zinder.social"):
            Person.objects.filter(pk=person.pk).update(age_band=band)
        return person

    return run


def bands(at, people):
    with at("zinder.social"):
        found = {row.pk: row.age_band for row in Person.objects.filter(pk__in=[each.pk for each in people])}
    return [found[each.pk] for each in people]


@pytest.fixture
def night(at, monkeypatch):
    """The night of the office at Zinder, on the first of a month or not."""

    def run(first: bool = False) -> int:
        monkeypatch.setattr(ages, "_first_of_month", lambda _work: first)
        return age_one(str(User.objects.get(username="zinder.social").organisation_id))

    return run


def test_who_turned_18_15_12_or_5_stands_in_the_band_of_today(written, night, at):
    people = [
        written("15-17", birth_date=born(18, days=1)),
        written("12-14", birth_date=born(15, days=1)),
        written("5-11", birth_date=born(12, days=1)),
        written("0-4", birth_year=timezone.now().year - 6, birth_estimated=True),
        written("15-17", birth_date=born(16, days=1)),
    ]
    before = bands(at, people)
    assert before == ["15-17", "12-14", "5-11", "0-4", "15-17"], "the control: without the night nothing moves"

    assert night() == 4
    assert bands(at, people) == ["18-24", "15-17", "12-14", "5-11", "15-17"]
    assert night() == 0


def test_nothing_says_whose_band_changed_on_which_day(written, night, at):
    person = written("15-17", birth_date=born(18, days=1))
    with at("zinder.social"):
        row = Person.objects.get(pk=person.pk)
        last = Entry.objects.order_by("-seq").first().seq

    night()

    with at("zinder.social"):
        after = Person.objects.get(pk=person.pk)
        assert after.version == row.version and bytes(after.identity_sealed) == bytes(row.identity_sealed)
        bodies = [json.loads(entry.body) for entry in Entry.objects.filter(seq__gt=last, purpose="people.ages")]
    assert bodies and all(not body["subjects"] and not body["sealed"] for body in bodies)
    assert [event["count"] for body in bodies for event in body["events"]] == [1]


def test_the_grown_are_opened_once_a_month_and_the_unknown_never(written, night, at, monkeypatch):
    looked: list[int] = []
    opened = ages.opened
    monkeypatch.setattr(ages, "opened", lambda work, person: looked.append(1) or opened(work, person))
    grown = written("50-59", birth_year=timezone.now().year - 62, birth_estimated=True)
    unknown = written("")
    child = written("5-11", birth_year=timezone.now().year - 8, birth_estimated=True)

    assert night() == 0 and len(looked) == 1
    assert bands(at, [grown, unknown, child]) == ["50-59", "", "5-11"]
    assert night(first=True) == 1 and len(looked) == 3
    assert bands(at, [grown, unknown, child]) == ["60+", "", "5-11"]
