"""Where the root key comes from. A provider wraps and unwraps 32-byte keys and never gives the root key away.

The demonstration uses a file; `serve` in operation refuses one that others can read (`compass check`). Other providers
(custodians' shares, PKCS#11) implement the same two methods.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from compass.problems import KeyAbsent, Unreadable
from compass.vault import crypto


class RootKey(Protocol):
    def wrap(self, key: bytes, context: str) -> bytes: ...

    def unwrap(self, wrapped: bytes | memoryview, context: str) -> bytes: ...

    def subkey(self, purpose: str) -> bytes: ...


def wrap(outer: bytes, key: bytes, context: str) -> bytes:
    nonce = os.urandom(crypto.NONCE_BYTES)
    return nonce + AESGCM(outer).encrypt(nonce, key, context.encode())


def unwrap(outer: bytes, wrapped: bytes | memoryview, context: str) -> bytes:
    wrapped = bytes(wrapped)
    try:
        return AESGCM(outer).decrypt(wrapped[: crypto.NONCE_BYTES], wrapped[crypto.NONCE_BYTES :], context.encode())
    except InvalidTag as error:
        raise Unreadable from error


class FileRootKey:
    """A root key of 32 bytes in a file (mode 0400)."""

    def __init__(self, path: Path) -> None:
        self._key = path.read_bytes()
        if len(self._key) != crypto.KEY_BYTES:
            raise Unreadable

    def wrap(self, key: bytes, context: str) -> bytes:
        return wrap(self._key, key, context)

    def unwrap(self, wrapped: bytes | memoryview, context: str) -> bytes:
        return unwrap(self._key, wrapped, context)

    def subkey(self, purpose: str) -> bytes:
        return crypto.derive(self._key, purpose)


@lru_cache(maxsize=1)
def root_key() -> RootKey:
    """The deployment's root key. Raises KeyAbsent in a process that was given none (the public one)."""
    from django.conf import settings

    path: str = settings.COMPASS_ROOT_KEY_FILE
    if not path:
        raise KeyAbsent
    return FileRootKey(Path(path))


@lru_cache(maxsize=32)
def system_key(purpose: str) -> bytes:
    """A subkey of the root for data that belongs to no person: sessions, second factors."""
    return root_key().subkey(f"system|{purpose}")
