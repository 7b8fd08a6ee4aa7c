"""How common each value is: agreeing on a rare name says more than agreeing on Mohamed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from compass.people.matching.columns import Columns, Ints
from compass.people.matching.comparing import Levels
from compass.people.matching.fields import FIELDS, KIN, NAMES, PRIOR_STRANGERS, SAME, DayLevel, TextLevel, YearLevel

Floats = NDArray[np.float32]
IMAGINED_PEOPLE = 100.0


class Frequencies:
    """Frequencies of the values within one set of records, by field and level of agreement.

    Each field is counted by itself, as its u is: where fathers' names are family names and the same names are given names,
    counting both together makes two people called Mohamed agree on more than they do.
    """

    def __init__(self, columns: Columns) -> None:
        self._tables: dict[tuple[int, int], Floats] = {}
        matrices = columns.matrices
        # A name after the first may be what agrees as family name; counted nowhere it would pass for the rarest of all.
        family = np.hstack([matrices["family"], matrices["other"], matrices["chain"]])
        for name, texts, matrix in (
            ("given", columns.names, matrices["head"]),
            ("family", columns.names, family),
            ("father", columns.names, matrices["father"]),
            ("mother", columns.names, matrices["mother"]),
            ("place", columns.places, matrices["place"]),
        ):
            self._count(name, TextLevel.SAME, matrix, texts.folded)
            self._count(name, TextLevel.SKELETON, matrix, texts.bones)
        for name in ("area", "phone", "document"):
            self._count(name, SAME, matrices[name], two=name != "area")
        self._count("day", DayLevel.SAME, columns.day[:, None])
        self._count("year", YearLevel.SAME, columns.years[:, None])

    def _count(self, name: str, level: int, matrix: Ints, form: Ints | None = None, *, two: bool = False) -> None:
        """Shrunk towards what is usual, so that the names of twenty people do not pass for the names of a country.

        One of the two people who agree is left out of the count: the question is who else has that name. `two`: both are,
        where a value belongs to one person or household and the second is hardly a stranger.
        """
        field = NAMES.index(name)
        usual = FIELDS[field].chance[level]
        known = matrix[matrix >= 0]
        # What two agree on may come from another field (a name after the first, as family name), so every value has a place.
        seen = known if form is None else form[known]
        places = int((matrix if form is None else form).max(initial=-1)) + 1
        counts = np.bincount(seen, minlength=places).astype(np.float64)
        people = float((matrix >= 0).any(axis=1).sum())
        others = np.maximum(counts - 1, 0)
        frequency = (np.maximum(others - two, 0) + IMAGINED_PEOPLE * usual) / (people + IMAGINED_PEOPLE)
        pairs = people * max(people - 1, 0) / 2
        chance = (float((counts * others).sum()) / 2 + PRIOR_STRANGERS * usual) / (pairs + PRIOR_STRANGERS)
        self._tables[field, level] = np.log(chance / frequency).astype(np.float32)

    def adjustments(self, levels: Levels, values: Ints) -> Floats:
        """What is added to the logarithm of m/u of each pair, shape (pairs, 2): over all fields, over those of families.

        log(chance that two people agree on anything / frequency of what these agree on), natural logarithm: positive for
        what is rare (Winkler 1989, frequency-based matching).
        """
        found = np.zeros((len(levels), 2), np.float32)
        for (field, level), table in self._tables.items():
            at = np.flatnonzero((levels[:, field] == level) & (values[:, field] >= 0))
            found[at, 0] += table[values[at, field]]
            if KIN[field]:
                found[at, 1] += table[values[at, field]]
        return found
