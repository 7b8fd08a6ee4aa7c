"""Writing people: registering, identity and contact."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.actions.common import belongs, further_nationalities, known_or_empty, nationality, spoken
from compass.people.actions.index import index_people
from compass.people.ages import band_of
from compass.people.consent import DETAILS
from compass.people.models import PERHAPS_ALONE, FormerContact, FormerIdentity, HouseholdMember, Person
from compass.people.queries import Opened, identity_said, opened
from compass.people.sql import ELSEWHERE
from compass.problems import NotFound
from compass.vault.identifiers import new_id
from compass.vocabulary import known, timeline

TABLE = "people_person"
#: Answers that together say when someone was born: they are given, and taken away, as one.
BIRTH = frozenset({"birth_date", "birth_year", "birth_month", "birth_estimated", "birth_unknown"})


@dataclass(frozen=True, kw_only=True)
class Registration(Command):
    """One new person. `identity` and `contact` are sealed as they are; see Person."""

    household_id: UUID | None = None
    relation: str = "principal"
    sex: str = "undisclosed"
    nationality: str = ""
    languages: tuple[str, ...] = ()
    uasc_status: str = ""
    country_met: str = ""
    identity: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, Any] = field(default_factory=dict)


@action("people.register", Person, purpose=DETAILS)
def register_people(work: Work, registrations: list[Registration]) -> list[Person]:
    """Register people; identity and contact are sealed under a key made for each.

    Raises UnknownCode, Denied, and NotFound for a household that only another office knows.
    Who is registered on vital interest is due to be asked for consent within 72 hours (timeline consent_completion).
    """
    work.demand("people.register")
    organisation = work.actor.organisation
    people = []
    for each in registrations:
        people.append(
            Person(
                id=each.id or new_id(),
                organisation_id=organisation.pk,
                household_id=each.household_id or new_id(),
                relation=known("person_relation", each.relation),
                sex=known("sex", each.sex),
                age_band=band_of(each.identity, work.day(each.occurred_at)),
                nationality=nationality(each.nationality),
                languages=spoken(each.languages),
                uasc_status=known_or_empty("uasc_status", each.uasc_status),
                once_alone=each.uasc_status in PERHAPS_ALONE,
                country_met=each.country_met or organisation.country,
                basis=each.basis,
                consent_due_at=each.occurred_at + consent_time() if each.basis == "vital_interest" else None,
                occurred_at=each.occurred_at,
                recorded_at=work.written(),
            )
        )
    work.keys.create(organisation.pk, [p.pk for p in people])
    for person, each in zip(people, registrations, strict=True):
        _seal(work, person, each.identity, each.contact)
    index_people(work, [person.pk for person in people])
    try:
        with transaction.atomic():
            made = Person.objects.bulk_create(people)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == ELSEWHERE:
            raise NotFound from error
        raise
    HouseholdMember.objects.bulk_create(
        belongs(person, "arrived", since=work.day(each.occurred_at), **stamp(work, each))
        for person, each in zip(made, registrations, strict=True)
    )
    return made


def consent_time() -> timedelta:
    """How long after action on vital interest consent must have been asked."""
    hours = timeline("consent_completion").hours["not_assessed"]
    return timedelta(hours=hours or 72)


def _seal(work: Work, person: Person, identity: dict[str, Any] | None, contact: dict[str, Any] | None) -> None:
    if identity is not None:
        further_nationalities(identity, person.nationality)
        person.identity_sealed = work.keys.seal(
            identity, table=TABLE, column="identity_sealed", subject=person.pk, after=person.identity_sealed
        )
    if contact is not None:
        known_or_empty("safe_contact", contact.get("safe_contact") or "")
        known_or_empty("interpreter_sex", contact.get("interpreter_sex") or "")
        spoken(tuple(filter(None, [contact.get("interpreter_language")])))
        person.contact_sealed = work.keys.seal(
            contact, table=TABLE, column="contact_sealed", subject=person.pk, after=person.contact_sealed
        )


def changed(before: dict[str, Any], told: dict[str, Any] | None) -> dict[str, Any] | None:
    """What is known after a change; None when the change does not speak of it.

    An answer of None, "" or an empty list is taken away. What was not asked stays: whoever asks less loses nothing.
    """
    if told is None:
        return None
    apart = BIRTH if BIRTH & told.keys() else frozenset()
    after = {**{name: value for name, value in before.items() if name not in apart}, **told}
    return {name: value for name, value in after.items() if value not in (None, "", [])}


@dataclass(frozen=True, kw_only=True)
class IdentityChange(Command):
    """Answers about names, birth and contact as they should be now, see `changed`; None leaves a part as it is.

    `id` and `version` say which record was seen.
    """

    sex: str | None = None
    nationality: str | None = None
    languages: tuple[str, ...] | None = None
    identity: dict[str, Any] | None = None
    contact: dict[str, Any] | None = None


@action("people.identity", Person, purpose=DETAILS)
def change_identity(work: Work, changes: list[IdentityChange]) -> list[Person]:
    """Change identity, contact or both; who the person was said to be, and how they could be reached before, is kept.

    Raises UnknownCode, and StaleVersion with the row as it is now.
    """
    people = work.require("people.identity", Person, changes)
    work.keys.load([person.pk for person in people])
    former, identities = [], []
    for person, each in zip(people, changes, strict=True):
        before = opened(work, person)
        said = identity_said(person, before.identity)
        identity, contact = changed(before.identity, each.identity), changed(before.contact, each.contact)
        if each.sex is not None:
            person.sex = known("sex", each.sex)
        if each.nationality is not None:
            person.nationality = nationality(each.nationality)
            if identity is None:
                further_nationalities(before.identity, person.nationality)
        if each.languages is not None:
            person.languages = spoken(each.languages)
        if identity is not None:
            person.age_band = band_of(identity, work.day(each.occurred_at))
        if before.contact and contact is not None and contact != before.contact:
            former.append(_former(work, person, each, before))
        if _replaced(said, identity_said(person, before.identity if identity is None else identity)):
            identities.append(_former_identity(work, person, each, said))
        person.version += 1
        _seal(work, person, identity, contact)
    Person.objects.bulk_update(
        people,
        ["sex", "nationality", "languages", "age_band", "identity_sealed", "contact_sealed", "version"],
    )
    FormerContact.objects.bulk_create(former)
    FormerIdentity.objects.bulk_create(identities)
    index_people(work, [person.pk for person in people])
    return people


def _former(work: Work, person: Person, each: IdentityChange, before: Opened) -> FormerContact:
    row = FormerContact(id=new_id(), person=person, organisation_id=person.organisation_id, **stamp(work, each))
    row.contact_sealed = work.keys.seal(
        before.contact, table=row._meta.db_table, column="contact_sealed", subject=person.pk, row=row.pk
    )
    return row


def _replaced(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether an answer is no longer what it was; one that is given for the first time replaces none."""
    return any(value != after.get(name) for name, value in before.items())


def _former_identity(work: Work, person: Person, each: IdentityChange, said: dict[str, Any]) -> FormerIdentity:
    row = FormerIdentity(id=new_id(), person=person, organisation_id=person.organisation_id, **stamp(work, each))
    row.identity_sealed = work.keys.seal(
        said, table=row._meta.db_table, column="identity_sealed", subject=person.pk, row=row.pk
    )
    return row
