"""Writing consent, its withdrawal, and requests for a guardian."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid5

from compass.access.actions import action
from compass.access.models import Organisation, Receipt
from compass.access.work import Command, Work, stamp
from compass.people.actions.common import known_or_empty, spoken
from compass.people.ages import age_on
from compass.people.consent import DETAILS, carried, newest
from compass.people.grounds import ACCOUNT
from compass.people.models import Consent, GuardianRequest, Person
from compass.people.registry import consent_changed
from compass.problems import (
    Invalid,
    NotFound,
    SecondPersonNeeded,
    StaleVersion,
    StandardNotMet,
    UnknownCode,
    WrongState,
)
from compass.ui.words import day
from compass.vault.identifiers import new_id
from compass.vocabulary import all_known, code_list, known, standard

VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*")
CONSENT_YEARS = timedelta(days=365)
SEVEN_ITEMS = "consent_information"
ADULTS = frozenset({"caregiver", "guardian", "other"})
#: Ways of answering that leave a sheet or a recording behind; what was spoken is certified instead.
WITH_EVIDENCE = frozenset(row.value for row in code_list("consent_mode").codes if not row.extra["certification"])
#: What was said about the talk stays true when an answer given in it is taken back.
SAME_TALK = (
    "given_by", "mode", "language", "interpreter_mode", "notice_version", "ladder", "child_agrees", "certified",
    "information", "copied_from",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Command):
    """An answer to the notice. `scopes` maps every scope that was asked to yes or no; `id` is the person.

    `language`: of the text of the notice that was read, or that an interpreter worked from.

    A scope that was not asked keeps its answer of the consent in force (`compass.people.consent.carried`).

    `seen`: the newest consent on the page that was answered (`on_page`), empty when there was none; None when there was no
    page (an import, the answers of a caregiver for several children). `copied_from`: the consent of an adult whose answers
    hold for this child too. `until`: the last day of the yes, as the person named it; without one, and at the most, a year.
    `not_to`: the organisations that must not know, all of them; None when that was not asked, and who was named stays named,
    also by a talk that is written down after a later one.
    """

    given_by: str = "individual"
    mode: str = "verbal_certified"
    language: str = "fr"
    interpreter_mode: str = ""
    notice_version: str = "1"
    information: tuple[str, ...] = ()
    scopes: dict[str, bool] = field(default_factory=dict)
    certified: bool = False
    child_agrees: bool | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    seen: str | None = None
    copied_from: UUID | None = None
    until: date | None = None
    not_to: tuple[UUID, ...] | None = None


def _what_was_said(row: Consent) -> str:
    """An answer rests on itself, as far as it is a yes."""
    return next((scope for scope, said in row.scopes.items() if said), DETAILS)


@action("people.consent", Consent, purpose=_what_was_said)
def give_consent(work: Work, answers: list[ConsentGiven]) -> list[Consent]:
    """Record consent. Raises StandardNotMet: CM-02 (seven items told), CM-03 (what was spoken is certified; of a sheet or a
    recording it is said where it is kept), CM-04 (ladder).

    Raises StaleVersion with the newest consent when a colleague recorded one that was not on the page, or took it back
    since; and for a talk held before consent was taken back, which comes late. Invalid for an end before the talk. NotFound
    for naming an organisation that does not exist, or the person's own office.

    Source: case-management.md 2.4 and 2.11.
    """
    people = work.require("people.consent", Person, answers)
    _as_seen({each.id: each.seen for each in answers if each.id and each.seen is not None}, newest)
    earlier = newest([person.pk for person in people])
    wanted = set(code_list(SEVEN_ITEMS).values)
    scopes = code_list("consent_scope")
    _can_be_named({each.id: each.not_to or () for each in answers if each.id}, {p.pk: p for p in people}, earlier)
    rows = []
    for person, each in zip(people, answers, strict=True):
        last = earlier.get(person.pk)
        if last is not None and last.withdrawn_at is not None and each.occurred_at <= last.withdrawn_at:
            raise StaleVersion(current=last)
        kept = carried(last, each.scopes, each.occurred_at)
        talk = work.day(each.occurred_at)
        if each.until is not None and each.until < talk:
            raise Invalid(what=day(each.until, form="year"))
        known("consent_mode", each.mode)
        known("consent_given_by", each.given_by)
        known_or_empty("interpreter_mode", each.interpreter_mode)
        spoken([each.language])
        if not VERSION.fullmatch(each.notice_version):
            raise UnknownCode(value=each.notice_version[:40], list="notice")
        all_known("consent_information", each.information)
        for scope, said in each.scopes.items():
            if scope not in scopes or not isinstance(said, bool):
                raise UnknownCode(value=scope[:40], list="consent_scope")
        step = ladder_of(work, person, talk) if person.is_child else ""
        unmet = []
        if wanted - set(each.information):
            unmet.append("CM-02")
        if not _shown(each):
            unmet.append("CM-03")
        if step and not _ladder_met(step, each):
            unmet.append("CM-04")
        if unmet:
            raise StandardNotMet(standards="; ".join(f"{standard(name).label.rstrip('.')} ({name})" for name in unmet))
        rows.append(
            Consent(
                id=new_id(),
                person=person,
                organisation_id=person.organisation_id,
                given_by=each.given_by,
                mode=each.mode,
                language=each.language,
                interpreter_mode=each.interpreter_mode,
                notice_version=each.notice_version,
                ladder=step,
                child_agrees=each.child_agrees,
                certified=each.certified,
                information=list(each.information),
                scopes={**kept, **each.scopes},
                copied_from=each.copied_from,
                # A yes that was only carried over lasts no longer than was said of it, and no longer than is said today:
                # one talk, one day that the person can remember.
                expires_on=min(
                    talk + CONSENT_YEARS,
                    each.until or date.max,
                    earlier[person.pk].expires_on if any(kept.values()) else date.max,
                ),
                not_to=sorted(each.not_to) if each.not_to is not None else last.not_to if last is not None else [],
                **stamp(work, each),
            )
        )
    for row, each in zip(rows, answers, strict=True):
        row.detail_sealed = work.keys.seal(
            each.detail, table="people_consent", column="detail_sealed", subject=row.person_id, row=row.pk
        )
    for person in people:
        person.consent_due_at = None
    Person.objects.bulk_update(people, ["consent_due_at"])
    made = Consent.objects.bulk_create(rows)
    consent_changed(work, made)
    _name_late(work, answers, earlier)
    return made


def _name_late(work: Work, answers: Sequence[ConsentGiven], earlier: Mapping[UUID, Consent]) -> None:
    """Whoever was named in a talk that is written down after a later one must not know either: nobody asked for them to be
    left out of the answers that count."""
    late = []
    for each in answers:
        last = earlier.get(each.id) if each.id else None
        if last is None or last.occurred_at <= each.occurred_at:
            continue
        if new := set(each.not_to or ()) - set(last.not_to):
            key = uuid5(each.key, "named")
            at = each.occurred_at
            late.append(Withdrawal(key=key, occurred_at=at, basis=ACCOUNT, id=last.pk, not_to=tuple(sorted(new))))
    if late:
        withdraw_consent(work, late)


def _can_be_named(
    named: Mapping[UUID, Collection[UUID]], people: Mapping[UUID, Person], earlier: Mapping[UUID, Consent]
) -> None:
    """Raises NotFound for naming anew what is no organisation, or the office that keeps the record."""
    new = {pk: set(wanted) - set(earlier[pk].not_to if pk in earlier else ()) for pk, wanted in named.items()}
    everyone = {receiver for wanted in new.values() for receiver in wanted}
    if not everyone:
        return
    there = set(Organisation.objects.filter(pk__in=everyone).values_list("pk", flat=True))
    if everyone - there or any(people[pk].organisation_id in wanted for pk, wanted in new.items()):
        raise NotFound


def _shown(given: ConsentGiven) -> bool:
    """Whether what was answered can be shown; an adult's sheet or recording is the child's too."""
    if given.mode in WITH_EVIDENCE:
        return bool(given.detail.get("evidence") or given.copied_from)
    return given.certified


def ladder_of(work: Work, child: Person, on: date) -> str:
    """The step of the child's ladder. The band 5-11 holds two steps, so there the sealed age decides."""
    if child.age_band != "5-11":
        return "0-5" if child.age_band == "0-4" else child.age_band
    identity = work.keys.open(child.identity_sealed, table="people_person", column="identity_sealed", subject=child.pk)
    age = age_on(identity or {}, on)
    return "0-5" if age is not None and age < 6 else "6-11"


