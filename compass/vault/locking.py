"""The lock: in danger one step ends all sessions and takes the keys out of every running process.

The row that says so is asked by the database itself with each query of a scope, so that the next request is refused
everywhere. Each process that holds keys also looks twice a second, forgets what it holds, empties the anonymous file of
the root keys for all who share it, and ends: what Python leaves in freed memory goes with the process, and the one that
takes its place never had a key (`config.wsgi`, `config.commands.worker`).
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from uuid import UUID

from django.db import Error, connection
from django.utils import timezone

from compass.problems import KeyAbsent, Locked, OfficeLocked, Problem
from compass.vault import keys, root
from compass.vault.models import Lock

#: Seconds between two looks of a process that holds keys.
LOOK_EVERY = 0.5
#: Seconds that a request under way has to end in words, before its process ends without it.
GRACE = 3.0


def is_locked(organisation_id: UUID = root.SYSTEM) -> bool:
    """Whether an organisation, or everything, is locked now. One query."""
    return bool(Lock.objects.filter(opened_at=None, organisation_id__in=(organisation_id, root.SYSTEM)).exists())


def lock(place: UUID) -> int:
    """Lock an organisation, or with `root.SYSTEM` everything, and end the sessions; returns how many ended.

    In the transaction and scope of whoever asks: the owner's function looks at their role itself.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT compass_lock(%s)", [place])
        return int(cursor.fetchone()[0])


def lock_as_owner(place: UUID) -> int:
    """The same, in nobody's name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT compass_close_down(%s, NULL)", [place])
        return int(cursor.fetchone()[0])


def unlock(place: UUID) -> bool:
    """Open what is locked; whether it was. The owner's work, once custodians brought their words."""
    return bool(Lock.objects.filter(organisation_id=place, opened_at=None).update(opened_at=timezone.now()))


def refuse(organisation_id: UUID) -> None:
    """Raise Locked or OfficeLocked where that is why a key is not to be seen."""
    if is_locked():
        raise Locked
    if is_locked(organisation_id):
        raise OfficeLocked


def keep_watch(leave: Callable[[], None]) -> threading.Thread:
    """Look for a lock, and for the root key that a rotation hands on, in a thread of its own.

    A process that nobody uses at night lets go, and learns, too. `leave` ends the process; it is called once, when nothing
    is held any more but what was freed.
    """
    thread = threading.Thread(target=_watch, args=[leave], name="keys", daemon=True)
    thread.start()
    return thread


def _watch(leave: Callable[[], None]) -> None:
    known: set[int] | None = None
    learned = time.monotonic()
    while True:
        try:
            now = dict(Lock.objects.filter(opened_at=None).values_list("pk", "organisation_id"))
            if now and (keys.hold_any() if known is None else now.keys() - known):
                _let_go(everything=root.SYSTEM in now.values())
                leave()
                return
            known = set(now)
            if root.SYSTEM not in now.values() and time.monotonic() - learned > root.LOOK_EVERY:
                learned = time.monotonic()
                # An emptied ring, or a row that is not what a rotation writes: the one that is comes with the next look.
                with contextlib.suppress(Problem):
                    root.learn(root.ring())
        except Error:
            with contextlib.suppress(Error):
                connection.close()
        time.sleep(LOOK_EVERY)


def _let_go(*, everything: bool) -> None:
    keys.forget_keys()
    if everything:
        with contextlib.suppress(KeyAbsent):
            root.ring().wipe()
