"""Saying who belongs together: each change is a row of its own beside what stands on the person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.actions.common import belongs, known_or_empty
from compass.people.consent import DETAILS
from compass.people.households import NOT_APART, UNCARED
from compass.people.models import PERHAPS_ALONE, HouseholdMember, Person
from compass.problems import Invalid, NotFound
from compass.vault.identifiers import new_id
from compass.vocabulary import known


@dataclass(frozen=True, kw_only=True)
class HouseholdChange(Command):
    """Where a person (`id`) belongs. `household_id` None means a household of their own; uasc_status None leaves it.

    since: the office's day from which it holds, None for that of `occurred_at`. mistake: what was recorded before was never
    so. care: code of care_arrangement, asked when a child leaves the grown people it was with.
    """

    household_id: UUID | None
    relation: str
    uasc_status: str | None = None
    since: date | None = None
    mistake: bool = False
    care: str = ""


@action("people.household", Person, purpose=DETAILS)
def change_households(work: Work, changes: list[HouseholdChange]) -> list[Person]:
    """Say who belongs together, and whether a child is alone. What is changed by it is kept as a row.

    Raises StaleVersion, UnknownCode, and NotFound for a household in which the actor's office has nobody; Invalid for a day
    that has not come, and for a child that leaves grown people unless it is said who cares for it and whether it is alone.
    """
    people = work.require("people.household", Person, changes)
    _within_reach(work, people, changes)
    others = _others(person.household_id for person in people)
    rows = []
    for person, each in zip(people, changes, strict=True):
        before = (person.household_id, person.relation, person.uasc_status)
        left = [other for other in others[person.household_id] if other.pk != person.pk]
        if each.since is not None and each.since > work.today:
            raise Invalid(what=_("the day: it has not come yet"))
        person.household_id = each.household_id or new_id()
        person.relation = known("person_relation", each.relation)
        care = known_or_empty("care_arrangement", each.care)
        parted = person.is_child and person.household_id != before[0] and any(not other.is_child for other in left)
        if parted and not each.mistake:
            _asked_about(each)
        else:
            care = ""
        if each.uasc_status is not None:
            person.uasc_status = known_or_empty("uasc_status", each.uasc_status)
            person.once_alone = person.once_alone or each.uasc_status in PERHAPS_ALONE
        person.version += 1
        if (person.household_id, person.relation, person.uasc_status) != before:
            since = each.since or work.day(each.occurred_at)
            rows.append(
                belongs(person, _change(each, before[0], person, left), since=since, care=care, **stamp(work, each))
            )
    Person.objects.bulk_update(people, ["household_id", "relation", "uasc_status", "once_alone", "version"])
    HouseholdMember.objects.bulk_create(rows)
    return people


def _change(each: HouseholdChange, before: UUID, person: Person, left: list[Person]) -> str:
    if each.mistake:
        return "mistake"
    if person.household_id == before:
        return "described"
    if each.household_id is None:
        return "left"
    return "moved" if left else "joined"


def _asked_about(each: HouseholdChange) -> None:
    """Raises Invalid unless it is said what becomes of a child that leaves the grown people it was with."""
    if not each.care:
        raise Invalid(what=_("who cares for the child now"))
    alone = each.uasc_status in PERHAPS_ALONE
    if (
        each.uasc_status is None
        or (each.care in UNCARED and not alone)
        or each.care in NOT_APART.get(each.uasc_status, ())
    ):
        raise Invalid(what=_("whether the child is alone now"))


def _others(households: Iterable[UUID]) -> dict[UUID, list[Person]]:
    """Who belongs to these households now, within reach; one query."""
    found: dict[UUID, list[Person]] = defaultdict(list)
    rows = Person.objects.filter(household_id__in=set(households)).defer("identity_sealed", "contact_sealed")
    for row in rows:
        found[row.household_id].append(row)
    return found


def _within_reach(work: Work, people: list[Person], changes: list[HouseholdChange]) -> None:
    """A household joins people of one office: an identifier from elsewhere is as good as none."""
    asked = {
        (person.organisation_id, each.household_id)
        for person, each in zip(people, changes, strict=True)
        if each.household_id not in (None, person.household_id)
    }
    if not asked:
        return
    members = work.allowed("people.household", Person).filter(
        household_id__in=[household for _office, household in asked]
    )
    if asked - set(members.values_list("organisation_id", "household_id")):
        raise NotFound
