"""Reads about who belonged together: the history of a person's households, and who else was there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from compass.access.work import Work
from compass.people.models import HouseholdMember, Person

#: Answers to who cares for a child that name nobody grown (codes of care_arrangement).
UNCARED = frozenset({"no_care_arrangement", "child_headed_household", "independent_living"})
#: Answers to who cares for a child that say who it is not apart from (codes of care_arrangement), by status (HTCDS 2.0): the
#: separated have no parent with them, the unaccompanied no relative and nobody responsible by law or custom either.
NOT_APART = {
    "unaccompanied": frozenset({"parents", "step_parent", "customary_caregiver", "adult_sibling", "kinship"}),
    "separated": frozenset({"parents"}),
}
#: Made by the program when two records were made one; no household that anybody lived in.
_BETWEEN = "merged"


@dataclass(frozen=True)
class Stay:
    """A time in one household under one description, `since` a day until another; `until` None while it lasts.

    `row`: the row that began it. `ended`: the one that ended it.
    """

    row: HouseholdMember
    since: date
    until: date | None
    ended: HouseholdMember | None

    @property
    def passing(self) -> bool:
        """Whether it began and ended on one day."""
        return self.since == self.until

    @property
    def days(self) -> int | None:
        """How many days it lasted; None while it lasts."""
        return (self.until - self.since).days if self.until else None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until or (self.passing and day == self.until))

    def beside(self, other: Stay) -> bool:
        """Whether both were in the household at one time; a stay within one day counts."""
        first, last = max(self.since, other.since), min(self.until or date.max, other.until or date.max)
        return first < last or (first == last and (self.passing or other.passing))


@dataclass(frozen=True)
class Period:
    """A time of a person in a household and, as far as this colleague may see them, who else was there then.

    `code`: that of the record under which it was written, empty for the person's own.
    """

    stay: Stay
    others: Sequence[tuple[Person, Stay]]
    code: str


def stays(rows: Iterable[HouseholdMember]) -> list[Stay]:
    """The rows of one record, in the order in which they were written, as times one after the other.

    What is said later counts: a row takes the place of what was said to begin after it; one that corrects a mistake, or
    undoes a merge, that of the one before it and begins with it.
    """
    found: list[tuple[HouseholdMember, date]] = []
    for row in rows:
        begin = row.since
        if found and (row.change == "mistake" or (row.change == "undone" and found[-1][0].change == _BETWEEN)):
            begin = min(begin, found.pop()[1])
        while found and found[-1][1] > begin:
            found.pop()
        last = found[-1][0] if found else None
        if last is not None and _goes_on(last, row):
            continue
        found.append((row, begin))
    ends = [*((later, day) for later, day in found[1:]), (None, None)]
    return [
        Stay(row=row, since=begin, until=until, ended=later)
        for (row, begin), (later, until) in zip(found, ends, strict=True)
    ]


def _goes_on(last: HouseholdMember, row: HouseholdMember) -> bool:
    """Whether a row says nothing else than the one before it, or puts back what that one said."""
    if (last.household_id, last.relation) != (row.household_id, row.relation):
        return False
    return (last.uasc_status, last.care) == (row.uasc_status, row.care) or row.change in {"mistake", "undone"}


def rows_of(people: Collection[UUID]) -> dict[UUID, list[HouseholdMember]]:
    """The rows of each of these records in the order in which they were written, as far as they are in reach; one query."""
    found: dict[UUID, list[HouseholdMember]] = defaultdict(list)
    for row in HouseholdMember.objects.filter(person__in=people).order_by("recorded_at", "id"):
        found[row.person_id].append(row)
    return found


def periods(work: Work, person: Person, absorbed: Sequence[Person] = ()) -> list[Period]:
    """With whom a person belonged and when, the newest first, under all of their records; four queries.

    Named are only people whom this colleague may see: nobody learns of anybody else that they were there.
    """
    records = {person.pk: person, **{row.pk: row for row in absorbed}}
    own = {pk: stays(rows) for pk, rows in rows_of(records).items()}
    households = {stay.row.household_id for each in own.values() for stay in each}
    met = HouseholdMember.objects.filter(household_id__in=households).exclude(person__in=records)
    may_see = work.allowed("people.view", Person).defer("identity_sealed", "contact_sealed")
    others = may_see.in_bulk(set(met.values_list("person_id", flat=True)))
    work.saw(others.values())
    theirs = {pk: stays(rows) for pk, rows in rows_of(others).items()}
    found = []
    for pk, each in own.items():
        for stay in each:
            if pk != person.pk and stay.row.change == _BETWEEN:
                continue
            there = [
                (others[other], met_then)
                for other, times in theirs.items()
                for met_then in times
                if met_then.row.household_id == stay.row.household_id and met_then.beside(stay)
            ]
            # Between two answers of one conversation nobody was alone.
            if stay.passing and not there:
                continue
            there.sort(key=lambda one: (one[0].is_child, one[1].since, one[0].code))
            found.append(Period(stay, there, "" if pk == person.pk else records[pk].code))
    return sorted(found, key=lambda each: (each.stay.since, each.stay.row.recorded_at, each.stay.row.pk), reverse=True)


def on_day(found: Iterable[Period], day: date) -> list[Period]:
    """What of it held on a day, with those who were there on that day."""
    return [
        Period(each.stay, [(p, stay) for p, stay in each.others if stay.on(day)], each.code)
        for each in found
        if each.stay.on(day)
    ]


def cared_for_by_nobody(child: Person, others: Iterable[Person]) -> bool:
    """Whether a child is said to be with an adult of theirs, and none is recorded with it. No query."""
    return child.is_child and child.uasc_status == "accompanied" and all(other.is_child for other in others)
