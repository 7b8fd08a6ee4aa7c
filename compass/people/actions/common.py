"""What the actions of this room and of the rooms above share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from compass.access.work import Command, Work
from compass.problems import UnknownCode
from compass.vocabulary import code_list


def stamp(work: Work, command: Command) -> dict[str, Any]:
    """The fields of AboutPerson that come from the command and the unit of work."""
    return {
        "basis": command.basis,
        "occurred_at": command.occurred_at,
        "recorded_at": work.now,
        "recorded_by": work.actor.id,
    }


def known(list_id: str, value: str) -> str:
    """The value, when its list has it. Raises UnknownCode."""
    if value not in code_list(list_id):
        raise UnknownCode(value=value[:40], list=list_id)
    return value


def moment(day: date, now: datetime) -> datetime:
    """Noon of a day, or now when the day is today: when only the day is known."""
    return (
        now
        if day == now.date()
        else now.replace(year=day.year, month=day.month, day=day.day, hour=12, minute=0, second=0, microsecond=0)
    )
