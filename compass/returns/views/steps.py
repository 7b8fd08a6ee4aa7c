"""The steps of a return, each on its own page. Two who save at once see both versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.problems import BestInterestsFirst, WrongState
from compass.returns import actions, compare, forms, machine, words
from compass.returns.content import declaration_texts
from compass.returns.machine import Facts
from compass.returns.models import Return
from compass.returns.views.common import find_file, note_refusal
from compass.ui.compare import Rows, is_stale, renew
from compass.vocabulary import code_list

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
    transition, said = context.pop("transition"), context.pop("said", name)
    work.demand(machine.TRANSITIONS[transition].rule)
    compared: Rows = []
    reveal, read = forms.NotesForm(prefix="open"), compare.Reader(work, avr)
    if request.method == "POST" and form.is_valid():
        if "compare" in request.POST:
            reveal = forms.NotesForm(request.POST, prefix="open")
            read = compare.Reader(work, avr, reveal.cleaned_data["reason"] if reveal.is_valid() else "")
        else:
            with work.attempt(form):
                act(work, [command() if command else form.command(avr)])
                messages.success(request, str(words.SAID[said]))
                return redirect("returns:show", pk=avr.pk)
            note_refusal(work, form)
        if is_stale(form):
            renew(form)
        if is_stale(form) or "compare" in request.POST:
            compared = compare.of_step(read, name, form, facts, context.get("person"))
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
            "compared": compared,
            "reveal": reveal if read.masked and read.may else None,
            "over": None if machine.may(transition, avr) else WrongState(),
            "typed": request.method == "POST",
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
    avr, facts = find_file(work, pk)
    form = forms.CounsellingForm(request.POST or None, initial=_initial(avr), where=work.actor.organisation.country)
    return _step(request, work, avr, facts, "counselling", form, actions.counsel, transition="counsel")


@require_http_methods(["GET", "POST"])
@page("returns.declare")
def declaration(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """The declaration of the next adult who has not declared, in the language asked for (`?text=ha`)."""
    avr, facts = find_file(work, pk)
    waiting = [p for p in facts.declaring if p.pk not in facts.declarations] or facts.declaring
    # What was typed stays with the person it was typed for, also when a colleague was faster.
    who = request.POST.get("who") or request.GET.get("who")
    person = next((p for p in facts.declaring if str(p.pk) == who), waiting[0])
    texts = declaration_texts()
    asked = request.GET.get("text", "")
    language = asked if asked in texts else next((code for code in person.languages if code in texts), "en")
    form = forms.DeclarationForm(
        request.POST or None,
        initial={**_initial(avr), "who": person.pk},
        text=texts[language],
        children=bool(facts.children),
        minor=person.is_child,
        spoken=person.languages,
        where=work.actor.organisation.country,
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
    avr, facts = find_file(work, pk)
    form = forms.FreeChoiceForm(request.POST or None, initial=_initial(avr))
    return _step(request, work, avr, facts, "free_choice", form, actions.check_free_choice, transition="check")


@require_http_methods(["GET", "POST"])
@page("returns.assess")
def eligibility(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = find_file(work, pk)
    every = code_list("eligibility_criterion").values
    met = {c for c, row in facts.eligibility.items() if row.answer in {"pass", "waived"}}
    # What was asked is judged, also when a colleague has answered some of it meanwhile.
    asked = [c for c in every if f"{c}_evidence" in request.POST] or [c for c in every if c not in met] or every
    form = forms.EligibilityForm(request.POST or None, initial=_initial(avr), criteria=asked)
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
    avr, facts = find_file(work, pk)
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
        said="refuse" if refuse else "approve",
        open=machine.unmet("approve", facts),
        check=facts.free_choice,
        took_part=work.actor.id in facts.took_part,
    )


@require_http_methods(["GET", "POST"])
@page("returns.prepare")
def preparation(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = find_file(work, pk)
    form = forms.PreparationForm(request.POST or None, initial=_initial(avr))
    return _step(request, work, avr, facts, "preparation", form, actions.prepare_returns, transition="prepare")


@require_http_methods(["GET", "POST"])
@page("returns.depart")
def departure(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = find_file(work, pk)
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
    avr, facts = find_file(work, pk)
    form = forms.MovedForm(request.POST or None, initial=_initial(avr), reasons="departure_outcome", required=True)
    return _step(request, work, avr, facts, "missed", form, actions.miss_returns, transition="miss")


@require_http_methods(["GET", "POST"])
@page("returns.arrive")
def arrival(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = find_file(work, pk)
    form = forms.ArrivalForm(request.POST or None, initial=_initial(avr))
    return _step(request, work, avr, facts, "arrival", form, actions.receive_returns, transition="arrive")


@require_http_methods(["GET", "POST"])
@page("returns.withdraw")
def withdraw(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = find_file(work, pk)
    form = forms.MovedForm(request.POST or None, initial=_initial(avr), reasons="return_withdrawal_reason")
    return _step(request, work, avr, facts, "withdraw", form, actions.withdraw_returns, transition="withdraw")


@require_http_methods(["GET", "POST"])
@page("returns.suspend")
def suspend(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = find_file(work, pk)
    form = forms.MovedForm(
        request.POST or None, initial=_initial(avr), reasons="return_suspension_reason", required=True
    )
    return _step(request, work, avr, facts, "suspend", form, actions.suspend_returns, transition="suspend")


@require_http_methods(["GET", "POST"])
@page("returns.resume")
def resume(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    avr, facts = find_file(work, pk)
    form = forms.ResumeForm(request.POST or None, initial=_initial(avr))
    return _step(request, work, avr, facts, "resume", form, actions.resume_returns, transition="resume")
