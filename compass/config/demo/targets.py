"""How many people the demonstration meets in each year and class, from the published results of the programme.

What is published is kept as it is. Each person counts once, in one class of one year:

- **2021** is published in full: 30,392 = 29,117 protected (25,363 humanitarian or direct + 3,754 comprehensive)
  + 1,110 returned + 165 reintegrated.
- **2022** is derived: 70,000 people in 2021 and 2022 together, less those of 2021.
- **2023** is published as a total; **2024** as a total with the people who returned in it.
- Classes that no source gives are derived with the shares of 2021.
- **Later years** have no published figure. The year 2024 is carried on, marked synthetic, so that work lists have
  recent people. A year that has not ended by `until` takes part by days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

from compass.commons.synthesis import facts
from compass.config.demo.shapes import CLASSES, ServiceClass

DATA = Path(__file__).resolve().parent / "data"
FIRST_DAY = date(2021, 4, 15)


@dataclass(frozen=True)
class YearTarget:
    """One year: the days it spans, its figures in full, its share of the demonstration, and how far it is published.

    `status` is published, derived or synthetic, for the total; `class_status` says it for each class.
    """

    year: int
    first: date
    last: date
    status: str
    class_status: Mapping[ServiceClass, str]
    full: Mapping[ServiceClass, int]
    people: Mapping[ServiceClass, int]
    source: str

    @property
    def total(self) -> int:
        """People of the demonstration in this year."""
        return sum(self.people.values())

    @property
    def protected(self) -> int:
        """People of the demonstration with protection as their main class: humanitarian and comprehensive."""
        return self.people["H"] + self.people["C"]


@dataclass(frozen=True)
class Targets:
    """All years. `factor` is people loaded per person reported; `scaled` says that it is not one."""

    years: tuple[YearTarget, ...]
    factor: Fraction

    @property
    def scaled(self) -> bool:
        """Whether the demonstration is smaller (or larger) than the programme."""
        return self.factor != 1

    @property
    def people(self) -> int:
        """All people of the demonstration, each once."""
        return sum(year.total for year in self.years)


def apportion(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Whole parts of `total` in proportion to `weights`, by largest remainder; ties go to the earlier part.

    Raises ValueError when nothing has a weight and there is something to share.
    """
    whole = sum(weights)
    if not whole:
        if total:
            raise ValueError("nothing to share among: all weights are zero")
        return [0] * len(weights)
    exact = [Fraction(total) * weight / whole for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (parts[at] - exact[at], at))
    for at in by_remainder[: total - sum(parts)]:
        parts[at] += 1
    return parts


@cache
def _published() -> Mapping[tuple[str, str], tuple[int, str]]:
    """Value and source of what was published for the whole programme, by period and code."""
    return {
        (fact.period, fact.code): (fact.value, fact.source)
        for fact in facts.load().facts
        if fact.scope == "programme" and fact.status == "published"
    }


@dataclass(frozen=True)
class _Full:
    figures: Mapping[ServiceClass, int]
    status: str
    class_status: Mapping[ServiceClass, str]
    source: str


def _all(status: str) -> dict[ServiceClass, str]:
    return dict.fromkeys(CLASSES, status)


@cache
def _full_year(year: int) -> _Full:
    said = _published()
    humanitarian, source = said["2021", "humanitarian_assistance"]
    first: dict[ServiceClass, int] = {
        "H": humanitarian,
        "C": said["2021", "comprehensive_assistance"][0],
        "R": said["2021", "returns"][0],
        "RI": said["2021", "reintegration"][0],
    }
    if year == 2021:
        return _Full(first, "published", _all("published"), source)
    if year == 2022:
        both, source = said["2021-2022", "migrants_assisted"]
        parts = apportion(both - sum(first.values()), list(first.values()))
        return _Full(dict(zip(first, parts, strict=True)), "derived", _all("derived"), source)
    if year == 2023:
        total, source = said["2023", "protection"]
        parts = apportion(total, list(first.values()))
        return _Full(dict(zip(first, parts, strict=True)), "published", _all("derived"), source)
    total, source = said["2024", "protection"]
    returned = said["2024", "returns"][0]
    others: list[ServiceClass] = ["H", "C", "RI"]
    parts = apportion(total - returned, [first[name] for name in others])
    figures = dict(zip(others, parts, strict=True)) | {"R": returned}
    if year == 2024:
        return _Full(figures, "published", _all("derived") | {"R": "published"}, source)
    return _Full(figures, "synthetic", _all("synthetic"), "")


def check_of_2021(people: int, until: date, loaded: Mapping[tuple[int, str | None], int]) -> str:
    """One line: the published sum of 2021, and that of the people loaded for it. `loaded`: people by year and class."""
    full = _full_year(2021).figures
    said = f"2021: {sum(full.values()):,} published = {full['H'] + full['C']:,} + {full['R']:,} + {full['RI']:,}"
    if not people:
        return f"{said}; nobody loaded"
    parts = [sum(loaded[2021, name] for name in names) for names in (("H", "C"), ("R",), ("RI",))]
    scale = 1 / targets(people, until).factor
    scaled = f"1/{float(scale):,.0f}" if scale > 1 else "in full" if scale == 1 else f"{float(1 / scale):,.1f} times"
    return f"{said}; loaded {scaled}: {sum(parts):,} = {parts[0]:,} + {parts[1]:,} + {parts[2]:,}"


def targets(people: int, until: date) -> Targets:
    """`people` spread over the years up to and including the day `until`, exactly: all parts add up at every level.

    Years first, then protection, return and reintegration within a year, then the two kinds of protection.
    Raises ValueError for fewer than one person or a day before the programme met anybody.
    """
    if people < 1 or until < FIRST_DAY:
        raise ValueError("the demonstration needs at least one person and a day after the programme began")
    years = range(FIRST_DAY.year, until.year + 1)
    full: dict[int, _Full] = {year: _full_year(year) for year in years}
    days = (until - date(until.year, 1, 1)).days + 1
    in_year = (date(until.year, 12, 31) - date(until.year, 1, 1)).days + 1
    elapsed = {year: Fraction(1) if year < until.year else Fraction(days, in_year) for year in years}
    weights = [sum(full[year].figures.values()) * elapsed[year] for year in years]
    rows: list[YearTarget] = []
    for year, total in zip(years, apportion(people, weights), strict=True):
        figures = full[year].figures
        protection = figures["H"] + figures["C"]
        protected, returned, reintegrated = apportion(total, [protection, figures["R"], figures["RI"]])
        humanitarian, comprehensive = apportion(protected, [figures["H"], figures["C"]])
        rows.append(
            YearTarget(
                year=year,
                first=max(FIRST_DAY, date(year, 1, 1)),
                last=min(until, date(year + 1, 1, 1) - timedelta(days=1)),
                status=full[year].status,
                class_status=full[year].class_status,
                full=figures,
                people={"H": humanitarian, "C": comprehensive, "R": returned, "RI": reintegrated},
                source=full[year].source,
            )
        )
    return Targets(tuple(rows), Fraction(people) / sum(weights))
