"""The pages of a return: the list, one page per step, and the page that shows where it stands and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people.models import Person
from compass.problems import BestInterestsFirst
from compass.returns import actions, forms, machine, words
from compass.returns.blocks import stopped
from compass.returns.content import declaration_texts
from compass.returns.machine import Facts
from compass.returns.models import Counselling, Declaration, Eligibility, FreeChoice, Return, Step
from compass.returns.queries import facts_of, household, open_returns
from compass.vocabulary import code_list, label_of

PER_PAGE = 50


def _file(work: Work, pk: UUID) -> tuple[Return, Facts]:
    avr = work.find("returns.view", Return, pk)
    return avr, facts_of(work, [avr])[avr.pk]


@require_http_methods(["GET"])
@page("returns.read")
def returns_list(request: HttpRequest, work: Work) -> HttpResponseBase:
    work.demand("returns.view")
    rows = work.allowed("returns.view", Return).select_related("person")
    wanted = request.GET.get("state", "")
    if wanted in code_list("return_state"):
        rows = rows.filter(state=wanted)
    shown = list(rows.order_by("-state_since", "-id")[:PER_PAGE])
    work.saw(shown)
    return TemplateResponse(
        request,
        "returns/list.html",
        {"returns": shown, "states": code_list("return_state").choices(), "wanted": wanted, "limit": PER_PAGE},
    )


@require_http_methods(["GET", "POST"])
@page("returns.start")
def start(request: HttpRequest, work: Work, person: UUID) -> HttpResponseBase:
    """A wish to go home. For a child whose best interests come first: what must happen, and nothing to fill in."""
    asks = work.find("returns.start", Person, person)
    group = household(work, asks)
    blocks = stopped([p.pk for p in group])
    free = [(str(p.pk), words.traveller(p)) for p in group[1:] if not blocks.get(p.pk)]
    form = forms.StartForm(request.POST or None, others=free, home=asks.nationality)
    status = 200
    if request.method == "POST":
        if blocks.get(asks.pk):
            work.record("refused", problem=BestInterestsFirst.number)
            status = BestInterestsFirst.status
        elif form.is_valid():
            with work.attempt(form):
                avr = actions.start_returns(work, [form.command(asks)])[0]
                return redirect("returns:show", pk=avr.pk)
            _note_refusal(work, form)
    return TemplateResponse(
        request,
        "returns/start.html",
        {
            "person": asks,
            "form": form,
            "stop": blocks.get(asks.pk, ()),
            "others": [(p, blocks[p.pk]) for p in group[1:] if blocks.get(p.pk)],
            "going": open_returns([asks.pk]).get(asks.pk),
            "problem": BestInterestsFirst(),
            "may_prepare_child": work.may("best_interests.view"),
        },
        status=status,
    )


def _note_refusal(work: Work, form: Form) -> None:
    """A return stopped for a child is in the trail even when the page shows it kindly."""
    problem = getattr(form, "problem", None)
    if isinstance(problem, BestInterestsFirst):
        work.record("refused", problem=problem.number)


@require_http_methods(["GET", "POST"])
@page("returns.read")
def show(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """Where the return stands, what comes next, what is still open; sealed words after a reason was given."""
    avr, facts = _file(work, pk)
    work.saw(facts.people)
    form = forms.NotesForm(request.POST or None)
    notes: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        work.demand("returns.read_notes")
        notes = _notes(work, avr, facts)
        work.record("returns.notes_read", reason=form.cleaned_data["reason"], results_of=str(avr.pk))
    steps = Step.objects.filter(avr=avr).order_by("occurred_at", "recorded_at", "id")
    going = machine.TRANSITIONS["approve"] if avr.state == "eligibility_review" else None
    place, total = words.place(avr)
    ahead = words.next_step(avr, facts)
    return TemplateResponse(
        request,
        "returns/show.html",
        {
            "avr": avr,
            "facts": facts,
            "people": [(p, words.traveller(p)) for p in facts.people],
            "place": place,
            "total": total,
            "next": ahead,
            "may_next": ahead is not None and work.may(ahead.rule),
            "open": machine.unmet(going.name, facts) if going else _open_rules(avr, facts),
            "stops": [(p, facts.blocks[p.pk]) for p in facts.people if facts.blocks.get(p.pk)],
            "route": words.route(avr, steps),
            "may_withdraw": machine.may("withdraw", avr) and work.may("returns.withdraw"),
            "may_suspend": machine.may("suspend", avr),
            "may_resume": machine.may("resume", avr),
            "notes": notes,
            "notes_form": form,
            "problem": BestInterestsFirst(),
            "detained": avr.detained,
            "may_prepare_child": work.may("best_interests.view"),
        },
    )


def _open_rules(avr: Return, facts: Facts) -> list[machine.Guard]:
    ahead = {"application": "submit", "pre_return": "ready", "ready_to_travel": "depart"}.get(avr.state)
    return machine.unmet(ahead, facts) if ahead else []


def _notes(work: Work, avr: Return, facts: Facts) -> list[tuple[str, str]]:
    """Everything sealed of the present round, opened: (what it is, words)."""
    found: list[tuple[str, str]] = []

    def opened(row: Any, column: str) -> dict[str, str]:
        return (
            work.keys.open(
                getattr(row, column), table=row._meta.db_table, column=column, subject=row.person_id, row=row.pk
            )
            or {}
        )

    work.keys.load([p.pk for p in facts.people])
    for talk in Counselling.objects.filter(avr=avr, round=avr.round).order_by("occurred_at"):
        found.append((_("Counselling"), opened(talk, "notes_sealed").get("notes", "")))
    for made in Declaration.objects.filter(avr=avr, round=avr.round).order_by("occurred_at"):
        found.append((_("Witness of the declaration"), opened(made, "witness_sealed").get("witness", "")))
    for check in FreeChoice.objects.filter(avr=avr, round=avr.round).order_by("occurred_at"):
        said = opened(check, "evidence_sealed")
        found += [(_("On pressure"), said.get("pressure", "")), (_("On information"), said.get("information", ""))]
    for row in Eligibility.objects.filter(avr=avr, round=avr.round).order_by("occurred_at"):
        label = label_of("eligibility_criterion", row.criterion)
        found.append((label, opened(row, "evidence_sealed").get("evidence", "")))
    for step in Step.objects.filter(avr=avr).order_by("occurred_at"):
        found.append((words.step_title(step), opened(step, "note_sealed").get("note", "")))
    return [(title, text) for title, text in found if text]


Act = Callable[[Work, list[Any]], Sequence[Return]]


def _step(
    request: HttpRequest,
    work: Work,
    avr: Return,
    facts: Facts,
    name: str,
    form: Any,
    act: Act,
    command: Callable[[], Any] | None = None,
    **context: Any,
) -> HttpResponseBase:
    """One step of one return: the form, the act, and the same page again when it is refused."""
    work.demand(machine.TRANSITIONS[context.pop("transition")].rule)
    if request.method == "POST" and form.is_valid():
        with work.attempt(form):
            act(work, [command() if command else form.command(avr)])
            return redirect("returns:show", pk=avr.pk)
        _note_refusal(work, form)
    number, total = words.number(name)
    return TemplateResponse(
        request,
        context.pop("template", "returns/step.html"),
        {
            "avr": avr,
            "facts": facts,
            "form": form,
            "step": number,
            "steps": total,
            "title": words.title(name),
            "lead": words.lead(name),
            "name": name,
            "problem": BestInterestsFirst(),
            "stops": [(p, facts.blocks[p.pk]) for p in facts.people if facts.blocks.get(p.pk)],
            **context,
        },
    )


def _initial(avr: Return) -> dict[str, Any]:
    return {"version": avr.version}


@require_http_methods(["GET", "POST"])
@page("returns.counsel")
def counselling(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = _file(work, pk)
    form = forms.CounsellingForm(request.POST or None, initial=_initial(avr))
    return _step(request, work, avr, facts, "counselling", form, actions.counsel, transition="counsel")


@require_http_methods(["GET", "POST"])
@page("returns.declare")
def declaration(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """The declaration of the next adult who has not declared, in the language asked for (`?text=ha`)."""
    avr, facts = _file(work, pk)
    waiting = [p for p in facts.declaring if p.pk not in facts.declarations] or facts.declaring
    person = next((p for p in facts.declaring if str(p.pk) == request.GET.get("who")), waiting[0])
    texts = declaration_texts()
    asked = request.GET.get("text", "")
    language = asked if asked in texts else next((code for code in person.languages if code in texts), "en")
    form = forms.DeclarationForm(
        request.POST or None,
        initial=_initial(avr),
        text=texts[language],
        children=bool(facts.children),
        minor=person.is_child,
        spoken=person.languages,
    )
    return _step(
        request,
        work,
        avr,
        facts,
        "declaration",
        form,
        actions.declare,
        lambda: form.command(avr, person),
        transition="declare",
        template="returns/declaration.html",
        person=person,
        who=words.traveller(person),
        text=texts[language],
        texts=list(texts.values()),
        left=len(waiting),
    )


@require_http_methods(["GET", "POST"])
@page("returns.check")
def free_choice(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = _file(work, pk)
    form = forms.FreeChoiceForm(request.POST or None, initial=_initial(avr))
    return _step(request, work, avr, facts, "free_choice", form, actions.check_free_choice, transition="check")


@require_http_methods(["GET", "POST"])
@page("returns.assess")
def eligibility(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = _file(work, pk)
    met = {c for c, row in facts.eligibility.items() if row.answer in {"pass", "waived"}}
    criteria = [c for c in code_list("eligibility_criterion").values if c not in met]
    form = forms.EligibilityForm(
        request.POST or None, initial=_initial(avr), criteria=criteria or code_list("eligibility_criterion").values
    )
    return _step(
        request,
        work,
        avr,
        facts,
        "eligibility",
        form,
        actions.check_eligibility,
        transition="assess",
        template="returns/eligibility.html",
    )


@require_http_methods(["GET", "POST"])
@page("returns.decide")
def decision(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = _file(work, pk)
    form = forms.DecisionForm(request.POST or None, initial=_initial(avr))
    refuse = request.POST.get("decision") == "refuse"
    act: Act = actions.refuse_returns if refuse else actions.approve_returns
    return _step(
        request,
        work,
        avr,
        facts,
        "decision",
        form,
        act,
        transition="approve",
        template="returns/decision.html",
        open=machine.unmet("approve", facts),
        check=facts.free_choice,
        took_part=work.actor.id in facts.took_part,
    )


@require_http_methods(["GET", "POST"])
@page("returns.prepare")
def preparation(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = _file(work, pk)
    form = forms.PreparationForm(request.POST or None, initial=_initial(avr))
    return _step(request, work, avr, facts, "preparation", form, actions.prepare_returns, transition="prepare")


@require_http_methods(["GET", "POST"])
@page("returns.depart")
def departure(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = _file(work, pk)
    form = forms.DepartureForm(request.POST or None, initial=_initial(avr))
    return _step(
        request,
        work,
        avr,
        facts,
        "departure",
        form,
        actions.depart_returns,
        transition="depart",
        other=reverse("returns:missed", args=[avr.pk]),
    )


@require_http_methods(["GET", "POST"])
@page("returns.miss")
def missed(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = _file(work, pk)
    form = forms.MovedForm(request.POST or None, initial=_initial(avr), reasons="departure_outcome", required=True)
    return _step(request, work, avr, facts, "missed", form, actions.miss_returns, transition="miss")


@require_http_methods(["GET", "POST"])
@page("returns.arrive")
def arrival(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = _file(work, pk)
    form = forms.ArrivalForm(request.POST or None, initial=_initial(avr))
    return _step(request, work, avr, facts, "arrival", form, actions.receive_returns, transition="arrive")


@require_http_methods(["GET", "POST"])
@page("returns.withdraw")
def withdraw(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = _file(work, pk)
    form = forms.MovedForm(request.POST or None, initial=_initial(avr), reasons="return_withdrawal_reason")
    return _step(request, work, avr, facts, "withdraw", form, actions.withdraw_returns, transition="withdraw")


@require_http_methods(["GET", "POST"])
@page("returns.suspend")
def suspend(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = _file(work, pk)
    form = forms.MovedForm(
        request.POST or None, initial=_initial(avr), reasons="return_suspension_reason", required=True
    )
    return _step(request, work, avr, facts, "suspend", form, actions.suspend_returns, transition="suspend")


@require_http_methods(["GET", "POST"])
@page("returns.resume")
def resume(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = _file(work, pk)
    form = forms.ResumeForm(request.POST or None, initial=_initial(avr))
    return _step(request, work, avr, facts, "resume", form, actions.resume_returns, transition="resume")
