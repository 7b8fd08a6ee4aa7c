"""The pages after a return: reception, the plan and its lines, whether they helped, and the interview."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
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
from compass.people import grounds
from compass.people.consent import HELP, allows
from compass.people.forms.person import RevealForm
from compass.people.models import AboutPerson, Person
from compass.problems import NotFound, WrongState
from compass.reintegration import actions, forms, scoring
from compass.reintegration.actions.plans import OPEN
from compass.reintegration.ahead import lacks_proof, next_at_home
from compass.reintegration.deadlines import limit, plan_due, reception_due
from compass.reintegration.expectations import EXPECTATIONS, NEXT_STEPS
from compass.reintegration.models import Action, ArrivalHome, FollowUp, Interview, Plan, Receipt
from compass.reintegration.queries import came_home, covers, ended, landed, words_at_home
from compass.returns import compare
from compass.returns.forms import NotesForm
from compass.returns.models import Member
from compass.ui.compare import is_stale, renew, rows
from compass.ui.words import day
from compass.vocabulary import code_list, label_of

PER_PAGE = 50


@require_http_methods(["GET"])
@page("reintegration.read")
def people(request: HttpRequest, work: Work) -> HttpResponseBase:
    """Who is on the way, who arrived and waits to be received, then who was received or has a plan, the newest first."""
    work.demand("reintegration.view")
    coming = list(landed(work)[:PER_PAGE])
    arrivals = work.allowed("reintegration.view", ArrivalHome).select_related("person").defer("note_sealed")
    plans = work.allowed("reintegration.view", Plan).select_related("person").defer("goals_sealed")
    rows: dict[UUID, dict[str, Any]] = {}
    for arrival in arrivals.order_by("-arrived_on")[:PER_PAGE]:
        rows.setdefault(arrival.person_id, {"person": arrival.person, "arrived_on": arrival.arrived_on})
    for made in plans.order_by("-agreed_on")[:PER_PAGE]:
        rows.setdefault(made.person_id, {"person": made.person})
    cover, days = covers([row["person"] for row in rows.values()]), came_home(rows)
    for pk, row in rows.items():
        row["cover"] = cover[pk]
        row["due_at"] = plan_due(days[pk]) if pk in days else None
    work.saw([*(avr.person for avr in coming), *(row["person"] for row in rows.values())])
    travelling = Member.objects.filter(avr__in=coming).values_list("avr_id").annotate(people=Count("pk")).order_by()
    sizes = dict(travelling)
    return TemplateResponse(
        request,
        "reintegration/list.html",
        {
            "landed": [
                (avr, sizes.get(avr.pk, 1), reception_due(avr, limit("first_response")))
                for avr in coming
                if avr.state == "arrived"
            ],
            "coming": [(avr, sizes.get(avr.pk, 1)) for avr in coming if avr.state != "arrived"],
            "rows": sorted(rows.values(), key=lambda row: row["cover"].plan is not None),
            "may_receive": work.may("reintegration.receive"),
        },
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.read")
def person(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """One person: reception, plan with its lines, interviews; what is sealed after a reason was given."""
    found = work.find("reintegration.view", Person, pk)
    reveal, sealed = RevealForm(request.POST or None), []
    if request.method == "POST" and reveal.is_valid():
        work.demand("reintegration.plan")
        sealed = words_at_home(work, found)
        work.record("reintegration.words_read", reason=reveal.cleaned_data["reason"], results=[found.pk])
    planned = Action.objects.filter(person=found).order_by("planned_on", "id")
    lines = [(line, _what(work, line)) for line in planned]
    interviews = Interview.objects.filter(person=found).defer("answers_sealed").order_by("-held_on")
    cover = covers([found])[found.pk]
    arrivals = ArrivalHome.objects.filter(person=found).order_by("arrived_on")
    ahead = next_at_home(found.pk, cover, lines, received=bool(arrivals))
    return TemplateResponse(
        request,
        "reintegration/person.html",
        {
            "person": found,
            "next": ahead if ahead and work.may(ahead.rule) else None,
            "arrivals": arrivals,
            "plan": cover.plan if cover.planner.pk == found.pk else None,
            "cover": cover,
            "due_at": plan_due(came) if (came := came_home([found.pk]).get(found.pk)) else None,
            "lines": [(line, what, EXPECTATIONS.get(line.expectation, "")) for line, what in lines],
            "interviews": interviews,
            "first": scoring.DIMENSIONS[0],
            "adult": not found.is_child,
            "reveal": reveal,
            "sealed": sealed,
            "ended": bool(ended([found.pk])),
            "may_plan": work.may("reintegration.plan"),
            "may_receive": work.may("reintegration.receive"),
        },
    )


def _what(work: Work, line: Action) -> str:
    return str((open_from(work, line, "words_sealed") or {}).get("what", ""))


#: What a colleague saved meanwhile, by the fields of the form; `Reader` opens or masks what is sealed.
Saved = Callable[[compare.Reader], Mapping[str, Any]]


def _versions(
    request: HttpRequest,
    work: Work,
    form: Any,
    row: AboutPerson,
    saved: Saved,
    now: str,
    *,
    over: bool = False,
    **seen: int,
) -> dict[str, Any]:
    """Both versions for the page, once two colleagues saved one record; empty before.

    `now`: the state of the record in words; `over`: nothing more can be saved to it; `seen` as for `compare.renew`.
    """
    asked, late = "compare" in request.POST, is_stale(form)
    if not (asked or late or isinstance(form.problem, WrongState)):
        return {}
    reveal = NotesForm(request.POST if asked else None, prefix="open")
    reason = reveal.cleaned_data["reason"] if asked and reveal.is_valid() else ""
    read = compare.Reader(work, row, reason, rule="reintegration.view")
    if late:
        renew(form, **seen)
    first = {"label": _("Now"), "left": "", "right": now, "state": "differs"}
    compared = [first, *rows(form, saved(read))]
    return {"compared": compared, "reveal": reveal if read.masked else None, "over": over}


def _form_page(
    request: HttpRequest,
    work: Work,
    form: Any,
    act: Callable[[], Any],
    to: str,
    pk: UUID,
    title: str,
    lead: str = "",
    settled: str = "",
    versions: Callable[[], dict[str, Any]] = dict,
    **context: Any,
) -> HttpResponseBase:
    """A form, its act, where it leads; the same page again when it is refused, with both versions when it was late.

    `settled`: why there is nothing to fill in any more; what was typed before that was known is still answered.
    """
    about = context["person"] if "person" in context else Person.objects.get(pk=context["action"].person_id)
    grounds.ask(form, about, ending=True)
    if request.method == "POST" and form.is_valid():
        if "compare" not in request.POST:
            with work.attempt(form):
                form.basis = grounds.basis(work, form, about)
                act()
                messages.success(request, _("Saved: %(what)s") % {"what": title})
                return redirect(to, pk=pk)
        context |= versions()
    shown = {"form": form, "title": title, "lead": lead, "settled": settled if request.method == "GET" else ""}
    return TemplateResponse(request, "reintegration/form.html", {**shown, **context})


@require_http_methods(["GET", "POST"])
@page("reintegration.welcome")
def welcome(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.receive", Person, pk)
    before = list(ArrivalHome.objects.filter(person=found).order_by("recorded_at", "id"))
    came = came_home([found.pk]).get(found.pk)
    form = forms.WelcomeForm(request.POST or None, initial={"seen": len(before)}, came=came, again=bool(before))

    def versions() -> dict[str, Any]:
        if not before:
            return {}
        last = before[-1]
        return _versions(
            request,
            work,
            form,
            last,
            lambda read: {
                "arrived_on": last.arrived_on,
                "support": last.support,
                **read.words(last, "note_sealed", "note"),
            },
            _("Received at home"),
            seen=len(before),
        )

    lead = [_("First a bed, food, and someone to call. The rest can wait.")]
    if came is not None and not before:
        lead.append(_("Arrived on %(day)s.") % {"day": day(came)})
    return _form_page(
        request,
        work,
        form,
        lambda: actions.welcome_home(work, [form.command(found.pk)]),
        "reintegration:person",
        found.pk,
        _("Reception at home"),
        " ".join(lead),
        versions=versions,
        person=found,
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.plan")
def plan(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.plan", Person, pk)
    form = forms.PlanForm(request.POST or None)
    made = Plan.objects.filter(person=found).first()

    def versions() -> dict[str, Any]:
        if made is None:
            return {}
        return _versions(
            request,
            work,
            form,
            made,
            lambda read: {"agreed_on": made.agreed_on, **read.words(made, "goals_sealed", "goals")},
            _("Plan agreed"),
            over=True,
        )

    return _form_page(
        request,
        work,
        form,
        lambda: actions.make_plans(work, [form.command(found.pk)]),
        "reintegration:person",
        found.pk,
        _("A plan"),
        _("The plan is the person’s; it may change at any time."),
        settled=_("There is a plan already. What is done is written in its lines.") if made else "",
        versions=versions,
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

    return _versions(
        request, work, form, line, saved, label_of("plan_action_status", line.status), over=line.status not in OPEN
    )


def _line_page(
    request: HttpRequest, work: Work, pk: UUID, make: Any, act: Callable[[Work, list[Any]], Any], title: str, lead: str
) -> HttpResponseBase:
    """A step of one line of a plan, which was opened with this version."""
    found = work.find("reintegration.plan", Action, pk)
    form = make(request.POST or None, request.FILES or None, initial={"version": found.version})
    state = label_of("plan_action_status", found.status)
    return _form_page(
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
    return _form_page(
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
        versions = _versions(
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
