"""How long a record is kept: its clock, what two people decide, and the list of what is due."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from compass.access.models import Organisation
from compass.access.pages import page
from compass.access.work import Work
from compass.people import links, queries, retention
from compass.people.actions import (
    RetentionDecided,
    RetentionReviewed,
    RetentionStep,
    decide_retention,
    review_retention,
    stop_erasing,
)
from compass.people.forms.retention import RetentionDecideForm, RetentionReviewForm, form_for
from compass.people.models import Person, Retention
from compass.vocabulary import code_list, label_of


@require_http_methods(["GET", "POST"])
@page("people.retention")
def clock(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Where the clock of one record stands, every step before, and the next one. Nothing sealed is opened here: the links
    lead to the pages that open it for a reason."""
    person = work.find("people.retention", Person, pk)
    steps = list(work.allowed("people.retention", Retention).filter(person=person).order_by("-version"))
    row = steps[0] if steps else None
    ends = row.ends_on if row else None
    against = retention.against_erasing(work, person, row) if row and row.state not in retention.STILL else ""
    goes_on = ends is not None and ends > work.today
    form = form_for(request.POST or None, row, goes_on=goes_on, erasable=not against) if row else None
    if row is not None and form is not None and form.is_valid():
        with work.attempt(form):
            messages.success(request, _taken(work, person, form))
            return redirect("people:retention", pk=pk)
    context = {
        "person": person,
        "row": row,
        "steps": steps,
        "ends": ends,
        "past": ends is not None and ends < work.today,
        "form": form,
        "decides": isinstance(form, RetentionDecideForm),
        "second": work.may("people.retention_decide"),
        "mine": row is not None and row.recorded_by == work.actor.id,
        "against": against,
        "links": links.links_of(work, person),
        "services": len(queries.services_of(work, person)),
    }
    return TemplateResponse(request, "people/retention.html", context)


def _taken(work: Work, person: Person, form: RetentionReviewForm | RetentionDecideForm) -> str:
    if isinstance(form, RetentionReviewForm):
        told = {name: form.cleaned_data[name] for name in ("step", "ground", "until")}
        review_retention(work, [RetentionReviewed(**form.about(person.pk), **told)])
        if told["step"] == "leave":
            return _("Recorded. The record comes up again.")
        return _("Asked. A supervisor other than you decides; until then nothing changes.")
    answer = form.cleaned_data["answer"]
    if answer == "stop":
        stop_erasing(work, [RetentionStep(**form.about(person.pk))])
        return _("Stopped. Nothing was erased; the record waits to be looked at.")
    (row,) = decide_retention(work, [RetentionDecided(**form.about(person.pk), agrees=answer == "yes")])
    said = {
        "kept": _("Kept. The record comes up again within a year."),
        "erasing": _("Agreed. Until the day below anybody of the office can stop it."),
    }
    return said.get(row.state, _("Declined. The record waits to be looked at."))


@require_GET
@page("people.retention_list")
def listed(request: HttpRequest, work: Work) -> HttpResponse:
    """What is due, by state, with what nobody decided first: for the supervisor, and across organisations for the data
    protection officer. Codes only."""
    work.demand("people.retention_list")
    rows = retention.waiting(work, "people.retention_list")
    work.saw(rows)
    late = {row.pk for row in rows if retention.is_late(work, row)}
    rows.sort(key=lambda row: (row.pk not in late, row.review_on or work.today))
    found = retention.counted(work)
    names = dict(Organisation.objects.filter(pk__in={row.organisation_id for row in rows}).values_list("pk", "name"))
    context = {
        "rows": [(row, row.pk in late, names.get(row.organisation_id, "")) for row in rows],
        "offices": len(names) > 1,
        "counts": [(label_of("retention_state", state), found[state]) for state in code_list("retention_state").values
                   if state in found],
        "late": len(late),
        "unclocked": retention.unclocked(work),
        "opens": work.may("people.retention"),
    }  # fmt: skip
    return TemplateResponse(request, "people/retention_list.html", context)
