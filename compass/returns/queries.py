"""Reads worth a name: the facts of a return, and what stops one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from compass.access.models import Organisation, OrganisationKind
from compass.access.prepared import Prepared
from compass.access.work import Work
from compass.cases.files import Files
from compass.cases.models import Handover, HandoverPerson
from compass.people import consent
from compass.people.models import Person
from compass.returns import destinations
from compass.returns.blocks import return_blocks
from compass.returns.machine import BEFORE_TRAVEL, OPEN, Facts
from compass.returns.models import (
    Counselling,
    Declaration,
    Eligibility,
    FreeChoice,
    Journey,
    Member,
    Preparation,
    Return,
)

RECORDING_SCOPE = "photo_audio"
JOURNEYS = 60
LATELY = timedelta(days=31)
IN_TIME = ("occurred_at", "recorded_at", "id")


def members(files: Files) -> dict[UUID, list[Member]]:
    """The places of the cases' people on returns of the office, by person, with the return; for `files.once`, one query."""
    found: dict[UUID, list[Member]] = defaultdict(list)
    ids = [case.person_id for case in files.cases]
    for row in _members(ids=ids, organisations=files.work.actor.organisations):
        found[row.person_id].append(row)
    return found


def _members_of(ids: list[UUID], organisations: list[UUID]) -> QuerySet[Member]:
    rows = Member.objects.filter(person__in=ids, organisation_id__in=organisations)
    return rows.select_related("avr").order_by("avr__arrived_on")


_members = Prepared(_members_of)


def not_received(files: Files) -> frozenset[UUID]:
    """The returns of the cases' people that an office at home has not taken over yet; for `files.once`, two queries."""
    avrs = {row.avr_id: row.avr for rows in files.once(members).values() for row in rows}
    return frozenset(avr.pk for avr in _not_received(list(avrs.values())))


def seen_off_elsewhere(files: Files) -> dict[UUID, date]:
    """The day of the departure that the office recorded which handed the people over, by return; for `files.once`."""
    journeys = files.once(_elsewhere)
    return {pk: row.departed_on for pk, row in journeys.items() if row.status == "left" and row.departed_on}


def stayed_elsewhere(files: Files) -> frozenset[UUID]:
    """The returns of which the office that handed the people over says that they did not leave; for `files.once`."""
    return frozenset(pk for pk, row in files.once(_elsewhere).items() if row.status == "missed")


def _elsewhere(files: Files) -> dict[UUID, Journey]:
    avrs = {row.avr_id: row.avr for rows in files.once(members).values() for row in rows}
    return journeys_of(files.work, list(avrs.values()))


