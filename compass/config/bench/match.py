"""The nightly matcher: time and memory of linking invented people in memory, for a hundredth, a tenth and all of them.

One in twenty is written down twice, the second time with the year of birth one off and without telephone. Each size runs
in a process of its own, which may take `MOST_GB` and says so when that is not enough.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from dataclasses import replace

from compass.config.bench.crowd import crowd
from compass.config.bench.machine import Figures, machine, peak_mb

MOST_GB = 12
TWICE = 20
TRIED = (
    "learning from each pair by itself, now from kinds of pairs (about half of the time, guessed from a profile);"
    " 60 neighbours in a large group, now 20; 2,000 imagined pairs however many records: 20,000 people made 16,162 pairs,"
    " 3,242 with four for each record"
    " more. Nobody tells a day here, and names that stand together in one people more often than by chance make strangers"
    " alike: most pairs are still wrong."
)


def _measure(people: int) -> tuple[float, float, int, float] | None:
    """(seconds, peak GB, pairs found, share of second records found) of linking `people`; None: too little memory."""
    from compass.people.matching import link
    from compass.people.searching.tokens import record_of

    resource.setrlimit(resource.RLIMIT_AS, (MOST_GB * 1024**3, MOST_GB * 1024**3))
    try:
        records = [record_of(each.identity, each.contact) for each in crowd(people, 1)]
        records += [replace(each, born=str(int(each.born) + 1), phones=()) for each in records[::TWICE]]
        started = time.perf_counter()
        found = link(records)
        seconds = time.perf_counter() - started
    except MemoryError:
        return None
    right = sum(each.second >= people and each.first == (each.second - people) * TWICE for each in found)
    peak = peak_mb() / 1024
    return seconds, peak, len(found), right / max(1, len(range(0, people, TWICE)))


def run(people: int) -> tuple[Figures, list[tuple[str, str, str]]]:
    """Seconds and gigabytes by number of people."""
    on, rows = machine(), []
    figures: Figures = {"machine": on}
    for size in (people // 100, people // 10, people):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            measured = pool.apply(_measure, (size,))
        figures[f"{size}"] = measured
        what = f"{size:,} people and {len(range(0, size, TWICE)):,} second records linked"
        if measured is None:
            rows.append((what, f"does not fit into {MOST_GB} GB", ""))
            continue
        seconds, peak, found, right = measured
        beside = f"{found:,} pairs at 0.5, {100 * right:.0f} % of the second records found"
        rows.append((what, f"{seconds:.1f} s, {peak:.2f} GB at most", beside))
    return figures, rows
