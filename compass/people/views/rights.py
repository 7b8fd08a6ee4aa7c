"""What people say about their data: that something is wrong, that they do not want something, that they want a copy; the
answer; the list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries
from compass.people.actions import RightAnswered, RightAsked, RightTold, answer_rights, ask_rights, tell_rights
from compass.people.forms import RevealForm
from compass.people.forms.rights import RightAnsweredForm, RightAskedForm, RightToldForm
from compass.people.models import DataRequest, Person
from compass.problems import AlreadyAsked


@require_http_methods(["GET", "POST"])
@page("people.rights")
def rights(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """What this person asked, and one thing more."""
    person = work.find("people.rights", Person, pk)
    first = {"kind": "copy"} if request.GET.get("kind") == "copy" else {}
    asked = queries.rights_of(work, person)
    waits = any(row.kind == "correction" and row.status == "open" for row in asked)
    form = RightAskedForm(request.POST or None, initial=first, waits=waits)
    if form.is_valid():
        with work.attempt(form):
            told = {name: form.cleaned_data[name] for name in ("kind", "purpose", "words")}
            besides = form.cleaned_data.get("besides", False)
            said = RightAsked(**form.about(person.pk), about=form.cleaned_data["concerns"], besides=besides, **told)
            (row,) = ask_rights(work, [said])
            stopped = _("Stopped at once. Everything else stays as it was.")
            messages.success(
                request, stopped if row.answer else _("Recorded. Tell the person by when they get an answer.")
            )
            return redirect("people:rights", pk=pk)
    same = form.problem.current if isinstance(form.problem, AlreadyAsked) else None
    context = {"person": person, "form": form, "asked": asked, "same": same}
    return TemplateResponse(request, "people/rights.html", context)


@require_http_methods(["GET", "POST"])
@page("people.right")
def right(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """One request: its words, once a reason is given; its answer; that the person was told."""
    row = work.find("people.rights", DataRequest, pk)
    person = work.find("people.rights", Person, row.person_id)
    asked = request.method == "POST" and "reveal" in request.POST
    reveal = RevealForm(request.POST if asked else None, auto_id="reveal_%s")
    if queries.ended(queries.consent_of(person.pk)):
        reveal.without_consent()
    opened: dict[str, str] = {}
    if asked and reveal.is_valid():
        queries.reveal(work, person, reveal.cleaned_data["reason"])
        opened = queries.right_words(work, row)
    form = _form(request, work, row, asked=asked)
    if form is not None and form.is_valid():
        with work.attempt(form):
            _act(work, row, form)
            messages.success(request, _("The answer is recorded."))
            return redirect("people:rights", pk=person.pk)
    context = {
        "person": person,
        "row": row,
        "form": form,
        "reveal": reveal,
        "opened": opened,
        "copies": row.kind == "copy" and row.status == "open" and work.may("people.copy"),
        "sealed_words": bool(row.words_sealed or row.reason_sealed),
    }
    return TemplateResponse(request, "people/right.html", context)


def _form(
    request: HttpRequest, work: Work, row: DataRequest, *, asked: bool
) -> RightAnsweredForm | RightToldForm | None:
    """The next step that this colleague may take; none where it is done, or where somebody else decides."""
    given: Any = None if asked else request.POST or None
    seen = {"version": row.version}
    if row.status == "answered":
        return RightToldForm(given, initial=seen)
    decides = work.may("people.rights_decide")
    if row.status != "open" or (row.kind != "correction" and not decides):
        return None
    return RightAnsweredForm(given, initial=seen, asked=row, decides=decides)


def _act(work: Work, row: DataRequest, form: RightAnsweredForm | RightToldForm) -> None:
    if isinstance(form, RightToldForm):
        tell_rights(work, [RightTold(**form.about(row.pk))])
        return
    told = {name: form.cleaned_data.get(name, "") for name in ("answer", "ground", "reason", "told")}
    answer_rights(work, [RightAnswered(**form.about(row.pk), **told)])


@require_GET
@page("people.rights_list")
def listed(request: HttpRequest, work: Work) -> HttpResponse:
    """What waits for an answer, what was refused, and who is about to be erased, for the supervisor and the data protection
    officer: no words."""
    work.demand("people.rights_list")
    rows, erasures = queries.rights_waiting(work), queries.erasures_waiting(work)
    work.saw([*rows, *erasures])
    context = {
        "rows": rows, "erasures": erasures, "opens": work.may("people.rights"), "today": timezone.localdate(),
    }  # fmt: skip
    return TemplateResponse(request, "people/rights_list.html", context)
