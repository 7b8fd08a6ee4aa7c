"""What the page of a case says about life after the return."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from compass.access.work import Work
from compass.cases.chapters import Chapter
from compass.cases.models import Case
from compass.reintegration.models import Action, ArrivalHome, Plan
from compass.returns.models import Member
from compass.vocabulary import label_of


def at_home(work: Work, case: Case) -> Chapter | None:
    """Reception, plan and its lines; nothing for a person who has not arrived and has no plan."""
    if not work.may("reintegration.view"):
        return None
    arrivals = list(ArrivalHome.objects.filter(person=case.person_id).defer("note_sealed").order_by("arrived_on"))
    planned = Plan.objects.filter(person=case.person_id).exists()
    came = Member.objects.filter(
        person=case.person_id, avr__state__in=("arrived", "reintegration", "monitoring", "closed")
    ).exists()
    if not (arrivals or planned or came):
        return None
    lines = Action.objects.filter(person=case.person_id).defer("words_sealed").order_by("planned_on")
    steps: list[dict[str, Any]] = [{"title": _("Received at home"), "at": row.occurred_at} for row in arrivals]
    return Chapter(
        facts=[
            (label_of("reintegration_dimension", line.dimension), label_of("plan_action_status", line.status))
            for line in lines
        ],
        links=[(_("Open the page of reintegration"), reverse("reintegration:person", args=[case.person_id]))],
        steps=steps,
    )
