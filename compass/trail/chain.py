"""Appending to the chain and the arithmetic that verifies it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

from compass.vault.veil import PURPOSE, Veil

GENESIS = hashlib.sha256(b"COMPASS trail").digest()


def veil() -> Veil:
    """Under which this deployment's trail names people, rows and sealed values. Raises KeyAbsent, Locked."""
    from compass.vault.keys import system_key

    return Veil(system_key(PURPOSE))


@dataclass
class Draft:
    """What a unit of work has to say; `events` are (action, result identifiers, facts) without values.

    Subjects, results, and the rows and digests of what was sealed are written under the veil; who, when and what for, in
    the clear, and so are `public` rows, which anybody may read.
    """

    actor: UUID | None
    organisation_id: UUID | None
    purpose: str
    at: datetime
    session: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    subjects: dict[UUID, None] = field(default_factory=dict)
    public: dict[UUID, None] = field(default_factory=dict)
    sealed: list[tuple[str, str, str, str]] = field(default_factory=list)

    def body(self) -> str:
        """Canonical JSON: sorted keys, no spaces, identifiers as text.

        The key is asked for only where there is something to veil: who signs in wrongly or locks everything names nobody.
        """
        public = [str(row) for row in self.public]
        events = [_without(event, set(public)) if public else event for event in self.events]
        subjects, sealed = [str(s) for s in self.subjects], self.sealed
        named = [name for event in events for name in event.get("results", ())]
        if named or subjects or sealed:
            over = veil()
            veiled = iter(over.identifiers([*named, *subjects, *(row for _, _, row, _ in sealed)]))
            events = [
                {**event, "results": [next(veiled) for _ in event["results"]]} if "results" in event else event
                for event in events
            ]
            subjects = [next(veiled) for _ in subjects]
            digests = over.digests(digest for _, _, _, digest in sealed)
            sealed = [(t, c, next(veiled), digest) for (t, c, _, _), digest in zip(sealed, digests, strict=True)]
        return json.dumps(
            {
                "actor": str(self.actor) if self.actor else None,
                "at": self.at.isoformat(),
                "about": public,
                "events": events,
                "organisation": str(self.organisation_id) if self.organisation_id else None,
                "purpose": self.purpose,
                "sealed": sealed,
                "session": self.session,
                "subjects": subjects,
            },
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=True,
        )


def _without(event: dict[str, Any], public: set[str]) -> dict[str, Any]:
    return (
        {**event, "results": [name for name in event["results"] if name not in public]} if "results" in event else event
    )


def link(previous: bytes, seq: int, body: str) -> bytes:
    return hashlib.sha256(previous + str(seq).encode() + b"|" + body.encode()).digest()


def append(draft: Draft, *, using: str = "default") -> int:
    """Write one entry as the last statement of a transaction; returns its sequence number.

    The owner's function locks the head row, so that entries get their numbers in commit order.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT compass_trail_append(%s)", [draft.body()])
        return int(cursor.fetchone()[0])
