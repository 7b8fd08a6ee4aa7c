"""The only code that writes people, their consent and the services they received."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from uuid6 import uuid7

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.people.ages import band_of
from compass.people.models import Consent, GuardianRequest, Person, Service
from compass.problems import Invalid, StandardNotMet
from compass.vocabulary import code_list

CONSENT_YEARS = timedelta(days=365)
SEVEN_ITEMS = "consent_information"


@dataclass(frozen=True, kw_only=True)
class Registration(Command):
    """One new person. `identity` and `contact` are sealed as they are; see Person."""

    household_id: UUID | None = None
    relation: str = "head"
    sex: str = "undisclosed"
    nationality: str = ""
    languages: tuple[str, ...] = ()
    uasc_status: str = ""
    country_met: str = ""
    identity: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, Any] = field(default_factory=dict)


def stamp(work: Work, command: Command) -> dict[str, Any]:
    """The fields of AboutPerson that come from the command and the unit of work."""
    return {
        "basis": command.basis,
        "occurred_at": command.occurred_at,
        "recorded_at": work.now,
        "recorded_by": work.actor.id,
    }


@action("people.register", Person)
def register_people(work: Work, registrations: list[Registration]) -> list[Person]:
    """Register people; identity and contact are sealed under a key made for each. Raises UnknownCode, Denied."""
    work.demand("people.register")
    organisation = work.actor.organisation
    people = []
    for each in registrations:
        code_list("sex").require(each.sex)
        people.append(
            Person(
                id=each.id or uuid7(),
                organisation_id=organisation.pk,
                household_id=each.household_id or uuid7(),
                relation=each.relation,
                sex=each.sex,
                age_band=band_of(each.identity, each.occurred_at.date()),
                nationality=each.nationality,
                languages=list(each.languages),
                uasc_status=each.uasc_status,
                country_met=each.country_met or organisation.country,
                basis=each.basis,
                occurred_at=each.occurred_at,
                recorded_at=work.now,
            )
        )
    work.keys.create(organisation.pk, [p.pk for p in people])
    for person, each in zip(people, registrations, strict=True):
        _seal(work, person, each.identity, each.contact)
    return Person.objects.bulk_create(people)


def _seal(work: Work, person: Person, identity: dict[str, Any], contact: dict[str, Any]) -> None:
    table = "people_person"
    person.identity_sealed = work.keys.seal(
        identity, table=table, column="identity_sealed", subject=person.pk, after=person.identity_sealed
    )
    person.contact_sealed = work.keys.seal(
        contact, table=table, column="contact_sealed", subject=person.pk, after=person.contact_sealed
    )


@dataclass(frozen=True, kw_only=True)
class IdentityChange(Command):
    """Names, birth and contact as they should be now; `id` and `version` say which record was seen."""

    sex: str
    nationality: str
    languages: tuple[str, ...]
    identity: dict[str, Any]
    contact: dict[str, Any]


@action("people.identity", Person)
def change_identity(work: Work, changes: list[IdentityChange]) -> list[Person]:
    """Replace identity and contact. Raises StaleVersion with the row as it is now."""
    people = work.require("people.identity", Person, changes)
    for person, each in zip(people, changes, strict=True):
        person.sex = each.sex
        person.nationality = each.nationality
        person.languages = list(each.languages)
        person.age_band = band_of(each.identity, each.occurred_at.date())
        person.version += 1
        _seal(work, person, each.identity, each.contact)
    Person.objects.bulk_update(
        people,
        ["sex", "nationality", "languages", "age_band", "identity_sealed", "contact_sealed", "version"],
    )
    return people


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Command):
    """An answer to the notice. `scopes` maps every scope that was asked to yes or no; `id` is the person."""

    given_by: str = "individual"
    mode: str = "verbal"
    language: str = "fr"
    interpreter_mode: str = ""
    notice_version: str = "1"
    information: tuple[str, ...] = ()
    scopes: dict[str, bool] = field(default_factory=dict)
    certified: bool = False
    child_agrees: bool | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@action("people.consent", Consent)
def give_consent(work: Work, answers: list[ConsentGiven]) -> list[Consent]:
    """Record consent. Raises StandardNotMet: CM-02 (seven items told), CM-03 (verbal is certified), CM-04 (ladder).

    Source: case-management.md 2.4 and 2.11.
    """
    people = work.require("people.consent", Person, answers)
    wanted = {code.value for code in code_list(SEVEN_ITEMS).codes}
    rows = []
    for person, each in zip(people, answers, strict=True):
        unmet = []
        if wanted - set(each.information):
            unmet.append("CM-02")
        if each.mode == "verbal" and not each.certified:
            unmet.append("CM-03")
        if person.is_child and not _ladder_met(person.age_band, each):
            unmet.append("CM-04")
        if unmet:
            raise StandardNotMet(standards=", ".join(unmet))
        rows.append(
            Consent(
                id=uuid7(),
                person=person,
                organisation_id=person.organisation_id,
                given_by=each.given_by,
                mode=each.mode,
                language=each.language,
                interpreter_mode=each.interpreter_mode,
                notice_version=each.notice_version,
                ladder=person.age_band if person.is_child else "",
                child_agrees=each.child_agrees,
                certified=each.certified,
                information=list(each.information),
                scopes=each.scopes,
                expires_on=each.occurred_at.date() + CONSENT_YEARS,
                **stamp(work, each),
            )
        )
    for row, each in zip(rows, answers, strict=True):
        row.detail_sealed = work.keys.seal(
            each.detail, table="people_consent", column="detail_sealed", subject=row.person_id, row=row.pk
        )
    return Consent.objects.bulk_create(rows)


def _ladder_met(age_band: str, given: ConsentGiven) -> bool:
    """The child's ladder (case-management.md 2.4): below 6 an adult decides, 6 to 14 an adult and the child, then the child."""
    adult = given.given_by in {"caregiver", "guardian", "case_worker", "other"}
    if age_band == "0-4":
        return adult
    if age_band in {"5-11", "12-14"}:
        return adult and given.child_agrees is not None
    return given.given_by == "individual" or (adult and given.child_agrees is True)


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Command):
    """`id` is the consent that is taken back."""


