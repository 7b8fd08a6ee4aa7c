"""The list of returns, the start, and the page that shows where a return stands and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.models import Organisation
from compass.access.pages import page
from compass.access.work import Work
from compass.cases.queries import ladder_access
from compass.cases.sealing import load_keys, open_from
from compass.people.consent import DETAILS
from compass.people.grounds import judged
from compass.people.models import Person
from compass.problems import BestInterestsFirst
from compass.returns import actions, destinations, forms, machine, words
from compass.returns.blocks import stopped
from compass.returns.machine import Facts
from compass.returns.models import Counselling, Declaration, Eligibility, FreeChoice, Member, Return, Step
from compass.returns.queries import household, open_returns, seen_off, to_see_off
from compass.returns.rules import TRAVEL
from compass.returns.views.common import bars, find_file, handover_of, note_refusal, sees
from compass.vocabulary import code_list, label_of

PER_PAGE = 50


@require_http_methods(["GET"])
@page("returns.read")
def returns_list(request: HttpRequest, work: Work) -> HttpResponseBase:
    """The returns of the office, the last that moved first; those about to travel for who arranges journeys."""
    rule = sees(work)
    rows = work.allowed(rule, Return).select_related("person")
    wanted = request.GET.get("state", "")
    states = [row for row in code_list("return_state").choices() if rule == "returns.view" or row[0] in TRAVEL]
    if wanted in dict(states):
        rows = rows.filter(state=wanted)
    family = Member.objects.filter(avr=OuterRef("pk")).order_by().values("avr").annotate(n=Count("pk")).values("n")
    shown = list(rows.annotate(people=Subquery(family)).order_by("-state_since", "-recorded_at", "-id")[:PER_PAGE])
    journeys = to_see_off(work)
    gone = seen_off(work)
    work.saw([*shown, *journeys, *gone])
    return TemplateResponse(
        request,
        "returns/list.html",
        {
            "returns": shown,
            "states": states,
            "wanted": wanted,
            "begins": work.may("returns.start"),
            "journeys": journeys,
            "gone": gone,
        },
    )


@require_http_methods(["GET", "POST"])
@page("returns.start")
def start(request: HttpRequest, work: Work, person: UUID) -> HttpResponseBase:
    """A wish to go home. For a child whose best interests come first: what must happen, and nothing to fill in."""
    asks = work.find("returns.start", Person, person)
    group = household(work, asks)
    blocks = stopped([p.pk for p in group])
    free = [(str(p.pk), words.traveller(p)) for p in group[1:] if not blocks.get(p.pk)]
    where = destinations.here([asks.organisation_id])[asks.organisation_id]
    form = forms.StartForm(request.POST or None, others=free, where=where)
    status, more = 200, False
    if request.method == "POST":
        if blocks.get(asks.pk):
            work.record("refused", problem=BestInterestsFirst.number)
            status = BestInterestsFirst.status
        elif form.is_valid() and not form.asks_more and "back" not in request.POST:
            with work.attempt(form):
                avr = actions.start_returns(work, [form.command(asks)])[0]
                return redirect("returns:show", pk=avr.pk)
            note_refusal(work, form)
        else:
            more = form.asks_more and "back" not in request.POST
    return TemplateResponse(
        request,
        "returns/start.html",
        {
            "person": asks,
            "form": form,
            "more": more,
            "destination": form.country,
            "stop": blocks.get(asks.pk, ()),
            "others": [(p, blocks[p.pk]) for p in group[1:] if blocks.get(p.pk)],
            "going": open_returns([asks.pk]).get(asks.pk),
            "problem": BestInterestsFirst(),
            "said": judged([asks], work.now, DETAILS),
            "ladders": ladder_access(work, [asks.pk]) if blocks.get(asks.pk) else None,
        },
        status=status,
    )


@require_http_methods(["GET", "POST"])
@page("returns.read")
def show(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """Where the return stands, what comes next, what is still open; sealed words after a reason was given.

    Who arranges the journey sees the travellers and the journey, no word of the talks and no evidence.
    """
    avr, facts = find_file(work, pk)
    work.saw(facts.people)
    whole = sees(work) == "returns.view"
    form = forms.NotesForm(request.POST or None)
    notes: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        work.demand("returns.read_notes")
        notes = _notes(work, avr)
        work.opens("returns.notes_read", [avr.person_id], results=[avr.pk], reason=form.cleaned_data["reason"])
    steps = Step.objects.filter(avr=avr).order_by("occurred_at", "recorded_at", "id")
    place, total = words.place(avr)
    ahead = words.next_step(avr, facts)
    held = [p for p in facts.people if facts.blocks.get(p.pk)]
    return TemplateResponse(
        request,
        "returns/show.html",
        {
            "avr": avr,
            "whole": whole,
            "destination": avr.destination,
            "outside": destinations.served(avr.destination) is None,
            "travellers": words.travellers(facts),
            "others": words.left_behind(household(work, avr.person), facts) if work.may("people.view") else [],
            "place": place,
            "total": total,
            "next": ahead,
            "may_next": ahead is not None and work.may(ahead.rule),
            "bars": ahead is not None and bars(work, ahead.name, facts),
            "open": _open_rules(avr, facts),
            "handover": handover_of(work, avr, facts),
            "journey": facts.journey,
            "office": _office(facts),
            "happened": words.happened(facts.journey) if facts.journey else "",
            "stops": [(p, facts.blocks[p.pk]) for p in facts.halted],
            "unchecked": [(p, facts.blocks[p.pk]) for p in facts.unchecked],
            "decided": avr.approved_at is not None,
            "route": words.route(avr, steps if whole else steps.filter(from_state__in=TRAVEL)),
            "may_withdraw": machine.may("withdraw", avr, facts) and work.may("returns.withdraw"),
            "may_suspend": machine.may("suspend", avr, facts) and work.may("returns.suspend"),
            "may_resume": machine.may("resume", avr) and work.may("returns.counsel"),
            "may_take_back": machine.may("take_back", avr, facts) and work.may("returns.move"),
            "may_read": work.may("returns.read_notes"),
            "may_see": work.may("people.view"),
            "notes": notes,
            "notes_form": form,
            "problem": BestInterestsFirst(),
            "ladders": ladder_access(work, [p.pk for p in held]) if held else None,
        },
    )


#: The step whose guards are shown as still open in a state.
AHEAD = {"application": "submit", "eligibility_review": "approve", "pre_return": "ready", "ready_to_travel": "depart"}


def _open_rules(avr: Return, facts: Facts) -> list[machine.Guard]:
    if avr.state not in AHEAD:
        return []
    found = machine.unmet(AHEAD[avr.state], facts)
    # Whom to hand to is known once the journey is prepared, and the answer takes days.
    later = [] if avr.state != "pre_return" else [g for g in machine.unmet("depart", facts) if g == machine.RECEIVED]
    return [*found, *later]


def _office(facts: Facts) -> str:
    """The office that sees the people off, when it is not this one."""
    if facts.journey is None:
        return ""
    return Organisation.objects.values_list("name", flat=True).get(pk=facts.journey.organisation_id)


def _notes(work: Work, avr: Return) -> list[tuple[str, str]]:
    """Everything sealed of the present round, and the words of every step so far, opened: (what it is, words)."""
    found: list[tuple[str, str]] = []

    def present(model: type[Any]) -> list[Any]:
        rows = list(model.objects.filter(avr=avr, round=avr.round).order_by("occurred_at"))
        load_keys(work, rows)
        return rows

    def opened(row: Any, column: str) -> dict[str, str]:
        return open_from(work, row, column) or {}

    for talk in present(Counselling):
        found.append((_("Counselling"), opened(talk, "notes_sealed").get("notes", "")))
    for made in present(Declaration):
        found.append((_("Witness of the declaration"), opened(made, "witness_sealed").get("witness", "")))
    for check in present(FreeChoice):
        said = opened(check, "evidence_sealed")
        found += [(_("On pressure"), said.get("pressure", "")), (_("On information"), said.get("information", ""))]
    for row in present(Eligibility):
        label = label_of("eligibility_criterion", row.criterion)
        found.append((label, opened(row, "evidence_sealed").get("evidence", "")))
    for step in Step.objects.filter(avr=avr).order_by("occurred_at"):
        found.append((words.step_title(step), opened(step, "note_sealed").get("note", "")))
    return [(title, text) for title, text in found if text]
