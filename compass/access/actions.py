"""The decorator that makes a function an action: done once per key, with a receipt and an event in the trail."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db import models as db
from django.utils import timezone

from compass.access.models import Receipt
from compass.access.sql import CLOSED_STATE, COARSE_STATE
from compass.access.work import Command, Work
from compass.problems import BasisMissing, KeyReused, TooFarAway, WrongState
from compass.vault.keys import system_key

C = TypeVar("C", bound=Command)
M = TypeVar("M", bound=db.Model)

BASES = frozenset({"consent", "vital_interest", "legal_duty", "public_interest"})
CLOCK_SLACK = timedelta(minutes=10)
# A device whose clock was never set; and PostgreSQL keeps moments that Python cannot read again.
FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
REGISTRY: dict[str, Callable[..., Any]] = {}

#: What an action about people is for: a code of the list consent_scope, or how its row says it.
Purpose = str | Callable[[Any], str]
#: What each action is for; empty for what is about nobody and can rest on nobody's consent.
PURPOSES: dict[str, Purpose] = {}
Covered = Callable[[Purpose, Sequence[tuple[Command, db.Model]]], None]
_covered: list[Covered] = []


def ask_consent(check: Covered) -> None:
    """Let `check(purpose, [(command, row)])` refuse, for every action, what rests on a consent that does not cover it."""
    if check not in _covered:
        _covered.append(check)


_CLAIM = """
INSERT INTO access_receipt (key, action, actor_id, organisation_id, result_id, basis, occurred_at, recorded_at, digest)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[],
                     %s::timestamptz[], %s::text[])
