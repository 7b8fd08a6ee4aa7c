"""Sessions whose table signs no one in: the key is stored as SHA-256, the content sealed.

30 minutes idle, 12 hours in all (security-and-matching.md section 4); Django names the settings, COMPASS_SESSION_IDLE and
COMPASS_SESSION_TOTAL hold them in seconds.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Least
from django.utils import timezone

from compass.access.models import Session
from compass.access.prepared import Prepared
from compass.problems import KeyAbsent, Locked, RootKeyAway, Unreadable
from compass.vault import crypto
from compass.vault.keys import system_key


def digest(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()


def _of(key_hash: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(key_hash=key_hash, expires_at__gt=now)


_open = Prepared(_of)


def sessions_of(user_id: UUID) -> list[Session]:
    """The open sessions of a colleague, the last used one first."""
    return list(Session.objects.filter(user_id=user_id, expires_at__gt=timezone.now()).order_by("-seen_at"))


def end_sessions(user_id: UUID, *, keep: str | None = None) -> int:
    """End every session of a colleague except the one with the key `keep`; for a changed password, factor or grant.

    Returns how many were ended.
    """
    rows = Session.objects.filter(user_id=user_id)
    if keep:
        rows = rows.exclude(key_hash=digest(keep))
    return rows.delete()[0]


class SessionStore(SessionBase):
    """Server-side sessions in the table `access_session`."""

    def _hash(self) -> str:
        return digest(self.session_key or "")

    def _seal(self, key_hash: str, data: dict[str, Any]) -> bytes:
        return crypto.seal_bytes(
            system_key("session"),
            self.encode(data).encode(),
            table="access_session",
            column="sealed",
            subject=key_hash,
            version=1,
        )

    def _limit(self, created_at: datetime, now: datetime) -> datetime:
        return min(
            now + timedelta(seconds=settings.COMPASS_SESSION_IDLE),
            created_at + timedelta(seconds=settings.COMPASS_SESSION_TOTAL),
        )

    def load(self) -> dict[str, Any]:
        now = timezone.now()
        found = _open(key_hash=self._hash(), now=now)
        row = found[0] if found else None
        if row is None:
            self._session_key = None
            return {}
        if now - row.seen_at > timedelta(seconds=60):
            Session.objects.filter(pk=row.pk).update(seen_at=now, expires_at=self._limit(row.created_at, now))
        try:
            raw = crypto.open_bytes(
                system_key("session"), row.sealed, table="access_session", column="sealed", subject=row.key_hash
            )
        except (Unreadable, RootKeyAway, KeyAbsent, Locked):
            # Changed by hand, or this process holds no key (any more): nobody is signed in, and the sign-in page must open.
            self._session_key = None
            return {}
        return self.decode(raw.decode())

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(key_hash=digest(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        now = timezone.now()
        key_hash = self._hash()
        fields = {
            "sealed": self._seal(key_hash, data),
            "user_id": UUID(str(data[SESSION_KEY])) if SESSION_KEY in data else None,
            "seen_at": now,
        }
        idle = now + timedelta(seconds=settings.COMPASS_SESSION_IDLE)
        total = timedelta(seconds=settings.COMPASS_SESSION_TOTAL)
        if must_create:
            try:
                with transaction.atomic():
                    Session.objects.create(
                        key_hash=key_hash, created_at=now, expires_at=self._limit(now, now), **fields
                    )
            except IntegrityError as error:
                raise CreateError from error
        elif not Session.objects.filter(key_hash=key_hash).update(
            **fields, expires_at=Least(Value(idle), F("created_at") + total)
        ):
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(key_hash=digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expires_at__lt=timezone.now()).delete()
