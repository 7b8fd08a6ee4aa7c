"""What is left of this room's clear columns once everything about a person is closed: see `compass.people.coarse`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from compass.cases.models import Case, HandoverPerson, Referral
from compass.cases.models.case import OPEN
from compass.cases.models.referral import OPEN_REFERRAL
from compass.people.coarse import Coarse, coarsen, on_closed, on_open, stays


def declare() -> None:
    """Called once, when the room starts."""
    coarsen(
        Coarse(
            "cases.Case", "code stage status risk_level needs_supervisor owner_id identification_source country"
            " closure_reason",
        ),
        Coarse("cases.Screening", "medical_now danger_now computed results risk_level"),
        Coarse("cases.RiskChange", "before level"),
        Coarse("cases.Assessment", "needs factors vulnerable experienced state approved_by"),
        Coarse("cases.Plan", "unanswered state agreed_how approved_by"),
        Coarse("cases.Goal", "domain progress outcome"),
        Coarse("cases.PlanAction", "service responsible status"),
        Coarse("cases.FollowUp", "kind channel reached plan_reviewed risk_after"),
        Coarse("cases.Closure", "reason safety_reassessed prerequisites state approved_by"),
        Coarse("cases.Reopening"),
        Coarse("cases.CaseReferral", "consent_id reviewed_by after_no at_once_by"),
        Coarse(
            "cases.Referral", "to_organisation_id sent_by_id code service service_class priority status"
            " rejection_reason outcome", person="origin__person",
        ),
        Coarse("cases.ReferralFile", "to_organisation_id media_type", person="referral__origin__person"),
        Coarse(
            "cases.BestInterests", "stage determination tracing family_assessed care_agreed panel_size options decision"
            " checked_with parents_confirmed escort",
        ),
        Coarse("cases.HandoverPerson", "handover_id"),
    )  # fmt: skip
    stays("a key that waits, no time", "cases.HandoverKey")
    on_open(_open)
    on_closed(_closed)


def _open(organisation: UUID, people: set[UUID], before: datetime) -> set[UUID]:
    """Whose case is open, or was closed too short a time ago; whose referral or handover waits for an answer."""
    cases = Case.objects.filter(person__in=people).annotate(ended=Coalesce("closed_at", "recorded_at"))
    referrals = Referral.objects.filter(origin__person__in=people, status__in=OPEN_REFERRAL, revoked_at__isnull=True)
    offers = HandoverPerson.objects.filter(
        person__in=people, handover__status="offered", handover__expires_at__gt=before
    )
    return {
        *cases.filter(Q(status__in=OPEN) | Q(ended__gt=before)).values_list("person_id", flat=True),
        *referrals.values_list("origin__person_id", flat=True),
        *offers.values_list("person_id", flat=True),
    }


def _closed(organisation: UUID, before: datetime) -> Iterable[UUID]:
    cases = Case.objects.filter(organisation_id=organisation, person__coarse=False)
    ended = cases.exclude(status__in=OPEN).values("person_id").annotate(last=Max(Coalesce("closed_at", "recorded_at")))
    return list(ended.filter(last__lte=before).values_list("person_id", flat=True))
