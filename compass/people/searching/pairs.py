"""The queue of pairs that the nightly matcher found in an office."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from compass.access.work import Work
from compass.people.models import Judgement, Pair, Person
from compass.problems import NotFound

PAGE = 10


@dataclass(frozen=True)
class Two:
    """A pair with the two records."""

    pair: Pair
    first: Person
    second: Person


def waiting(work: Work, after: UUID | None = None) -> list[Two]:
    """One more than a page of the pairs that nobody has judged, oldest first and the likeliest of a night first; three
    queries at most. `after`: the pair the page before ended with."""
    rows = _of_the_office(work).filter(~Exists(_judged()))
    last = work.allowed("people.pairs", Pair).filter(pk=after).first() if after else None
    if last is not None:
        less = Q(rank__gt=last.rank) | Q(rank=last.rank, pk__gt=last.pk)
        rows = rows.filter(Q(found_at__gt=last.found_at) | Q(less, found_at=last.found_at))
    return _with_people(work, rows)


def one_pair(work: Work, pk: UUID) -> Two:
    """One pair, judged or not, noted in the trail. Raises NotFound, also when the office has not both people any more."""
    found = _with_people(work, _of_the_office(work).filter(pk=pk))
    if not found:
        raise NotFound
    work.saw([found[0].first, found[0].second])
    return found[0]


def judgement_of(two: Two) -> Judgement | None:
    """What a colleague said about the pair; one query."""
    row: Judgement | None = Judgement.objects.filter(
        organisation_id=two.pair.organisation_id, first=two.pair.first, second=two.pair.second
    ).first()
    return row


def _of_the_office(work: Work) -> QuerySet[Pair]:
    people = work.allowed("people.identity", Person).filter(
        organisation_id=OuterRef("organisation_id"), merged_into__isnull=True
    )
    both = Q(Exists(people.filter(pk=OuterRef("first")))) & Q(Exists(people.filter(pk=OuterRef("second"))))
    return work.allowed("people.pairs", Pair).filter(both).order_by("found_at", "rank", "pk")


def _judged() -> QuerySet[Judgement]:
    rows: QuerySet[Judgement] = Judgement.objects.filter(
        organisation_id=OuterRef("organisation_id"), first=OuterRef("first"), second=OuterRef("second")
    )
    return rows


def _with_people(work: Work, rows: QuerySet[Pair]) -> list[Two]:
    found = list(rows[: PAGE + 1])
    ids = {pk for row in found for pk in (row.first, row.second)}
    people = work.allowed("people.identity", Person).in_bulk(list(ids)) if ids else {}
    return [Two(row, people[row.first], people[row.second]) for row in found]
