"""The only code that writes cases. One module per part of the cycle."""

from __future__ import annotations
