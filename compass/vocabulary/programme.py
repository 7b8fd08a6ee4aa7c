"""What the programme is: phases, areas of work, levels, priorities and partners, as dated data with sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from compass.vocabulary.codes import CodeList, code_list
from compass.vocabulary.files import read
from compass.vocabulary.labels import Labelled, pick
from compass.vocabulary.places import Country, country


@dataclass(frozen=True)
class Phase(Labelled):
    """A phase: first and last day, its countries, its budget in EUR (None where no source gives one)."""

    number: int
    labels: Mapping[str, str]
    starts: date
    ends: date
    budget_eur: Decimal | None
    country_codes: tuple[str, ...]
    source: str

    @property
    def countries(self) -> tuple[Country, ...]:
        """The countries of the phase."""
        return tuple(country(code) for code in self.country_codes)


@dataclass(frozen=True)
class Programme:
    """The programme. Its lists are ordinary code lists, so that other rooms can store their values."""

    short_name: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    phases: tuple[Phase, ...]
    source: str

    @property
    def name(self) -> str:
        """The full name in the active language."""
        return pick(self.names)

    @property
    def description(self) -> str:
        """Two sentences in the active language."""
        return pick(self.descriptions)

    @property
    def areas_of_work(self) -> CodeList:
        """The eight areas of work."""
        return code_list("programme_area")

    @property
    def levels(self) -> CodeList:
        """The three levels: governments, communities, migrants."""
        return code_list("programme_level")

    @property
    def priorities(self) -> CodeList:
        """The three priorities of phase 2."""
        return code_list("programme_priority")

    @property
    def themes(self) -> CodeList:
        """The six thematic areas of phase 2."""
        return code_list("programme_theme")

    @property
    def partners(self) -> CodeList:
        """Who runs the programme, and the platforms it feeds."""
        return code_list("programme_partner")


@cache
def programme() -> Programme:
    """The programme's facts, read on first use."""
    document = read("programme")
    return Programme(
        short_name=document["short_name"],
        names=document["names"],
        descriptions=document["descriptions"],
        source=document["source"],
        phases=tuple(
            Phase(
                number=row["number"],
                labels=row["labels"],
                starts=date.fromisoformat(row["starts"]),
                ends=date.fromisoformat(row["ends"]),
                budget_eur=Decimal(row["budget_eur"]) if row["budget_eur"] else None,
                country_codes=tuple(row["countries"]),
                source=row["source"],
            )
            for row in document["phases"]
        ),
    )
