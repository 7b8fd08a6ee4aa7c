"""Pairs that the nightly matcher found: two records side by side, by code, and opened for a reason."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people.actions import judge
from compass.people.forms import RevealForm, SameForm
from compass.people.searching.pairs import PAGE, Two, judgement_of, one_pair, waiting
from compass.people.views.common import documents_beside, opened_both, side_by_side


@require_GET
@page("people.pairs")
def pairs(request: HttpRequest, work: Work) -> HttpResponse:
    """The office's pairs that wait for an answer, oldest first."""
    found = waiting(work, _mark(request.GET.get("after", "")))
    shown = found[:PAGE]
    for two in shown:
        work.saw([two.first, two.second])
    return TemplateResponse(
        request,
        "people/pairs.html",
        {
            "pairs": [{"two": two, "rows": side_by_side(two.first, two.second)} for two in shown],
            "after": shown[-1].pair.pk if len(found) > PAGE else None,
            "first": "after" in request.GET,
        },
    )


def _mark(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@page("people.pair")
def pair(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Two records side by side. POST opens both for a reason, or says whether they are one person."""
    two = one_pair(work, pk)
    form = SameForm(request.POST if "answer" in request.POST else None)
    if form.is_valid():
        with work.attempt(form):
            judge(work, [form.command(two.first)])
            messages.success(request, _answered(two, form.cleaned_data["answer"] == "same"))
            return _next(work, two, form.cleaned_data["answer"] == "same")
    reveal = RevealForm(request.POST if "reveal" in request.POST else None)
    opened = opened_both(work, two.first, two.second, reveal)
    return TemplateResponse(
        request,
        "people/pair.html",
        {
            "two": two,
            "form": form,
            "answer": SameForm(initial={"other": two.second.pk}),
            "rows": [*side_by_side(two.first, two.second), *documents_beside(work, two.first, two.second)],
            "reveal": reveal,
            "opened": opened,
            "judged": judgement_of(two),
        },
    )


def _next(work: Work, two: Two, same: bool) -> HttpResponse:
    """After a pair that is one person to the page that says what it would mean to make the records one, and asks; else to
    the queue."""
    if same and work.may("people.merge"):
        return redirect("people:ask_merge", pk=two.first.pk)
    return redirect("people:pairs")


def _answered(two: Two, same: bool) -> str:
    codes = {"one": two.first.code, "other": two.second.code}
    if same:
        return _("Noted: %(one)s and %(other)s are the same person. Each record now leads to the other.") % codes
    return _("Noted: %(one)s and %(other)s are not the same person. It will not be asked again.") % codes
