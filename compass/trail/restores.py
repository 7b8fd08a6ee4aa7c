"""Restores in the chain: an entry of its own, written by `compass restore` right after the last one of the backup.

Entries that the chain had between the backup and the loss are gone with it. Signed checkpoints that left the machine may
name them; whoever verifies is told so, and says that the restore is known to them (`compass verify-trail --restored`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from compass.trail.chain import Draft, link
from compass.trail.checkpoints import Checkpoint

PURPOSE = "restore"


@dataclass(frozen=True)
class Restore:
    """After entry `ends` the chain goes on with one that was restored at `at` from the backup of `backup`."""

    ends: int
    at: datetime
    backup: datetime

    def lost(self, checkpoints: Sequence[Checkpoint]) -> list[Checkpoint]:
        """Those of the chain as it went on before the restore."""
        return [each for each in checkpoints if each.seq > self.ends and each.at < self.at]


def note(connection: psycopg.Connection[Any], *, at: datetime, backup: datetime) -> int:
    """Append the entry, as the owner and inside a transaction; returns the number of the entry before it."""
    row = connection.execute("SELECT seq, hash FROM trail_head WHERE id = 1 FOR UPDATE").fetchone()
    ends, previous = (row[0], bytes(row[1])) if row else (0, b"")
    events: list[dict[str, Any]] = [{"action": PURPOSE, "backup": backup.isoformat(), "ends": ends, "results": []}]
    body = Draft(None, None, PURPOSE, at, events=events).body()
    digest = link(previous, ends + 1, body)
    connection.execute(
        "INSERT INTO trail_entry (seq, at, purpose, body, hash) VALUES (%s, %s, %s, %s, %s)",
        [ends + 1, at, PURPOSE, body, digest],
    )
    connection.execute("UPDATE trail_head SET seq = %s, hash = %s WHERE id = 1", [ends + 1, digest])
    return int(ends)


def found(connection: psycopg.Connection[Any]) -> list[Restore]:
    """Every restore that the chain names, oldest first."""
    rows = connection.execute(
        "SELECT body FROM trail_entry WHERE purpose = %s AND actor IS NULL ORDER BY seq", [PURPOSE]
    ).fetchall()
    events = [(json.loads(body)["at"], json.loads(body)["events"][0]) for (body,) in rows]
    return [
        Restore(int(event["ends"]), datetime.fromisoformat(at), datetime.fromisoformat(event["backup"]))
        for at, event in events
    ]
