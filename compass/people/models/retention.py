"""How long a record is kept once nothing is done with the person any more: the clock, step by step."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models

from compass.people.models.person import AboutPerson
from compass.vault.walls import Wall


class Retention(AboutPerson):
    """One step of the clock of a person's record; the one of the highest `version` says how it stands. Never changed.

    state: code of retention_state. began_on: the day from which the term counts, at the end of the quarter in which the last
    was done with the person. due_on: the last day of the term. review_on: when a colleague looks at it next. country: whose
    term. ground, until: why and until when it is kept beyond the term, code of retention_ground. erase_at: when the keys
    are destroyed unless somebody stops it. days are those of the office; while nobody is at work on it they are days on
    which a quarter begins, so that they tell no more of a closed file than the rest of it (`compass.people.coarse`).
    recorded_by: None where the deployment took the step by itself.

    The steps stay with their record when two records are made one: the clock of the one that is kept counts, and follows
    all of both.
    """

    follows_merge: ClassVar[bool] = False

    recorded_by = models.UUIDField(null=True)  # type: ignore[assignment]
    state = models.CharField(max_length=12)
    began_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    review_on = models.DateField(null=True)
    country = models.CharField(max_length=2)
    ground = models.CharField(max_length=16, blank=True)
    until = models.DateField(null=True)
    erase_at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "version"], name="people_retention_step")]
        indexes = [models.Index(fields=["organisation_id", "state"], name="people_retention_state")]

    @property
    def ends_on(self) -> date | None:
        """The last day on which the record is kept as things stand."""
        return max(day for day in (self.due_on, self.until) if day) if self.due_on else None
