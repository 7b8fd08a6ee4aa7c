"""Deaths and disappearances during migration: IOM's aggregate, read strictly and summed.

Source: IOM Missing Migrants Project, aggregate of 10 March 2025 (`data/missing-migrants/ORIGIN.md`). Minimum estimates:
see `LIMITS`, which every page, table and download repeats. The words for codes are in `words.py`.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from compass.commons.synthesis.regions import region_of
from compass.commons.synthesis.rejections import Refused, Rejection, WrongHeader, lines_of

__all__ = ["WrongHeader", "load", "parse"]

SOURCE = Path(__file__).resolve().parent.parent / "data" / "missing-migrants" / "mmp-2025-03-10.csv"
CREDIT = "IOM Missing Migrants Project"
HEADER = ("year", "cause", "lon", "lat", "n")
FIRST_YEAR = 2014
# The deadliest single event of the published file counts 1,022; ten times that is a slip of the finger.
MOST_PEOPLE = 10_000
CELL_DEGREES = 2
LIMITS: tuple[str, ...] = (
    "minimum_estimates",
    "no_event_below_ten_people",
    "last_year_unfinished",
    "places_approximate",
    "regions_are_our_grouping_by_coordinates",
    "several_causes_counted_as_mixed",
)

CAUSES: tuple[str, ...] = (
    "drowning",
    "sickness_accidents_harsh_conditions",
    "transport_hazards",
    "violence",
    "mixed_or_unknown",
)
# Published words to our codes. The file uses IOM's short words and, in some rows, the longer ones of its data base.
_WORDS: dict[str, str] = {
    "drowning": "drowning",
    "sickness, accidents and harsh conditions": "sickness_accidents_harsh_conditions",
    "harsh environmental conditions / lack of adequate shelter, food, water": "sickness_accidents_harsh_conditions",
    "sickness / lack of access to adequate healthcare": "sickness_accidents_harsh_conditions",
    "accidental death": "sickness_accidents_harsh_conditions",
    "transport hazards": "transport_hazards",
    "vehicle accident / death linked to hazardous transport": "transport_hazards",
    "violence": "violence",
    "mixed or unknown": "mixed_or_unknown",
}
_LONGEST_FIRST = sorted(_WORDS, key=len, reverse=True)
_WHOLE = re.compile(r"-?[0-9]{1,12}")
_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_DECIMAL = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,15})?")


@dataclass(frozen=True)
class Record:
    """One row: people dead or missing at a place (degrees) in a year. `published_cause` are the file's own words."""

    line: int
    year: int
    cause: str
    published_cause: str
    lon: float
    lat: float
    people: int
    region: str


@dataclass(frozen=True)
class Duplicate:
    """A line that repeats an earlier one. It is kept and counted, since two events may look alike; a person decides."""

    line: int
    first_line: int


@dataclass(frozen=True)
class Parsed:
    """A file as read: every line after the header is either in `records` or in `rejections`."""

    records: tuple[Record, ...]
    rejections: tuple[Rejection, ...]
    duplicates: tuple[Duplicate, ...]

    @property
    def people(self) -> int:
        """People dead or missing in all accepted rows."""
        return sum(record.people for record in self.records)


@dataclass(frozen=True)
class Cell:
    """A square of the map, `CELL_DEGREES` wide: its centre in degrees, people and rows in it, the region with most."""

    lon: float
    lat: float
    people: int
    rows: int
    region: str


@dataclass
class Sum:
    """People and rows that fall together."""

    people: int = 0
    rows: int = 0
    by_region: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def day_of(path: Path) -> date | None:
    """The day that a file speaks of: IOM writes it into the name and nowhere else. None when it does not say one."""
    for found in _DAY.findall(path.name):
        try:
            return date.fromisoformat(found)
        except ValueError:
            continue
    return None


#: The day of the file of the project.
AS_OF = day_of(SOURCE) or date.max


def load(path: Path = SOURCE) -> Parsed:
    """Read the published file, or another of its form. Raises OSError and WrongHeader."""
    return parse(path.read_bytes(), day_of(path) or AS_OF)


