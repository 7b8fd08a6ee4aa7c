"""Sealing and opening the free text of the room, always under the person's key and bound to its row and column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from compass.access.work import Work
from compass.people.models import AboutPerson


def seal_into(work: Work, row: AboutPerson, **values: Any) -> None:
    """Seal each value into the column of that name; an empty value leaves the column empty."""
    for column, value in values.items():
        if value in ("", None, {}, []):
            continue
        sealed = work.keys.seal(
            value,
            table=row._meta.db_table,
            column=column,
            subject=row.person_id,
            row=row.pk,
            after=getattr(row, column),
        )
        setattr(row, column, sealed)


def open_from(work: Work, row: AboutPerson, column: str) -> Any:
    """What a column holds; None when it is empty. Raises KeyAbsent, Unreadable."""
    blob = getattr(row, column)
    return work.keys.open(blob, table=row._meta.db_table, column=column, subject=row.person_id, row=row.pk)


def load_keys(work: Work, rows: Iterable[AboutPerson]) -> None:
    """Unwrap the keys of all these people in one query."""
    work.keys.load(row.person_id for row in rows)
