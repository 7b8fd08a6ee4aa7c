"""From an empty folder to a page that answers, and the second start. What is downloaded before that is not measured here."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from compass.config.bench.machine import Figures, machine
from compass.config.embedded import Cluster
from compass.config.serving import free_port

PATIENCE = 600
TRIED = (
    "our own initdb and pg_ctl instead of the wheel's server (passwords, no TCP); invented people in lists through"
    " the same actions as one person, a list at a time; static files collected once."
)


@contextmanager
def demonstration(folder: Path, people: int, *, before: Sequence[str] = ()) -> Iterator[tuple[int, float]]:
    """Start `compass demo` and wait for its first answer: (port, seconds). `before` is put in front of the command."""
    port = free_port()
    command = [
        *before,
        sys.executable,
        "-m",
        "compass.config.cli",
        "demo",
        "--data",
        str(folder),
        "--port",
        str(port),
        "--people",
        str(people),
    ]
    env = {k: v for k, v in os.environ.items() if not k.startswith("COMPASS_")}
    started = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        while time.perf_counter() - started < PATIENCE:
            if process.poll() is not None:
                raise RuntimeError("the demonstration stopped by itself")
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2)
                break
            time.sleep(0.05)
        yield port, time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(40)
        if process.poll() is None:
            process.kill()


@contextmanager
def folder() -> Iterator[Path]:
    """A data folder for one measurement; whatever still runs in it is stopped."""
    path = Path(tempfile.mkdtemp(prefix="compass-bench-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        Cluster(path).stop()
        shutil.rmtree(path, ignore_errors=True)


def run(people: int) -> tuple[Figures, list[tuple[str, str, str]]]:
    """Seconds to the first answer: an empty data folder with `people` loaded, and the same folder again."""
    on = machine()
    with folder() as path:
        with demonstration(path, people) as (_, first):
            pass
        with demonstration(path, people) as (_, second):
            pass
        size = sum(f.stat().st_size for f in path.rglob("*") if f.is_file() and not f.is_symlink())
    figures: Figures = {
        "machine": on,
        "people": people,
        "first_s": first,
        "second_s": second,
        "folder_mb": size / 1024**2,
    }
    return figures, [
        (f"empty data folder to the first answer, {people:,} people", f"{first:.1f} s", "budget 5 min with downloads"),
        ("second start", f"{second:.1f} s", f"budget 10 s; {second / first:.2f}x the first"),
        ("data folder", f"{figures['folder_mb']:,.0f} MB", ""),
    ]
