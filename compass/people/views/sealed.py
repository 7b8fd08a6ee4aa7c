"""Identity and contact: forms over what is sealed, which opens only after a reason, also when two people save at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import grounds, queries
from compass.people.actions import change_identity
from compass.people.consent import DETAILS, answer
from compass.people.forms import ContactForm, IdentityForm, RevealForm, shown
from compass.people.models import FormerContact, Person
from compass.people.views.common import STEPS, identity_facts, nation, step_to, tongues
from compass.people.views.finding import after_writing
from compass.problems import StaleVersion
from compass.problems.words import in_a_row
from compass.ui.compare import rows
from compass.vocabulary import label_of


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
        saved=_("Who the person is has been saved; names and birth are sealed."),
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
        saved=_("The safe contact has been saved and sealed."),
        written=_tell_partners,
    )


def _tell_partners(request: HttpRequest, work: Work, person: Person) -> None:
    """Who was told something of the person may still use what has just been replaced: say whom to tell."""
    replaced = work.allowed("people.identity", FormerContact).filter(person=person, recorded_at__gte=work.now).exists()
    if replaced and (told := queries.receivers(work, person)):
        text = _("Others may still use the former contact. Tell them now if it is not safe any more: %(names)s.")
        messages.warning(request, text % {"names": in_a_row(told)})


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
    saved: str,
    written: Callable[[HttpRequest, Work, Person], None] = lambda request, work, person: None,
) -> HttpResponse:
    """Show a form over a sealed part: blank when nothing is there, else opened by a reason. `written` follows a change.

    A stale form learns nothing of what is sealed; both versions are shown, and can be saved over, only after a reason.
    """
    person = work.find("people.identity", Person, pk)
    consented = queries.consent_of(person.pk)
    context: dict[str, Any] = {
        "person": person,
        "step": step if "intake" in request.GET else 0,
        "steps": STEPS,
        "kept_back": answer(consented, DETAILS).reason in {"refused", "withdrawn"},
    }
    asked = "reveal" in request.POST or "compare" in request.POST
    reveal, form = RevealForm(request.POST if asked else None), None
    if queries.ended(consented):
        reveal.without_consent()

    def asked_for(data: Any, initial: dict[str, Any] | None) -> Any:
        made = build(data, initial)
        grounds.ask(made, person, purpose=DETAILS)
        return made

    if "reveal" in request.POST:
        if reveal.is_valid():
            form = asked_for(None, show(person, queries.reveal(work, person, reveal.cleaned_data["reason"])))
    elif request.method == "POST":
        form = asked_for(request.POST, {"version": person.version})
        if form.is_valid():
            if "compare" in request.POST:
                form.problem = StaleVersion(current=person)
            else:
                with work.attempt(form):
                    command = form.command(person, grounds.basis(work, form, person, purpose=DETAILS))
                    change_identity(work, [command])
                    written(request, work, person)
                    if beside := after_writing(work, request, person, command, after if context["step"] else "person"):
                        messages.success(request, saved)
                        return beside
                    return step_to(after, person, request, saved)
        if isinstance(form.problem, StaleVersion):
            context |= _conflict(work, form, reveal, compare)
    else:
        found = queries.opened(work, person)
        if not filled(found):
            form = asked_for(None, show(person, found))
    return TemplateResponse(request, template, {**context, "form": form, "reveal": reveal})


def _conflict(
    work: Work,
    form: Any,
    reveal: RevealForm,
    compare: Callable[[Any, Person, queries.Opened], list[dict[str, Any]]],
) -> dict[str, Any]:
    """Both versions after a reason; before it, only the values that were never sealed and differ.

    Which sealed answers differ would confirm a guess without a reason, so they are not even opened. Only who saw the
    other version can replace it: the form keeps its old version until then.
    """
    current = form.problem.current
    if reveal.is_bound and reveal.is_valid():
        both = compare(form, current, queries.reveal(work, current, reveal.cleaned_data["reason"]))
        form.data = {**form.data.dict(), "version": str(current.version)}
        return {"rows": both}
    both = compare(form, current, queries.Opened({}, {}))
    work.record("refused", problem=StaleVersion.number)
    return {
        "clear": [row for row in both if not row["sealed"] and row["left"] != row["right"]],
        "conflict": form.problem,
    }


def _row(label: str, left: str, right: str, *, sealed: bool = True) -> dict[str, Any]:
    return {"label": label, "left": left, "right": right, "sealed": sealed}


def _identity_rows(form: IdentityForm, person: Person, found: queries.Opened) -> list[dict[str, Any]]:
    told = form.cleaned_data
    both = zip(identity_facts(form.identity), identity_facts(found.identity), strict=True)
    return [
        *(_row(label, left, right) for (label, left), (_label, right) in both),
        _row(_("Sex"), label_of("sex", told["sex"]), label_of("sex", person.sex), sealed=False),
        _row(_("Nationality said first"), nation(told["nationality"]), nation(person.nationality), sealed=False),
        _row(_("Languages"), tongues(list(form.languages)), tongues(person.languages), sealed=False),
    ]


def _contact_rows(form: ContactForm, person: Person, found: queries.Opened) -> list[dict[str, Any]]:
    saved = {**dict.fromkeys(shown(ContactForm)), **found.contact}
    return [{**row, "sealed": True} for row in rows(form, saved)]
