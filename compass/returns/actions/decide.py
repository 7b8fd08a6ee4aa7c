"""Eligibility with evidence, and the decision by someone who took no part in the file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.people.consent import DETAILS
from compass.problems import Invalid, SecondPersonNeeded
from compass.returns import machine
from compass.returns.actions.steps import inside, move, not_met, open_file, seal
from compass.returns.machine import Facts
from compass.returns.models import Eligibility, Return
from compass.vocabulary import known, label_of


@dataclass(frozen=True, kw_only=True)
class CriterionChecked:
    """One criterion, its answer (pass, fail, waived, n_a, pending) and what it rests on."""

    criterion: str
    answer: str
    evidence_kind: str = ""
    evidence: str = ""


@dataclass(frozen=True, kw_only=True)
class EligibilityChecked(Command):
    """Answers to criteria of one return (`id`), each with its evidence."""

    criteria: tuple[CriterionChecked, ...]


@action("returns.assess", Return, purpose=DETAILS)
def check_eligibility(work: Work, checks: list[EligibilityChecked]) -> list[Return]:
    """Record criteria of eligibility. Raises StandardNotMet R-ELI-1 for an answer without evidence and for "does not apply"
    where it applies to everyone, R-SAF-1 for a waiver of what cannot be waived."""
    files = open_file(work, "assess", checks)
    rows = []
    for (avr, facts), each in zip(files, checks, strict=True):
        machine.require("assess", facts)
        for one in each.criteria:
            known("eligibility_criterion", one.criterion)
            known("eligibility_answer", one.answer)
            named = {"criterion": label_of("eligibility_criterion", one.criterion)}
            if one.answer != "pending" and not (one.evidence_kind and one.evidence.strip()):
                raise not_met("R-ELI-1", _("“%(criterion)s” is answered without evidence") % named)
            if one.answer == "waived" and one.criterion in machine.NEVER_WAIVED:
                raise not_met("R-SAF-1", _("“%(criterion)s” cannot be waived") % named)
            if one.answer == "n_a" and one.criterion not in machine.MAY_NOT_APPLY:
                raise not_met("R-ELI-1", _("“%(criterion)s” applies to everyone") % named)
            row = Eligibility(
                criterion=one.criterion,
                answer=one.answer,
                evidence_kind=one.evidence_kind,
                checked_on=work.day(each.occurred_at),
                **inside(work, avr, each),
            )
            seal(work, row, "evidence_sealed", {"evidence": one.evidence})
            rows.append(row)
    Eligibility.objects.bulk_create(rows)
    return move(work, [(avr, "assess", each) for (avr, _facts), each in zip(files, checks, strict=True)])


@dataclass(frozen=True, kw_only=True)
class Decision(Command):
    """The decision's words are sealed. A refusal says why (code), and that it was explained with help elsewhere offered."""

    note: str
    reason: str = ""
    explained: bool = False
    referral_offered: bool = False
    complaint_told: bool = False


def _second_person(work: Work, facts: Facts) -> None:
    if work.actor.id in facts.took_part:
        raise SecondPersonNeeded


@action("returns.approve", Return, purpose=DETAILS)
def approve_returns(work: Work, decisions: list[Decision]) -> list[Return]:
    """Approve. Raises SecondPersonNeeded (R-ELI-2), BestInterestsFirst (R-CHI-1), StandardNotMet with every open rule."""
    files = open_file(work, "approve", decisions)
    for _avr, facts in files:
        machine.require("approve", facts)
        _second_person(work, facts)
    return move(
        work,
        [(avr, "approve", each) for (avr, _facts), each in zip(files, decisions, strict=True)],
        approved_by=work.actor.id,
        approved_at=work.now,
    )


@action("returns.refuse", Return, purpose=DETAILS)
def refuse_returns(work: Work, decisions: list[Decision]) -> list[Return]:
    """Not eligible. Raises StandardNotMet R-ELI-3 unless reason, explanation, referral and complaint channel are there."""
    files = open_file(work, "refuse", decisions)
    for (_avr, facts), each in zip(files, decisions, strict=True):
        machine.require("refuse", facts)
        _second_person(work, facts)
        if not (each.reason and each.explained and each.referral_offered and each.complaint_told):
            raise not_met(
                "R-ELI-3",
                _("A refusal names the criterion, is explained, offers other help and tells how to complain"),
            )
        known("eligibility_criterion", each.reason)
    return move(work, [(avr, "refuse", each) for (avr, _facts), each in zip(files, decisions, strict=True)])


@action("returns.send_back", Return, purpose=DETAILS)
def send_back_returns(work: Work, decisions: list[Decision]) -> list[Return]:
    """Ask the counsellor for more before deciding: the check of free choice is made again, what was declared stays.

    Raises Invalid without words on what is missing, SecondPersonNeeded, WrongState.
    """
    files = open_file(work, "send_back", decisions)
    for (_avr, facts), each in zip(files, decisions, strict=True):
        machine.require("send_back", facts)
        _second_person(work, facts)
        if not each.note.strip():
            raise Invalid(what=_("the reason in words"))
    return move(work, [(avr, "send_back", each) for (avr, _facts), each in zip(files, decisions, strict=True)])
