"""Reads about the photo of a person: whether there may be one, the one that is kept, those there were."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from compass.access.work import Work
from compass.people.consent import OWN_CONSENT, Answer, answer, newest
from compass.people.models import Person, PersonPhoto
from compass.people.queries import records_of

#: The consent that a photo rests on, and nothing else.
SCOPE = OWN_CONSENT["photo"]


def may_be_kept(people: Collection[UUID]) -> dict[UUID, Answer]:
    """What the consent of each record that stands by itself says today about a photo; one query."""
    found = newest(people)
    return {pk: answer(found.get(pk), SCOPE) for pk in people}


def photos_of(work: Work, person: Person) -> list[PersonPhoto]:
    """Every photo there is or was under all records of a person, the newest first, without the pictures; two queries."""
    records = records_of([person.pk])[person.pk]
    rows = work.allowed("people.identity", PersonPhoto).filter(person__in=records)
    return list(rows.defer("photo_sealed").order_by("-recorded_at", "-id"))


def picture(work: Work, row: PersonPhoto) -> bytes:
    """The picture, opened; whoever shows it must `reveal` the person, and ask `must_agree`."""
    work.record("people.photo_shown", results=[row.pk])
    return work.keys.open_file(
        row.photo_sealed, table=row._meta.db_table, column="photo_sealed", subject=row.person_id, row=row.pk
    )
