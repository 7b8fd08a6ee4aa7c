"""Ages: the band that work may see, from what is sealed."""

from __future__ import annotations

from datetime import date
from typing import Any

from compass.vocabulary import code_list

#: Up to this age, in months, an age is told in months.
MOST_MONTHS = 36


def age_on(identity: dict[str, Any], day: date) -> int | None:
    """Whole years on a day; from a year of birth alone, the age reached in that year, from year and month that month.

    None when unknown.
    """
    if born := identity.get("birth_date"):
        birth = date.fromisoformat(born)
        return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    if year := identity.get("birth_year"):
        return day.year - int(year) - (day.month < int(identity.get("birth_month") or 1))
    return None


def born(today: date, *, years: int | None = None, months: int | None = None) -> dict[str, Any]:
    """The estimated birth of someone whose age was told: the year, and for an age in months also the month."""
    if months is None:
        return {"birth_year": today.year - (years or 0), "birth_estimated": True}
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return {"birth_year": year, "birth_month": month + 1, "birth_estimated": True}


def band(age: int) -> str:
    """The code of the list age_band for an age in years."""
    for code in code_list("age_band").codes:
        if code.extra["to"] is None or age <= code.extra["to"]:
            return code.value
    raise ValueError(age)


def band_of(identity: dict[str, Any], day: date) -> str:
    """The age band on a day, empty when the age is unknown."""
    age = age_on(identity, day)
    return "" if age is None else band(age)