ON CONFLICT (key) DO NOTHING RETURNING key
"""


def action(
    name: str, model: type[M], *, purpose: Purpose = ""
) -> Callable[[Callable[[Work, list[C]], list[M]]], Callable[[Work, Sequence[C]], list[M]]]:
    """Make `function(work, commands) -> rows` idempotent per command and recorded.

    The function receives only commands that were not done before and returns one row of `model` for each, in order. A
    command whose key is known returns the row it made then. A second sender waits for the first to commit. Raises
    KeyReused for a key of another colleague or action, or of a page that was gone back to and changed; BasisMissing;
    TooFarAway (before the year 2000, more than ten minutes in the future). What a clock that runs ahead says is now, so
    that it outlasts nothing said after it: the newest answer of a person counts.

    `purpose`: what consent must cover for a command that rests on it, see `ask_consent`; ConsentMissing where none does.
    An act about nobody rests on nobody's consent: BasisMissing. What one act takes along rests on what it rests on.
    """

    def decorate(function: Callable[[Work, list[C]], list[M]]) -> Callable[[Work, Sequence[C]], list[M]]:
        @wraps(function)
        def run(work: Work, commands: Sequence[C]) -> list[M]:
            if not commands:
                return []
            for command in commands:
                if command.basis not in BASES:
                    raise BasisMissing
                if not FIRST_MOMENT <= command.occurred_at <= work.now + CLOCK_SLACK:
                    raise TooFarAway(date=command.occurred_at.date().isoformat())
            now = max(work.now, timezone.now())
            commands = [replace(c, occurred_at=now) if c.occurred_at > now else c for c in commands]
            fresh_keys = _claim(work, name, commands)
            # A list that names one key twice asks for one thing.
            once: dict[UUID, C] = {}
            for command in commands:
                if command.key in fresh_keys:
                    once.setdefault(command.key, command)
            fresh = list(once.values())
            on_consent = any(each.basis == "consent" for each in fresh)
            # What was refused is undone also for a caller that goes on.
            with transaction.atomic() if on_consent else nullcontext(), work.resting(on_consent) as inside:
                rows = _exactly(function, work, fresh) if fresh else []
                if len(rows) != len(fresh):
                    raise RuntimeError(f"{name} returned {len(rows)} rows for {len(fresh)} commands")
                if not inside:
                    _must_rest(purpose, [(c, row) for c, row in zip(fresh, rows, strict=True) if c.basis == "consent"])
            results = {c.key: row for c, row in zip(fresh, rows, strict=True)}
            _write_results(results)
            if fresh:
                work.record(name, results=[row.pk for row in rows], count=len(rows), basis=fresh[0].basis)
                work.saw(rows)
            results.update(_earlier(work, name, model, [c for c in commands if c.key not in fresh_keys]))
            return [results[c.key] for c in commands]

        REGISTRY[name] = run
        PURPOSES[name] = purpose
        return run

    return decorate


#: `mend(work, person)` puts exact values back about somebody whose rows are coarse; whether it could.
Mend = Callable[[Work, UUID], bool]
_mend: list[Mend] = []
#: SQLSTATE unique_violation.
TAKEN_STATE = "23505"


def on_coarse(mend: Mend) -> None:
    """Call `mend` where the database refused a write because rows about a person are coarse; the act is done again then."""
    if mend not in _mend:
        _mend.append(mend)


def _exactly(function: Callable[[Work, list[C]], list[M]], work: Work, commands: list[C]) -> list[M]:
    """The outermost act is the one that is done again: what it took along had read what was coarse."""
    if work.acting:
        return _done(function, work, commands)

    def mended(error: DatabaseError) -> bool:
        if getattr(error.__cause__, "sqlstate", "") == TAKEN_STATE:
            # A code that another row has: of a million people one in twenty-seven thousand draws one. It is drawn anew.
            return str(error.__cause__.diag.constraint_name).endswith("_code_key")  # type: ignore[union-attr]
        if getattr(error.__cause__, "sqlstate", "") != COARSE_STATE:
            return False
        person = UUID(error.__cause__.diag.message_detail)  # type: ignore[union-attr]
        if not any(mend(work, person) for mend in _mend):
            raise WrongState from error
        return True

    work.acting = True
    try:
        return work.again(lambda: _done(function, work, commands), mended)
    finally:
        work.acting = False


def _done(function: Callable[[Work, list[C]], list[M]], work: Work, commands: list[C]) -> list[M]:
    try:
        return function(work, commands)
    except DatabaseError as error:
        # Someone merged the record into another while this was under way.
        if getattr(error.__cause__, "sqlstate", "") == CLOSED_STATE:
            raise WrongState from error
        raise


def _must_rest(purpose: Purpose, resting: Sequence[tuple[Command, db.Model]]) -> None:
    """Refuse a basis that is not true. Asked once the rows are there: they say whom an act is about."""
    if resting and not purpose:
        raise BasisMissing
    for check in _covered if resting else ():
        check(purpose, resting)


def _claim(work: Work, name: str, commands: Sequence[Command]) -> set[UUID]:
    size = len(commands)
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            [
                [c.key for c in commands],
                [name] * size,
                [work.actor.id] * size,
                [work.actor.organisation.pk] * size,
                [None] * size,
                [c.basis for c in commands],
                [c.occurred_at for c in commands],
                [work.now] * size,
                [kept_digest(work, c) for c in commands],
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def _write_results(results: dict[UUID, M]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE access_receipt r SET result_id = v.result FROM unnest(%s::uuid[], %s::uuid[]) AS v(key, result)"
            " WHERE r.key = v.key",
            [list(results), [row.pk for row in results.values()]],
        )


def kept_digest(work: Work, command: Command) -> str:
    """What the receipt keeps of the digest of what was typed and of the page it was typed on: HMAC-SHA256, empty when
    nobody typed. The same words on the page of another record are another act."""
    typed = f"{command.said} {work.address}".encode()
    return hmac.new(system_key("receipt"), typed, sha256).hexdigest() if command.said else ""


def _earlier(work: Work, name: str, model: type[M], commands: list[C]) -> dict[UUID, M]:
    if not commands:
        return {}
    keys = [c.key for c in commands]
    receipts = {r.key: r for r in Receipt.objects.filter(key__in=keys, actor_id=work.actor.id, action=name)}
    if any(c.said and c.key in receipts and receipts[c.key].digest != kept_digest(work, c) for c in commands):
        raise KeyReused
    rows = model._default_manager.in_bulk([r.result_id for r in receipts.values() if r.result_id])
    try:
        return {key: rows[receipts[key].result_id] for key in keys}
    except KeyError as error:
        raise KeyReused from error
