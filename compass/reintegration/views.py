"""The pages after a return: reception, the plan and its lines, whether they helped, and the interview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.cases.sealing import open_from
from compass.cases.uploads import attachment
from compass.communities.actions import opened
from compass.communities.models import Project
from compass.people.models import Person
from compass.problems import NotFound
from compass.reintegration import actions, forms, scoring
from compass.reintegration.actions.plans import OPEN
from compass.reintegration.expectations import EXPECTATIONS, NEXT_STEPS
from compass.reintegration.models import Action, ArrivalHome, FollowUp, Interview, Plan, Receipt
from compass.vocabulary import code_list

PER_PAGE = 50


@require_http_methods(["GET"])
@page("reintegration.read")
def people(request: HttpRequest, work: Work) -> HttpResponseBase:
    """Who was received or has a plan, the newest first."""
    work.demand("reintegration.view")
    arrivals = work.allowed("reintegration.view", ArrivalHome).select_related("person").defer("note_sealed")
    plans = work.allowed("reintegration.view", Plan).select_related("person").defer("goals_sealed")
    rows: dict[UUID, dict[str, Any]] = {}
    for arrival in arrivals.order_by("-arrived_on")[:PER_PAGE]:
        rows.setdefault(arrival.person_id, {"person": arrival.person, "arrived_on": arrival.arrived_on})
    for made in plans.order_by("-agreed_on")[:PER_PAGE]:
        rows.setdefault(made.person_id, {"person": made.person})["agreed_on"] = made.agreed_on
    work.saw([row["person"] for row in rows.values()])
    return TemplateResponse(request, "reintegration/list.html", {"rows": list(rows.values())})


@require_http_methods(["GET"])
@page("reintegration.read")
def person(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """One person: reception, plan with its lines, interviews."""
    found = work.find("reintegration.view", Person, pk)
    lines = list(Action.objects.filter(person=found).order_by("planned_on", "id"))
    interviews = Interview.objects.filter(person=found).defer("answers_sealed").order_by("-held_on")
    return TemplateResponse(
        request,
        "reintegration/person.html",
        {
            "person": found,
            "arrivals": ArrivalHome.objects.filter(person=found).order_by("arrived_on"),
            "plan": Plan.objects.filter(person=found).first(),
            "lines": [(line, _what(work, line), EXPECTATIONS.get(line.expectation, "")) for line in lines],
            "interviews": interviews,
            "first": scoring.DIMENSIONS[0],
            "adult": not found.is_child,
            "may_plan": work.may("reintegration.plan"),
            "may_receive": work.may("reintegration.receive"),
        },
    )


def _what(work: Work, line: Action) -> str:
    return str((open_from(work, line, "words_sealed") or {}).get("what", ""))


def _form_page(
    request: HttpRequest,
    work: Work,
    form: Any,
    act: Callable[[], Any],
    to: str,
    pk: UUID,
    title: str,
    lead: str = "",
    template: str = "reintegration/form.html",
    **context: Any,
) -> HttpResponseBase:
    """A form, its act, where it leads; the same page again when it is refused."""
    if request.method == "POST" and form.is_valid():
        with work.attempt(form):
            act()
            return redirect(to, pk=pk)
    return TemplateResponse(request, template, {"form": form, "title": title, "lead": lead, **context})


@require_http_methods(["GET", "POST"])
@page("reintegration.welcome")
def welcome(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.receive", Person, pk)
    form = forms.WelcomeForm(request.POST or None)
    return _form_page(
        request,
        work,
        form,
        lambda: actions.welcome_home(work, [form.command(found.pk)]),
        "reintegration:person",
        found.pk,
        _("Reception at home"),
        _("First a bed, food, and someone to call. The rest can wait."),
        person=found,
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.plan")
def plan(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.plan", Person, pk)
    form = forms.PlanForm(request.POST or None)
    return _form_page(
        request,
        work,
        form,
        lambda: actions.make_plans(work, [form.command(found.pk)]),
        "reintegration:person",
        found.pk,
        _("A plan"),
        _("The plan is the person’s; it may change at any time."),
        person=found,
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.action")
def new_action(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.plan", Plan, pk)
    open_projects = work.allowed("communities.view", Project).exclude(status="cancelled").order_by("-status_since")
    projects = [(str(p.pk), opened(work, p, "words_sealed").get("title", "")) for p in open_projects[:PER_PAGE]]
    form = forms.ActionForm(request.POST or None, projects=projects)
    return _form_page(
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


@require_http_methods(["GET"])
@page("reintegration.read")
def action(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """One line of a plan with its proofs and whether it helped."""
    found = work.find("reintegration.view", Action, pk)
    asked = FollowUp.objects.filter(action=found).order_by("-asked_on", "-id")
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
            "may_plan": work.may("reintegration.plan"),
            "may_follow": work.may("reintegration.follow_up"),
        },
    )


def _line(work: Work, rule: str, pk: UUID) -> tuple[Action, dict[str, Any]]:
    found = work.find(rule, Action, pk)
    return found, {"initial": {"version": found.version}}


@require_http_methods(["GET", "POST"])
@page("reintegration.receipt")
def receipt(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found, options = _line(work, "reintegration.plan", pk)
    form = forms.ReceiptForm(request.POST or None, request.FILES or None, **options)
    return _form_page(
        request,
        work,
        form,
        lambda: actions.add_receipts(work, [form.command(found.pk)]),
        "reintegration:action",
        found.pk,
        _("A proof"),
        _("In kind is paid to the supplier: the receipt shows it reached the person."),
        action=found,
        files=True,
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.deliver")
def delivered(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found, options = _line(work, "reintegration.plan", pk)
    form = forms.DeliveredForm(request.POST or None, **options)
    return _form_page(
        request,
        work,
        form,
        lambda: actions.deliver_actions(work, [form.command(found.pk)]),
        "reintegration:action",
        found.pk,
        _("Delivered"),
        "",
        action=found,
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.cancel")
def cancel(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found, options = _line(work, "reintegration.plan", pk)
    form = forms.CancelledForm(request.POST or None, **options)
    return _form_page(
        request,
        work,
        form,
        lambda: actions.cancel_actions(work, [form.command(found.pk)]),
        "reintegration:action",
        found.pk,
        _("Cancel this line"),
        _("The line stays in the plan, with the reason."),
        action=found,
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.follow_up")
def follow_up(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.follow_up", Action, pk)
    form = forms.FollowUpForm(request.POST or None)
    lead = _("It should change: %(expectation)s.") % {"expectation": EXPECTATIONS.get(found.expectation, "")}
    return _form_page(
        request,
        work,
        form,
        lambda: actions.follow_up_actions(work, [form.command(found.pk)]),
        "reintegration:action",
        found.pk,
        _("Did it help?"),
        lead,
        action=found,
    )


@require_http_methods(["GET"])
@page("reintegration.receipt_file")
def receipt_file(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """Hand out a proof as an attachment."""
    found = work.find("reintegration.plan", Receipt, pk)
    return attachment(actions.receipt_file(work, found), found.media_type, "proof")


@require_http_methods(["GET", "POST"])
@page("reintegration.begin_interview")
def interview(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.interview", Person, pk)
    form = forms.InterviewForm(request.POST or None)
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
            "lead": _("32 questions in three parts. Each may be left out. No answer lowers any help."),
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
    if request.method == "POST" and form.is_valid():
        with work.attempt(form):
            row = actions.answer_interviews(work, [form.command(found.pk)])[0]
            if row.status != "draft":
                return redirect("reintegration:result", pk=row.pk)
            return redirect("reintegration:section", pk=row.pk, dimension=scoring.DIMENSIONS[number])
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
