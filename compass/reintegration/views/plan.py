"""Making and changing a plan, which is the person’s: what they want may change at any time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.communities.actions import opened
from compass.communities.models import Project
from compass.people.models import Person
from compass.reintegration import actions, forms
from compass.reintegration.models import Plan
from compass.reintegration.queries import ended
from compass.reintegration.views.common import PER_PAGE, form_page, versions_of
from compass.returns import compare


def _plan_versions(request: HttpRequest, work: Work, form: Any, made: Plan, *, over: bool) -> dict[str, Any]:
    """What the person wants as it was typed, beside the plan as it is; `over`: it is changed no more on this page."""

    def saved(read: compare.Reader) -> dict[str, Any]:
        return {"agreed_on": made.agreed_on, **read.words(made, "goals_sealed", "goals")}

    return versions_of(request, work, form, made, saved, _("Plan agreed"), over=over)


@require_http_methods(["GET", "POST"])
@page("reintegration.plan")
def plan(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.plan", Person, pk)
    form = forms.PlanForm(request.POST or None)
    made = Plan.objects.filter(person=found).first()
    return form_page(
        request,
        work,
        form,
        lambda: actions.make_plans(work, [form.command(found.pk)]),
        "reintegration:person",
        found.pk,
        _("A plan"),
        _("The plan is the person’s; it may change at any time."),
        settled=_("There is a plan already. What is done is written in its lines.") if made else "",
        versions=lambda: _plan_versions(request, work, form, made, over=True) if made else {},
        person=found,
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.change_plan")
def change_plan(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """What the person wants now. The words of before are read on the page of the person, after a reason."""
    found = work.find("reintegration.plan", Plan, pk)
    over = bool(ended([found.person_id]))
    form = forms.PlanChangeForm(request.POST or None, initial={"version": found.version})
    return form_page(
        request,
        work,
        form,
        lambda: actions.change_plans(work, [form.change(found.pk)]),
        "reintegration:person",
        found.person_id,
        _("Change the plan"),
        _("Write what the person wants now. What they wanted before is kept."),
        settled=_("This return is closed: the plan is not changed any more.") if over else "",
        versions=lambda: _plan_versions(request, work, form, found, over=over),
        person=found.person,
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.action")
def new_action(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.plan", Plan, pk)
    open_projects = work.allowed("communities.view", Project).exclude(status="cancelled").order_by("-status_since")
    projects = [(str(p.pk), opened(work, p, "words_sealed").get("title", "")) for p in open_projects[:PER_PAGE]]
    form = forms.ActionForm(request.POST or None, projects=projects)
    return form_page(
        request,
        work,
        form,
        lambda: actions.add_actions(work, [form.command(found.pk)]),
        "reintegration:person",
        found.person_id,
        _("A line of the plan"),
        _("One thing that is done, and what it should change."),
        person=found.person,
    )
