"""Referring someone to a partner: prepare, look, send; and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.models import Organisation, OrganisationKind
from compass.access.work import Command, Work
from compass.cases.actions.checks import derived, in_case, must_be_open
from compass.cases.actions.handover import hold_back_for_open_offers
from compass.cases.actions.plan import ActionDone, complete_plan_actions, settled_by
from compass.cases.giveaway import must_not_tell
from compass.cases.models import Case, CaseReferral, Referral, Screening
from compass.cases.sealing import seal_into
from compass.cases.standards import spell
from compass.people import consent
from compass.people.actions import ServiceGiven, record_services
from compass.people.consent import HELP, scope_for
from compass.people.models import Consent, Person
from compass.people.queries import contact_of
from compass.people.reach import may_be_called
from compass.problems import (
    ConsentMissing,
    Denied,
    Invalid,
    NoConsulate,
    NotFound,
    SaidNo,
    SecondPersonNeeded,
    StandardNotMet,
    WrongState,
)
from compass.vault.identifiers import new_id
from compass.vocabulary import code_list, known, label_of

TABLE = "cases_referral"
PROTECTION, ASYLUM_SERVICE = "possible_international_protection", "ASY"
#: The partner reads as long as the work lasts and is written up; a longer course of care is a new referral.
READABLE = timedelta(days=90)
#: Fields whose service cannot work without the name or number of somebody.
MAY_NAME = frozenset({"payment_identity", "persons_sought"})
NEVER_PREGNANT = frozenset({"0-4", "5-11", "60+"})
#: What goes along when the partner may call: the number and how to use it, never who stands between.
CONTACT = ("phone", "safe_to_call", "safe_contact", "safe_times", "speak_as", "what_to_say")
COMPLETED = "service_completed"
DELIVERED = frozenset({COMPLETED, "service_partly_given", "service_ongoing"})


def shared(row: Referral) -> str:
    """What a referral that rests on consent must be covered by."""
    return scope_for(Organisation.objects.get(pk=row.to_organisation_id))


def class_of(service: str) -> str:
    """The reporting class: care planned in a case is comprehensive assistance wherever the service can be."""
    classes = code_list("service").require(service).extra["service_class"]
    return "C" if "C" in classes else str(classes[0])


def minimum_fields(service: str) -> tuple[str, ...]:
    """What a service may know beyond code, sex, age band, language and safe contact (CM-19)."""
    asked = code_list("service").require(service).extra["minimum_fields"]
    return tuple(name for name in asked if name != "language")


def fields_for(service: str, person: Person) -> tuple[str, ...]:
    """The minimum fields that can be asked of this person: nobody asks a man or a small child about pregnancy."""
    names = minimum_fields(service)
    if person.sex == "male" or person.age_band in NEVER_PREGNANT:
        names = tuple(name for name in names if name != "pregnancy")
    return names if person.is_child else tuple(name for name in names if name != "best_interests_if_child")


@dataclass(frozen=True, kw_only=True)
class ReferralPrepared(Command):
    """A referral of a case (`id`). `fields`: the service's minimum fields that the person lets us say.

    `share_contact`: the person allows the partner to call. `override`: why it cannot wait for consent, on vital interest.
    """

    service: str
    to_organisation_id: UUID
    priority: str
    fields: Mapping[str, str] = field(default_factory=dict)
    share_contact: bool = False
    override: str = ""


@action("referrals.prepare", Referral, purpose=shared)
def prepare_referrals(work: Work, prepared: list[ReferralPrepared]) -> list[Referral]:
    """Draft referrals: sealed under a key of their own, unseen by the partner until sent.

    Raises ConsentMissing (CM-18), StandardNotMet (CM-19) for a field the service does not need, Invalid, NotFound,
    WrongState.
    """
    cases = work.require("referrals.prepare", Case, prepared)
    must_be_open(cases)
    people = Person.objects.in_bulk([case.person_id for case in cases])
    receivers = Organisation.objects.in_bulk([each.to_organisation_id for each in prepared])
    work.keys.load(people)
    sides, rows = [], []
    for case, each in zip(cases, prepared, strict=True):
        known("service", each.service)
        known("referral_priority", each.priority)
        receiver = receivers.get(each.to_organisation_id)
        if receiver is None or receiver.pk == case.organisation_id or receiver.kind == OrganisationKind.DONOR:
            raise NotFound
        if set(each.fields) - set(minimum_fields(each.service)):
            raise StandardNotMet(standards=spell("CM-19"))
        consulate_allowed(case.person_id, each.service)
        side = CaseReferral(id=new_id(), case=case, **in_case(work, each, case))
        side.consent_id = _covered(work, case.person_id, receiver, each.service, each.basis, each.override)
        seal_into(work, side, override_sealed=each.override)
        sides.append(side)
        rows.append(
            Referral(
                id=new_id(), organisation_id=case.organisation_id, to_organisation_id=receiver.pk,
                sent_by_id=case.organisation_id, origin=side,
                service=each.service, service_class=class_of(each.service), priority=each.priority,
            )
        )  # fmt: skip
    for organisation_id in {row.organisation_id for row in rows}:
        work.keys.create(organisation_id, [row.pk for row in rows if row.organisation_id == organisation_id])
    for row, side, each in zip(rows, sides, prepared, strict=True):
        payload = _payload(work, people[side.person_id], each)
        row.payload_sealed = work.keys.seal(payload, table=TABLE, column="payload_sealed", subject=row.pk)
    CaseReferral.objects.bulk_create(sides)
    Referral.objects.bulk_create(rows)
    hold_back_for_open_offers(work, {row.pk: row.origin.person_id for row in rows})
    work.saw(sides)
    return rows


@dataclass(frozen=True, kw_only=True)
class ReferralStep(Command):
    """A step of a referral (`id`) that needs nothing more said."""


@dataclass(frozen=True, kw_only=True)
class SentAtOnce(ReferralStep):
    """Sending although the person said no and nobody else has agreed. `why`: what happens if minutes pass; sealed."""

    why: str


@dataclass(frozen=True, kw_only=True)
class ReferralChanged(Command):
    """What the writer of a draft (`id`) says instead. Another service, receiver or basis is another referral."""

    priority: str
    fields: Mapping[str, str] = field(default_factory=dict)
    share_contact: bool = False


@action("referrals.change", Referral, purpose=shared)
def change_referrals(work: Work, changes: list[ReferralChanged]) -> list[Referral]:
    """Rewrite drafts.

    Raises Denied for who did not write it, WrongState once it is sent, StandardNotMet (CM-19), StaleVersion.
    """
    rows = work.require("referrals.send", Referral, changes)
    sides = own_drafts(work, rows)
    people = Person.objects.in_bulk([side.person_id for side in sides.values()])
    work.keys.load(people)
    for row, each in zip(rows, changes, strict=True):
        known("referral_priority", each.priority)
        if set(each.fields) - set(minimum_fields(row.service)):
            raise StandardNotMet(standards=spell("CM-19"))
        payload = _payload(work, people[sides[row.origin_id].person_id], each)
        row.payload_sealed = work.keys.seal(
            payload, table=TABLE, column="payload_sealed", subject=row.pk, after=row.payload_sealed
        )
        row.priority = each.priority
        row.version += 1
    Referral.objects.bulk_update(rows, ["priority", "payload_sealed", "version"])
    _read_anew([side for side in sides.values() if side.reviewed_at is not None])
    work.saw(sides.values())
    return rows


def own_drafts(work: Work, rows: Sequence[Referral]) -> dict[UUID, CaseReferral]:
    """The office's side of drafts that this colleague wrote. Raises WrongState, Denied."""
    sides: dict[UUID, CaseReferral] = CaseReferral.objects.defer("override_sealed").in_bulk(
        [row.origin_id for row in rows]
    )
    if any(row.status != "draft" or row.revoked_at is not None for row in rows):
        raise WrongState
    if any(sides[row.origin_id].recorded_by != work.actor.id for row in rows):
        raise Denied
    return sides


