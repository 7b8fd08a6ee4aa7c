"""What must happen first for a child, asked of the best-interests procedure (R-CHI-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID


def return_blocks(people: Sequence[UUID]) -> Mapping[UUID, Sequence[str]]:
    """Codes of what must happen before each of these people may return; nothing for whom nothing stands in the way."""
    from compass.cases import queries

    found: Mapping[UUID, Sequence[str]] = queries.return_blocks(people)
    return found