def _ladder_met(step: str, given: ConsentGiven) -> bool:
    """Below 6 an adult decides, from 6 to 14 an adult and the child, then the child (case-management.md 2.4)."""
    adult = given.given_by in ADULTS
    if step == "0-5":
        return adult
    if step in {"6-11", "12-14"}:
        return adult and given.child_agrees is not None
    return given.given_by == "individual" or (adult and given.child_agrees is True)


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Command):
    """`id` is the consent that is taken back: for these scopes, for these organisations, which must not know from now on
    (`not_to`), with a sooner last day (`until`); when nothing of this is said, all of it."""

    scopes: tuple[str, ...] = ()
    not_to: tuple[UUID, ...] = ()
    until: date | None = None


@action("people.withdraw", Consent, purpose=_what_was_said)
def withdraw_consent(work: Work, withdrawals: list[Withdrawal]) -> list[Consent]:
    """Take consent back at once: whole, or for the scopes and the organisations named, or from a day on.

    A part taken back makes a new consent in which these scopes are a no and every other answer stays, until the day
    it would have ended. When no yes is left of those there were, the consent is taken back whole.

    Raises WrongState when it was taken back before, UnknownCode for a scope that does not exist, NotFound for an
    organisation that cannot be named, StaleVersion with the newest consent when the one named is no longer the newest.
    """
    rows = work.require("people.consent", Consent, withdrawals)
    # Whoever records consent locks the person too: an answer taken back is never carried over from an older reading.
    people = Person.objects.filter(pk__in=[row.person_id for row in rows]).order_by("pk").select_for_update().in_bulk()
    current = newest([row.person_id for row in rows])
    named = {row.person_id: each.not_to for row, each in zip(rows, withdrawals, strict=True)}
    _can_be_named(named, people, current)
    whole, made, results = [], [], []
    for row, each in zip(rows, withdrawals, strict=True):
        all_known("consent_scope", each.scopes)
        if row.withdrawn_at is not None:
            raise WrongState
        if current[row.person_id].pk != row.pk:
            raise StaleVersion(current=current[row.person_id])
        # Of two merged records the narrower answers count, and only they may be carried into a new consent.
        said = current[row.person_id]
        agreed = {scope for scope, yes in said.scopes.items() if yes}
        left = agreed.difference(each.scopes)
        if each.not_to or each.until or (each.scopes and left):
            row = _without(work, row, said, each)
            # Who is named stays named, also where no yes is left; to name somebody beside a no takes nothing back.
            row.withdrawn_at = row.occurred_at if agreed and not left else None
            made.append(row)
        else:
            row.withdrawn_at = each.occurred_at
            row.version += 1
            whole.append(row)
        results.append(row)
    Consent.objects.bulk_update(whole, ["withdrawn_at", "version"])
    Consent.objects.bulk_create(made)
    consent_changed(work, results)
    return results


