"""What must be settled before a case is closed (case-management.md 2.7), as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from compass.cases.models import Case, Closure, FollowUp

ATTEMPTS = 3

#: Reasons that may close a case whose risk is not low: the person decided, died, left, or another body took over.
WHATEVER_THE_RISK = frozenset(
    {
        "client_request_withdrawal", "deceased", "lost_contact", "transferred_to_other_agency",
        "transferred_to_other_office", "relocated_left_area", "security_or_access", "aggression_threat_to_staff",
        "duplicate", "opened_in_error",
    }
)  # fmt: skip
#: Reasons where the person is not there to be told or asked.
WITHOUT_THE_PERSON = frozenset({"deceased", "lost_contact", "duplicate", "opened_in_error"})


@dataclass(frozen=True)
class Prerequisite:
    code: str
    label: Promise
    standard: str = ""


PREREQUISITES = (
    Prerequisite("plan_reviewed", _("We went through the goals of the plan together")),
    Prerequisite("exit_plan", _("The person knows what to do if things get worse")),
    Prerequisite("told_return", _("The person knows how to come back to us")),
    Prerequisite("complaint_told", _("The person was told how to complain"), "CM-26"),
    Prerequisite("survey_offered", _("The satisfaction survey was offered"), "CM-27"),
)


def complete(asked: Closure, case: Case) -> bool:
    """CM-24: a reason, safety looked at again, and a low risk unless the reason allows another."""
    safe = case.risk_level == "low" or asked.reason in WHATEVER_THE_RISK
    return bool(asked.reason) and asked.safety_reassessed and safe


def attempts(contacts: Iterable[FollowUp]) -> int:
    """CM-25: on how many different days the person was tried and not reached since the last time they were."""
    rows = list(contacts)
    reached = max((row.occurred_at for row in rows if row.reached), default=None)
    return len(
        {row.occurred_at.date() for row in rows if not row.reached and (not reached or row.occurred_at > reached)}
    )
