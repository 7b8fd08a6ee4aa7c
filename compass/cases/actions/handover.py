"""Handing a household over: offer, accept, decline, withdraw. Responsibility stays with the sender until acceptance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.models import Organisation, OrganisationKind
from compass.access.work import Command, Work
from compass.cases.actions.checks import STAGES
from compass.cases.giveaway import must_not_tell
from compass.cases.journeys import unexpected
from compass.cases.ladder import parent_present, return_blocks
from compass.cases.models import Assessment, Case, Goal, Handover, HandoverKey, HandoverPerson, Referral
from compass.cases.models.case import OPEN
from compass.people import consent
from compass.people.actions.index import index_people
from compass.people.models import OWN_CONSENT_BANDS, Consent, Person
from compass.problems import BestInterestsFirst, ConsentMissing, Invalid, NotFound, Problem, WrongState
from compass.vault.identifiers import new_id
from compass.vocabulary import code_list, known, label_of

TABLE = "cases_handover"
SCOPE = "return_country_sharing"
#: Provisional: no source gives a time for the answer.
ANSWER_WITHIN = timedelta(days=30)
NO = frozenset({"refused", "withdrawn", "child_refused", "named"})
REFUSALS: dict[str, type[Problem]] = {"CS020": NotFound, "CS021": WrongState, "CS024": BestInterestsFirst}


@dataclass(frozen=True)
class Party:
    """Who of a household may go, who must stay, and the codes of what must happen first for each child who stays."""

    going: Sequence[Person]
    staying: Mapping[UUID, Sequence[str]]
    household: Sequence[Person]


def party_of(person: Person) -> Party:
    """The household of a person, parted by what stops a return. Raises BestInterestsFirst when it would part a child from
    its parent (BIP-05): then all stay until the child's steps are done."""
    household = list(Person.objects.filter(household_id=person.household_id).order_by("age_band", "code"))
    blocks = {pk: codes for pk, codes in return_blocks(p.pk for p in household).items() if codes}
    if any(p.pk in blocks and parent_present(p, household) for p in household):
        raise BestInterestsFirst
    going = [p for p in household if p.pk not in blocks]
    if not going:
        raise BestInterestsFirst
    return Party(going, blocks, household)


def answering(people: Iterable[Person]) -> list[Person]:
    """Who answers for themselves: adults and children from 15 on; everyone where there is neither. A record that was merged
    into another says nothing of its own."""
    everyone = [p for p in people if p.merged_into_id is None]
    return [p for p in everyone if not p.is_child or p.age_band in OWN_CONSENT_BANDS] or everyone


def not_agreed(
    work: Work, people: Sequence[Person], receiver: Organisation | None = None
) -> list[tuple[Person, consent.Answer]]:
    """Whoever answers for themselves and did not agree to share with the office of return, and whoever said no to it or
    named the receiver, once it is chosen; each with their answer."""
    newest = consent.newest(p.pk for p in people)
    asked = answering(people)
    people = [p for p in people if p.merged_into_id is None]
    answers = [(p, consent.answer(newest.get(p.pk), SCOPE, work.today, receiver=receiver)) for p in people]
    return [(p, answer) for p, answer in answers if not answer and (p in asked or answer.reason in NO)]


def must_have_agreed(work: Work, people: Sequence[Person], receiver: Organisation) -> None:
    """Raises ConsentMissing while somebody has `not_agreed`."""
    for _person, answer in not_agreed(work, people, receiver):
        raise ConsentMissing(scope=answer.about)


@dataclass(frozen=True, kw_only=True)
class HandoverOffer(Command):
    """Offer the household of a case (`id`) to another office. `note` is read before acceptance: nothing that identifies.

    `without_return`: code of handover_without_return, for another country to which no return is under way.
    """

    to_organisation_id: UUID
    note: str
    without_return: str = ""


@action("handovers.offer", Handover, purpose=SCOPE)
def offer_handovers(work: Work, offers: list[HandoverOffer]) -> list[Handover]:
    """Offer households; identities stay closed until the receiver accepts.

    Raises BestInterestsFirst, ConsentMissing, WrongState (an offer is open), NotFound (no such office), Invalid.
    """
    cases = work.require("handovers.offer", Case, offers)
    return [_offer(work, case, each) for case, each in zip(cases, offers, strict=True)]


