"""A document that names a person: written down, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries
from compass.people.actions import record_documents
from compass.people.forms import DocumentForm
from compass.people.models import IdentityDocument, Person
from compass.people.views.common import nation
from compass.people.views.saying import say
from compass.problems import NotFound
from compass.ui.templatetags.ui import sealed
from compass.ui.words import day
from compass.vocabulary import label_of


@require_http_methods(["GET", "POST"])
@page("people.document")
def document(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Write down a document, or (`of`) where one is now. What is sealed of it is not opened here."""
    person = work.find("people.identity", Person, pk)
    last = _one(work, person, request.GET["of"]) if "of" in request.GET else None
    form = DocumentForm(request.POST or None, last=last, initial=_shown(last))
    saved = _("The document has been saved; its number is sealed.")
    return say(
        request, work, person, form, last=last, record=record_documents, beside=_rows, finds="number", saved=saved,
        template="people/document.html",
    )  # fmt: skip


def _one(work: Work, person: Person, which: str) -> IdentityDocument:
    """The newest row of a document of the person. Raises NotFound."""
    for rows in queries.documents_of(work, person):
        if str(rows[0].document) == which:
            return rows[0]
    raise NotFound


def _shown(last: IdentityDocument | None) -> dict[str, Any]:
    """What the form shows of a document: its codes, never its number."""
    return {"seen": str(last.pk), "possession": last.possession, "country": last.country} if last is not None else {}


def _rows(form: DocumentForm, current: IdentityDocument) -> list[dict[str, Any]]:
    """What was typed beside what a colleague said meanwhile; what is sealed stays sealed."""
    told = form.cleaned_data
    return [
        {
            "label": _("Where it is now"),
            "left": label_of("document_possession", told["possession"]),
            "right": label_of("document_possession", current.possession),
        },
        {"label": _("Issuing country"), "left": nation(told["country"]), "right": nation(current.country)},
        {"label": _("Number of the document"), "left": told["number"], "right": sealed(), "state": "differs"},
    ]


def documents_shown(work: Work, person: Person, *, opened: bool) -> list[dict[str, Any]]:
    """Each document as it is now and as it was; with what is sealed where the person was revealed on this response."""
    return [
        {
            "now": rows[0],
            "nation": nation(rows[0].country),
            "facts": _facts(queries.document_detail(work, rows[0])) if opened else [],
            "before": [{"row": row, "facts": _facts(queries.document_detail(work, row))} for row in rows[1:]]
            if opened
            else [],
        }
        for rows in queries.documents_of(work, person)
    ]


def _facts(detail: dict[str, Any]) -> list[tuple[str, str]]:
    said = {
        _("Number of the document"): str(detail.get("number") or ""),
        _("Name on the document"): str(detail.get("name") or ""),
        _("Who has it, and where"): str(detail.get("kept_by") or ""),
        _("Since when"): _day(detail.get("since")),
        _("Until when it is valid"): _day(detail.get("valid_until")),
    }
    return [(label, text) for label, text in said.items() if text]


def _day(value: Any) -> str:
    """A year, a month of a year or a whole day, as far as it was said."""
    year, month, of_month = [*str(value or "").split("-"), "", ""][:3]
    if of_month:
        return day(date.fromisoformat(str(value)), form="year")
    return str(date_format(date(int(year), int(month), 1), "F Y")) if month else year
