from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.utils import timezone

from compass.access.models import User
from compass.access.pages import page
from compass.access.zones import ZONES, zone_of

MIDNIGHT = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(("username", "hour"), [("zinder.social", 0), ("geneva.results", 23), ("af.cases", 4)])
def test_a_page_shows_the_time_of_the_office(rf, username, hour):
    request = rf.get("/")
    request.user = User.objects.get(username=username)

    answer = page("test")(lambda request, work: HttpResponse(str(timezone.localtime(MIDNIGHT).hour)))(request)

    assert answer.content == str(hour).encode()


def test_after_the_page_the_clock_is_as_before():
    assert timezone.get_current_timezone_name() == "UTC"


def test_every_country_of_the_programme_has_a_clock():
    assert len(ZONES) == 14
    assert all(zone_of(country).key == name for country, name in ZONES.items())
