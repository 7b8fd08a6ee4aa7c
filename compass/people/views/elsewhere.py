"""Whether another organisation works with a person too: asked, confirmed by a second person, told to both or to nobody."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import elsewhere as reads
from compass.people import queries
from compass.people.actions import ask_elsewhere, decide_elsewhere, take_back_elsewhere
from compass.people.actions.elsewhere import SCOPE
from compass.people.consent import answer
from compass.people.forms.elsewhere import DecideElsewhereForm, ElsewhereForm
from compass.people.models import ElsewhereAsk, Person


@require_http_methods(["GET", "POST"])
@page("people.elsewhere")
def elsewhere(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """What was asked about this person and how it stands: the same words whether or not somebody knows them."""
    person = work.find("people.elsewhere", Person, pk)
    ask = reads.open_ask(work, person)
    given = request.POST if request.method == "POST" else None
    form = DecideElsewhereForm(given, initial={"version": ask.version}) if ask else ElsewhereForm(given)
    if form.is_valid():
        with work.attempt(form):
            messages.success(request, _act(work, form, person, ask))
            return redirect("people:elsewhere", pk=pk)
    return TemplateResponse(
        request,
        "people/elsewhere.html",
        {
            "person": person,
            "ask": ask,
            "form": form,
            "consent": answer(queries.consent_of(queries.spoken_under(person)), SCOPE),
            "met": reads.met(work, person),
            "last": None if ask else reads.last_ended(work, person),
            "confirms": work.may("people.elsewhere_confirm"),
            "mine": ask is not None and ask.recorded_by == work.actor.id,
        },
    )


def _act(work: Work, form: ElsewhereForm | DecideElsewhereForm, person: Person, ask: ElsewhereAsk | None) -> str:
    if isinstance(form, ElsewhereForm) or ask is None:
        ask_elsewhere(work, [form.command(person)])  # type: ignore[union-attr]
        return _("Asked. A supervisor other than you confirms it.")
    said = form.cleaned_data["answer"]
    if said == "back":
        take_back_elsewhere(work, [form.taken_back(ask)])
        return _("Taken back. Nothing is compared any more.")
    decide_elsewhere(work, [form.decided(ask)])
    if said == "confirm":
        return _("Confirmed. If another organisation asks about the same person too, both are told.")
    return _("Declined. Nothing is compared.")