def _without(work: Work, row: Consent, said: Consent, each: Withdrawal) -> Consent:
    """The same consent with a no for the scopes taken back and to the organisations named, ending no later than it did;
    never older than the one it follows. `said`: what counts of it today."""
    sealing: dict[str, Any] = {"table": "people_consent", "column": "detail_sealed", "subject": row.person_id}
    made = Consent(
        id=new_id(),
        person_id=row.person_id,
        organisation_id=row.organisation_id,
        scopes={**said.scopes, **dict.fromkeys(each.scopes, False)},
        not_to=sorted({*said.not_to, *each.not_to}),
        expires_on=min(row.expires_on, each.until or date.max),
        **{name: getattr(row, name) for name in SAME_TALK},
        **{**stamp(work, each), "occurred_at": max(each.occurred_at, row.occurred_at)},
    )
    detail = work.keys.open(row.detail_sealed, row=row.pk, **sealing)
    made.detail_sealed = work.keys.seal(detail or {}, row=made.pk, **sealing)
    return made


@dataclass(frozen=True, kw_only=True)
class GuardianAsked(Command):
    """`id` is the child. `seen`: the newest request on the page (`on_page`), empty when there was none."""

    authority: str
    detail: dict[str, Any] = field(default_factory=dict)
    seen: str | None = None


@action("people.guardian", GuardianRequest, purpose=DETAILS)
def request_guardians(work: Work, asked: list[GuardianAsked]) -> list[GuardianRequest]:
    """Ask an authority (code of guardian_authority) for a guardian (BIP-02).

    Raises Invalid for a person who is not a child, StaleVersion with the newest request when a colleague asked first.
    """
    people = work.require("people.guardian", Person, asked)
    _as_seen({each.id: each.seen for each in asked if each.id and each.seen is not None}, _newest_requests)
    rows = []
    for person, each in zip(people, asked, strict=True):
        if not person.is_child:
            raise Invalid(what=person.code)
        row = GuardianRequest(
            id=new_id(),
            person=person,
            organisation_id=person.organisation_id,
            authority=known("guardian_authority", each.authority),
            **stamp(work, each),
        )
        row.detail_sealed = work.keys.seal(
            each.detail, table="people_guardianrequest", column="detail_sealed", subject=person.pk, row=row.pk
        )
        rows.append(row)
    return GuardianRequest.objects.bulk_create(rows)