@action("referrals.drop", Referral, purpose=shared)
def drop_referrals(work: Work, steps: list[ReferralStep]) -> list[Referral]:
    """Drop drafts that nobody outside saw; only their writer. Raises Denied, WrongState."""
    rows = work.require("referrals.send", Referral, steps)
    own_drafts(work, rows)
    for row, each in zip(rows, steps, strict=True):
        row.revoked_at = each.occurred_at
        row.version += 1
    Referral.objects.bulk_update(rows, ["revoked_at", "version"])
    return rows


def consulate_allowed(person: UUID, service: str) -> None:
    """Raises NoConsulate for a referral to consular help of somebody who may need international protection: a screening
    said so, or they were referred to the asylum authority. Source: the list `service`, not_with_asylum_claim."""
    if not code_list("service").require(service).extra.get("not_with_asylum_claim"):
        return
    asylum = Referral.objects.filter(origin__person=person, service=ASYLUM_SERVICE, sent_at__isnull=False)
    if Screening.objects.filter(person=person, results__contains=[PROTECTION]).exists() or asylum.exists():
        raise NoConsulate


def _consulate_agreed(work: Work, person: UUID, receiver: Organisation, service: str) -> None:
    """For the consulate nothing stands in for the yes, not even danger. Raises ConsentMissing."""
    asked = consent.CONSULATE in consent.scopes_for(receiver, service)
    if asked and not consent.allows(person, consent.CONSULATE, at=work.now):
        raise ConsentMissing(scope=label_of("consent_scope", consent.CONSULATE))


