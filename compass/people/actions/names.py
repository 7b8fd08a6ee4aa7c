"""Writing down further names of a person, correcting them, and saying that one was a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.actions.index import index_people
from compass.people.consent import DETAILS
from compass.people.models import Person, PersonName
from compass.people.queries import name_words, records_of
from compass.problems import Invalid, NotFound, StaleVersion
from compass.vault.identifiers import new_id
from compass.vocabulary import known


@dataclass(frozen=True, kw_only=True)
class NameSaid(Command):
    """A further name of a person (`id`), or what is now known of one.

    name: which one it is, None for one that is new here; then `words` must be given. Empty words leave what was written.
    seen: the row of it that was on the page, empty when not asked.
    """

    kind: str
    words: str = ""
    name: UUID | None = None
    mistaken: bool = False
    seen: str | None = None


@action("people.name", PersonName, purpose=DETAILS)
def record_names(work: Work, said: list[NameSaid]) -> list[PersonName]:
    """Write down names and what was corrected of them; what was written before stays as a row of its own.

    Of two records of a person that were made one, a name stays under the one where it was written down first.

    Raises UnknownCode; Invalid for a new name without words; NotFound for a name that is not this person's; StaleVersion
    with its newest row when a colleague said something of it since.
    """
    people = work.require("people.identity", Person, said)
    records = records_of([person.pk for person in people])
    everyone = set().union(*records.values())
    work.keys.load(everyone)
    named = PersonName.objects.filter(name__in=[each.name for each in said if each.name])
    before = {row.name: row for row in named.order_by("name", "-recorded_at", "-id").distinct("name")}
    rows = []
    for person, each in zip(people, said, strict=True):
        last = before.get(each.name) if each.name else None
        if each.name and (last is None or last.person_id not in records[person.pk]):
            raise NotFound
        if last is not None and each.seen is not None and each.seen != str(last.pk):
            raise StaleVersion(current=last)
        words = each.words.strip() or (name_words(work, last) if last is not None else "")
        if not words:
            raise Invalid(what=_("the name"))
        holder = person if last is None or last.person_id == person.pk else last.person
        row = PersonName(
            id=new_id(),
            person=holder,
            organisation_id=person.organisation_id,
            name=each.name or new_id(),
            kind=known("name_kind", each.kind),
            mistaken=each.mistaken,
            **stamp(work, each),
        )
        row.detail_sealed = work.keys.seal(
            {"words": words}, table=row._meta.db_table, column="detail_sealed", subject=holder.pk, row=row.pk
        )
        rows.append(row)
    made = PersonName.objects.bulk_create(rows)
    index_people(work, everyone)
    return made
