"""The pages of the steps of a case: risk, assessment, plan, contact, closure, reopening."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
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
from compass.cases.actions.case import Reopen, RiskSet, may_lower_risk, reopen_cases, set_risk
from compass.cases.actions.closing import ClosureAsked, request_closures
from compass.cases.actions.contact import Contact, follow_up
from compass.cases.actions.plan import ActionDone, PlanAgreed, PlanMade, agree_plans, complete_plan_actions, make_plans
from compass.cases.files import Files
from compass.cases.forms import (
    ActionForm,
    AgreementForm,
    AssessmentForm,
    PlanForm,
    ReasonForm,
    RiskForm,
)
from compass.cases.forms_contact import ClosureForm, FollowUpForm
from compass.cases.models import Assessment, Case, Closure, FollowUp, Goal, Plan, PlanAction, RiskChange
from compass.cases.standards import link
from compass.cases.views.case import goals
from compass.cases.views.common import Sealed, agrees, compare, find_case, reveal
from compass.people import grounds, queries
from compass.people.actions import moment
from compass.problems import NotFound, WrongState
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
    grounds.ask(form, case.person)
    if form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            told = form.envelope(grounds.basis(work, form, case.person), id=pk, **form.mark())
            set_risk(work, [RiskSet(**told, level=data["level"], reason=data["reason"])])
            messages.success(request, _("The risk level is recorded."))
            return redirect("cases:case", pk=pk)

    def theirs(current: Case) -> dict[str, Any]:
        newest = RiskChange.objects.filter(case=current).order_by("recorded_at", "id").last()
        return {
            "level": current.risk_level,
            "reason": Sealed(work, newest, "reason_sealed") if newest is not None else "",
        }

    context = {"case": case, "form": form, "step": "risk", "compared": compare(form, theirs)}
    return TemplateResponse(request, "cases/step.html", context)


@require_http_methods(["GET", "POST"])
@page("cases.assess")
def assessment(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Needs by domain, factors, judgement and the sealed story. Without consent the page says so and asks nothing."""
    case, files = find_case(work, pk, "cases.assess")
    newest = files.newest(Assessment, case)
    kept = {"seen": str(newest.pk) if newest else ""}
    form = AssessmentForm(request.POST or None, initial=kept) if agrees(files, case) else None
    if form is not None and form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            assess(
                work,
                [
                    Assessed(
                        **form.envelope(grounds.basis(work, form, case.person), id=pk),
                        needs=form.needs(),
                        factors=form.factors(),
                        vulnerable=data["vulnerable"],
                        experienced=data["experienced"],
                        narrative=data["narrative"],
                        **form.mark_newest(),
                    )
                ],
            )
            messages.success(request, _("The assessment is recorded and waits for a second person."))
            return redirect("cases:case", pk=pk)
    compared = compare(form, partial(_assessed, work, form)) if form is not None else []
    factors = [[form[name] for name in row] for row in form.rows] if form is not None else []
    context = {
        "case": case,
        "form": form,
        "areas": form.areas() if form is not None else [],
        "factors": factors,
        "compared": compared,
        "consent_url": link("people:consent", case.person_id),
    }
    return TemplateResponse(request, "cases/assess.html", context)


