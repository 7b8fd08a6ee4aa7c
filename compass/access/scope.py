"""Signing a scope and setting it for one transaction."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, models, transaction

from compass.problems import NoScope

if TYPE_CHECKING:
    from compass.access.work import Work

SECONDS = 120
BLOCK = 64
#: What a scope says of sensitivities that was made for a colleague's own password and second factors, and for nothing else.
ACCOUNT = "account"
current_work: ContextVar[Work | None] = ContextVar("current_work", default=None)
_account: ContextVar[str] = ContextVar("account_scope", default="")


@lru_cache(maxsize=1)
def _key() -> tuple[str, bytes]:
    raw = Path(settings.COMPASS_SCOPE_KEY_FILE).read_bytes()
    return hashlib.sha256(b"id" + raw).hexdigest()[:16], raw


def pads(raw: bytes) -> tuple[bytes, bytes]:
    """The inner and outer halves of an HMAC-SHA256 key (RFC 2104), as `access_scopekey` keeps them."""
    block = raw.ljust(BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def key_id(raw: bytes) -> str:
    return hashlib.sha256(b"id" + raw).hexdigest()[:16]


def sign(
    actor: UUID | None,
    organisations: Iterable[UUID],
    countries: Iterable[str],
    sensitivities: Iterable[str],
    *,
    pid: int,
    seconds: int = SECONDS,
) -> str:
    """The text of a scope for one database connection (`pid`)."""
    name, raw = _key()
    message = "|".join(
        [
            name,
            str(int(time.time()) + seconds),
            str(pid),
            str(actor or UUID(int=0)),
            ",".join(str(o) for o in organisations),
            ",".join(sorted(countries)),
            ",".join(sorted(sensitivities)),
        ]
    )
    return message + "|" + hmac.new(raw, message.encode(), hashlib.sha256).hexdigest()


def backend_pid() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def enter(token: str) -> None:
    """Set the scope until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('compass.scope', %s, true)", [token])


@contextmanager
def alone(actor: UUID | None) -> Iterator[None]:
    """A transaction whose scope names an actor and nothing else: for entries outside a unit of work."""
    with transaction.atomic():
        enter(sign(actor, (), (), (), pid=backend_pid()))
        yield
        # Inside an outer transaction (a test) SET LOCAL would outlive this block.
        enter(_account.get())


@contextmanager
def account(user: UUID) -> Iterator[None]:
    """The scope in which a colleague's own password and second factors are written; it opens nothing else.

    Held by the connection, not by a transaction: allauth writes in transactions of its own, and one around its pages
    would keep the head of the trail locked while a password is hashed.
    """
    token = sign(user, (), (), (ACCOUNT,), pid=backend_pid())
    _hold(token)
    reset = _account.set(token)
    try:
        yield
    finally:
        _account.reset(reset)
        try:
            _hold("")
        except DatabaseError:
            # Never left to the next request of this connection.
            connection.close()


def _hold(token: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('compass.scope', %s, false)", [token])


class ScopedManager(models.Manager[Any]):
    """Refuses to build a query outside a unit of work: an empty answer with status 200 would be a lie."""

    def get_queryset(self) -> models.QuerySet[Any]:
        if current_work.get() is None:
            raise NoScope
        return super().get_queryset()
