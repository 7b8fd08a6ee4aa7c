"""Where the root key comes from. A provider wraps and unwraps 32-byte keys and never gives the root key away.

Root keys are numbered. In operation the custodians' words make them, from 1 on, and they are in memory only; number 0 is
the file of a demonstration. During a rotation a process holds two: the database hands the other one on, wrapped under the
one it has (`learn`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from compass.problems import KeyAbsent, RootKeyAway, Unreadable
from compass.vault import crypto
from compass.vault.ring import Ring

FILE = 0
#: Stands for the deployment in the table of organisation keys.
SYSTEM = UUID(int=0)
CHECK_BYTES = 16
#: Seconds between two looks for a root key that a rotation hands on (`compass.vault.locking`).
LOOK_EVERY = 2.0
_SET_DUMPABLE = 4  # PR_SET_DUMPABLE of prctl(2)


class RootKey(Protocol):
    def wrap(self, key: bytes, context: str) -> bytes: ...

    def unwrap(self, wrapped: bytes | memoryview, context: str) -> bytes: ...

    def subkey(self, purpose: str) -> bytes: ...


def context(organisation_id: UUID, version: int) -> str:
    """What an organisation's key is bound to when the root key wraps it."""
    return f"organisation|{organisation_id}|{version}"


def system_subkey(outer: bytes, purpose: str) -> bytes:
    """What `keys.system_key` gives, from the deployment's own key."""
    return crypto.derive(outer, f"system|{purpose}")


def wrap(outer: bytes, key: bytes, context: str) -> bytes:
    nonce = os.urandom(crypto.NONCE_BYTES)
    return nonce + AESGCM(outer).encrypt(nonce, key, context.encode())


def unwrap(outer: bytes, wrapped: bytes | memoryview, context: str) -> bytes:
    wrapped = bytes(wrapped)
    try:
        return AESGCM(outer).decrypt(wrapped[: crypto.NONCE_BYTES], wrapped[crypto.NONCE_BYTES :], context.encode())
    except InvalidTag as error:
        raise Unreadable from error


class HeldKey:
    """A root key of 32 bytes in this process's memory, from custodians or from the file of a demonstration."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        if len(self._key) != crypto.KEY_BYTES:
            raise Unreadable

    def wrap(self, key: bytes, context: str) -> bytes:
        return wrap(self._key, key, context)

    def unwrap(self, wrapped: bytes | memoryview, context: str) -> bytes:
        return unwrap(self._key, wrapped, context)

    def subkey(self, purpose: str) -> bytes:
        return crypto.derive(self._key, purpose)

    @property
    def check(self) -> bytes:
        """16 bytes that tell this key from any other and open nothing."""
        return self.subkey("check")[:CHECK_BYTES]


def handed_on(number: int, under: int) -> str:
    """The context under which a rotation wraps one root key by another."""
    return f"root|{number}|{under}"


@lru_cache(maxsize=1)
def ring() -> Ring:
    """The root keys of this process. Raises KeyAbsent in one that was given none (the public one)."""
    from django.conf import settings

    if settings.COMPASS_ROOT_KEY_FD:
        leave_no_trace()
        return Ring.inherited(int(settings.COMPASS_ROOT_KEY_FD))
    if settings.COMPASS_ROOT_KEY_FILE:
        return Ring({FILE: Path(settings.COMPASS_ROOT_KEY_FILE).read_bytes()})
    raise KeyAbsent


def root_key(number: int | None = None) -> HeldKey:
    """One root key of the deployment; the newest that this process holds without a number.

    Raises KeyAbsent in a process that was given none, RootKeyAway when this one was not handed on to it.
    """
    held = ring()
    if number is None:
        number = held.newest()
    if held.get(number) is None:
        learn(held)
    key = held.get(number)
    if key is None:
        raise RootKeyAway(number=number)
    return HeldKey(key)


def learn(held: Ring) -> None:
    """Take over what a rotation under way hands on, in either direction; one query."""
    from compass.vault.models import RootKeyRecord

    for row in RootKeyRecord.objects.exclude(before=None).filter(finished_at=None):
        before = row.before or FILE
        for known, other, wrapped in ((before, row.number, row.wrapped), (row.number, before, row.before_wrapped)):
            key = held.get(known)
            if key is not None and held.get(other) is None:
                held.add(other, unwrap(key, wrapped, handed_on(other, known)))


def leave_no_trace() -> None:
    """No core dump of this process, and no look into its memory or files by others of the same user (Linux).

    Python copies bytes as it likes: what was freed may stay in memory until it is used again. Swap must be off or encrypted.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