def _assessed(work: Work, form: AssessmentForm, current: Assessment) -> dict[str, Any]:
    return {
        **{name: current.needs.get(name.removeprefix("need_"), "") for name in form.domains},
        "vulnerable": current.vulnerable, "experienced": current.experienced,
        "narrative": Sealed(work, current, "narrative_sealed"),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("cases.plan")
def plan(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """A plan: each severe need answered, goals in the person's words, steps with services."""
    case, files = find_case(work, pk, "cases.plan")
    found = files.newest(Assessment, case)
    asked = _revealing(request)
    current = _plan(files, case)
    opened = reveal(request, work, case, *((Assessment, Goal) if current else (Assessment,)))
    form = PlanForm(None if asked else request.POST or None, severe=found.severe if found else [])
    form.initial = {**form.initial, "seen": str(current.pk) if current else ""}
    if current:
        form.initial = {**form.initial, **_kept(work, form, current, opened)}
    grounds.ask(form, case.person)
    if form.is_valid():
        with work.attempt(form):
            told = form.envelope(grounds.basis(work, form, case.person), id=pk) | form.mark_newest()
            made = PlanMade(**told, goals=form.goals(), unanswered=form.unanswered())
            make_plans(work, [made])
            return redirect("cases:agree", pk=pk)
    context = {
        "case": case,
        "form": form,
        "assessment": found,
        "current": current,
        "compared": compare(form, partial(_planned, work, form), form.label_of),
        **opened,
    }
    return TemplateResponse(request, "cases/plan.html", context)


def _kept(work: Work, form: PlanForm, current: Plan, opened: Mapping[str, Any]) -> dict[str, Any]:
    """The plan in force as it stands in the form of the next one; its sealed words only where they were opened."""
    words = {each["row"].pk: each["text"] for each in opened["opened"]}
    saved = _planned(work, form, current).items()
    plain = {name: words.get(value.row.pk) if isinstance(value, Sealed) else value for name, value in saved}
    return {name: value for name, value in plain.items() if value is not None}


def _planned(work: Work, form: PlanForm, current: Plan) -> dict[str, Any]:
    saved = []
    goals = list(Goal.objects.filter(plan=current).order_by("recorded_at", "id"))
    steps = list(PlanAction.objects.filter(goal__in=goals).order_by("recorded_at", "id"))
    for goal in goals:
        own = [(step.service, step.responsible) for step in steps if step.goal_id == goal.pk]
        saved.append((goal.domain, Sealed(work, goal, "statement_sealed"), goal.target_date, own))
    return form.fields_of(saved, current.unanswered)


@require_http_methods(["GET", "POST"])
@page("cases.agree")
def agree(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """The person's agreement to the plan, after it was read to them."""
    case, files = find_case(work, pk, "cases.plan")
    current = _plan(files, case)
    if current is None:
        return redirect("cases:plan", pk=pk)
    typed = None if _revealing(request) else request.POST or None
    form = AgreementForm(typed, child=case.person.is_child, initial={"version": current.version})
    grounds.ask(form, case.person)
    if form.is_valid():
        with work.attempt(form):
            told = form.envelope(grounds.basis(work, form, case.person), id=current.pk, **form.mark())
            agree_plans(work, [PlanAgreed(**told, how=form.cleaned_data["how"])])
            messages.success(request, _("The agreement is recorded; the plan waits for a second person."))
            return redirect("cases:case", pk=pk)
    context = {
        "case": case,
        "form": form,
        "goals": goals(files, case, current),
        "plan": current,
        "compared": compare(form, lambda saved: {"how": saved.agreed_how}),
        **reveal(request, work, case, Goal),
    }
    return TemplateResponse(request, "cases/agree.html", context)


@require_http_methods(["GET", "POST"])
@page("cases.plan_action")
def done(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Settle one step of a plan."""
    step = work.find("cases.plan", PlanAction, pk)
    case, files = find_case(work, step.case_id, "cases.plan")
    form = ActionForm(request.POST or None, initial={"done_on": work.today, "version": step.version})
    grounds.ask(form, case.person)
    if form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            when = moment(work, data["done_on"])
            told = form.envelope(grounds.basis(work, form, case.person, at=when), id=pk, **form.mark())
            told["occurred_at"] = when
            complete_plan_actions(
                work, [ActionDone(**told, done_on=data["done_on"], delivered=data["delivered"], note=data["note"])]
            )
            messages.success(request, _("What happened with this step of the plan is recorded."))
            return redirect("cases:case", pk=case.pk)

    def theirs(current: PlanAction) -> dict[str, Any]:
        note = Sealed(work, current, "note_sealed")
        return {"delivered": current.status == "delivered", "done_on": current.done_on, "note": note}

    context = {
        "case": case, "form": form, "step": "done", "service": step.service, "compared": compare(form, theirs),
    }  # fmt: skip
    return TemplateResponse(request, "cases/step.html", context)


@require_http_methods(["GET", "POST"])
@page("cases.follow_up")
def contact(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """A contact, or an attempt that did not reach the person."""
    case, files = find_case(work, pk, "cases.follow")
    current = _plan(files, case)
    aims = [(each["goal"].pk, label_of("need_domain", each["goal"].domain)) for each in goals(files, case, current)]
    asked = _revealing(request)
    kept = "" if may_lower_risk(work, case) else case.risk_level
    form = FollowUpForm(
        None if asked else request.POST or None,
        since=work.day(case.opened_at),
        goals=aims,
        no_lower_than=kept,
        initial={"version": case.version, "contacted_on": work.today},
    )
    grounds.ask(form, case.person)
    if form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            # A contact is added beside others; only what it changes for all can be overtaken.
            mark = form.mark() if form.progress() or data["risk_after"] else {}
            when, day = data["occurred_at"] or work.now, data["contacted_on"]
            when = when if day in (None, work.day(when)) else moment(work, day)
            told = form.envelope(grounds.basis(work, form, case.person, at=when), id=pk, **mark)
            told["occurred_at"] = when
            made = Contact(
                **told,
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
        "compared": compare(form, partial(_reached, form)),
        "attempts": closing.attempts(files.of(FollowUp, case)), "reach": queries.reach_of(work, case.person),
        **reveal(request, work, case, FollowUp),
    }  # fmt: skip
    return TemplateResponse(request, "cases/follow_up.html", context)


def _reached(form: FollowUpForm, current: Case) -> dict[str, Any]:
    saved = {goal.pk: goal.progress for goal in Goal.objects.filter(pk__in=form.ids.values())}
    return {"risk_after": current.risk_level} | {name: saved[pk] for name, pk in form.ids.items()}


def _tried(work: Work, case: Case) -> str:
    days = len({work.day(row.occurred_at) for row in closing.tried(Files(work, [case]).of(FollowUp, case))})
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
    newest = files.newest(Closure, case)
    form = ClosureForm(request.POST or None, aims=aims, initial={"seen": str(newest.pk) if newest else ""})
    grounds.ask(form, case.person, ending=True)
    if form.is_valid() and form.allows(case):
        data = form.cleaned_data
        with work.attempt(form):
            asked = ClosureAsked(
                **form.envelope(grounds.basis(work, form, case.person), id=pk),
                reason=data["reason"],
                safety_reassessed=data["safety_reassessed"],
                prerequisites=tuple(data["prerequisites"]),
                explanation=data["explanation"],
                goals=form.outcomes(),
                **form.mark_newest(),
            )
            request_closures(work, [asked])
            messages.success(request, _("The closure is asked for and waits for a second person."))
            return redirect("cases:case", pk=pk)
    here = ("CM-24", "COMPASS-GOALS")
    open_now = [each for each in standards.unmet([case], at="closure", work=work) if each.standard.id not in here]
    context = {
        "case": case,
        "form": form,
        "compared": compare(form, partial(_asked, work)),
        "reached": [goal for goal in aims.own if goal.progress == "met"],
        "family": aims.family,
        "unmet": open_now,
        "attempts": closing.attempts(files.of(FollowUp, case)),
        "needed": closing.ATTEMPTS,
        "low": case.risk_level == "low",
    }
    return TemplateResponse(request, "cases/close.html", context)


def _asked(work: Work, current: Closure) -> dict[str, Any]:
    return {
        "reason": current.reason, "safety_reassessed": current.safety_reassessed, "prerequisites": current.prerequisites,
        "explanation": Sealed(work, current, "explanation_sealed"),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("cases.reopen")
def reopen(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Open a closed case again, with the reason."""
    case, files = find_case(work, pk, "cases.open")
    if case.is_open:
        raise WrongState if request.method == "POST" else NotFound
    form = ReasonForm(request.POST or None)
    grounds.ask(form, case.person)
    if form.is_valid():
        with work.attempt(form):
            told = form.envelope(grounds.basis(work, form, case.person), id=pk)
            reopen_cases(work, [Reopen(**told, reason=form.cleaned_data["reason"])])
            messages.success(request, _("The case is open again."))
            return redirect("cases:case", pk=pk)
    return TemplateResponse(request, "cases/step.html", {"case": case, "form": form, "step": "reopen"})
