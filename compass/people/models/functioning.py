"""What people answered to the Washington Group short set, for figures only."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from compass.people.models.person import AboutPerson
from compass.vault.walls import Wall


class Functioning(AboutPerson):
    """What a person answered to six questions about everyday activities. Each asking is a new row; the newest counts.

    answers_sealed: {code of disability_domain: code of disability_answer} for all six; empty where what was written down
    before was a mistake, and nothing counts. No column is clear: it never tells what somebody can or cannot do.
    A row stays with the record under which it was written down. Source: programme-and-standards.md 2.1, Washington Group.
    """

    follows_merge: ClassVar[bool] = False
    answers_sealed = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["person", "-recorded_at"], name="people_functioning_newest")]
