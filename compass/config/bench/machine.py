"""What was measured on, a place to measure in, and the table of results."""

from __future__ import annotations

import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from compass.config.embedded import Cluster, version
from compass.config.environment import create_secrets, environment, use

Figures = dict[str, Any]


def machine() -> dict[str, str | int]:
    """Processor, cores, memory (GB), versions and the day."""
    model = platform.processor() or platform.machine()
    memory = 0.0
    if (cpu := Path("/proc/cpuinfo")).exists():
        found = re.search(r"model name\s*:\s*(.+)", cpu.read_text())
        model = found[1] if found else model
        memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024**2
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "memory_gb": round(memory),
        "load_before": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "postgresql": version(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


@contextmanager
def place(kept: Path | None = None) -> Iterator[Cluster]:
    """A cluster of its own with fsync on and an empty, migrated database with the demonstration's accounts; it is gone
    afterwards, unless it is `kept` in a folder, where it is found again as it was left."""
    cluster = Cluster(kept.resolve() if kept else Path(tempfile.mkdtemp(prefix="compass-bench-")))
    cluster.folder.mkdir(parents=True, exist_ok=True)
    cluster.folder.chmod(0o755)
    try:
        cluster.create()
        cluster.start()
        cluster.create_database()
        create_secrets(cluster.folder)
        env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("COMPASS_")},
            **environment(cluster, "owner"),
            "COMPASS_DEMONSTRATION": "1",
            "COMPASS_STATIC": str(cluster.folder / "static"),
        }
        subprocess.run([sys.executable, "-m", "compass.config.demo.prepare", "owner", "0", "0"], env=env, check=True)
        yield cluster
    finally:
        cluster.stop()
        if not kept:
            shutil.rmtree(cluster.folder, ignore_errors=True)


def connect(cluster: Cluster) -> None:
    """Start Django in this process as the app role."""
    import django

    use(environment(cluster, "app"))
    django.setup()


def rate(function: Callable[[], object], *, seconds: float = 1.0, times: int = 3) -> float:
    """Calls in a second: the median of some runs."""
    rates = []
    for _ in range(times):
        count, started = 0, time.perf_counter()
        while (spent := time.perf_counter() - started) < seconds:
            function()
            count += 1
        rates.append(count / spent)
    return statistics.median(rates)


def peak_mb() -> int:
    """The most memory that this program took, in megabytes. What `getrusage` says begins with what its parent took."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def write_table(
    path: Path, name: str, on: dict[str, str | int], rows: Sequence[tuple[str, str, str]], tried: str
) -> None:
    """Replace the section of one measurement, or add it; `tried` says in a sentence or two what was tried for it."""
    head = (
        f"## {name}\n\n{on['date']}: {on['cpu']}, {on['cores']} cores, {on['memory_gb']} GB, Python {on['python']}"
        f", PostgreSQL {on['postgresql']}, load before {on['load_before']}\n\n"
        "| What | Figure | Beside it |\n|---|---|---|\n"
    )
    section = head + "".join(f"| {what} | {figure} | {beside} |\n" for what, figure, beside in rows)
    section += f"\nTried: {tried}\n\n"
    text = path.read_text() if path.exists() else "# Results\n\nWritten by `compass bench`; not by hand.\n\n"
    pattern = re.compile(rf"^## {re.escape(name)}\n.*?(?=^## |\Z)", re.S | re.M)
    text = pattern.sub(lambda _: section, text) if pattern.search(text) else text + section
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
