"""Records as arrays: texts interned once, values as padded matrices of their numbers."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from compass.people.matching.folding import fold, name_parts, skeletons, tokens, with_joined, words
from compass.people.matching.keys import PHONE_DIGITS, number, place_key
from compass.people.matching.records import Name, Record, birth_day, birth_year

Ints = NDArray[np.int32]
MOST_VALUES = 8
UNKNOWN = -1
#: head: what somebody is called, the first of the given names, and all of them as one word. chain: the given names after the
#: first, which may be the father's. parts: each name but the first given one by itself. line: the same, and the father's.
NAME_FIELDS = ("head", "given", "chain", "family", "other", "father", "mother")
REPEATED = ("parts", "line")
CODE_FIELDS = ("area", "phone", "document", "sex", "nationality")


class Texts:
    """Interned texts of one kind, and the forms they are compared by.

    After `seal`, by number of the text: plain (as interned), folds (folded), lengths (of the folded), sparse (too few vowels
    to have been written with them), folded and bones (numbers of the folded form and of the usual skeleton), readings
    (numbers of all skeletons, texts x at most 4), seen (how often a value of that skeleton stood in a record). sizes: how
    many folded forms and skeletons there are.
    """

    def __init__(self, folding: Callable[[str], str], readings: Callable[[str], Sequence[str]]) -> None:
        self._number: dict[str, int] = {}
        self._folding, self._readings = folding, readings

    def __len__(self) -> int:
        return len(self._number)

    def intern(self, text: str) -> int:
        """The number of a text, given on first sight."""
        return self._number.setdefault(text, len(self._number))

    def seal(self, matrices: Iterable[Ints]) -> None:
        """Work out the forms of all texts and count them in `matrices`; nothing is interned afterwards."""
        self.plain = list(self._number)
        self.folds = [self._folding(text) for text in self.plain]
        self.lengths = np.array([len(text) for text in self.folds], np.int32)
        vowels = np.array([sum(map(text.count, "aiu")) for text in self.folds], np.int32)
        self.sparse = vowels * 3 <= self.lengths
        folded: dict[str, int] = {}
        self.folded = np.array([folded.setdefault(text, len(folded)) for text in self.folds], np.int32)
        bones: dict[str, int] = {}
        readings = Padded()
        for text in self.plain:
            readings.append([bones.setdefault(key, len(bones)) for key in self._readings(text)])
        self.readings = readings.matrix()
        self.bones = self.readings[:, 0]
        self.sizes = len(folded), len(bones)
        seen = np.zeros(len(bones), np.int64)
        for matrix in matrices:
            seen += np.bincount(self.bones[matrix[matrix >= 0]], minlength=len(bones))
        self.seen = seen[self.bones]

    def share_skeleton(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether two texts have a reading of their consonants in common, pair by pair."""
        left, right = self.readings[one], self.readings[other]
        shared = np.zeros(len(one), np.bool_)
        for column in range(left.shape[1]):
            shared |= ((left[:, column : column + 1] == right) & (right >= 0)).any(axis=1)
        return shared


class Padded:
    """Rows of different length, kept compactly until they become one matrix."""

    def __init__(self) -> None:
        self._values = array("i")
        self._sizes = array("i")

    def append(self, row: Sequence[int]) -> None:
        """Add a row; what it has beyond eight values is left out."""
        self._values.extend(row[:MOST_VALUES])
        self._sizes.append(min(len(row), MOST_VALUES))

    def matrix(self) -> Ints:
        """All rows, filled with -1 to the length of the longest; at least one column."""
        sizes = np.frombuffer(self._sizes, np.int32) if self._sizes else np.zeros(0, np.int32)
        filled = np.full((len(sizes), int(sizes.max(initial=1))), UNKNOWN, np.int32)
        filled[np.arange(filled.shape[1]) < sizes[:, None]] = self._values
        return filled


class Columns:
    """Records column by column; the records themselves are not kept.

    names, places, codes: interned texts of all names, of places, and of each kind of number. matrices: for each field the
    numbers of its values (records x values, -1 for none). day: number of the day of birth or -1; digits: its eight
    digits as bytes; years: of birth or -1.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self.names = Texts(fold, skeletons)
        self.places = Texts(_fold_place, lambda place: (place_key(place),))
        self.codes = {name: Texts(str, lambda code: (code,)) for name in CODE_FIELDS}
        rows = {name: Padded() for name in (*NAME_FIELDS, *REPEATED, *CODE_FIELDS, "place")}
        kinds = {**dict.fromkeys((*NAME_FIELDS, *REPEATED), self.names), **self.codes, "place": self.places}
        years, days = array("i"), array("i")
        digits = bytearray()
        for record in records:
            for name, values in _values(record).items():
                rows[name].append([kinds[name].intern(value) for value in dict.fromkeys(values) if value])
            year, day = birth_year(record), birth_day(record)
            years.append(UNKNOWN if year is None else year)
            days.append(int(day) if day else UNKNOWN)
            digits += (day or "0" * 8).encode()
        self.size = len(years)
        self.matrices = {name: found.matrix() for name, found in rows.items()}
        self.years = np.array(years, np.int32)
        self.day = np.unique(np.array([UNKNOWN, *days], np.int32), return_inverse=True)[1][1:].astype(np.int32) - 1
        self.digits = np.frombuffer(bytes(digits), np.uint8).reshape(-1, 8)
        self.names.seal(self.matrices[name] for name in NAME_FIELDS)
        self.places.seal([self.matrices["place"]])
        for name, texts in self.codes.items():
            texts.seal([self.matrices[name]])


def _values(record: Record) -> dict[str, list[str]]:
    head, given, chain, family = _names(record.names)
    parts = [part for name in record.names for part in _after_first(*name_parts(name.given, name.family))]
    parts += [part for name in record.others for part in tokens(name)]
    return {
        "parts": parts,
        "line": [*parts, *(part for name in record.father for part in tokens(name))],
        "head": head,
        "given": given,
        "chain": chain,
        "family": family,
        "other": [part for name in record.others for part in with_joined(tokens(name))],
        "father": [part for name in record.father for part in with_joined(tokens(name))],
        "mother": [part for name in record.mother for part in with_joined(tokens(name))],
        "place": [" ".join(words(place)) for place in record.places],
        "area": [number(area) for area in record.areas],
        "phone": [number(phone)[-PHONE_DIGITS:] for phone in record.phones],
        "document": [number(document) for document in record.documents],
        "sex": [record.sex],
        "nationality": list(record.nationalities),
    }


def _names(names: Sequence[Name]) -> tuple[list[str], list[str], list[str], list[str]]:
    """Head, given, chain and family of all spellings of a name."""
    head: list[str] = []
    given: list[str] = []
    chain: list[str] = []
    family: list[str] = []
    for name in names:
        first, rest = name_parts(name.given, name.family)
        joined = with_joined(first)
        # Mohammad before another name is often left out: the other is what somebody is called then.
        before = len(first) > 1 and _MUHAMMAD in skeletons(first[0])
        head += joined[: 1 + before] + joined[len(first) :]
        given += joined
        chain += first[1:]
        family += with_joined(rest)
    return head, given, chain, family


def _after_first(given: tuple[str, ...], family: tuple[str, ...]) -> tuple[str, ...]:
    return (*given[1:], *family)


_MUHAMMAD = skeletons("muhammad")[0]


def _fold_place(place: str) -> str:
    return "".join(fold(word) for word in place.split())
