"""Records are kept no longer than their term, and looked at once a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from compass.access.work import Work
from compass.access.zones import zone_of
from compass.cases.standards import Due, Standard, link, register
from compass.people import retention
from compass.vocabulary.retention import climbs_days

MOST = 50


def _to_look_at(work: Work) -> Iterator[Due]:
    """Records whose year or term is over, for the supervisor of the office that holds them."""
    if not work.may("people.retention_decide"):
        return
    for row in retention.waiting(work, "people.retention_decide", MOST):
        if row.state not in retention.WAITING or row.review_on is None:
            continue
        # A month to look at it, but the term itself is not stretched by silence.
        last = row.review_on + timedelta(days=climbs_days())
        if row.ends_on is not None and row.ends_on < last:
            last = row.ends_on
        yield Due(
            subject=row.person,
            start_at=row.recorded_at,
            due_at=datetime.combine(last, time.max, zone_of(work.actor.organisation.country)),
            url=link("people:retention", row.person_id),
            action=_("Look at the record"),
            waits_for="supervisor",
        )


# Every record has its line in the queue: its case is closed.
register(
    Standard(
        id="CM-31",
        what=_("A closed record waits to be looked at"),
        source="COMPASS domain specification, case management, section 2.11; the days are provisional",
        severity="alert",
        queue=_to_look_at,
    )
)
