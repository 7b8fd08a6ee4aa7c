"""A new root key in the place of the old one, while the servers run. The owner's work; every step can be repeated.

For the time of the rotation the database holds each of the two root keys wrapped under the other. So a server that was
started with the old one learns the new one by itself, nobody has to bring the custodians to every machine at one hour, and a
kill at any point loses nothing: whoever has the words of either goes on. The price is that, until the end, the old words and
the disk still open everything. The end takes both wraps away, and then what PostgreSQL still keeps of them and of the old
organisation keys: dead rows and the journal.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
from django.db import connection, transaction
from django.utils import timezone

from compass.problems import KeyAbsent
from compass.vault.models import OrganisationKey, RootKeyRecord
from compass.vault.ring import Ring
from compass.vault.root import FILE, LOOK_EVERY, HeldKey, context, handed_on

BATCH = 100
#: How long the wraps stay at least: five looks of every server (`locking.keep_watch`).
LEARNING = timedelta(seconds=5 * LOOK_EVERY)
TABLES = (OrganisationKey._meta.db_table, RootKeyRecord._meta.db_table)
_LOCK = 0x636F6D70617373  # "compass"


@contextmanager
def only_one() -> Iterator[bool]:
    """Whether no other rotation runs; the lock falls with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        got = bool(cursor.fetchone()[0])
        try:
            yield got
        finally:
            if got:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def begun() -> RootKeyRecord | None:
    """The rotation that has not come to its end, if any."""
    return RootKeyRecord.objects.exclude(before=None).filter(cleaned_at=None).order_by("-number").first()


def begin(held: Ring, old: int, new: int) -> RootKeyRecord:
    """Hand each of the two keys on under the other. From here on new organisation keys are wrapped under the new one."""
    first, second = held.get(old), held.get(new)
    if first is None or second is None:
        raise KeyAbsent
    with transaction.atomic():
        RootKeyRecord.objects.get_or_create(number=old, defaults={"check_value": HeldKey(first).check})
        return RootKeyRecord.objects.create(
            number=new,
            before=old,
            check_value=HeldKey(second).check,
            wrapped=HeldKey(first).wrap(second, handed_on(new, old)),
            before_wrapped=HeldKey(second).wrap(first, handed_on(old, new)),
        )


def rewrap(held: Ring, row: RootKeyRecord, size: int = BATCH) -> int:
    """Wrap at most `size` organisation keys anew, in one transaction; returns how many. 0 when none is left."""
    first, second = held.get(row.before or FILE), held.get(row.number)
    if first is None or second is None:
        raise KeyAbsent
    old, new = HeldKey(first), HeldKey(second)
    with transaction.atomic():
        found = OrganisationKey.objects.select_for_update().exclude(root_key=row.number).order_by("pk")
        keys = list(found[:size])
        for each in keys:
            place = context(each.organisation_id, each.version)
            each.wrapped, each.root_key = new.wrap(old.unwrap(each.wrapped, place), place), row.number
        OrganisationKey.objects.bulk_update(keys, ["wrapped", "root_key"])
    return len(keys)


def wait_for_servers(row: RootKeyRecord) -> None:
    """Until every server has had time to learn the new key."""
    left = row.created_at + LEARNING - timezone.now()
    time.sleep(max(left.total_seconds(), 0))


def finish(row: RootKeyRecord) -> bool:
    """Take the wraps away; False, and nothing done, when a key is still wrapped under the old one."""
    with transaction.atomic():
        # Whoever makes an organisation key holds this lock until its row is there.
        list(RootKeyRecord.objects.select_for_update())
        if OrganisationKey.objects.exclude(root_key=row.number).exists():
            return False
        row.wrapped = row.before_wrapped = b""
        row.finished_at = timezone.now()
        row.save(update_fields=["wrapped", "before_wrapped", "finished_at"])
    return True


def clean(row: RootKeyRecord) -> bool:
    """Make PostgreSQL forget the old wraps: rewrite the tables, then start a new journal and let the old one go.

    False when this role may not touch the journal. Repeats while an old reader still holds dead rows.
    """
    for table in TABLES:
        while _dead_rows_left(table):
            time.sleep(1)
    fresh = _fresh_journal()
    row.cleaned_at = timezone.now()
    row.save(update_fields=["cleaned_at"])
    return fresh


def _dead_rows_left(table: str) -> int:
    """Rewrite a table; how many dead rows had to stay because someone may still read them. A locked table counts as one."""
    said: list[str] = []

    def heard(diagnostic: psycopg.errors.Diagnostic) -> None:
        said.append(diagnostic.message_detail or "")

    connection.ensure_connection()
    raw: psycopg.Connection = connection.connection
    raw.add_notice_handler(heard)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
            raw.execute(f"VACUUM (FULL, VERBOSE) {table}")
    except psycopg.errors.LockNotAvailable:
        return 1
    finally:
        raw.remove_notice_handler(heard)
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    numbers = [int(found[0]) for detail in said if (found := re.match(r"\d+", detail.strip()))]
    return max(numbers, default=0)


def _fresh_journal() -> bool:
    connection.ensure_connection()
    raw: psycopg.Connection = connection.connection
    try:
        raw.execute("SELECT pg_switch_wal()")
        raw.execute("CHECKPOINT")
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True
