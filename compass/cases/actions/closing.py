"""Closing cases: asked by the worker, decided by someone else."""

from __future__ import annotations

from dataclasses import dataclass

from uuid6 import uuid7

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.cases import closing, standards
from compass.cases.actions.assessment import DECIDED, Decision, decide
from compass.cases.actions.checks import in_case, must_be_open, save_cases
from compass.cases.models import Case, Closure, FollowUp
from compass.cases.sealing import load_keys, seal_into
from compass.problems import StandardNotMet, UnknownCode, WrongState
from compass.vocabulary import known


@dataclass(frozen=True, kw_only=True)
class ClosureAsked(Command):
    """A request to close a case (`id`). prerequisites: codes of compass.cases.closing.PREREQUISITES."""

    reason: str
    safety_reassessed: bool
    prerequisites: tuple[str, ...] = ()
    explanation: str = ""


@action("cases.ask_closure", Closure)
def request_closures(work: Work, asked: list[ClosureAsked]) -> list[Closure]:
    """Ask for closures.

    Raises StandardNotMet (CM-24 safety and risk, CM-25 attempts), UnknownCode, WrongState when one waits already.
    """
    cases = work.require("cases.close", Case, asked)
    must_be_open(cases)
    load_keys(work, cases)
    wanted = [case.pk for case in cases]
    if Closure.objects.filter(case_id__in=wanted, state="requested").exists():
        raise WrongState
    contacts = list(FollowUp.objects.filter(case_id__in=wanted).defer("note_sealed"))
    known_codes = {each.code for each in closing.PREREQUISITES}
    rows = []
    for case, each in zip(cases, asked, strict=True):
        known("closure_reason", each.reason)
        if unknown := set(each.prerequisites) - known_codes:
            raise UnknownCode(value=unknown.pop(), list="prerequisites")
        row = Closure(
            id=uuid7(),
            case=case,
            reason=each.reason,
            safety_reassessed=each.safety_reassessed,
            prerequisites=list(each.prerequisites),
            **in_case(work, each, case),
        )
        unmet = [] if closing.complete(row, case) else ["CM-24"]
        tried = closing.attempts(contact for contact in contacts if contact.case_id == case.pk)
        if each.reason == "lost_contact" and tried < closing.ATTEMPTS:
            unmet.append("CM-25")
        if unmet:
            raise StandardNotMet(standards=standards.spell(*unmet))
        seal_into(work, row, explanation_sealed=each.explanation)
        rows.append(row)
    return Closure.objects.bulk_create(rows)


@action("cases.approve_closure", Closure)
def approve_closures(work: Work, decisions: list[Decision]) -> list[Closure]:
    """Close cases once someone other than the owner and the requester decides. All or none.

    Raises SecondPersonNeeded, WrongState, StandardNotMet with the standards still open.
    Source: Inter-agency guidelines for case management 2014, step 6 (CM-24, CM-25).
    """
    rows = work.require("cases.approve", Closure, decisions)
    cases = decide(work, rows, decisions)
    Closure.objects.bulk_update(rows, DECIDED)
    ending = [(case, row) for case, row in zip(cases, rows, strict=True) if row.state == "approved"]
    if unmet := standards.unmet([case for case, row in ending], at="closure", work=work):
        raise StandardNotMet(standards=standards.named(unmet))
    for case, row in ending:
        if not case.is_open:
            raise WrongState
        case.status, case.stage = "closed", "closed"
        case.closed_at, case.closure_reason = row.approved_at, row.reason
    save_cases([case for case, row in ending], "status", "stage", "closed_at", "closure_reason")
    return rows
