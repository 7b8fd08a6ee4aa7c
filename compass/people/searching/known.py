"""What else somebody was ever called, and their numbers: what a search, a comparison and a referral's check read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from compass.access.prepared import Prepared
from compass.access.work import Work
from compass.people.models import AgencyNumber, FormerIdentity, IdentityDocument, PersonName
from compass.people.queries import document_detail, former_identity, name_words, number_detail, records_of
from compass.people.searching.also import Also
from compass.vocabulary import code_list

M = TypeVar("M", bound=Model)


def _in_order(model: type[M]) -> Prepared[M]:
    """The rows of a kind about these people, in the order in which they were written."""

    def rows(people: list[UUID]) -> QuerySet[M]:
        return model._default_manager.filter(person__in=people).order_by("recorded_at", "id")

    return Prepared(rows)


_names, _identities = _in_order(PersonName), _in_order(FormerIdentity)
_documents, _numbers = _in_order(IdentityDocument), _in_order(AgencyNumber)


def also_known(work: Work, people: Collection[UUID], *, replaced: bool = True) -> dict[UUID, Also]:
    """What else these people, who can all be opened here, were ever called, and the numbers of their documents and with
    other organisations, under whichever of their records: who was merged is found by the names of one and a number of the
    other.

    Five queries, one more with any merged. What was written down by mistake is left out; everything that was true
    once is not. `replaced`: also names of an identity that was replaced, which may have been a slip: somebody who asks wants
    to see them.
    """
    records = records_of(people)
    whose: dict[UUID, list[UUID]] = defaultdict(list)
    for person, others in records.items():
        for each in others:
            whose[each].append(person)
    held = work.keys.holds(whose)
    found: dict[UUID, Also] = defaultdict(Also)
    newest: dict[UUID, PersonName] = {}
    for row in _names(people=held):
        newest[row.name] = row
        if words := name_words(work, row):
            for person in whose[row.person_id]:
                found[person].add(row.kind, words, of=row.name)
    for row in newest.values():
        if row.mistaken:
            for person in whose[row.person_id]:
                found[person].drop(row.name)
    for former in _identities(people=held) if replaced else ():
        for person in whose[former.person_id]:
            found[person].called(former_identity(work, former))
    for document in _documents(people=held):
        detail = document_detail(work, document)
        for person in whose[document.person_id]:
            found[person].document(str(detail.get("number") or ""), str(detail.get("name") or ""))
    for person, told, of_several in _agency_numbers(work, whose, held):
        found[person].agency(told, of_several=of_several)
    return dict(found)


def _agency_numbers(
    work: Work, whose: Mapping[UUID, Sequence[UUID]], held: Collection[UUID]
) -> Iterator[tuple[UUID, str, bool]]:
    """Of each person each number with another organisation that was no mistake, and whether it is that of several people;
    one query. `whose`: the people of each record; `held`: the records that can be opened."""
    rows = _numbers(people=held)
    newest = {row.reference: row for row in rows}
    for row in rows:
        if newest[row.reference].state != "mistaken" and (number := number_detail(work, row).get("number")):
            of_several = bool(code_list("agency_number").require(newest[row.reference].kind).extra.get("several"))
            for person in whose[row.person_id]:
                yield person, str(number), of_several
