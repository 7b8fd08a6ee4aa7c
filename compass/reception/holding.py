"""What this room holds about a person, for a copy: see `compass.people.held`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from compass.people.held import Column, Held, hold, hold_apart

_STATUS = {"waiting": _("Still waiting"), "registered": _("Registered"), "left": _("Went away")}


def declare() -> None:
    """Called once, when the room starts."""
    hold(
        Held(
            "reception.Arrival", _("Arrival at the centre"), rule="reception.view",
            told={
                "number": Column(_("Number on the list")),
                "urgent_need": Column(_("Urgent need"), "urgent_need"),
                "status": Column(_("State"), _STATUS),
            },
            apart={"group_id": "others"},
        ),
        Held(
            "reception.Attendance", _("Activities at the centre"), rule="reception.view",
            told={"status": Column(_("State"), "attendance")}, apart={"activity_id": "internal"},
        ),
        Held(
            "reception.AttendanceCorrection", _("Corrections of it"), rule="reception.view",
            told={
                "was": Column(_("Before"), "attendance"),
                "became": Column(_("Then"), "attendance"),
                "reason": Column(_("Why"), "attendance_correction_reason"),
            },
            apart={"attendance_id": "internal"},
        ),
    )  # fmt: skip
    # A place on a list that turned out to be somebody else's.
    hold_apart("others", "reception.PlaceCorrection")
