"""The pages of the steps of a case: risk, assessment, plan, contact, closure, reopening."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.cases import closing, standards
from compass.cases.actions.assessment import Assessed, assess
from compass.cases.actions.case import Reopen, RiskSet, reopen_cases, set_risk
from compass.cases.actions.closing import ClosureAsked, request_closures
from compass.cases.actions.contact import Contact, follow_up
from compass.cases.actions.plan import ActionDone, PlanAgreed, PlanMade, agree_plans, complete_plan_actions, make_plans
from compass.cases.files import Files
from compass.cases.forms import (
    ActionForm,
    AgreementForm,
    AssessmentForm,
    ClosureForm,
    FollowUpForm,
    PlanForm,
    ReasonForm,
    RiskForm,
)
from compass.cases.models import Assessment, Case, FollowUp, Goal, Plan, PlanAction
from compass.cases.standards import link
from compass.cases.views.case import goals
from compass.cases.views.common import basis, find_case, reveal
from compass.people.actions import moment
from compass.problems import NotFound, StaleVersion, WrongState
from compass.vocabulary import label_of


def _plan(files: Files, case: Case) -> Plan | None:
    return next((row for row in reversed(files.of(Plan, case)) if row.superseded_at is None), None)


def _revealing(request: HttpRequest) -> bool:
    return "reveal" in request.POST


@require_http_methods(["GET", "POST"])
@page("cases.risk")
def risk(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Set the risk level; two who save at once see both."""
    case, files = find_case(work, pk, "cases.risk")
    form = RiskForm(request.POST or None, initial={"version": case.version})
    compared: list[dict[str, str]] = []
    if form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            told = form.envelope(basis(files, case), id=pk) | {"version": data["version"]}
            set_risk(work, [RiskSet(**told, level=data["level"], reason=data["reason"])])
            return redirect("cases:case", pk=pk)
        if isinstance(getattr(form, "problem", None), StaleVersion):
            case.refresh_from_db()
            compared = [
                {
                    "label": _("Risk level"),
                    "left": label_of("risk_level", data["level"]),
                    "right": label_of("risk_level", case.risk_level),
                }
            ]
            form.data = form.data.copy()
            form.data["version"] = str(case.version)
    return TemplateResponse(
        request, "cases/step.html", {"case": case, "form": form, "step": "risk", "compared": compared}
    )


