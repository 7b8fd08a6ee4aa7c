"""Erasing a person on their own request: asked, confirmed in private on another day, carried out after a delay.

Somebody else may force a person to ask: a partner, a relative, a trafficker who wants no trace. Therefore nobody erases on
the spot, and the person can let it fall, without a word to anyone, until the moment it happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.models import PERHAPS_ALONE, ErasureRequest, GuardianRequest, Person
from compass.people.queries import second_talk_by
from compass.people.registry import keys_about
from compass.problems import SecondPersonNeeded, StandardNotMet, TalkInPrivate, WrongState
from compass.vault.identifiers import new_id
from compass.vault.models import Erasure
from compass.vocabulary import known, standard

OPEN = ("asked", "confirmed")
NOT_PRIVATE = "not_private"
GUARDIAN_FIRST = "BIP-02"
#: Where nobody else of the office can hold the second talk, whoever watches has so long to ask the person.
ALONE = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class ErasureAsked(Command):
    """`id` is the person."""


@dataclass(frozen=True, kw_only=True)
class ErasureConfirmed(Command):
    """`id` is the request; `talk`: code of erasure_talk."""

    talk: str


@dataclass(frozen=True, kw_only=True)
class ErasureStep(Command):
    """`id` is the request."""


@dataclass(frozen=True, kw_only=True)
class RecordKept(Command):
    """`id` is the request; `ground`: code of erasure_ground."""

    ground: str


def delay(alone: bool) -> timedelta:
    """How long a confirmed request waits; `alone`: one colleague recorded both talks."""
    days = timedelta(days=settings.COMPASS_ERASURE_DAYS)
    return max(days, ALONE) if alone else days


@action("people.erasure_ask", ErasureRequest)
def ask_erasure(work: Work, asked: list[ErasureAsked]) -> list[ErasureRequest]:
    """Record that people ask to be erased; why is not asked. Raises WrongState when they did, or are erased already."""
    people = work.require("people.erasure", Person, asked)
    wanted = [person.pk for person in people]
    if Erasure.objects.filter(subject_id__in=wanted).exists():
        raise WrongState
    if ErasureRequest.objects.filter(person_id__in=wanted, status__in=OPEN).exists():
        raise WrongState
    return ErasureRequest.objects.bulk_create(
        ErasureRequest(id=new_id(), person=person, organisation_id=person.organisation_id, **stamp(work, each))
        for person, each in zip(people, asked, strict=True)
    )


@action("people.erasure_confirm", ErasureRequest)
def confirm_erasure(work: Work, confirmed: list[ErasureConfirmed]) -> list[ErasureRequest]:
    """Record the second talk, which another colleague holds than who recorded the wish: nobody makes a person vanish alone.
    From now the delay runs (COMPASS_ERASURE_DAYS, 7 unless told otherwise; ALONE at least where the office has nobody else).

    Raises TalkInPrivate when it was on the same day or not in private, SecondPersonNeeded, and for a child StandardNotMet
    (BIP-02) when the child is alone and no guardian is appointed. A child is never erased on one colleague's word.
    """
    rows = work.require("people.erasure", ErasureRequest, confirmed)
    people = Person.objects.in_bulk([row.person_id for row in rows])
    for row, each in zip(rows, confirmed, strict=True):
        if row.status != "asked":
            raise WrongState
        talk = known("erasure_talk", each.talk)
        if talk == NOT_PRIVATE or work.day(each.occurred_at) <= work.day(max(row.occurred_at, row.recorded_at)):
            raise TalkInPrivate
        _child_is_heard(work, people[row.person_id], row)
        if second_talk_by(work, row) is not None:
            raise SecondPersonNeeded
        row.status, row.talk = "confirmed", talk
        row.confirmed_at, row.confirmed_by = each.occurred_at, work.actor.id
        row.due_at = work.now + delay(row.recorded_by == work.actor.id)
        row.version += 1
    ErasureRequest.objects.bulk_update(rows, ["status", "talk", "confirmed_at", "confirmed_by", "due_at", "version"])
    return rows


def _child_is_heard(work: Work, person: Person, row: ErasureRequest) -> None:
    if not person.is_child:
        return
    if row.recorded_by == work.actor.id:
        raise SecondPersonNeeded
    appointed = GuardianRequest.objects.filter(person=person, status="appointed").exists()
    if (person.uasc_status in PERHAPS_ALONE or person.once_alone) and not appointed:
        raise StandardNotMet(standards=f"{standard(GUARDIAN_FIRST).label.rstrip('.')} ({GUARDIAN_FIRST})")


@action("people.erasure_cancel", ErasureRequest)
def cancel_erasure(work: Work, cancelled: list[ErasureStep]) -> list[ErasureRequest]:
    """Let requests fall, at any moment before they are carried out; why is not asked and nobody is told."""
    return _end(work, cancelled, "people.erasure", "cancelled")


@action("people.erasure_keep", ErasureRequest)
def keep_record(work: Work, kept: list[RecordKept]) -> list[ErasureRequest]:
    """Refuse requests because the record must be kept, on a ground that the person is told."""
    grounds = [known("erasure_ground", each.ground) for each in kept]
    rows = _end(work, kept, "people.erasure_keep", "kept")
    for row, ground in zip(rows, grounds, strict=True):
        row.ground = ground
    ErasureRequest.objects.bulk_update(rows, ["ground"])
    return rows


def _end(work: Work, commands: list[ErasureStep] | list[RecordKept], rule: str, status: str) -> list[ErasureRequest]:
    rows = work.require(rule, ErasureRequest, commands)
    for row, each in zip(rows, commands, strict=True):
        if row.status not in OPEN:
            raise WrongState
        row.status, row.ended_at, row.due_at = status, each.occurred_at, None
        row.version += 1
    ErasureRequest.objects.bulk_update(rows, ["status", "ended_at", "due_at", "version"])
    return rows


@action("people.erase", ErasureRequest)
def erase(work: Work, due: list[ErasureStep]) -> list[ErasureRequest]:
    """Destroy every key of the people, of the records merged into theirs, and of what rooms above keep about them under keys
    of its own.

    The worker's step, in the name of a colleague of the office. Raises WrongState before the delay is over.
    """
    rows = work.require("people.erasure", ErasureRequest, due)
    if any(row.status != "confirmed" or row.due_at is None or row.due_at > work.now for row in rows):
        raise WrongState
    destroy(work, [row.person_id for row in rows])
    for row in rows:
        row.status, row.ended_at = "done", work.now
        row.version += 1
    ErasureRequest.objects.bulk_update(rows, ["status", "ended_at", "version"])
    work.saw(rows)
    return rows


def destroy(work: Work, people: list[UUID]) -> None:
    """Destroy the keys of people for good, whoever decided it: the tokens go with them, and the ledger names them.

    A record that was merged into theirs is theirs: it holds their names and what was said before the merge.
    """
    merged = Person.objects.filter(merged_into__in=people).order_by("pk").values_list("pk", flat=True)
    everyone = [*people, *merged]
    work.keys.destroy([*everyone, *keys_about(work, everyone)])
