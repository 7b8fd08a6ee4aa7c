"""Minimum standards as rules over the record."""

from __future__ import annotations