@action("people.withdraw", Consent)
def withdraw_consent(work: Work, withdrawals: list[Withdrawal]) -> list[Consent]:
    """Take consent back, at once and for all its scopes."""
    rows = work.require("people.consent", Consent, withdrawals)
    for row, each in zip(rows, withdrawals, strict=True):
        row.withdrawn_at = each.occurred_at
        row.version += 1
    Consent.objects.bulk_update(rows, ["withdrawn_at", "version"])
    return rows


@dataclass(frozen=True, kw_only=True)
class GuardianAsked(Command):
    """`id` is the child."""

    authority: str
    detail: dict[str, Any] = field(default_factory=dict)


@action("people.guardian", GuardianRequest)
def request_guardians(work: Work, asked: list[GuardianAsked]) -> list[GuardianRequest]:
    """Ask an authority for a guardian (BIP-02). Raises Invalid for a person who is not a child."""
    people = work.require("people.guardian", Person, asked)
    rows = []
    for person, each in zip(people, asked, strict=True):
        if not person.is_child:
            raise Invalid(what=person.code)
        row = GuardianRequest(
            id=uuid7(), person=person, organisation_id=person.organisation_id, authority=each.authority,
            **stamp(work, each),
        )
        row.detail_sealed = work.keys.seal(
            each.detail, table="people_guardianrequest", column="detail_sealed", subject=person.pk, row=row.pk
        )
        rows.append(row)
    return GuardianRequest.objects.bulk_create(rows)


@dataclass(frozen=True, kw_only=True)
class ServiceGiven(Command):
    """A service delivered to a person (`id`)."""

    service: str
    service_class: str
    delivered_on: date
    country: str = ""
    quantity: int = 1
    provider_id: UUID | None = None
    origin: UUID | None = None


@action("people.service", Service)
def record_services(work: Work, services: list[ServiceGiven]) -> list[Service]:
    """Record services received. The figures count these rows and nothing else."""
    people = work.require("people.service", Person, services)
    rows = [
        Service(
            id=uuid7(), person=person, organisation_id=person.organisation_id, service=each.service,
            service_class=each.service_class, country=each.country or work.actor.organisation.country,
            delivered_on=each.delivered_on, quantity=each.quantity,
            provider_id=each.provider_id or work.actor.organisation.pk, origin=each.origin, **stamp(work, each),
        )
        for person, each in zip(people, services, strict=True)
    ]
    for each in services:
        code_list("service").require(each.service)
        code_list("service_class").require(each.service_class)
    return Service.objects.bulk_create(rows)


def moment(day: date, now: datetime) -> datetime:
    """Noon of a day, or now when the day is today: when only the day is known."""
    return now if day == now.date() else now.replace(
        year=day.year, month=day.month, day=day.day, hour=12, minute=0, second=0, microsecond=0
    )