def _offer(work: Work, case: Case, each: HandoverOffer) -> Handover:
    receiver = Organisation.objects.filter(pk=each.to_organisation_id, kind=OrganisationKind.OFFICE).first()
    if receiver is None or receiver.pk == case.organisation_id:
        raise NotFound
    if not case.is_open:
        raise WrongState
    if not each.note.strip():
        raise Invalid(what=_("the note"))
    abroad = unexpected(case, receiver)
    if abroad:
        if not each.without_return:
            raise Invalid(what=_("why the case goes to another country without a return"))
        known("handover_without_return", each.without_return)
    principal = Person.objects.select_for_update(of=("self",)).get(pk=case.person_id)
    party = party_of(principal)
    must_not_tell(work, party.household, each.note)
    # The records that were merged into theirs go along: everything about a person is in one office.
    along = list(Person.objects.filter(merged_into__in=party.going).select_for_update(of=("self",)).order_by("pk"))
    people = [p.pk for p in [*party.going, *along]]
    if principal.pk not in people:
        raise BestInterestsFirst
    must_have_agreed(work, party.going, receiver)
    if open_offers(people, work):
        raise WrongState
    cases = list(Case.objects.filter(person__in=people, status__in=OPEN))
    row = Handover(
        id=new_id(), organisation_id=case.organisation_id, to_organisation_id=receiver.pk,
        stage=min((c.stage for c in cases), key=STAGES.index), needs=unmet_needs(cases),
        age_bands=sorted((p.age_band for p in party.going), key=_youngest), people_count=len(party.going),
        without_return=each.without_return if abroad else "",
        offered_at=each.occurred_at, offered_by=work.actor.id, expires_at=work.now + ANSWER_WITHIN,
    )  # fmt: skip
    work.keys.create(case.organisation_id, [row.pk])
    row.note_sealed = work.keys.seal(each.note.strip()[:2000], table=TABLE, column="note_sealed", subject=row.pk)
    row.save(force_insert=True)
    HandoverPerson.objects.bulk_create(
        HandoverPerson(
            id=new_id(), organisation_id=p.organisation_id, person=p, handover=row, basis=each.basis,
            occurred_at=each.occurred_at, recorded_at=work.written(), recorded_by=work.actor.id,
        )
        for p in [*party.going, *along]
    )  # fmt: skip
    referrals = Referral.objects.filter(origin__person__in=people).values_list("pk", flat=True)
    _hold_back(work, row, [*people, *referrals])
    work.keys.share(row.pk, receiver.pk, expires_at=row.expires_at)
    work.saw(party.going)
    return row


def _youngest(band: str) -> int:
    return next((at for at, each in enumerate(code_list("age_band").values) if each == band), -1)


def unmet_needs(cases: Sequence[Case]) -> list[str]:
    """The needs (codes of need_domain) that the newest approved assessments found and no plan has answered."""
    newest: dict[UUID, Assessment] = {}
    rows = Assessment.objects.filter(case__in=cases, state="approved").order_by("occurred_at", "recorded_at", "id")
    for row in rows.defer("narrative_sealed", "remark_sealed"):
        newest[row.case_id] = row
    answered = _answered(cases)
    return sorted(
        {
            need
            for case, row in newest.items()
            for need, level in row.needs.items()
            if level.startswith("unmet") and (case, need) not in answered
        }
    )


def _answered(cases: Sequence[Case]) -> set[tuple[UUID, str]]:
    """The needs (case, domain) whose goals in the plan in force are all reached, or have every step done."""
    open_: dict[tuple[UUID, str], bool] = {}
    goals = Goal.objects.filter(case__in=cases, plan__superseded_at__isnull=True).defer("statement_sealed")
    for goal in goals.prefetch_related("actions"):
        states = [step.status for step in goal.actions.all()]
        done = goal.progress == "met" or (bool(states) and all(state == "delivered" for state in states))
        key = (goal.case_id, goal.domain)
        open_[key] = open_.get(key, False) or not done
    return {key for key, still in open_.items() if not still}


def _hold_back(work: Work, offer: Handover, subjects: Iterable[UUID]) -> None:
    wrapped = work.keys.wrap_for(work.keys.holds(subjects), offer.to_organisation_id)
    HandoverKey.objects.bulk_create(
        HandoverKey(
            id=new_id(), organisation_id=offer.organisation_id, handover=offer, subject=subject,
            organisation_key_version=version, wrapped=key,
        )
        for subject, (version, key) in wrapped.items()
    )  # fmt: skip


def hold_back_for_open_offers(work: Work, subjects: Mapping[UUID, UUID]) -> None:
    """Records with keys of their own (record to person) made while an offer is open go along with the person."""
    for offer, people in open_offers(subjects.values(), work).items():
        _hold_back(work, offer, [record for record, person in subjects.items() if person in people])


def open_offers(people: Iterable[UUID], work: Work) -> dict[Handover, set[UUID]]:
    """The open offers about these people, locked against an acceptance meanwhile, each with whom of them it is about."""
    rows = (
        HandoverPerson.objects.filter(
            person__in=list(people), handover__status="offered", handover__expires_at__gt=work.now
        )
        .select_related("handover")
        .select_for_update(of=("handover",))
    )
    found: dict[Handover, set[UUID]] = {}
    for row in rows:
        found.setdefault(row.handover, set()).add(row.person_id)
    return found


TakenOver = Callable[[Work, Handover, Sequence[UUID]], None]
_TAKEN_OVER: list[TakenOver] = []


