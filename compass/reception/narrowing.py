"""What is left of this room's clear columns once everything about a person is closed: see `compass.people.coarse`."""

from __future__ import annotations

from compass.people.coarse import Coarse, coarsen


def declare() -> None:
    """Called once, when the room starts. Groups and activities are about a centre: who was there is cut off instead."""
    coarsen(
        Coarse("reception.Arrival", "group_id number urgent_need status", gone={"person_id": None}),
        Coarse("reception.PlaceCorrection", "was reason", gone={"person_id": None}),
        Coarse("reception.Attendance", "status", gone={"activity_id": None}),
        Coarse("reception.AttendanceCorrection", "was became reason"),
    )
