"""Who acts: a colleague with the grants that are valid at this moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from compass.access.models import Grant, Organisation, User
from compass.access.prepared import Prepared
from compass.access.roles import OVERSEERS, ROLES
from compass.vault.models import Lock


@dataclass(frozen=True)
class HeldGrant:
    role: str
    organisation: Organisation
    country: str


def _grants(user: UUID, now: datetime) -> models.QuerySet[Grant]:
    valid = Q(valid_to__isnull=True) | Q(valid_to__gt=now)
    locked = Lock.objects.filter(opened_at=None, organisation_id=OuterRef("organisation_id"))
    rows = Grant.objects.filter(~Exists(locked), valid, user=user, valid_from__lte=now)
    return rows.select_related("organisation").order_by("valid_from", "id")


_in_force = Prepared(_grants)


@dataclass
class Actor:
    """A colleague and the grants of this request. Read anew on every request, so a revocation counts at once; what was
    granted in an organisation that is locked counts when it opens again.

    A colleague with roles in two organisations works for one at a time: what a role in one of them sees is never written
    under the name of the other. `elsewhere` are the others, to change over to. An overseer writes nothing and watches in
    all of them.
    """

    user: User
    grants: tuple[HeldGrant, ...] = field(default=())
    here: Organisation | None = None
    elsewhere: tuple[Organisation, ...] = field(default=())

    @classmethod
    def of(cls, user: User, at: UUID | None = None) -> Actor:
        """The colleague at work for the organisation `at`; without a grant there, for the home one. One query."""
        rows = _in_force(user=user.pk, now=timezone.now())
        held = tuple(HeldGrant(g.role, g.organisation, g.country) for g in rows)
        watched = {grant.organisation.pk: grant.organisation for grant in held}
        works = {grant.organisation.pk: grant.organisation for grant in held if grant.role not in OVERSEERS}
        places = works or watched
        here = next((place for place in (at, user.organisation_id, *places) if place in places), None)
        return cls(
            user,
            tuple(grant for grant in held if grant.organisation.pk == here or grant.role in OVERSEERS),
            places.get(here) if here else None,
            tuple(place for pk, place in works.items() if pk != here),
        )

    @property
    def id(self) -> UUID:
        return self.user.pk

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(g.role for g in self.grants)

    @cached_property
    def organisations(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(g.organisation.pk for g in self.grants))

    @cached_property
    def countries(self) -> frozenset[str]:
        return frozenset(g.country or g.organisation.country for g in self.grants) - {""}

    @cached_property
    def tiers(self) -> frozenset[str]:
        return frozenset[str]().union(*(ROLES[g.role].tiers for g in self.grants if g.role in ROLES))

    @property
    def organisation(self) -> Organisation:
        """The organisation this colleague works for now."""
        return self.here or self.user.organisation

    def in_roles(self, roles: frozenset[str]) -> tuple[UUID, ...]:
        """The organisations in which this colleague holds one of the roles."""
        return tuple(dict.fromkeys(g.organisation.pk for g in self.grants if g.role in roles))
