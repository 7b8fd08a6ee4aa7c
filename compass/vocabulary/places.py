"""The countries of the programme and their first-level areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from compass.vocabulary.files import read
from compass.vocabulary.labels import Labelled, pick


@dataclass(frozen=True)
class Country(Labelled):
    """A country of the programme. `alpha2` and `alpha3` are ISO 3166-1; `phase` is the one in which it joined."""

    alpha2: str
    alpha3: str
    labels: Mapping[str, str]
    capital: Mapping[str, str]
    joined: date
    phase: int

    @property
    def capital_label(self) -> str:
        """The capital's name in the active language."""
        return pick(self.capital)


@dataclass(frozen=True)
class Area(Labelled):
    """A first-level area: `code` is ISO 3166-2; `kind` is what the country calls it; `parent` another area's code."""

    code: str
    country: str
    kind: str
    labels: Mapping[str, str]
    parent: str = ""


@cache
def _countries() -> Mapping[str, Country]:
    return {
        row["alpha2"]: Country(
            alpha2=row["alpha2"],
            alpha3=row["alpha3"],
            labels=row["labels"],
            capital=row["capital"],
            joined=date.fromisoformat(row["joined"]),
            phase=row["phase"],
        )
        for row in read("countries")["codes"]
    }


def countries(on: date | None = None) -> tuple[Country, ...]:
    """The countries of the programme, by alpha-2 code; with `on`, only those that had joined by that day."""
    return tuple(country for country in _countries().values() if on is None or country.joined <= on)


def country(alpha2: str) -> Country:
    """One country of the programme. Raises KeyError when the code is not one of them."""
    found = _countries().get(alpha2)
    if found is None:
        raise KeyError(f"{alpha2!r} is not a country of the programme")
    return found


@cache
def areas(alpha2: str) -> tuple[Area, ...]:
    """The first-level areas of a country of the programme. Raises KeyError when it is not one of them."""
    country(alpha2)
    return tuple(
        Area(row["value"], alpha2, row["kind"], row["labels"], row.get("parent", ""))
        for row in read("areas", alpha2)["codes"]
    )


@cache
def _areas_by_code(alpha2: str) -> Mapping[str, Area]:
    return {area.code: area for area in areas(alpha2)}


def area(code: str) -> Area:
    """One area by its ISO 3166-2 code. Raises KeyError when it is not in a country of the programme."""
    found = _areas_by_code(code[:2]).get(code)
    if found is None:
        raise KeyError(f"{code!r} is not an area of a country of the programme")
    return found
