"""Reads worth a name that other rooms use."""

from __future__ import annotations

from compass.cases.ladder import return_blocks

__all__ = ["return_blocks"]
