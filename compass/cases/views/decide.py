"""The second person's pages: read what was prepared, then approve or send back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from compass.cases import closing, standards
from compass.cases.actions.assessment import Decision, approve_assessments
from compass.cases.actions.checks import took_part
from compass.cases.actions.closing import approve_closures
from compass.cases.actions.plan import approve_plans
from compass.cases.forms import DecisionForm
from compass.cases.models import Assessment, Case, Closure, Goal, Plan
from compass.cases.views.case import goals, needs
from compass.cases.views.common import compare, find_case, reveal
from compass.people import grounds
from compass.people.models import AboutPerson

Decide = Callable[[Work, Sequence[Decision]], list[Any]]


def _page(request: HttpRequest, work: Work, row: Any, act: Decide, kind: str, opens: type[AboutPerson]) -> HttpResponse:
    case, files = find_case(work, row.case_id, "cases.approve")
    form = DecisionForm(None if "reveal" in request.POST else request.POST or None, initial={"version": row.version})
    grounds.ask(form, case.person, ending=True)
    if form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            told = form.envelope(grounds.basis(work, form, case.person), id=row.pk, **form.mark())
            act(work, [Decision(**told, approve=data["approve"], remark=data["remark"])])
            said = _("%(code)s: approved.") if data["approve"] else _("%(code)s: sent back with your remark.")
            messages.success(request, said % {"code": case.code})
            return redirect("cases:team")

    def theirs(current: Any) -> dict[str, Any]:
        return {"approve": current.state == "approved"}

    newest = next((each for each in reversed(files.of(Plan, case)) if each.superseded_at is None), None)
    plan = row if isinstance(row, Plan) else newest
    context = {
        "case": case, "row": row, "kind": kind, "form": form, "compared": compare(form, theirs),
        "needs": needs(files, case, plan),
        "goals": goals(files, case, plan),
        "own": took_part(work, [row], {row.pk: case.owner_id}).get(row.pk), "waits": row.state == "requested",
        "unmet": _unmet(work, case) if kind == "closure" else [],
        "done": [each for each in closing.PREREQUISITES if each.code in getattr(row, "prerequisites", ())],
        "missing": [each for each in closing.PREREQUISITES if each.code not in getattr(row, "prerequisites", ())],
        **reveal(request, work, case, opens),
    }  # fmt: skip
    return TemplateResponse(request, "cases/decide.html", context)


def _unmet(work: Work, case: Case) -> list[standards.Unmet]:
    return standards.unmet([case], at="closure", work=work)


@require_http_methods(["GET", "POST"])
@page("cases.decide_assessment")
def assessment(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Decide on an assessment."""
    row = work.find("cases.approve", Assessment, pk)
    return _page(request, work, row, approve_assessments, "assessment", Assessment)


@require_http_methods(["GET", "POST"])
@page("cases.decide_plan")
def plan(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Decide on a plan."""
    row = work.find("cases.approve", Plan, pk)
    return _page(request, work, row, approve_plans, "plan", Goal)


@require_http_methods(["GET", "POST"])
@page("cases.decide_closure")
def closure(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Decide on a closure."""
    row = work.find("cases.approve", Closure, pk)
    return _page(request, work, row, approve_closures, "closure", Closure)
