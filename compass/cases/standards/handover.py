"""A household that another office offers waits on the work list of whoever may answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compass.access.prepared import Prepared
from compass.access.work import Work
from compass.cases.models import Handover
from compass.cases.standards import Due, Standard, link, register
from compass.ui import words

#: Provisional: no source gives a time; the family is on its way, so it is the time of a second person's decision.
LOOK_WITHIN = timedelta(hours=72)


def _offered(where: Q, now: datetime) -> QuerySet[Handover]:
    rows = Handover.objects.filter(where, status="offered", expires_at__gt=now)
    return rows.defer("note_sealed", "answer_sealed").order_by("offered_at", "id")


_offers = Prepared(_offered)


def _waiting(work: Work) -> Iterator[Due]:
    if not work.may("handovers.answer"):
        return
    for row in work.rows(_offers, "handovers.answer", now=work.now):
        yield Due(
            subject=row,
            start_at=row.offered_at,
            due_at=min(row.offered_at + LOOK_WITHIN, row.expires_at),
            url=link("cases:handover", row.pk),
            action=_("Read the offer"),
            what=gettext("A household is offered to your office, until %(day)s") % {"day": words.day(row.expires_at)},
        )


register(
    Standard(
        id="COMPASS-HANDOVER",
        what=_("Answer the offer of a household"),
        source="COMPASS design, section 1: responsibility passes only when the receiving office accepts",
        severity="alert",
        queue=_waiting,
    )
)
