"""Opening cases, who leads them, and how high their risk is."""

from __future__ import annotations
