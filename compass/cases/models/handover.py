"""Handing a household over to another office: an offer that shows needs and numbers, people who move when it is accepted."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.access.codes import new_code
from compass.access.scope import ScopedManager
from compass.people.models import AboutPerson
from compass.vault.identifiers import new_id
from compass.vault.walls import OWN_ORGANISATION, SHARED_WITH, Wall


def _of_own_open_offer(table: str) -> str:
    """Condition of a new row of `table`: its handover is one that its own organisation offers."""
    return (
        f"{OWN_ORGANISATION} AND EXISTS (SELECT 1 FROM cases_handover h WHERE h.id = {table}.handover_id"  # noqa: S608
        f" AND h.organisation_id = {table}.organisation_id AND h.status = 'offered')"
    )


class Handover(models.Model):
    """The offer. Until it is accepted the receiving office sees these clear codes and the note, and no identity.

    without_return: code of handover_without_return, where it leads to another country and no return there is under way.
    stage: case_stage of the case that is furthest behind. needs: codes of need_domain that are not met. age_bands: one per
    person, sorted. status: handover_status. note_sealed and answer_sealed: under the handover's own key, shared with the
    receiver; what they say must not identify anyone.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    to_organisation_id = models.UUIDField()
    code = models.CharField(max_length=9, unique=True, default=new_code)
    status = models.CharField(max_length=10, default="offered")
    stage = models.CharField(max_length=16)
    needs = ArrayField(models.CharField(max_length=40), default=list)
    age_bands = ArrayField(models.CharField(max_length=6), default=list)
    people_count = models.PositiveSmallIntegerField()
    note_sealed = models.BinaryField(default=b"")
    answer_sealed = models.BinaryField(default=b"")
    without_return = models.CharField(max_length=16, blank=True)
    rejection_reason = models.CharField(max_length=30, blank=True)
    offered_at = models.DateTimeField()
    offered_by = models.UUIDField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(
        using=SHARED_WITH,
        insert=f"{OWN_ORGANISATION} AND status = 'offered' AND to_organisation_id <> organisation_id",
    )

    class Meta:
        indexes = [
            models.Index(fields=["to_organisation_id", "-offered_at"], name="cases_handover_inbox"),
            models.Index(fields=["organisation_id", "-offered_at"], name="cases_handover_outbox"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def subject_id(self) -> UUID:
        return self.pk

    def expired(self, now: datetime) -> bool:
        return self.status == "offered" and self.expires_at <= now

    def stands(self, now: datetime) -> str:
        """Its status at this moment, a code of handover_status: nobody needs to write down that an offer ran out."""
        return "expired" if self.expired(now) else self.status


class HandoverPerson(AboutPerson):
    """Who an offer is about: the sender's until acceptance, then it has moved with the person."""

    follows_merge: ClassVar[bool] = False

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="+")

    wall: ClassVar[Wall] = Wall(
        app="SELECT, INSERT", insert=_of_own_open_offer("cases_handoverperson"), moves_with="person"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handover", "person"], name="cases_handoverperson_one")]


class HandoverKey(models.Model):
    """A key wrapped for the receiver and held back: the application may add one, only `compass_handover` reads it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField()
    organisation_key_version = models.PositiveIntegerField()
    wrapped = models.BinaryField()

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(app="INSERT", insert=_of_own_open_offer("cases_handoverkey"))

    class Meta:
        indexes = [models.Index(fields=["handover"], name="cases_handoverkey_offer")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def subject_id(self) -> UUID:
        return self.subject
