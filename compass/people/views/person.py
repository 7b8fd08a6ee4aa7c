"""The page of a person, by code; withdrawing consent; the guardian."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries, retention
from compass.people.actions import (
    GuardianAppointed,
    appoint_guardians,
    on_page,
    request_guardians,
    take_guardians_back,
    withdraw_consent,
)
from compass.people.alerts import alerts_of
from compass.people.consent import telling
from compass.people.forms import (
    AppointedForm,
    ContactForm,
    GuardianForm,
    GuardianMistakenForm,
    IdentityForm,
    RevealForm,
    WithdrawForm,
)
from compass.people.forms import shown as asked_of
from compass.people.functioning import answers_of, asked_here, suits
from compass.people.groups import current, groups_of, travels_with_strangers
from compass.people.households import cared_for_by_nobody
from compass.people.links import acts_of, links_of
from compass.people.models import FURTHER, Consent, GuardianRequest, Person
from compass.people.named import may_be_named, named_in
from compass.people.reach import dialled, may_be_called
from compass.people.shared import shared_of
from compass.people.views.common import contact_facts, identity_facts, nation, reached_before
from compass.people.views.document import documents_shown
from compass.people.views.name import names_shown
from compass.people.views.number import numbers_shown
from compass.problems import NotFound, StaleVersion
from compass.ui.forms import RecordForm
from compass.ui.templatetags.ui import chip, sealed
from compass.vocabulary import label_of

#: Answers about reaching someone of which the page also says that they are missing.
ALWAYS_SAID = frozenset({"safe_contact", "phone", "safe_to_call", "safe_to_carry_paper"})
#: Answers about who someone is of which the page says nothing while they are missing.
WHEN_SAID = frozenset({"one_name", *FURTHER})


@require_http_methods(["GET", "POST"])
@page("people.person")
def person(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Who is this (code), what is allowed and why, who belongs together, what was received, what comes next."""
    shown = work.find("people.view", Person, pk)
    # A record that was merged into another is read here, and written there.
    edits = work.may("people.identity") and shown.merged_into_id is None
    reveal = RevealForm(request.POST or None)
    consent = queries.consent_of(queries.spoken_under(shown))
    if queries.ended(consent):
        reveal.without_consent()
    opened = None
    if request.method == "POST" and reveal.is_valid() and work.may("people.identity"):
        # Of a closed file this puts exact values back.
        shown = work.find("people.identity", Person, pk)
        opened = queries.reveal(work, shown, reveal.cleaned_data["reason"])
    # Of two records made one, with what is not safe under the other.
    contact = queries.contact_of(work, shown) if opened else {}
    allowed = queries.allowances(consent)
    members = queries.household(work, shown)
    work.saw(members)
    guardian = queries.guardian_of(work, shown) if shown.is_child else None
    erased = queries.erased(shown)
    groups = groups_of(work, shown) if work.may("people.group") and not erased else []
    return TemplateResponse(
        request,
        "people/person.html",
        {
            "person": shown,
            "reveal": reveal,
            "opened": opened,
            "facts": _facts(shown, opened, contact, _notes(work, guardian, consent)) if opened else [],
            "reach": None if queries.ended(consent) else queries.reach_of(work, shown),
            "before": _before(work, shown, opened, contact) if opened else [],
            "consent": consent,
            "named": named_in(consent),
            "answered": [row for row in allowed if row.answer.reason != "not_asked"],
            "unasked": [row for row in allowed if row.answer.reason == "not_asked"],
            "members": members,
            "groups": current(groups),
            "strangers": travels_with_strangers(shown, groups),
            "nobody_grown": shown.merged_into_id is None and cared_for_by_nobody(shown, members),
            "guardian": guardian,
            "services": queries.services_of(work, shown),
            "links": links_of(work, shown),
            "acts": acts_of(work, shown) if shown.merged_into_id is None else [],
            "alerts": alerts_of(work, shown),
            "identifies": work.may("people.identity"),
            "names": names_shown(work, shown, opened=opened is not None) if work.may("people.identity") else [],
            "documents": documents_shown(work, shown, opened=opened is not None) if work.may("people.identity") else [],
            "numbers": numbers_shown(work, shown, opened=opened is not None) if work.may("people.identity") else [],
            "functioning": work.may("people.identity") and _six(work, shown),
            "edits": edits and not erased,
            "takes_back": edits and not erased and work.may("people.guardian_mistaken"),
            "erased": erased,
            "rights": queries.rights_shown(work, shown) if edits else [],
            "copies": work.may("people.copy") and not erased,
            "kept_until": retention.kept_until(shown.pk),
            "clocks": work.may("people.retention"),
            "has_children": any(other.is_child for other in members),
            "registers": work.may("people.register") and shown.merged_into_id is None,
            "reveals": work.may("people.identity") and not erased,
        },
    )


