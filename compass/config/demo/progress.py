"""Where a loading stands, kept beside the database, so that one that was interrupted goes on where it stopped.

A step may be done again after a crash between its commit and its note: keys are made from the seed and actions are
idempotent. What must not change meanwhile is kept too: the moment that counts as now, the number of people and the seed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone

Ids = dict[str, UUID]


class Progress:
    """Steps that are done, each with the identifiers it made. Without a file it lives in memory only (tests)."""

    def __init__(self, path: Path | None, people: int, seed: int, *, now: datetime | None = None) -> None:
        self.path = path
        begun = json.loads(path.read_text()) if path and path.exists() else {}
        self.resumed = bool(begun)
        self.people: int = begun.get("people", people)
        self.seed: int = begun.get("seed", seed)
        self.now = datetime.fromisoformat(begun["now"]) if begun else now or timezone.now()
        self.steps: dict[str, dict[str, Any]] = begun.get("steps", {})
        #: People by year and class, as far as they were gone through; the class is None for a second registration.
        self.tally: Counter[tuple[int, str | None]] = Counter()

    def step(self, name: str, do: Callable[[], Ids | None]) -> bool:
        """Do a step unless it is noted as done; True when it was done now."""
        if name in self.steps:
            return False
        made = do() or {}
        self.steps[name] = {key: str(value) for key, value in made.items()}
        self._write()
        return True

    def id(self, key: str) -> UUID:
        """An identifier that a step made. Raises KeyError."""
        for made in self.steps.values():
            if key in made:
                return UUID(made[key])
        raise KeyError(key)

    def _write(self) -> None:
        if self.path is None:
            return
        kept = {"people": self.people, "seed": self.seed, "now": self.now.isoformat(), "steps": self.steps}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(kept))
        fresh.replace(self.path)
