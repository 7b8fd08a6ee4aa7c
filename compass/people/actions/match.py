"""The nightly matcher: every record of an office beside the others, in memory; what is written is who, and in which order.

Names are opened a few hundred at a time, each time in a unit of work of their own (a scope lives for two minutes), and
exist only in the memory of the process until the office is done. Nobody is shown anything: the trail says that it ran.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from compass.access.actor import Actor
from compass.access.jobs import by_itself
from compass.access.models import Organisation
from compass.access.work import Work, unit_of_work
from compass.people.consent import newest
from compass.people.matching.linker import link
from compass.people.matching.records import Record
from compass.people.models import Judgement, Pair, Person
from compass.people.queries import ended, nationalities_of, opened
from compass.people.searching.known import also_known
from compass.people.searching.tokens import record_of
from compass.vault.identifiers import new_id

PURPOSE = "people.match"
#: From this probability on two records are taken for one person; not tuned to any data (security-and-matching notes 3).
THRESHOLD = 0.5
#: What says whether two records are one person; else nobody was asked, or it is more than one word.
TOLD = frozenset({"female", "male"})
#: People opened in one unit of work: about a second.
AT_A_TIME = 500

Found = tuple[UUID, UUID]


def match_office(organisation: Organisation) -> int:
    """Find the pairs of one organisation and write down those that nobody has judged. How many are new.

    Left out: who no longer agrees to the use of their details, whom no key opens, and pairs of one household, who share
    names and are known to be different. A pair that is alike no more waits no longer.
    """
    actor = by_itself(organisation)
    people: list[tuple[UUID, UUID]] = []
    links = link(_records(actor, people), threshold=THRESHOLD)
    found: list[Found] = []
    for each in links:
        (one, home), (other, their_home) = people[each.first], people[each.second]
        if home != their_home:
            found.append((min(one, other), max(one, other)))
    with unit_of_work(actor, PURPOSE) as work:
        return _write(work, found)


def _records(actor: Actor, people: list[tuple[UUID, UUID]]) -> Iterator[Record]:
    """What is sealed about everyone of the organisation; `people` becomes who they are and their households, in order."""
    last: UUID | None = None
    while True:
        with unit_of_work(actor, PURPOSE) as work:
            batch, last = _opened(work, last)
            work.record(PURPOSE, count=len(batch))
        for person, record in batch:
            people.append((person.pk, person.household_id))
            yield record
        if last is None:
            return


def _opened(work: Work, last: UUID | None) -> tuple[list[tuple[Person, Record]], UUID | None]:
    """The next people with their records, and where to go on; None at the end."""
    rows = Person.objects.filter(organisation_id=work.actor.organisation.pk, merged_into__isnull=True).order_by("pk")
    batch = list((rows.filter(pk__gt=last) if last else rows)[:AT_A_TIME])
    held = work.keys.holds([person.pk for person in batch])
    said = newest(held)
    also = also_known(work, held, replaced=False)
    found = []
    for person in batch:
        if person.pk in held and not ended(said.get(person.pk)):
            sealed = opened(work, person)
            record = record_of(sealed.identity, sealed.contact, also.get(person.pk))
            told = tuple(nationalities_of(person, sealed.identity))
            sex = person.sex if person.sex in TOLD else ""
            found.append((person, replace(record, sex=sex, nationalities=told)))
    return found, batch[-1].pk if len(batch) == AT_A_TIME else None


def _write(work: Work, found: list[Found]) -> int:
    office = work.actor.organisation.pk
    judged = set(Judgement.objects.filter(organisation_id=office).values_list("first", "second"))
    waiting = {(row.first, row.second): row.pk for row in Pair.objects.filter(organisation_id=office)}
    right = {pair: rank for rank, pair in enumerate(found, 1) if pair not in judged}
    Pair.objects.filter(pk__in=[pk for pair, pk in waiting.items() if pair not in right]).delete()
    new = [
        Pair(id=new_id(), organisation_id=office, first=first, second=second, rank=rank, found_at=work.now)
        for (first, second), rank in right.items()
        if (first, second) not in waiting
    ]
    Pair.objects.bulk_create(new, batch_size=2000)
    work.record(PURPOSE, found=len(right), new=len(new))
    return len(new)
