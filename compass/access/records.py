"""What every record carries, whatever it is about."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models

from compass.access.scope import ScopedManager
from compass.vault.identifiers import new_id
from compass.vault.walls import Wall


class Recorded(models.Model):
    """A record of an organisation: legal basis, when it happened, when and by whom it was written down, version."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    basis = models.CharField(max_length=20)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"

    @property
    def subject_id(self) -> UUID:
        """Whom the trail means by this record: itself, when it is about no person."""
        return self.pk
