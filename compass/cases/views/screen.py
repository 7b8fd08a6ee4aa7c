"""Screening of a person: urgent questions, routing, the result with its reasons. Earlier answers travel in the form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.cases import screening
from compass.cases.actions.checks import derived
from compass.cases.actions.screening import Screened, screen_people
from compass.cases.forms import ScreeningForm
from compass.cases.models import Case, Screening
from compass.cases.models.case import OPEN
from compass.cases.standards import link
from compass.cases.views.common import supervisors
from compass.people import grounds
from compass.people.models import Person

LAST = 3
#: What the second and third step ask.
LATER = (*(question.code for question in screening.ROUTING), "triggers", "added", "risk_level", "note")
#: As long as an urgent answer is shown to whoever screens again: as for the first response to it.
STILL_URGENT = timedelta(hours=72)


@require_http_methods(["GET", "POST"])
@page("cases.screen")
def screen(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Three short steps; the rules' result is shown with its reasons before it is recorded.

    An urgent yes is recorded at once: who runs for help loses nothing.
    """
    person = work.find("cases.screen", Person, pk)
    step = _step(request)
    if request.method == "POST" and "back" in request.POST:
        step = max(1, step - 1)
        return _show(request, work, person, _form(person, step, request.POST), step, fresh=True)
    form = _form(person, step, request.POST or None)
    if form.is_valid():
        if step < LAST:
            if step == 1:
                _keep_urgent(work, person, form)
            if form.problem is None:
                return _show(request, work, person, _form(person, step + 1, request.POST), step + 1, fresh=True)
            return _show(request, work, person, form, step)
        with work.attempt(form):
            data = form.cleaned_data
            command = Screened(
                **_told(work, person, form),
                key=data["key"],
                answers=form.answers(),
                triggers=tuple(data["triggers"]),
                added=tuple(data["added"]),
                risk_level=data["risk_level"],
                note=data["note"],
            )
            (row,) = screen_people(work, [command])
            messages.success(request, _("The screening is recorded."))
            if row.case_id:
                return redirect("cases:case", pk=row.case_id)
            return redirect(link("people:person", person.pk) or "cases:today")
    return _show(request, work, person, form, step)


def _form(person: Person, step: int, data: Any = None, **more: Any) -> ScreeningForm:
    told: dict[str, Any] = {"age_band": person.age_band, "sex": person.sex, "known": _recorded(person)}
    form = ScreeningForm(data, step=step, child=_may_be_child(person), **told, **more)
    grounds.ask(form, person)
    if step > 1 and "ground" in form.fields:
        form.fields["ground"].widget = forms.HiddenInput()
    return form


def _recorded(person: Person) -> dict[str, bool]:
    return screening.recorded(
        uasc_status=person.uasc_status, nationality=person.nationality, child=_may_be_child(person)
    )


def _may_be_child(person: Person) -> bool:
    return person.is_child or not person.age_band


def _told(work: Work, person: Person, form: ScreeningForm) -> dict[str, Any]:
    legal = grounds.basis(work, form, person)
    return {
        "id": person.pk, "basis": legal,
        "occurred_at": form.cleaned_data["occurred_at"] or work.now,
    }  # fmt: skip


def _keep_urgent(work: Work, person: Person, form: ScreeningForm) -> None:
    """Record an urgent yes before anything else is asked; the same answers sent again count once.

    Nobody goes on to the next questions without what this screening may rest on.
    """
    answers = form.answers()
    said = [code for code, yes in answers.items() if yes]
    with work.attempt(form):
        told = _told(work, person, form)
        if said:
            key = derived(form.cleaned_data["key"], ".".join(("cases.urgent", *said)))
            screen_people(work, [Screened(**told, key=key, answers=answers)])


def _step(request: HttpRequest) -> int:
    typed = request.POST.get("step", "1")
    return int(typed) if typed in {"1", "2", "3"} else 1


def _show(
    request: HttpRequest, work: Work, person: Person, form: ScreeningForm, step: int, *, fresh: bool = False
) -> HttpResponse:
    if fresh:
        # A step shown for the first time is not an error yet: its answers become initial values.
        initial = {
            name: form.data.getlist(name) if name in ("triggers", "added") else form.data.get(name)  # type: ignore[attr-defined]
            for name in form.fields
            if name in form.data
        }
        form = _form(person, step, initial=initial)
    computed = _computed(person, form, step)
    urgent = [question for question in screening.URGENT if step > 1 and _said(form, question.code) == "yes"]
    earlier = _earlier(work, person) if request.method == "GET" else None
    seen = work.allowed("cases.view", Case).filter(person=person, status__in=OPEN)
    kept = seen.first() if urgent or earlier else None
    context = {
        "person": person, "form": form, "step": step, "last": LAST, "computed": computed, "urgent": urgent,
        "kept": kept, "supervisors": supervisors(work) if urgent else [], "carried": _carried(request, form),
        "earlier": earlier,
        "said_urgent": [q for q in screening.URGENT if earlier and getattr(earlier, q.code)],
    }  # fmt: skip
    return TemplateResponse(request, "cases/screen.html", context)


def _earlier(work: Work, person: Person) -> Screening | None:
    """The last screening of the person with an urgent yes, as long as it may still be urgent."""
    rows = work.allowed("cases.screen", Screening).filter(person=person, occurred_at__gte=work.now - STILL_URGENT)
    return rows.filter(Q(medical_now=True) | Q(danger_now=True)).order_by("-occurred_at", "-recorded_at", "-id").first()


def _carried(request: HttpRequest, form: ScreeningForm) -> list[tuple[str, str]]:
    """What was answered on a later step before going back: it travels along, and stands there again on the way forward."""
    return [(name, value) for name in LATER if name not in form.fields for value in request.POST.getlist(name)]


def _said(form: ScreeningForm, name: str) -> str:
    return str(form[name].value() or "") if name in form.fields else ""


def _computed(person: Person, form: ScreeningForm, step: int) -> screening.Outcome | None:
    if step < LAST:
        return None
    asked = (*screening.URGENT, *screening.routing(person.age_band, child=_may_be_child(person)))
    answers = {question.code: _said(form, question.code) == "yes" for question in asked} | _recorded(person)
    triggers = form["triggers"].value() or []
    return screening.outcome(answers, [each for each in triggers if isinstance(each, str)], asked)
