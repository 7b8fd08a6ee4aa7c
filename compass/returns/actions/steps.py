"""Moving a return from one state to the next, and the three steps that are open at any time before travel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.consent import DETAILS
from compass.problems import Invalid, StandardNotMet
from compass.returns import machine
from compass.returns.actions.journeys import follow_journeys
from compass.returns.machine import Facts
from compass.returns.models import OfReturn, Return, Step
from compass.returns.queries import facts_of
from compass.vault.identifiers import new_id
from compass.vocabulary import known


@dataclass(frozen=True, kw_only=True)
class Moved(Command):
    """A step with a reason (code of the list that belongs to it, may be empty) and words that are sealed."""

    reason: str = ""
    note: str = ""


def open_file(
    work: Work, name: str, commands: Sequence[Command], days: Mapping[UUID, date] | None = None
) -> list[tuple[Return, Facts]]:
    """The returns of the commands, locked, with the facts the transition `name` looks at; only the rule is checked.

    `days`: by return, the day on which what is needed must be in force, where the step itself states one.
    """
    avrs = work.require(machine.TRANSITIONS[name].rule, Return, commands)
    work.keys.load([avr.person_id for avr in avrs])
    stated = days or {each.id: work.day(each.occurred_at) for each in commands if each.id}
    facts = facts_of(work, avrs, stated)
    return [(avr, facts[avr.pk]) for avr in avrs]


def inside(work: Work, avr: Return, command: Command) -> dict[str, Any]:
    """The fields every record inside a return shares; about its principal unless overridden."""
    return {
        "id": new_id(),
        "avr": avr,
        "round": avr.round,
        "person_id": avr.person_id,
        "organisation_id": avr.organisation_id,
        **stamp(work, command),
    }


def seal(work: Work, row: OfReturn, column: str, value: dict[str, Any]) -> None:
    """Seal words into a column of a record, under the key of its person."""
    setattr(
        row,
        column,
        work.keys.seal(value, table=row._meta.db_table, column=column, subject=row.person_id, row=row.pk),
    )


def move(work: Work, moves: Sequence[tuple[Return, str, Command]], **facts: Any) -> list[Return]:
    """Run transitions whose guards were checked: the state, the version and one step each. `facts`: fields to set on all."""
    steps = []
    for avr, name, command in moves:
        transition = machine.TRANSITIONS[name]
        step = Step(
            transition=name,
            from_state=avr.state,
            to_state=transition.target,
            reason=getattr(command, "reason", ""),
            **inside(work, avr, command),
        )
        seal(work, step, "note_sealed", {"note": getattr(command, "note", "")})
        steps.append(step)
        avr.state = transition.target
        avr.state_since = command.occurred_at
        avr.version += 1
        for key, value in facts.items():
            setattr(avr, key, value)
    Step.objects.bulk_create(steps)
    avrs = [avr for avr, _, _ in moves]
    Return.objects.bulk_update(avrs, ["state", "state_since", "version", *facts])
    follow_journeys(work, {avr.pk: work.day(command.occurred_at) for avr, _, command in moves})
    return avrs


def move_on(work: Work, name: str, avrs: Sequence[Return], commands: Sequence[Command]) -> list[Return]:
    """Run the transition `name` for those of the returns whose guards hold by now; all of them come back."""
    again = [
        Command(key=each.key, occurred_at=each.occurred_at, basis=each.basis, id=avr.pk)
        for avr, each in zip(avrs, commands, strict=True)
    ]
    files = open_file(work, name, again)
    ready = [
        (avr, name, each) for (avr, facts), each in zip(files, commands, strict=True) if not machine.unmet(name, facts)
    ]
    if ready:
        move(work, ready)
    return [avr for avr, _ in files]


def not_met(rule: str, words: str | Promise) -> StandardNotMet:
    """The refusal of a rule: what is missing in words, its identifier behind."""
    return StandardNotMet(standards=f"{words} ({rule})")


def _simple(work: Work, name: str, commands: Sequence[Moved], *, reason_needed: bool) -> list[Return]:
    files = open_file(work, name, commands)
    list_id = machine.TRANSITIONS[name].reasons
    for (_, facts), each in zip(files, commands, strict=True):
        machine.require(name, facts)
        if each.reason:
            known(list_id, each.reason)
        elif reason_needed:
            raise Invalid(what=list_id)
    return move(work, [(avr, name, each) for (avr, _), each in zip(files, commands, strict=True)])


@action("returns.withdraw", Return, purpose=DETAILS)
def withdraw_returns(work: Work, commands: list[Moved]) -> list[Return]:
    """The person takes the wish back: always possible before travel, without penalty, reason optional (R-VOL-5)."""
    return _simple(work, "withdraw", commands, reason_needed=False)


@action("returns.suspend", Return, purpose=DETAILS)
def suspend_returns(work: Work, commands: list[Moved]) -> list[Return]:
    """Hold a return, with a reason. Raises WrongState once travel has begun, Invalid without a reason."""
    return _simple(work, "suspend", commands, reason_needed=True)


@action("returns.resume", Return, purpose=DETAILS)
def resume_returns(work: Work, commands: list[Moved]) -> list[Return]:
    """Back to counselling after a withdrawal, a missed journey or a hold. A new round: all is told and declared again."""
    files = open_file(work, "resume", commands)
    for avr, facts in files:
        machine.require("resume", facts)
        avr.round += 1
    Return.objects.bulk_update([avr for avr, _ in files], ["round"])
    return move(
        work,
        [(avr, "resume", each) for (avr, _), each in zip(files, commands, strict=True)],
        approved_by=None,
        approved_at=None,
    )
