"""Which pairs are worth comparing: records that agree in two attributes, or in one that few people share.

Pairs come in blocks of bounded size. A group of more than `WINDOW` records is walked along in the order of names, each
record meeting the `WINDOW` before it, so that a common name and year cost no more than a rare one: the number of pairs
grows with the records and not with their square (sorted neighbourhood, Hernandez and Stolfo 1995, within each group).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from compass.people.matching.columns import UNKNOWN, Columns, Ints

WINDOW = 20
PAIRS_IN_BLOCK = 262_144
ALONE = ("day", "phone", "document")
# A day holds its year, and is rare enough to need no other attribute than a name where very many share it.
TOGETHER = (
    *(("name", other) for other in ("mother", "year", "day", "place", "area", "phone", "document")),
    *combinations(("mother", "year", "place", "area"), 2),
)
Hashes = NDArray[np.uint64]


class Candidates:
    """The pairs of records that share a key. Iterating gives arrays of first and second positions, each pair once.

    files: the number of the file of each record, where pairs are wanted across files only.
    """

    def __init__(self, columns: Columns, files: Ints | None = None) -> None:
        self._order = _by_name(columns)
        self._files = None if files is None else files[self._order]
        keys, self._members = _grouped(columns, self._order)
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, np.int64)
        sizes = np.diff(np.append(starts, len(keys)))
        before = np.minimum(np.arange(len(keys)) - np.repeat(starts, sizes), WINDOW).astype(np.int32)
        places = np.flatnonzero(before)
        self._places = places[np.argsort(self._members[places], kind="stable")]
        self._before = before[self._places]

    def __iter__(self) -> Iterator[tuple[Ints, Ints]]:
        ends = np.cumsum(self._before, dtype=np.int64)
        later = self._members[self._places]
        begin = 0
        while begin < len(ends):
            spent = int(ends[begin - 1]) if begin else 0
            within = max(int(np.searchsorted(ends, spent + PAIRS_IN_BLOCK, side="right")), begin + 1)
            end = int(np.searchsorted(later, later[within - 1], side="right"))
            yield self._block(later[begin:end], self._places[begin:end], self._before[begin:end])
            begin = end

    def _block(self, records: Ints, places: NDArray[np.int64], before: Ints) -> tuple[Ints, Ints]:
        """All pairs of `records` with those before them in their groups; a pair of several groups once."""
        later = np.repeat(records, before).astype(np.int64)
        steps = np.arange(len(later)) - np.repeat(np.cumsum(before) - before, before) + 1
        earlier = self._members[np.repeat(places, before) - steps]
        pairs = np.unique(later * len(self._order) + earlier)
        later, earlier = pairs // len(self._order), pairs % len(self._order)
        wanted = later != earlier
        if self._files is not None:
            wanted &= self._files[later] != self._files[earlier]
        return self._order[earlier[wanted]], self._order[later[wanted]]


def _by_name(columns: Columns) -> Ints:
    """Positions of the records in the order of their names, then of birth: neighbours are alike."""
    rank = np.argsort(np.argsort(np.array([*columns.names.folds, ""])))
    names = [rank[columns.matrices[field][:, 0]] for field in ("given", "family")]
    return np.lexsort((columns.years, names[0], names[1])).astype(np.int32)


def _grouped(columns: Columns, order: Ints) -> tuple[Hashes, Ints]:
    """Every key of every record, and the place of that record in `order`; sorted by both."""
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    keys, members = [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)]
    for number, one, other in _combinations(columns):
        known = np.flatnonzero((one >= 0) & (other >= 0))
        keys.append(_mix(one[known], other[known], number))
        members.append(place[known])
    every, who = np.concatenate(keys), np.concatenate(members)
    del keys, members
    sorting = np.lexsort((who, every))
    return every[sorting], who[sorting]


def _combinations(columns: Columns) -> Iterator[tuple[int, Ints, Ints]]:
    """Number of each combination of attributes and numbers of the two values, for every value that a record may have.

    An attribute alone is combined with zeros.
    """
    attributes = _attributes(columns)
    for number, attribute in enumerate(ALONE):
        for column in attributes[attribute].T:
            yield number, column, np.zeros_like(column)
    for number, (first, second) in enumerate(TOGETHER, len(ALONE)):
        for one in attributes[first].T:
            for other in attributes[second].T:
                yield number, one, other
    for one, other in combinations(attributes["name"].T, 2):
        lower = np.where(one == other, UNKNOWN, np.minimum(one, other))
        yield len(ALONE) + len(TOGETHER), lower, np.maximum(one, other)


def _attributes(columns: Columns) -> dict[str, Ints]:
    matrices = columns.matrices
    own = np.hstack([matrices[field] for field in ("given", "family", "other", "father")])
    return {
        "name": _of_texts(columns.names.readings, own),
        "mother": _of_texts(columns.names.readings, matrices["mother"]),
        "place": _of_texts(columns.places.readings, matrices["place"]),
        "year": columns.years[:, None],
        "day": columns.day[:, None],
        **{name: matrices[name] for name in ("area", "phone", "document")},
    }


def _of_texts(readings: Ints, numbers: Ints) -> Ints:
    """The different skeletons of the values of each record, packed to the left."""
    nothing = np.full((1, readings.shape[1]), UNKNOWN, np.int32)
    found = np.vstack([readings, nothing])[numbers].reshape(len(numbers), numbers.shape[1] * readings.shape[1])
    found = -np.sort(-found, axis=1)
    found[:, 1:][found[:, 1:] == found[:, :-1]] = UNKNOWN
    found = -np.sort(-found, axis=1)
    return found[:, : max(int((found >= 0).sum(axis=1).max(initial=0)), 1)]


def _mix(one: Ints, other: Ints, number: int) -> Hashes:
    """One 64-bit hash of two numbers and the combination they belong to (the finaliser of SplitMix64)."""
    mixed = one.astype(np.uint64) << np.uint64(32) | other.astype(np.uint64)
    mixed += np.uint64((number + 1) * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))
