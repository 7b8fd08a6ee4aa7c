from __future__ import annotations

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.utils import timezone

from compass.access.models import User
from compass.access.pages import page
from compass.access.zones import ZONES, zone_of

ROOT = Path(__file__).parents[2]
MIDNIGHT = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(("username", "hour"), [("zinder.social", 0), ("geneva.results", 23), ("af.cases", 4)])
def test_a_page_shows_the_time_of_the_office_and_leaves_the_clock_as_it_was(rf, username, hour):
    before = timezone.get_current_timezone_name()
    request = rf.get("/")
    request.user = User.objects.get(username=username)

    answer = page("test")(lambda request, work: HttpResponse(str(timezone.localtime(MIDNIGHT).hour)))(request)

    assert answer.content == str(hour).encode()
    assert timezone.get_current_timezone_name() == before


@pytest.mark.parametrize(("username", "day"), [("zinder.social", 2), ("geneva.results", 1), ("af.cases", 2)])
def test_a_day_is_the_offices_own_also_without_a_page(at, username, day):
    with at(username) as work:
        work.now = MIDNIGHT
        assert work.today == date(2026, 7, day)
        assert work.day(MIDNIGHT - timedelta(hours=5)) == date(2026, 7, 1)


#: Days by the clock of all: consent and snapshots are counted by it, in the database too; a date said by nobody's clock.
BY_ONE_CLOCK = {
    "people/consent.py",
    "returns/queries.py",
    "programme/actions.py",
    "programme/jobs.py",
    "access/actions.py",
}


def days_of_no_office(source: str) -> list[int]:
    """The lines of a module that take the day of a moment as it stands: of one kept in UTC, the day in Greenwich."""
    local = {"localtime", "astimezone", "_local"}
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and not node.args
        and not (isinstance(node.func.value, ast.Call) and getattr(node.func.value.func, "attr", "") in local)
        and getattr(node.func.value, "id", "") not in {"local", "value", "at"}
    ]


def test_no_room_takes_a_day_in_greenwich_for_the_offices():
    rooms = {
        path.relative_to(ROOT).as_posix(): days_of_no_office(path.read_text())
        for path in ROOT.rglob("*.py")
        if not {"tests", "bench", "demo"} & set(path.parts)
    }

    assert {name for name, lines in rooms.items() if lines} <= BY_ONE_CLOCK, rooms
    assert days_of_no_office("if each.held_on > work.now.date(): ...") == [1]


def test_every_country_of_the_programme_has_a_clock():
    assert len(ZONES) == 14
    assert all(zone_of(country).key == name for country, name in ZONES.items())
