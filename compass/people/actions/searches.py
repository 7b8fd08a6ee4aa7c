"""Searching and comparing, which are written down before anything is shown; judging whether two records are one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from django.db import connection

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.matching.keys import attribute_keys
from compass.people.matching.records import Record
from compass.people.models import Judgement, Person, Search
from compass.people.queries import opened
from compass.people.searching.duplicates import doubles
from compass.people.searching.finding import Candidate, Found, find
from compass.people.searching.known import also_known
from compass.people.searching.limits import COMPARISONS_AN_HOUR, HOUR, MOST_SHOWN, SEARCHES_AN_HOUR
from compass.people.searching.tokens import record_of
from compass.problems import NotFound, SearchedTooOften
from compass.vault.identifiers import new_id

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('people_search' || %s::text, 0))"


@dataclass(frozen=True, kw_only=True)
class Searched(Command):
    """That a search was made: by which attributes (never the words), with how many results."""

    attributes: tuple[str, ...]
    found: int


@dataclass(frozen=True, kw_only=True)
class Compared(Searched):
    """That the record of a person (`id`), just written down, was laid beside the others of the office; `looked`: that the
    page which shows them was opened."""

    looked: bool = False


@action("people.search", Search)
def record_searches(work: Work, searches: list[Searched]) -> list[Search]:
    """Write down that searches were made. Raises Denied."""
    work.demand("people.search")
    return _write_down(work, [(each, "search") for each in searches])


@action("people.compare", Search)
def record_comparisons(work: Work, compared: list[Compared]) -> list[Search]:
    """Write down that records were compared. Raises Denied, NotFound."""
    work.require("people.identity", Person, compared)
    return _write_down(work, [(each, "look" if each.looked else "comparison") for each in compared])


def _write_down(work: Work, searches: Sequence[tuple[Searched, str]]) -> list[Search]:
    return Search.objects.bulk_create(
        Search(
            id=new_id(),
            organisation_id=work.actor.organisation.pk,
            kind=kind,
            attributes=sorted(each.attributes),
            found=each.found,
            about=each.id,
            **stamp(work, each),
        )
        for each, kind in searches
    )


def search_people(work: Work, command: Command, record: Record) -> Found:
    """Who of the colleague's office may be meant by `record`: counted and written down first, then found.

    Raises Denied, SearchedTooOften, and KeyReused for other words under the same key, before anything is looked at: what
    is refused later would be a search that nobody counts, and how long it took an answer. The same command again
    counts once.
    """
    work.demand("people.search")
    _within(work, SEARCHES_AN_HOUR, "search")
    told = {name: getattr(command, name) for name in ("key", "occurred_at", "basis", "said")}
    attributes = tuple(attribute_keys(record))
    (row,) = record_searches(work, [Searched(**told, attributes=attributes, found=0)])
    found = find(work, record, work.actor.organisation.pk)
    Search.objects.filter(pk=row.pk).update(found=len(found.candidates))
    shown = [each.person for each in found.candidates[:MOST_SHOWN]]
    work.saw(shown)
    work.record(
        "people.found",
        results=[person.pk for person in shown],
        attributes=" ".join(attributes),
        count=len(found.candidates),
    )
    return found


def compare_person(work: Work, command: Command) -> tuple[Candidate, ...]:
    """Who of the same office may be the person (`id`) whose identity or contact was just written.

    Raises Denied, NotFound, and SearchedTooOften: what was written is not undone by that.
    """
    person = work.find("people.identity", Person, command.id or UUID(int=0))
    told = Command(key=uuid5(command.key, "compare"), occurred_at=command.occurred_at, basis="public_interest")
    return _compare(work, person, told, looked=False)


def look_beside(work: Work, person: Person) -> tuple[Candidate, ...]:
    """The same for the page that shows them, each time it is opened: a page that nobody counts would be a search without
    a limit, by writing a record anew and looking who is beside it. Raises Denied, NotFound, SearchedTooOften."""
    told = Command(key=uuid4(), occurred_at=work.now, basis="public_interest")
    return _compare(work, person, told, looked=True)


def _compare(work: Work, person: Person, command: Command, *, looked: bool) -> tuple[Candidate, ...]:
    _within(work, COMPARISONS_AN_HOUR, "comparison", "look")
    found = doubles(work, person)
    sealed = opened(work, person)
    also = also_known(work, [person.pk]).get(person.pk)
    record_comparisons(
        work,
        [
            Compared(
                key=command.key,
                occurred_at=command.occurred_at,
                basis=command.basis,
                id=person.pk,
                attributes=tuple(attribute_keys(record_of(sealed.identity, sealed.contact, also))),
                found=len(found),
                looked=looked,
            )
        ],
    )
    return found


def _within(work: Work, most: int, *kinds: str) -> None:
    """One search of a colleague after the other, so that two at once are counted as two."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [work.actor.id])
    made = Search.objects.filter(recorded_by=work.actor.id, recorded_at__gt=work.now - HOUR, kind__in=kinds)
    if made.count() >= most:
        raise SearchedTooOften(count=most)


@dataclass(frozen=True, kw_only=True)
class Judged(Command):
    """Whether a person (`id`) and another one of the same office are the same."""

    other_id: UUID
    same: bool


@action("people.judge", Judgement)
def judge(work: Work, judged: list[Judged]) -> list[Judgement]:
    """Remember that two records are one person, or are not; a later judgement takes the place of the earlier.

    Raises Denied, and NotFound when the colleague's office has not both of them.
    """
    people = {person.pk: person for person in work.require("people.identity", Person, judged)}
    others = _others(work, [each.other_id for each in judged])
    rows = []
    for each in judged:
        person, other = people[each.id or UUID(int=0)], others.get(each.other_id)
        if other is None or other.pk == person.pk or other.organisation_id != person.organisation_id:
            raise NotFound
        rows.append(_judged(work, each, person, other))
    return rows


def _others(work: Work, wanted: Iterable[UUID]) -> dict[UUID, Person]:
    found = {row.pk: row for row in work.allowed("people.identity", Person).filter(pk__in=list(wanted))}
    work.saw(found.values())
    return found


def _judged(work: Work, each: Judged, person: Person, other: Person) -> Judgement:
    first, second = sorted((person.pk, other.pk))
    row: Judgement
    row, made = Judgement.objects.get_or_create(
        organisation_id=person.organisation_id,
        first=first,
        second=second,
        defaults={"same": each.same, **stamp(work, each)},
    )
    if not made:
        for name, value in {"same": each.same, **stamp(work, each)}.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
    work.record("people.judged", results=[first, second], same=int(each.same))
    return row
