"""The root key under a key of a PKCS#11 token (a hardware security module, a smart card), beside the custodians' words.

The token makes an AES key that never leaves it. With that the root key is sealed into `token.json`, beside
`custodians.json`; a server opens it when it starts, with the token and its PIN instead of two custodians. A copied disk
without the token opens nothing. While it runs, a server has the root key in its memory as it has with custodians, who
remain the escrow: a lost or broken token loses nothing. Source: PKCS #11 v2.40, 2.12.3 (CKM_AES_GCM).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pkcs11
from django.conf import settings
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass, exceptions

from compass.problems import PinLocked, PinRefused, TokenAway, TokenForeign
from compass.vault.crypto import KEY_BYTES, NONCE_BYTES

LABEL = "COMPASS root key"
ID_BYTES = 16
#: The key is made in the token and stays there; it seals and opens, nothing else.
_MADE = {
    Attribute.TOKEN: True,
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.MODIFIABLE: False,
    Attribute.ENCRYPT: True,
    Attribute.DECRYPT: True,
    Attribute.WRAP: False,
    Attribute.UNWRAP: False,
    Attribute.DERIVE: False,
    Attribute.SIGN: False,
    Attribute.VERIFY: False,
}


@dataclass(frozen=True)
class Kept:
    """What the file says. number: of the root key. key: identifier of the token's key. sealed: nonce and AES-GCM text."""

    number: int
    key: bytes
    sealed: bytes

    @property
    def context(self) -> bytes:
        return f"root|{self.number}|token".encode()


def path() -> Path:
    return Path(settings.COMPASS_CUSTODIANS_FILE).with_name("token.json")


def is_named() -> bool:
    """Whether the installation says where a token is (COMPASS_PKCS11_MODULE)."""
    return bool(settings.COMPASS_PKCS11_MODULE)


def kept() -> Kept | None:
    """What is kept for the token, if anything. Raises TokenForeign for a file that is damaged."""
    try:
        said = json.loads(path().read_text())
        return Kept(int(said["number"]), bytes.fromhex(said["key"]), bytes.fromhex(said["sealed"]))
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, ValueError) as error:
        raise TokenForeign from error


def put(number: int, root_key: bytes, pin: str) -> None:
    """Make a key in the token, seal the root key with it, and destroy the token's earlier key: older files open no more.

    Raises TokenAway, PinRefused, PinLocked.
    """
    with _session(pin, writes=True) as session:
        made = Kept(number, os.urandom(ID_BYTES), b"")
        key = session.generate_key(KeyType.AES, 8 * KEY_BYTES, id=made.key, label=LABEL, template=_MADE)
        nonce = os.urandom(NONCE_BYTES)
        text = key.encrypt(root_key, mechanism=Mechanism.AES_GCM, mechanism_param=GCMParams(nonce, made.context))
        made = Kept(number, made.key, nonce + bytes(text))
        _open(key, made)
        _write(made)
        for other in list(session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: LABEL})):
            if bytes(other.id) != made.key:
                other.destroy()


def take(pin: str) -> tuple[int, bytes]:
    """(number, root key). Raises TokenAway, PinRefused, PinLocked, and TokenForeign when file and token do not fit."""
    sealed = kept()
    if sealed is None:
        raise TokenForeign
    with _session(pin, writes=False) as session:
        try:
            key = session.get_key(object_class=ObjectClass.SECRET_KEY, id=sealed.key)
            return sealed.number, _open(key, sealed)
        except exceptions.PKCS11Error as error:
            raise TokenForeign from error


def forget(pin: str) -> None:
    """Destroy the token's key and the file: from then on two custodians are asked again. Raises as `take`."""
    with _session(pin, writes=True) as session:
        for key in list(session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: LABEL})):
            key.destroy()
    path().unlink(missing_ok=True)


def _open(key: Any, sealed: Kept) -> bytes:
    nonce, text = sealed.sealed[:NONCE_BYTES], sealed.sealed[NONCE_BYTES:]
    return bytes(key.decrypt(text, mechanism=Mechanism.AES_GCM, mechanism_param=GCMParams(nonce, sealed.context)))


def _write(made: Kept) -> None:
    said = {"number": made.number, "key": made.key.hex(), "sealed": made.sealed.hex()}
    draft = path().with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(json.dumps(said, indent=1) + "\n")
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path())


@contextmanager
def _session(pin: str, *, writes: bool) -> Iterator[Any]:
    try:
        token = pkcs11.lib(settings.COMPASS_PKCS11_MODULE).get_token(token_label=settings.COMPASS_PKCS11_TOKEN)
        session = token.open(rw=writes, user_pin=pin)
    except (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange) as error:
        raise PinRefused from error
    except (exceptions.PinLocked, exceptions.PinExpired) as error:
        raise PinLocked from error
    except (exceptions.PKCS11Error, RuntimeError, OSError) as error:
        raise TokenAway(why=type(error).__name__) from error
    try:
        yield session
    except exceptions.PKCS11Error as error:
        # It was pulled out, or cannot do what is asked of it.
        raise TokenAway(why=type(error).__name__) from error
    finally:
        session.close()
