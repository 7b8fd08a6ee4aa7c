"""Entries in a second with one and eight writers, beside a plain insert of the same text without a chain; fsync on.

Each writer is a process of its own, as the web's workers are.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from compass.config.bench.machine import Figures, connect, machine, place
from compass.config.embedded import Cluster

SECONDS = 5.0
READY = 8.0  # seconds in which every writer has started
TRIED = (
    "eight writers as threads of one process (they wait for the interpreter, not for the chain); prepared"
    " statements (no gain); committing without waiting and flushing afterwards (no gain seen on a"
    " busy machine). The head is locked last, so that the chain holds it for one insert and the flush of the commit."
)


def _chained() -> Callable[[], None]:
    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work
    from compass.vault.identifiers import new_id

    actor = Actor.of(User.objects.get(username="zinder.social"))

    def write() -> None:
        with unit_of_work(actor, "bench") as work:
            work.draft.subjects[new_id()] = None
            work.record("bench.write", count=1)

    return write


def _plain() -> Callable[[], None]:
    from django.db import connection, transaction

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_plain (body) VALUES (%s)", ["x" * 400])

    return write


def _writer(folder: str, kind: str, begin: float) -> int:
    connect(Cluster(Path(folder)))
    write = {"chained": _chained, "plain": _plain}[kind]()
    write()
    time.sleep(max(0.0, begin - time.time()))
    done, stop = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < stop:
        write()
        done += 1
    return done


def _rate(folder: str, kind: str, writers: int) -> float:
    begin = time.time() + READY
    with ProcessPoolExecutor(writers, mp_context=multiprocessing.get_context("spawn")) as pool:
        return sum(pool.map(_writer, *zip(*[(folder, kind, begin)] * writers, strict=True))) / SECONDS


def run() -> tuple[Figures, list[tuple[str, str, str]]]:
    """Whole units of work (scope, one entry with a subject, commit) against plain inserts of the same body."""
    on = machine()
    with place() as cluster:
        from compass.trail.verify import count, verify
        from compass.vault.veil import Veil

        with cluster.connect("compass_owner", "compass") as owner:
            owner.execute("CREATE TABLE bench_plain (id bigserial PRIMARY KEY, body text)")
            owner.execute("GRANT INSERT ON bench_plain TO compass_app")
            owner.execute("GRANT USAGE ON SEQUENCE bench_plain_id_seq TO compass_app")
        figures: Figures = {}
        for writers in (1, 8):
            for kind in ("chained", "plain"):
                figures[f"{kind}_per_s_{writers}"] = _rate(str(cluster.folder), kind, writers)
        with cluster.connect("compass_owner", "compass") as owner:
            key = (cluster.folder / "secrets" / "root.key").read_bytes()
            started = time.perf_counter()
            finding, entries = verify(owner, veil=Veil.by_root(owner, key)), count(owner)
            figures["verified_per_s"] = entries / (time.perf_counter() - started)
            figures["right"] = finding is None
    rows = [
        (
            f"entries in a second, {writers} writer{'s' if writers > 1 else ''}",
            f"{figures[f'chained_per_s_{writers}']:,.0f}",
            f"{figures[f'chained_per_s_{writers}'] / figures[f'plain_per_s_{writers}']:.2f}x a plain insert"
            f" ({figures[f'plain_per_s_{writers}']:,.0f})",
        )
        for writers in (1, 8)
    ]
    rows.append(("entries verified in a second", f"{figures['verified_per_s']:,.0f}", f"right: {figures['right']}"))
    return {"machine": on, **figures}, rows
