"""Codes that people read aloud: no meaning, no look-alike letters, a check character that finds one wrong or two
swapped characters (ISO 7064 MOD 37,36 on a reduced alphabet would need all 36; a weighted sum modulo the prime 31 does).
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ACDEFGHJKLMNPQRTUWXYZ"  # 31 characters: no B, I, O, S, V
LENGTH = 7


def _check(body: str) -> str:
    return ALPHABET[sum((index + 2) * ALPHABET.index(char) for index, char in enumerate(body)) % 31]


def new_code() -> str:
    """A random code of seven characters and a check character, written XXXX-XXXX (27 thousand million codes)."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{body[:4]}-{body[4:]}{_check(body)}"


def clean_code(text: str) -> str | None:
    """The code as stored, from what someone typed; None when it cannot be one."""
    body = "".join(c for c in text.upper().translate(str.maketrans("OIBSV", "0185U")) if c.isalnum())
    if len(body) != LENGTH + 1 or any(c not in ALPHABET for c in body) or _check(body[:-1]) != body[-1]:
        return None
    return f"{body[:4]}-{body[4:]}"