@require_http_methods(["GET", "POST"])
@page("cases.assess")
def assessment(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Needs by domain, factors, judgement and the sealed story. Without consent the page says so and asks nothing."""
    case, files = find_case(work, pk, "cases.assess")
    legal = basis(files, case)
    form = AssessmentForm(request.POST or None) if legal == "consent" else None
    if form is not None and form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            assess(
                work,
                [
                    Assessed(
                        **form.envelope(legal, id=pk),
                        needs=form.needs(),
                        factors=form.factors(),
                        vulnerable=data["vulnerable"],
                        experienced=data["experienced"],
                        narrative=data["narrative"],
                    )
                ],
            )
            messages.success(request, _("The assessment is recorded and waits for a second person."))
            return redirect("cases:case", pk=pk)
    factors = [[form[name] for name in row] for row in form.rows] if form is not None else []
    context = {
        "case": case,
        "form": form,
        "areas": form.areas() if form is not None else [],
        "factors": factors,
        "consent_url": link("people:consent", case.person_id),
    }
    return TemplateResponse(request, "cases/assess.html", context)


@require_http_methods(["GET", "POST"])
@page("cases.plan")
def plan(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """A plan: each severe need answered, goals in the person's words, steps with services."""
    case, files = find_case(work, pk, "cases.plan")
    found = files.newest(Assessment, case)
    asked = _revealing(request)
    form = PlanForm(None if asked else request.POST or None, severe=found.severe if found else [])
    if form.is_valid():
        with work.attempt(form):
            made = PlanMade(
                **form.envelope(basis(files, case), id=pk), goals=form.goals(), unanswered=form.unanswered()
            )
            make_plans(work, [made])
            return redirect("cases:agree", pk=pk)
    context = {
        "case": case,
        "form": form,
        "assessment": found,
        "current": _plan(files, case),
        **reveal(request, work, case, Assessment),
    }
    return TemplateResponse(request, "cases/plan.html", context)


@require_http_methods(["GET", "POST"])
@page("cases.agree")
def agree(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """The person's agreement to the plan, after it was read to them."""
    case, files = find_case(work, pk, "cases.plan")
    current = _plan(files, case)
    if current is None:
        return redirect("cases:plan", pk=pk)
    form = AgreementForm(None if _revealing(request) else request.POST or None)
    if form.is_valid():
        with work.attempt(form):
            told = form.envelope(basis(files, case), id=current.pk)
            agree_plans(work, [PlanAgreed(**told, how=form.cleaned_data["how"])])
            messages.success(request, _("The agreement is recorded; the plan waits for a second person."))
            return redirect("cases:case", pk=pk)
    context = {
        "case": case,
        "form": form,
        "goals": goals(files, case, current),
        "plan": current,
        **reveal(request, work, case, Goal),
    }
    return TemplateResponse(request, "cases/agree.html", context)


@require_http_methods(["GET", "POST"])
@page("cases.plan_action")
def done(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Settle one step of a plan."""
    step = work.find("cases.plan", PlanAction, pk)
    case, files = find_case(work, step.case_id, "cases.plan")
    form = ActionForm(request.POST or None, initial={"done_on": work.now.date()})
    if form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            told = form.envelope(basis(files, case), id=pk) | {"occurred_at": moment(data["done_on"], work.now)}
            complete_plan_actions(
                work, [ActionDone(**told, done_on=data["done_on"], delivered=data["delivered"], note=data["note"])]
            )
            return redirect("cases:case", pk=case.pk)
    context = {"case": case, "form": form, "step": "done", "service": step.service}
    return TemplateResponse(request, "cases/step.html", context)


@require_http_methods(["GET", "POST"])
@page("cases.follow_up")
def contact(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """A contact, or an attempt that did not reach the person."""
    case, files = find_case(work, pk, "cases.follow")
    current = _plan(files, case)
    aims = [(each["goal"].pk, label_of("need_domain", each["goal"].domain)) for each in goals(files, case, current)]
    asked = _revealing(request)
    form = FollowUpForm(None if asked else request.POST or None, goals=aims)
    if form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            made = Contact(
                **form.envelope(basis(files, case), id=pk),
                kind=data["kind"],
                channel=data["channel"],
                reached=data["reached"],
                note=data["note"],
                risk_after=data["risk_after"],
                plan_reviewed=bool(data["plan_reviewed"]),
                goals=form.progress(),
            )
            follow_up(work, [made])
            messages.success(request, _("The contact is recorded.") if data["reached"] else _tried(work, case))
            return redirect("cases:case", pk=pk)
    context = {
        "case": case, "form": form, "last": files.last_contact(case),
        "attempts": closing.attempts(files.of(FollowUp, case)), **reveal(request, work, case, FollowUp),
    }  # fmt: skip
    return TemplateResponse(request, "cases/follow_up.html", context)


def _tried(work: Work, case: Case) -> str:
    days = closing.attempts(Files(work, [case]).of(FollowUp, case))
    said = ngettext(
        "The attempt is recorded in the journey: tried on %(count)s day without an answer. The contact stays due.",
        "The attempt is recorded in the journey: tried on %(count)s days without an answer. The contact stays due.",
        days,
    )
    return said % {"count": days}


@require_http_methods(["GET", "POST"])
@page("cases.close")
def close(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Ask for closure; the page says beforehand what is still open."""
    case, files = find_case(work, pk, "cases.close")
    aims = closing.aims(files, case)
    form = ClosureForm(request.POST or None, aims=aims)
    if form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            asked = ClosureAsked(
                **form.envelope(basis(files, case), id=pk),
                reason=data["reason"],
                safety_reassessed=data["safety_reassessed"],
                prerequisites=tuple(data["prerequisites"]),
                explanation=data["explanation"],
                goals=form.outcomes(),
            )
            request_closures(work, [asked])
            messages.success(request, _("The closure is asked for and waits for a second person."))
            return redirect("cases:case", pk=pk)
    here = ("CM-24", "COMPASS-GOALS")
    open_now = [each for each in standards.unmet([case], at="closure", work=work) if each.standard.id not in here]
    context = {
        "case": case,
        "form": form,
        "reached": [goal for goal in aims.own if goal.progress == "met"],
        "family": aims.family,
        "unmet": open_now,
        "attempts": closing.attempts(files.of(FollowUp, case)),
        "needed": closing.ATTEMPTS,
        "low": case.risk_level == "low",
    }
    return TemplateResponse(request, "cases/close.html", context)


@require_http_methods(["GET", "POST"])
@page("cases.reopen")
def reopen(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Open a closed case again, with the reason."""
    case, files = find_case(work, pk, "cases.open")
    if case.is_open:
        raise WrongState if request.method == "POST" else NotFound
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with work.attempt(form):
            told = form.envelope(basis(files, case), id=pk)
            reopen_cases(work, [Reopen(**told, reason=form.cleaned_data["reason"])])
            return redirect("cases:case", pk=pk)
    return TemplateResponse(request, "cases/step.html", {"case": case, "form": form, "step": "reopen"})
