"""The languages in which people are met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from compass.vocabulary.files import read
from compass.vocabulary.labels import Labelled


@dataclass(frozen=True)
class Language(Labelled):
    """A language: `code` is ISO 639, `own_name` what its speakers call it, `direction` ltr or rtl."""

    code: str
    own_name: str
    labels: Mapping[str, str]
    direction: str
    countries: tuple[str, ...]


@cache
def _languages() -> Mapping[str, Language]:
    return {
        row["value"]: Language(
            row["value"], row["own_name"], row["labels"], row["direction"], tuple(row.get("countries", ()))
        )
        for row in read("languages")["codes"]
    }


def languages(country: str | None = None) -> tuple[Language, ...]:
    """All languages of the programme; with a country's alpha-2 code, those spoken there come first."""
    rows = tuple(_languages().values())
    if country is None:
        return rows
    return tuple(sorted(rows, key=lambda row: country not in row.countries))


def language(code: str) -> Language:
    """One language. Raises KeyError when the programme's list does not have it."""
    found = _languages().get(code)
    if found is None:
        raise KeyError(f"{code!r} is not in the programme's list of languages")
    return found
