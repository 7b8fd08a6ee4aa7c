"""What linking ten thousand records takes at most. Time is the bench's (`compass bench match`)."""

from __future__ import annotations

import subprocess
import sys

#: The night runs beside the web on a small machine (security-and-matching notes 3.2).
MOST_MB = 350
PEAK = "from compass.config.bench.machine import peak_mb\nprint(peak_mb())"
LINKED = """
from compass.people.matching import link
from compass.people.tests.matching.febrl import febrl
known = febrl(4)
assert len(known.records) == 10_000
assert len(link(known.records, files=known.files)) > 4_000
"""


def peak_mb(program: str) -> int:
    """The most memory that a program of its own took, in megabytes."""
    done = subprocess.run([sys.executable, "-c", f"{program}\n{PEAK}"], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_ten_thousand_records_are_linked_in_little_memory():
    taken = peak_mb(LINKED)

    assert taken < MOST_MB
    # Positive control: what more would be kept is seen.
    assert peak_mb(f"{LINKED}\nkept = bytes(b'1') * {MOST_MB * 1024**2}") > MOST_MB
