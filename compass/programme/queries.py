"""Reading the newest snapshot, within what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from compass.access.work import Work
from compass.people.models import Service
from compass.programme.models import ALL, QUARTER, TOTAL, YEAR, Figure, Snapshot
from compass.ui.quarters import quarter_ends


def newest() -> Snapshot | None:
    """The newest count; one query."""
    return Snapshot.objects.order_by("-as_of", "-version").first()


def not_yet_counted(organisation: UUID, people: set[UUID], before: datetime) -> set[UUID]:
    """Of whom there is a service whose quarter no count has frozen yet: its day must stay. Two queries."""
    frozen = list(Snapshot.objects.values_list("as_of", "taken_at"))
    rows = Service.objects.filter(person__in=people).values_list(
        "person_id", "delivered_on", "recorded_at", "annulled_at"
    )
    return {
        person
        for person, delivered, recorded, annulled in rows
        if not any(
            as_of >= quarter_ends(delivered) and taken >= max(recorded, annulled or recorded) for as_of, taken in frozen
        )
    }


def last_taken() -> Snapshot | None:
    """The count that was made last, whatever day it reaches to; one query."""
    return Snapshot.objects.order_by("-taken_at").first()


@dataclass(frozen=True)
class Sheet:
    """The figures of one period that the reader may see: totals by country, and every part of `place`, which is a country
    or empty for the whole programme."""

    snapshot: Snapshot
    place: str
    granularity: str
    starts: date
    years: tuple[date, ...]
    figures: tuple[Figure, ...]
    quarters: tuple[Figure, ...]

    def get(self, *, service_class: str = "", breakdown: str = TOTAL, part: str = "") -> Figure | None:
        """One cell of the reader's place, or None where nothing was recorded."""
        wanted = (self.place, service_class, breakdown, part)
        return next((f for f in self.figures if (f.country, f.service_class, f.breakdown, f.part) == wanted), None)

    def countries(self) -> list[Figure]:
        """Totals by country, the most people first, withheld ones last."""
        return _ordered(f for f in self.figures if f.country and not f.service_class and f.breakdown == TOTAL)


def sheet(work: Work, year: int | None = None) -> Sheet | None:
    """The newest snapshot for a year, or since the start. None when nothing was counted yet. Three queries."""
    snapshot = newest()
    if snapshot is None:
        return None
    allowed = work.allowed("programme.figures", Figure).filter(snapshot=snapshot)
    totals = Q(service_class="", breakdown=TOTAL)
    there = list(
        allowed.filter(totals, granularity=YEAR).order_by("starts", "country").values_list("starts", "country")
    )
    places = {country for _starts, country in there}
    place = "" if "" in places or not places else min(places)
    years = tuple(dict.fromkeys(day for day, _country in there))
    starts = next((day for day in years if day.year == year), None)
    period = Q(granularity=YEAR, starts=starts) if starts else Q(granularity=ALL)
    course = totals & Q(granularity=QUARTER, country=place)
    rows = list(allowed.filter((period & (totals | Q(country=place))) | course).order_by("starts", "country"))
    figures = tuple(f for f in rows if f.granularity != QUARTER)
    quarters = tuple(f for f in rows if f.granularity == QUARTER)
    return Sheet(
        snapshot,
        place,
        YEAR if starts else ALL,
        starts or date(2021, 1, 1),
        years,
        figures,
        tuple(f for f in quarters if starts is None or f.starts.year == starts.year),
    )


def _ordered(figures: Iterable[Figure]) -> list[Figure]:
    return sorted(figures, key=lambda f: (f.withheld, -(f.people or 0), f.country))
