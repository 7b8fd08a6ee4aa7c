"""What must be settled before a case is closed (case-management.md 2.7), as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compass.cases.ladder import parent_present
from compass.cases.models import Goal, Plan
from compass.people.models import Person
from compass.problems.words import in_a_row
from compass.vocabulary import code_list, label_of

if TYPE_CHECKING:
    from compass.cases.files import Files
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


def tried(contacts: Iterable[FollowUp]) -> list[FollowUp]:
    """The attempts that did not reach the person since the last time they were reached."""
    rows = list(contacts)
    reached = max((row.occurred_at for row in rows if row.reached), default=None)
    return [row for row in rows if not row.reached and (not reached or row.occurred_at > reached)]


def attempts(contacts: Iterable[FollowUp]) -> int:
    """CM-25: on how many different days the person was tried and not reached since the last time they were.

    Days on which it happened, and at most as many as those on which it was written down: when something happened is what
    the sender says, and three days said in one sitting would close a case on the day it was opened.
    """
    rows = tried(contacts)
    return min(
        len({timezone.localdate(row.occurred_at) for row in rows}),
        len({timezone.localdate(row.recorded_at) for row in rows}),
    )


GOALS_REACHED = "goals_achieved"


@dataclass(frozen=True)
class Aims:
    """The goals that count when a case is closed: those of its plan in force; for a child without a plan of its own those
    of the plan of the parent it lives with."""

    own: list[Goal]
    family: list[Goal]

    @property
    def open(self) -> list[Goal]:
        """The case's own goals that are not reached: the closure must say what becomes of each."""
        return [goal for goal in self.own if goal.progress != "met"]

    @property
    def unsaid(self) -> list[Goal]:
        """Those of which nothing is said yet."""
        return [goal for goal in self.open if not goal.outcome]

    def against_reached(self) -> str:
        """Why "goals reached" cannot be the reason, in one sentence; empty when it can."""
        every = [*self.own, *self.family]
        if not every:
            return gettext(
                "“Goals reached” needs a plan: there is none here, nor one of a parent that covers this child"
            )
        standing = [goal for goal in every if not _fits(goal)]
        if standing:
            named = in_a_row(f"{label_of('need_domain', goal.domain)} ({stand(goal)})" for goal in standing)
            return gettext("“Goals reached” does not fit, these are not: %(goals)s") % {"goals": named}
        if not any(goal.progress == "met" or goal.outcome == "met" for goal in every):
            return gettext("“Goals reached” does not fit: no goal of the plan was reached")
        return ""


def stand(goal: Goal) -> str:
    """Where a goal stands, in a word: what became of it, else its progress."""
    if goal.outcome and goal.progress != "met":
        return label_of("goal_outcome", goal.outcome)
    return label_of("goal_progress", goal.progress)


def _fits(goal: Goal) -> bool:
    if goal.progress == "met":
        return True
    return bool(goal.outcome) and bool(code_list("goal_outcome").require(goal.outcome).extra["fits_goals_achieved"])


def aims(files: Files, case: Case) -> Aims:
    """The goals that count for the closure of a case."""
    plan = next((row for row in reversed(files.of(Plan, case)) if row.superseded_at is None), None)
    own = [goal for goal in files.of(Goal, case) if plan is not None and goal.plan_id == plan.pk]
    return Aims(own, [] if own or not case.person.is_child else _of_the_parent(case))


def _of_the_parent(case: Case) -> list[Goal]:
    sealed = ("identity_sealed", "contact_sealed")
    household = list(Person.objects.filter(household_id=case.person.household_id).defer(*sealed))
    if not parent_present(case.person, household):
        return []
    adults = [person.pk for person in household if not person.is_child]
    found = Goal.objects.filter(person__in=adults, plan__superseded_at__isnull=True)
    return list(found.defer("statement_sealed").order_by("occurred_at", "recorded_at", "id"))
