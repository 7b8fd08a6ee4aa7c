"""Names of colleagues, sealed under the deployment's key and bound to their account."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Q

from compass.access.models import User
from compass.vault import crypto
from compass.vault.keys import system_key


def seal_name(user_id: UUID, name: str) -> bytes:
    return crypto.seal_bytes(
        system_key("staff"), name.encode(), table="access_user", column="name_sealed", subject=user_id, version=1
    )


@lru_cache(maxsize=512)
def _open(user_id: UUID, blob: bytes) -> str:
    return crypto.open_bytes(
        system_key("staff"), blob, table="access_user", column="name_sealed", subject=user_id
    ).decode()


def name_of(user: User) -> str:
    """The colleague's name, or the post when none is recorded."""
    return _open(user.pk, bytes(user.name_sealed)) if user.name_sealed else user.username


def names_of_colleagues(organisations: Collection[UUID], people: Iterable[UUID]) -> dict[UUID, str]:
    """Names of those of these accounts that belong to the organisations; one query. Who works elsewhere is left out."""
    found = User.objects.filter(pk__in=set(people), organisation_id__in=organisations)
    return {user.pk: name_of(user) for user in found}


def names_in(roles: Collection[str], organisations: Collection[UUID], now: datetime, *, but: UUID) -> list[str]:
    """Names of those who hold one of these roles in one of these organisations today, one colleague (`but`) left out; one
    query."""
    valid = Q(grants__valid_to__isnull=True) | Q(grants__valid_to__gt=now)
    found = User.objects.filter(
        valid, is_active=True, invited_until=None, grants__role__in=roles, grants__valid_from__lte=now,
        grants__organisation_id__in=organisations,
    )  # fmt: skip
    return sorted({name_of(user) for user in found.exclude(pk=but)})
