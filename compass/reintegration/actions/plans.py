"""Plans, their actions, the proofs, and whether it helped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.cases.sealing import load_keys, open_from, seal_into
from compass.communities.models import Project
from compass.people.actions import ServiceGiven, record_services
from compass.people.consent import HELP
from compass.people.models import Person
from compass.problems import Invalid, StandardNotMet, WrongState
from compass.reintegration.expectations import EXPECTATIONS, NEXT_STEPS
from compass.reintegration.models import Action, FollowUp, Plan, Receipt
from compass.reintegration.queries import ended
from compass.ui.uploads import Attachment
from compass.vault.identifiers import new_id
from compass.vocabulary import known

#: Who an action helps: one person, several together, or a whole community.
LEVELS = ("individual", "collective", "community")
OPEN = ("planned", "approved", "ongoing")
#: What shows that something in kind reached the person (R-BUD-2).
HANDED_OVER = ("receipt", "handover_certificate", "invoice")


@dataclass(frozen=True, kw_only=True)
class NewPlan(Command):
    """`id` is the person; `agreed_on` the day they agreed."""

    agreed_on: date
    goals: str


@action("reintegration.plan", Plan, purpose=HELP)
def make_plans(work: Work, plans: list[NewPlan]) -> list[Plan]:
    """Make plans and record the service REI. A plan may be agreed before the journey home (R-PLN-1).

    Raises WrongState for a person who has one, Invalid for a day to come or before the person was known.
    """
    people = work.require("reintegration.plan", Person, plans)
    if Plan.objects.filter(person__in=[p.pk for p in people]).exists():
        raise WrongState
    work.keys.load([p.pk for p in people])
    rows = []
    for person, each in zip(people, plans, strict=True):
        _may_be_agreed(work, person, each.agreed_on)
        row = Plan(
            id=new_id(),
            person=person,
            organisation_id=person.organisation_id,
            agreed_on=each.agreed_on,
            **stamp(work, each),
        )
        seal_into(work, row, goals_sealed={"goals": each.goals})
        rows.append(row)
    Plan.objects.bulk_create(rows)
    record_services(
        work,
        [_service(each, row.person_id, "REI", each.agreed_on, row.pk) for row, each in zip(rows, plans, strict=True)],
    )
    return rows


@dataclass(frozen=True, kw_only=True)
class PlanChanged(Command):
    """`id` is the plan, opened with `version`; what the person wants now, and the day they agreed."""

    agreed_on: date
    goals: str


@action("reintegration.change_plan", Plan, purpose=HELP)
def change_plans(work: Work, changes: list[PlanChanged]) -> list[Plan]:
    """Write anew what a person wants; what they wanted before stays with it, sealed (R-PLN-2).

    Raises StaleVersion, WrongState once the return is closed, Invalid for a day to come or before the person was known.
    """
    plans = work.require("reintegration.plan", Plan, changes)
    if ended(plan.person_id for plan in plans):
        raise WrongState
    load_keys(work, plans)
    for plan, each in zip(plans, changes, strict=True):
        _may_be_agreed(work, plan.person, each.agreed_on)
        kept = open_from(work, plan, "goals_sealed") or {}
        before = [*kept.get("before", []), {"goals": kept.get("goals", ""), "agreed_on": plan.agreed_on.isoformat()}]
        seal_into(work, plan, goals_sealed={"goals": each.goals, "before": before})
        plan.agreed_on = each.agreed_on
        plan.version += 1
    Plan.objects.bulk_update(plans, ["goals_sealed", "agreed_on", "version"])
    return plans


def _may_be_agreed(work: Work, person: Person, agreed_on: date) -> None:
    if agreed_on > work.today:
        raise Invalid(what=_("the day on which the plan was agreed is still to come"))
    if agreed_on < work.day(person.occurred_at):
        raise Invalid(what=_("%(code)s was registered only after the day of this plan") % {"code": person.code})


def _service(command: Command, person: UUID, service: str, day: date, origin: UUID) -> ServiceGiven:
    return ServiceGiven(
        key=uuid5(command.key, service),
        occurred_at=command.occurred_at,
        basis=command.basis,
        id=person,
        service=service,
        service_class="RI",
        delivered_on=day,
        origin=origin,
    )


@dataclass(frozen=True, kw_only=True)
class NewAction(Command):
    """`id` is the plan. `change`: in words, what it should change; `expectation` is its code."""

    dimension: str
    level: str
    modality: str
    what: str
    expectation: str
    planned_on: date
    budget: Decimal = Decimal(0)
    currency: str = "EUR"
    pathway: str = ""
    business_type: str = ""
    change: str = ""
    project_id: UUID | None = None


@action("reintegration.action", Action, purpose=HELP)
def add_actions(work: Work, actions: list[NewAction]) -> list[Action]:
    """Add lines to plans. Raises Invalid for a community action without a project of this office, or an unknown code."""
    plans = work.require("reintegration.plan", Plan, actions)
    wanted = [a.project_id for a in actions if a.project_id]
    projects = set(work.allowed("communities.view", Project).filter(pk__in=wanted).values_list("pk", flat=True))
    load_keys(work, plans)
    rows = []
    for plan, each in zip(plans, actions, strict=True):
        _known(each)
        if each.planned_on < plan.agreed_on:
            raise Invalid(what=_("the day planned lies before the plan was agreed"))
        if (each.level == "community") != (each.project_id is not None) or (each.project_id or 0) not in {0, *projects}:
            raise Invalid(what=_("a line for a whole community names a project of this office, any other line none"))
        row = Action(
            id=new_id(),
            plan=plan,
            person_id=plan.person_id,
            organisation_id=plan.organisation_id,
            dimension=each.dimension,
            level=each.level,
            pathway=each.pathway,
            business_type=each.business_type,
            modality=each.modality,
            budget=each.budget,
            currency=each.currency,
            planned_on=each.planned_on,
            expectation=each.expectation,
            project_id=each.project_id,
            **stamp(work, each),
        )
        seal_into(work, row, words_sealed={"what": each.what, "change": each.change})
        rows.append(row)
    return Action.objects.bulk_create(rows)


def _known(each: NewAction) -> None:
    known("reintegration_dimension", each.dimension)
    known("reintegration_modality", each.modality)
    known("currency", each.currency)
    if each.business_type:
        known("business_type", each.business_type)
    if each.pathway:
        known("economic_pathway", each.pathway)
    if each.level not in LEVELS or each.expectation not in EXPECTATIONS or each.budget < 0:
        raise Invalid(what=_("whom the line helps, what it should change, or its budget"))


@dataclass(frozen=True, kw_only=True)
class Proof(Command):
    """`id` is the action; `file` was checked by compass.ui.uploads."""

    kind: str
    amount: Decimal
    issued_on: date
    file: Attachment


@action("reintegration.receipt", Receipt, purpose=HELP)
def add_receipts(work: Work, proofs: list[Proof]) -> list[Receipt]:
    """Keep proofs, sealed. The currency is that of the action. Raises WrongState for an action that was cancelled."""
    actions = work.require("reintegration.plan", Action, proofs)
    load_keys(work, actions)
    rows = []
    for found, each in zip(actions, proofs, strict=True):
        known("proof_kind", each.kind)
        if found.status == "cancelled":
            raise WrongState
        if each.issued_on > work.today or each.amount < 0:
            raise Invalid(what=_("the date on the proof is still to come, or its amount is below zero"))
        row = Receipt(
            id=new_id(),
            action=found,
            person_id=found.person_id,
            organisation_id=found.organisation_id,
            kind=each.kind,
            amount=each.amount,
            currency=found.currency,
            issued_on=each.issued_on,
            media_type=each.file.media_type,
            **stamp(work, each),
        )
        row.file_sealed = work.keys.seal_file(
            each.file.content, table="reintegration_receipt", column="file_sealed", subject=row.person_id, row=row.pk
        )
        seal_into(work, row, name_sealed=each.file.name)
        rows.append(row)
    return Receipt.objects.bulk_create(rows)


def receipt_file(work: Work, row: Receipt) -> bytes:
    """The bytes of a receipt, to be shown on this response. Raises what `Work.opens` does."""
    work.opens("reintegration.receipt_opened", [row.person_id], results=[row.pk])
    return work.keys.open_file(
        row.file_sealed, table="reintegration_receipt", column="file_sealed", subject=row.person_id, row=row.pk
    )


def in_kind(line: Action) -> bool:
    """Whether something is handed over to a person, which a proof has to show (R-BUD-2)."""
    return line.modality == "in_kind" and line.level != "community"


@dataclass(frozen=True, kw_only=True)
class Delivered(Command):
    """A line of a plan (`id`) reached the person."""

    delivered_on: date


@action("reintegration.deliver", Action, purpose=HELP)
def deliver_actions(work: Work, delivered: list[Delivered]) -> list[Action]:
    """Record deliveries and the service: BUS for a business, REI for anything else.

    Raises StandardNotMet R-BUD-2 for something in kind without a proof, WrongState when it was settled before.
    """
    rows = work.require("reintegration.plan", Action, delivered)
    proven = set(
        Receipt.objects.filter(action__in=[r.pk for r in rows], kind__in=HANDED_OVER).values_list(
            "action_id", flat=True
        )
    )
    agreed = dict(Plan.objects.filter(pk__in=[r.plan_id for r in rows]).values_list("pk", "agreed_on"))
    for row, each in zip(rows, delivered, strict=True):
        if row.status not in OPEN:
            raise WrongState
        if each.delivered_on > work.today:
            raise Invalid(what=_("the day of delivery is still to come"))
        if each.delivered_on < agreed[row.plan_id]:
            raise Invalid(what=_("the day of delivery lies before the plan was agreed"))
        if in_kind(row) and row.pk not in proven:
            said = _(
                "What is given in kind counts as delivered once its receipt, invoice or handover certificate is here"
            )
            raise StandardNotMet(standards=f"{said} (R-BUD-2)")
        row.status, row.delivered_on = "delivered", each.delivered_on
        row.version += 1
    Action.objects.bulk_update(rows, ["status", "delivered_on", "version"])
    record_services(
        work,
        [
            _service(each, row.person_id, "BUS" if row.business_type else "REI", each.delivered_on, row.pk)
            for row, each in zip(rows, delivered, strict=True)
        ],
    )
    return rows


@dataclass(frozen=True, kw_only=True)
class Cancelled(Command):
    """A line of a plan (`id`) ends undelivered; `why` in words, sealed."""

    why: str


@action("reintegration.cancel", Action, purpose=HELP)
def cancel_actions(work: Work, cancelled: list[Cancelled]) -> list[Action]:
    """Cancel lines, each with a reason that is sealed. Raises WrongState, Invalid without a reason."""
    rows = work.require("reintegration.plan", Action, cancelled)
    load_keys(work, rows)
    for row, each in zip(rows, cancelled, strict=True):
        if row.status not in OPEN:
            raise WrongState
        if not each.why.strip():
            raise Invalid(what=_("the reason why the line is cancelled"))
        row.status = "cancelled"
        row.version += 1
        seal_into(work, row, words_sealed={**open_from(work, row, "words_sealed"), "cancelled": each.why})
    Action.objects.bulk_update(rows, ["status", "version", "words_sealed"])
    return rows


@dataclass(frozen=True, kw_only=True)
class Followed(Command):
    """`id` is the action."""

    result: str
    channel: str
    asked_on: date
    next_step: str
    remark: str = ""


@action("reintegration.follow_up", FollowUp, purpose=HELP)
def follow_up_actions(work: Work, followed: list[Followed]) -> list[FollowUp]:
    """Say whether actions did what they should. Raises WrongState before anything was delivered."""
    actions = work.require("reintegration.follow_up", Action, followed)
    load_keys(work, actions)
    rows = []
    for found, each in zip(actions, followed, strict=True):
        known("followup_result", each.result)
        known("followup_channel", each.channel)
        if found.delivered_on is None:
            raise WrongState
        if each.next_step not in NEXT_STEPS or not found.delivered_on <= each.asked_on <= work.today:
            raise Invalid(what=_("the day of the question lies before the delivery, or is still to come"))
        row = FollowUp(
            id=new_id(),
            action=found,
            person_id=found.person_id,
            organisation_id=found.organisation_id,
            result=each.result,
            channel=each.channel,
            asked_on=each.asked_on,
            next_step=each.next_step,
            **stamp(work, each),
        )
        seal_into(work, row, remark_sealed={"remark": each.remark} if each.remark else {})
        rows.append(row)
    return FollowUp.objects.bulk_create(rows)
