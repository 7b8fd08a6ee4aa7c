"""What a person asked about their data is answered in time, and told to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from django.utils.translation import gettext_lazy as _

from compass.access.work import Work
from compass.cases.files import Files
from compass.cases.standards import Due, link, standard
from compass.people.models import DataRequest


def _waiting(work: Work) -> Iterator[Due]:
    """Requests of the office that are not answered, or whose answer was not told."""
    if not work.may("people.rights"):
        return
    rows = work.allowed("people.rights", DataRequest).exclude(status="told").select_related("person")
    for row in rows.defer("words_sealed", "reason_sealed").order_by("due_on", "recorded_at", "id")[:50]:
        yield Due(
            subject=row.person,
            start_at=row.occurred_at,
            due_at=datetime.combine(row.due_on, time.max, UTC),
            url=link("people:right", row.pk),
            action=_("Answer it") if row.status == "open" else _("Tell the person"),
        )


@standard(
    "COMPASS-RIGHTS",
    what=_("A correction or an objection waits for its answer"),
    source="IOM Data Protection Manual 2010, principle 7; the days are the country's",
    severity="alert",
    queue=_waiting,
)
def right_answered(files: Files) -> Iterator[Due]:
    """Every request has its line in the queue, whether or not there is a case."""
    return iter(())
