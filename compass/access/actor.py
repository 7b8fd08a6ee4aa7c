"""Who acts: a colleague with the grants that are valid at this moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from compass.access.models import Grant, Organisation, User
from compass.access.roles import ROLES


@dataclass(frozen=True)
class HeldGrant:
    role: str
    organisation: Organisation
    country: str


@dataclass
class Actor:
    """A colleague and the grants of this request. Read anew on every request, so a revocation counts at once."""

    user: User
    grants: tuple[HeldGrant, ...] = field(default=())

    @classmethod
    def of(cls, user: User) -> Actor:
        """One query."""
        now = timezone.now()
        rows = (
            Grant.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now), user=user, valid_from__lte=now)
            .select_related("organisation")
            .order_by("valid_from", "id")
        )
        return cls(user, tuple(HeldGrant(g.role, g.organisation, g.country) for g in rows))

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
        """The organisation this colleague works for: the home one when it is among the granted, else the first granted."""
        granted = [grant.organisation for grant in self.grants]
        return next(
            (each for each in granted if each.pk == self.user.organisation_id),
            granted[0] if granted else self.user.organisation,
        )

    def in_roles(self, roles: frozenset[str]) -> tuple[UUID, ...]:
        """The organisations in which this colleague holds one of the roles."""
        return tuple(dict.fromkeys(g.organisation.pk for g in self.grants if g.role in roles))
