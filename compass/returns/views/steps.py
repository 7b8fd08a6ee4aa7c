"""The steps of a return, each on its own page and all of one shape. Two who save at once see both versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people.grounds import ACCOUNT
from compass.problems import BestInterestsFirst, WrongState
from compass.returns import actions, compare, forms, machine, words
from compass.returns.content import declaration_texts
from compass.returns.machine import Facts
from compass.returns.models import Return
from compass.returns.views.common import bars, find_file, handover_of, note_refusal
from compass.ui.compare import Rows, is_stale, renew
from compass.vocabulary import code_list

Act = Callable[[Work, list[Any]], Sequence[Return]]


@dataclass(frozen=True)
class Visit:
    """A colleague at the page of one step of a return."""

    request: HttpRequest
    work: Work
    avr: Return
    facts: Facts

    @property
    def posted(self) -> QueryDict | None:
        """What was typed, if anything was sent."""
        return self.request.POST or None

    @property
    def where(self) -> str:
        """The country of the office."""
        return self.work.actor.organisation.country

    def initial(self, **known: Any) -> dict[str, Any]:
        """The version on the page, and what is on record already."""
        return {"version": self.avr.version, **known}


@dataclass(frozen=True)
class Asked:
    """What a step asks and what it does: `command` when the form needs more than the return, `said` the words afterwards."""

    form: Any
    act: Act
    command: Callable[[], Any] | None = None
    said: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def _step(
    purpose: str, transition: str, template: str = "returns/step.html"
) -> Callable[[Callable[[Visit], Asked]], Callable[..., HttpResponseBase]]:
    """Make the page of a step from what it asks; `transition` says who may and when it is over."""

    def made(ask: Callable[[Visit], Asked]) -> Callable[..., HttpResponseBase]:
        name = ask.__name__

        def view(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
            visit = Visit(request, work, *find_file(work, pk))
            return _answer(visit, name, transition, template, ask(visit))

        view.__name__, view.__doc__ = name, ask.__doc__
        return require_http_methods(["GET", "POST"])(page(purpose)(view))

    return made


def _answer(visit: Visit, name: str, transition: str, template: str, asked: Asked) -> HttpResponseBase:
    """The form, the act, and the same page again when it is refused."""
    work, avr, facts, form = visit.work, visit.avr, visit.facts, asked.form
    post, typed = visit.request.POST, visit.request.method == "POST"
    work.demand(machine.TRANSITIONS[transition].rule)
    compared: Rows = []
    reveal, read = forms.NotesForm(prefix="open"), compare.Reader(work, avr)
    # Without consent only what ends or holds the journey goes on, to account for it.
    form.basis = "consent" if machine.CONSENT.holds(facts) else ACCOUNT
    if typed and form.is_valid():
        if "compare" in post:
            reveal = forms.NotesForm(post, prefix="open")
            read = compare.Reader(work, avr, reveal.cleaned_data["reason"] if reveal.is_valid() else "")
        else:
            with work.attempt(form):
                asked.act(work, [asked.command() if asked.command else form.command(avr)])
                messages.success(visit.request, str(words.SAID[asked.said or name]))
                return redirect("returns:show", pk=avr.pk)
            note_refusal(work, form)
        if is_stale(form):
            renew(form)
        if is_stale(form) or "compare" in post:
            compared = compare.of_step(read, name, form, facts, asked.more.get("person"))
    number, total = words.number(name)
    return TemplateResponse(
        visit.request,
        template,
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
            "over": None if machine.may(transition, avr, facts) else WrongState(),
            "typed": typed,
            "problem": BestInterestsFirst(),
            "stops": facts.halted,
            "unchecked": facts.unchecked,
            "decided": avr.approved_at is not None,
            "bars": bars(work, name, facts),
            **asked.more,
        },
    )


@_step("returns.counsel", "counsel")
def counselling(visit: Visit) -> Asked:
    """A talk; the language on the person's record stands there already and can be changed."""
    spoken = visit.facts.counselling.language if visit.facts.counselling else next(iter(visit.avr.person.languages), "")
    form = forms.CounsellingForm(
        visit.posted, initial=visit.initial(language=spoken), where=visit.where, told=visit.facts.told
    )
    return Asked(form, actions.counsel)


@_step("returns.declare", "declare", "returns/declaration.html")
def declaration(visit: Visit) -> Asked:
    """The declaration of the next adult who has not declared, in the language asked for (`?text=ha`)."""
    facts, request = visit.facts, visit.request
    waiting = [p for p in facts.declaring if p.pk not in facts.declarations] or facts.declaring
    # What was typed stays with the person it was typed for, also when a colleague was faster.
    who = request.POST.get("who") or request.GET.get("who")
    person = next((p for p in facts.declaring if str(p.pk) == who), waiting[0])
    texts = declaration_texts()
    worker = texts.get((get_language() or "en")[:2], texts["en"])
    asked = request.GET.get("text", "")
    text = texts.get(asked) or next((texts[code] for code in person.languages if code in texts), worker)
    own = worker if worker.language != text.language else None
    form = forms.DeclarationForm(
        visit.posted,
        initial=visit.initial(who=person.pk),
        text=text,
        own=own,
        children=bool(facts.children),
        minor=person.is_child,
        spoken=person.languages,
        recordable=person.pk in facts.recordable,
        where=visit.where,
    )
    more = {
        "person": person,
        "who": words.traveller(person),
        "text": text,
        "own": own,
        "texts": list(texts.values()),
        "in_their_language": not person.languages or not texts.keys().isdisjoint(person.languages),
        "left": len(waiting),
    }
    return Asked(form, actions.declare, lambda: form.command(visit.avr, person), more=more)


