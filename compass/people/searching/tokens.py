"""What the blind index keeps of a person, and what a search asks it.

Only pairs of attributes one of which is a name, and pairs of two names: a name alone would be known by how often it
occurs. Each pair is a chain of sub-tokens of at most ten people, so that a frequent pair looks like many rare ones. How
many pairs a person has says something about the name; the number is therefore filled up to 8, 16, 32 or 64 with chains
of invented pairs, whose sizes are spread as those of real ones are.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from compass.people.matching.keys import index_tokens, search_tokens
from compass.people.matching.records import Name, Record

#: People of one sub-token (DESIGN.md, the vault).
TEN = 10
BUCKETS = (8, 16, 32, 64)
#: Invented pairs are drawn from 2^8 to 2^18 chains, the small numbers more often: as few common and many rare names.
_LEAST_POOL, _POOLS = 8.0, 10.0
NAMED = "name:"


def record_of(identity: dict[str, Any], contact: dict[str, Any]) -> Record:
    """What is sealed about a person (see Person), as the linker reads it."""
    return Record(
        names=tuple(
            name
            for name in (
                Name(str(identity.get("given", "")), str(identity.get("family", ""))),
                Name(str(identity.get("other", ""))),
            )
            if name != Name()
        ),
        born=str(identity.get("birth_date") or identity.get("birth_year") or ""),
        born_estimated=bool(identity.get("birth_estimated")),
        places=(str(identity["place_of_origin"]),) if identity.get("place_of_origin") else (),
        phones=(str(contact["phone"]),) if contact.get("phone") else (),
    )


def kept(record: Record) -> list[str]:
    """The pairs that the index keeps of a record, at most 64, in a stable order."""
    return sorted(_named(index_tokens(record)))[: BUCKETS[-1]]


def asked(record: Record) -> list[str]:
    """The pairs that a search asks for: as `kept`, with birth years up to three apart."""
    return sorted(_named(search_tokens(record)))


def kind(pair: str) -> str:
    """The two attributes of a pair: "name|year"."""
    first, second = (half.partition(":")[0] for half in pair.split("|"))
    return f"{first}|{second}"


def _named(pairs: Iterable[str]) -> Iterable[str]:
    return (pair for pair in pairs if NAMED in pair)


class Tokens:
    """Digests under one organisation's index key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def at(self, pair: str, number: int) -> int:
        """Sub-token `number` of a pair: a signed 64-bit integer."""
        return int.from_bytes(self._digest(f"{pair}|{number}")[:8], "big", signed=True)

    def filled(self, person: UUID, pairs: list[str]) -> list[str]:
        """The pairs of a person with invented ones up to the next bucket; a person without any keeps none."""
        if not pairs:
            return []
        wanted = next(size for size in BUCKETS if size >= len(pairs))
        return [*pairs, *self._invented(person, wanted - len(pairs))]

    def _invented(self, person: UUID, number: int) -> list[str]:
        found: dict[str, None] = {}
        tries = 0
        while len(found) < number:
            share = int.from_bytes(self._digest(f"fill|{person}|{tries}")[:7], "big") / 2**56
            found[f"fill:{int(2 ** (_LEAST_POOL + _POOLS * share))}"] = None
            tries += 1
        return list(found)

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), "sha256")
