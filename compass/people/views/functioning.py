"""Six questions about everyday activities (Washington Group short set), where an office asks them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import functioning, queries
from compass.people.actions import record_functioning
from compass.people.forms import FunctioningForm, FunctioningMistakenForm, RevealForm
from compass.people.models import Functioning, Person
from compass.problems import Problem, ShortSetNotAsked, ShortSetNotForAge, StaleVersion
from compass.ui.templatetags.ui import sealed
from compass.vocabulary import code_list, label_of


@require_http_methods(["GET", "POST"])
@page("people.functioning")
def asked(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Ask the six questions; what was answered, now and before, on the response to a reason."""
    person = work.find("people.identity", Person, pk)
    every = functioning.answers_of(work, person)
    agreed, sent = functioning.agrees(person), request.POST if request.method == "POST" else None
    reveal = RevealForm(sent if sent and "reveal" in sent else None)
    if not agreed:
        reveal.without_consent()
    history: list[dict[str, Any]] | None = None
    if reveal.is_valid():
        queries.reveal(work, person, reveal.cleaned_data["reason"])
        history = [_shown(work, row) for row in every]
    initial = {"seen": str(every[0].pk) if every else ""}
    mistaken = FunctioningMistakenForm(sent if sent and "mistaken" in sent else None, initial=initial)
    form = FunctioningForm(sent if sent and "reveal" not in sent and "mistaken" not in sent else None, initial=initial)
    for each, saved in (
        (form, _("The answers have been saved and sealed. They decide nothing about the person.")),
        (mistaken, _("Written down: those answers were a mistake, and none of them counts.")),
    ):
        if each.is_valid():
            with work.attempt(each):
                record_functioning(work, [each.command(person)])
                messages.success(request, saved)
                return redirect("people:person", pk=pk)
            if isinstance(each.problem, StaleVersion) and each.problem.current:
                each.data = {**each.data.dict(), "seen": str(each.problem.current.pk)}
    context: dict[str, Any] = {
        "person": person, "form": form, "mistaken": mistaken, "reveal": reveal, "every": every, "history": history,
        "refusal": _refusal(work, person), "agreed": agreed, "rows": _beside(form),
        "edits": person.merged_into_id is None and not queries.erased(person),
    }  # fmt: skip
    return TemplateResponse(request, "people/functioning.html", context)


def _refusal(work: Work, person: Person) -> Problem | None:
    """Why the questions are not on the page, whatever the person agrees to."""
    if not functioning.asked_here(work):
        return ShortSetNotAsked()
    return None if functioning.suits(person) else ShortSetNotForAge()


def _beside(form: FunctioningForm) -> list[dict[str, Any]]:
    """What was typed beside what a colleague wrote down meanwhile, which stays sealed."""
    if not isinstance(getattr(form, "problem", None), StaleVersion):
        return []
    return [
        {
            "label": code.label,
            "left": label_of("disability_answer", form.cleaned_data[code.value]),
            "right": sealed(),
            "state": "differs",
        }
        for code in code_list("disability_domain")
    ]


def _shown(work: Work, row: Functioning) -> dict[str, Any]:
    told = functioning.opened(work, row)
    facts = [
        (code.label, label_of("disability_answer", told[code.value]))
        for code in code_list("disability_domain")
        if code.value in told
    ]
    return {"row": row, "facts": facts}
