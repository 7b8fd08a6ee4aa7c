"""Preparing the journey, leaving after saying yes once more, and arriving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.people.actions import ServiceAnnulled, ServiceGiven, annul_services, record_services
from compass.people.consent import DETAILS
from compass.people.models import Service
from compass.problems import Invalid, StandardNotMet, WrongState
from compass.returns import machine
from compass.returns.actions.steps import Moved, inside, move, move_on, not_met, open_file
from compass.returns.machine import Facts
from compass.returns.models import Preparation, Return, Step
from compass.returns.queries import on_their_days
from compass.vocabulary import known

#: Nobody plans a journey further ahead: a declaration holds for 90 days.
TRAVEL_AHEAD = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Prepared(Command):
    """What is ready: the outcome of the health check only, never a diagnosis (R-MED-3)."""

    travel_on: date
    travel_mode: str
    document_valid_until: date
    medical_outcome: str
    receiving_told_on: date | None = None


@action("returns.prepare", Return, purpose=DETAILS)
def prepare_returns(work: Work, prepared: list[Prepared]) -> list[Return]:
    """Record the preparation; the return is ready to travel once R-DOC-1, R-MED-1, R-NOT-1 and R-VOL-1 hold."""
    files = open_file(work, "prepare", prepared)
    rows = []
    for (avr, facts), each in zip(files, prepared, strict=True):
        machine.require("prepare", facts)
        known("travel_mode", each.travel_mode)
        known("medical_outcome", each.medical_outcome)
        _check_days(work, avr, each)
        rows.append(
            Preparation(
                travel_on=each.travel_on,
                travel_mode=each.travel_mode,
                document_valid_until=each.document_valid_until,
                medical_outcome=each.medical_outcome,
                receiving_told_on=each.receiving_told_on,
                **inside(work, avr, each),
            )
        )
    Preparation.objects.bulk_create(rows)
    avrs = move(work, [(avr, "prepare", each) for (avr, _facts), each in zip(files, prepared, strict=True)])
    return move_on(work, "ready", avrs, prepared)


def _check_days(work: Work, avr: Return, each: Prepared) -> None:
    if each.travel_on > work.today + TRAVEL_AHEAD:
        raise Invalid(what=_("the day of travel lies more than a year ahead"))
    if each.travel_on < work.day(avr.occurred_at):
        raise Invalid(what=_("the day of travel lies before the wish to return"))
    if each.receiving_told_on and each.receiving_told_on > work.today:
        raise Invalid(what=_("the day on which the receiving office was told is still to come"))


@dataclass(frozen=True, kw_only=True)
class Departure(Command):
    """Leaving. `reconfirmed`: asked once more on the day, each adult said yes; how it was asked goes into `method`."""

    departed_on: date
    reconfirmed: bool
    method: str
    note: str = ""

    @property
    def reason(self) -> str:
        return self.method


@action("returns.depart", Return, purpose=DETAILS)
def depart_returns(work: Work, departures: list[Departure]) -> list[Return]:
    """Depart, after voluntariness was confirmed again (R-VOL-4), and record the service for each traveller.

    Consent, declarations and documents must be in force on the day that is recorded as the day of departure, whenever it
    is said to have been written down; whoever took consent back afterwards had left. Raises StandardNotMet R-VOL-4 and the
    rules of `depart`, BestInterestsFirst, WrongState, Invalid for a day to come or before the journey was ready.
    """
    days = {each.id: each.departed_on for each in departures if each.id}
    files = on_their_days(open_file(work, "depart", departures, days), days, work.today)
    services = []
    for (avr, facts), each in zip(files, departures, strict=True):
        machine.require("depart", facts)
        if not each.reconfirmed or each.method not in machine.METHODS:
            raise not_met("R-VOL-4", _("On the day of departure every adult was asked once more and said yes"))
        if each.departed_on > work.today:
            raise Invalid(what=_("the day of departure is still to come"))
        if each.departed_on < work.day(avr.state_since):
            raise Invalid(what=_("the day of departure lies before the journey was ready"))
        services += _travelled(facts, each, each.departed_on)
    record_services(work, services)
    for (avr, _facts), each in zip(files, departures, strict=True):
        avr.departed_on = each.departed_on
    Return.objects.bulk_update([avr for avr, _facts in files], ["departed_on"])
    return move(work, [(avr, "depart", each) for (avr, _facts), each in zip(files, departures, strict=True)])


def _travelled(facts: Facts, each: Command, on: date, provider: UUID | None = None) -> list[ServiceGiven]:
    """The service of each traveller, given by the office that saw them off."""
    return [
        ServiceGiven(
            key=uuid5(each.key, str(person.pk)),
            occurred_at=each.occurred_at,
            basis=each.basis,
            id=person.pk,
            service="AVR",
            service_class="R",
            country=person.country_met,
            delivered_on=on,
            provider_id=provider,
            origin=facts.avr.pk,
        )
        for person in facts.people
    ]


@action("returns.take_back", Return, purpose=DETAILS)
def take_back_departures(work: Work, commands: list[Moved]) -> list[Return]:
    """A departure was recorded by mistake (`reason`: code of departure_mistake): they are ready to travel as before.

    The services of the departure count no more; every step stays in the file. Raises WrongState once they arrived.
    """
    files = open_file(work, "take_back", commands)
    for (_avr, facts), each in zip(files, commands, strict=True):
        machine.require("take_back", facts)
        known("departure_mistake", each.reason)
    wrong = Service.objects.filter(origin__in=[avr.pk for avr, _facts in files], service="AVR", annulled_at=None)
    said = {avr.pk: each for (avr, _facts), each in zip(files, commands, strict=True)}
    annul_services(
        work,
        [
            ServiceAnnulled(
                key=uuid5(said[row.origin].key, str(row.pk)),
                occurred_at=said[row.origin].occurred_at,
                basis=said[row.origin].basis,
                id=row.pk,
            )
            for row in wrong
            if row.origin
        ],
    )
    avrs = move(
        work, [(avr, "take_back", each) for (avr, _facts), each in zip(files, commands, strict=True)], departed_on=None
    )
    ready = {
        row.avr_id: row.occurred_at
        for row in Step.objects.filter(avr__in=avrs, transition="ready").order_by("recorded_at", "id")
    }
    for avr in avrs:
        avr.state_since = ready[avr.pk]
    Return.objects.bulk_update(avrs, ["state_since"])
    return avrs


@action("returns.miss", Return, purpose=DETAILS)
def miss_returns(work: Work, commands: list[Moved]) -> list[Return]:
    """The person did not come, or could not leave: back to counselling is open, nothing is held against them."""
    files = open_file(work, "miss", commands)
    for (_avr, facts), each in zip(files, commands, strict=True):
        machine.require("miss", facts)
        machine.reason("departure_outcome", each.reason)
    return move(work, [(avr, "miss", each) for (avr, _facts), each in zip(files, commands, strict=True)])


@dataclass(frozen=True, kw_only=True)
class Arrival(Command):
    """A return (`id`) whose travellers arrived; said by the office that receives them."""

    arrived_on: date


@action("returns.arrive", Return, purpose=DETAILS)
def receive_returns(work: Work, arrivals: list[Arrival]) -> list[Return]:
    """The receiving office confirms the arrival, on the duty of care where consent no longer holds.

    Where the office that handed them over saw them off, its record of the departure comes into the file first.

    Raises Invalid for a day before the departure or after today, StandardNotMet R-CON-1 on the basis of a consent that
    does not hold.
    """
    files = open_file(work, "arrive", arrivals)
    for (avr, facts), each in zip(files, arrivals, strict=True):
        machine.require("arrive", facts)
        if facts.left_elsewhere:
            _left_elsewhere(work, facts, each)
        if each.basis == "consent" and not machine.CONSENT.holds(facts):
            raise StandardNotMet(standards=machine.CONSENT.words)
        if each.arrived_on > work.today:
            raise Invalid(what=_("the day of arrival is still to come"))
        if avr.departed_on and each.arrived_on < avr.departed_on:
            raise Invalid(what=_("the day of arrival lies before the departure"))
        avr.arrived_on = each.arrived_on
    Return.objects.bulk_update([avr for avr, _facts in files], ["arrived_on", "departed_on"])
    return move(work, [(avr, "arrive", each) for (avr, _facts), each in zip(files, arrivals, strict=True)])


def _left_elsewhere(work: Work, facts: Facts, each: Arrival) -> None:
    avr, journey = facts.avr, facts.journey
    if journey is None or journey.departed_on is None:
        raise WrongState
    record_services(work, _travelled(facts, each, journey.departed_on, journey.organisation_id))
    avr.departed_on = journey.departed_on
    said = Moved(
        key=uuid5(each.key, "depart"), occurred_at=journey.told_at or each.occurred_at, basis=each.basis,
        reason=journey.method,
    )  # fmt: skip
    move(work, [(avr, "depart", said)])


@action("returns.advance", Return, purpose=DETAILS)
def advance_returns(work: Work, commands: list[Moved]) -> list[Return]:
    """Follow what reintegration does: arrived, reintegration, monitoring, closed; one state at a time."""
    following = {"arrived": "reintegrate", "reintegration": "monitor", "monitoring": "close"}
    files = open_file(work, "reintegrate", commands)
    moves = []
    for (avr, facts), each in zip(files, commands, strict=True):
        name = following.get(avr.state, "reintegrate")
        machine.require(name, facts)
        moves.append((avr, name, each))
    return move(work, moves)
