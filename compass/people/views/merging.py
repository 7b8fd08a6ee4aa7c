"""Two records of one person: asked to be made one, decided by a second person, undone when it was wrong."""

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
from compass.people.actions import ask_merges, decide_merges, undo_merges
from compass.people.forms import DecideMergeForm, MergeForm, RevealForm
from compass.people.merging import may_be_merged, merge_of
from compass.people.models import Merge, Person
from compass.people.views.common import documents_beside, opened_both, side_by_side


@require_http_methods(["GET", "POST"])
@page("people.ask_merge")
def ask(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Ask a supervisor to make this record and another of the same person one; which of the two codes stays."""
    person = work.find("people.merge", Person, pk)
    others = may_be_merged(work, person)
    form = MergeForm(request.POST or None, person=person, others=others)
    if form.is_valid():
        with work.attempt(form):
            (asked,) = ask_merges(work, [form.command()])
            messages.success(request, _("Asked. A supervisor other than you confirms it; until then nothing changes."))
            return redirect("people:merge", pk=asked.pk)
    return TemplateResponse(
        request,
        "people/ask_merge.html",
        {
            "person": person,
            "form": form,
            "beside": [{"person": other, "rows": _beside(work, person, other)} for other in others],
        },
    )


@require_http_methods(["GET", "POST"])
@page("people.merge")
def decide(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """A merge: what it is about and how it stands. POST opens both records for a reason, or decides."""
    merge, kept, absorbed = merge_of(work, pk)
    form = DecideMergeForm(request.POST if "answer" in request.POST else None, initial={"version": merge.version})
    if form.is_valid():
        with work.attempt(form):
            messages.success(request, _decided(work, form, merge, kept, absorbed))
            return redirect("people:person", pk=kept.pk)
    reveal = RevealForm(request.POST if "reveal" in request.POST else None)
    opened = opened_both(work, kept, absorbed, reveal)
    return TemplateResponse(
        request,
        "people/merge.html",
        {
            "merge": merge,
            "kept": kept,
            "absorbed": absorbed,
            "form": form,
            "rows": _beside(work, kept, absorbed),
            "reveal": reveal,
            "opened": opened,
            "confirms": work.may("people.confirm_merge"),
            "mine": merge.recorded_by == work.actor.id,
        },
    )


def _beside(work: Work, one: Person, other: Person) -> list[dict[str, Any]]:
    return [*side_by_side(one, other), *documents_beside(work, one, other)]


def _decided(work: Work, form: DecideMergeForm, merge: Merge, kept: Person, absorbed: Person) -> str:
    codes: dict[str, Any] = {"kept": kept.code, "absorbed": absorbed.code}
    if form.cleaned_data["answer"] == "undo":
        undo_merges(work, [form.undone(merge)])
        return _("Two records again: %(kept)s and %(absorbed)s.") % codes
    decide_merges(work, [form.decided(merge)])
    if form.cleaned_data["answer"] == "confirm":
        return _("Done. Everything recorded under %(absorbed)s is on this record, %(kept)s.") % codes
    return _("Declined. %(kept)s and %(absorbed)s stay two records that lead to each other.") % codes
