"""The children of a mother or father, registered in one go."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries as people
from compass.people.actions import give_consent, register_people
from compass.people.consent import answer
from compass.people.models import Consent, Person
from compass.problems import WrongState
from compass.reception import queries
from compass.reception.actions import ArrivalRegistered, register_arrivals
from compass.reception.forms_children import MOST_CHILDREN, ChildLine, FamilyForm, children_blocks, children_typed
from compass.reception.models import Arrival

#: A group up to this size is taken for one family; of a bus nobody knows who belongs to whom.
FAMILY = 6


@require_http_methods(["GET", "POST"])
@page("reception.children")
def children(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Register the children of a mother or father in one go; each takes a place of the group they came with."""
    parent = work.find("people.register", Person, pk)
    if parent.is_child:
        raise WrongState
    consent = people.consent_of(parent.pk)
    kept = bool(answer(consent, "data_processing"))
    places = queries.waiting_beside(work, parent)
    more = "more" in request.POST
    form = FamilyForm(request.POST or None)
    if more:
        form = FamilyForm(initial={field.name: field.value() for field in form})
    if not kept:
        del form.fields["same_answers"]
    if request.method == "POST":
        lines = children_typed(request.POST)
    else:
        lines = children_blocks(len(places) if len(places) < FAMILY else 1)
    if more:
        lines = children_blocks(len(lines.forms) + 1, lines)
    elif form.is_valid() and lines.is_valid():
        filled = [line for line in lines if line.has_changed()]
        if not filled:
            form.add_error(None, _("Fill in one block for each child."))
        with work.attempt(form):
            if filled:
                given = consent if kept and form.cleaned_data.get("same_answers") else None
                _register_family(work, form, filled, parent, places, given)
                messages.success(request, _registered(len(filled), given is not None))
                return redirect("people:person", pk=parent.pk)
    return TemplateResponse(
        request,
        "reception/children.html",
        {
            "person": parent,
            "form": form,
            "lines": lines,
            "kept": kept,
            "places": len(places),
            "more": len(lines.forms) < MOST_CHILDREN,
        },
    )


def _registered(count: int, agreed: bool) -> str:
    done = ngettext("%(count)d child is registered.", "%(count)d children are registered.", count) % {"count": count}
    after = _("Next: start the screening.") if agreed else _("Consent for the children must be asked within 72 hours.")
    return f"{done} {after}"


def _register_family(
    work: Work, form: FamilyForm, lines: list[ChildLine], parent: Person, places: list[Arrival], given: Consent | None
) -> None:
    envelope = form.envelope("vital_interest")

    def keyed(index: int, what: str, **more: Any) -> dict[str, Any]:
        return {**envelope, "key": uuid5(envelope["key"], f"{what} {index}"), **more}

    wanted = [
        line.registration(keyed(index, "person"), parent, named=given is not None) for index, line in enumerate(lines)
    ]
    placed = [
        ArrivalRegistered(**keyed(index, "place", id=place.pk), registration=registration)
        for index, (place, registration) in enumerate(zip(places, wanted, strict=False))
    ]
    made = [place.person for place in register_arrivals(work, placed) if place.person]
    made += register_people(work, wanted[len(placed) :])
    if given is None:
        return
    answers = [
        line.consent(keyed(index, "consent", basis="consent", id=child.pk), given)
        for index, (line, child) in enumerate(zip(lines, made, strict=True))
    ]
    give_consent(work, [each for each in answers if each is not None])
