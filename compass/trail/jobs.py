"""Background work of the trail: signing checkpoints, and the erasure ledger beside them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from compass.trail import checkpoints, erasures
from compass.trail.checkpoints import Checkpoint
from compass.trail.erasures import Line
from compass.vault.models import Erasure


def head() -> Checkpoint:
    """The head of the chain now, through the owner's function (the app role cannot read the table)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM compass_trail_head()")
        seq, digest = cursor.fetchone()
    return Checkpoint(seq, bytes(digest), timezone.now())


def sign_checkpoint(*, always: bool = False) -> Checkpoint | None:
    """Sign the head when a checkpoint is due (`always`: when anything is new); None when it is not, or without a key."""
    if not settings.COMPASS_CHECKPOINT_KEY_FILE:
        return None
    folder = Path(settings.COMPASS_CHECKPOINTS)
    now, previous = head(), checkpoints.last(folder)
    fresh = now.seq > (previous.seq if previous else 0)
    if not (fresh if always else checkpoints.due(previous, now.seq, now.at)):
        return None
    key = checkpoints.private_key(Path(settings.COMPASS_CHECKPOINT_KEY_FILE).read_bytes())
    checkpoints.write(folder, key, now)
    return now


def export_erasures() -> int:
    """Write what the ledger in the database has and the file has not; returns how many lines. 0 without a key."""
    if not settings.COMPASS_CHECKPOINT_KEY_FILE:
        return 0
    lines = [Line(row.number, row.subject_id, row.at) for row in Erasure.objects.order_by("number")]
    if not lines:
        return 0
    key = checkpoints.private_key(Path(settings.COMPASS_CHECKPOINT_KEY_FILE).read_bytes())
    return erasures.write(Path(settings.COMPASS_CHECKPOINTS), key, lines)


@app.periodic(cron="* * * * *")
@app.task(name="compass.trail.checkpoint", queueing_lock="compass.trail.checkpoint", pass_context=False)
def checkpoint(timestamp: int = 0) -> int:
    """Every minute: export the erasure ledger, and sign a checkpoint when 100 entries or an hour have passed.

    The number of the entry signed, else 0.
    """
    export_erasures()
    signed = sign_checkpoint()
    return signed.seq if signed else 0
