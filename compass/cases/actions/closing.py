"""Closing cases: asked by the worker, decided by someone else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.cases import closing, standards
from compass.cases.actions.assessment import DECIDED, Decision, decide
from compass.cases.actions.checks import in_case, must_be_open, save_cases, unchanged
from compass.cases.files import Files
from compass.cases.models import Case, Closure, FollowUp, Goal
from compass.cases.sealing import load_keys, seal_into
from compass.people.actions import start_clocks
from compass.people.consent import HELP
from compass.problems import Invalid, NotFound, StandardNotMet, UnknownCode, WrongState
from compass.problems.words import in_a_row
from compass.vault.identifiers import new_id
from compass.vocabulary import all_known, known, label_of


@dataclass(frozen=True, kw_only=True)
class ClosureAsked(Command):
    """A request to close a case (`id`). prerequisites: codes of compass.cases.closing.PREREQUISITES.

    goals: {goal: goal_outcome} for each goal of the plan in force that was not reached. seen: the newest request shown.
    """

    reason: str
    safety_reassessed: bool
    prerequisites: tuple[str, ...] = ()
    explanation: str = ""
    goals: Mapping[UUID, str] = field(default_factory=dict)
    seen: str | None = None


@action("cases.ask_closure", Closure, purpose=HELP)
def request_closures(work: Work, asked: list[ClosureAsked]) -> list[Closure]:
    """Ask for closures.

    Raises StandardNotMet (CM-24 safety and risk, CM-25 attempts, "goals reached" while goals are not), Invalid when nothing
    is said of an open goal, NotFound for a goal of another plan, UnknownCode, StaleVersion, WrongState when one
    waits already.
    """
    cases = work.require("cases.close", Case, asked)
    must_be_open(cases)
    load_keys(work, cases)
    wanted = [case.pk for case in cases]
    for case, each in zip(cases, asked, strict=True):
        if each.seen is not None:
            unchanged(each.seen, Closure.objects.filter(case=case).order_by("occurred_at", "recorded_at", "id").last())
    if Closure.objects.filter(case_id__in=wanted, state="requested").exists():
        raise WrongState
    contacts = list(FollowUp.objects.filter(case_id__in=wanted).defer("note_sealed"))
    known_codes = {each.code for each in closing.PREREQUISITES}
    files = Files(work, cases)
    rows = []
    for case, each in zip(cases, asked, strict=True):
        known("closure_reason", each.reason)
        if unknown := set(each.prerequisites) - known_codes:
            raise UnknownCode(value=unknown.pop(), list="prerequisites")
        row = Closure(
            id=new_id(),
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
        _say_of_goals(closing.aims(files, case), each)
        seal_into(work, row, explanation_sealed=each.explanation)
        rows.append(row)
    return Closure.objects.bulk_create(rows)


def _say_of_goals(aims: closing.Aims, asked: ClosureAsked) -> None:
    """Write what became of each goal that was not reached, then judge the reason by it."""
    all_known("goal_outcome", asked.goals.values())
    own = {goal.pk: goal for goal in aims.own}
    if set(asked.goals) - set(own):
        raise NotFound
    for goal in aims.open:
        goal.outcome = asked.goals.get(goal.pk, "")
        goal.version += 1
    if aims.unsaid and asked.reason != closing.GOALS_REACHED:
        named = in_a_row(label_of("need_domain", goal.domain) for goal in aims.unsaid)
        raise Invalid(what=_("what became of these goals: %(goals)s") % {"goals": named})
    if asked.reason == closing.GOALS_REACHED and (why_not := aims.against_reached()):
        raise StandardNotMet(standards=why_not)
    Goal.objects.bulk_update(aims.open, ["outcome", "version"])


@action("cases.approve_closure", Closure, purpose=HELP)
def approve_closures(work: Work, decisions: list[Decision]) -> list[Closure]:
    """Close cases once someone other than the owner and the requester decides. All or none.

    Raises SecondPersonNeeded, WrongState, StandardNotMet with the standards still open.
    Source: Inter-agency guidelines for case management 2014, step 6 (CM-24, CM-25).
    """
    rows = work.require("cases.approve", Closure, decisions)
    cases = decide(work, rows, decisions)
    Closure.objects.bulk_update(rows, DECIDED)
    refused = [row.case_id for row in rows if row.state == "rejected"]
    Goal.objects.filter(case_id__in=refused, plan__superseded_at__isnull=True).update(outcome="")
    ending = [(case, row) for case, row in zip(cases, rows, strict=True) if row.state == "approved"]
    if unmet := standards.unmet([case for case, row in ending], at="closure", work=work):
        raise StandardNotMet(standards=standards.named(unmet))
    for case, row in ending:
        if not case.is_open:
            raise WrongState
        case.status, case.stage = "closed", "closed"
        case.closed_at, case.closure_reason = row.approved_at, row.reason
    save_cases([case for case, row in ending], "status", "stage", "closed_at", "closure_reason")
    work.at_end(start_clocks, [case.person_id for case, row in ending])
    return rows
