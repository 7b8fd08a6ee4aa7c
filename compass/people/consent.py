"""What a person's consent allows, with the reason. Every path that shares something asks here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from compass.access.prepared import Prepared
from compass.people.models import Consent


@dataclass(frozen=True)
class Answer:
    """`allowed` and why: given | refused | child_refused | not_asked | withdrawn | expired."""

    allowed: bool
    reason: str
    consent_id: UUID | None = None

    def __bool__(self) -> bool:
        return self.allowed


#: Reasons of an answer after which nothing rests on consent any more, and nobody may take it for not asked yet.
ENDED = frozenset({"refused", "child_refused", "withdrawn", "expired"})


def newest(people: Iterable[UUID]) -> dict[UUID, Consent]:
    """The newest consent of each person, withdrawn and expired ones included; one query."""
    return {row.person_id: row for row in _newest(people=people)}


def _last_of(people: list[UUID]) -> QuerySet[Consent]:
    rows = Consent.objects.filter(person_id__in=people).order_by("person_id", "-occurred_at", "-id")
    return rows.distinct("person_id")


_newest = Prepared(_last_of)


def answer(consent: Consent | None, scope: str, today: date | None = None) -> Answer:
    """What a consent says about a scope on a day; a child's own no outweighs an adult's yes."""
    if consent is None:
        return Answer(False, "not_asked")
    if consent.withdrawn_at is not None:
        return Answer(False, "withdrawn", consent.pk)
    if consent.expires_on < (today or timezone.now().date()):
        return Answer(False, "expired", consent.pk)
    if consent.child_agrees is False:
        return Answer(False, "child_refused", consent.pk)
    if scope not in consent.scopes:
        return Answer(False, "not_asked", consent.pk)
    return Answer(bool(consent.scopes[scope]), "given" if consent.scopes[scope] else "refused", consent.pk)


def carried(earlier: Consent | None, asked: Collection[str], moment: datetime) -> dict[str, bool]:
    """The answers of an earlier consent, in force at that moment, to scopes that were not asked again.

    A child's own no leaves no yes to carry over; what was answered no stays a no.
    """
    if earlier is None or earlier.withdrawn_at is not None or earlier.occurred_at > moment:
        return {}
    if earlier.expires_on < moment.date():
        return {}
    return {
        scope: said
        for scope, said in earlier.scopes.items()
        if scope not in asked and (not said or earlier.child_agrees is not False)
    }


def allows(person: UUID, scope: str) -> Answer:
    """Whether this person's consent covers a scope (code of the list consent_scope) today."""
    return answer(newest([person]).get(person), scope)
