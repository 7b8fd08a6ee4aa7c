"""From records to the pairs that are probably one person: candidates, levels, EM, probabilities, groups, assignment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compass.people.matching.blocking import Candidates
from compass.people.matching.columns import Columns, Ints
from compass.people.matching.comparing import Levels, compare
from compass.people.matching.fields import NAMES
from compass.people.matching.frequencies import Floats, Frequencies
from compass.people.matching.grouping import together
from compass.people.matching.model import PRIOR_PAIRS, PRIOR_PAIRS_A_RECORD, Doubles, Model, before_learning, learn
from compass.people.matching.records import Record

RANDOM_PAIRS = 200_000
RANDOM_SEED = 20_260_101
#: Whether two records are known to be two people, pair by pair, from positions of records.
Apart = Callable[[Ints, Ints], NDArray[np.bool_]]
NO_PERSON = 1e-4
NO_FAMILY = 0.05
#: What is less likely counts in no group: as much as two that were never compared (`grouping.LEAST`).
EVER_COUNTED = 0.018


@dataclass(frozen=True, slots=True)
class Link:
    """Two records that may be one person: their positions (`first` < `second`), the probability, the levels.

    levels: one for each of `fields.NAMES`, -1 where a side knew nothing. No name, date or number is in it.
    """

    first: int
    second: int
    probability: float
    levels: tuple[int, ...]

    def agreement(self) -> dict[str, int]:
        """The levels by name of the field, those that could be compared."""
        return {name: level for name, level in zip(NAMES, self.levels, strict=True) if level >= 0}


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs in parallel arrays: positions, levels and what the rarity of values adds."""

    first: Ints
    second: Ints
    levels: Levels
    rarity: Floats


def link(
    records: Iterable[Record],
    *,
    files: Sequence[int] | None = None,
    threshold: float = 0.5,
    one_to_one: bool = False,
    prior_pairs: float | None = None,
    apart: Apart | None = None,
) -> list[Link]:
    """Every two of `records` that are one person with a probability of at least `threshold`, likeliest first.

    files: a number for each record; only pairs across different numbers are looked for. one_to_one: no record is in
    more than one pair (for files without duplicates inside): the likeliest pair is taken first. prior_pairs: how many
    imagined pairs hold EM to the priors, where it is not the usual number. apart: who is known to be two people, asked when
    all records were read; such two are no link and count against groups that hold both. Nothing is tuned to the data at
    hand; the answer is the same on every run.

    Raises ValueError when `files` has not one number for each record.
    """
    columns = Columns(records)
    file = None if files is None else np.array(files, np.int32)
    if file is not None and len(file) != columns.size:
        raise ValueError("files needs one number for each record")
    pairs = _how_many(columns.size, file)
    if not pairs:
        return []
    model = before_learning(compare(columns, *_random(columns.size, file, pairs))[0], columns.size, pairs)
    possible = _possible(columns, file, model)
    held = PRIOR_PAIRS + PRIOR_PAIRS_A_RECORD * columns.size if prior_pairs is None else prior_pairs
    model = learn(model, possible.levels, possible.rarity, pairs, held)
    person, _ = model.probabilities(possible.levels, possible.rarity)
    first, second = possible.first, possible.second
    person = _two_people(apart, first, second, person, threshold)
    if file is None:
        first, second, person = _grouped(columns.size, possible, person, threshold)
        person = _two_people(apart, first, second, person, threshold)
    likely: NDArray[np.int64] = np.flatnonzero(person >= threshold)
    likely = likely[np.lexsort((second[likely], first[likely], -person[likely]))]
    if one_to_one:
        likely = _each_once(likely, first, second)
    first, second = first[likely], second[likely]
    levels = compare(columns, first, second)[0]
    return [
        Link(*pair)
        for pair in zip(
            first.tolist(), second.tolist(), person[likely].tolist(), map(tuple, levels.tolist()), strict=True
        )
    ]


def _grouped(size: int, pairs: _Pairs, person: Doubles, threshold: float) -> tuple[Ints, Ints, Doubles]:
    """The pairs by the groups that bring them together, each with its probability."""
    known = person >= EVER_COUNTED
    odds = _odds(person[known])
    first, second, heights = together(size, pairs.first[known], pairs.second[known], odds, float(_odds(threshold)))
    return first, second, 1 / (1 + np.exp(-heights))


def _two_people(apart: Apart | None, first: Ints, second: Ints, person: Doubles, threshold: float) -> Doubles:
    """The probabilities, none where two are known to be two people; asked of those only that count for anything."""
    if apart is not None:
        asked = np.flatnonzero(person >= min(threshold, EVER_COUNTED))
        person[asked[apart(first[asked], second[asked])]] = 0.0
    return person


def _odds(probability: Doubles | float) -> Doubles:
    sure = np.clip(probability, NO_PERSON, 1 - NO_PERSON**2)
    odds: Doubles = np.log(sure) - np.log1p(-sure)
    return odds


def _how_many(size: int, file: Ints | None) -> float:
    inside = np.zeros(0) if file is None else np.unique(file, return_counts=True)[1].astype(np.float64)
    return size * (size - 1) / 2 - float((inside * (inside - 1) / 2).sum())


def _random(size: int, file: Ints | None, pairs: float) -> tuple[Ints, Ints]:
    """Pairs of different records drawn evenly, across files where there are several; no more than there are."""
    drawn = np.random.default_rng(RANDOM_SEED).integers(0, size, (2, int(min(RANDOM_PAIRS, pairs))), np.int32)
    apart = drawn[0] != drawn[1] if file is None else file[drawn[0]] != file[drawn[1]]
    return drawn[0][apart], drawn[1][apart]


def _possible(columns: Columns, file: Ints | None, model: Model) -> _Pairs:
    """The pairs that may be one person or one family, scored block by block so that the rest is never kept."""
    frequencies = Frequencies(columns)
    nobody = np.zeros(0, np.int32)
    blocks = [_Pairs(nobody, nobody, np.zeros((0, len(NAMES)), np.int8), np.zeros((0, 2), np.float32))]
    for one, other in Candidates(columns, file):
        levels, values = compare(columns, one, other)
        rarity = frequencies.adjustments(levels, values)
        person, family = model.probabilities(levels, rarity)
        kept = (person >= NO_PERSON) | (family >= NO_FAMILY)
        first, second = np.minimum(one, other)[kept], np.maximum(one, other)[kept]
        blocks.append(_Pairs(first, second, levels[kept], rarity[kept]))
    return _Pairs(
        np.concatenate([block.first for block in blocks]),
        np.concatenate([block.second for block in blocks]),
        np.concatenate([block.levels for block in blocks]),
        np.concatenate([block.rarity for block in blocks]),
    )


def _each_once(likely: NDArray[np.int64], first: Ints, second: Ints) -> NDArray[np.int64]:
    """Of pairs in order of probability those whose records are in none before."""
    taken: set[int] = set()
    kept = []
    for pair in likely.tolist():
        ends = {int(first[pair]), int(second[pair])}
        if taken.isdisjoint(ends):
            taken |= ends
            kept.append(pair)
    return np.array(kept, np.int64)
