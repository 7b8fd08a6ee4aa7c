"""Invented people in numbers, whose names are as unequal as real ones: a few are common, most are rare (Zipf).

The lists are those of the demonstration. `crowd` also is what a thief knows of a country: names, frequencies, years.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any

from compass.config.demo.names import Entry, Group, groups

FIRST_YEAR, LAST_YEAR = 1955, 2020
TOLD_PLACE, TOLD_NUMBER, ONE_NAME = 0.7, 0.5, 0.05


@dataclass(frozen=True)
class Invented:
    """Someone as a desk writes them down; `name` is the given name in its usual spelling."""

    people: str
    sex: str
    name: str
    identity: dict[str, Any]
    contact: dict[str, Any]


class _Draw:
    """Draws entries with the frequency 1 / rank."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self._entries = entries
        self._weights = list(accumulate(1 / rank for rank in range(1, len(entries) + 1)))

    def one(self, random: Random) -> Entry:
        return random.choices(self._entries, cum_weights=self._weights)[0]


class _People:
    def __init__(self, group: Group) -> None:
        self.id = group.id
        self._given = {sex: _Draw(entries) for sex, entries in group.given.items()}
        self._family = _Draw(group.family or group.given["male"])
        self._places = _Draw(group.places)

    def one(self, random: Random) -> Invented:
        sex = random.choice(sorted(self._given))
        given = self._given[sex].one(random)
        identity: dict[str, Any] = {"given": _spelt(given, random), "birth_year": random.randint(FIRST_YEAR, LAST_YEAR)}
        if random.random() > ONE_NAME:
            identity["family"] = _spelt(self._family.one(random), random)
        if random.random() < TOLD_PLACE:
            identity["place_of_origin"] = self._places.one(random).latin[0]
        phone = f"+000 {random.randrange(10**7, 10**8)}"
        contact = {"phone": phone} if random.random() < TOLD_NUMBER else {}
        return Invented(self.id, sex, given.latin[0], identity, contact)


def _spelt(entry: Entry, random: Random) -> str:
    return entry.latin[0] if random.random() < 0.8 else random.choice(entry.latin)


def crowd(number: int, seed: int, only: Sequence[str] = ()) -> Iterator[Invented]:
    """So many people of all peoples of the demonstration or of `only` these; the same seed gives the same ones."""
    random = Random(seed)  # noqa: S311 a seed, not a secret
    peoples = [_People(groups()[name]) for name in only or sorted(groups())]
    for _ in range(number):
        yield random.choice(peoples).one(random)
