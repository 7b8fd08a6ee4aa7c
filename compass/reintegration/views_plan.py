"""Changing a plan: it is the person's, and what they want may change at any time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.reintegration import actions, forms
from compass.reintegration.models import Plan
from compass.reintegration.queries import ended
from compass.reintegration.views import _form_page, _versions


@require_http_methods(["GET", "POST"])
@page("reintegration.change_plan")
def change_plan(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """What the person wants now. The words of before are read on the page of the person, after a reason."""
    found = work.find("reintegration.plan", Plan, pk)
    over = bool(ended([found.person_id]))
    form = forms.PlanChangeForm(request.POST or None, initial={"version": found.version})

    def versions() -> dict[str, Any]:
        return _versions(
            request,
            work,
            form,
            found,
            lambda read: {"agreed_on": found.agreed_on, **read.words(found, "goals_sealed", "goals")},
            _("Plan agreed"),
            over=over,
        )

    return _form_page(
        request,
        work,
        form,
        lambda: actions.change_plans(work, [form.change(found.pk)]),
        "reintegration:person",
        found.person_id,
        _("Change the plan"),
        _("Write what the person wants now. What they wanted before is kept."),
        settled=_("This return is closed: the plan is not changed any more.") if over else "",
        versions=versions,
        person=found.person,
    )
