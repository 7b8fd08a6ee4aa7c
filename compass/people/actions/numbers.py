"""Writing down the numbers by which other organisations know a person, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.actions.index import index_people
from compass.people.consent import DETAILS
from compass.people.models import AgencyNumber, Person
from compass.people.queries import number_detail, records_of
from compass.problems import Invalid, NotFound, StaleVersion
from compass.vault.identifiers import new_id
from compass.vocabulary import known


@dataclass(frozen=True, kw_only=True)
class NumberSaid(Command):
    """A number of a person (`id`) with another organisation, or what is now known of one.

    reference: which one it is, None for one that is new here; then `number` must be given. An empty answer leaves what was
    known. state: code of agency_number_state. seen: the row of it that was on the page, empty when not asked.
    """

    kind: str
    number: str = ""
    issued_by: str = ""
    reference: UUID | None = None
    state: str = "in_use"
    seen: str | None = None


@action("people.number", AgencyNumber, purpose=DETAILS)
def record_numbers(work: Work, said: list[NumberSaid]) -> list[AgencyNumber]:
    """Write down numbers and what became of them; what was known before stays as a row of its own.

    Of two records of a person that were made one, a number stays under the one where it was written down first.

    Raises UnknownCode; Invalid for a new one without a number; NotFound for one that is not this person's; StaleVersion
    with its newest row when a colleague said something of it since.
    """
    people = work.require("people.identity", Person, said)
    records = records_of([person.pk for person in people])
    everyone = set().union(*records.values())
    work.keys.load(everyone)
    known_before = AgencyNumber.objects.filter(reference__in=[each.reference for each in said if each.reference])
    before = {
        row.reference: row for row in known_before.order_by("reference", "-recorded_at", "-id").distinct("reference")
    }
    rows = []
    for person, each in zip(people, said, strict=True):
        last = before.get(each.reference) if each.reference else None
        if each.reference and (last is None or last.person_id not in records[person.pk]):
            raise NotFound
        if last is not None and each.seen is not None and each.seen != str(last.pk):
            raise StaleVersion(current=last)
        detail = number_detail(work, last) if last is not None else {}
        told = {"number": each.number.strip(), "issued_by": each.issued_by.strip()}
        detail |= {name: words for name, words in told.items() if words}
        if not detail.get("number"):
            raise Invalid(what=_("the number"))
        holder = person if last is None or last.person_id == person.pk else last.person
        row = AgencyNumber(
            id=new_id(),
            person=holder,
            organisation_id=person.organisation_id,
            reference=each.reference or new_id(),
            kind=known("agency_number", each.kind),
            state=known("agency_number_state", each.state),
            **stamp(work, each),
        )
        row.detail_sealed = work.keys.seal(
            detail, table=row._meta.db_table, column="detail_sealed", subject=holder.pk, row=row.pk
        )
        rows.append(row)
    made = AgencyNumber.objects.bulk_create(rows)
    index_people(work, everyone)
    return made
