"""The page of a person, by code; withdrawing consent; the guardian."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries
from compass.people.actions import GuardianAppointed, appoint_guardians, request_guardians, withdraw_consent
from compass.people.alerts import alerts_of
from compass.people.forms import GuardianForm, RevealForm, WithdrawForm
from compass.people.links import links_of
from compass.people.models import Consent, GuardianRequest, Person
from compass.people.views.intake import birth, said
from compass.problems import NotFound
from compass.ui.forms import BaseForm


@require_http_methods(["GET", "POST"])
@page("people.person")
def person(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Who is this (code), what is allowed and why, who belongs together, what was received, what comes next."""
    shown = work.find("people.view", Person, pk)
    edits = work.may("people.identity")
    reveal = RevealForm(request.POST or None)
    opened = None
    if request.method == "POST" and reveal.is_valid() and edits:
        work.find("people.identity", Person, pk)
        opened = queries.reveal(work, shown, reveal.cleaned_data["reason"])
    consent = queries.consent_of(shown.pk)
    allowed = queries.allowances(consent)
    members = queries.household(work, shown)
    work.saw(members)
    return TemplateResponse(
        request,
        "people/person.html",
        {
            "person": shown,
            "reveal": reveal,
            "opened": opened,
            "facts": _facts(opened) if opened else [],
            "consent": consent,
            "answered": [row for row in allowed if row.answer.reason != "not_asked"],
            "unasked": [row for row in allowed if row.answer.reason == "not_asked"],
            "members": members,
            "guardian": queries.guardian_of(work, shown) if shown.is_child else None,
            "services": queries.services_of(work, shown),
            "links": links_of(work, shown),
            "alerts": alerts_of(work, shown),
            "edits": edits,
            "registers": work.may("people.register"),
        },
    )


def _facts(opened: queries.Opened) -> list[tuple[str, str]]:
    identity, contact = opened.identity, opened.contact
    return [
        (_("Given name"), identity.get("given", "")),
        (_("Family name"), identity.get("family", "")),
        (_("Other names or spellings"), identity.get("other", "")),
        (_("Birth"), birth(identity)),
        (_("Place of origin"), identity.get("place_of_origin", "")),
        (_("Telephone number"), contact.get("phone", "")),
        (_("Is it safe to call this person?"), said(contact.get("safe_to_call"))),
        (_("What may be said if someone else answers"), contact.get("what_to_say", "")),
    ]


@require_http_methods(["GET", "POST"])
@page("people.withdraw")
def withdraw(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Take consent back: said once, in words, done at once."""
    shown = work.find("people.consent", Person, pk)
    consent = queries.consent_of(shown.pk)
    if consent is None or consent.withdrawn_at is not None:
        return redirect("people:person", pk=pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        with work.attempt(form):
            withdraw_consent(work, [form.command(work.find("people.consent", Consent, consent.pk))])
            messages.success(request, _("Consent is taken back. From now on nothing is used or shared under it."))
            return redirect("people:person", pk=pk)
    return TemplateResponse(request, "people/withdraw.html", {"person": shown, "consent": consent, "form": form})


@require_http_methods(["GET", "POST"])
@page("people.guardian")
def guardian(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Ask an authority for a guardian."""
    shown = work.find("people.guardian", Person, pk)
    form = GuardianForm(request.POST or None)
    if form.is_valid():
        with work.attempt(form):
            request_guardians(work, [form.command(shown)])
            return redirect("people:person", pk=pk)
    return TemplateResponse(request, "people/guardian.html", {"person": shown, "form": form})


@require_http_methods(["GET", "POST"])
@page("people.guardian")
def appointed(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Record that the guardian was appointed."""
    shown = work.find("people.guardian", Person, pk)
    asked = queries.guardian_of(work, shown)
    if asked is None:
        raise NotFound
    form = BaseForm(request.POST or None)
    if form.is_valid():
        with work.attempt(form):
            row = work.find("people.guardian", GuardianRequest, asked.pk)
            appoint_guardians(work, [GuardianAppointed(**form.envelope("legal_duty", id=row.pk, version=row.version))])
            return redirect("people:person", pk=pk)
    return TemplateResponse(request, "people/appointed.html", {"person": shown, "guardian": asked, "form": form})
