"""The retention clock: it starts when nothing is open any more, is looked at once a year, and ends by two people's word.

The night only moves a clock and makes a line; silence erases nobody and forgets nobody. Erasing waits for a delay in which
anybody of the office may stop it, then goes the way of every erasure (`compass.people.actions.erasure.destroy`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.people.actions.erasure import destroy
from compass.people.coarse import moments
from compass.people.models import Person, Retention
from compass.people.retention import STILL, against_erasing, newest, standing
from compass.problems import Invalid, NotYetErased, SecondPersonNeeded, StaleVersion, WrongState
from compass.ui.quarters import rounded_up
from compass.vault.identifiers import new_id
from compass.vault.models import Erasure
from compass.vocabulary import known
from compass.vocabulary.retention import later, most_months_kept, review_months

PURPOSE = "people.retention"
BASIS = "legal_duty"
#: States that a longer term reaches; in the others somebody's word stands, or nothing runs.
LENGTHENED = ("running", "review", "kept")
LOOKED_AT = ("running", "review", "kept")


def _step(work: Work, person: Person, before: Retention | None, state: str, **changes: Any) -> Retention:
    """The next step of a clock, with what the one before says unless told otherwise."""
    said = (
        {name: getattr(before, name) for name in ("began_on", "due_on", "review_on", "ground", "until")}
        if before
        else {}
    )
    stamped = {"basis": BASIS, "occurred_at": work.now, "recorded_at": work.written(), "recorded_by": work.actor.id}
    country = before.country if before else work.actor.organisation.country
    return Retention(
        id=new_id(), person=person, organisation_id=person.organisation_id, state=state,
        version=before.version + 1 if before else 1, **{**stamped, "country": country, **said, **changes},
    )  # fmt: skip


def settle_clocks(work: Work, people: Collection[UUID], *, since: date | None = None) -> list[Retention]:
    """Bring the clocks of records up to what is true: start, stop, lengthen, hold out for a look. The steps that were new.

    since: the earliest day from which a clock that starts now may count. A term never becomes shorter: not by another
    country's, nor by another configuration.
    """
    steps = _steps(work, people, since)
    # What joins a coarse file says no more than the file: nothing of it needs to be put back.
    left = moments([work.now])[work.now]
    for step in steps:
        if step.person.coarse:
            step.occurred_at = step.recorded_at = left
    Retention.objects.bulk_create(steps)
    if steps:
        work.record(PURPOSE, results=[step.pk for step in steps], count=len(steps))
    return steps


def _steps(work: Work, people: Collection[UUID], since: date | None) -> list[Retention]:
    rows = Person.objects.filter(pk__in=list(people), merged_into__isnull=True).defer(
        "identity_sealed", "contact_sealed"
    )
    there = list(rows.select_for_update(of=("self",)).order_by("pk"))
    stands, clocks = standing(work, there), newest([person.pk for person in there])
    gone = set(
        Erasure.objects.filter(subject_id__in=[person.pk for person in there]).values_list("subject_id", flat=True)
    )
    steps = []
    for person in there:
        before = clocks.get(person.pk)
        while (step := _next(work, person, before, stands[person.pk], since, erased=person.pk in gone)) is not None:
            steps.append(step)
            before = step
    return steps


def _next(
    work: Work, person: Person, before: Retention | None, now: Any, since: date | None, *, erased: bool
) -> Retention | None:
    state = before.state if before else ""
    nothing = {"ground": "", "until": None, "erase_at": None}
    if state == "ended":
        return None
    if erased:
        # Of a coarse file nothing can be put back any more: asking for it would make the others of its household exact.
        return _step(work, person, before, "ended", **nothing) if before and not person.coarse else None
    if now is None:
        none = {"began_on": None, "due_on": None, "review_on": None}
        return _step(work, person, before, "stopped", **none, **nothing) if state not in {"", "stopped"} else None
    if before is None or before.state in STILL or before.began_on is None or before.due_on is None:
        began = max(now.began_on, rounded_up(since) if since else now.began_on)
        due = rounded_up(now.due_on + (began - now.began_on))
    elif before.began_on < now.began_on:
        began, due = now.began_on, max(now.due_on, before.due_on, before.until or before.due_on)
    elif before.due_on < now.due_on and state in LENGTHENED and not person.coarse:
        # Of a coarse file the age is not known: it waits until the file is exact.
        country = work.actor.organisation.country
        return _step(work, person, before, state, due_on=now.due_on, country=country)
    elif state in {"running", "kept"} and before.review_on is not None and before.review_on <= work.today:
        return _step(work, person, before, "review")
    else:
        return None
    looked = min(rounded_up(later(began, review_months())), due)
    country = work.actor.organisation.country
    return _step(
        work, person, before, "running", began_on=began, due_on=due, review_on=looked, country=country, **nothing
    )


def start_clocks(work: Work, people: Sequence[UUID]) -> None:
    """What a closure does last: the clock starts today unless something else is open. For `Work.at_end`."""
    settle_clocks(work, people, since=work.today)


def stop_clocks(work: Work, people: Sequence[UUID]) -> None:
    """What opening something does last. For `Work.at_end`."""
    settle_clocks(work, people)


def _clocks(work: Work, rule: str, commands: Sequence[Command]) -> list[tuple[Person, Retention]]:
    """The records that the commands name, locked, each with where its clock stands. Raises NotFound, Denied, Merged,
    WrongState without a clock, StaleVersion."""
    people = work.require(rule, Person, [replace(each, version=None) for each in commands])
    clocks = newest([person.pk for person in people])
    found = []
    for person, each in zip(people, commands, strict=True):
        row = clocks.get(person.pk)
        if row is None:
            raise WrongState
        if each.version is not None and each.version != row.version:
            raise StaleVersion(current=row)
        found.append((person, row))
    return found


@dataclass(frozen=True, kw_only=True)
class RetentionReviewed(Command):
    """What a colleague who looked at a record (`id` is the person) thinks: step: code of retention_step; ground, until: of
    `keep`. `version` is that of the clock's step that was shown."""

    step: str
    ground: str = ""
    until: date | None = None


