"""The sustainability interview: begun, answered section by section, stopped whenever the person wishes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.cases.sealing import load_keys, open_from, seal_into
from compass.people.consent import HELP
from compass.people.models import Person
from compass.problems import Invalid, UnknownCode, WrongState
from compass.reintegration import scoring
from compass.reintegration.models import Interview
from compass.vault.identifiers import new_id
from compass.vocabulary import code_list, known, language

SCORES = ("economic", "social", "psychosocial", "composite", "band", "flags", "status", "version", "answers_sealed")


@dataclass(frozen=True, kw_only=True)
class InterviewBegun(Command):
    """`id` is the person, who is an adult and agreed to be asked."""

    round: str
    held_on: date
    mode: str
    language: str


@action("reintegration.begin_interview", Interview, purpose=HELP)
def begin_interviews(work: Work, begun: list[InterviewBegun]) -> list[Interview]:
    """Begin interviews. Raises Invalid for a child (an adult instrument), WrongState for a second baseline."""
    people = work.require("reintegration.interview", Person, begun)
    rows = []
    for person, each in zip(people, begun, strict=True):
        known("rss_round", each.round)
        known("followup_channel", each.mode)
        language(each.language)
        if person.is_child or not person.age_band:
            raise Invalid(what=_("this interview is for adults whose age is known"))
        if each.held_on > work.today:
            raise Invalid(what=_("the day of the interview is still to come"))
        if each.round == "baseline" and Interview.objects.filter(person=person, round="baseline").exists():
            raise WrongState
        rows.append(
            Interview(
                id=new_id(),
                person=person,
                organisation_id=person.organisation_id,
                round=each.round,
                held_on=each.held_on,
                mode=each.mode,
                language=each.language,
                instrument_version=code_list("rss_item").version,
                weight_set=scoring.WEIGHT_SET,
                **stamp(work, each),
            )
        )
    return Interview.objects.bulk_create(rows)


@dataclass(frozen=True, kw_only=True)
class Answered(Command):
    """The answers of one section (`dimension`) of an interview (`id`); `stop`: the person wishes to stop here."""

    dimension: str
    answers: dict[str, Any]
    stop: bool = False


@action("reintegration.answer", Interview, purpose=HELP)
def answer_interviews(work: Work, answered: list[Answered]) -> list[Interview]:
    """Add a section's answers and count again. The last section, or a wish to stop, ends the interview.

    Raises WrongState for an interview that ended, UnknownCode for an answer that its item does not offer.
    """
    rows = work.require("reintegration.interview", Interview, answered)
    load_keys(work, rows)
    for row, each in zip(rows, answered, strict=True):
        if row.status != "draft":
            raise WrongState
        _known(each)
        answers = {**(open_from(work, row, "answers_sealed") or {}), **each.answers}
        seal_into(work, row, answers_sealed=answers)
        if each.stop:
            row.status = "partial"
        elif each.dimension == scoring.DIMENSIONS[-1]:
            row.status = "complete"
        _count(row, answers)
    Interview.objects.bulk_update(rows, SCORES)
    return rows


def _known(each: Answered) -> None:
    offered = {item.value: item for item in scoring.items(each.dimension)}
    for code, given in each.answers.items():
        if code not in offered:
            raise UnknownCode(value=code, list="rss_item")
        known = {option.value for option in scoring.options(offered[code])} | scoring.NO_ANSWER
        chosen = given if isinstance(given, list) else [given]
        if known != scoring.NO_ANSWER and not set(chosen) <= known:
            raise UnknownCode(value=code, list="rss_item")


def _count(row: Interview, answers: dict[str, Any]) -> None:
    found = scoring.result(scoring.scores(answers), answers)
    row.economic, row.social, row.psychosocial = found.economic, found.social, found.psychosocial
    row.composite, row.band, row.flags = found.composite, found.band, list(found.flags)
    row.version += 1


@dataclass(frozen=True, kw_only=True)
class Stopped(Command):
    """`id` is the interview."""


@action("reintegration.stop_interview", Interview, purpose=HELP)
def stop_interviews(work: Work, stopped: list[Stopped]) -> list[Interview]:
    """End interviews as they are: what was answered stays, nothing is asked again."""
    rows = work.require("reintegration.interview", Interview, stopped)
    for row in rows:
        if row.status != "draft":
            raise WrongState
        row.status = "partial"
        row.version += 1
    Interview.objects.bulk_update(rows, ["status", "version"])
    return rows
