"""Counting: the only way a figure comes to be. Nothing here sees a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from django.db import connection
from django.utils import timezone

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.programme.models import Snapshot

#: What a room above does with a snapshot that a results officer publishes; filled in its AppConfig.ready.
Publisher = Callable[[Work, "list[Publication]"], object]
PUBLISHERS: list[Publisher] = []


@dataclass(frozen=True, kw_only=True)
class Count(Command):
    """Count everything delivered up to `until`: yesterday, or the last day of a past month (UTC)."""

    until: date


@dataclass(frozen=True, kw_only=True)
class Publication(Command):
    """`id` is the snapshot whose figures are shown to the public."""


def yesterday() -> date:
    """The newest day that can be counted: the last one that is over, in UTC."""
    return timezone.now().astimezone(UTC).date() - timedelta(days=1)


def refresh_figures(until: date | None = None) -> Snapshot:
    """Take the snapshot up to a day (yesterday unless said), or return the last one while it is too soon for another.

    What is too soon: see sql.py. For the worker, the demonstration and tests; needs no unit of work. Raises
    django.db.DatabaseError (CS010) for any other day.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT compass_take_snapshot(%s)", [until or yesterday()])
        (pk,) = cursor.fetchone()
    return Snapshot.objects.get(pk=pk)


@action("programme.count", Snapshot)
def count_figures(work: Work, counts: list[Count]) -> list[Snapshot]:
    """Take snapshots as a colleague; the last one where it is too soon for another. Raises Denied."""
    work.demand("programme.count")
    return [refresh_figures(each.until) for each in counts]


def publish(work: Work, publications: list[Publication]) -> None:
    """Hand snapshots to the rooms that publish. Raises Denied, NotFound."""
    work.demand("programme.count")
    for publisher in PUBLISHERS:
        publisher(work, publications)
