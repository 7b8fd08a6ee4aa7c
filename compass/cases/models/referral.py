"""Referring someone to a partner: what the office keeps, what the partner sees, and the files that come back.

Two records on purpose: `CaseReferral` belongs to the case and is the office's own; `Referral` is addressed to the partner
and names neither case nor person, so that two referrals of one person cannot be linked by their receiver.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Coalesce

from compass.access.codes import new_code
from compass.access.scope import ScopedManager
from compass.cases.models.case import AboutCase
from compass.vault.identifiers import new_id
from compass.vault.walls import OWN_ORGANISATION, SHARED_WITH, Wall

SENT_TO = "to_organisation_id = ANY ((SELECT compass_scope_organisations())::uuid[])"
WITH_ITS_REFERRAL = (
    "EXISTS (SELECT 1 FROM cases_referral r WHERE r.id = cases_referralfile.referral_id"
    " AND r.organisation_id = cases_referralfile.organisation_id"
    " AND r.to_organisation_id = cases_referralfile.to_organisation_id"
    " AND r.status = 'done' AND r.revoked_at IS NULL AND r.recalled_at IS NULL)"
)
#: Drafts, then what was sent or dropped last.
LAST_MOVED = Coalesce("sent_at", "revoked_at").desc(nulls_first=True)
OPEN_REFERRAL = ("draft", "sent", "acknowledged", "accepted", "waitlisted")


class CaseReferral(AboutCase):
    """The office's side of a referral. consent_id: the consent that covered it; empty on vital interest, whose reason is
    sealed and which a supervisor reviews. noted_at: the office took note of the outcome (CM-21).

    after_no: the person had said no to this, and whoever reviewed it, or sent it at once, knew. at_once_by: who sent it
    after such a no without waiting for the second person, because minutes counted; why is sealed in at_once_sealed, a text.
    """

    consent_id = models.UUIDField(null=True)
    override_sealed = models.BinaryField(default=b"")
    after_no = models.BooleanField(default=False)
    at_once_by = models.UUIDField(null=True)
    at_once_sealed = models.BinaryField(default=b"")
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    noted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "-occurred_at"], name="cases_casereferral_newest")]

    @property
    def awaits_review(self) -> bool:
        return self.basis == "vital_interest" and self.reviewed_at is None

    @property
    def agreed_after_no(self) -> bool:
        """Whether a second person agreed to it knowing that the person had said no."""
        return self.after_no and self.reviewed_at is not None

    def took_part(self, user: UUID) -> bool:
        """Whether this colleague wrote it, or sent it at once, and is no second person."""
        return user in (self.recorded_by, self.at_once_by)

    def missed(self, referral: Referral) -> bool:
        """Whether a file came after the office took note of the outcome."""
        return self.noted_at is not None and referral.filed_at is not None and referral.filed_at > self.noted_at


class Referral(models.Model):
    """What the partner sees, sealed under the referral's own key.

    payload_sealed: {"sex", "age_band", "relation" (of a child), "languages", "contact",
    "fields": {name of the service's minimum fields: text}}.
    service: code of the catalogue. priority: referral_priority. status: referral_status. outcome: referral_outcome.
    answer_sealed: what the partner wrote. filed_at: when the last file came after the outcome was given. recalled_at: when
    the partner's key was taken away. sent_by_id: the office that referred; it stays when the record moves, so that the
    partner does not learn where the person went.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    to_organisation_id = models.UUIDField()
    sent_by_id = models.UUIDField()
    origin = models.OneToOneField(CaseReferral, on_delete=models.PROTECT, related_name="referral")
    code = models.CharField(max_length=9, unique=True, default=new_code)
    service = models.CharField(max_length=3)
    service_class = models.CharField(max_length=7)
    priority = models.CharField(max_length=10)
    status = models.CharField(max_length=14, default="draft")
    payload_sealed = models.BinaryField()
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    rejection_reason = models.CharField(max_length=30, blank=True)
    outcome = models.CharField(max_length=24, blank=True)
    delivered_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True)
    answer_sealed = models.BinaryField(default=b"")
    revoked_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(
        using=f"({OWN_ORGANISATION} OR ({SENT_TO} AND status <> 'draft'))", insert=OWN_ORGANISATION, moves_with="origin"
    )

    class Meta:
        indexes = [
            models.Index(fields=["to_organisation_id", "-sent_at"], name="cases_referral_inbox"),
            models.Index("organisation_id", LAST_MOVED, name="cases_referral_outbox"),
            models.Index(
                "organisation_id",
                LAST_MOVED,
                name="cases_referral_filed",
                condition=models.Q(filed_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="cases_referral_never_sent_again",
                condition=models.Q(sent_at=None)
                | models.Q(revoked_at=None)
                | models.Q(revoked_at__gte=models.F("sent_at")),
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def subject_id(self) -> UUID:
        """The referral itself: its receiver must not learn whom else the trail speaks of."""
        return self.pk

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_REFERRAL and self.revoked_at is None

    @property
    def standing(self) -> str:
        """The status as it is said. A draft that was dropped stays a draft for the wall: its receiver must not see it."""
        return "revoked" if self.revoked_at is not None else self.status


class ReferralFile(models.Model):
    """A photo or PDF that came with the outcome or after it; content and name sealed under the referral's key."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    to_organisation_id = models.UUIDField()
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="files")
    media_type = models.CharField(max_length=20)
    content_sealed = models.BinaryField()
    name_sealed = models.BinaryField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(
        app="SELECT, INSERT",
        using=SHARED_WITH,
        insert=f"{SHARED_WITH} AND {WITH_ITS_REFERRAL}",
        moves_with="referral",
    )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def subject_id(self) -> UUID:
        return self.referral_id
