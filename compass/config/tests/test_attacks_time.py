"""A device whose clock is wrong, or lies, must not spoil a page for everybody else."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest

from compass.problems import TooFarAway
from compass.reception.actions import ActivityHeld, GroupArrived, add_activities, add_groups
from compass.reception.models import Activity, ArrivalGroup, Centre

pytestmark = pytest.mark.django_db
# The first moment of the calendar east of Greenwich lies in the year before the first: PostgreSQL keeps it, Python cannot
# read it again.
UNREADABLE = "0001-01-01T00:00:00+14:00"
FAR = ["0001-01-01T00:00:00", "1899-12-31T23:59:59+00:00", "1970-01-01T00:00:10+00:00"]


def group(at, **changes):
    with at("zinder.social") as work:
        centre = work.allowed("reception.view", Centre).get()
    return {"key": str(uuid.uuid4()), "people": "2", "language": "ha", "centre": str(centre.pk), **changes}


def test_a_moment_that_nobody_could_read_again_does_not_close_the_list(sign_in, at):
    browser = sign_in("zinder.social")

    assert browser.post("/arrivals/", group(at, occurred_at=UNREADABLE)).status_code == 302

    assert browser.get("/arrivals/").status_code == 200
    with at("zinder.social") as work:
        (row,) = work.allowed("reception.view", ArrivalGroup)
        assert work.now - row.occurred_at < timedelta(minutes=1)


@pytest.mark.parametrize("moment", FAR)
def test_a_clock_that_was_never_set_means_now(sign_in, at, moment):
    assert sign_in("zinder.social").post("/arrivals/", group(at, occurred_at=moment)).status_code == 302

    with at("zinder.social") as work:
        assert work.allowed("reception.view", ArrivalGroup).get().occurred_at.year == work.now.year


def test_a_moment_of_last_week_is_kept(sign_in, at):
    week = datetime.now(UTC) - timedelta(days=7)

    assert sign_in("zinder.social").post("/arrivals/", group(at, occurred_at=week.isoformat())).status_code == 302

    with at("zinder.social") as work:
        assert work.allowed("reception.view", ArrivalGroup).get().occurred_at == week


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(1999, 12, 31, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-14))),
    ],
)
def test_an_action_refuses_a_moment_before_the_programme_or_ahead(at, told, moment):
    with at("zinder.social") as work:
        centre = work.allowed("reception.view", Centre).get()
        with pytest.raises(TooFarAway):
            add_groups(work, [GroupArrived(**told(occurred_at=moment), centre_id=centre.pk, people=1, language="ha")])


@pytest.mark.parametrize("year", ["0001", "1899", "9999"])
def test_a_day_in_a_year_that_cannot_be_is_refused_in_words(sign_in, at, year):
    browser = sign_in("zinder.social")
    with at("zinder.social") as work:
        centre = work.allowed("reception.view", Centre).get()
        first = add_activities(
            work,
            [
                ActivityHeld(
                    key=uuid.uuid4(),
                    occurred_at=work.now,
                    basis="public_interest",
                    centre_id=centre.pk,
                    kind="sport",
                    held_on=work.today,
                )
            ],
        )[0]
    sent = {
        "key": str(uuid.uuid4()),
        "kind": first.kind,
        "centre": str(centre.pk),
        "held_on_day": "1",
        "held_on_month": "1",
        "held_on_year": year,
    }

    response = browser.post("/arrivals/activities/", sent)

    assert response.status_code == 200
    with at("zinder.social") as work:
        assert work.allowed("reception.view", Activity).count() == 1
    good = {f"held_on_{part}": getattr(first.held_on, part) for part in ("day", "month", "year")}
    assert browser.post("/arrivals/activities/", {**sent, **good}).status_code == 302
