"""What is left of this room's clear columns once everything about a person is closed: see `compass.people.coarse`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from compass.people.coarse import Coarse, coarsen, on_open
from compass.reintegration.actions.plans import OPEN
from compass.reintegration.models import Action


def declare() -> None:
    """Called once, when the room starts. A community project says in which place somebody lives."""
    coarsen(
        Coarse("reintegration.ArrivalHome", "support"),
        Coarse("reintegration.Plan"),
        Coarse(
            "reintegration.Action", "dimension level pathway business_type modality budget currency status expectation",
            gone={"project_id": None},
        ),
        Coarse("reintegration.Receipt", "kind amount currency media_type"),
        Coarse("reintegration.FollowUp", "result channel next_step"),
        Coarse(
            "reintegration.Interview", "round mode status instrument_version weight_set provisional economic social"
            " psychosocial composite band flags", gone={"language": ""},
        ),
    )  # fmt: skip
    on_open(_under_way)


def _under_way(organisation: UUID, people: set[UUID], before: datetime) -> set[UUID]:
    """Whose plan has a line that is not done."""
    return set(Action.objects.filter(person__in=people, status__in=OPEN).values_list("person_id", flat=True))
