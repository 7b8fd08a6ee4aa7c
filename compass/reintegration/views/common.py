"""What these pages share: a form with its act, and both versions when two colleagues save one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from compass.access.work import Work
from compass.people import grounds
from compass.people.models import AboutPerson, Person
from compass.problems import WrongState
from compass.returns import compare
from compass.returns.forms import NotesForm
from compass.ui.compare import is_stale, renew, rows

PER_PAGE = 50
#: What a colleague saved meanwhile, by the fields of the form; `Reader` opens or masks what is sealed.
Saved = Callable[[compare.Reader], Mapping[str, Any]]


def versions_of(
    request: HttpRequest,
    work: Work,
    form: Any,
    row: AboutPerson,
    saved: Saved,
    now: str,
    *,
    over: bool = False,
    **seen: int,
) -> dict[str, Any]:
    """Both versions for the page, once two colleagues saved one record; empty before.

    `now`: the state of the record in words; `over`: nothing more can be saved to it; `seen` as for `compare.renew`.
    """
    asked, late = "compare" in request.POST, is_stale(form)
    if not (asked or late or isinstance(form.problem, WrongState)):
        return {}
    reveal = NotesForm(request.POST if asked else None, prefix="open")
    reason = reveal.cleaned_data["reason"] if asked and reveal.is_valid() else ""
    read = compare.Reader(work, row, reason, rule="reintegration.view")
    if late:
        renew(form, **seen)
    first = {"label": _("Now"), "left": "", "right": now, "state": "differs"}
    compared = [first, *rows(form, saved(read))]
    return {"compared": compared, "reveal": reveal if read.masked else None, "over": over}


def form_page(
    request: HttpRequest,
    work: Work,
    form: Any,
    act: Callable[[], Any],
    to: str,
    pk: UUID,
    title: str,
    lead: str = "",
    settled: str = "",
    versions: Callable[[], dict[str, Any]] = dict,
    **context: Any,
) -> HttpResponseBase:
    """A form, its act, where it leads; the same page again when it is refused, with both versions when it was late.

    `settled`: why there is nothing to fill in any more; what was typed before that was known is still answered.
    """
    about = context["person"] if "person" in context else Person.objects.get(pk=context["action"].person_id)
    grounds.ask(form, about, ending=True)
    if request.method == "POST" and form.is_valid():
        if "compare" not in request.POST:
            with work.attempt(form):
                form.basis = grounds.basis(work, form, about)
                act()
                messages.success(request, _("Saved: %(what)s") % {"what": title})
                return redirect(to, pk=pk)
        context |= versions()
    shown = {"form": form, "title": title, "lead": lead, "settled": settled if request.method == "GET" else ""}
    return TemplateResponse(request, "reintegration/form.html", {**shown, **context})