def parse(content: bytes, as_of: date = AS_OF) -> Parsed:
    """Read the bytes of a file of the published form that speaks of the day `as_of`: no row is of a later year.

    Raises WrongHeader; a bad line is a rejection, never an error.
    """
    records: list[Record] = []
    rejections: list[Rejection] = []
    duplicates: list[Duplicate] = []
    first: dict[tuple[int, str, float, float, int], int] = {}
    for line, text, cells in lines_of(content, HEADER):
        try:
            if isinstance(cells, Refused):
                raise cells
            record = _record(line, cells, as_of.year)
        except Refused as refused:
            rejections.append(refused.at(line, text))
            continue
        key = (record.year, record.cause, record.lon, record.lat, record.people)
        if first.setdefault(key, line) != line:
            duplicates.append(Duplicate(line, first[key]))
        records.append(record)
    return Parsed(tuple(records), tuple(rejections), tuple(duplicates))


def by_year_and_region(records: Iterable[Record]) -> dict[tuple[int, str], int]:
    """People by year and region, sorted; pairs without anyone are absent."""
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for record in records:
        sums[record.year, record.region] += record.people
    return dict(sorted(sums.items()))


def by_year_and_cause(records: Iterable[Record]) -> dict[tuple[int, str], int]:
    """People by year and cause, sorted; pairs without anyone are absent."""
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for record in records:
        sums[record.year, record.cause] += record.people
    return dict(sorted(sums.items()))


def cells(records: Iterable[Record]) -> list[Cell]:
    """The squares of the map that hold someone, the most people first."""
    sums: dict[tuple[int, int], Sum] = defaultdict(Sum)
    for record in records:
        one = sums[_corner(record.lon, 180), _corner(record.lat, 90)]
        one.people += record.people
        one.rows += 1
        one.by_region[record.region] += record.people
    half = CELL_DEGREES / 2
    found = [
        Cell(west + half, south + half, one.people, one.rows, max(one.by_region, key=lambda code: one.by_region[code]))
        for (west, south), one in sums.items()
    ]
    return sorted(found, key=lambda cell: (-cell.people, cell.lon, cell.lat))


def normal_cause(published: str) -> str:
    """Our code for the published words; several different causes become `mixed_or_unknown`. Raises Refused."""
    rest = " ".join(published.split()).lower()
    found: set[str] = set()
    while True:
        word = next((word for word in _LONGEST_FIRST if rest == word or rest.startswith(f"{word},")), None)
        if word is None:
            raise Refused("unknown_cause", "the cause is not one that IOM uses")
        found.add(_WORDS[word])
        if rest == word:
            return found.pop() if len(found) == 1 else "mixed_or_unknown"
        rest = rest[len(word) + 1 :].lstrip()


def _record(line: int, row: list[str], last_year: int) -> Record:
    year_text, published, lon_text, lat_text, people_text = row
    year = _whole("year", year_text)
    if not FIRST_YEAR <= year <= last_year:
        raise Refused("bad_year", f"the year is outside {FIRST_YEAR} to {last_year}")
    cause = normal_cause(published)
    lon = _degrees("longitude", lon_text, 180)
    lat = _degrees("latitude", lat_text, 90)
    people = _whole("number of people", people_text)
    if people <= 0:
        raise Refused("not_positive", "the number of people is zero or negative")
    if people > MOST_PEOPLE:
        raise Refused("too_many_people", f"the number of people is above {MOST_PEOPLE}, which no single event reaches")
    return Record(line, year, cause, published, lon, lat, people, region_of(lon, lat))


def _whole(what: str, text: str) -> int:
    # int() would also take underscores, spaces and other scripts' digits, which a published file never has.
    if not _WHOLE.fullmatch(text):
        raise Refused("not_a_number", f"the {what} is not a whole number")
    return int(text)


def _degrees(what: str, text: str, most: int) -> float:
    if not _DECIMAL.fullmatch(text):
        raise Refused("not_a_number", f"the {what} is not a decimal number")
    found = float(text)
    if abs(found) > most:
        raise Refused("outside_world", f"the {what} is outside the world, beyond {most} degrees")
    return found


def _corner(degrees: float, most: int) -> int:
    return min(math.floor(degrees / CELL_DEGREES) * CELL_DEGREES, most - CELL_DEGREES)
