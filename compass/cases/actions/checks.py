"""What several actions of the room check in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from compass.access.models import Receipt
from compass.access.work import Command, Work, stamp
from compass.cases.models import Case
from compass.cases.models.case import AboutCase
from compass.people.models import AboutPerson
from compass.problems import SecondPersonNeeded, StaleVersion, WrongState


def in_case(work: Work, command: Command, case: Case) -> dict[str, Any]:
    """The fields of every record of a case that come from the case, the command and the unit of work."""
    return {"person_id": case.person_id, "organisation_id": case.organisation_id, **stamp(work, command)}


def derived(key: UUID, name: str) -> UUID:
    """The idempotency key of a step that another step takes along."""
    return uuid5(key, name)


def must_be_open(cases: Iterable[Case]) -> None:
    if not all(case.is_open for case in cases):
        raise WrongState


def unchanged(seen: str | None, newest: AboutPerson | None) -> None:
    """Raise StaleVersion when a colleague wrote a record of the kind since the page was shown.

    seen: the identifier of the newest one on the page, empty when there was none; None when nobody says.
    """
    if seen is not None and seen != (str(newest.pk) if newest else ""):
        raise StaleVersion(current=newest)


#: The receipt of a lead that ended: its `actor_id` led the case `result_id` until `recorded_at`.
LED = "cases.led"


def led_until(work: Work, cases: Iterable[UUID]) -> dict[UUID, datetime]:
    """Until when this colleague last led each of the cases that somebody else leads now. One query."""
    ended = Receipt.objects.filter(action=LED, actor_id=work.actor.id, result_id__in=set(cases))
    return {row.result_id: row.recorded_at for row in ended.order_by("recorded_at") if row.result_id}


def took_part(work: Work, rows: Sequence[AboutCase], owners: Mapping[UUID, UUID | None]) -> dict[UUID, str]:
    """Which of these records of cases the colleague may not decide on, and why: "prepared", "leads", or "led" since then.

    owners: {record: who leads its case}. One query. Source: CM-15.
    """
    ended = led_until(work, [row.case_id for row in rows])
    found = {}
    for row in rows:
        if row.recorded_by == work.actor.id:
            found[row.pk] = "prepared"
        elif owners.get(row.pk) == work.actor.id:
            found[row.pk] = "leads"
        elif row.case_id in ended and ended[row.case_id] >= row.recorded_at:
            found[row.pk] = "led"
    return found


def second_person(work: Work, rows: Sequence[AboutCase], owners: Mapping[UUID, UUID | None]) -> None:
    """CM-15: neither the author of a record nor a colleague who leads or led its case since then decides on it."""
    if took_part(work, rows, owners):
        raise SecondPersonNeeded


def save_cases(cases: Sequence[Case], *fields: str) -> None:
    """Write fields of cases with the next version, each case once."""
    once = list({case.pk: case for case in cases}.values())
    for case in once:
        case.version += 1
    Case.objects.bulk_update(once, [*fields, "version"])


STAGES = ("identified", "registered", "screened", "assessed", "planned", "implementing", "follow_up", "closed")


def forward(case: Case, stage: str) -> None:
    """Move a case to a stage unless it is already further."""
    if STAGES.index(case.stage) < STAGES.index(stage):
        case.stage = stage
