"""How long records of people are kept once nothing is done with them any more: terms by country and kind of record.

Source: COMPASS domain specification, case management, CM-31. The numbers are provisional until a country confirms its own.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import cache
from typing import Any

from compass.vocabulary.codes import Code
from compass.vocabulary.files import read

#: No term is shorter, whatever is written into the file: a term typed as 0 would make every record due at once.
SHORTEST = 12
#: And none longer: a slip of the hand would keep everybody for ever.
LONGEST = 600


@cache
def _terms() -> dict[str, Any]:
    return read("retention")


def _within(value: Any, what: str) -> int:
    if type(value) is not int or not SHORTEST <= value <= LONGEST:
        raise ValueError(f"retention.json: {what} must be a whole number of months from {SHORTEST} to {LONGEST}")
    return value


def kinds() -> tuple[str, ...]:
    """The kinds of record that have a term."""
    return tuple(_terms()["months"])


def term(country: str, kind: str) -> int:
    """Months for which a record of that kind is kept in a country (ISO 3166 alpha-2).

    Raises KeyError for another kind, ValueError for a term under a year or over fifty.
    """
    told = _terms()["months"][kind]
    return _within(told["countries"].get(country, told["default"]), kind)


def review_months() -> int:
    """After how many months a record is looked at again."""
    return _within(_terms()["review_months"], "review_months")


def most_months_kept() -> int:
    """For how many months at most two people keep a record beyond its term, each time."""
    return _within(_terms()["most_months_kept"], "most_months_kept")


def climbs_days() -> int:
    """After how many days a review that nobody did is shown to the data protection officer as late."""
    return int(_terms()["climbs_days"])


def later(day: date, months: int) -> date:
    """The same day so many months later; the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def grown_by(band: Code, day: date) -> date:
    """The last day on which someone can come of age who was in that age band on a day.

    From the band, never from the birth, which is sealed: a clear day that came from it would tell it.
    """
    return later(day, 12 * max(0, int(_terms()["adult_age"]) - int(band.extra["from"])))
