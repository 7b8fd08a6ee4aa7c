"""The embedded PostgreSQL on machines of any size."""

from __future__ import annotations

import os

import pytest

from compass.config import embedded

GB = 1024**3


@pytest.mark.parametrize(
    ("memory", "contained", "buffers"),
    [
        (GB // 2, "max", 128),
        (8 * GB, "max", 1024),
        (256 * GB, "max", 4096),
        (256 * GB, str(2 * GB), 256),
        (2 * GB, str(256 * GB), 256),
        (8 * GB, None, 1024),
    ],
)
def test_its_buffers_are_an_eighth_of_the_memory_within_bounds(memory, contained, buffers, tmp_path, monkeypatch):
    said = tmp_path / "memory.max"
    if contained is not None:
        said.write_text(f"{contained}\n")
    monkeypatch.setattr(embedded, "CONTAINER_MEMORY", said)
    monkeypatch.setattr(os, "sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": memory // 4096}.__getitem__)

    assert embedded._buffers_mb() == buffers
