"""Whose record a code names. The rooms that give codes say it; this one knows none of their tables."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from compass.access.work import Work

#: The identifier of the person whom a code, as it is stored, names for this colleague.
Reader = Callable[[Work, str], UUID | None]
_readers: list[Reader] = []


def codes_read_by(reader: Reader) -> None:
    """Registered by a room when it starts."""
    _readers.append(reader)


def person_of(work: Work, code: str) -> UUID | None:
    """Whom a code names among the people of the colleague's organisations; None for anybody else, known or not."""
    return next((found for reader in _readers if (found := reader(work, code))), None)
