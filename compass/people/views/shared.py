"""What was shared about a person: with whom, when, on what ground, and what can still be called back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries
from compass.people.models import Person
from compass.people.named import named_in
from compass.people.shared import shared_of


@require_safe
@page("people.shared")
def shared(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """In sentences to be read aloud to the person, from the records and the trail."""
    person = work.find("people.shared", Person, pk)
    consent = queries.consent_of(person.pk)
    return TemplateResponse(
        request,
        "people/shared.html",
        {
            "person": person,
            "rows": shared_of(work, person),
            "allowed": queries.explanations(person.pk),
            "named": named_in(consent),
            "may_take_back": consent is not None and consent.withdrawn_at is None,
        },
    )