def facts_of(work: Work, avrs: Sequence[Return], days: Mapping[UUID, date] | None = None) -> dict[UUID, Facts]:
    """The facts of each return in its present round; at most thirteen queries for the whole list.

    `days`: for a step that is recorded late, the day it happened, on which a declaration had to be in force.
    """
    days = days or {}
    ids = [avr.pk for avr in avrs]
    rounds = {avr.pk: avr.round for avr in avrs}

    def present(model: type[Any]) -> list[Any]:
        rows = model.objects.filter(avr__in=ids).order_by(*IN_TIME)
        return [row for row in rows if row.round == rounds[row.avr_id]]

    members: dict[UUID, list[Person]] = defaultdict(list)
    for row in Member.objects.filter(avr__in=ids).select_related("person").order_by("person__age_band", "person__code"):
        members[row.avr_id].append(row.person)
    people = {p.pk for group in members.values() for p in group}
    blocks = return_blocks(people)
    consented = agreed(people, consent.DETAILS, work.now)
    recordable = agreed(people, RECORDING_SCOPE, work.now)
    #: Who wrote anything of the round, also what a colleague wrote again afterwards.
    wrote: dict[UUID, set[UUID]] = defaultdict(set)

    def kept(model: type[Any]) -> list[Any]:
        rows = present(model)
        for row in rows:
            wrote[row.avr_id].add(row.recorded_by)
        return rows

    talks: dict[UUID, Counselling] = {}
    told: dict[UUID, dict[str, datetime]] = defaultdict(dict)
    for talk in kept(Counselling):
        talks[talk.avr_id] = talk
        for topic in talk.topics:
            told[talk.avr_id].setdefault(topic, talk.occurred_at)
    checks = {row.avr_id: row for row in kept(FreeChoice)}
    ready = {row.avr_id: row for row in present(Preparation)}
    declared: dict[UUID, dict[UUID, Declaration]] = defaultdict(dict)
    for made in kept(Declaration):
        declared[made.avr_id][made.person_id] = made
    answered: dict[UUID, dict[str, Eligibility]] = defaultdict(dict)
    for answer in kept(Eligibility):
        answered[answer.avr_id][answer.criterion] = answer
    waiting = _not_received(avrs)
    offers = _offers(work, waiting)
    journeys = journeys_of(work, avrs)
    return {
        avr.pk: Facts(
            avr=avr,
            people=members[avr.pk],
            today=days.get(avr.pk, work.today),
            counselling=talks.get(avr.pk),
            told=told[avr.pk],
            declarations=declared[avr.pk],
            free_choice=checks.get(avr.pk),
            eligibility=answered[avr.pk],
            preparation=ready.get(avr.pk),
            consented=consented,
            recordable=recordable,
            received=avr not in waiting,
            offer=offers.get(avr.person_id),
            journey=journeys.get(avr.pk),
            blocks={p.pk: blocks[p.pk] for p in members[avr.pk] if blocks.get(p.pk)},
            took_part=frozenset({avr.recorded_by, *wrote[avr.pk]}),
        )
        for avr in avrs
    }


def _not_received(avrs: Sequence[Return]) -> list[Return]:
    """The returns to a country with an office of COMPASS that has not taken the people over yet."""
    here = destinations.here(avr.organisation_id for avr in avrs)
    away = [avr for avr in avrs if here.get(avr.organisation_id) != avr.destination]
    offices = Organisation.objects.filter(kind=OrganisationKind.OFFICE, country__in={avr.destination for avr in away})
    receivers = set(offices.values_list("country", flat=True)) if away else set()
    return [avr for avr in away if avr.destination in receivers]


def journeys_of(work: Work, avrs: Sequence[Return]) -> dict[UUID, Journey]:
    """The departure that another office records, by return, in its present round; one query, none where nobody waits."""
    waiting = {avr.pk: avr.round for avr in avrs if avr.state in BEFORE_TRAVEL}
    if not waiting:
        return {}
    rows = Journey.objects.filter(avr__in=list(waiting), to_organisation_id__in=work.actor.organisations).order_by(
        "recorded_at", "id"
    )
    return {row.avr_id: row for row in rows if row.round == waiting[row.avr_id] and row.status != "stopped"}


def to_see_off(work: Work) -> list[Journey]:
    """The departures this office has to record, the next first; one query, none for who does not see people off."""
    if not work.may("returns.see_off"):
        return []
    rows = work.allowed("returns.see_off", Journey).filter(status="waiting")
    return list(rows.order_by("travel_on", "recorded_at", "id")[:JOURNEYS])


def seen_off(work: Work) -> list[Journey]:
    """The departures this office has recorded lately, the last first: what was a mistake is taken back from there."""
    if not work.may("returns.see_off"):
        return []
    rows = work.allowed("returns.see_off", Journey).filter(status="left", told_at__gte=work.now - LATELY)
    return list(rows.order_by("-told_at", "-recorded_at", "-id")[:JOURNEYS])


def may_leave(journey: Journey, on: date) -> bool:
    """Whether the record that the office at home keeps lets these people leave on that day: asked anew, since a child's
    procedure stops and a consent runs out without a step of the return."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT compass_journey_may_leave(%s, %s)", [journey.pk, on])
        found: bool = cursor.fetchone()[0]
    return found


def may_take_back(journey: Journey) -> bool:
    """Whether the record still waits for this departure's people to arrive; from then until the end of the unit of work
    nobody changes that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT compass_journey_may_take_back(%s)", [journey.pk])
        found: bool = cursor.fetchone()[0]
    return found


