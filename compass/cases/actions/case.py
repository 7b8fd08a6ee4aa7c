"""Opening cases, who leads them, how high their risk is, and opening closed ones again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.models import Grant, Receipt
from compass.access.work import Command, Work
from compass.cases.actions.checks import LED, derived, in_case, led_until, must_be_open, save_cases
from compass.cases.models import Case, Reopening, RiskChange
from compass.cases.models.case import OPEN
from compass.cases.rules import FIELD
from compass.cases.sealing import load_keys, seal_into
from compass.people.actions import stop_clocks
from compass.people.consent import HELP
from compass.people.models import Person
from compass.problems import Invalid, NotFound, SecondPersonNeeded, WrongState
from compass.vault.identifiers import new_id
from compass.vocabulary import known

RANK = {"not_assessed": 0, "low": 1, "medium": 2, "high": 3}


@dataclass(frozen=True, kw_only=True)
class CaseOpening(Command):
    """A protection case for a person (`id`). `owner_id` leads it; the sender does when it is None, nobody when `unled`."""

    risk_level: str = "not_assessed"
    triggered: bool = False
    identification_source: str = "self_referral"
    country: str = ""
    owner_id: UUID | None = None
    unled: bool = False
    stage: str = "screened"


@action("cases.open", Case, purpose=HELP)
def open_cases(work: Work, openings: list[CaseOpening]) -> list[Case]:
    """Open one case per person; a person's open case is returned instead of a second one. Raises UnknownCode, NotFound."""
    people = work.require("cases.open", Person, openings)
    running = {case.person_id: case for case in Case.objects.filter(person__in=people, status__in=OPEN)}
    fresh = []
    for person, each in zip(people, openings, strict=True):
        known("risk_level", each.risk_level)
        known("identification_source", each.identification_source)
        known("case_stage", each.stage)
        if person.pk in running:
            continue
        running[person.pk] = case = Case(
            id=new_id(),
            person=person,
            organisation_id=person.organisation_id,
            stage=each.stage,
            risk_level=each.risk_level,
            needs_supervisor=each.triggered and each.risk_level == "high",
            risk_set_at=None if each.risk_level == "not_assessed" else each.occurred_at,
            owner_id=None if each.unled else each.owner_id or work.actor.id,
            identification_source=each.identification_source,
            country=each.country or person.country_met,
            opened_at=each.occurred_at,
            basis=each.basis,
            occurred_at=each.occurred_at,
            recorded_at=work.written(),
            recorded_by=work.actor.id,
        )
        fresh.append(case)
    Case.objects.bulk_create(fresh)
    return [running[person.pk] for person in people]


@dataclass(frozen=True, kw_only=True)
class RiskSet(Command):
    """A risk level for a case (`id`) and why. `triggered`: it is high because of a trigger (case-management.md 2.5)."""

    level: str
    reason: str = ""
    triggered: bool = False


@action("cases.risk", Case, purpose=HELP)
def set_risk(work: Work, changes: list[RiskSet]) -> list[Case]:
    """Set risk levels. A high risk from a trigger is lowered only by a supervisor who neither set it nor leads the case,
    nor led it since it was set.

    Raises UnknownCode, Invalid (lowering without a reason), SecondPersonNeeded, WrongState (closed).
    """
    cases = work.require("cases.risk", Case, changes)
    must_be_open(cases)
    load_keys(work, cases)
    own = _own_risk(work, [case for case in cases if case.needs_supervisor])
    rows = []
    for case, each in zip(cases, changes, strict=True):
        known("risk_level", each.level)
        lowers = RANK[each.level] < RANK[case.risk_level]
        if lowers and not _may_lower(work, case, own):
            raise SecondPersonNeeded
        if lowers and not each.reason.strip():
            raise Invalid(what=_("the reason"))
        row = RiskChange(id=new_id(), case=case, before=case.risk_level, level=each.level, **in_case(work, each, case))
        seal_into(work, row, reason_sealed=each.reason)
        rows.append(row)
        case.risk_level, case.risk_set_at = each.level, each.occurred_at
        case.needs_supervisor = each.level == "high" and (case.needs_supervisor or each.triggered)
        own.add(case.pk)
    RiskChange.objects.bulk_create(rows)
    save_cases(cases, "risk_level", "risk_set_at", "needs_supervisor")
    return cases


