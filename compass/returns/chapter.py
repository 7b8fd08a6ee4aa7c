"""What the page of a case says about going home."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from compass.cases.chapters import Chapter
from compass.cases.files import Files
from compass.cases.ladder import of_households
from compass.cases.models import Case
from compass.problems import BestInterestsFirst
from compass.returns.blocks import stopped_among
from compass.returns.models import Step
from compass.returns.queries import members
from compass.returns.words import step_title
from compass.vocabulary import label_of


def going_home(files: Files, case: Case) -> Chapter | None:
    """The newest return of the person with its state, or the way to begin one; for a child alone, that it is stopped."""
    work = files.work
    if not work.may("returns.view"):
        return None
    member = max(files.once(members).get(case.person_id, []), key=lambda row: row.recorded_at, default=None)
    begin = (_("Record a wish to return"), reverse("returns:start", args=[case.person_id]))
    if member is None:
        if case.person_id in stopped_among(files.once(of_households)):
            problem = BestInterestsFirst()
            return Chapter(
                links=[(_("What must happen before a return"), begin[1])],
                facts=[(_("Return"), problem.what)],
            )
        return Chapter(links=[begin] if work.may("returns.start") else [])
    avr = member.avr
    steps: list[dict[str, Any]] = [
        {"title": step_title(step), "at": step.occurred_at}
        for step in Step.objects.filter(avr=avr).defer("note_sealed").order_by("occurred_at")
    ]
    return Chapter(
        facts=[(_("Return"), label_of("return_state", avr.state))],
        links=[(_("Open the return"), reverse("returns:show", args=[avr.pk]))],
        steps=steps,
    )
