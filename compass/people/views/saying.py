"""One page for what is said of a person in rows that are only added: documents, names, agency numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from compass.access.work import Work
from compass.people import grounds, queries
from compass.people.consent import DETAILS, answer
from compass.people.models import AgencyNumber, IdentityDocument, Person, PersonName
from compass.people.views.finding import after_writing
from compass.problems import StaleVersion

Rows = list[dict[str, Any]]


def say(
    request: HttpRequest,
    work: Work,
    person: Person,
    form: Any,
    *,
    last: AgencyNumber | IdentityDocument | PersonName | None,
    record: Callable[[Work, list[Any]], Any],
    beside: Callable[[Any, Any], Rows],
    finds: str,
    saved: str,
    template: str,
) -> HttpResponse:
    """Record what the form says and go back to the person, or show the page.

    last: what is known of it now. record: the action. beside: what was typed beside what a colleague said meanwhile. finds:
    the answer by which other records may be found, which are shown then. saved: what is said once it is.
    """
    grounds.ask(form, person, purpose=DETAILS)
    rows: Rows = []
    if form.is_valid():
        with work.attempt(form):
            command = form.command(person, grounds.basis(work, form, person, purpose=DETAILS))
            record(work, [command])
            messages.success(request, saved)
            if form.cleaned_data[finds] and (doubles := after_writing(work, request, person, command, "person")):
                return doubles
            return redirect("people:person", pk=person.pk)
        if isinstance(form.problem, StaleVersion):
            rows = beside(form, form.problem.current)
            form.data = {**form.data.dict(), "seen": str(form.problem.current.pk)}
    kept_back = answer(queries.consent_of(person.pk), DETAILS).reason in {"refused", "withdrawn"}
    context = {"person": person, "form": form, "last": last, "rows": rows, "kept_back": kept_back}
    return TemplateResponse(request, template, context)
