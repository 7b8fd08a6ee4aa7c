"""A drill leaves nothing of the copy on which it was held."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HELD = """
import signal
import time
import django
django.setup()
# As at a terminal; what is started in the background ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from compass.config.drills import scratch
with scratch() as copy:
    copy.mkdir()
    print(copy, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("ended_by", "stays"), [(signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGKILL, True)]
)
def test_a_drill_that_is_ended_leaves_no_copy(tmp_path, ended_by, stays):
    """Nothing can be done when the machine kills it: the control."""
    drill = subprocess.Popen(
        [sys.executable, "-c", HELD],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert drill.stdout is not None
    copy = Path(drill.stdout.readline().strip())
    assert copy.is_dir()

    drill.send_signal(ended_by)
    drill.wait(30)

    assert copy.is_dir() is stays
