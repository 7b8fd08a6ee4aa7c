"""The erasure ledger outside of the database: one signed JSON line for each subject whose keys were destroyed for good,
`{"at", "number", "signature", "subject"}` (Ed25519, RFC 8032).

It lies beside the checkpoints and leaves the machine with them, for a database that is restored from an older backup knows
nothing of what was erased since: `compass restore` reads it and lets no key of these subjects in. Numbers count from 1
without a gap, so a line that was taken out is noticed; lines that are cut off at the end are not, unless a backup is newer.
It holds identifiers that nothing opens, and no one's data.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NAME = "erasures.jsonl"
#: Tables that hold the wrapped key of a subject, with the column that names it.
WRAPS = """
SELECT c.relname, s.attname FROM pg_class c
JOIN pg_attribute s ON s.attrelid = c.oid AND s.attname IN ('subject', 'subject_id') AND s.atttypid = 'uuid'::regtype
JOIN pg_attribute w ON w.attrelid = c.oid AND w.attname = 'wrapped' AND NOT w.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""


class BadLedger(Exception):
    """A line that is not one of the ledger, whose signature is not that of the key, or that does not follow."""


@dataclass(frozen=True)
class Line:
    """One subject whose keys were destroyed for good."""

    number: int
    subject: UUID
    at: datetime

    def message(self) -> bytes:
        """What is signed: canonical JSON behind a word that keeps the key from signing anything else."""
        return b"COMPASS erasure 1\n" + json.dumps(self._fields(), separators=(",", ":"), sort_keys=True).encode()

    def _fields(self) -> dict[str, str | int]:
        return {"at": self.at.isoformat(), "number": self.number, "subject": str(self.subject)}

    def signed(self, key: Ed25519PrivateKey) -> str:
        """One line of the file; the same line each time."""
        signature = base64.b64encode(key.sign(self.message())).decode()
        return json.dumps({**self._fields(), "signature": signature}, separators=(",", ":"), sort_keys=True) + "\n"


def read(text: str, key: Ed25519PublicKey) -> list[Line]:
    """Every line of an exported ledger, in its order. Raises BadLedger with the number of the line."""
    found: list[Line] = []
    for number, text_line in enumerate(text.splitlines(), start=1):
        try:
            said = json.loads(text_line)
            line = Line(int(said["number"]), UUID(said["subject"]), datetime.fromisoformat(said["at"]))
            key.verify(base64.b64decode(said["signature"], validate=True), line.message())
        except (ValueError, KeyError, TypeError, binascii.Error, InvalidSignature) as error:
            raise BadLedger(f"line {number} is not signed with this key") from error
        if line.number != number:
            raise BadLedger(f"line {number} is missing")
        found.append(line)
    return found


def exported(folder: Path) -> bytes:
    """The file a data protection officer downloads; empty when nobody was erased yet."""
    path = folder / NAME
    return path.read_bytes() if path.exists() else b""


def write(folder: Path, key: Ed25519PrivateKey, lines: Iterable[Line]) -> int:
    """Append what the file does not have yet and wait until it is on the disk; returns how many lines that were.

    A file that was cut or lost is written up to where the database is.
    """
    held = exported(folder).decode(errors="replace")
    if held and not held.endswith("\n"):
        # A crash in the middle of a line.
        held = held[: held.rfind("\n") + 1]
        os.truncate(folder / NAME, len(held.encode()))
    fresh = [line for line in lines if line.number > held.count("\n")]
    if not fresh:
        return 0
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    handle = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    with os.fdopen(handle, "a") as out:
        out.writelines(line.signed(key) for line in fresh)
        out.flush()
        os.fsync(out.fileno())
    return len(fresh)