def _covered(work: Work, person: UUID, receiver: Organisation, service: str, basis: str, override: str) -> UUID | None:
    """CM-18: the consent that covers this receiver and this service, or None on vital interest with a reason. Raises
    ConsentMissing."""
    _consulate_agreed(work, person, receiver, service)
    if basis == "vital_interest":
        if not override.strip():
            raise Invalid(what=_("why this cannot wait"))
        return None
    answer = consent.allows(person, recipient=receiver, service=service, at=work.now)
    if basis != "consent" or not answer:
        raise ConsentMissing(scope=answer.about)
    return answer.consent_id


def to_be_read(fields: Mapping[str, str]) -> dict[str, str]:
    """What is written of somebody and must not tell who it is."""
    return {name: text for name, text in fields.items() if name not in MAY_NAME}


def _payload(work: Work, person: Person, each: ReferralPrepared | ReferralChanged) -> dict[str, Any]:
    family = Person.objects.filter(household_id=person.household_id).defer("contact_sealed")
    must_not_tell(work, family, *to_be_read(each.fields).values())
    contact = None
    if each.share_contact:
        known_contact = contact_of(work, person)
        if not may_be_called(known_contact):
            raise Invalid(what=_("a telephone number that is safe to call"))
        contact = {name: known_contact[name] for name in CONTACT if name in known_contact}
    return {
        "sex": person.sex,
        "age_band": person.age_band,
        # Who is ill must be plain where a parent comes along with a child.
        "relation": person.relation if person.is_child else "",
        "languages": list(person.languages),
        "fields": {name: text.strip()[:500] for name, text in each.fields.items() if text.strip()},
        "contact": contact,
    }


@action("referrals.send", Referral, purpose=shared)
def send_referrals(work: Work, steps: list[ReferralStep]) -> list[Referral]:
    """Let the partner read: its key is wrapped for it until the consent ends, at most 90 days.

    On vital interest after a spoken no, only once a second person who knew of it agreed; a step `SentAtOnce` does not wait,
    and the supervisors see it at once. Raises WrongState unless it is a draft that stands, of an open case; ConsentMissing
    when consent ended meanwhile (CM-18); SaidNo; Invalid for SentAtOnce without why.
    """
    rows = work.require("referrals.send", Referral, steps)
    receivers = Organisation.objects.in_bulk([row.to_organisation_id for row in rows])
    found = CaseReferral.objects.select_related("case").defer("override_sealed")
    sides = found.in_bulk([row.origin_id for row in rows])
    vital = {side.person_id for side in sides.values() if side.basis == "vital_interest"}
    consents = consent.consents_of(vital) if vital else {}
    for row, each in zip(rows, steps, strict=True):
        # A draft that was dropped, or fell with its consent, keeps the word draft: its receiver must not see it.
        if row.standing != "draft" or not sides[row.origin_id].case.is_open:
            raise WrongState
        side = sides[row.origin_id]
        receiver = receivers[row.to_organisation_id]
        consulate_allowed(side.person_id, row.service)
        expires_at = work.now + READABLE
        if side.basis != "vital_interest":
            given = _covered(work, side.person_id, receiver, row.service, "consent", "")
            last = Consent.objects.values_list("expires_on", flat=True).get(pk=given)
            expires_at = min(expires_at, _after(last))
        else:
            _consulate_agreed(work, side.person_id, receiver, row.service)
            if no := consent.spoken_no(consents.get(side.person_id, []), receiver, row.service):
                _agreed_or_at_once(work, side, no, each)
        row.status, row.sent_at = "sent", each.occurred_at
        row.version += 1
        work.keys.share(row.pk, row.to_organisation_id, expires_at=expires_at)
    Referral.objects.bulk_update(rows, ["status", "sent_at", "version"])
    work.saw(sides.values())
    return rows


