"""What the machine knows of the custodians' root key: its number and a check value, beside each other in `custodians.json`.

The database keeps the same from its first preparation on, and says which number counts.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error

from compass.problems import WordsOfAnotherKey, WordsOfOlderKey
from compass.vault.models import RootKeyRecord
from compass.vault.root import FILE, HeldKey


@dataclass(frozen=True)
class Known:
    """Check values by number, and the number that records are wrapped under; during a rotation the one before counts too."""

    checks: dict[int, bytes]
    counts: frozenset[int]


def path() -> Path:
    return Path(settings.COMPASS_CUSTODIANS_FILE)


def noted() -> dict[int, bytes]:
    """Check values by number as the file has them; empty where no custodians' key was made."""
    try:
        said = json.loads(path().read_text())
    except FileNotFoundError:
        return {}
    return {int(entry["number"]): bytes.fromhex(entry["check"]) for entry in said["keys"]}


def note(number: int, check: bytes) -> None:
    """Write a key's number and check value, in the place of one of that number that never came into force."""
    keys = {**noted(), number: check}
    content = json.dumps({"keys": [{"number": n, "check": c.hex()} for n, c in sorted(keys.items())]}, indent=1) + "\n"
    path().parent.mkdir(parents=True, exist_ok=True)
    draft = path().with_suffix(".new")
    with draft.open("w") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path())


def known() -> Known:
    """From the database when it is prepared, and from the file."""
    from_file = noted()
    try:
        rows = list(RootKeyRecord.objects.order_by("number"))
    except Error:
        rows = []
    if not rows:
        return Known(from_file, frozenset(from_file))
    newest = rows[-1]
    counts = {newest.number} if newest.finished_at or newest.before is None else {newest.number, newest.before}
    # A newer one in the file alone was shown to custodians and never came into force.
    earlier = {number: check for number, check in from_file.items() if number < newest.number}
    return Known({**earlier, **{row.number: bytes(row.check_value) for row in rows}}, frozenset(counts))


def number_of(key: HeldKey) -> int:
    """The number of a key that was put together from words. Raises WordsOfOlderKey, WordsOfAnotherKey."""
    found = known()
    number = next((n for n, check in found.checks.items() if hmac.compare_digest(check, key.check)), None)
    if number is None:
        raise WordsOfAnotherKey
    if number not in found.counts:
        raise WordsOfOlderKey(number=number, current=max(found.counts))
    return number


def register(number: int, key: HeldKey) -> None:
    """Tell the database, once, which root key it is prepared with. The owner's work; raises WordsOfAnotherKey."""
    row, made = RootKeyRecord.objects.get_or_create(number=number, defaults={"check_value": key.check})
    if not made and not hmac.compare_digest(bytes(row.check_value), key.check):
        raise WordsOfAnotherKey


def in_hands() -> bool:
    """Whether custodians hold a root key of this installation."""
    return any(number != FILE for number in known().counts)


def is_file() -> bool:
    """Whether the root key of this process lies in a file, as in a demonstration."""
    return bool(settings.COMPASS_ROOT_KEY_FILE) and not settings.COMPASS_ROOT_KEY_FD
