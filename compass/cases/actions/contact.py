"""Contacts with the person, and attempts that did not reach them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.cases.actions.case import RiskSet, set_risk
from compass.cases.actions.checks import derived, forward, in_case, must_be_open, save_cases
from compass.cases.models import Case, FollowUp, Goal, Plan
from compass.cases.sealing import load_keys, seal_into
from compass.people.consent import HELP
from compass.problems import NotFound
from compass.vault.identifiers import new_id
from compass.vocabulary import all_known, known


@dataclass(frozen=True, kw_only=True)
class Contact(Command):
    """A contact in a case (`id`). risk_after: the level found, empty when unchanged. goals: {goal: goal_progress}."""

    kind: str
    channel: str
    reached: bool
    note: str = ""
    risk_after: str = ""
    plan_reviewed: bool = False
    next_on: date | None = None
    goals: Mapping[UUID, str] = field(default_factory=dict)


@action("cases.follow_up", FollowUp, purpose=HELP)
def follow_up(work: Work, contacts: list[Contact]) -> list[FollowUp]:
    """Record contacts; a changed risk is set, a reviewed plan is stamped.

    Raises UnknownCode, WrongState, SecondPersonNeeded.
    """
    cases = work.require("cases.follow", Case, contacts)
    must_be_open(cases)
    load_keys(work, cases)
    rows, risks = [], []
    progress: dict[UUID, str] = {}
    for case, each in zip(cases, contacts, strict=True):
        known("followup_type", each.kind)
        known("followup_channel", each.channel)
        all_known("goal_progress", each.goals.values())
        progress |= each.goals
        row = FollowUp(
            id=new_id(),
            case=case,
            kind=each.kind,
            channel=each.channel,
            reached=each.reached,
            plan_reviewed=each.reached and each.plan_reviewed,
            risk_after=each.risk_after,
            next_on=each.next_on,
            **in_case(work, each, case),
        )
        seal_into(work, row, note_sealed=each.note)
        rows.append(row)
        if each.reached and case.stage == "implementing":
            forward(case, "follow_up")
        if each.risk_after and each.risk_after != case.risk_level:
            risks.append(
                RiskSet(
                    key=derived(each.key, "cases.risk"),
                    occurred_at=each.occurred_at,
                    basis=each.basis,
                    id=case.pk,
                    level=each.risk_after,
                    reason=each.note,
                )
            )
    FollowUp.objects.bulk_create(rows)
    save_cases(cases, "stage")
    set_risk(work, risks)
    _review(rows)
    _progress(progress, {case.pk for case in cases})
    return rows


def _review(rows: list[FollowUp]) -> None:
    for row in rows:
        if row.plan_reviewed:
            current = Plan.objects.filter(case_id=row.case_id, superseded_at__isnull=True, agreed_at__isnull=False)
            current.update(reviewed_at=row.occurred_at)


def _progress(progress: Mapping[UUID, str], cases: set[UUID]) -> None:
    goals = list(Goal.objects.filter(pk__in=progress, case_id__in=cases))
    if len(goals) != len(progress):
        raise NotFound
    for goal in goals:
        goal.progress = progress[goal.pk]
        goal.version += 1
    Goal.objects.bulk_update(goals, ["progress", "version"])
