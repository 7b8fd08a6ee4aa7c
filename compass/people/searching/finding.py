"""From two attributes to people of the asking office, ranked; what is opened stays inside the process."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from compass.access.prepared import Prepared
from compass.access.work import Work
from compass.people.matching.records import Record
from compass.people.models import Person
from compass.people.queries import opened
from compass.people.searching.chains import agreeing
from compass.people.searching.known import also_known
from compass.people.searching.limits import MOST_OPENED
from compass.people.searching.ranking import Compared, Likeness, likeness
from compass.people.searching.tokens import Tokens, record_of


def _of_office(where: Q, office: UUID, people: list[UUID]) -> QuerySet[Person]:
    return Person.objects.filter(where, organisation_id=office, pk__in=people)


_agreeing: Prepared[Person] = Prepared(_of_office)


@dataclass(frozen=True)
class Candidate:
    """A person of the office and how alike what is sealed of them is to what was asked."""

    person: Person
    likeness: Likeness


@dataclass(frozen=True)
class Found:
    """The candidates, most alike first. `too_many`: more agree equally than are opened, so that none is shown.
    `cut`: more people agree in something than are looked up or opened, so that somebody may be missing."""

    candidates: tuple[Candidate, ...]
    too_many: bool = False
    cut: bool = False


def find(
    work: Work,
    record: Record,
    organisation: UUID,
    *,
    without: Collection[UUID] = (),
    readings: Sequence[Record] = (),
) -> Found:
    """Who of an office may be meant by `record`, of those whom the colleague may search for.

    readings: parts of the record that may be all another record holds; the best of them says how alike the two are.

    The same digests are made and the same statements sent whether nobody, somebody elsewhere or somebody erased is meant;
    only candidates of this office add to the work. Who has two merged records is found once, under the kept one.
    Raises KeyAbsent for an organisation outside the unit of work.
    """
    alike = agreeing(Tokens(work.keys.index_key(organisation)), record, organisation)
    ranked = [pk for pk in alike.at_most(MOST_OPENED) if pk not in without]
    if len(ranked) > MOST_OPENED or (alike.cut and not alike.kinds):
        return Found((), too_many=True, cut=alike.cut)
    people = {row.pk: row for row in work.rows(_agreeing, "people.search", office=organisation, people=ranked)}
    kept = {row.pk: row for row in _merged_into(work, organisation, people.values())}
    found: dict[UUID, Candidate] = {}
    held = work.keys.holds(people)
    also = also_known(work, held)
    asked = [Compared(each) for each in (record, *readings)]
    # How to reach somebody is opened only for whoever asks by a number.
    by_number = any(each.phones for each in asked)
    for pk in held:
        sealed = opened(work, people[pk], contact=by_number)
        theirs = Compared(record_of(sealed.identity, sealed.contact, also.get(pk)))
        likenesses = [each for one in asked if (each := likeness(one, theirs))]
        person = kept.get(people[pk].merged_into_id or pk, people[pk])
        if not likenesses or person.pk in without:
            continue
        best = min(likenesses, key=lambda each: each.order)
        if person.pk not in found or best.order < found[person.pk].likeness.order:
            found[person.pk] = Candidate(person, best)
    return Found(tuple(sorted(found.values(), key=lambda each: (each.likeness.order, each.person.code))), cut=alike.cut)


def _merged_into(work: Work, organisation: UUID, people: Iterable[Person]) -> list[Person]:
    """The records that are kept of those that were merged, under whose names they are found too; a query with any."""
    wanted = {row.merged_into_id for row in people if row.merged_into_id is not None}
    rows = work.allowed("people.search", Person).filter(organisation_id=organisation, pk__in=wanted)
    return list(rows) if wanted else []
