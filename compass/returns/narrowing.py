"""What is left of this room's clear columns once everything about a person is closed: see `compass.people.coarse`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from compass.people.coarse import Coarse, coarsen, on_open, stays
from compass.returns.models import Journey, Member

#: States in which nothing more is to come.
ENDED = ("closed", "withdrawn", "not_eligible", "no_show")


def declare() -> None:
    """Called once, when the room starts. An area is a first-level one already."""
    coarsen(
        Coarse("returns.Return", "code state round return_type destination area detained approved_by"),
        Coarse("returns.Member", "round"),
        Coarse(
            "returns.Counselling", "round topics interpreter_mode time_offered days_offered", gone={"language": ""}
        ),
        Coarse(
            "returns.Declaration", "round given_by statements text_version mode",
            gone={"language": "", "text_language": ""},
        ),
        Coarse(
            "returns.FreeChoice", "round no_pressure informed capacity_doubted capacity_assessed detained"
            " independent_counsel private_talk",
        ),
        Coarse("returns.Eligibility", "round criterion answer evidence_kind"),
        Coarse("returns.Preparation", "round travel_mode medical_outcome"),
        Coarse("returns.Step", "round transition from_state to_state reason"),
    )  # fmt: skip
    stays("the record of the office they left from, which is another's: see the threat model", "returns.Journey")
    on_open(_under_way)


def _under_way(organisation: UUID, people: set[UUID], before: datetime) -> set[UUID]:
    """Who would travel or has returned, until the return has ended; whose departure is awaited."""
    rows = Member.objects.filter(person__in=people)
    waiting = Journey.objects.filter(status="waiting").values("avr_id")
    return {
        *rows.exclude(avr__state__in=ENDED).values_list("person_id", flat=True),
        *rows.filter(avr__in=waiting).values_list("person_id", flat=True),
    }
