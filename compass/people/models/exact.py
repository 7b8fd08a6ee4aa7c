"""What clear columns said before they were made coarse."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from compass.access.scope import ScopedManager
from compass.people.models.person import Person
from compass.vault.walls import Wall


class Exact(models.Model):
    """One row a person, from the first time on that their rows were made coarse. `id` tells no time.

    values_sealed: [[model, row, {column: [what it said, what was left]}]], empty while the rows are exact. restored_on: the
    day on which the exact values were put back; empty while they are coarse.
    """

    follows_merge: ClassVar[bool] = False
    wants_exact: ClassVar[bool] = False

    id = models.UUIDField(primary_key=True, default=uuid4)
    organisation_id = models.UUIDField()
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    values_sealed = models.BinaryField(default=b"")
    restored_on = models.DateField(null=True)

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(moves_with="person")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def subject_id(self) -> UUID:
        return self.person_id
