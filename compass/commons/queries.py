"""What the public side reads: the newest edition of each kind, worked out once and kept while it is the newest."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from compass.commons.models import MISSING_MIGRANTS, Edition, MissingMigrants, PublishedFact, PublishedFigure
from compass.commons.synthesis.missing_migrants import Cell, Record, by_year_and_cause, by_year_and_region, cells


def newest(kind: str) -> Edition | None:
    """The edition of a kind that is shown; one query."""
    return Edition.objects.filter(kind=kind).order_by("-published_at", "-id").first()


def facts(scope: str) -> list[PublishedFact]:
    """The published facts of the programme, or of a country (alpha-3), in the order of the file."""
    edition = newest("facts")
    return list(edition.facts.filter(scope=scope)) if edition else []


def figures(country: str | None = None) -> tuple[Edition | None, list[PublishedFigure]]:
    """The newest figures from records: of one country, or of all with the totals."""
    edition = newest("figures")
    if edition is None:
        return None, []
    rows = edition.figures.order_by("starts", "country", "service_class")
    return edition, list(rows if country is None else rows.filter(country=country))


@dataclass(frozen=True)
class Picture:
    """Missing migrants, summed. Keys: year; (year, region); (year, cause)."""

    edition: Edition
    people: int
    rows: int
    years: tuple[int, ...]
    by_year: dict[int, int]
    by_region: dict[str, int]
    by_cause: dict[str, int]
    by_year_and_region: dict[tuple[int, str], int]
    by_year_and_cause: dict[tuple[int, str], int]
    cells: tuple[Cell, ...]


def picture() -> Picture | None:
    """The newest edition of Missing Migrants, or None before it is loaded."""
    edition = newest(MISSING_MIGRANTS)
    return _picture(edition.pk) if edition else None


def rows(edition: UUID) -> list[Record]:
    """Every row of an edition, as the parser gave it."""
    return [
        Record(r.line, r.year, r.cause, r.published_cause, r.lon, r.lat, r.people, r.region)
        for r in MissingMigrants.objects.filter(edition_id=edition).order_by("line")
    ]


@lru_cache(maxsize=2)
def _picture(pk: UUID) -> Picture:
    records = rows(pk)
    year: dict[int, int] = defaultdict(int)
    region: dict[str, int] = defaultdict(int)
    cause: dict[str, int] = defaultdict(int)
    for record in records:
        year[record.year] += record.people
        region[record.region] += record.people
        cause[record.cause] += record.people
    return Picture(
        edition=Edition.objects.get(pk=pk),
        people=sum(r.people for r in records),
        rows=len(records),
        years=tuple(sorted(year)),
        by_year=dict(sorted(year.items())),
        by_region=_largest_first(region),
        by_cause=_largest_first(cause),
        by_year_and_region=by_year_and_region(records),
        by_year_and_cause=by_year_and_cause(records),
        cells=tuple(cells(records)),
    )


def _largest_first(sums: dict[str, int]) -> dict[str, int]:
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))
