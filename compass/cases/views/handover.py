"""The pages of handover: the sender sees who goes and who stays; the receiver sees needs and numbers until acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compass.access import openings
from compass.access.models import Organisation, OrganisationKind
from compass.access.pages import page
from compass.access.work import Work
from compass.cases.actions.handover import (
    SCOPE,
    HandoverDeclined,
    HandoverOffer,
    HandoverStep,
    accept_handovers,
    decline_handovers,
    not_agreed,
    offer_handovers,
    party_of,
    withdraw_handovers,
)
from compass.cases.forms_referral import DeclineForm, OfferForm, StepForm
from compass.cases.giveaway import in_words, told_of
from compass.cases.journeys import leads_to
from compass.cases.ladder import children, unmet
from compass.cases.models import Case, Handover, HandoverPerson
from compass.cases.models.case import OPEN
from compass.cases.queries import ladder_access
from compass.cases.views.common import find_case
from compass.cases.views.overtaken import no_longer_fits
from compass.people.models import Person
from compass.problems import BestInterestsFirst, ConsentMissing, KeyAbsent, NotFound, WrongState
from compass.ui.compare import is_stale, renew, rows
from compass.vocabulary import country, label_of, standard

PAGE = 50
ANSWERED = ("accepted", "rejected")


@require_http_methods(["GET", "POST"])
@page("handovers.offer")
def hand_over(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Offer the household of a case to another office."""
    case, _files = find_case(work, pk, "handovers.offer")
    person = work.find("people.view", Person, case.person_id)
    offices = list(
        Organisation.objects.filter(kind=OrganisationKind.OFFICE).exclude(pk=case.organisation_id).exclude(country="")
        .order_by("name")
    )  # fmt: skip
    home = next((str(office.pk) for office in offices if office.country == person.nationality), "")
    expected = leads_to(case)
    form = OfferForm(request.POST or None, offices=offices, expected=expected, initial={"to": home})
    if form.is_valid() and (told_who := told_of(work, person, form.cleaned_data["note"])):
        form.add_error("note", in_words(told_who))
    if form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            told = form.envelope("consent", id=pk)
            (made,) = offer_handovers(
                work,
                [
                    HandoverOffer(
                        **told,
                        to_organisation_id=UUID(data["to"]),
                        note=data["note"],
                        without_return=data.get("without_return", ""),
                    )
                ],
            )
            messages.success(request, _("Offered, sealed. You stay responsible until the office accepts."))
            return redirect("cases:handover", pk=made.pk)
    preview = _preview(work, person)
    offer = _open_offer(work, preview.get("going", [person]))
    if offer and request.method != "POST":
        messages.info(request, _("These people are offered to an office already. This is the open offer."))
        return redirect("cases:handover", pk=offer)
    return TemplateResponse(
        request,
        "cases/handover_new.html",
        {
            "case": case,
            "form": form,
            "offer": offer,
            **preview,
            "going_to": sorted(country(code).label for code in expected - {case.country}),
        },
    )


def _open_offer(work: Work, people: Sequence[Person]) -> UUID | None:
    """The offer about any of these people that still waits for its answer."""
    rows = HandoverPerson.objects.filter(
        person__in=people, handover__status="offered", handover__expires_at__gt=work.now
    )
    return rows.values_list("handover", flat=True).first()


def _preview(work: Work, person: Person) -> dict[str, Any]:
    try:
        party = party_of(person)
    except BestInterestsFirst:
        party = None
    if party is None or person.pk in party.staying:
        household = Person.objects.filter(household_id=person.household_id)
        found = children(p.pk for p in household).values()
        blocked = [(child.person, codes) for child in found if (codes := unmet(child))]
        return {"stopped": True, "blocked": _in_words(blocked), **_ladders(work, blocked)}
    unasked = [p for p, _answer in not_agreed(work, party.going)]
    refused = ConsentMissing(scope=label_of("consent_scope", SCOPE)) if unasked else None
    staying = [(p, party.staying[p.pk]) for p in party.household if p.pk in party.staying]
    work.saw(party.household)
    return {
        "going": party.going,
        "staying": _in_words(staying),
        "refused": refused,
        "unasked": unasked,
        "may_ask": work.may("people.consent"),
        **_ladders(work, staying),
    }


Blocked = Sequence[tuple[Person, Sequence[str]]]


def _in_words(blocked: Blocked) -> list[tuple[Person, list[tuple[str, str]]]]:
    """Each child with what must happen first: (identifier of the rule, what it asks)."""
    return [(person, [(rule, standard(rule).label) for rule in codes]) for person, codes in blocked]


def _ladders(work: Work, blocked: Blocked) -> dict[str, Any]:
    return {"ladders": ladder_access(work, [person.pk for person, _codes in blocked])} if blocked else {}


@require_safe
@page("handovers.list")
def handovers(request: HttpRequest, work: Work) -> HttpResponse:
    """Offers to us and by us."""
    rows = list(
        work.allowed("handovers.view", Handover)
        .defer("note_sealed", "answer_sealed")
        .order_by("-offered_at", "-id")[: 2 * PAGE]
    )
    names = _names(rows)
    work.saw(rows)
    ours = work.actor.organisations
    context = {
        "received": [
            (row, row.stands(work.now), names[row.organisation_id]) for row in rows if row.to_organisation_id in ours
        ],
        "offered": [
            (row, row.stands(work.now), names[row.to_organisation_id]) for row in rows if row.organisation_id in ours
        ],
        "now": work.now,
    }
    return TemplateResponse(request, "cases/handovers.html", context)


