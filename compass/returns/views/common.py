"""What the pages of a return share: finding it as far as one may see it, and the trail of what was stopped."""

from __future__ import annotations

from uuid import UUID

from django.forms import Form
from django.urls import reverse

from compass.access.work import Work
from compass.cases.models import Case
from compass.cases.models.case import OPEN as OPEN_CASES
from compass.problems import BestInterestsFirst
from compass.returns.machine import Facts
from compass.returns.models import Return
from compass.returns.queries import facts_of


def sees(work: Work) -> str:
    """The rule by which this colleague sees returns: whole, or only on their way. Raises Denied."""
    rule = "returns.view" if work.may("returns.view") else "returns.see_travel"
    work.demand(rule)
    return rule


def find_file(work: Work, pk: UUID) -> tuple[Return, Facts]:
    """The return with its facts. Raises NotFound, Denied."""
    avr = work.find(sees(work), Return, pk)
    return avr, facts_of(work, [avr])[avr.pk]


#: The steps whose author took part in the file, and so does not decide on it (R-ELI-2).
TAKES_PART = frozenset({"counselling", "declaration", "free_choice", "eligibility"})


def bars(work: Work, step: str, facts: Facts) -> bool:
    """Whether this colleague could still decide on the return, and no longer once they record this step."""
    return step in TAKES_PART and work.may("returns.approve") and work.actor.id not in facts.took_part


def note_refusal(work: Work, form: Form) -> None:
    """A return stopped for a child is in the trail even when the page shows it kindly."""
    problem = getattr(form, "problem", None)
    if isinstance(problem, BestInterestsFirst):
        work.record("refused", problem=problem.number)


def handover_of(work: Work, avr: Return, facts: Facts) -> str:
    """Where the handover is offered or waits for its answer; empty when there is nothing to do about it."""
    if facts.received or avr.state not in {"pre_return", "ready_to_travel"}:
        return ""
    if facts.offer is not None:
        return reverse("cases:handover", args=[facts.offer.pk]) if work.may("handovers.view") else ""
    case = Case.objects.filter(person=avr.person_id, organisation_id=avr.organisation_id, status__in=OPEN_CASES).first()
    return reverse("cases:hand_over", args=[case.pk]) if case and work.may("handovers.offer") else ""
