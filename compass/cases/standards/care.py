"""Two standards about what must follow: a need of international protection, and a sudden change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from compass.cases.files import Files
from compass.cases.models import Assessment, Case, Goal, Plan, RiskChange, Screening
from compass.cases.standards import Due, standard
from compass.cases.standards.minimum import RULES, page_of
from compass.cases.standards.referral import referrals

PROTECTION, ASYLUM = "possible_international_protection", ("legal_status_asylum", "ASY")
REFER_WITHIN = timedelta(hours=72)  # provisional: no source sets a time
RANK = {"not_assessed": 0, "low": 1, "medium": 2, "high": 3}


@standard("CM-28", what=_("Refer to the asylum authority, or write down the decision"), source=RULES)
def protection_referred(files: Files) -> Iterator[Due]:
    """A possible need of international protection is referred, is a goal of the plan, or was refused by the person."""
    found: dict[Case, Screening] = {}
    for case in files.cases:
        for row in files.about(Screening, case):
            if PROTECTION in row.results:
                found[case] = row
    if not found:
        return
    referred = {
        case.pk: row.sent_at for case, _side, row in files.once(referrals) if row.service == ASYLUM[1] and row.sent_at
    }
    for case, asked in found.items():
        yield Due(
            subject=case,
            start_at=asked.occurred_at,
            due_at=asked.occurred_at + REFER_WITHIN,
            done_at=referred.get(case.pk) or _decided(files, case),
            url=page_of("refer", case),
            action=_("Refer to a partner"),
        )


def _decided(files: Files, case: Case) -> datetime | None:
    for plan in files.of(Plan, case):
        goals = (goal.domain for goal in files.of(Goal, case) if goal.plan_id == plan.pk)
        if plan.superseded_at is None and (ASYLUM[0] in plan.unanswered or ASYLUM[0] in goals):
            return plan.occurred_at
    return None


@standard("CM-29", what=_("The risk went up: assess again"), source=RULES)
def assessed_again(files: Files) -> Iterator[Due]:
    """A risk that rises after an assessment leads to a new one within seven days."""
    for case in files.cases:
        written = [row.occurred_at for row in files.of(Assessment, case) if row.state != "rejected"]
        if not written:
            continue
        raised = [row for row in files.of(RiskChange, case) if RANK[row.level] > RANK[row.before]]
        if raised and (change := raised[-1]).occurred_at > min(written):
            again = max(written)
            allowed = files.limit("reassessment_after_trigger", case) or timedelta(days=7)
            yield Due(
                subject=case,
                start_at=change.occurred_at,
                due_at=change.occurred_at + allowed,
                done_at=again if again >= change.occurred_at else None,
                url=page_of("assess", case),
                action=_("Write a new assessment"),
            )
