"""Entries in a second with one and eight writers, beside a plain insert of the same text without a chain; fsync on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from compass.config.bench.machine import Figures, connect, machine, place

SECONDS = 5.0


def _writers(number: int, write: Callable[[], None], close: Callable[[], None]) -> float:
    done = [0] * number
    stop = time.perf_counter() + SECONDS

    def run(which: int) -> None:
        while time.perf_counter() < stop:
            write()
            done[which] += 1
        close()

    threads = [threading.Thread(target=run, args=(which,)) for which in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS


def run() -> tuple[Figures, list[tuple[str, str, str]]]:
    """Whole units of work (scope, one entry with a subject, commit) against plain inserts of the same body."""
    with place() as cluster:
        connect(cluster)
        from django.db import connection, transaction
        from uuid6 import uuid7

        from compass.access.actor import Actor
        from compass.access.models import User
        from compass.access.work import unit_of_work
        from compass.trail.verify import count, verify

        actor = Actor.of(User.objects.get(username="zinder.social"))
        with cluster.connect("compass_owner", "compass") as owner:
            on = machine(owner)
            owner.execute("CREATE TABLE bench_plain (id bigserial PRIMARY KEY, body text)")
            owner.execute("GRANT INSERT ON bench_plain TO compass_app")
            owner.execute("GRANT USAGE ON SEQUENCE bench_plain_id_seq TO compass_app")

        def chained() -> None:
            with unit_of_work(actor, "bench") as work:
                work.draft.subjects[uuid7()] = None
                work.record("bench.write", count=1)

        def insert() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO bench_plain (body) VALUES (%s)", ["x" * 400])

        figures: Figures = {}
        for writers in (1, 8):
            figures[f"entries_per_s_{writers}"] = _writers(writers, chained, lambda: connection.close())
            figures[f"plain_per_s_{writers}"] = _writers(writers, insert, lambda: connection.close())
        with cluster.connect("compass_owner", "compass") as owner:
            started = time.perf_counter()
            finding, entries = verify(owner), count(owner)
            figures["verified_per_s"] = entries / (time.perf_counter() - started)
            figures["right"] = finding is None
    rows = [
        (
            f"entries in a second, {writers} writer{'s' if writers > 1 else ''}",
            f"{figures[f'entries_per_s_{writers}']:,.0f}",
            f"{figures[f'entries_per_s_{writers}'] / figures[f'plain_per_s_{writers}']:.2f}x a plain insert"
            f" ({figures[f'plain_per_s_{writers}']:,.0f})",
        )
        for writers in (1, 8)
    ]
    rows.append(("entries verified in a second", f"{figures['verified_per_s']:,.0f}", f"right: {figures['right']}"))
    return {"machine": on, **figures}, rows
