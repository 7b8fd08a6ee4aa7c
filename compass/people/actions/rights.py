"""Correction, objection, wish for a copy: recorded with a day for the answer, answered with a reason, told to the person.

What a person does not want and what rests on their consent stops at once, as when consent is taken back. Whatever rests on
another ground is weighed by a supervisor who did not record it; the data protection officer sees each such request.
A wish for a copy is settled by the copy that is given (`settle_copies`); without one a second person answers it.
Source: IOM Data Protection Manual 2010, principle 7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.actions.common import known_or_empty
from compass.people.actions.consents import Withdrawal, withdraw_consent
from compass.people.consent import newest
from compass.people.models import CopyMade, DataRequest, Person
from compass.people.queries import in_force
from compass.problems import AlreadyAsked, Invalid, SecondPersonNeeded, WrongState
from compass.vault.identifiers import new_id
from compass.vocabulary import known, label_of
from compass.vocabulary.rights import answer_days

#: What may be answered to which kind.
ANSWERS = {
    "correction": ("corrected", "annotated", "refused"),
    "objection": ("stopped", "refused"),
    "copy": ("not_wanted", "refused"),
}
#: What is told with a reason.
REASONED = frozenset({"refused", "not_wanted"})
#: A ground for leaving as it is what the person calls wrong, and for nothing else.
ACCURATE = "accurate"


@dataclass(frozen=True, kw_only=True)
class RightAsked(Command):
    """`id` is the person. kind, about: codes of right_kind and right_about, which is empty of a copy; purpose: of an
    objection, code of consent_scope; words: in the person's words. besides: something else is wrong than what a
    correction about the same that waits says."""

    kind: str
    about: str = ""
    purpose: str = ""
    words: str = ""
    besides: bool = False


@action("people.right_ask", DataRequest)
def ask_rights(work: Work, asked: list[RightAsked]) -> list[DataRequest]:
    """Record what people ask about their data. An objection to what rests on their consent is answered by stopping it.

    Raises Invalid for an objection that names no purpose, or anything else that does, and for a copy of a part;
    AlreadyAsked while the same waits, unless it stops at once or something else is wrong.
    """
    people = work.require("people.rights", Person, asked)
    consents = newest([person.pk for person in people])
    days = timedelta(days=answer_days(work.actor.organisation.country))
    waiting = {_same(row): row for row in DataRequest.objects.filter(person__in=people, status="open")}
    rows, back = [], []
    for person, each in zip(people, asked, strict=True):
        kind, about = known("right_kind", each.kind), known_or_empty("right_about", each.about)
        if bool(each.purpose) != (kind == "objection") or bool(about) != (kind != "copy"):
            raise Invalid(what=label_of("right_kind", kind))
        row = DataRequest(
            id=new_id(), person=person, organisation_id=person.organisation_id, kind=kind, about=about,
            purpose=known("consent_scope", each.purpose) if each.purpose else "",
            due_on=work.day(work.now + days), **stamp(work, each),
        )  # fmt: skip
        row.words_sealed = _seal(work, row, "words_sealed", {"said": each.words})
        given = consents.get(person.pk)
        if given is not None and row.purpose in in_force(given):
            back.append(
                Withdrawal(
                    key=uuid5(each.key, "stop"), occurred_at=each.occurred_at, basis="legal_duty", id=given.pk,
                    scopes=(row.purpose,),
                )
            )  # fmt: skip
            row.status, row.answer = "told", "stopped"
            row.answered_at = row.told_at = work.now
            row.answered_by = work.actor.id
        elif _same(row) in waiting and not (each.besides and kind == "correction"):
            raise AlreadyAsked(current=waiting[_same(row)])
        else:
            waiting[_same(row)] = row
        rows.append(row)
    withdraw_consent(work, back)
    return DataRequest.objects.bulk_create(rows)


def _same(row: DataRequest) -> tuple[UUID, str, str]:
    """What two requests of a person are the same by: of an objection what should stop, else what it is about."""
    return row.person_id, row.kind, row.purpose or row.about


def _seal(work: Work, row: DataRequest, column: str, value: dict[str, str]) -> bytes:
    if not any(value.values()):
        return b""
    table = DataRequest._meta.db_table
    return work.keys.seal(value, table=table, column=column, subject=row.person_id, row=row.pk)


@dataclass(frozen=True, kw_only=True)
class RightAnswered(Command):
    """`id` is the request. answer: code of right_answer; ground: of a refusal, code of right_ground; reason: what the
    person is told, in words; told: they were told in the same talk."""

    answer: str
    ground: str = ""
    reason: str = ""
    told: bool = False


@action("people.right_answer", DataRequest)
def answer_rights(work: Work, answered: list[RightAnswered]) -> list[DataRequest]:
    """Answer requests. A refusal, and any answer to an objection or instead of a copy, is a supervisor's who did not record
    the request.

    Raises WrongState for a request that was answered or an answer of another kind, Invalid for a refusal without a ground
    that fits and for what needs a reason and has none, Denied, SecondPersonNeeded.
    """
    rows = work.require("people.rights", DataRequest, answered)
    for row, each in zip(rows, answered, strict=True):
        answer = known("right_answer", each.answer)
        if row.status != "open" or answer not in ANSWERS[row.kind]:
            raise WrongState
        if answer == "refused" or row.kind != "correction":
            work.demand("people.rights_decide")
            if row.recorded_by == work.actor.id:
                raise SecondPersonNeeded
        if answer == "refused":
            row.ground = known("right_ground", each.ground)
            if row.ground == ACCURATE and row.kind == "copy":
                raise Invalid(what=label_of("right_ground", ACCURATE))
        if answer in REASONED and not each.reason.strip():
            raise Invalid(what=label_of("right_answer", answer))
        row.answer, row.status = answer, "told" if each.told else "answered"
        row.answered_at, row.answered_by = each.occurred_at, work.actor.id
        row.told_at = each.occurred_at if each.told else None
        row.reason_sealed = _seal(work, row, "reason_sealed", {"reason": each.reason})
        row.version += 1
    written = ["answer", "status", "ground", "answered_at", "answered_by", "told_at", "reason_sealed", "version"]
    DataRequest.objects.bulk_update(rows, written)
    return rows


@dataclass(frozen=True, kw_only=True)
class RightTold(Command):
    """`id` is the request whose answer was told to the person, alone with them."""


@action("people.right_told", DataRequest)
def tell_rights(work: Work, told: list[RightTold]) -> list[DataRequest]:
    """Record that people were told the answer. Raises WrongState before there is one, or when they were told."""
    rows = work.require("people.rights", DataRequest, told)
    for row, each in zip(rows, told, strict=True):
        if row.status != "answered":
            raise WrongState
        row.status, row.told_at = "told", each.occurred_at
        row.version += 1
    DataRequest.objects.bulk_update(rows, ["status", "told_at", "version"])
    return rows


def settle_copies(work: Work, made: Iterable[CopyMade]) -> None:
    """A copy was given to these people: what they asked for is answered, and told."""
    given = {copy.person_id: copy for copy in made}
    rows = list(DataRequest.objects.select_for_update().filter(person__in=given, kind="copy", status="open"))
    for row in rows:
        copy = given[row.person_id]
        row.status, row.answer = "told", "given"
        row.answered_at = row.told_at = copy.occurred_at
        row.answered_by = copy.recorded_by
        row.version += 1
    DataRequest.objects.bulk_update(rows, ["status", "answer", "answered_at", "answered_by", "told_at", "version"])
    if rows:
        work.record("people.right_settled", results=[row.pk for row in rows], count=len(rows))
