"""The steps of an intake, each a page of its own: consent before story, identity as little as needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries
from compass.people.actions import (
    GuardianAsked,
    change_households,
    change_identity,
    give_consent,
    request_guardians,
)
from compass.people.ages import age_on
from compass.people.consent import answer
from compass.people.content.consent import Notice, available, notice
from compass.people.forms import ConsentForm, ContactForm, HouseholdForm, IdentityForm, RevealForm
from compass.people.forms.consent import CORE_SCOPES, OTHER_SCOPES
from compass.people.models import Consent, Person
from compass.people.voices import recordings
from compass.problems import StaleVersion
from compass.ui.words import day
from compass.vocabulary import label_of, language
from compass.vocabulary import languages as all_languages
from compass.vocabulary.nationalities import nationalities

STEPS = 5


def step_to(name: str, person: Person, request: HttpRequest) -> HttpResponse:
    """To the next step of an intake, or back to the person's page when this was no intake."""
    if "intake" not in request.GET or name == "person":
        return redirect("people:person", pk=person.pk)
    return redirect(reverse(f"people:{name}", args=[person.pk]) + "?intake")


def basis_of(consent: Consent | None) -> str:
    """Consent when the person agreed to being recorded; before any answer, vital interest."""
    return "vital_interest" if answer(consent, "data_processing").reason == "not_asked" else "consent"


def _notices(person: Person, asked: str | None) -> tuple[Notice, Notice]:
    """The notice to be heard (as asked, else the person's language, else the worker's) and the worker's own."""
    own = (get_language() or "fr")[:2]
    worker = notice(own if own in available() else "fr")
    for code in (asked, *person.languages):
        if code in available():
            return notice(code), worker
    return worker, worker


def _ladder(person: Person, age: int | None) -> str:
    if not person.is_child:
        return ""
    if age is None:
        return "0-5" if person.age_band == "0-4" else "6-11" if person.age_band == "5-11" else person.age_band
    return "0-5" if age < 6 else "6-11" if age < 12 else "12-14" if age < 15 else "15-17"


