"""Taking one organisation out of the programme in one step, and what of other rooms falls with it.

Its sessions, grants and accounts end, its key is locked away, and what others shared with it opens for it no more. Its
records stay, for nobody to see, until two custodians open them (`compass unlock`) and somebody is granted a role there anew,
to hand them over.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import connection

from compass.access.models import Organisation, OrganisationKind, User

_steps: list[Callable[[UUID], None]] = []


def on_revocation(step: Callable[[UUID], None]) -> None:
    """Call `step(organisation)` in the same transaction, once it is revoked."""
    if step not in _steps:
        _steps.append(step)


def of_headquarters(user: User) -> bool:
    """Whether a colleague's own office is of no country."""
    return user.organisation.kind == OrganisationKind.OFFICE and not user.organisation.country


def revoke(organisation: Organisation, *, as_owner: bool = False) -> int:
    """How many sessions ended. The owner's function looks at the role of whoever asks, unless the owner does."""
    call = "compass_end_organisation(%s, NULL)" if as_owner else "compass_revoke(%s)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}", [organisation.pk])
        (ended,) = cursor.fetchone()
    for step in _steps:
        step(organisation.pk)
    return int(ended)
