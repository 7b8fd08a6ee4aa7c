"""The strongest thief of a stolen index that we could write: he has the program and every frequency of names, and no key.

He joins what lies in the table with the columns that are clear: people and sex, which say most about a name, and when each
came. He rehearses: the same program, under a key of his own, over as many invented people of the same frequencies. Of each
person he then looks at the number of tokens, how many others hold them, how many of those are of the same people and sex,
and within what time they came (ten of a common name come within days, ten of a rare one within years), and a forest of
decision trees for each people and sex learns which name looks like that. The floor is calling everyone by the commonest
name of their people and sex.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from compass.config.bench.crowd import Invented
from compass.people.matching.folding import skeleton, tokens
from compass.people.searching.tokens import Tokens, kept, record_of

#: Four peoples of the demonstration: with few, the names of each are as frequent as those of a large country's people.
ONLY = ("amhara", "edo", "hausa_niger", "zarma")
#: The tokens of each person, in the order in which they came.
Design = Callable[[Iterable[Invented]], Iterable[list[int]]]


def identifier(number: int) -> UUID:
    return UUID(int=number)


def as_built(key: bytes, together: int = 1) -> Design:
    """What the program writes; `together` people to a token, as it was once designed with ten."""

    def design(people: Iterable[Invented]) -> Iterable[list[int]]:
        digests, taken = Tokens(key), Counter[str]()
        for number, person in enumerate(people):
            pairs = kept(record_of(person.identity, person.contact))
            yield [
                *(digests.at(pair, taken[pair] // together) for pair in pairs),
                *(digests.at(pair, 0) for pair in digests.filled(identifier(number), pairs)[len(pairs) :]),
            ]
            taken.update(pairs)

    return design


def single_names(key: bytes) -> Design:
    """The weak design: a digest of each given name."""
    digests = Tokens(key)
    return lambda people: ([digests.at(skeleton(tokens(person.identity["given"])[0]), 0)] for person in people)


@dataclass(frozen=True)
class Stolen:
    """Of each person: a number for people and sex, and the name; of each row of the table: person and token."""

    kind: np.ndarray
    name: np.ndarray
    person: np.ndarray
    token: np.ndarray

    @classmethod
    def of(cls, people: Iterable[Invented], design: Design, kinds: dict, names: dict) -> Stolen:
        kind, name = [], []

        def noted() -> Iterable[Invented]:
            for each in people:
                kind.append(kinds.setdefault((each.people, each.sex), len(kinds)))
                name.append(names.setdefault(each.name, len(names)))
                yield each

        person, token = array("i"), array("q")
        for number, row in enumerate(design(noted())):
            person.extend([number] * len(row))
            token.extend(row)
        return cls(np.array(kind), np.array(name), np.array(person), np.array(token))


def looks(stolen: Stolen) -> np.ndarray:
    """One row for each person; see above."""
    people = len(stolen.kind)
    _, place = np.unique(stolen.token, return_inverse=True)
    size = np.bincount(place)
    first, last = np.full(len(size), people), np.zeros(len(size), int)
    np.minimum.at(first, place, stolen.person)
    np.maximum.at(last, place, stolen.person)
    span = (last - first) / people
    kinds = stolen.kind.max() + 1
    of_kind = np.bincount(place * kinds + stolen.kind[stolen.person], minlength=len(size) * kinds)
    same = of_kind[place * kinds + stolen.kind[stolen.person]]
    many, mine = size[place] >= 10, same - 1 >= 0.6 * (size[place] - 1)

    def count(rows: np.ndarray) -> np.ndarray:
        return np.bincount(stolen.person, rows, minlength=people)

    def least(value: np.ndarray, number: int) -> np.ndarray:
        """The smallest values of each person's places, in order."""
        order = np.lexsort((value, stolen.person))
        of = stolen.person[order]
        rank = np.arange(len(of)) - np.searchsorted(of, of)
        found = np.full((people, number), 9.0)
        found[of[rank < number], rank[rank < number]] = value[order][rank < number]
        return found

    counted = [count(np.ones(len(place))), count(many), count(size[place] == 1), count(same - 1)]
    return np.column_stack(
        [
            *counted,
            least(np.where(many, span[place], 9.0), 5),
            least(np.where(many & mine, span[place], 9.0), 5),
            least(np.where(many & ~mine, span[place], 9.0), 5),
            least(-same.astype(float), 4),
            least(-size[place].astype(float), 4),
        ]
    )


def gain(known: Stolen, stolen: Stolen) -> tuple[float, float]:
    """(the floor, what the thief names beyond it), as shares of the stolen people."""
    here, there = looks(known), looks(stolen)
    floor = right = 0
    for kind in range(known.kind.max() + 1):
        mine, theirs = known.kind == kind, stolen.kind == kind
        names, meant = known.name[mine], stolen.name[theirs]
        floor += int((meant == np.bincount(names).argmax()).sum())
        leaf = max(5, len(names) // 300)
        forest = RandomForestClassifier(100, min_samples_leaf=leaf, max_samples=min(len(names), 50_000), random_state=1)
        right += int((forest.fit(here[mine], names).predict(there[theirs]) == meant).sum())
    return floor / len(stolen.kind), (right - floor) / len(stolen.kind)
