"""What a person agreed to, who speaks for a child, and in what voice people are told."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.access.scope import ScopedManager
from compass.people.models.person import AboutPerson
from compass.vault.identifiers import new_id
from compass.vault.walls import Wall


class Consent(AboutPerson):
    """What a person agreed to, by purpose. The newest one counts, also when it is withdrawn or has expired: see
    `compass.people.consent`.

    joined_at: it was said under another record of the person, which was merged into this one at that moment; until the
    person is asked again, the narrower of both answers counts.
    scopes: {scope code: bool}. information: codes of the seven items that were told. detail_sealed: {"interpreter",
    "adult", "evidence" (where the sheet or the recording is kept)}. copied_from: the consent of an adult whose answers hold
    for this child too. expires_on: the last day of every yes: a year after the talk, or sooner where the person named a day.
    not_to: organisations that must not know of the person, whatever the purpose; in the clear, since the database refuses by
    it. They stay named, also past the end of the yes and after it was taken back, until the person says otherwise.
    """

    given_by = models.CharField(max_length=20)
    mode = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    interpreter_mode = models.CharField(max_length=20, blank=True)
    notice_version = models.CharField(max_length=20)
    ladder = models.CharField(max_length=8, blank=True)
    child_agrees = models.BooleanField(null=True)
    certified = models.BooleanField(default=False)
    information = ArrayField(models.CharField(max_length=40), default=list)
    scopes = models.JSONField(default=dict)
    not_to = ArrayField(models.UUIDField(), default=list)
    expires_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)
    copied_from = models.UUIDField(null=True)
    joined_at = models.DateTimeField(null=True)
    detail_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["person", "-occurred_at"], name="people_consent_newest")]


class GuardianRequest(AboutPerson):
    """A guardian asked for a child who is alone (BIP-02). status: requested | appointed | withdrawn.

    authority: code of guardian_authority. detail_sealed: {"remark", "why" it was a mistake}.
    """

    authority = models.CharField(max_length=32)
    status = models.CharField(max_length=12, default="requested")
    appointed_at = models.DateTimeField(null=True)
    detail_sealed = models.BinaryField(default=b"")


class OfficeVoice(models.Model):
    """An office's own recording of one text of the notice: public speech, therefore not sealed. The newest one plays.

    `key` is a key of `content.consent.Notice.spoken`; `text_digest` names the text that was read.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    language = models.CharField(max_length=8)
    key = models.CharField(max_length=60)
    media_type = models.CharField(max_length=20)
    audio = models.BinaryField()
    notice_version = models.CharField(max_length=20)
    text_digest = models.CharField(max_length=16)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT")

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation_id", "language", "key", "-recorded_at"], name="people_officevoice_newest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.language}/{self.key}"

    @property
    def subject_id(self) -> UUID:
        """The office that speaks; it is about no person."""
        return self.organisation_id
