"""Plans: made with the person, agreed by them, approved by a second person, carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.cases.actions.assessment import DECIDED, Decision, decide
from compass.cases.actions.checks import derived, forward, in_case, must_be_open, save_cases, unchanged
from compass.cases.models import Assessment, Case, Goal, Plan, PlanAction
from compass.cases.sealing import load_keys, seal_into
from compass.cases.standards import spell
from compass.people.actions import ServiceGiven, record_services
from compass.people.consent import HELP
from compass.problems import Invalid, StandardNotMet, UnknownCode, WrongState
from compass.vault.identifiers import new_id
from compass.vocabulary import all_known, code_list, known

AGREED_HOW = ("spoken", "signed", "guardian")


@dataclass(frozen=True)
class ActionPlanned:
    """service: code of the catalogue. responsible: code of action_responsible."""

    service: str
    responsible: str
    due_on: date
    note: str = ""


@dataclass(frozen=True)
class GoalSaid:
    """A goal in the person's words; domain: code of need_domain."""

    domain: str
    statement: str
    target_date: date
    actions: tuple[ActionPlanned, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlanMade(Command):
    """A plan for a case (`id`). unanswered: {need_domain: "refused" or "gap"}. seen: the plan shown (checks.unchanged)."""

    goals: tuple[GoalSaid, ...]
    unanswered: Mapping[str, str] = field(default_factory=dict)
    seen: str | None = None


@action("cases.plan", Plan, purpose=HELP)
def make_plans(work: Work, plans: list[PlanMade]) -> list[Plan]:
    """Write plans; an earlier plan of the case is superseded. The person's agreement comes next.

    Raises WrongState without an assessment, Invalid without a goal, ConsentMissing, UnknownCode, StaleVersion.
    """
    cases = work.require("cases.plan", Case, plans)
    must_be_open(cases)
    load_keys(work, cases)
    wanted = {case.pk for case in cases}
    if wanted - set(Assessment.objects.filter(case_id__in=wanted).values_list("case_id", flat=True)):
        raise WrongState
    in_force = Plan.objects.filter(case_id__in=wanted, superseded_at__isnull=True)
    if any(each.seen is not None for each in plans):
        current = {plan.case_id: plan for plan in in_force}
        for case, each in zip(cases, plans, strict=True):
            unchanged(each.seen, current.get(case.pk))
    in_force.update(superseded_at=work.now)
    rows, goals, steps = [], [], []
    for case, each in zip(cases, plans, strict=True):
        if not each.goals:
            raise Invalid(what=_("a goal"))
        all_known("need_domain", each.unanswered)
        if bad := set(each.unanswered.values()) - {"refused", "gap"}:
            raise UnknownCode(value=bad.pop(), list="unanswered")
        plan = Plan(id=new_id(), case=case, unanswered=dict(each.unanswered), **in_case(work, each, case))
        rows.append(plan)
        for said in each.goals:
            known("need_domain", said.domain)
            told = in_case(work, each, case)
            goal = Goal(id=new_id(), case=case, plan=plan, domain=said.domain, target_date=said.target_date, **told)
            seal_into(work, goal, statement_sealed=said.statement)
            goals.append(goal)
            for step in said.actions:
                known("service", step.service)
                known("action_responsible", step.responsible)
                planned = PlanAction(
                    id=new_id(),
                    case=case,
                    goal=goal,
                    service=step.service,
                    responsible=step.responsible,
                    due_on=step.due_on,
                    **in_case(work, each, case),
                )
                seal_into(work, planned, note_sealed=step.note)
                steps.append(planned)
    Plan.objects.bulk_create(rows)
    Goal.objects.bulk_create(goals)
    PlanAction.objects.bulk_create(steps)
    return rows


@dataclass(frozen=True, kw_only=True)
class PlanAgreed(Command):
    """The person's agreement to a plan (`id`). how: spoken, signed or guardian."""

    how: str


@action("cases.agree", Plan, purpose=HELP)
def agree_plans(work: Work, agreements: list[PlanAgreed]) -> list[Plan]:
    """Record the person's agreement and ask a second person to approve the plan.

    Raises StandardNotMet (CM-14) for a child without the guardian, UnknownCode for an adult with one, WrongState for a
    superseded or agreed plan or a closed case, ConsentMissing after consent was withdrawn.
    """
    rows = work.require("cases.plan", Plan, agreements)
    cases = {
        c.pk: c
        for c in Case.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(pk__in=[row.case_id for row in rows])
    }
    for row, each in zip(rows, agreements, strict=True):
        if each.how not in AGREED_HOW:
            raise UnknownCode(value=each.how, list="agreed_how")
        case = cases[row.case_id]
        if row.superseded_at or row.agreed_at or not case.is_open:
            raise WrongState
        if case.person.is_child and each.how != "guardian":
            raise StandardNotMet(standards=spell("CM-14"))
        if each.how == "guardian" and not case.person.is_child:
            raise UnknownCode(value=each.how, list="agreed_how")
        row.agreed_at, row.agreed_how, row.state = each.occurred_at, each.how, "requested"
        row.version += 1
        forward(case, "planned")
    Plan.objects.bulk_update(rows, ["agreed_at", "agreed_how", "state", "version"])
    save_cases(list(cases.values()), "stage")
    return rows


@action("cases.approve_plan", Plan, purpose=HELP)
def approve_plans(work: Work, decisions: list[Decision]) -> list[Plan]:
    """Approve or send back plans (`id`). Raises StandardNotMet (CM-14) without agreement, SecondPersonNeeded, WrongState."""
    rows = work.require("cases.approve", Plan, decisions)
    if any(row.agreed_at is None for row in rows):
        raise StandardNotMet(standards=spell("CM-14"))
    if any(row.superseded_at for row in rows):
        raise WrongState
    cases = decide(work, rows, decisions)
    Plan.objects.bulk_update(rows, DECIDED)
    good = [row.pk for row in rows if row.state == "approved"]
    PlanAction.objects.filter(goal__plan_id__in=good, status="planned").update(status="approved")
    for row, case in zip(rows, cases, strict=True):
        if row.state == "approved":
            forward(case, "implementing")
    save_cases(cases, "stage")
    return rows


@dataclass(frozen=True, kw_only=True)
class ActionDone(Command):
    """A plan action (`id`) that was delivered on a day, or cancelled when `delivered` is false.

    `counted`: what was given is on record as a service already, through the referral.
    """

    done_on: date
    delivered: bool = True
    note: str = ""
    counted: bool = False


@action("cases.plan_action", PlanAction, purpose=HELP)
def complete_plan_actions(work: Work, done: list[ActionDone]) -> list[PlanAction]:
    """Settle plan actions. What the own office delivered becomes a service received; a partner's counts by its referral.

    Raises WrongState for an action that is settled, of a plan no longer in force or of a closed case; Invalid for a
    cancellation without a reason.
    """
    rows = work.require("cases.plan", PlanAction, done)
    plans = Plan.objects.select_related("case").filter(goals__actions__in=rows).distinct()
    must_be_open(plan.case for plan in plans)
    if any(plan.superseded_at for plan in plans):
        raise WrongState
    load_keys(work, rows)
    given = []
    for row, each in zip(rows, done, strict=True):
        if row.status in ("delivered", "cancelled"):
            raise WrongState
        if not each.delivered and not each.note.strip():
            raise Invalid(what=_("the reason"))
        row.status, row.done_on = ("delivered" if each.delivered else "cancelled"), each.done_on
        row.version += 1
        seal_into(work, row, note_sealed=each.note)
        if each.delivered and row.responsible == "case_manager" and not each.counted:
            given.append(_service(row, each))
    PlanAction.objects.bulk_update(rows, ["status", "done_on", "note_sealed", "version"])
    record_services(work, given)
    met = [row.goal_id for row in rows if row.status == "delivered"]
    Goal.objects.filter(pk__in=met, progress="n_a").update(progress="in_progress")
    return rows


def _service(row: PlanAction, done: ActionDone) -> ServiceGiven:
    classes: list[str] = code_list("service").require(row.service).extra["service_class"]
    person: UUID = row.person_id
    return ServiceGiven(
        key=derived(done.key, "people.service"),
        occurred_at=done.occurred_at,
        basis=done.basis,
        id=person,
        service=row.service,
        service_class="C" if "C" in classes else classes[0],
        delivered_on=done.done_on,
        origin=row.pk,
    )


def steps_ahead(case: UUID) -> list[str]:
    """The services of the plan in force that are still to be given, the one due first in front."""
    return list(dict.fromkeys(_ahead(case).values_list("service", flat=True)))


def _ahead(case: UUID) -> QuerySet[PlanAction]:
    rows = PlanAction.objects.filter(case=case, goal__plan__superseded_at__isnull=True)
    return rows.exclude(status__in=("delivered", "cancelled")).order_by("due_on", "recorded_at", "id")


def settled_by(case: UUID, service: str) -> PlanAction | None:
    """The open step of the plan in force that this service answers when a partner has given it; the one due first."""
    return _ahead(case).filter(service=service).first()