def _six(work: Work, person: Person) -> bool:
    """Whether the page leads to the six questions: they may be asked, or were."""
    return (asked_here(work) and suits(person)) or bool(answers_of(work, person))


def _notes(work: Work, guardian: GuardianRequest | None, consent: Consent | None) -> list[tuple[str, str]]:
    """What is sealed beside identity and contact, as far as something was said."""
    talk = queries.consent_detail(work, consent)
    notes = [
        (_("What the authority must know"), queries.guardian_note(work, guardian)),
        (_("Where the signed sheet or the recording is kept"), str(talk.get("evidence", ""))),
    ]
    return [note for note in notes if note[1]]


def _facts(
    person: Person, opened: queries.Opened, contact: dict[str, Any], notes: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    labels = {IdentityForm.base_fields[name].label for name in WHEN_SAID}
    who = identity_facts(opened.identity)
    first = (_("Nationality said first"), nation(person.nationality) if person.nationality else _("Not asked"))
    who.insert([name for name, _said in who].index(str(IdentityForm.base_fields[FURTHER[0]].label)), first)
    return [*_reached(contact), *(fact for fact in who if fact[1] or fact[0] not in labels), *notes]


def _before(work: Work, shown: Person, opened: queries.Opened, contact: dict[str, Any]) -> list[dict[str, Any]]:
    """How the person could be reached before, and under records that were merged into this one, with their codes."""
    unsafe = {"unsafe_numbers": contact.get("unsafe_numbers", ())}
    former = [(row.occurred_at, before) for row, before in queries.former_contacts(work, shown)]
    found = reached_before(opened.contact | unsafe, former)
    for code, earlier in queries.contacts_under_others(work, shown):
        found += [row | {"code": code} for row in reached_before(unsafe, earlier)]
    return found


def _reached(contact: dict[str, Any]) -> list[tuple[str, str]]:
    """How to reach the person, without questions that nobody asked; the number is a link only where calling it is safe."""
    facts = dict(zip(asked_of(ContactForm), contact_facts(contact), strict=True))
    label, phone = facts["phone"]
    if may_be_called(contact):
        facts["phone"] = (label, format_html('<a href="tel:{}" dir="ltr">{}</a>', dialled(phone), phone))
    elif phone:
        facts["phone"] = (label, format_html("<bdi>{}</bdi> {}", phone, chip(_("Do not call"), "bad")))
    return [fact for name, fact in facts.items() if fact[1] or name in ALWAYS_SAID]


@require_http_methods(["GET", "POST"])
@page("people.withdraw")
def withdraw(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Take consent back, whole or by purpose, for the children too when asked: said once, in words, done at once."""
    shown = work.find("people.consent", Person, pk)
    consent = queries.consent_of(shown.pk)
    # What was typed while a colleague took all of it back is refused in words: it may name more than they did.
    if consent is None or (consent.withdrawn_at is not None and request.method != "POST"):
        return redirect("people:person", pk=pk)
    children = queries.children_answered_for(work, shown, request.POST.getlist("children"))
    work.saw([child for child, _given in children])
    # What the same page took back when it was sent before is still one of its answers.
    sent = [scope for scope in request.POST.getlist("purposes") if scope in consent.scopes]
    scopes = list(dict.fromkeys([*queries.in_force(consent), *sent]))
    posted = request.POST.getlist("not_to")
    others = [row for row in may_be_named(work, shown, None) if row.pk not in consent.not_to or str(row.pk) in posted]
    form = WithdrawForm(request.POST or None, scopes=scopes, organisations=others, children=children)
    if form.is_valid():
        with work.attempt(form):
            kept, *_others = withdraw_consent(work, form.commands(work.find("people.consent", Consent, consent.pk)))
            messages.success(
                request, _taken_back(kept, form.scopes, [o.name for o in others if o.pk in form.named_now()])
            )
            return redirect("people:person", pk=pk)
    context = {"person": shown, "consent": consent, "form": form, "shared": shared_of(work, shown)}
    return TemplateResponse(request, "people/withdraw.html", context)


def _taken_back(kept: Consent, scopes: Sequence[str], named: Sequence[str]) -> str:
    if kept.withdrawn_at is not None:
        return _("Consent is taken back. From now on nothing is used or shared under it.")
    purposes = " · ".join([*(label_of("consent_scope", scope) for scope in scopes), *map(telling, named)])
    return _("Taken back: %(purposes)s. All other answers stay as they were.") % {"purposes": purposes}


@require_http_methods(["GET", "POST"])
@page("people.guardian")
def guardian(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Ask an authority for a guardian."""
    shown = work.find("people.guardian", Person, pk)
    asked = queries.guardian_of(work, shown)
    form = GuardianForm(request.POST or None, initial={"seen": on_page(asked)})
    rows: list[dict[str, Any]] = []
    if form.is_valid():
        with work.attempt(form):
            (made,) = request_guardians(work, [form.command(shown)])
            authority = label_of("guardian_authority", made.authority)
            messages.success(
                request,
                _("Guardian requested: %(authority)s. Next: record the appointment as soon as it is made.")
                % {"authority": authority},
            )
            return redirect("people:person", pk=pk)
        if isinstance(form.problem, StaleVersion):
            rows = guardian_rows(form.cleaned_data, form.problem.current)
            form.data = {**form.data.dict(), "seen": on_page(form.problem.current)}
    context = {"person": shown, "form": form, "asked": asked, "rows": rows}
    return TemplateResponse(request, "people/guardian.html", context)


def guardian_rows(told: dict[str, Any], current: GuardianRequest) -> list[dict[str, Any]]:
    """What was typed about a guardian beside the request a colleague recorded; its note stays sealed."""
    return [
        {
            "label": _("Authority asked for a guardian"),
            "left": label_of("guardian_authority", told["authority"]) if told.get("authority") else "",
            "right": label_of("guardian_authority", current.authority),
        },
        {
            "label": _("What the authority must know"),
            "left": told.get("remark", ""),
            "right": sealed(),
            "state": "differs",
        },
    ]


@require_http_methods(["GET", "POST"])
@page("people.guardian")
def appointed(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Record that the guardian was appointed."""
    shown, asked = _asked_guardian(work, pk, "people.guardian")
    form = AppointedForm(request.POST or None, initial={"version": asked.version})
    if form.is_valid():
        with work.attempt(form):
            appoint_guardians(work, [GuardianAppointed(**form.about(asked.pk))])
            messages.success(request, _("The appointment of the guardian has been recorded."))
            return redirect("people:person", pk=pk)
    context = {"person": shown, "guardian": asked, "form": form, "rows": _answered(form, "appointed")}
    return TemplateResponse(request, "people/appointed.html", context)


@require_http_methods(["GET", "POST"])
@page("people.guardian_mistaken")
def guardian_mistaken(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Take back a guardian that a colleague asked for by mistake."""
    shown, asked = _asked_guardian(work, pk, "people.guardian_mistaken")
    form = GuardianMistakenForm(request.POST or None, initial={"version": asked.version})
    if form.is_valid():
        with work.attempt(form):
            take_guardians_back(work, [form.command(asked.pk)])
            messages.success(request, _("The request for a guardian was taken back."))
            return redirect("people:person", pk=pk)
    own = asked.recorded_by == work.actor.id
    context = {"person": shown, "guardian": asked, "form": form, "rows": _answered(form, "withdrawn"), "own": own}
    return TemplateResponse(request, "people/guardian_mistaken.html", context)


def _asked_guardian(work: Work, pk: UUID, rule: str) -> tuple[Person, GuardianRequest]:
    """The child and the newest request for its guardian. Raises NotFound without one."""
    shown = work.find(rule, Person, pk)
    asked = queries.guardian_of(work, shown)
    if asked is None:
        raise NotFound
    return shown, work.find(rule, GuardianRequest, asked.pk)


def _answered(form: RecordForm, status: str) -> list[dict[str, Any]]:
    """What the form would have recorded beside what a colleague did meanwhile; the form goes on from there."""
    if not isinstance(form.problem, StaleVersion):
        return []
    now = label_of("guardian_status", form.problem.current.status)
    form.data = {**dict(form.data.items()), "version": str(form.problem.current.version)}
    return [{"label": _("Guardian"), "left": label_of("guardian_status", status), "right": now}]
