"""A file that opens in a browser with a number and without COMPASS, and holds nothing readable until then.

AES-256-GCM under a key of PBKDF2-HMAC-SHA-256 over the digits. The number, 20 digits (66 bits) from the system's source of
chance, is shown once beside the person and stands in no file; with 600,000 rounds for each guess it is not found by trying.
"""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64encode
from html import escape
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

ROUNDS = 600_000
TEMPLATE = Path(__file__).resolve().parent / "typst" / "locked.html.in"
#: What is needed before it is opened; all else is inside.
OUTSIDE = ("title", "number_label", "open", "wrong")


def new_number() -> str:
    """Five groups of four digits."""
    return " ".join(f"{secrets.randbelow(10_000):04}" for _group in range(5))


def key_of(number: str, salt: bytes) -> bytes:
    """The key under which a file with this number is locked; spaces do not count."""
    digits = "".join(number.split()).encode()
    return PBKDF2HMAC(algorithm=SHA256(), length=32, salt=salt, iterations=ROUNDS).derive(digits)


def locked(content: dict[str, Any], data: str, number: str) -> bytes:
    """The file: `content` as the paper has it, and `data` (JSON) to be saved once it is open."""
    salt, nonce = os.urandom(16), os.urandom(12)
    inside = json.dumps({"content": content, "data": data}, ensure_ascii=False).encode()
    sealed = AESGCM(key_of(number, salt)).encrypt(nonce, inside, None)
    outside = {
        "salt": b64encode(salt).decode(), "nonce": b64encode(nonce).decode(), "sealed": b64encode(sealed).decode(),
        "rounds": ROUNDS, "words": {name: content[name] for name in OUTSIDE},
    }  # fmt: skip
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in (
        ("LANGUAGE", content["language"]), ("DIRECTION", content["direction"]), ("TITLE", content["title"]),
    ):  # fmt: skip
        text = text.replace(f"@{name}@", escape(value))
    # Within a script only the end of a script could end it.
    return text.replace("@SEALED@", json.dumps(outside, ensure_ascii=False).replace("<", "\\u003c")).encode()