@action("people.retention_ask", Retention)
def review_retention(work: Work, reviewed: list[RetentionReviewed]) -> list[Retention]:
    """Leave a clock running, or ask a second person to keep the record beyond its term, or to erase it.

    Raises WrongState for a clock that stands still or waits for a second person, or that cannot go on because its term is
    over; Invalid for a day that is not after the term, or too far; NotYetErased.
    """
    rows = []
    for (person, row), each in zip(_clocks(work, "people.retention", reviewed), reviewed, strict=True):
        step = known("retention_step", each.step)
        if row.state not in LOOKED_AT or row.due_on is None:
            raise WrongState
        if step == "leave":
            ends = max(row.due_on, row.until or row.due_on)
            if ends <= work.today:
                raise WrongState
            state = "kept" if row.until and row.until > row.due_on else "running"
            rows.append(
                _step(work, person, row, state, review_on=min(rounded_up(later(work.today, review_months())), ends))
            )
        elif step == "keep":
            ground = known("retention_ground", each.ground)
            rows.append(
                _step(work, person, row, "keep_asked", ground=ground, until=_may_be_kept(work, row, each.until))
            )
        else:
            _may_be_erased(work, person, row)
            rows.append(_step(work, person, row, "erase_asked", ground="", until=row.until))
    return Retention.objects.bulk_create(rows)


def _may_be_kept(work: Work, row: Retention, until: date | None) -> date:
    last = later(work.today, most_months_kept())
    if (
        until is None
        or row.due_on is None
        or not max(work.today, row.due_on) < until <= rounded_up(max(last, later(row.due_on, 12)))
    ):
        raise Invalid(
            what=_("the day until which the record is kept: after the term, and at most five years from today")
        )
    return rounded_up(until)


def _may_be_erased(work: Work, person: Person, row: Retention) -> None:
    if why := against_erasing(work, person, row):
        raise NotYetErased(what=why)


@dataclass(frozen=True, kw_only=True)
class RetentionDecided(Command):
    """The second person's answer about what was asked of the record of a person (`id`)."""

    agrees: bool


@action("people.retention_decide", Retention)
def decide_retention(work: Work, decided: list[RetentionDecided]) -> list[Retention]:
    """Agree that a record is kept beyond its term, or erased after the delay; or decline, at which it is to be looked at.

    Raises WrongState where nothing waits, SecondPersonNeeded for whoever asked, Invalid, NotYetErased.
    """
    rows = []
    for (person, row), each in zip(_clocks(work, "people.retention_decide", decided), decided, strict=True):
        if row.state not in {"keep_asked", "erase_asked"}:
            raise WrongState
        if row.recorded_by == work.actor.id:
            raise SecondPersonNeeded
        if not each.agrees:
            rows.append(_step(work, person, row, "review", ground="", until=None, review_on=work.today))
        elif row.state == "keep_asked":
            until = _may_be_kept(work, row, row.until)
            rows.append(
                _step(work, person, row, "kept", review_on=min(rounded_up(later(work.today, review_months())), until))
            )
        else:
            _may_be_erased(work, person, row)
            at = work.now + timedelta(days=settings.COMPASS_ERASURE_DAYS)
            rows.append(_step(work, person, row, "erasing", erase_at=at))
    return Retention.objects.bulk_create(rows)


@dataclass(frozen=True, kw_only=True)
class RetentionStep(Command):
    """`id` is the person."""


@action("people.retention_stop", Retention)
def stop_erasing(work: Work, stopped: list[RetentionStep]) -> list[Retention]:
    """Stop an erasure during its delay: the record is to be looked at again. Raises WrongState where none is under way."""
    rows = []
    for person, row in _clocks(work, "people.retention", stopped):
        if row.state != "erasing":
            raise WrongState
        rows.append(_step(work, person, row, "review", review_on=work.today))
    return Retention.objects.bulk_create(rows)


@action("people.retention_erase", Retention)
def erase_over(work: Work, due: list[RetentionStep]) -> list[Retention]:
    """Carry out erasures whose delay is over: the worker's step, in the name of the colleague who agreed.

    Where something was done with the person meanwhile the clock is brought up to it; where something now stands against it
    the record is to be looked at again. Raises WrongState before the delay is over.
    """
    wanted = _clocks(work, "people.retention_decide", due)
    if any(row.state != "erasing" or row.erase_at is None or row.erase_at > work.now for _person, row in wanted):
        raise WrongState
    settle_clocks(work, [person.pk for person, _row in wanted])
    rows, made = newest([person.pk for person, _row in wanted]), []
    for person, _before in wanted:
        row = rows[person.pk]
        if row.state == "erasing":
            stays = against_erasing(work, person, row)
            if not stays:
                destroy(work, [person.pk])
            row = rows[person.pk] = _step(work, person, row, "review" if stays else "ended", review_on=work.today)
            made.append(row)
    Retention.objects.bulk_create(made)
    return [rows[person.pk] for person, _before in wanted]