def _newest_requests(people: Iterable[UUID]) -> dict[UUID, GuardianRequest]:
    rows = GuardianRequest.objects.filter(person_id__in=list(people)).exclude(status="withdrawn")
    rows = rows.order_by("person_id", "-occurred_at", "-recorded_at", "-id")
    return {row.person_id: row for row in rows.distinct("person_id")}


R = TypeVar("R", Consent, GuardianRequest)


def on_page(newest: Consent | GuardianRequest | None) -> str:
    """What a page carries of the newest record it shows: its key and version; empty when there is none."""
    return f"{newest.pk}.{newest.version}" if newest is not None else ""


def _as_seen(seen: dict[UUID, str], read: Callable[[Iterable[UUID]], dict[UUID, R]]) -> None:
    """Raise StaleVersion unless the newest record of each person is the one that was on the page; the people are locked."""
    found = read(seen) if seen else {}
    for person, key in seen.items():
        current = found.get(person)
        if current is not None and on_page(current) != key:
            raise StaleVersion(current=current)


@dataclass(frozen=True, kw_only=True)
class GuardianAppointed(Command):
    """`id` is the request that the authority answered."""


@action("people.guardian_appointed", GuardianRequest, purpose=DETAILS)
def appoint_guardians(work: Work, appointed: list[GuardianAppointed]) -> list[GuardianRequest]:
    """Record that the authority appointed the guardian it was asked for. Raises WrongState when it had."""
    rows = work.require("people.guardian", GuardianRequest, appointed)
    for row, each in zip(rows, appointed, strict=True):
        if row.status != "requested":
            raise WrongState
        row.status = "appointed"
        row.appointed_at = each.occurred_at
        row.version += 1
    GuardianRequest.objects.bulk_update(rows, ["status", "appointed_at", "version"])
    return rows


@dataclass(frozen=True, kw_only=True)
class GuardianMistaken(Command):
    """`id` is the request, `why` what went wrong: the wrong child, two requests for one."""

    why: str


@action("people.guardian_mistaken", GuardianRequest, purpose=DETAILS)
def take_guardians_back(work: Work, mistaken: list[GuardianMistaken]) -> list[GuardianRequest]:
    """A guardian was asked for by mistake, and no authority has answered: a supervisor who did not ask takes it back.

    One colleague could otherwise do away with what makes a child climb the long ladder (`cases.ladder`). Raises WrongState
    for a request that was answered or taken back, SecondPersonNeeded for who asked and for who said with whom the child
    lives.
    """
    rows = work.require("people.guardian_mistaken", GuardianRequest, mistaken)
    for row, each in zip(rows, mistaken, strict=True):
        if row.status != "requested":
            raise WrongState
        moved = Receipt.objects.filter(action="people.household", actor_id=work.actor.id, result_id=row.person_id)
        if row.recorded_by == work.actor.id or moved.exists():
            raise SecondPersonNeeded
        sealing: dict[str, Any] = {
            "table": "people_guardianrequest",
            "column": "detail_sealed",
            "subject": row.person_id,
        }
        detail = work.keys.open(row.detail_sealed, row=row.pk, **sealing) or {}
        row.detail_sealed = work.keys.seal({**detail, "why": each.why}, row=row.pk, after=row.detail_sealed, **sealing)
        row.status = "withdrawn"
        row.version += 1
    GuardianRequest.objects.bulk_update(rows, ["status", "detail_sealed", "version"])
    return rows


def withdraw_guardian_requests(work: Work, people: Iterable[UUID]) -> None:
    """A second person confirmed the parents of these children: what no authority has answered yet is asked no more."""
    rows = list(GuardianRequest.objects.select_for_update().filter(person__in=list(people), status="requested"))
    for row in rows:
        row.status = "withdrawn"
        row.version += 1
    GuardianRequest.objects.bulk_update(rows, ["status", "version"])
    if rows:
        work.record("people.guardian_withdrawn", results=[row.pk for row in rows], count=len(rows))