@require_http_methods(["GET", "POST"])
@page("people.consent")
def consent(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Notice, questions, answers. "Cannot be asked now" leaves the 72 hours running and goes on."""
    person = work.find("people.consent", Person, pk)
    shown = "show" in request.POST
    heard, worker = _notices(person, request.POST.get("talk" if shown else "language"))
    age = age_on(queries.opened(work, person).identity, work.now.date()) if person.is_child else None
    step = _ladder(person, age)
    if request.method == "POST" and "later" in request.POST:
        return step_to("identity", person, request)
    played = recordings(work, heard.language)
    reliable = all(row.relied_on for row in played.values())
    build = partial(ConsentForm, step=step, worker_notice=worker, voice_informs=bool(played) and reliable)
    form = build(request.POST or None)
    if shown:
        form = build(initial={field.name: field.value() for field in form})
    if form.is_valid():
        with work.attempt(form):
            (given,) = give_consent(work, [form.command(person, heard)])
            kept = answer(given, "data_processing")
            return step_to("identity" if kept else "household", person, request)
    child = heard.for_child(age) if age is not None else None
    return TemplateResponse(
        request,
        "people/consent.html",
        {
            "person": person,
            "form": form,
            "begun": request.method == "POST",
            "step": 2 if "intake" in request.GET else 0,
            "steps": STEPS,
            "notice": heard,
            "spoken_here": not person.languages or person.languages[0] == heard.language,
            "same_language": heard.language == worker.language,
            "tongues": [language(code) for code in available()],
            "sections": [(worker.section(row.code), row, played.get(row.code)) for row in heard.sections],
            "child": child,
            "worker_child": worker.for_child(age) if age is not None else None,
            "child_voice": played.get(child.code) if child else None,
            "core": [_asked(form, heard, played, scope) for scope in CORE_SCOPES],
            "others": [_asked(form, heard, played, scope) for scope in OTHER_SCOPES],
            "reliable": reliable,
        },
    )


def _asked(form: ConsentForm, heard: Notice, played: dict[str, Any], scope: str) -> dict[str, Any]:
    question = heard.question(scope)
    return {"field": form[f"scope_{scope}"], "question": question, "voice": played.get(question.voice_key)}


@require_http_methods(["GET", "POST"])
@page("people.identity")
def identity(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Register or correct who the person is. What is sealed opens only after a reason."""

    def build(data: Any, initial: dict[str, Any] | None) -> IdentityForm:
        return IdentityForm(data, initial=initial, country=work.actor.organisation.country)

    return _sealed_page(
        request,
        work,
        pk,
        build=build,
        show=lambda person, found: IdentityForm.initial_of(person, found.identity),
        filled=lambda found: bool(found.identity.get("given") or found.identity.get("family")),
        compare=_identity_rows,
        template="people/identity.html",
        step=3,
        after="contact",
    )


@require_http_methods(["GET", "POST"])
@page("people.contact")
def contact(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """How to reach the person safely."""
    return _sealed_page(
        request,
        work,
        pk,
        build=lambda data, initial: ContactForm(data, initial=initial),
        show=lambda person, found: ContactForm.initial_of(person, found.contact),
        filled=lambda found: bool(found.contact),
        compare=_contact_rows,
        template="people/contact.html",
        step=4,
        after="household",
    )


def _sealed_page(
    request: HttpRequest,
    work: Work,
    pk: UUID,
    *,
    build: Callable[[Any, dict[str, Any] | None], Any],
    show: Callable[[Person, queries.Opened], dict[str, Any]],
    filled: Callable[[queries.Opened], bool],
    compare: Callable[[Any, Person, queries.Opened], list[dict[str, Any]]],
    template: str,
    step: int,
    after: str,
) -> HttpResponse:
    """Show a form over a sealed part: blank when nothing is there, else opened by a reason; compare when stale."""
    person = work.find("people.identity", Person, pk)
    consented = queries.consent_of(person.pk)
    context: dict[str, Any] = {
        "person": person,
        "step": step if "intake" in request.GET else 0,
        "steps": STEPS,
        "kept_back": answer(consented, "data_processing").reason in {"refused", "withdrawn"},
    }
    reveal, form = RevealForm(request.POST if "reveal" in request.POST else None), None
    if "reveal" in request.POST:
        if reveal.is_valid():
            form = build(None, show(person, queries.reveal(work, person, reveal.cleaned_data["reason"])))
    elif request.method == "POST":
        form = build(request.POST, None)
        if form.is_valid():
            with work.attempt(form):
                change_identity(work, [form.command(person, basis_of(consented))])
                return step_to(after, person, request)
        if isinstance(form.problem, StaleVersion):
            current = form.problem.current
            context["rows"] = compare(form, current, queries.reveal(work, current, "compare"))
            form.data = {**form.data.dict(), "version": str(current.version)}
    else:
        found = queries.opened(work, person)
        if not filled(found):
            form = build(None, show(person, found))
    return TemplateResponse(request, template, {**context, "form": form, "reveal": reveal})


def _identity_rows(form: IdentityForm, person: Person, found: queries.Opened) -> list[dict[str, Any]]:
    mine, theirs = form.identity, found.identity
    told = form.cleaned_data
    spoken = [code for code in (told["language"], told["second_language"]) if code]
    return [
        {"label": _("Given name"), "left": mine.get("given", ""), "right": theirs.get("given", "")},
        {"label": _("Family name"), "left": mine.get("family", ""), "right": theirs.get("family", "")},
        {"label": _("Other names or spellings"), "left": mine.get("other", ""), "right": theirs.get("other", "")},
        {"label": _("Birth"), "left": birth(mine), "right": birth(theirs)},
        {"label": _("Sex"), "left": label_of("sex", told["sex"]), "right": label_of("sex", person.sex)},
        {
            "label": _("Nationality"),
            "left": nation(told["nationality"]),
            "right": nation(person.nationality),
        },
        {"label": _("Languages"), "left": tongues(spoken), "right": tongues(person.languages)},
        {
            "label": _("Place of origin"),
            "left": mine.get("place_of_origin", ""),
            "right": theirs.get("place_of_origin", ""),
        },
    ]


def _contact_rows(form: ContactForm, person: Person, found: queries.Opened) -> list[dict[str, Any]]:
    mine, theirs = form.contact, found.contact
    return [
        {"label": _("Telephone number"), "left": mine.get("phone", ""), "right": theirs.get("phone", "")},
        {
            "label": _("Is it safe to call this person?"),
            "left": said(mine.get("safe_to_call")),
            "right": said(theirs.get("safe_to_call")),
        },
        {
            "label": _("What may be said if someone else answers"),
            "left": mine.get("what_to_say", ""),
            "right": theirs.get("what_to_say", ""),
        },
        {
            "label": _("Is it safe for this person to carry a paper from us?"),
            "left": said(mine.get("safe_to_carry_paper")),
            "right": said(theirs.get("safe_to_carry_paper")),
        },
    ]


def said(value: bool | None) -> str:
    """Yes, no, or nothing when it was not asked."""
    return "" if value is None else _("Yes") if value else _("No")


def birth(identity: dict[str, Any]) -> str:
    """The date of birth, or the year with a word when it is an estimate."""
    if born := identity.get("birth_date"):
        return day(date.fromisoformat(born))
    year = identity.get("birth_year")
    if not year:
        return ""
    return _("about %(year)s") % {"year": str(year)} if identity.get("birth_estimated") else str(year)


def nation(code: str) -> str:
    """The name of a nationality's country; the code itself when the list lost it."""
    found = nationalities().get(code)
    return found.label if found else code


def tongues(codes: list[str]) -> str:
    """Languages in words, the preferred one first."""
    names = {row.code: row.label for row in all_languages()}
    return ", ".join(names.get(code, code) for code in codes)


@require_http_methods(["GET", "POST"])
@page("people.household")
def household(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Who belongs together; for a child alone, the request for a guardian."""
    person = work.find("people.household", Person, pk)
    own = queries.household(work, person)
    near = queries.neighbours(work, person)
    work.saw([*own, *near])
    form = HouseholdForm(
        request.POST or None,
        initial={"version": person.version},
        person=person,
        own=own,
        others=[(str(other.household_id), _with(other)) for other in near],
        asked=queries.guardian_of(work, person) is not None,
    )
    if form.is_valid():
        with work.attempt(form):
            command = form.command(person)
            change_households(work, [command])
            if form.wants_guardian:
                asked = GuardianAsked(
                    **form.envelope("legal_duty", id=person.pk) | {"key": _second(command.key)},
                    authority=form.cleaned_data["authority"],
                )
                request_guardians(work, [asked])
            return redirect("people:person", pk=person.pk)
        if isinstance(form.problem, StaleVersion):
            form.data = {**form.data.dict(), "version": str(form.problem.current.version)}
    return TemplateResponse(
        request,
        "people/household.html",
        {
            "person": person,
            "form": form,
            "own": own,
            "step": STEPS if "intake" in request.GET else 0,
            "steps": STEPS,
            "current": form.problem.current if isinstance(form.problem, StaleVersion) else None,
        },
    )


def _second(key: UUID) -> UUID:
    return uuid5(key, "guardian")


def _with(other: Person) -> str:
    parts = [other.code, label_of("sex", other.sex)]
    if other.age_band:
        parts.append(label_of("age_band", other.age_band))
    if spoken := tongues(other.languages):
        parts.append(spoken)
    return _("With %(who)s") % {"who": " · ".join(parts)}
