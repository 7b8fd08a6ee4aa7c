"""The Fellegi-Sunter model with three kinds of pairs: one person, two of one family, strangers.

* How often strangers agree (u) is counted on random pairs and never changed afterwards.
* How often two records of one person agree (m) starts from the priors of `fields` and is learned by EM, held by as many
  imagined pairs as `PRIOR_PAIRS`. Without them EM makes the best of the strangers its matches where a file holds few or no
  duplicates, which is what a nightly run usually meets. They are more where there are more records: strangers of one
  people, who share names and places, grow faster than people who are registered twice.
* A pair of one family agrees like one person in what families share and like strangers in the rest. How many such pairs
  there are is learned too. Without them brothers and sisters, who share a name, parents, a village and a phone, become
  one person.

Sources: Fellegi and Sunter 1969; Winkler 1989 and 2000; security-and-matching notes 3.3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from compass.people.matching.comparing import Levels
from compass.people.matching.fields import FIELDS, KIN, PRIOR_STRANGERS
from compass.people.matching.frequencies import Floats

Doubles = NDArray[np.float64]
PRIOR_PAIRS, PRIOR_PAIRS_A_RECORD = 2_000.0, 4.0
MATCHES_PER_RECORD = 0.1
KIN_PER_RECORD = 0.5
ROUNDS = 100
SETTLED = 1e-5
NEVER = 1e-9
#: Rarity, a natural logarithm, is learned from in such steps, up to so many either way.
STEP, FURTHEST = 0.25, 80
MOST_LEVELS = max(len(field.prior) for field in FIELDS) + 1


@dataclass(frozen=True, slots=True)
class Model:
    """m, u: for each field the probability of each level. matches, kin: shares among all pairs."""

    m: tuple[Doubles, ...]
    u: tuple[Doubles, ...]
    matches: float
    kin: float

    def probabilities(self, levels: Levels, rarity: Floats) -> tuple[Doubles, Doubles]:
        """The probability of each pair that it is one person, and that it is two people of one family.

        rarity: what `Frequencies.adjustments` found for the pairs.
        """
        every, shared = self.weights(levels)
        person = every + rarity[:, 0] + np.log(self.matches)
        family = shared + rarity[:, 1] + np.log(self.kin)
        total = np.logaddexp(np.logaddexp(person, family), np.log(max(1 - self.matches - self.kin, NEVER)))
        return np.exp(person - total), np.exp(family - total)

    def weights(self, levels: Levels) -> tuple[Doubles, Doubles]:
        """The natural logarithm of m/u of each pair: over all fields, over those that families share.

        A field that one side does not know adds nothing.
        """
        every, shared = np.zeros(len(levels)), np.zeros(len(levels))
        for field, (m, u) in enumerate(zip(self.m, self.u, strict=True)):
            weight = np.append(np.log(m / u), 0.0)[levels[:, field]]
            every += weight
            if KIN[field]:
                shared += weight
        return every, shared


def before_learning(strangers: Levels, records: int, pairs: float) -> Model:
    """The model of `records` records that form `pairs` pairs, before EM; u from the levels of random pairs."""
    return Model(
        m=tuple(_shares(np.array(field.prior)) for field in FIELDS),
        u=tuple(
            _shares(_counts(strangers, position) + PRIOR_STRANGERS * _shares(np.array(field.chance)))
            for position, field in enumerate(FIELDS)
        ),
        matches=min(MATCHES_PER_RECORD * records / pairs, 0.4),
        kin=min(KIN_PER_RECORD * records / pairs, 0.4),
    )


def learn(model: Model, levels: Levels, rarity: Floats, pairs: float, prior_pairs: float) -> Model:
    """m and the shares of both kinds of pairs, by EM over the pairs that are not plainly strangers.

    pairs: how many pairs there are in all; those not given count as strangers. prior_pairs: weight of the priors.
    Pairs of the same levels and nearly the same rarity are learned from together: there are thousands of kinds of pairs
    however many pairs there are.
    """
    levels, rarity, each = _kinds(levels, rarity)
    for _ in range(ROUNDS):
        person, family = (each * probability for probability in model.probabilities(levels, rarity))
        m = tuple(
            _never_for(
                _shares(_counts(levels, position, person) + prior_pairs * _shares(np.array(field.prior))),
                model.u[position],
            )
            for position, field in enumerate(FIELDS)
        )
        moved = max(float(np.abs(new - old).max()) for new, old in zip(m, model.m, strict=True))
        shares = min((person.sum() + 0.5) / pairs, 0.4), min((family.sum() + 0.5) / pairs, 0.4)
        model = replace(model, m=m, matches=float(shares[0]), kin=float(shares[1]))
        if moved < SETTLED:
            break
    return model


def _kinds(levels: Levels, rarity: Floats) -> tuple[Levels, Floats, Doubles]:
    """Levels and rarity, in steps of `STEP`, of the different kinds of pairs, and how many pairs each kind has."""
    steps = np.clip(np.rint(rarity / STEP), -FURTHEST, FURTHEST).astype(np.int64)
    key = np.zeros(len(levels), np.int64)
    for column in levels.T:
        key = key * MOST_LEVELS + column + 1
    for column in steps.T:
        key = key * (2 * FURTHEST + 1) + column + FURTHEST
    _, first, each = np.unique(key, return_index=True, return_counts=True)
    return levels[first], (steps[first] * STEP).astype(np.float32), each.astype(np.float64)


def _never_for(m: Doubles, u: Doubles) -> Doubles:
    """m so that to differ never speaks for one person, where strangers differ less often than was expected of one person."""
    differ = min(float(m[0]), float(u[0]))
    return np.append(differ, m[1:] * ((1 - differ) / m[1:].sum()))


def _counts(levels: Levels, field: int, weights: Doubles | None = None) -> Doubles:
    known = levels[:, field] >= 0
    held = None if weights is None else weights[known]
    return np.bincount(levels[known, field], weights=held, minlength=len(FIELDS[field].prior)).astype(np.float64)


def _shares(counts: Doubles) -> Doubles:
    found: Doubles = (counts + NEVER) / (counts + NEVER).sum()
    return found
