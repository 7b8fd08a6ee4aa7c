"""A line of a plan: its proofs, its delivery or its end, and whether it helped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.cases.sealing import open_from
from compass.communities.actions import opened
from compass.communities.models import Project
from compass.people import queries
from compass.people.models import Person
from compass.reintegration import actions, forms
from compass.reintegration.actions.plans import OPEN
from compass.reintegration.ahead import lacks_proof
from compass.reintegration.expectations import EXPECTATIONS, NEXT_STEPS
from compass.reintegration.models import Action, FollowUp, Receipt
from compass.reintegration.views.common import form_page, versions_of
from compass.returns import compare
from compass.ui.uploads import handed_out
from compass.vocabulary import label_of


@require_http_methods(["GET"])
@page("reintegration.read")
def action(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """One line of a plan with its proofs and whether it helped."""
    found = work.find("reintegration.view", Action, pk)
    asked = FollowUp.objects.filter(action=found).order_by("-asked_on", "-recorded_at", "-id")
    project = Project.objects.filter(pk=found.project_id).first() if found.project_id else None
    return TemplateResponse(
        request,
        "reintegration/action.html",
        {
            "action": found,
            "person": Person.objects.get(pk=found.person_id),
            "words": open_from(work, found, "words_sealed") or {},
            "expectation": EXPECTATIONS.get(found.expectation, ""),
            "receipts": Receipt.objects.filter(action=found).defer("file_sealed").order_by("issued_on"),
            "follow_ups": [
                (
                    row,
                    NEXT_STEPS.get(row.next_step, ""),
                    (open_from(work, row, "remark_sealed") or {}).get("remark", ""),
                )
                for row in asked
            ],
            "project": project,
            "project_title": opened(work, project, "words_sealed").get("title", "") if project else "",
            "level": dict(forms.LEVELS).get(found.level, ""),
            "open": found.status in OPEN,
            "needs_proof": lacks_proof(found),
            "may_plan": work.may("reintegration.plan"),
            "may_follow": work.may("reintegration.follow_up"),
        },
    )


def _line_versions(request: HttpRequest, work: Work, form: Any, line: Action) -> dict[str, Any]:
    """A line of the plan as a colleague left it; its words are on its page for everyone who may change it."""

    def saved(read: compare.Reader) -> dict[str, Any]:
        proof = Receipt.objects.filter(action=line).defer("file_sealed").order_by("recorded_at").last()
        paper = {name: getattr(proof, name, None) for name in ("kind", "amount", "issued_on")}
        words = open_from(work, line, "words_sealed") or {}
        return {**paper, "delivered_on": line.delivered_on, "why": words.get("cancelled", "")}

    return versions_of(
        request, work, form, line, saved, label_of("plan_action_status", line.status), over=line.status not in OPEN
    )


def _line_page(
    request: HttpRequest, work: Work, pk: UUID, make: Any, act: Callable[[Work, list[Any]], Any], title: str, lead: str
) -> HttpResponseBase:
    """A step of one line of a plan, which was opened with this version."""
    found = work.find("reintegration.plan", Action, pk)
    form = make(request.POST or None, request.FILES or None, initial={"version": found.version})
    state = label_of("plan_action_status", found.status)
    return form_page(
        request,
        work,
        form,
        lambda: act(work, [form.command(found.pk)]),
        "reintegration:action",
        found.pk,
        title,
        lead,
        settled="" if found.status in OPEN else _("This line is settled: %(state)s.") % {"state": state},
        versions=lambda: _line_versions(request, work, form, found),
        action=found,
        files=form.is_multipart(),
        needs_proof=form.after_proof and lacks_proof(found),
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.receipt")
def receipt(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    lead = _("In kind is paid to the supplier: the receipt shows it reached the person.")
    return _line_page(request, work, pk, forms.ReceiptForm, actions.add_receipts, _("A proof"), lead)


@require_http_methods(["GET", "POST"])
@page("reintegration.deliver")
def delivered(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    return _line_page(request, work, pk, forms.DeliveredForm, actions.deliver_actions, _("Delivered"), "")


@require_http_methods(["GET", "POST"])
@page("reintegration.cancel")
def cancel(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    lead = _("The line stays in the plan, with the reason.")
    return _line_page(request, work, pk, forms.CancelledForm, actions.cancel_actions, _("Cancel this line"), lead)


@require_http_methods(["GET", "POST"])
@page("reintegration.follow_up")
def follow_up(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.follow_up", Action, pk)
    form = forms.FollowUpForm(request.POST or None)
    lead = _("It should change: %(expectation)s.") % {"expectation": EXPECTATIONS.get(found.expectation, "")}
    return form_page(
        request,
        work,
        form,
        lambda: actions.follow_up_actions(work, [form.command(found.pk)]),
        "reintegration:action",
        found.pk,
        _("Did it help?"),
        lead,
        settled="" if found.delivered_on else _("Nothing was delivered yet: there is nothing to ask about."),
        action=found,
        reach=queries.reach_of(work, Person.objects.get(pk=found.person_id)),
    )


@require_http_methods(["GET"])
@page("reintegration.receipt_file")
def receipt_file(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """Hand out a proof: a photo to look at, a PDF to keep."""
    found = work.find("reintegration.plan", Receipt, pk)
    return handed_out(actions.receipt_file(work, found), found.media_type, "proof")