def _offers(work: Work, avrs: Sequence[Return]) -> dict[UUID, Handover]:
    """The open offer about whoever asked, by person."""
    if not avrs:
        return {}
    rows = HandoverPerson.objects.filter(
        person__in=[avr.person_id for avr in avrs], handover__status="offered", handover__expires_at__gt=work.now
    )
    return {row.person_id: row.handover for row in rows.select_related("handover")}


@dataclass(frozen=True)
class Review:
    """What a second person's decision needs of a return in its present round."""

    eligibility: Sequence[Eligibility]
    took_part: frozenset[UUID]


def reviews_of(avrs: Sequence[Return]) -> dict[UUID, Review]:
    """The newest answer to each criterion and who wrote anything of the round; four queries for the list."""
    rounds = {(avr.pk, avr.round) for avr in avrs}
    ids = [avr.pk for avr in avrs]
    wrote: dict[UUID, set[UUID]] = {avr.pk: {avr.recorded_by} for avr in avrs}
    answered: dict[UUID, dict[str, Eligibility]] = defaultdict(dict)
    for row in Eligibility.objects.filter(avr__in=ids).defer("evidence_sealed").order_by(*IN_TIME):
        if (row.avr_id, row.round) in rounds:
            answered[row.avr_id][row.criterion] = row
            wrote[row.avr_id].add(row.recorded_by)
    for model in (Counselling, FreeChoice, Declaration):
        for avr, turn, by in model.objects.filter(avr__in=ids).values_list("avr_id", "round", "recorded_by"):
            if (avr, turn) in rounds:
                wrote[avr].add(by)
    return {avr.pk: Review(tuple(answered[avr.pk].values()), frozenset(wrote[avr.pk])) for avr in avrs}


def agreed(people: Iterable[UUID], scope: str, at: datetime) -> frozenset[UUID]:
    """Who of these people agrees to a scope; one query."""
    asked = set(people)
    given = consent.newest(asked)
    return frozenset(pk for pk in asked if consent.answer(given.get(pk), scope, at.date()))


def on_their_days(
    files: Sequence[tuple[Return, Facts]], days: Mapping[UUID, date], today: date
) -> list[tuple[Return, Facts]]:
    """The files with who agreed on the day of each return, where it is past: whoever took consent back after leaving had
    left. At most one query more."""
    late = {avr.pk for avr, _facts in files if days[avr.pk] < today}
    consents = consent.consents_of(p.pk for avr, facts in files if avr.pk in late for p in facts.people) if late else {}

    def then(facts: Facts, on: date) -> Facts:
        agreed = {p.pk for p in facts.people if consent.held(consents.get(p.pk, ()), consent.DETAILS, on)}
        return replace(facts, consented=frozenset(agreed))

    return [(avr, then(facts, days[avr.pk]) if avr.pk in late else facts) for avr, facts in files]


def open_returns(people: Iterable[UUID]) -> dict[UUID, Return]:
    """The open return of each person who has one."""
    rows = Member.objects.filter(person__in=list(people), avr__state__in=OPEN).select_related("avr")
    return {row.person_id: row.avr for row in rows}


def on_the_way(work: Work, people: Collection[UUID]) -> Collection[UUID]:
    """Those of whom a return is under way, until it is closed: their retention clock stands."""
    return open_returns(people)


def bound_for(people: Iterable[UUID]) -> set[str]:
    """The countries to which returns of these people are under way."""
    return {avr.destination for avr in open_returns(people).values()}


def household(work: Work, person: Person) -> list[Person]:
    """Everyone registered with this person, the person first."""
    others = work.allowed("people.view", Person).filter(household_id=person.household_id).exclude(pk=person.pk)
    return [person, *others.order_by("age_band", "code")]
