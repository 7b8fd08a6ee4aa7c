"""What a person may ask of whoever keeps their record: erasure, a copy, correction, objection."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from compass.people.models.person import AboutPerson
from compass.vault.walls import Wall


class ErasureRequest(AboutPerson):
    """That a person asked to be erased. Confirmed in a second private talk on another day, carried out after a delay.

    status: code of erasure_status. talk: code of erasure_talk, how the second talk was held. due_at: when the keys are
    destroyed unless the request is cancelled before. ground: code of erasure_ground, why the record must be kept. Why
    the person asks, or no longer asks, is not written down.
    """

    status = models.CharField(max_length=10, default="asked")
    talk = models.CharField(max_length=16, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)
    ground = models.CharField(max_length=20, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(status__in=("asked", "confirmed")), name="people_erasure_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(status="confirmed"), name="people_erasurerequest_due"),
        ]

    @property
    def is_open(self) -> bool:
        return self.status in {"asked", "confirmed"}

    @property
    def by_one(self) -> bool:
        """Whether one colleague alone says that the person asked and, on another day, that they still wish it."""
        return self.confirmed_by is not None and self.confirmed_by == self.recorded_by


class CopyMade(AboutPerson):
    """That a copy of what is held about a person was made for them. Nothing of the copy itself is kept.

    how: code of copy_form; `read` is the colleague going through it before. talk: code of erasure_talk, how they talked.
    checked: code of identity_check, how the colleague knew that it was this person. records: how many were in it. words:
    how many free texts, of those that there were.
    """

    follows_merge: ClassVar[bool] = False
    how = models.CharField(max_length=8)
    talk = models.CharField(max_length=16)
    checked = models.CharField(max_length=16)
    records = models.PositiveIntegerField(default=0)
    words = models.PositiveIntegerField(default=0)

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["recorded_by", "-recorded_at"], name="people_copymade_throttle")]


class DataRequest(AboutPerson):
    """A person says that something about them is wrong (correction), that they do not want something done with their data
    (objection), or that they want a copy of all that is held (copy). Answered with a reason, then told to them; help does
    not depend on it.

    kind: code of right_kind. about: code of right_about, what it concerns; empty of a copy. purpose: of an objection, code
    of consent_scope. due_on: the last day for the answer. status: code of right_status. answer: code of right_answer.
    ground: of a refusal, code of right_ground. told_at: when the person was told. words_sealed: {"said"}, theirs.
    reason_sealed: {"reason"}, what they are told.
    """

    kind = models.CharField(max_length=12)
    about = models.CharField(max_length=16, blank=True)
    purpose = models.CharField(max_length=32, blank=True)
    due_on = models.DateField()
    status = models.CharField(max_length=10, default="open")
    answer = models.CharField(max_length=12, blank=True)
    ground = models.CharField(max_length=16, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    told_at = models.DateTimeField(null=True)
    words_sealed = models.BinaryField(default=b"")
    reason_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [
            models.Index(fields=["person", "-recorded_at"], name="people_datarequest_newest"),
            models.Index(
                fields=["organisation_id", "due_on"],
                condition=~models.Q(status="told"),
                name="people_datarequest_due",
            ),
        ]
