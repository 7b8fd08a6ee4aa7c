from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from compass.people.actions import Registration
from compass.people.models import Service
from compass.problems import Invalid, NotFound, TooFarAway, WrongState
from compass.reception.actions import (
    ActivityHeld,
    ArrivalLeft,
    ArrivalRegistered,
    Attended,
    GroupArrived,
    add_activities,
    add_groups,
    mark_attendance,
    mark_left,
    register_arrivals,
)
from compass.reception.models import Arrival, Attendance, Centre

pytestmark = pytest.mark.django_db


def arrive(work, told, people=4, urgent=(("medical_emergency", 1),)):
    (group,) = add_groups(
        work,
        [
            GroupArrived(
                **told(basis="vital_interest"),
                centre_id=Centre.objects.get().pk,
                people=people,
                language="ha",
                urgent=urgent,
            )
        ],
    )
    return group


def register(work, told, place):
    envelope = told(basis="vital_interest")
    (done,) = register_arrivals(
        work,
        [
            ArrivalRegistered(
                **envelope,
                id=place.pk,
                registration=Registration(
                    key=uuid.uuid5(envelope["key"], "person"),
                    occurred_at=envelope["occurred_at"],
                    basis="vital_interest",
                    languages=("ha",),
                    identity={"birth_year": timezone.now().year - 9, "birth_estimated": True},
                ),
            )
        ],
    )
    return done.person


def test_it_works(at, told):
    with at("zinder.social") as work:
        group = arrive(work, told)

        places = list(group.arrivals.order_by("number"))

        assert [place.urgent_need for place in places] == ["medical_emergency", "none", "none", "none"]
        assert {place.status for place in places} == {"waiting"}


def test_a_registered_place_is_a_person_who_must_be_asked_within_three_days(at, told):
    with at("zinder.social") as work:
        place = arrive(work, told).arrivals.first()

        person = register(work, told, place)

        assert Arrival.objects.get(pk=place.pk).person_id == person.pk
        assert person.consent_due_at - person.occurred_at == timedelta(hours=72)
        with pytest.raises(WrongState):
            register(work, told, place)


def test_more_needs_than_people_is_refused(at, told):
    with at("zinder.social") as work, pytest.raises(Invalid):
        arrive(work, told, people=1, urgent=(("medical_emergency", 2),))


def test_another_office_has_no_such_centre(at, told):
    with at("zinder.social") as work:
        centre = Centre.objects.get()

    with at("edo.reception") as work, pytest.raises(NotFound):
        add_groups(work, [GroupArrived(**told(basis="vital_interest"), centre_id=centre.pk, people=1, language="en")])


def test_who_left_is_off_the_list(at, told):
    with at("zinder.social") as work:
        place = arrive(work, told).arrivals.first()

        mark_left(work, [ArrivalLeft(**told(basis="vital_interest", id=place.pk, version=1))])

        assert Arrival.objects.get(pk=place.pk).status == "left"


def test_attendance_counts_one_service_however_often_it_is_sent(at, told):
    with at("zinder.social") as work:
        child = register(work, told, arrive(work, told).arrivals.first())
        (activity,) = add_activities(
            work,
            [
                ActivityHeld(
                    **told(basis="public_interest"),
                    centre_id=Centre.objects.get().pk,
                    kind="children_recreation",
                    held_on=work.today,
                )
            ],
        )
        envelope = told(basis="vital_interest", id=child.pk)

        for key in (envelope["key"], envelope["key"], uuid.uuid4()):
            mark_attendance(work, [Attended(**{**envelope, "key": key}, activity_id=activity.pk)])

        assert Attendance.objects.count() == 1
        assert [s.service for s in Service.objects.all()] == ["CHC"]


def test_an_activity_cannot_lie_in_the_future(at, told):
    with at("zinder.social") as work, pytest.raises(TooFarAway):
        add_activities(
            work,
            [
                ActivityHeld(
                    **told(basis="public_interest"),
                    centre_id=Centre.objects.get().pk,
                    kind="sport",
                    held_on=work.today + timedelta(days=2),
                )
            ],
        )
