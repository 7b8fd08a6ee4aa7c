"""Background work of the room; arguments are identifiers only."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from compass.access.models import Organisation
from compass.people.actions.match import match_office


@app.periodic(cron="23 1 * * *")
@app.task(name="compass.people.match", queueing_lock="compass.people.match", pass_context=False)
def match_offices(timestamp: int = 0) -> int:
    """Each night: one job for each organisation, so that what goes wrong with one stops no other. How many."""
    offices = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    for office in offices:
        match_one.defer(office=str(office))
    return len(offices)


@app.task(name="compass.people.match_one", pass_context=False)
def match_one(office: str) -> int:
    """Lay the records of one organisation beside each other. How many pairs are new. Raises ValueError, DoesNotExist."""
    return match_office(Organisation.objects.get(pk=UUID(office)))
