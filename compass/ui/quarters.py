"""Quarters, and moments of which only the quarter is left."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta


def quarter(day: date) -> date:
    """The first day of the quarter of a day."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def rounded_up(day: date) -> date:
    """The day on which the next quarter begins; the day itself where one does."""
    return day if day == quarter(day) else quarter_ends(day) + timedelta(days=1)


def quarter_ends(day: date) -> date:
    """The last day of the quarter of a day."""
    return quarter(quarter(day) + timedelta(days=100)) - timedelta(days=1)


def begins(day: date) -> datetime:
    """The moment (UTC) at which the quarter of a day begins."""
    first = quarter(day)
    return datetime(first.year, first.month, first.day, tzinfo=UTC)


def is_coarse(moment: datetime) -> bool:
    """Whether only the quarter of a moment and its place in an order are left of it (`compass.people.coarse.moments`): it
    lies within the first second of a quarter, as one of eight million other moments does."""
    at = moment.astimezone(UTC)
    return timedelta() < at - begins(at.date()) < timedelta(seconds=1)
