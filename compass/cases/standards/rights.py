"""What a person asked about their data is answered in time, and told to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compass.access.work import Work
from compass.access.zones import zone_of
from compass.cases.standards import Due, Standard, link, register
from compass.people import queries
from compass.people.models import DataRequest

#: A wish to be erased is to be settled within the days of the country (a month), with the delay after the second talk.
SECOND_TALK = timedelta(days=7)


def _waiting(work: Work) -> Iterator[Due]:
    """Requests of the office that are not answered, or whose answer was not told."""
    if not work.may("people.rights"):
        return
    rows = work.allowed("people.rights", DataRequest).exclude(status="told").select_related("person")
    for row in rows.defer("words_sealed", "reason_sealed").order_by("due_on", "recorded_at", "id")[:50]:
        yield Due(
            subject=row.person,
            start_at=row.occurred_at,
            due_at=datetime.combine(row.due_on, time.max, zone_of(work.actor.organisation.country)),
            url=link("people:right", row.pk),
            action=_next(row),
        )


def _next(row: DataRequest) -> str | Promise:
    if row.status != "open":
        return _("Tell the person")
    return _("Make the copy with the person, or ask who may") if row.kind == "copy" else _("Answer it")


# Every request has its line in the queue, whether or not there is a case.
register(
    Standard(
        id="COMPASS-RIGHTS",
        what=_("What a person asked about their data waits for its answer"),
        source="IOM Data Protection Manual 2010, principle 7; the days are the country's",
        severity="alert",
        queue=_waiting,
    )
)


def _second_talks(work: Work) -> Iterator[Due]:
    """From the day after the first talk, for whoever may hold the second; a list is read over shoulders, so it says no more
    than that somebody wants to be talked with."""
    if not work.may("people.erasure"):
        return
    for row in queries.second_talks(work):
        last = max(row.occurred_at, row.recorded_at)
        if work.day(last) < work.today:
            yield Due(
                subject=row.person,
                start_at=row.occurred_at,
                due_at=row.occurred_at + SECOND_TALK,
                url=link("people:erasure", row.person_id),
                action=_("Talk with the person in private"),
            )


# So has every wish to be erased.
register(
    Standard(
        id="COMPASS-TALK",
        what=_("A second talk with the person, in private, is due"),
        source="COMPASS design, section 8: two private talks on two days; the days are provisional",
        severity="alert",
        queue=_second_talks,
    )
)
