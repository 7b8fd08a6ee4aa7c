"""What the blind index keeps of a person, and what a search asks it.

Only a name with another attribute, two names, or a place with the whole day of birth: one of them alone would be known by
how often it occurs. The people of a pair are numbered, and each has a token of their own, made of the pair and the number.
No two people ever hold the same token, so that without the key the table is chance, whatever it is joined with. (With ten
people to a token a thief who knows when each of the ten came tells common names from rare ones; docs/threat-model.md has
the figures.) How many pairs a person has says something about the name; the number is therefore filled up to 16, 32, 64 or
128, first with what narrows them (a pair and one attribute more), then with nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import replace
from itertools import combinations
from struct import Struct
from typing import Any
from uuid import UUID

from compass.people.matching.folding import tokens
from compass.people.matching.keys import YEARS_APART, index_tokens, index_triples, search_tokens
from compass.people.matching.records import Name, Record
from compass.people.searching.also import FATHER, MOTHER, Also

BUCKETS = (16, 32, 64, 128)
NAMED = "name:"
_EIGHT = Struct(">8q")


def record_of(identity: dict[str, Any], contact: dict[str, Any], also: Also | None = None) -> Record:
    """What is sealed about a person (see Person), as the linker reads it; their own name stands first."""
    more = also or Also()
    own = Name(str(identity.get("given", "")), str(identity.get("family", "")))
    return Record(
        names=tuple(dict.fromkeys(name for name in (own, *more.names) if name != Name())),
        others=(str(identity["other"]),) if identity.get("other") else (),
        father=more.parent(FATHER),
        mother=more.parent(MOTHER),
        born=str(identity.get("birth_date") or identity.get("birth_year") or ""),
        born_estimated=bool(identity.get("birth_estimated")),
        places=(str(identity["place_of_origin"]),) if identity.get("place_of_origin") else (),
        phones=(str(contact["phone"]),) if contact.get("phone") else (),
        documents=more.documents,
    )


def readings(identity: dict[str, Any], contact: dict[str, Any], also: Also) -> list[Record]:
    """A record, and besides under each further name alone: another record of the person may hold no more than that.

    One name alone is no reading: it fits too many people.
    """
    whole = record_of(identity, contact, also)
    alone = (name for name in also.names if len(tokens(name.given)) > 1)
    return [whole, *(replace(whole, names=(name,), others=()) for name in alone)]


def kept(record: Record) -> list[str]:
    """The pairs that the index keeps of a record, at most 128, and what narrows them, in a stable order.

    Where there are more, what the first names are paired with goes before what later ones are. What narrows them takes the
    room that is left up to the next bucket, two names with the year first: it must not say more about the name than the
    number of pairs does.
    """
    found: dict[str, None] = {}
    for names in range(min(1, len(record.names)), len(record.names) + 1):
        more = index_tokens(replace(record, names=record.names[:names]))
        found.update(dict.fromkeys(sorted(more, key=lambda pair: (pair.count(NAMED) > 1, pair))))
        if len(found) >= BUCKETS[-1]:
            break
    pairs = list(found)[: BUCKETS[-1]]
    triples = sorted(index_triples(record), key=lambda triple: ("year:" not in triple, "place:" in triple, triple))
    return sorted([*pairs, *triples[: _bucket(len(pairs)) - len(pairs)]])


def _bucket(number: int) -> int:
    """How many places a person with so many pairs holds."""
    return next(size for size in (0, *BUCKETS) if size >= number)


def asked(record: Record) -> list[str]:
    """The pairs that a search asks for: as `kept`, with birth years up to three apart."""
    return sorted(search_tokens(record))


def narrower(record: Record, pairs: Collection[str]) -> list[str]:
    """What a search asks for where more people have one of these pairs than are looked up."""
    wide = [frozenset(pair.split("|")) for pair in pairs]
    triples = index_triples(record, years_apart=YEARS_APART)
    return sorted(triple for triple in triples if any(pair <= frozenset(triple.split("|")) for pair in wide))


def agreements(kept: str) -> frozenset[str]:
    """In what somebody agrees who has a pair, or a pair with what narrows it: "name|year"; two names by what they are."""
    parts = kept.split("|")
    if len(parts) == 2:
        return frozenset([_agreement(*parts)])
    return frozenset(_agreement(one, other) for one, other in combinations(parts, 2) if NAMED in one + other)


def _agreement(one: str, other: str) -> str:
    if one.startswith(NAMED) and other.startswith(NAMED):
        return f"{one}|{other}"
    return "|".join(sorted(half.partition(":")[0] for half in (one, other)))


class Tokens:
    """Digests under one organisation's index key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def at(self, pair: str, number: int) -> int:
        """The token of the person with this number, from 0, among those of a pair: a signed 64-bit integer."""
        return self._eight(pair, number // 8)[number % 8]

    def first(self, pair: str, end: int, *, after: int = 0) -> list[int]:
        """The tokens from number `after`, a multiple of eight, up to `end`."""
        blocks = range(after // 8, -(-end // 8))
        return [token for block in blocks for token in self._eight(pair, block)][: end - after]

    def _eight(self, pair: str, block: int) -> tuple[int, ...]:
        """One HMAC-SHA512 is eight tokens, which is what makes a frequent pair quick to ask for."""
        return _EIGHT.unpack(hmac.digest(self._key, f"{pair}|{block}".encode(), "sha512"))

    @staticmethod
    def filled(person: UUID, pairs: list[str]) -> list[str]:
        """The pairs of a person with invented ones up to the next bucket; a person without any keeps none."""
        return [*pairs, *(f"fill:{person}:{number}" for number in range(_bucket(len(pairs)) - len(pairs)))]
