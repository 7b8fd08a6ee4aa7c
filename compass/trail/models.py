"""Who saw and did what. Actors and subjects are opaque identifiers; there are no values here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from django.db import models

from compass.trail.chain import veil
from compass.vault.walls import Wall


class Entry(models.Model):
    """One link of the chain: `hash = SHA-256(previous hash | sequence number | body)`.

    `body` is the canonical JSON text that was hashed; the other columns repeat parts of it for look-up and are compared
    with it by `compass verify-trail`. Only the owner's function `compass_trail_append` writes.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=60)
    body = models.TextField()
    hash = models.BinaryField()

    wall: ClassVar[Wall] = Wall(
        app="SELECT", using="organisation_id = ANY ((SELECT compass_scope_organisations())::uuid[])"
    )

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "-seq"], name="trail_entry_org")]


class Subject(models.Model):
    """Which entries touched a subject: the person's own question 'who has seen my record?'. Named as the body names them,
    under the veil.
    """

    id = models.BigAutoField(primary_key=True)
    subject_id = models.UUIDField()
    organisation_id = models.UUIDField(null=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="subjects")

    wall: ClassVar[Wall] = Wall(
        app="SELECT", using="organisation_id = ANY ((SELECT compass_scope_organisations())::uuid[])"
    )

    class Meta:
        indexes = [models.Index(fields=["subject_id", "-entry"], name="trail_subject_find")]


def touching(subjects: Iterable[UUID]) -> models.QuerySet[Any, Any]:
    """Numbers of the entries that touched any of these subjects."""
    return Subject.objects.filter(subject_id__in=veil().identifiers(subjects)).values("entry_id")


class Head(models.Model):
    """The last link: one row, locked last in every unit of work."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="", using=None)
