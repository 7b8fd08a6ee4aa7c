"""What this room says about how long a record is kept: what is open, a child who is missing, what waits for a second
person."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from compass.access.work import Work
from compass.cases.decisions import Waiting
from compass.cases.models import Case, HandoverPerson, Referral
from compass.cases.models.case import OPEN
from compass.cases.models.referral import OPEN_REFERRAL
from compass.cases.standards import link
from compass.people import retention
from compass.people.models import CHILD_BANDS, PERHAPS_ALONE

LOST = "lost_contact"


def still_open(work: Work, people: Collection[UUID]) -> set[UUID]:
    """Those with an open case, an offer to another office that runs, or a referral that a partner deals with."""
    about = {"person__in": list(people)}
    cases = Case.objects.filter(**about, status__in=OPEN).values_list("person_id", flat=True)
    offers = HandoverPerson.objects.filter(**about, handover__status="offered", handover__expires_at__gt=work.now)
    sent = Referral.objects.filter(
        origin__person__in=list(people), status__in=OPEN_REFERRAL, revoked_at__isnull=True
    ).values_list("origin__person_id", flat=True)
    return {*cases, *offers.values_list("person_id", flat=True), *sent}


def kinds(work: Work, people: Collection[UUID]) -> dict[str, Collection[UUID]]:
    """Who ever had a case."""
    return {"case": set(Case.objects.filter(person__in=list(people)).values_list("person_id", flat=True))}


def child_is_missing(work: Work, records: Collection[UUID]) -> str:
    """A child whose last case was closed because contact was lost is looked for: the file is what finds them."""
    after = Case.objects.filter(person=OuterRef("person"), closed_at__gt=OuterRef("closed_at"))
    last = Case.objects.filter(~Exists(after), person__in=list(records), closure_reason=LOST)
    alone = Q(person__once_alone=True) | Q(person__uasc_status__in=sorted(PERHAPS_ALONE))
    if last.filter(alone | Q(person__age_band__in=CHILD_BANDS)).exists():
        return _("contact with this child was lost and nobody has found them since")
    return ""


def waiting_retention(work: Work) -> list[Waiting]:
    """What was asked of records after their last case, for the page of the team; one query."""
    if not work.may("people.retention_decide"):
        return []
    words = {"keep_asked": _("Keep the record beyond its term"), "erase_asked": _("Erase the record")}
    return [
        Waiting(
            subject=row.person,
            asked=words[row.state],
            by=row.recorded_by,
            since=row.recorded_at,
            mine=row.recorded_by == work.actor.id,
            url=link("people:retention", row.person_id),
            standard="CM-31",
        )
        for row in retention.waiting(work, "people.retention_decide")
        if row.state in words and row.recorded_by is not None
    ]
