"""Identifiers and digests as the trail writes them: without the deployment's key they lead to no row and to no sealed value.

The trail tells the minute. Would it name people and rows by the identifiers of the tables, whoever carries the disk away
would know when each closed file began, whatever its columns say. One block of AES-256 stands for each 16 bytes, always the
same, so that "who saw this person" is one look-up, and whoever has the key reads it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB

from compass.vault import crypto
from compass.vault.root import SYSTEM, HeldKey, context, system_subkey

#: Of the deployment's key for it (`keys.system_key`).
PURPOSE = "trail"


class Veil:
    """Lists in, lists of the same order out."""

    def __init__(self, key: bytes) -> None:
        # Blocks of their own for identifiers and for digests. ECB of single blocks is a permutation: no pattern to be seen.
        self._identifiers = Cipher(AES256(crypto.derive(key, "identifiers")), ECB())  # noqa: S305
        self._digests = Cipher(AES256(crypto.derive(key, "digests")), ECB())  # noqa: S305

    @classmethod
    def by_root(cls, connection: psycopg.Connection[Any], root_key: bytes) -> Veil | None:
        """That of a database, for a command of its owner; None where nothing was ever sealed. Raises Unreadable."""
        row = connection.execute(
            "SELECT version, wrapped FROM vault_organisationkey WHERE organisation_id = %s ORDER BY version DESC LIMIT 1",
            [SYSTEM],
        ).fetchone()
        return cls(system_subkey(HeldKey(root_key).unwrap(row[1], context(SYSTEM, row[0])), PURPOSE)) if row else None

    def identifiers(self, values: Iterable[UUID | str]) -> list[str]:
        """As text of the form of a UUID."""
        plain = b"".join((value if isinstance(value, UUID) else UUID(value)).bytes for value in values)
        return [str(UUID(bytes=block)) for block in _blocks(self._identifiers.encryptor().update(plain))]

    def lifted(self, values: Iterable[UUID | str]) -> list[UUID]:
        """The identifiers of the tables again."""
        veiled = b"".join((value if isinstance(value, UUID) else UUID(value)).bytes for value in values)
        return [UUID(bytes=block) for block in _blocks(self._identifiers.decryptor().update(veiled))]

    def digests(self, values: Iterable[str]) -> list[str]:
        """Of digests of `crypto.digest`: 32 hexadecimal digits each."""
        plain = b"".join(bytes.fromhex(value) for value in values)
        return [block.hex() for block in _blocks(self._digests.encryptor().update(plain))]


def _blocks(content: bytes) -> list[bytes]:
    return [content[start : start + 16] for start in range(0, len(content), 16)]
