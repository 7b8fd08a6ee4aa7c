"""Keys of rows that tell the quarter in which they were written, and not the minute."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

_VERSION = 7 << 76
_VARIANT = 0b10 << 62


@lru_cache(maxsize=4)
def _clock(year: int, quarter: int) -> int:
    """Milliseconds since 1970 at which a quarter (0 to 3) of a year begins, UTC."""
    return int(datetime(year, quarter * 3 + 1, 1, tzinfo=UTC).timestamp()) * 1000


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562, 5.7) whose clock is the beginning of the current quarter and whose other 74 bits are
    drawn at random (`secrets`); 6.1 of the RFC lets the clock be altered.

    It is the key of every row of every room: a clock that told the millisecond would say of a closed file when somebody
    came, after its columns were made coarse. The quarter is that of UTC, as in `compass.people.coarse`: a row that is
    written in the hours about midnight of a quarter's last day says the neighbouring quarter, never more.

    Identifiers of one quarter have no order. Whatever comes first or last is found by `recorded_at`, which differs for each
    row of a unit of work (`compass.access.work.Work.written`). They are never counted up, not even within one unit of work:
    two people written down together would be told from all others by neighbouring identifiers.
    """
    now = datetime.now(UTC)
    random = secrets.randbits(74)
    clock = _clock(now.year, (now.month - 1) // 3)
    return UUID(int=clock << 80 | _VERSION | (random >> 62) << 64 | _VARIANT | random & (1 << 62) - 1)


def clock_of(identifier: UUID) -> datetime | None:
    """The moment (UTC) that an identifier tells; None where it tells none. Versions 1 and 6 tell 100 nanoseconds since 1582,
    version 7 milliseconds since 1970."""
    ticks = {
        1: (identifier.int >> 64 & 0xFFF) << 48 | (identifier.int >> 80 & 0xFFFF) << 32 | identifier.int >> 96,
        6: (identifier.int >> 80) << 12 | identifier.int >> 64 & 0xFFF,
    }.get(identifier.version or 0)
    if ticks is not None:
        return datetime.fromtimestamp(ticks / 1e7 - 12219292800, UTC)
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC) if identifier.version == 7 else None
