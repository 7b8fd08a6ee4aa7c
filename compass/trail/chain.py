"""Appending to the chain and the arithmetic that verifies it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

GENESIS = hashlib.sha256(b"COMPASS trail").digest()


@dataclass
class Draft:
    """What a unit of work has to say; `events` are (action, result identifiers, facts) without values."""

    actor: UUID | None
    organisation_id: UUID | None
    purpose: str
    at: datetime
    session: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    subjects: dict[UUID, None] = field(default_factory=dict)
    sealed: list[tuple[str, str, str, str]] = field(default_factory=list)

    def body(self) -> str:
        """Canonical JSON: sorted keys, no spaces, identifiers as text."""
        return json.dumps(
            {
                "actor": str(self.actor) if self.actor else None,
                "at": self.at.isoformat(),
                "events": self.events,
                "organisation": str(self.organisation_id) if self.organisation_id else None,
                "purpose": self.purpose,
                "sealed": self.sealed,
                "session": self.session,
                "subjects": [str(s) for s in self.subjects],
            },
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=True,
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
