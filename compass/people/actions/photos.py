"""Keeping a photo of a person while they agree, and destroying it at once when they do not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.actions.consents import ladder_of
from compass.people.consent import answer, newest
from compass.people.models import Consent, Person, PersonPhoto
from compass.people.photos import SCOPE, may_be_kept
from compass.people.queries import records_of, spoken_under
from compass.problems import ConsentMissing, WrongState
from compass.ui.uploads import Attachment
from compass.vault.identifiers import new_id
from compass.vocabulary import known, label_of


@dataclass(frozen=True, kw_only=True)
class PhotoTaken(Command):
    """A photo of a person (`id`); `picture` was checked by `compass.ui.uploads.face`."""

    picture: Attachment


@action("people.photo", PersonPhoto, purpose=SCOPE)
def keep_photos(work: Work, taken: list[PhotoTaken]) -> list[PersonPhoto]:
    """Keep photos, sealed; each destroys the one before it.

    Raises ConsentMissing unless the person agrees to a photo today, and for any other legal basis: there is none.
    """
    people = work.require("people.identity", Person, taken)
    if any(each.basis != "consent" for each in taken):
        raise ConsentMissing(scope=label_of("consent_scope", SCOPE))
    records = records_of([person.pk for person in people])
    work.keys.load(person.pk for person in people)
    rows = []
    for person, each in zip(people, taken, strict=True):
        must_agree(work, person)
        _destroy(work, records[person.pk], "replaced")
        row = PersonPhoto(
            id=new_id(),
            person=person,
            organisation_id=person.organisation_id,
            media_type=each.picture.media_type,
            **stamp(work, each),
        )
        row.photo_sealed = work.keys.seal_file(
            each.picture.content, table=row._meta.db_table, column="photo_sealed", subject=person.pk, row=row.pk
        )
        rows.append(row)
    return PersonPhoto.objects.bulk_create(rows)


@dataclass(frozen=True, kw_only=True)
class PhotoRemoved(Command):
    """A photo (`id`) is not wanted any more. why: code of photo_removal."""

    why: str = "wish"


@action("people.photo_remove", PersonPhoto)
def remove_photos(work: Work, removed: list[PhotoRemoved]) -> list[PersonPhoto]:
    """Destroy photos; that there was one, by whom and until when, stays. Raises UnknownCode; WrongState when it is gone."""
    rows = work.require("people.identity", PersonPhoto, removed)
    for row, each in zip(rows, removed, strict=True):
        if row.removed_at is not None:
            raise WrongState
        row.photo_sealed = b""
        row.removed_at, row.removed_by, row.removal = work.now, work.actor.id, known("photo_removal", each.why)
        row.version += 1
    PersonPhoto.objects.bulk_update(rows, ["photo_sealed", "removed_at", "removed_by", "removal", "version"])
    return rows


def must_agree(work: Work, person: Person) -> None:
    """Raises ConsentMissing unless consent to a photo is in force, of a child by the step of the ladder it is on now."""
    under = spoken_under(person)
    consent = newest([under]).get(under)
    outgrown = consent is not None and person.is_child and consent.ladder != ladder_of(work, person, work.today)
    if outgrown or not answer(consent, SCOPE):
        raise ConsentMissing(scope=label_of("consent_scope", SCOPE))


def follow_consent(work: Work, consents: Sequence[Consent]) -> None:
    """Destroy at once the photos of whoever no longer agrees to one; called whenever consent changes."""
    end_photos(work, {consent.person_id for consent in consents})


def end_photos(work: Work, people: Collection[UUID]) -> None:
    """Destroy the photos of these people under all of their records unless consent to a photo is in force."""
    ended = [pk for pk, said in may_be_kept(people).items() if not said]
    if ended:
        _destroy(work, set().union(*records_of(ended).values()), "consent")


def _destroy(work: Work, records: Collection[UUID], why: str) -> None:
    rows = PersonPhoto.objects.filter(person__in=records, removed_at__isnull=True)
    gone = list(rows.values_list("pk", flat=True))
    if gone:
        rows.update(photo_sealed=b"", removed_at=work.now, removed_by=work.actor.id, removal=why)
        work.record("people.photo_destroyed", results=gone, reason=why)
