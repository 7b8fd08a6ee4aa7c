"""Two records of one person made one."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.people.models.person import AboutPerson, Person


class Merge(AboutPerson):
    """Two records of one person made one: `person` is kept, `absorbed` leads to it from then on.

    state: asked | confirmed | declined | undone. recorded_by asked; decided_by, another person, confirmed or declined.
    household: where the absorbed record belonged before. once_alone, uasc_status, consent_due_at: what the kept record said
    before; of a child the graver of both counts. contact: the digest of its sealed contact, to tell whether that was written
    anew since. readers: who, beside supervisors, could read what stays with the absorbed record; nobody is added later.
    """

    follows_merge: ClassVar[bool] = False
    absorbed = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default="asked")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    household = models.UUIDField(null=True)
    once_alone = models.BooleanField(default=False)
    uasc_status = models.CharField(max_length=20, blank=True)
    consent_due_at = models.DateTimeField(null=True)
    contact = models.CharField(max_length=32, blank=True)
    readers = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=models.Q(state__in=["asked", "confirmed"]), name="people_merge_once"
            ),
        ]
        indexes = [models.Index(fields=["person", "state"], name="people_merge_kept")]


class MergedRow(AboutPerson):
    """What a merge changed in one row, enough to put it back as it was.

    model, row: which one. column: a sealed column with its blob from before (`blob_sealed`, still under the absorbed
    record's key) and the digest of what stands there since (`after`); empty for the row itself, whose person was the
    absorbed one.
    """

    follows_merge: ClassVar[bool] = False
    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="rows")
    model = models.CharField(max_length=32)
    row = models.UUIDField()
    column = models.CharField(max_length=32, blank=True)
    blob_sealed = models.BinaryField(default=b"")
    after = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [models.Index(fields=["row"], name="people_mergedrow_row")]
