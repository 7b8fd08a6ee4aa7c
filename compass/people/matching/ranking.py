"""Putting the candidates of one search in order, with no file of records to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from compass.people.matching.columns import Columns
from compass.people.matching.comparing import compare
from compass.people.matching.fields import FIELDS, NAMES
from compass.people.matching.model import before_learning
from compass.people.matching.records import Record


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate: its position in the list given, its weight in bits, the levels by name of the field.

    weight: log2 of how much likelier what agrees and disagrees is for one person than for two strangers; 10 is a thousand
    times. It is no probability: that needs to be known how many people were searched.
    """

    position: int
    weight: float
    agreement: dict[str, int]


def rank(searched: Record, candidates: Sequence[Record]) -> list[Ranked]:
    """All `candidates`, the best first; those of equal weight stay in the order given.

    Uses the priors of `fields` and no frequencies: a rare and a common name weigh the same here. The nightly `link`
    weighs them apart.
    """
    columns = Columns([searched, *candidates])
    others = np.arange(1, columns.size, dtype=np.int32)
    levels, _ = compare(columns, np.zeros_like(others), others)
    model = before_learning(np.zeros((0, len(FIELDS)), np.int8), columns.size, columns.size)
    weights = model.weights(levels)[0] / log(2)
    return [
        Ranked(
            int(place),
            float(weights[place]),
            {name: int(level) for name, level in zip(NAMES, levels[place], strict=True) if level >= 0},
        )
        for place in np.argsort(-weights, kind="stable")
    ]
