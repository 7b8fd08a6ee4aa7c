"""The departures that this office records of people whom the office at home has taken over: no identity, no record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.returns import actions, forms, words
from compass.returns.models import Journey
from compass.returns.queries import may_leave
from compass.ui.compare import is_stale, renew


@require_http_methods(["GET", "POST"])
@page("returns.see_off")
def see_off(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """Ask once more, then record that they left."""
    row = work.find("returns.see_off", Journey, pk)
    form = forms.SeeOffForm(request.POST or None, initial={"version": row.version})
    return _answer(request, work, row, form, actions.see_off, "departure")


@require_http_methods(["GET", "POST"])
@page("returns.not_left")
def not_left(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """They did not leave; the office that holds the record goes on with them."""
    row = work.find("returns.see_off", Journey, pk)
    form = forms.NotLeftForm(request.POST or None, initial={"version": row.version})
    return _answer(request, work, row, form, actions.keep_back, "missed")


@require_http_methods(["GET", "POST"])
@page("returns.take_back_journey")
def take_back_journey(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """A departure recorded by mistake: they are to be seen off as before."""
    row = work.find("returns.see_off", Journey, pk)
    form = forms.TakenBackForm(request.POST or None, initial={"version": row.version})
    return _answer(request, work, row, form, actions.take_back_journeys, "take_back", status="left")


def _answer(
    request: HttpRequest, work: Work, row: Journey, form: Any, act: Any, name: str, *, status: str = "waiting"
) -> HttpResponseBase:
    """The form while the journey has that status, the act, and the same page again when it is refused."""
    due = row.status == status
    if form.is_valid():
        with work.attempt(form):
            act(work, [form.command(row)])
            messages.success(request, str(words.SAID[name]))
            return redirect("returns:list")
        if is_stale(form):
            renew(form)
    ready = row.ready and may_leave(row, work.today)
    shown = {
        "journey": row,
        "due": due,
        "ready": ready,
        "form": form,
        "title": words.title(name),
        "name": name,
        "happened": words.happened(row),
    }
    return TemplateResponse(request, "returns/see_off.html", shown)
