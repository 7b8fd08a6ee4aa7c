"""What the actions of this room and of the rooms above share."""

from __future__ import annotations

from datetime import date, datetime


def moment(day: date, now: datetime) -> datetime:
    """Noon of a day, or now when the day is today: when only the day is known."""
    return (
        now
        if day == now.date()
        else now.replace(year=day.year, month=day.month, day=day.day, hour=12, minute=0, second=0, microsecond=0)
    )
