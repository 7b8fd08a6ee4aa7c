"""Writing down documents that name a person, and where they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.actions.index import index_people
from compass.people.consent import DETAILS
from compass.people.models import IdentityDocument, Person
from compass.people.queries import document_detail, records_of
from compass.problems import NotFound, StaleVersion, UnknownCode
from compass.vault.identifiers import new_id
from compass.vocabulary import known
from compass.vocabulary.nationalities import nationalities

#: What is told of where a document is, and no longer true when it is somewhere else.
OF_POSSESSION = frozenset({"kept_by", "since"})


@dataclass(frozen=True, kw_only=True)
class DocumentSaid(Command):
    """What is known of a document of a person (`id`) now.

    document: which one it is, None for one that is new here; then `type` must be given. An empty answer, and a key that is
    missing from `detail`, leaves what was known. seen: the row of it that was on the page, empty when not asked.
    """

    possession: str
    document: UUID | None = None
    type: str = ""
    country: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    seen: str | None = None


@action("people.document", IdentityDocument, purpose=DETAILS)
def record_documents(work: Work, said: list[DocumentSaid]) -> list[IdentityDocument]:
    """Write down documents and what became of them; what was known before stays as a row of its own.

    Of two records of a person that were made one, a document stays under the one where it was written down first.

    Raises UnknownCode; NotFound for a document that is not this person's; StaleVersion with its newest row when a
    colleague said something of it since.
    """
    people = work.require("people.identity", Person, said)
    records = records_of([person.pk for person in people])
    everyone = set().union(*records.values())
    work.keys.load(everyone)
    before = _newest(each.document for each in said if each.document)
    rows = []
    for person, each in zip(people, said, strict=True):
        last = before.get(each.document) if each.document else None
        if each.document and (last is None or last.person_id not in records[person.pk]):
            raise NotFound
        if last is not None and each.seen is not None and each.seen != str(last.pk):
            raise StaleVersion(current=last)
        kept = document_detail(work, last) if last is not None else {}
        if last is not None and last.possession != each.possession:
            kept = {name: value for name, value in kept.items() if name not in OF_POSSESSION}
        holder = person if last is None or last.person_id == person.pk else last.person
        row = IdentityDocument(
            id=new_id(),
            person=holder,
            organisation_id=person.organisation_id,
            document=each.document or new_id(),
            type=last.type if last is not None else known("document_type", each.type),
            country=_country(each.country) or (last.country if last is not None else ""),
            possession=known("document_possession", each.possession),
            **stamp(work, each),
        )
        row.detail_sealed = work.keys.seal(
            {**kept, **{name: value for name, value in each.detail.items() if value not in (None, "")}},
            table=row._meta.db_table,
            column="detail_sealed",
            subject=holder.pk,
            row=row.pk,
        )
        rows.append(row)
    made = IdentityDocument.objects.bulk_create(rows)
    index_people(work, everyone)
    return made


def _newest(documents: Iterable[UUID]) -> dict[UUID, IdentityDocument]:
    rows = IdentityDocument.objects.filter(document__in=list(documents)).order_by("document", "-recorded_at", "-id")
    return {row.document: row for row in rows.distinct("document")}


def _country(value: str) -> str:
    if value and (len(value) != 2 or value not in nationalities()):
        raise UnknownCode(value=value[:40], list="countries")
    return value
