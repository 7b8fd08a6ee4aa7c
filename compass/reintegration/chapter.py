"""What the page of a case says about life after the return."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from compass.cases.chapters import Chapter
from compass.cases.files import Files
from compass.cases.models import Case
from compass.reintegration.models import Action, ArrivalHome, Plan
from compass.reintegration.queries import AT_HOME
from compass.returns.queries import members
from compass.vocabulary import label_of


def at_home(files: Files, case: Case) -> Chapter | None:
    """Reception, plan and its lines; nothing for a person who has not arrived and has no plan."""
    if not files.work.may("reintegration.view"):
        return None
    arrivals = sorted(files.about(ArrivalHome, case), key=lambda row: row.arrived_on)
    came = any(row.avr.state in (*AT_HOME, "closed") for row in files.once(members).get(case.person_id, []))
    planned = files.about(Plan, case)
    if not (arrivals or came or planned):
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
