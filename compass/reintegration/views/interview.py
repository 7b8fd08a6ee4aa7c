"""The interview on how life is, part by part, and what it comes to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import grounds
from compass.people.consent import HELP, allows
from compass.people.models import Person
from compass.problems import NotFound
from compass.reintegration import actions, forms, scoring
from compass.reintegration.models import Interview
from compass.reintegration.views.common import versions_of
from compass.vocabulary import code_list


@require_http_methods(["GET", "POST"])
@page("reintegration.begin_interview")
def interview(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.interview", Person, pk)
    form = forms.InterviewForm(
        request.POST or None,
        initial={"language": next(iter(found.languages), "")},
        where=work.actor.organisation.country,
        held=Interview.objects.filter(person=found).values_list("round", flat=True),
    )
    if request.method == "POST" and form.is_valid():
        with work.attempt(form):
            begun = actions.begin_interviews(work, [form.command(found.pk)])[0]
            return redirect("reintegration:section", pk=begun.pk, dimension=scoring.DIMENSIONS[0])
    return TemplateResponse(
        request,
        "reintegration/form.html",
        {
            "form": form,
            "title": _("How life is: an interview"),
            "person": found,
            "lead": _("32 questions in three parts. The person may decline any of them. No answer lowers any help."),
            "settled": _("This interview is for adults only.") if found.is_child and request.method == "GET" else "",
        },
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.answer")
def section(request: HttpRequest, work: Work, pk: UUID, dimension: str) -> HttpResponseBase:
    """One part of the interview; the answers of a part that is shown again are not shown."""
    found = work.find("reintegration.interview", Interview, pk)
    if dimension not in scoring.DIMENSIONS:
        raise NotFound
    number = scoring.DIMENSIONS.index(dimension) + 1
    form = forms.SectionForm(request.POST or None, dimension=dimension, initial={"version": found.version})
    versions: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        if "compare" not in request.POST:
            with work.attempt(form):
                # Who takes consent back may still stop; nothing they said until now is added to what is kept.
                only_stops = form.cleaned_data["stop"] and not form.given()
                if only_stops and not allows(found.person_id, HELP):
                    form.basis = grounds.ACCOUNT
                row = actions.answer_interviews(work, [form.command(found.pk)])[0]
                if row.status != "draft":
                    return redirect("reintegration:result", pk=row.pk)
                return redirect("reintegration:section", pk=row.pk, dimension=scoring.DIMENSIONS[number])
        names = [item.value for item in scoring.items(dimension)]
        versions = versions_of(
            request,
            work,
            form,
            found,
            lambda read: {**read.words(found, "answers_sealed", *names), "stop": None},
            _("not finished") if found.status == "draft" else _("This interview has ended"),
            over=found.status != "draft",
        )
    return TemplateResponse(
        request,
        "reintegration/section.html",
        {
            "form": form,
            "interview": found,
            "step": number,
            "steps": len(scoring.DIMENSIONS),
            "dimension": dimension,
            "sensitive": dimension == "psychosocial",
            **versions,
        },
    )


@require_http_methods(["GET"])
@page("reintegration.read")
def result(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """What the answers come to: provisional, for this person only, never a ranking."""
    found = work.find("reintegration.view", Interview, pk)
    flags = [code.partition(":") for code in found.flags]
    return TemplateResponse(
        request,
        "reintegration/result.html",
        {
            "interview": found,
            "person": Person.objects.get(pk=found.person_id),
            "scores": [
                (code_list("reintegration_dimension").require(name).label, getattr(found, name))
                for name in scoring.DIMENSIONS
            ],
            "flags": [
                (
                    code_list("rss_flag").require(code).label,
                    code_list("reintegration_dimension").require(name).label if name else "",
                )
                for code, _sep, name in flags
            ],
        },
    )