def on_taken_over(step: TakenOver) -> None:
    """Let a room above do what follows when an office has taken people over: `step(work, offer, people)`."""
    if step not in _TAKEN_OVER:
        _TAKEN_OVER.append(step)


@dataclass(frozen=True, kw_only=True)
class HandoverStep(Command):
    """A step of an offer (`id`)."""


@action("handovers.accept", Handover, purpose=SCOPE)
def accept_handovers(work: Work, steps: list[HandoverStep]) -> list[Handover]:
    """Take the people over: their records, and the keys that open them, move to the receiving office in one step.

    Raises WrongState when the offer is no longer open, ConsentMissing when consent is not in force, BestInterestsFirst when
    something stops a child since the offer.
    """
    rows = work.require("handovers.answer", Handover, steps)
    for row, each in zip(rows, steps, strict=True):
        if row.status != "offered" or row.expired(work.now):
            raise WrongState
        _move(row)
        Handover.objects.filter(pk=row.pk).update(answered_at=each.occurred_at)
    moved = {row.pk: row for row in Handover.objects.filter(pk__in=[row.pk for row in rows])}
    people = HandoverPerson.objects.filter(handover__in=rows)
    work.saw(people)
    # What the sender's index kept of them went with its keys; a name is found again under the receiver's own.
    index_people(work, [row.person_id for row in people])
    taken: dict[UUID, list[UUID]] = {}
    for one in people:
        taken.setdefault(one.handover_id, []).append(one.person_id)
    for pk, offer in moved.items():
        for step in _TAKEN_OVER:
            step(work, offer, taken.get(pk, []))
    return [moved[row.pk] for row in rows]


def _move(offer: Handover) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT compass_handover(%s)", [offer.pk])
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state == "CS022":
            raise ConsentMissing(scope=label_of("consent_scope", SCOPE)) from error
        if state in REFUSALS:
            raise REFUSALS[state] from error
        raise


@dataclass(frozen=True, kw_only=True)
class HandoverDeclined(Command):
    """Why the office does not take the offer (`id`): code of handover_rejection_reason, and words."""

    reason: str
    note: str = ""


@action("handovers.decline", Handover, purpose=SCOPE)
def decline_handovers(work: Work, declined: list[HandoverDeclined]) -> list[Handover]:
    """Decline offers; the held-back keys are destroyed and the sender stays responsible. Raises WrongState, Invalid."""
    rows = work.require("handovers.answer", Handover, declined)
    for row, each in zip(rows, declined, strict=True):
        known("handover_rejection_reason", each.reason)
        if each.reason == "other" and not each.note.strip():
            raise Invalid(what=_("the reason in words"))
        if row.status != "offered" or row.expired(work.now):
            raise WrongState
        row.rejection_reason = each.reason
        if each.note.strip():
            row.answer_sealed = work.keys.seal(
                each.note.strip()[:2000], table=TABLE, column="answer_sealed", subject=row.pk
            )
        _settle(work, row, "rejected", each.occurred_at)
    _save(rows)
    return rows


@action("handovers.withdraw", Handover, purpose=SCOPE)
def withdraw_handovers(work: Work, steps: list[HandoverStep]) -> list[Handover]:
    """The sender takes an open offer back, also one that ran out. Raises WrongState."""
    rows = work.require("handovers.offer", Handover, steps)
    for row, each in zip(rows, steps, strict=True):
        if row.status != "offered":
            raise WrongState
        _settle(work, row, "expired" if row.expired(work.now) else "withdrawn", each.occurred_at)
    _save(rows)
    return rows


def withdraw_after_consent(work: Work, consents: Sequence[Consent]) -> None:
    """An open offer falls when someone it is about no longer agrees. Called whenever consent is given or withdrawn."""
    offers = open_offers([row.person_id for row in consents], work)
    receivers = Organisation.objects.in_bulk([offer.to_organisation_id for offer in offers])
    fallen = []
    for offer, about in offers.items():
        people = Person.objects.filter(pk__in=HandoverPerson.objects.filter(handover=offer).values("person_id"))
        try:
            must_have_agreed(work, list(people), receivers[offer.to_organisation_id])
        except ConsentMissing:
            said = [row.withdrawn_at or row.occurred_at for row in consents if row.person_id in about]
            _settle(work, offer, "withdrawn", max(said))
            fallen.append(offer)
    _save(fallen)
    if fallen:
        work.record("handovers.withdraw", results=[row.pk for row in fallen], count=len(fallen))


def _settle(work: Work, row: Handover, status: str, at: datetime) -> None:
    row.status, row.answered_at, row.answered_by = status, at, work.actor.id


def _save(rows: Sequence[Handover]) -> None:
    if not rows:
        return
    for row in rows:
        row.version += 1
    Handover.objects.bulk_update(
        rows, ["status", "answered_at", "answered_by", "rejection_reason", "answer_sealed", "version"]
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT compass_handover_drop(%s)", [[row.pk for row in rows]])
