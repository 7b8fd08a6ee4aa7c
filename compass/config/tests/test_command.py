"""The command `compass`, which every guide names, stands in the virtual environment that `make` makes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_command_of_the_guides_runs_from_any_folder(tmp_path):
    (tmp_path / "env" / "bin").mkdir(parents=True)
    # A link would make the interpreter forget its packages.
    (tmp_path / "env" / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / "env" / "bin" / "python").chmod(0o755)

    subprocess.run([ROOT / "tools" / "command.sh", "env"], cwd=tmp_path, check=True)
    said = subprocess.run(
        [tmp_path / "env" / "bin" / "compass", "--help"], cwd="/", capture_output=True, text=True, check=True
    ).stdout

    assert "verify-trail" in said


def test_making_the_environment_makes_the_command():
    assert "command.sh" in (ROOT / "tools" / "venv.sh").read_text()
    assert "tools/command.sh" in (ROOT / "Makefile").read_text()
