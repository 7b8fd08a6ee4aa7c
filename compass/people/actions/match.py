"""The nightly matcher: every record of an office beside the others, in memory; what is written is who, and in which order.

Names are opened a few hundred at a time, each time in a unit of work of their own (a scope lives for two minutes), and
exist only in the memory of the process until the office is done. Nobody is shown anything: the trail says that it ran.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from compass.access.actor import Actor
from compass.access.jobs import by_itself
from compass.access.models import Organisation
from compass.access.work import Work, unit_of_work
from compass.people.consent import newest
from compass.people.matching.columns import Ints
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
#: Said of a nationality that nobody could tell, by ICAO 9303: it is no answer that another record could contradict.
NOT_DETERMINED = "XXX"
#: People opened in one unit of work: about a second.
AT_A_TIME = 500

Found = tuple[UUID, UUID]


def match_office(organisation: Organisation) -> int:
    """Find the pairs of one organisation and write down those that nobody has judged. How many are new.

    Left out: who no longer agrees to the use of their details, and whom no key opens. Two of one household share names and
    are known to be different, as are two of whom a colleague said so: neither is a pair, nor do they count as records of
    one person where a third is compared with both. A pair that is alike no more waits no longer.
    """
    actor = by_itself(organisation)
    with unit_of_work(actor, PURPOSE) as work:
        rows = Judgement.objects.filter(organisation_id=work.actor.organisation.pk, same=False)
        two = set(rows.values_list("first", "second"))
    people: list[tuple[UUID, UUID]] = []

    def apart(first: Ints, second: Ints) -> NDArray[np.bool_]:
        told = ((people[one], people[other]) for one, other in zip(first.tolist(), second.tolist(), strict=True))
        return np.fromiter(
            (home == theirs or _pair(one, other) in two for (one, home), (other, theirs) in told), np.bool_
        )

    links = link(_records(actor, people), threshold=THRESHOLD, apart=apart)
    found = [_pair(people[each.first][0], people[each.second][0]) for each in links]
    with unit_of_work(actor, PURPOSE) as work:
        return _write(work, found)


def _pair(one: UUID, other: UUID) -> Found:
    return min(one, other), max(one, other)


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
            told = tuple(code for code in nationalities_of(person, sealed.identity) if code != NOT_DETERMINED)
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
