"""Reads worth a name that other rooms use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from compass.access.models import Grant, Organisation
from compass.access.roles import ROLES
from compass.access.work import Work
from compass.cases.ladder import return_blocks
from compass.cases.models import BestInterests, Case
from compass.cases.rules import FIELD
from compass.people.models import Person
from compass.problems.words import in_a_row

__all__ = ["LadderAccess", "ladder_access", "return_blocks"]


@dataclass(frozen=True)
class LadderAccess:
    """Whose steps the reader may open; `lead` says who takes the others, by role and office, and is empty without any."""

    open: frozenset[UUID]
    lead: str


def ladder_access(work: Work, children: Iterable[UUID]) -> LadderAccess:
    """For the children of one household on a page; at most five queries, one where the reader may open all."""
    asked = set(children)
    may = work.allowed("best_interests.view", Person) if work.may("best_interests.view") else Person.objects.none()
    found = frozenset(may.filter(pk__in=asked).values_list("pk", flat=True))
    closed = list(Person.objects.filter(pk__in=asked - found).only("organisation_id", "household_id"))
    return LadderAccess(found, _lead(work, closed) if closed else "")


def _lead(work: Work, closed: list[Person]) -> str:
    """Who leads a case of the household, else who began the procedure; never a name."""
    office = closed[0].organisation_id
    cases = Case.objects.filter(person__household_id__in={p.household_id for p in closed}, owner_id__isnull=False)
    people = set(cases.values_list("owner_id", flat=True)) or set(
        BestInterests.objects.filter(person__in=closed).values_list("recorded_by", flat=True)
    )
    valid = Q(valid_to__isnull=True) | Q(valid_to__gt=work.now)
    held = Grant.objects.filter(
        valid, user__in=people, organisation_id=office, role__in=FIELD, valid_from__lte=work.now
    )
    roles = sorted(set(held.values_list("role", flat=True)), key=FIELD.index)
    told = {
        "office": Organisation.objects.get(pk=office).name,
        "role": in_a_row(str(ROLES[role].label) for role in roles),
    }
    if not roles:
        return _("A supervisor of %(office)s says who takes these steps. Ask there first.") % told
    return (
        _(
            "These steps are taken by who leads the case: %(role)s, %(office)s. Should they be yours, ask a supervisor "
            "there to give you the case first."
        )
        % told
    )