@_step("returns.check", "check")
def free_choice(visit: Visit) -> Asked:
    return Asked(forms.FreeChoiceForm(visit.posted, initial=visit.initial()), actions.check_free_choice)


@_step("returns.assess", "assess", "returns/eligibility.html")
def eligibility(visit: Visit) -> Asked:
    """The criteria that are not fulfilled yet; all of them when all are."""
    every = code_list("eligibility_criterion").values
    met = {c for c, row in visit.facts.eligibility.items() if machine.settled(c, row.answer)}
    # What was asked is judged, also when a colleague has answered some of it meanwhile.
    typed = [c for c in every if f"{c}_evidence" in visit.request.POST]
    asked = typed or [c for c in every if c not in met] or every
    form = forms.EligibilityForm(visit.posted, initial=visit.initial(), criteria=asked)
    return Asked(form, actions.check_eligibility)


@_step("returns.decide", "approve", "returns/decision.html")
def decision(visit: Visit) -> Asked:
    form, facts = forms.DecisionForm(visit.posted, initial=visit.initial()), visit.facts
    still = machine.unmet("approve", facts)
    more = {
        "open": still,
        "ineligible": machine.ELIGIBLE in still and visit.work.may("returns.assess"),
        "check": facts.free_choice,
        "criteria": words.criteria(facts),
        "took_part": visit.work.actor.id in facts.took_part,
    }
    if visit.request.POST.get("decision") == "send_back":
        return Asked(form, actions.send_back_returns, said="send_back", more=more)
    if visit.request.POST.get("decision") == "refuse":
        return Asked(form, actions.refuse_returns, said="refuse", more=more)
    return Asked(form, actions.approve_returns, said="approve", more=more)


@_step("returns.prepare", "prepare")
def preparation(visit: Visit) -> Asked:
    """What is ready; what was written before stands there already."""
    ready = visit.facts.preparation
    known = {name: getattr(ready, name) for name in forms.PreparationForm.NAMES} if ready else {}
    return Asked(forms.PreparationForm(visit.posted, initial=visit.initial(**known)), actions.prepare_returns)


@_step("returns.depart", "depart")
def departure(visit: Visit) -> Asked:
    """What is still open stands above the form, which stays: a day on which consent, declaration and document were in
    force may be recorded late."""
    work, avr, facts = visit.work, visit.avr, visit.facts
    still = machine.unmet("depart", facts) if machine.may("depart", avr, facts) else []
    more = {
        "other": reverse("returns:missed", args=[avr.pk]),
        "open": still,
        "by_the_day": bool(still) and all(guard in machine.BY_THE_DAY for guard in still),
        "handover": handover_of(work, avr, facts),
    }
    return Asked(forms.DepartureForm(visit.posted, initial=visit.initial()), actions.depart_returns, more=more)


@_step("returns.take_back", "take_back")
def take_back(visit: Visit) -> Asked:
    return _moved(visit, actions.take_back_departures, "take_back", required=True)


@_step("returns.miss", "miss")
def missed(visit: Visit) -> Asked:
    return _moved(visit, actions.miss_returns, "miss", required=True)


@_step("returns.arrive", "arrive")
def arrival(visit: Visit) -> Asked:
    """Nobody on the way is left standing: without consent the arrival is recorded for their safety, and the page says so."""
    agreed = machine.CONSENT.holds(visit.facts)
    form = forms.ArrivalForm(visit.posted, initial=visit.initial(), basis="consent" if agreed else machine.DUTY_OF_CARE)
    return Asked(form, actions.receive_returns, more={} if agreed else {"lead": words.ARRIVAL_WITHOUT_CONSENT})


@_step("returns.withdraw", "withdraw")
def withdraw(visit: Visit) -> Asked:
    return _moved(visit, actions.withdraw_returns, "withdraw")


@_step("returns.suspend", "suspend")
def suspend(visit: Visit) -> Asked:
    return _moved(visit, actions.suspend_returns, "suspend", required=True)


@_step("returns.resume", "resume")
def resume(visit: Visit) -> Asked:
    return Asked(forms.ResumeForm(visit.posted, initial=visit.initial()), actions.resume_returns)


def _moved(visit: Visit, act: Act, transition: str, *, required: bool = False) -> Asked:
    reasons = machine.TRANSITIONS[transition].reasons
    return Asked(forms.MovedForm(visit.posted, initial=visit.initial(), reasons=reasons, required=required), act)
