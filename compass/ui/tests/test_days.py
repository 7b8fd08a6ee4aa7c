"""Days on a form: what has come, what is planned, and the words for what cannot be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from compass.ui.days import HalfKnownDay, PastDay, PlannedDay
from compass.ui.forms import BaseForm

YEAR = timedelta(days=366)


class Journey(BaseForm):
    left_on = PastDay()
    travel_on = PlannedDay(ahead=YEAR)


def errors(**said: Any) -> dict[str, str]:
    today = timezone.localdate().isoformat()
    form = Journey({"left_on": today, "travel_on": today, **said})
    with override("en"):
        return {name: str(found[0]) for name, found in form.errors.items()}


def test_it_works():
    today = timezone.localdate()

    assert not errors()
    assert not errors(left_on=(today - YEAR).isoformat(), travel_on=(today + YEAR).isoformat())


def test_what_happened_lies_not_in_the_future():
    assert "future" in errors(left_on=(timezone.localdate() + timedelta(days=1)).isoformat())["left_on"]


@pytest.mark.parametrize("typed", ["2090-01-01", "9999-01-01"])
def test_a_plan_too_far_ahead_is_refused_with_the_last_day_that_can_be(typed):
    found = errors(travel_on=typed)["travel_on"]

    assert "too far ahead" in found and str((timezone.localdate() + YEAR).year) in found


def test_a_plan_too_far_back_is_refused_with_the_first_day_that_can_be():
    assert "too far back" in errors(travel_on="2001-01-01")["travel_on"]


def test_the_example_of_a_planned_day_lies_ahead():
    with override("en"), pytest.raises(ValidationError, match="for example") as refused:
        PlannedDay(ahead=YEAR).to_python("31-31-x")

    day, month, year = map(int, refused.value.messages[0].split("example ")[1].rstrip(".").split())
    assert (
        timezone.localdate()
        < timezone.localdate().replace(year=year, month=month, day=day)
        <= timezone.localdate() + YEAR
    )


def test_a_year_of_far_too_many_digits_is_refused_in_words():
    for year in ("9" * 12, "٣" * 400):
        with pytest.raises(ValidationError):
            HalfKnownDay().clean(f"{year}-5-27")
    assert HalfKnownDay().clean("2024-5-27") == "2024-05-27"
