"""Signed checkpoints of the chain: one JSON line each, `{"at", "hash", "seq", "signature"}` (Ed25519, RFC 8032).

Where the private key lives and who can forge, said plainly: the worker signs with the key in
COMPASS_CHECKPOINT_KEY_FILE, which lies on its machine (mode 0400). Who controls that machine can sign a false checkpoint of
a chain that was written anew. What they cannot do is change a copy that has already left the machine: therefore a data
protection officer downloads the file regularly, keeps it elsewhere with the public key, and runs `compass verify-trail
--checkpoints FILE --public-key FILE`. The officer needs no secret to verify, and cannot forge. An operator who wants the
key apart runs the worker, or only this task, on a machine of its own.

A checkpoint is due after 100 entries or one hour, looked at every minute. What was written after the last exported
checkpoint is the window in which a cut at the end of the chain is not found.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

ENTRIES = 100
EVERY = timedelta(hours=1)
NAME = "checkpoints.jsonl"


class BadCheckpoint(Exception):
    """A line that is not a checkpoint, or whose signature is not that of the key."""


@dataclass(frozen=True)
class Checkpoint:
    """The head of the chain at a moment: after `seq` entries its hash was `hash`."""

    seq: int
    hash: bytes
    at: datetime

    def message(self) -> bytes:
        """What is signed: canonical JSON behind a word that keeps the key from signing anything else."""
        return b"COMPASS checkpoint 1\n" + json.dumps(self._fields(), separators=(",", ":"), sort_keys=True).encode()

    def _fields(self) -> dict[str, str | int]:
        return {"at": self.at.isoformat(), "hash": self.hash.hex(), "seq": self.seq}

    def signed(self, key: Ed25519PrivateKey) -> str:
        """One line of the file."""
        signature = base64.b64encode(key.sign(self.message())).decode()
        return json.dumps({**self._fields(), "signature": signature}, separators=(",", ":"), sort_keys=True) + "\n"


def parse(line: str, key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint of a line. Raises BadCheckpoint."""
    try:
        said = json.loads(line)
        found = Checkpoint(int(said["seq"]), bytes.fromhex(said["hash"]), datetime.fromisoformat(said["at"]))
        key.verify(base64.b64decode(said["signature"], validate=True), found.message())
    except (ValueError, KeyError, TypeError, binascii.Error, InvalidSignature) as error:
        raise BadCheckpoint from error
    return found


def read(text: str, key: Ed25519PublicKey) -> list[Checkpoint]:
    """Every checkpoint of an exported file, in its order. Raises BadCheckpoint with the number of the line."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            found.append(parse(line, key))
        except BadCheckpoint as error:
            raise BadCheckpoint(f"line {number} is not a checkpoint signed with this key") from error
    return found


def public_key(pem: bytes) -> Ed25519PublicKey:
    """Raises BadCheckpoint for a key of another kind."""
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise BadCheckpoint("this is not a public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadCheckpoint("this is not an Ed25519 public key")
    return key


def private_key(pem: bytes) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise BadCheckpoint("this is not an Ed25519 private key")
    return key


def exported(folder: Path) -> bytes:
    """The file a data protection officer downloads; empty when nothing was signed yet. It holds no one's data."""
    path = folder / NAME
    return path.read_bytes() if path.exists() else b""


def last(folder: Path) -> Checkpoint | None:
    """The newest line of the file, as it stands (its signature is checked by who verifies)."""
    lines = exported(folder).decode().splitlines()
    for line in reversed(lines):
        try:
            said = json.loads(line)
            return Checkpoint(int(said["seq"]), bytes.fromhex(said["hash"]), datetime.fromisoformat(said["at"]))
        except (ValueError, KeyError, TypeError):
            continue
    return None


def due(previous: Checkpoint | None, seq: int, now: datetime) -> bool:
    """Whether a checkpoint should be signed: something new, and 100 entries or an hour since the last."""
    if previous is None:
        return seq > 0
    return seq > previous.seq and (seq - previous.seq >= ENTRIES or now - previous.at >= EVERY)


def write(folder: Path, key: Ed25519PrivateKey, head: Checkpoint) -> None:
    """Append a signed line and wait until it is on the disk."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    handle = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    with os.fdopen(handle, "a") as out:
        out.write(head.signed(key))
        out.flush()
        os.fsync(out.fileno())


def newest(found: Iterable[Checkpoint]) -> Checkpoint | None:
    return max(found, key=lambda c: c.seq, default=None)