def may_lower_risk(work: Work, case: Case) -> bool:
    """Whether this colleague may lower the risk of the case."""
    return _may_lower(work, case, _own_risk(work, [case]) if case.needs_supervisor else set())


def _may_lower(work: Work, case: Case, own: set[UUID]) -> bool:
    return not case.needs_supervisor or (work.may("cases.approve") and case.pk not in own)


def _own_risk(work: Work, cases: list[Case]) -> set[UUID]:
    """The cases whose risk this colleague set, and those they lead or led since it was set."""
    if not cases:
        return set()
    changes = RiskChange.objects.filter(case__in=cases).order_by("recorded_at", "id")
    newest = {change.case_id: change for change in changes.defer("reason_sealed")}
    ended = led_until(work, [case.pk for case in cases])
    own = set()
    for case in cases:
        made = newest.get(case.pk, case)
        led = case.pk in ended and ended[case.pk] >= made.recorded_at
        if led or work.actor.id in (made.recorded_by, case.owner_id):
            own.add(case.pk)
    return own


@dataclass(frozen=True, kw_only=True)
class Assignment(Command):
    """Who leads a case (`id`) from now on."""

    owner_id: UUID


@action("cases.assign", Case, purpose=HELP)
def assign_cases(work: Work, assignments: list[Assignment]) -> list[Case]:
    """Give cases to colleagues of the same office; who led until then is kept (checks.led_until).

    Raises NotFound for someone who does not work on cases there.
    """
    cases = work.require("cases.assign", Case, assignments)
    must_be_open(cases)
    valid = Q(valid_to__isnull=True) | Q(valid_to__gt=work.now)
    grants = Grant.objects.filter(
        valid,
        user_id__in=[each.owner_id for each in assignments],
        role__in=FIELD,
        user__is_active=True,
        organisation_id__in=work.actor.organisations,
        valid_from__lte=work.now,
    )
    able = set(grants.values_list("user_id", "organisation_id"))
    ended = []
    for case, each in zip(cases, assignments, strict=True):
        if (each.owner_id, case.organisation_id) not in able:
            raise NotFound
        if case.owner_id not in (None, each.owner_id):
            ended.append(
                Receipt(
                    key=new_id(), action=LED, actor_id=case.owner_id, organisation_id=case.organisation_id,
                    result_id=case.pk, basis=each.basis, occurred_at=each.occurred_at, recorded_at=work.written(),
                )
            )  # fmt: skip
        case.owner_id = each.owner_id
    Receipt.objects.bulk_create(ended)
    save_cases(cases, "owner_id")
    return cases


@dataclass(frozen=True, kw_only=True)
class Reopen(Command):
    """A closed case (`id`) and why it is needed again."""

    reason: str


@action("cases.reopen", Case, purpose=HELP)
def reopen_cases(work: Work, reopenings: list[Reopen]) -> list[Case]:
    """Open closed cases again at the assessment, with a log. Raises WrongState for an open case, Invalid without reason.

    Source: case-management.md 2.1, closing is not terminal.
    """
    cases = work.require("cases.open", Case, reopenings)
    load_keys(work, cases)
    rows = []
    for case, each in zip(cases, reopenings, strict=True):
        if case.status != "closed" or case.closed_at is None:
            raise WrongState
        if not each.reason.strip():
            raise Invalid(what=_("the reason"))
        row = Reopening(id=new_id(), case=case, closed_at=case.closed_at, **in_case(work, each, case))
        seal_into(work, row, reason_sealed=each.reason)
        rows.append(row)
        case.status, case.stage = "reopened", "screened"
        case.reopened_at, case.closed_at, case.closure_reason = each.occurred_at, None, ""
    Reopening.objects.bulk_create(rows)
    save_cases(cases, "status", "stage", "reopened_at", "closed_at", "closure_reason")
    work.at_end(stop_clocks, [case.person_id for case in cases])
    return cases


def case_key(key: UUID) -> UUID:
    """The key under which a screening opens its case."""
    return derived(key, "cases.open")