def _agreed_or_at_once(work: Work, side: CaseReferral, no: str, each: ReferralStep) -> None:
    """After a no (in words): the second person has agreed, or minutes count and somebody answers for it. Raises SaidNo,
    Invalid."""
    if side.agreed_after_no:
        return
    if not isinstance(each, SentAtOnce):
        raise SaidNo(scope=no)
    if not each.why.strip():
        raise Invalid(what=_("why minutes count"))
    side.at_once_by, side.after_no, side.reviewed_by, side.reviewed_at = work.actor.id, True, None, None
    seal_into(work, side, at_once_sealed=each.why.strip())
    side.version += 1
    CaseReferral.objects.bulk_update(
        [side], ["at_once_by", "at_once_sealed", "after_no", "reviewed_by", "reviewed_at", "version"]
    )
    work.record("referrals.at_once", results=[side.pk])


def _read_anew(sides: Sequence[CaseReferral]) -> None:
    """What a second person agreed to is not what would be sent any more: it is read again."""
    for side in sides:
        side.reviewed_by, side.reviewed_at, side.after_no = None, None, False
        side.version += 1
    CaseReferral.objects.bulk_update(sides, ["reviewed_by", "reviewed_at", "after_no", "version"])


@action("referrals.revoke", Referral, purpose=shared)
def revoke_referrals(work: Work, steps: list[ReferralStep]) -> list[Referral]:
    """Take sent referrals back; the partner's key is removed. What was read before stays read. Raises WrongState."""
    rows = work.require("referrals.send", Referral, steps)
    for row, each in zip(rows, steps, strict=True):
        if not row.is_open or row.sent_at is None:
            raise WrongState
        row.status, row.revoked_at = "revoked", max(each.occurred_at, row.sent_at)
    _keys_taken(rows)
    _recall(work, rows)
    return rows


def recall_after_consent(work: Work, consents: Sequence[Consent]) -> None:
    """What a withdrawn, refused or changed consent no longer covers is taken back from partners at once.

    Called whenever consent is given or withdrawn. Where the yes ends sooner now, so does the partner's key. Referrals on
    vital interest stay; one that is not sent yet, and that a second person agreed to before this answer, is read again.
    """
    people = [row.person_id for row in consents]
    drafts = CaseReferral.objects.filter(
        person__in=people, basis="vital_interest", reviewed_at__isnull=False, referral__status="draft"
    )
    _read_anew(list(drafts.defer("override_sealed", "at_once_sealed").select_for_update(of=("self",))))
    rows = list(
        Referral.objects.filter(origin__person__in=people, origin__consent_id__isnull=False)
        .select_related("origin").defer("origin__override_sealed", "origin__at_once_sealed").select_for_update(of=("self",))
    )  # fmt: skip
    receivers = Organisation.objects.in_bulk([row.to_organisation_id for row in rows])
    newest = consent.newest(people) if rows else {}
    lost = [
        row
        for row in rows
        if not consent.covers(newest.get(row.origin.person_id), receivers[row.to_organisation_id], row.service)
    ]
    taken = _keys_taken(lost)
    # What was taken back before is left alone, unless its receiver held a key all the same.
    fallen = [row for row in lost if row.is_open or row.pk in taken]
    for row in fallen:
        if row.is_open:
            # A draft that fell must not become visible to its receiver.
            row.status = "revoked" if row.sent_at else row.status
            row.revoked_at = max(work.now, row.sent_at or work.now)
    _recall(work, fallen)
    _end_with(newest, [row for row in rows if row not in lost and row.sent_at is not None])
    if fallen:
        work.record("referrals.recall", results=[row.pk for row in fallen], count=len(fallen))


def _keys_taken(rows: Sequence[Referral]) -> set[UUID]:
    """Delete the receivers' keys of these referrals; which of them had one."""
    if not rows:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT unnest(compass_referral_recall(%s))", [[row.pk for row in rows]])
        return {pk for (pk,) in cursor.fetchall()}


