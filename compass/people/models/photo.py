"""A photo of a person, for as long as they agree to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from compass.people.models.person import AboutPerson
from compass.vault.walls import Wall


class PersonPhoto(AboutPerson):
    """A photo of a person (`occurred_at` when it was taken, `recorded_by` who kept it); the picture ends with the consent.

    photo_sealed: the bytes of the picture, decoded and written anew, sealed under the person's key; empty once destroyed.
    media_type: image/jpeg or image/png. removed_at, removed_by: when it was destroyed and by whom. removal: code of
    photo_removal. It stays with the record under which it was taken and is asked for under all records of the person.
    """

    follows_merge: ClassVar[bool] = False
    media_type = models.CharField(max_length=10)
    photo_sealed = models.BinaryField(default=b"")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.UUIDField(null=True)
    removal = models.CharField(max_length=12, blank=True)

    wall: ClassVar[Wall] = Wall(moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["person", "-recorded_at"], name="people_personphoto_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True) | models.Q(photo_sealed=b""), name="people_photo_destroyed"
            )
        ]
