"""Reading the data files that come with the room."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"


def read(*parts: str) -> dict[str, Any]:
    """One data file as a dictionary. Raises FileNotFoundError when there is none."""
    document: dict[str, Any] = json.loads((DATA / ("/".join(parts) + ".json")).read_text(encoding="utf-8"))
    return document


def day(text: str | None) -> date | None:
    """An ISO date, or None when the file gives none."""
    return date.fromisoformat(text) if text else None
