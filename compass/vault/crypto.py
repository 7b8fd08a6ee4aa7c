"""Sealing of bytes: AES-256-GCM with the row's address as associated data, padded to buckets.

A sealed value is `format(1) | blob version(4, big endian) | nonce(12) | ciphertext and tag`. The blob version is in the
clear and authenticated, so that the trail can tell an old copy that was put back from the one that was written last.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from compass.problems import Unreadable

FORMAT = 1
KEY_BYTES = 32
NONCE_BYTES = 12
HEADER = struct.Struct(">BI")
SMALLEST_BUCKET = 128
LARGE_STEP = 4096


def new_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte subkey for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def _bucket(length: int) -> int:
    """Powers of two from 128 to 4,096 bytes, then steps of 4,096: lengths of names identify people."""
    size = SMALLEST_BUCKET
    while size < length and size < LARGE_STEP:
        size *= 2
    return size if size >= length else -(-length // LARGE_STEP) * LARGE_STEP


def pad(plain: bytes) -> bytes:
    body = struct.pack(">I", len(plain)) + plain
    return body.ljust(_bucket(len(body)), b"\0")


def unpad(padded: bytes) -> bytes:
    (length,) = struct.unpack_from(">I", padded)
    if length > len(padded) - 4:
        raise Unreadable
    return padded[4 : 4 + length]


def address(table: str, column: str, subject: UUID | str, version: int) -> bytes:
    """The associated data that ties a blob to its place: `table|column|subject|blob version` (DESIGN, the vault)."""
    return f"v{FORMAT}|{table}|{column}|{subject}|{version}".encode()


def seal_bytes(key: bytes, plain: bytes, *, table: str, column: str, subject: UUID | str, version: int) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, pad(plain), address(table, column, subject, version))
    return HEADER.pack(FORMAT, version) + nonce + sealed


def open_bytes(key: bytes, blob: bytes | memoryview, *, table: str, column: str, subject: UUID | str) -> bytes:
    """The plain bytes. Raises Unreadable when the blob was changed, cut, moved or belongs to another subject."""
    blob = bytes(blob)
    if len(blob) < HEADER.size + NONCE_BYTES + 16:
        raise Unreadable
    fmt, version = HEADER.unpack_from(blob)
    if fmt != FORMAT:
        raise Unreadable
    nonce = blob[HEADER.size : HEADER.size + NONCE_BYTES]
    try:
        padded = AESGCM(key).decrypt(nonce, blob[HEADER.size + NONCE_BYTES :], address(table, column, subject, version))
    except InvalidTag as error:
        raise Unreadable from error
    return unpad(padded)


def blob_version(blob: bytes | memoryview | None) -> int:
    """The version written in a blob's header; 0 for an empty one."""
    if not blob:
        return 0
    return int(HEADER.unpack_from(bytes(blob[: HEADER.size]))[1])


def digest(blob: bytes | memoryview) -> str:
    """The digest of a blob that the trail keeps (first 16 bytes of SHA-256, hexadecimal)."""
    return hashlib.sha256(bytes(blob)).hexdigest()[:32]


def to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def from_json(raw: bytes) -> Any:
    return json.loads(raw)
