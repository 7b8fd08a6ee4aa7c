"""Reads about groups other than the household: with whom somebody travels, was held, lived through something, is related."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from compass.access.work import Work
from compass.people.models import GroupMember, Person
from compass.people.queries import made_one_with

IN, LEFT, MISTAKEN = "in_it", "left", "mistaken"
TRAVELLING = "travelling"


@dataclass(frozen=True)
class Said:
    """One row, opened for the program itself: what it says; empty where its key is gone."""

    row: GroupMember
    told: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return str(self.told.get("kind") or "")

    @property
    def why(self) -> str:
        return str(self.told.get("why") or "")

    @property
    def relation(self) -> str:
        return str(self.told.get("relation") or "")

    @property
    def remark(self) -> str:
        return str(self.told.get("remark") or "")

    @property
    def since(self) -> date | None:
        return _day(self.told, "since")

    @property
    def until(self) -> date | None:
        return _day(self.told, "until")


@dataclass(frozen=True)
class Member:
    """Somebody in a group: what is said of it now, and what was said before, the newest first."""

    person: Person
    now: Said
    before: Sequence[Said] = ()

    @property
    def is_in(self) -> bool:
        return self.now.row.state == IN


@dataclass(frozen=True)
class Group:
    """A group of a person (`own`) with the `others` whom this colleague may see, those who are still in it first."""

    own: Member
    others: Sequence[Member]

    @property
    def id(self) -> UUID:
        return UUID(str(self.own.now.row.group_id))

    @property
    def kind(self) -> str:
        return self.own.now.kind

    @property
    def still(self) -> Sequence[Member]:
        """The others who are in it now."""
        return [each for each in self.others if each.is_in]

    @property
    def strangers(self) -> Sequence[Member]:
        """Grown people who are in it now and not of the person's household."""
        home = self.own.person.household_id
        return [each for each in self.still if not each.person.is_child and each.person.household_id != home]


def _day(told: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(told[name]) if told.get(name) else None


def said(work: Work, row: GroupMember) -> Said:
    """A row, opened for the program itself; whoever shows its words must `reveal` the person."""
    held = work.keys.holds([row.person_id])
    told = work.keys.open(
        row.said_sealed, table=row._meta.db_table, column="said_sealed", subject=row.person_id, row=row.pk
    ) if held else {}  # fmt: skip
    return Said(row, told or {})


def rows_of(people: Collection[UUID]) -> dict[UUID, list[GroupMember]]:
    """The rows of these records by group, the newest first; one query."""
    found: dict[UUID, list[GroupMember]] = defaultdict(list)
    for row in GroupMember.objects.filter(person__in=people, group_id__isnull=False).order_by("-recorded_at", "-id"):
        found[row.group_id].append(row)
    return found


def groups_of(work: Work, person: Person) -> list[Group]:
    """Every group of a person, under all of their records, with the others; those of today first. Two queries where
    there is none, else at most six, however many are in it.

    Named are only people whom this colleague may see: nobody learns of anybody else that they were there. Left out is who
    was written down by mistake, and whoever was erased. Everybody named goes into the trail.
    """
    records = {person.pk, *(row.pk for row in made_one_with(person))}
    own = rows_of(records)
    if not own:
        return []
    met = list(GroupMember.objects.filter(group_id__in=own).exclude(person__in=records).order_by("-recorded_at", "-id"))
    held = work.keys.holds(records | {row.person_id for row in met})
    met = [row for row in met if row.person_id in held]
    people = _whose(work, {row.person_id for row in met})
    there: dict[UUID, dict[UUID, list[GroupMember]]] = defaultdict(lambda: defaultdict(list))
    for row in met:
        if row.person_id in people:
            there[row.group_id][people[row.person_id].pk].append(row)
    known = {other.pk: other for other in people.values()}
    found = []
    for group, rows in own.items():
        mine = _member(work, person, rows)
        others = [] if mine.now.row.state == MISTAKEN else [
            _member(work, known[pk], theirs)
            for pk, theirs in there[group].items()
            if theirs[0].state != MISTAKEN and pk != person.pk
        ]  # fmt: skip
        work.saw(each.person for each in others)
        others.sort(key=lambda each: (not each.is_in, each.person.code))
        found.append(Group(mine, others))
    return sorted(found, key=lambda each: (not each.own.is_in, -(each.own.now.since or date.min).toordinal()))


def _whose(work: Work, records: Collection[UUID]) -> dict[UUID, Person]:
    """The person of each of these records whom this colleague may see: for one that was merged, the one that is kept."""
    may_see = work.allowed("people.view", Person).defer("identity_sealed", "contact_sealed")
    seen = may_see.in_bulk(set(records))
    kept = may_see.in_bulk({row.merged_into_id for row in seen.values() if row.merged_into_id} - set(seen))
    every = {**seen, **kept}
    return {pk: every[row.merged_into_id or pk] for pk, row in seen.items() if (row.merged_into_id or pk) in every}


def _member(work: Work, person: Person, rows: Sequence[GroupMember]) -> Member:
    now, *before = (said(work, row) for row in rows)
    return Member(person, now, before)


def current(groups: Iterable[Group]) -> list[Group]:
    """Those in which the person is now."""
    return [each for each in groups if each.own.is_in]


def travels_with_strangers(child: Person, groups: Iterable[Group]) -> int:
    """How many grown people beyond the household a child travels with, as far as it was told; for the assessment only."""
    travelling = [each for each in current(groups) if each.kind == TRAVELLING] if child.is_child else []
    return len({other.person.pk for each in travelling for other in each.strangers})
