from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation

import compass
from compass.problems.words import in_a_row
from compass.ui import words

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)  # 09:12 in Niamey, a Tuesday


@pytest.fixture(autouse=True)
def _niamey():
    with translation.override("en"), timezone.override("Africa/Niamey"):
        yield


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=30), "less than a minute"),
        (timedelta(minutes=18, seconds=59), "18 min"),
        (timedelta(hours=3, minutes=18), "3 h 18 min"),
        (timedelta(hours=5), "5 h"),
        (timedelta(hours=16, minutes=40), "16 h"),
        (timedelta(hours=47), "1 day"),
        (timedelta(days=59), "59 days"),
        (timedelta(days=95), "3 months"),
        (timedelta(days=800), "2 years"),
        (timedelta(days=-3), "less than a minute"),
    ],
)
def test_a_length_is_said_in_what_matters(length, said):
    assert words.duration(length) == said


def test_late_says_by_how_much_and_since_when():
    due = words.due(NOW - timedelta(hours=16, minutes=12), NOW)

    assert (due.kind, due.strong, due.rest) == ("bad", "16 h late", "was due yesterday at 17:00")


def test_due_today_says_the_hour_and_what_is_left():
    due = words.due(NOW + timedelta(hours=3, minutes=18), NOW)

    assert (due.kind, due.strong, due.rest) == ("due", "before 12:30", "3 h 18 min left")


def test_due_tomorrow_morning_is_still_due():
    due = words.due(NOW + timedelta(hours=23), NOW)

    assert (due.kind, due.strong) == ("due", "before tomorrow at 08:12")


def test_due_later_is_quiet():
    due = words.due(NOW + timedelta(days=2, hours=1), NOW)

    assert (due.kind, due.strong, due.rest) == ("soft", "by Thu 26 Nov", "2 days left")


def test_the_very_moment_is_not_late():
    assert words.due(NOW, NOW).kind == "due"


def test_today_is_the_offices_day_not_the_servers():
    shortly_after_midnight_there = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

    assert words.moment(shortly_after_midnight_there, NOW) == "today at 00:30"


@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("fr", 1, "1 jour de retard"),
        ("fr", 3, "3 jours de retard"),
        ("ar", 1, "متأخر يوم"),
        ("ar", 2, "متأخر يومين"),
        ("ar", 5, "متأخر 5 أيام"),
        ("ar", 11, "متأخر 11 يومًا"),
    ],
)
def test_each_language_counts_in_its_own_way(language, days, said):
    with translation.override(language):
        assert words.due(NOW - timedelta(days=days, hours=1), NOW).strong == said


def test_another_year_is_said():
    assert words.day(datetime(2025, 3, 1, tzinfo=UTC), NOW) == "1 Mar 2025"


def test_french_days_are_written_in_french():
    with translation.override("fr"):
        assert words.day(NOW, NOW) == "mar. 24 novembre"
        assert words.day(datetime(NOW.year, 3, 1, 12, tzinfo=UTC), NOW).endswith(" 1er mars")
        assert words.day(datetime(2021, 3, 1, 12, tzinfo=UTC), NOW) == "1er mars 2021"
        assert words.day(datetime(2021, 3, 11, 12, tzinfo=UTC), NOW) == "11 mars 2021"


def test_what_waits_has_waited_since():
    with translation.override("fr"):
        assert words.since(NOW - timedelta(days=2), NOW) == "depuis 2 jours"


#: The terminal has its own ways; `returns` lists only posts.
BY_HAND = re.compile(r"""", "\.join\(|\|join:["'], ["']|\}\}, \{\{ [^}]+\|""")


@pytest.mark.parametrize("text", ['", ".join(codes)', '{{ codes|join:", " }}', "{{ a }}, {{ b|label:'c' }}"])
def test_a_list_that_is_written_by_hand_is_found(text):
    assert BY_HAND.search(text)


def test_a_list_has_the_comma_of_its_script():
    with translation.override("ar"):
        assert in_a_row(["7KQM-2XAP", "عربي"]) == "7KQM-2XAP، عربي"
    with translation.override("fr"):
        assert in_a_row(["un", "deux"]) == "un, deux"
    house = Path(compass.__file__).parent
    apart = {house / "config", house / "returns"}
    pages = [
        path
        for kind in ("py", "html")
        for path in house.rglob(f"*.{kind}")
        if "tests" not in path.parts and not apart & set(path.parents)
    ]

    assert [str(path) for path in pages if BY_HAND.search(path.read_text())] == []
