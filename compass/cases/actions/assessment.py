"""Assessments and the second person's decision on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.cases.actions.checks import forward, in_case, must_be_open, save_cases, second_person, unchanged
from compass.cases.models import Assessment, Case
from compass.cases.sealing import load_keys, seal_into
from compass.people.consent import HELP
from compass.problems import Invalid, WrongState
from compass.vault.identifiers import new_id
from compass.vocabulary import all_known, known


@dataclass(frozen=True, kw_only=True)
class Assessed(Command):
    """An assessment of a case (`id`). needs: {need_domain: need_level}. factors: [{"code", "direction", "severity"}].

    seen: the newest assessment on the page (see checks.unchanged).
    """

    needs: Mapping[str, str]
    factors: Sequence[Mapping[str, str]] = ()
    vulnerable: str = "undetermined"
    experienced: str = "undetermined"
    narrative: str = ""
    seen: str | None = None


@action("cases.assess", Assessment, purpose=HELP)
def assess(work: Work, assessed: list[Assessed]) -> list[Assessment]:
    """Record assessments; each waits for a second person.

    Raises ConsentMissing (CM-01), UnknownCode, WrongState, StaleVersion.
    """
    cases = work.require("cases.assess", Case, assessed)
    must_be_open(cases)
    load_keys(work, cases)
    rows = []
    for case, each in zip(cases, assessed, strict=True):
        if each.seen is not None:
            unchanged(
                each.seen, Assessment.objects.filter(case=case).order_by("occurred_at", "recorded_at", "id").last()
            )
        all_known("need_domain", each.needs)
        all_known("need_level", each.needs.values())
        all_known("vea_determination", (each.vulnerable, each.experienced))
        for factor in each.factors:
            known("assessment_factor", factor["code"])
            known("factor_direction", factor["direction"])
            known("factor_severity", factor["severity"])
        row = Assessment(
            id=new_id(),
            case=case,
            needs=dict(each.needs),
            factors=[dict(factor) for factor in each.factors],
            vulnerable=each.vulnerable,
            experienced=each.experienced,
            **in_case(work, each, case),
        )
        seal_into(work, row, narrative_sealed=each.narrative)
        rows.append(row)
        forward(case, "assessed")
    Assessment.objects.bulk_create(rows)
    save_cases(cases, "stage")
    return rows


@dataclass(frozen=True, kw_only=True)
class Decision(Command):
    """A second person's answer to a request (`id`). A refusal says why in `remark`."""

    approve: bool
    remark: str = ""


def decide(work: Work, rows: Sequence[Any], decisions: Sequence[Decision]) -> list[Case]:
    """Set state, approver and remark of requests; returns their cases, locked, in order.

    Raises SecondPersonNeeded (CM-15), WrongState unless requested, Invalid for a refusal without a remark.
    """
    found = {case.pk: case for case in Case.objects.select_for_update().filter(pk__in=[row.case_id for row in rows])}
    second_person(work, rows, {row.pk: found[row.case_id].owner_id for row in rows})
    load_keys(work, rows)
    for row, each in zip(rows, decisions, strict=True):
        if row.state != "requested":
            raise WrongState
        if not each.approve and not each.remark.strip():
            raise Invalid(what=_("the reason"))
        row.state = "approved" if each.approve else "rejected"
        row.approved_by = work.actor.id if each.approve else None
        row.approved_at = each.occurred_at if each.approve else None
        row.version += 1
        seal_into(work, row, remark_sealed=each.remark)
    return [found[row.case_id] for row in rows]


DECIDED = ["state", "approved_by", "approved_at", "remark_sealed", "version"]


@action("cases.approve_assessment", Assessment, purpose=HELP)
def approve_assessments(work: Work, decisions: list[Decision]) -> list[Assessment]:
    """Approve or send back assessments (`id`). Raises SecondPersonNeeded, WrongState, Invalid."""
    rows = work.require("cases.approve", Assessment, decisions)
    decide(work, rows, decisions)
    Assessment.objects.bulk_update(rows, DECIDED)
    return rows
