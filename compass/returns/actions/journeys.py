"""Seeing people off whom the office at home took over before they left (R-NOT-1).

The sending office is told of the journey without identity and records who left; the office at home keeps the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.cases.models import Handover
from compass.people import consent
from compass.people.models import Consent
from compass.problems import Invalid, StandardNotMet, WrongState
from compass.returns import destinations, machine
from compass.returns.machine import Facts
from compass.returns.models import Journey, Member, Return
from compass.returns.queries import facts_of, may_leave, may_take_back
from compass.vault.identifiers import new_id
from compass.vocabulary import known

#: States in which people who were taken over have not left yet.
EXPECTED = ("pre_return", "ready_to_travel")
#: What the receiving office still changes about a journey.
FOLLOWED = ("travel_on", "travel_mode", "last_day", "ready", "status", "version")


def expect_journeys(work: Work, offer: Handover, people: Sequence[UUID]) -> None:
    """An office at home took people over who have not left: tell the sending office what it needs to see them off."""
    avrs = list(Return.objects.filter(pk__in=_returns_of(people), state__in=EXPECTED))
    here = destinations.here([offer.organisation_id, offer.to_organisation_id])
    avrs = [avr for avr in avrs if here[offer.to_organisation_id] == avr.destination != here.get(offer.organisation_id)]
    if not avrs:
        return
    at = offer.answered_at or work.now
    facts = facts_of(work, avrs, {avr.pk: work.day(at) for avr in avrs})
    made = [
        Journey(
            id=new_id(),
            organisation_id=offer.organisation_id,
            to_organisation_id=offer.to_organisation_id,
            handover=offer,
            avr_id=avr.pk,
            code=avr.code,
            round=avr.round,
            destination=avr.destination,
            people=len(facts[avr.pk].people),
            children=len(facts[avr.pk].children),
            basis="consent",
            occurred_at=at,
            recorded_at=work.written(),
            recorded_by=work.actor.id,
        )
        for avr in avrs
    ]
    for row in made:
        _follow(row, facts[row.avr_id])
    Journey.objects.bulk_create(made)


def _returns_of(people: Iterable[UUID]) -> set[UUID]:
    return set(Member.objects.filter(person__in=list(people)).values_list("avr_id", flat=True))


def follow_journeys(work: Work, days: Mapping[UUID, date]) -> None:
    """Keep what the sending office sees in step with the record: prepared anew, withdrawn, on hold. One query for none.

    days: by return, the day of what changed.
    """
    newest = {
        row.avr_id: row
        for row in Journey.objects.filter(avr__in=list(days), to_organisation_id__in=work.actor.organisations)
        .select_for_update(of=("self",))
        .order_by("recorded_at", "id")
    }
    if not newest:
        return
    facts = facts_of(work, list(Return.objects.filter(pk__in=list(newest))), days)
    said = consent.newest({p.pk for each in facts.values() for p in each.people})
    changed, again = [], []
    for avr, row in newest.items():
        named = avr in facts and any(
            row.organisation_id in said[p.pk].not_to for p in facts[avr].people if p.pk in said
        )
        if avr in facts and not named and _anew(row, facts[avr]):
            row = _once_more(work, row, facts[avr])
            again.append(row)
            _follow(row, facts[avr])
        elif avr in facts and row.status in {"waiting", "stopped"}:
            shown = _shown(row)
            _follow(row, facts[avr], named=named)
            if shown != _shown(row):
                row.version += 1
                changed.append(row)
    Journey.objects.bulk_update(changed, FOLLOWED)
    Journey.objects.bulk_create(again)


def _anew(row: Journey, facts: Facts) -> bool:
    """Whether the people get ready to leave once more, after they had stayed or the return had begun again."""
    prepared = facts.preparation
    if facts.avr.state not in EXPECTED or row.status == "left":
        return False
    if facts.avr.round > row.round:
        return True
    return row.status == "missed" and bool(prepared and row.told_at and prepared.recorded_at > row.told_at)


def _once_more(work: Work, row: Journey, facts: Facts) -> Journey:
    """A journey like that one; what was recorded of the earlier one stays."""
    return Journey(
        id=new_id(),
        organisation_id=row.organisation_id,
        to_organisation_id=row.to_organisation_id,
        handover_id=row.handover_id,
        avr_id=row.avr_id,
        code=row.code,
        round=facts.avr.round,
        destination=row.destination,
        people=len(facts.people),
        children=len(facts.children),
        basis=row.basis,
        occurred_at=row.occurred_at,
        recorded_at=work.written(),
        recorded_by=work.actor.id,
    )


def after_consent(work: Work, consents: Sequence[Consent]) -> None:
    """Whoever no longer agrees does not leave: the sending office sees that the journey is not ready any more."""
    follow_journeys(work, dict.fromkeys(_returns_of(row.person_id for row in consents), work.today))


def _shown(row: Journey) -> list[Any]:
    return [getattr(row, name) for name in FOLLOWED]


def _follow(row: Journey, facts: Facts, *, named: bool = False) -> None:
    """`named`: one of the people named the sending office as one that must not know; it sees what it sees when the wish
    was withdrawn, and the office at home records the departure itself."""
    prepared, avr = facts.preparation, facts.avr
    row.status = "waiting" if avr.state in EXPECTED and avr.round == row.round and not named else "stopped"
    row.ready = row.status == "waiting" and avr.state == "ready_to_travel" and not machine.unmet("depart", facts)
    if row.status == "stopped":
        # What the office at home goes on with is nothing of who sees people off.
        row.travel_on, row.travel_mode, row.last_day = None, "", None
        return
    row.travel_on = prepared.travel_on if prepared else None
    row.travel_mode = prepared.travel_mode if prepared else ""
    until = [made.valid_until for pk, made in facts.declarations.items() if pk in {p.pk for p in facts.declaring}]
    row.last_day = min([*until, *([prepared.document_valid_until] if prepared else [])], default=None)


@dataclass(frozen=True, kw_only=True)
class SeenOff(Command):
    """They left (`id`: the journey). `reconfirmed` and `method` as for a departure."""

    departed_on: date
    reconfirmed: bool
    method: str


@action("returns.see_off", Journey)
def see_off(work: Work, departures: list[SeenOff]) -> list[Journey]:
    """The sending office records that people left whom the office at home took over, after each adult said yes once more.

    Raises StandardNotMet R-VOL-4, R-DOC-1 past the last day of document and declarations, R-NOT-1 while the office that
    holds the record has not made the journey ready, a child was stopped, or a consent had ended by the day they left;
    WrongState; Invalid for a day to come or before the handover.
    """
    rows = work.require("returns.see_off", Journey, departures)
    for row, each in zip(rows, departures, strict=True):
        if row.status != "waiting":
            raise WrongState
        if not each.reconfirmed or each.method not in machine.METHODS:
            raise StandardNotMet(
                standards=f"{_('On the day of departure every adult was asked once more and said yes')} (R-VOL-4)"
            )
        if each.departed_on > work.today:
            raise Invalid(what=_("the day of departure is still to come"))
        if each.departed_on < work.day(row.occurred_at):
            raise Invalid(what=_("the day of departure lies before the journey was ready"))
        if row.last_day and each.departed_on > row.last_day:
            raise StandardNotMet(standards=str(machine.DOCUMENT.words))
        if not may_leave(row, each.departed_on):
            raise _not_ready()
        row.status, row.departed_on, row.method, row.reason = "left", each.departed_on, each.method, ""
        _told(work, row, each)
    Journey.objects.bulk_update(rows, ["status", "departed_on", "method", "reason", *TOLD])
    return rows


def _not_ready() -> StandardNotMet:
    return StandardNotMet(standards=f"{_('The office that took them over has not made the journey ready')} (R-NOT-1)")


@dataclass(frozen=True, kw_only=True)
class NotLeft(Command):
    """They did not leave (`id`: the journey). `reason`: code of departure_outcome."""

    reason: str


@action("returns.not_left", Journey)
def keep_back(work: Work, missed: list[NotLeft]) -> list[Journey]:
    """The sending office records that they did not leave; the office that holds the record goes on with them."""
    rows = work.require("returns.see_off", Journey, missed)
    for row, each in zip(rows, missed, strict=True):
        if row.status != "waiting":
            raise WrongState
        row.status, row.reason = "missed", machine.reason("departure_outcome", each.reason)
        _told(work, row, each)
    Journey.objects.bulk_update(rows, ["status", "reason", *TOLD])
    return rows


@dataclass(frozen=True, kw_only=True)
class TakenBack(Command):
    """A departure (`id`: the journey) that was recorded by mistake. `reason`: code of departure_mistake."""

    reason: str


@action("returns.take_back_journey", Journey)
def take_back_journeys(work: Work, mistakes: list[TakenBack]) -> list[Journey]:
    """The sending office takes back a departure it recorded by mistake; the people are to be seen off as before.

    Raises WrongState where none is recorded, or the office at home has recorded the arrival.
    """
    rows = work.require("returns.see_off", Journey, mistakes)
    for row, each in zip(rows, mistakes, strict=True):
        if row.status != "left" or not may_take_back(row):
            raise WrongState
        row.status, row.departed_on, row.method = "waiting", None, ""
        row.reason = known("departure_mistake", each.reason)
        _told(work, row, each)
    Journey.objects.bulk_update(rows, ["status", "departed_on", "method", "reason", *TOLD])
    return rows


TOLD = ("told_at", "told_by", "version")


def _told(work: Work, row: Journey, each: Command) -> None:
    row.told_at, row.told_by = each.occurred_at, work.actor.id
    row.version += 1