def _end_with(newest: Mapping[UUID, Consent], rows: Sequence[Referral]) -> None:
    """A partner reads no longer than the yes holds by the person's newest word: a key that would outlast it ends with it."""
    if rows:
        ends = [_after(newest[row.origin.person_id].expires_on) for row in rows]
        with connection.cursor() as cursor:
            cursor.execute("SELECT compass_referral_until(%s, %s)", [[row.pk for row in rows], ends])


def _after(last: date) -> datetime:
    """The moment at which the last day of a consent is over."""
    return datetime.combine(last + timedelta(days=1), time(), UTC)


def _recall(work: Work, rows: Sequence[Referral]) -> None:
    for row in rows:
        row.recalled_at = work.now
        row.version += 1
    Referral.objects.bulk_update(rows, ["status", "revoked_at", "recalled_at", "version"])


@action("referrals.review", CaseReferral, purpose=HELP)
def review_referrals(work: Work, steps: list[ReferralStep]) -> list[CaseReferral]:
    """A supervisor has looked at a referral made without consent (`id` is the office's side). Of a draft, against which the
    person said no, it is the agreement that it is sent. Raises WrongState, SecondPersonNeeded."""
    rows = work.require("referrals.review", CaseReferral, steps)
    drafts = {row.origin_id: row for row in Referral.objects.filter(origin__in=rows).defer("payload_sealed")}
    receivers = Organisation.objects.in_bulk([row.to_organisation_id for row in drafts.values()])
    consents = consent.consents_of({row.person_id for row in rows})
    for row, each in zip(rows, steps, strict=True):
        sent = drafts[row.pk]
        draft, said = sent.sent_at is None, consents.get(row.person_id, [])
        no = draft and bool(consent.spoken_no(said, receivers[sent.to_organisation_id], sent.service))
        if (sent.standing == "revoked" and draft) or not (row.awaits_review or (no and not row.agreed_after_no)):
            raise WrongState
        if row.took_part(work.actor.id):
            raise SecondPersonNeeded
        row.after_no = no if draft else row.after_no
        row.reviewed_by, row.reviewed_at = work.actor.id, each.occurred_at
        row.version += 1
    CaseReferral.objects.bulk_update(rows, ["reviewed_by", "reviewed_at", "after_no", "version"])
    return rows


@action("referrals.note", Referral, purpose=shared)
def note_outcomes(work: Work, steps: list[ReferralStep]) -> list[Referral]:
    """Take note of an outcome (CM-21); a service that was given enters the figures, provided by the partner. Given in
    full, it settles the step of the plan that asks for this service. Noted once more when a file came later.

    Raises WrongState unless the referral is done or rejected and there is something that was not noted yet.
    """
    rows = work.require("referrals.send", Referral, steps)
    found = CaseReferral.objects.select_related("case").select_for_update(of=("self",))
    sides = found.in_bulk([row.origin_id for row in rows])
    given: list[ServiceGiven] = []
    steps_done: dict[UUID, ActionDone] = {}
    for row, each in zip(rows, steps, strict=True):
        side = sides[row.origin_id]
        again = side.noted_at is not None
        if row.status not in {"done", "rejected", "no_show"} or (again and not side.missed(row)):
            raise WrongState
        side.noted_at = each.occurred_at
        side.version += 1
        if not again and row.status == "done" and row.outcome in DELIVERED and row.delivered_on is not None:
            given.append(
                ServiceGiven(
                    key=derived(each.key, "people.service"), occurred_at=each.occurred_at, basis=each.basis,
                    id=side.person_id, service=row.service, service_class=row.service_class,
                    delivered_on=row.delivered_on, provider_id=row.to_organisation_id, origin=row.pk,
                )
            )  # fmt: skip
            planned = settled_by(side.case_id, row.service) if row.outcome == COMPLETED and side.case.is_open else None
            if planned is not None:
                steps_done[planned.pk] = ActionDone(
                    key=derived(each.key, "cases.plan_action"), occurred_at=each.occurred_at, basis=each.basis,
                    id=planned.pk, done_on=row.delivered_on, counted=True,
                )  # fmt: skip
    CaseReferral.objects.bulk_update(sides.values(), ["noted_at", "version"])
    record_services(work, given)
    complete_plan_actions(work, list(steps_done.values()))
    work.saw(sides.values())
    return rows
