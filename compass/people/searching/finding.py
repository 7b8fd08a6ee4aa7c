"""From two attributes to people of the asking office, ranked; what is opened stays inside the process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from compass.access.prepared import Prepared
from compass.access.work import Work
from compass.people.matching.records import Record
from compass.people.models import Person
from compass.people.queries import opened
from compass.people.searching.known import also_known
from compass.people.searching.limits import MOST_OPENED
from compass.people.searching.ranking import Likeness, likeness
from compass.people.searching.tokens import Tokens, asked, kind, record_of

#: Which numbers of each chain are asked for at a time, in eights; a chain of more than 1,280 people is cut.
_BLOCKS = ((0, 8), (8, 64), (64, 320), (320, 1280))
_PLACES = """
SELECT token, person_id FROM people_searchtoken WHERE organisation_id = %s AND token = ANY (%s::bigint[])
"""


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
    ranked, cut = _by_agreement(work, record, organisation)
    agreeing = [pk for pk in ranked if pk not in without]
    if len(agreeing) > MOST_OPENED:
        return Found((), too_many=True, cut=cut)
    people = {row.pk: row for row in work.rows(_agreeing, "people.search", office=organisation, people=agreeing)}
    kept = {row.pk: row for row in _merged_into(work, organisation, people.values())}
    found: dict[UUID, Candidate] = {}
    held = work.keys.holds(people)
    also = also_known(work, held)
    for pk in held:
        sealed = opened(work, people[pk])
        theirs = record_of(sealed.identity, sealed.contact, also.get(pk))
        alike = [each for one in (record, *readings) if (each := likeness(one, theirs))]
        person = kept.get(people[pk].merged_into_id or pk, people[pk])
        if not alike or person.pk in without:
            continue
        best = min(alike, key=lambda each: each.order)
        if person.pk not in found or best.order < found[person.pk].likeness.order:
            found[person.pk] = Candidate(person, best)
    return Found(tuple(sorted(found.values(), key=lambda each: (each.likeness.order, each.person.code))), cut=cut)


def _merged_into(work: Work, organisation: UUID, people: Iterable[Person]) -> list[Person]:
    """The records that are kept of those that were merged, under whose names they are found too; a query with any."""
    wanted = {row.merged_into_id for row in people if row.merged_into_id is not None}
    rows = work.allowed("people.search", Person).filter(organisation_id=organisation, pk__in=wanted)
    return list(rows) if wanted else []


def _by_agreement(work: Work, record: Record, organisation: UUID) -> tuple[list[UUID], bool]:
    """Everyone who shares a pair of attributes with the record, who shares most kinds first; where that is too many, as many
    kinds as all of whom can be opened: of those who share equally many nobody is left out for others. And whether
    somebody was left out, of them or of a chain that goes on."""
    tokens = Tokens(work.keys.index_key(organisation))
    kinds: dict[UUID, set[str]] = defaultdict(set)
    cut, kind_of = False, dict[str, str]()
    for pair, person in _chains(tokens, asked(record), organisation):
        if person is None:
            cut = True
            continue
        if pair not in kind_of:
            kind_of[pair] = kind(pair) if not pair.count("name:") > 1 else pair
        kinds[person].add(kind_of[pair])
    ranked = sorted(kinds, key=lambda person: -len(kinds[person]))
    if len(ranked) > MOST_OPENED:
        cut = True
        least = len(kinds[ranked[MOST_OPENED]])
        best = len(kinds[ranked[0]])
        ranked = [person for person in ranked if len(kinds[person]) > least or least == best == len(kinds[person])]
    return ranked, cut


def _chains(tokens: Tokens, pairs: list[str], organisation: UUID) -> Iterator[tuple[str, UUID | None]]:
    """(pair, person) of every place in the chains of these pairs; nobody, at the end, for a pair that goes on."""
    going = pairs
    with connection.cursor() as cursor:
        for first, end in _BLOCKS:
            chains = {pair: tokens.first(pair, end, after=first) for pair in going}
            asked_for = {token: pair for pair, chain in chains.items() for token in chain}
            # As the text of an array: the driver would look at each of thousands of tokens.
            cursor.execute(_PLACES, [organisation, f"{{{','.join(map(str, asked_for))}}}"])
            going = []
            for token, person in cursor.fetchall():
                pair = asked_for[token]
                if token == chains[pair][-1]:
                    going.append(pair)
                if person is not None:
                    yield pair, person
            if not going:
                return
    yield from ((pair, None) for pair in going)
