"""Background work of the room; arguments are identifiers only."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from compass.programme.actions import refresh_figures
from compass.programme.models import Snapshot


@app.periodic(cron="17 2 * * *")
@app.task(name="compass.programme.count_last_month", queueing_lock="compass.programme.count_last_month")
def count_last_month(timestamp: int = 0) -> str:
    """Each night: count the month that ended, once. Gives the snapshot, or the last one while it is too soon (sql.py).

    Late entries make no new count by themselves; a results officer counts again when it is worth a new version.
    Publishing stays the decision of that officer.
    """
    last_month = timezone.now().date().replace(day=1) - timedelta(days=1)
    found = Snapshot.objects.filter(as_of=last_month).order_by("-version").first()
    return str((found or refresh_figures(last_month)).pk)
