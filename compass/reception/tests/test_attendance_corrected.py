"""Someone ticked by mistake was not there: no service of theirs counts, and what was written stays readable."""

from __future__ import annotations

import uuid
from html import unescape

import pytest
from django.utils import timezone

from compass.config.demo.world import world_id
from compass.people.actions import Registration, register_people
from compass.people.models import Service
from compass.problems import WrongState
from compass.reception.actions import (
    ActivityHeld,
    Attended,
    NotThere,
    add_activities,
    correct_attendance,
    mark_attendance,
)
from compass.reception.models import Attendance, AttendanceCorrection

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(at, told):
    """A child marked as present at an activity of today: the attendance."""
    with at("zinder.social") as work:
        child = Registration(**told(basis="vital_interest"), identity={"birth_date": "2017-03-01"})
        (person,) = register_people(work, [child])
        held = ActivityHeld(
            **told(), centre_id=world_id("centre.zinder"), kind="children_recreation", held_on=timezone.localdate()
        )
        (activity,) = add_activities(work, [held])
        (row,) = mark_attendance(work, [Attended(**told(id=person.pk), activity_id=activity.pk)])
    return row


def correct(client, row, **said):
    return client.post(f"/arrivals/attendance/{row.pk}/not-there/", {"key": str(uuid.uuid4()), **said})


def test_a_tick_by_mistake_is_taken_back_and_stays_readable(there, sign_in, at):
    client = sign_in("zinder.social")
    page = f"/arrivals/activities/{there.activity_id}/"

    assert f"/arrivals/attendance/{there.pk}/not-there/" in client.get(page).content.decode()
    unreasoned = correct(client, there)
    done = correct(client, there, reason="touched")
    again = correct(client, there, reason="touched")
    shown = unescape(client.get(page).content.decode())

    assert (unreasoned.status_code, done.status_code) == (200, 302) and "P-2003" in again.content.decode()
    assert "Coché par erreur" in shown and "0 personne était là" in shown
    with at("zinder.social"):
        kept = AttendanceCorrection.objects.get()
        assert (kept.was, kept.became, kept.reason, kept.person_id) == ("present", "absent", "touched", there.person_id)
        assert Attendance.objects.get().status == "absent"
        assert Service.objects.get().annulled_at is not None
    assert "ne compte pas" in unescape(client.get(f"/people/{there.person_id}/").content.decode())


def test_who_was_there_after_all_is_ticked_again(there, sign_in, at):
    client = sign_in("zinder.social")
    correct(client, there, reason="another_person")

    told = {"key": str(uuid.uuid4()), "present": [str(there.person_id)]}
    assert client.post(f"/arrivals/activities/{there.activity_id}/", told).status_code == 302

    with at("zinder.social"):
        assert Attendance.objects.get().status == "present"
        assert [
            (row.was, row.became, row.reason) for row in AttendanceCorrection.objects.order_by("recorded_at", "id")
        ] == [
            ("present", "absent", "another_person"),
            ("absent", "present", "was_there"),
        ]
        assert [row.annulled_at is None for row in Service.objects.order_by("recorded_at", "id")] == [False, True]


def test_only_the_service_of_that_activity_falls(there, at, told):
    with at("zinder.social") as work:
        other = ActivityHeld(
            **told(),
            centre_id=world_id("centre.zinder"),
            kind="sport",
            held_on=timezone.localdate(),
        )
        (activity,) = add_activities(work, [other])
        mark_attendance(work, [Attended(**told(id=there.person_id), activity_id=activity.pk)])
    with at("zinder.social") as work:
        correct_attendance(work, [NotThere(**told(id=there.pk), reason="another_activity")])
    with at("zinder.social") as work, pytest.raises(WrongState):
        correct_attendance(work, [NotThere(**told(id=there.pk), reason="another_activity")])

    with at("zinder.social"):
        assert {row.origin for row in Service.objects.filter(annulled_at=None)} == {activity.pk}


@pytest.mark.parametrize("username", ["edo.reception", "zinder.clinic"])
def test_others_find_nothing(there, sign_in, username):
    assert correct(sign_in(username), there, reason="touched").status_code in {403, 404}
