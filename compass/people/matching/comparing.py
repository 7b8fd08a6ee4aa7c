"""How far two records agree, attribute by attribute: a small number of levels each, best last.

All pairs of a block are compared at once. Texts are interned, so that each two different texts are compared once
however many pairs they stand in.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from compass.people.matching.columns import Columns, Ints, Texts
from compass.people.matching.fields import (
    DIFFER,
    FIELDS,
    MISSING,
    NAMES,
    SAME,
    SLIP,
    DayLevel,
    RestLevel,
    TextLevel,
    YearLevel,
)
from compass.people.matching.keys import HIJRI_BEFORE

Levels = NDArray[np.int8]
Found = tuple[Levels, Ints]
ALIKE = 0.85
WORTH_COUNTING_SLIPS = 0.7
SHORTEST_SLIP = 4
YEARS_NEAR = 3
YEARS_APART = 10


def compare(columns: Columns, first: Ints, second: Ints) -> Found:
    """Levels and agreeing values of pairs of records, each of shape (pairs, fields).

    first, second: positions of records. A level is -1 where one side knows nothing. The value is the number of what the
    two agree on (folded form, skeleton, code, day or year, by the level), or -1.
    """
    levels = np.full((len(first), len(FIELDS)), MISSING, np.int8)
    values = np.full((len(first), len(FIELDS)), MISSING, np.int32)
    texts = columns.matrices
    given, family, father, straight = _own_names(columns, first, second)
    rest = _rest(columns, first, second, np.flatnonzero(family[0] >= TextLevel.SLIP))
    rest[0][~straight & (rest[0] >= 0)] = RestLevel.TURNED
    found = {
        "given": given,
        "family": family,
        "father": father,
        "mother": _sets(columns.names, texts["mother"][first], texts["mother"][second]),
        "place": _sets(columns.places, texts["place"][first], texts["place"][second]),
        "day": _days(columns, first, second),
        "year": _years(columns, first, second),
        "told": _told(columns, first, second),
        "rest": rest,
        **{name: _codes(kind, texts[name][first], texts[name][second]) for name, kind in columns.codes.items()},
    }
    for position, name in enumerate(NAMES):
        levels[:, position], values[:, position] = found[name]
    for name in ("sex", "nationality"):
        levels[:, NAMES.index(name)] //= SAME
    return levels, values


def _own_names(columns: Columns, first: Ints, second: Ints) -> tuple[Found, Found, Found, NDArray[np.bool_]]:
    """Given name, family name and father's name; and whether given and family name were not compared crosswise.

    A given name agrees by what somebody is called; by another of several given names it is alike at most. Other names stand
    for whichever name of the other side they agree with, among themselves for the family's.

    Where neither given nor family name agrees as it stands, they are compared crosswise: forms and clerks swap them. Where
    one side has no family name and the other no father's name, these two are compared as family name: they are the same
    thing where people carry their father's name. So they are where a family name is known of both and does not agree: one
    clerk writes the father's name there, another the tribe's and the father's beside it.
    """
    names, texts = columns.names, columns.matrices

    def between(one: str, other: str, at: Any = slice(None)) -> Found:
        return _sets(names, texts[one][first[at]], texts[other][second[at]])

    given, family, father = between("head", "head"), between("family", "family"), between("father", "father")
    every = np.arange(len(first))
    further = between("given", "given")
    further[0][:] = np.minimum(further[0], TextLevel.ALIKE)
    further[1][:] = MISSING
    _replace(given, every, further, further[0] > given[0])
    compound = between("chain", "chain")[0] >= TextLevel.SKELETON
    for found, pairs in (
        (given, (("head", "other"), ("other", "head"))),
        (
            family,
            (("family", "chain"), ("chain", "family"), ("family", "other"), ("other", "family"), ("other", "other")),
        ),
    ):
        for one, other in pairs:
            called = between(one, other)
            counted = called[0] > np.maximum(found[0], DIFFER)
            if "chain" in (one, other):
                counted &= ~compound
            _replace(found, every, called, counted)
    unlike = np.flatnonzero((given[0] < TextLevel.SLIP) & (family[0] < TextLevel.SLIP))
    ours, theirs = between("head", "family", unlike), between("family", "head", unlike)
    straight = np.maximum(given[0][unlike], DIFFER) + np.maximum(family[0][unlike], DIFFER)
    better = np.maximum(ours[0], DIFFER) + np.maximum(theirs[0], DIFFER) > straight + 1
    # Which of the two is the family's is not known: the one that agrees less counts as given name, and one alone as family
    # name, so that a brother written the other way round does not become the person.
    turned = (ours[0] > theirs[0]) | ((ours[0] == theirs[0]) & (ours[1] > theirs[1]))
    for found, lower in ((given, True), (family, False)):
        _replace(found, unlike, ours, better & (turned != lower))
        _replace(found, unlike, theirs, better & (turned == lower))
    alone = np.flatnonzero((family[0] <= DIFFER) & (father[0] == MISSING))
    for one, other in (("family", "father"), ("father", "family")):
        chain = between(one, other, alone)
        agrees = (family[0][alone] == MISSING) | (chain[0] >= TextLevel.SLIP)
        _replace(family, alone, chain, agrees & (chain[0] > family[0][alone]))
    as_they_stand = np.ones(len(first), np.bool_)
    as_they_stand[unlike[better]] = False
    return given, family, father, as_they_stand


def _rest(columns: Columns, first: Ints, second: Ints, at: NDArray[np.int64]) -> Found:
    """What is left of names that agree in one that families bear (the pairs `at`); see `RestLevel`. A father's name that is
    told beside them speaks for a name of the other side, and is none that is left."""
    level = np.full(len(first), MISSING, np.int8)
    parts, line = columns.matrices["parts"], columns.matrices["line"]
    ours = _left_over(columns.names, parts[first[at]], line[second[at]])
    theirs = _left_over(columns.names, parts[second[at]], line[first[at]])
    level[at] = np.where(ours & theirs, RestLevel.BOTH, np.where(ours | theirs, RestLevel.ONE, RestLevel.NOTHING))
    return level, np.full(len(first), MISSING, np.int32)


def _left_over(texts: Texts, own: Ints, other: Ints) -> NDArray[np.bool_]:
    """Whether any of one side's names is none of the other's."""
    found = np.zeros(len(own), np.bool_)
    for one in range(own.shape[1]):
        met = own[:, one] < 0
        for place in range(other.shape[1]):
            both = np.flatnonzero(~met & (other[:, place] >= 0))
            if len(both):
                met[both] = _text_levels(texts, own[both, one], other[both, place]) >= TextLevel.SLIP
        found |= ~met
    return found


def _replace(found: Found, at: NDArray[np.int64], other: Found, where: NDArray[np.bool_]) -> None:
    found[0][at[where]] = other[0][where]
    found[1][at[where]] = other[1][where]


def _sets(texts: Texts, left: Ints, right: Ints) -> Found:
    """The best agreement between any value on the left and any on the right; among equals, the rarest value."""
    level = np.full(len(left), MISSING, np.int8)
    value = np.full(len(left), MISSING, np.int32)
    rarity = np.zeros(len(left), np.int64)
    for one in range(left.shape[1]):
        for other in range(right.shape[1]):
            both = np.flatnonzero((left[:, one] >= 0) & (right[:, other] >= 0))
            if not len(both):
                continue
            a, b = left[both, one], right[both, other]
            found = _text_levels(texts, a, b)
            shared = np.where(found == TextLevel.SAME, texts.folded[a], texts.bones[a])
            shared[found < TextLevel.SKELETON] = MISSING
            better = (found > level[both]) | ((found == level[both]) & (texts.seen[a] < rarity[both]))
            at = both[better]
            level[at], value[at], rarity[at] = found[better], shared[better], texts.seen[a][better]
    return level, value


def _text_levels(texts: Texts, a: Ints, b: Ints) -> Levels:
    pairs = np.minimum(a, b).astype(np.int64) * len(texts) + np.maximum(a, b)
    unique, back = np.unique(pairs, return_inverse=True)
    one, other = unique // len(texts), unique % len(texts)
    level = np.full(len(unique), TextLevel.SAME, np.int8)
    rest = np.flatnonzero(texts.folded[one] != texts.folded[other])
    one, other = one[rest], other[rest]
    found = np.zeros(len(rest), np.int8)
    long = np.maximum(texts.lengths[one], texts.lengths[other]) >= SHORTEST_SLIP
    for forms in (texts.plain, texts.folds):
        left, right = [forms[i] for i in one], [forms[i] for i in other]
        alike = _measure(left, right, JaroWinkler.normalized_similarity)
        found[alike >= ALIKE] = np.maximum(found[alike >= ALIKE], TextLevel.ALIKE)
        near = np.flatnonzero(long & (alike >= WORTH_COUNTING_SLIPS))
        slips = _measure([left[i] for i in near], [right[i] for i in near], OSA.distance, cutoff=1)
        found[near[slips <= 1]] = TextLevel.SLIP
    shared = texts.share_skeleton(one, other)
    # Omar and Amir have the same consonants, but whoever wrote the vowels meant different names.
    unheard = shared & (texts.sparse[one] | texts.sparse[other] | (found > DIFFER))
    found[shared] = np.where(unheard[shared], TextLevel.SKELETON, TextLevel.ALIKE)
    level[rest] = found
    return level[back.reshape(-1)]


def _measure(left: list[str], right: list[str], scorer: Any, cutoff: float | None = None) -> NDArray[np.float32]:
    if not left:
        return np.zeros(0, np.float32)
    return cpdist(left, right, scorer=scorer, score_cutoff=cutoff, dtype=np.float32, workers=1)


def _codes(texts: Texts, left: Ints, right: Ints) -> Found:
    """Numbers: the same, one slip of the pen (a digit changed, lost, added or two swapped), or different."""
    level = np.full(len(left), MISSING, np.int8)
    value = np.full(len(left), MISSING, np.int32)
    for one in range(left.shape[1]):
        for other in range(right.shape[1]):
            both = np.flatnonzero((left[:, one] >= 0) & (right[:, other] >= 0))
            a, b = left[both, one], right[both, other]
            found = np.where(a == b, SAME, DIFFER).astype(np.int8)
            apart = np.flatnonzero((a != b) & (texts.lengths[a] >= SHORTEST_SLIP))
            unique, back = np.unique(a[apart].astype(np.int64) * len(texts) + b[apart], return_inverse=True)
            codes = [texts.plain[i] for i in unique // max(len(texts), 1)]
            others = [texts.plain[i] for i in unique % max(len(texts), 1)]
            slips = _measure(codes, others, OSA.distance, cutoff=1)[back.reshape(-1)]
            found[apart[slips <= 1]] = SLIP
            at = both[found > level[both]]
            value[at] = np.where(found == SAME, a, MISSING)[found > level[both]]
            level[both] = np.maximum(level[both], found)
    return level, value


def _days(columns: Columns, first: Ints, second: Ints) -> Found:
    """Days of birth that both sides told; see `DayLevel`."""
    level = np.full(len(first), MISSING, np.int8)
    value = np.full(len(first), MISSING, np.int32)
    both = np.flatnonzero((columns.day[first] >= 0) & (columns.day[second] >= 0))
    one, other = first[both], second[both]
    a, b = columns.digits[one], columns.digits[other]
    differ = a != b
    wrong = differ.sum(axis=1)
    exchanged = (a[:, :-1] == b[:, 1:]) & (a[:, 1:] == b[:, :-1]) & differ[:, :-1] & differ[:, 1:]
    turned = (a[:, 4:6] == b[:, 6:]).all(axis=1) & (a[:, 6:] == b[:, 4:6]).all(axis=1) & ~differ[:, :4].any(axis=1)
    slip = (wrong == 1) | ((wrong == 2) & exchanged.any(axis=1)) | turned
    parts = sum((~differ[:, part].any(axis=1)).astype(np.int8) for part in (slice(4), slice(4, 6), slice(6, 8)))
    found = _years_apart(columns.years[one], columns.years[other])
    found = np.where(parts == 2, DayLevel.PARTS, found)
    found = np.where(slip, DayLevel.SLIP, found)
    level[both] = np.where(wrong == 0, DayLevel.SAME, found)
    value[both] = np.where(wrong == 0, columns.day[one], MISSING)
    return level, value


def _years(columns: Columns, first: Ints, second: Ints) -> Found:
    """Years, only where a day is missing on one side: otherwise the day has said it already."""
    one, other = columns.years[first], columns.years[second]
    known = (one >= 0) & (other >= 0) & ((columns.day[first] < 0) | (columns.day[second] < 0))
    found = _years_apart(one, other)
    found = np.where(np.abs(one - other) <= 1, np.where(one == other, YearLevel.SAME, YearLevel.NEXT), found)
    level = np.where(known, found, MISSING).astype(np.int8)
    return level, np.where(level == YearLevel.SAME, one, MISSING).astype(np.int32)


def _told(columns: Columns, first: Ints, second: Ints) -> Found:
    """Whether both sides told a day of birth, or both a year alone: who knows the day mostly tells it each time."""
    known = (columns.years[first] >= 0) & (columns.years[second] >= 0)
    alike = (columns.day[first] >= 0) == (columns.day[second] >= 0)
    return np.where(known, alike, MISSING).astype(np.int8), np.full(len(first), MISSING, np.int32)


def _years_apart(one: Ints, other: Ints) -> Levels:
    """`YearLevel` up to NEAR, which is three years, or as far apart as an Ethiopian or Hijri year copied unchanged stands
    from ours; up to APART, which is ten.

    Ethiopian 7 or 8 years; solar Hijri (Afghanistan) 621 or 622; lunar Hijri by 0.970229 x + 621.57, one year either way.
    """
    low, high = np.minimum(one, other).astype(np.float64), np.maximum(one, other).astype(np.float64)
    apart = high - low
    hijri = (np.abs(apart - 621.5) <= 1) | (np.abs(high - (low * 0.970229 + 621.57)) <= 1)
    near = (apart <= YEARS_NEAR) | (apart == 7) | (apart == 8) | ((low < HIJRI_BEFORE) & hijri)
    return np.where(near, YearLevel.NEAR, np.where(apart <= YEARS_APART, YearLevel.APART, DIFFER)).astype(np.int8)