def _names(rows: list[Handover]) -> dict[UUID, str]:
    wanted = {pk for row in rows for pk in (row.organisation_id, row.to_organisation_id)}
    return dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name"))


@require_http_methods(["GET", "POST"])
@page("handovers.read")
def handover(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """One offer, from either side; POST declines it."""
    row = work.find("handovers.view", Handover, pk)
    if request.method != "POST":
        return TemplateResponse(request, "cases/handover.html", _context(work, row, _blank(work, row)))
    if not _is_asked(work, row):
        raise NotFound
    form = DeclineForm(request.POST, initial={"version": row.version})
    if form.is_valid():
        data = form.cleaned_data
        with work.attempt(form):
            told = form.envelope("public_interest", id=pk, **form.mark())
            decline_handovers(work, [HandoverDeclined(**told, reason=data["reason"], note=data["note"])])
            messages.success(request, _("Declined. The office that offered stays responsible."))
            return redirect("cases:handover", pk=pk)
    row = work.find("handovers.view", Handover, pk)
    context = _context(work, row, form)
    return TemplateResponse(request, "cases/handover.html", context | _overtaken(work, row, form, context["answer"]))


def _overtaken(work: Work, row: Handover, form: DeclineForm, answer: str) -> dict[str, Any]:
    """The refusal that was typed beside what became of the offer meanwhile, when it is no longer open."""
    if _may_answer(work, row):
        if is_stale(form):
            renew(form, version=row.version)
        return {}
    no_longer_fits(form)
    became = label_of("handover_status", row.stands(work.now))
    first = {"label": _("Answer"), "left": label_of("handover_status", "rejected"), "right": became}
    compared = [first, *rows(form, {"reason": row.rejection_reason, "note": answer})]
    return {"told": form, "compared": compared, "answered": row.status in ANSWERED, "form": None}


def _blank(work: Work, row: Handover) -> DeclineForm | None:
    return DeclineForm(initial={"version": row.version}) if _may_answer(work, row) else None


def _is_asked(work: Work, row: Handover) -> bool:
    """Whether the reader answers offers to this office."""
    return work.may("handovers.answer") and row.to_organisation_id in work.actor.organisations


def _may_answer(work: Work, row: Handover) -> bool:
    return row.stands(work.now) == "offered" and _is_asked(work, row)


def _context(work: Work, row: Handover, form: DeclineForm | None, step: StepForm | None = None) -> dict[str, Any]:
    names = _names([row])
    ours = row.organisation_id in work.actor.organisations
    people = list(HandoverPerson.objects.filter(handover=row).values_list("person_id", flat=True))
    cases = list(Case.objects.filter(person__in=people, status__in=OPEN).order_by("code")) if people else []
    work.saw(cases)
    note, answer = _open(work, row, "note_sealed"), _open(work, row, "answer_sealed")
    if note or answer:
        openings.count(work, [row.pk])
    return {
        "handover": row, "form": form, "ours": ours, "cases": cases, "moved": not ours and bool(people),
        "from_name": names[row.organisation_id], "to_name": names[row.to_organisation_id],
        "expired": row.expired(work.now), "may_answer": _may_answer(work, row), "step_form": step or StepForm(),
        "may_assign": work.may("cases.assign"),
        "may_withdraw": ours and row.status == "offered" and work.may("handovers.offer"),
        "note": note, "answer": answer,
    }  # fmt: skip


def _open(work: Work, row: Handover, column: str) -> str:
    try:
        said = work.keys.open(getattr(row, column), table="cases_handover", column=column, subject=row.pk)
    except KeyAbsent:
        return ""
    return str(said or "")


@require_POST
@page("handovers.step")
def step(request: HttpRequest, work: Work, pk: UUID, name: str) -> HttpResponse:
    """Accept or withdraw."""
    row = work.find("handovers.view", Handover, pk)
    if name not in {"accept", "withdraw"}:
        raise NotFound
    form = StepForm(request.POST)
    if form.is_valid():
        with work.attempt(form):
            # An offer is taken over on consent; to take it back needs nobody's.
            legal = "consent" if name == "accept" else "public_interest"
            told = [HandoverStep(**form.envelope(legal, id=pk))]
            if name == "accept":
                accept_handovers(work, told)
                said = _("Accepted. You are responsible from now on.")
                leads = (
                    _("Say who leads the case.")
                    if work.may("cases.assign")
                    else _("A supervisor says who leads the case.")
                )
                messages.success(request, f"{said} {leads}")
            else:
                withdraw_handovers(work, told)
                messages.success(request, _("The offer is withdrawn."))
            return redirect("cases:handover", pk=pk)
    row = work.find("handovers.view", Handover, pk)
    context = _context(work, row, _blank(work, row), form)
    if name == "accept" and row.status in ANSWERED and isinstance(form.problem, WrongState):
        context |= {"told": form, "answered": True}
    return TemplateResponse(request, "cases/handover.html", context)
