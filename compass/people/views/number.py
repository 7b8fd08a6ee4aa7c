"""A number by which another organisation knows a person: written down, and what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries
from compass.people.actions import record_numbers
from compass.people.forms import NumberForm
from compass.people.models import AgencyNumber, Person
from compass.people.views.saying import say
from compass.problems import NotFound
from compass.ui.templatetags.ui import sealed
from compass.vocabulary import label_of


@require_http_methods(["GET", "POST"])
@page("people.number")
def number(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Write down a number, or (`of`) what became of one. What is sealed of it is not opened here."""
    person = work.find("people.identity", Person, pk)
    last = _one(work, person, request.GET["of"]) if "of" in request.GET else None
    initial = {"seen": str(last.pk), "kind": last.kind, "state": last.state} if last is not None else {}
    form = NumberForm(request.POST or None, last=last, initial=initial)
    return say(
        request, work, person, form, last=last, record=record_numbers, beside=_rows, finds="number",
        saved=_("The number has been saved and sealed."), template="people/number.html",
    )  # fmt: skip


def _one(work: Work, person: Person, which: str) -> AgencyNumber:
    """The newest row of a number of the person. Raises NotFound."""
    for rows in queries.numbers_of(work, person):
        if str(rows[0].reference) == which:
            return rows[0]
    raise NotFound


def _rows(form: NumberForm, current: AgencyNumber) -> list[dict[str, Any]]:
    """What was typed beside what a colleague said meanwhile; what is sealed stays sealed."""
    told = form.cleaned_data
    return [
        {
            "label": _("Whose number"),
            "left": label_of("agency_number", told["kind"]),
            "right": label_of("agency_number", current.kind),
        },
        {
            "label": _("Is it still valid?"),
            "left": label_of("agency_number_state", told["state"]),
            "right": label_of("agency_number_state", current.state),
        },
        {"label": _("The number"), "left": told["number"], "right": sealed(), "state": "differs"},
    ]


def numbers_shown(work: Work, person: Person, *, opened: bool) -> list[dict[str, Any]]:
    """Each number as it is now and as it was; with what is sealed where the person was revealed on this response."""
    return [
        {
            "now": rows[0],
            "facts": _facts(queries.number_detail(work, rows[0])) if opened else [],
            "before": [{"row": row, "facts": _facts(queries.number_detail(work, row))} for row in rows[1:]]
            if opened
            else [],
        }
        for rows in queries.numbers_of(work, person)
    ]


def _facts(detail: dict[str, Any]) -> list[tuple[str, str]]:
    said = {
        _("The number"): str(detail.get("number") or ""),
        _("Which office gave it, and where"): str(detail.get("issued_by") or ""),
    }
    return [(label, text) for label, text in said.items() if text]
