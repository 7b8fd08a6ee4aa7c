"""One policy: a rule returns a `Q`; the list is filtered with it and the single record is fetched with the same one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from compass.problems import Denied

if TYPE_CHECKING:
    from compass.access.actor import Actor

Where = Callable[["Actor", tuple[UUID, ...]], Q]


def own_organisation(actor: Actor, organisations: tuple[UUID, ...]) -> Q:
    """Rows of the organisations in which the actor holds one of the rule's roles."""
    return Q(organisation_id__in=organisations)


def shared_with(actor: Actor, organisations: tuple[UUID, ...]) -> Q:
    """Rows addressed to those organisations."""
    return Q(to_organisation_id__in=organisations)


@dataclass(frozen=True)
class Rule:
    name: str
    roles: frozenset[str]
    where: Where


RULES: dict[str, Rule] = {}


def rule(name: str, *roles: str, where: Where = own_organisation) -> Rule:
    """Declare who may do `name` (for example `cases.close`), in a room's rules.py. Names are declared once."""
    if name in RULES:
        raise ValueError(f"rule {name} is declared twice")
    RULES[name] = Rule(name, frozenset(roles), where)
    return RULES[name]


def may(actor: Actor, name: str) -> bool:
    """Whether the actor holds a role of the rule at all, before any record is looked at."""
    return bool(RULES[name].roles & actor.roles)


def where(actor: Actor, name: str) -> Q:
    """The rows on which the actor may do it. Raises Denied when no role of the rule is held; KeyError without a rule."""
    found = RULES[name]
    organisations = actor.in_roles(found.roles)
    if not organisations:
        raise Denied(roles=found.roles)
    return found.where(actor, organisations)
