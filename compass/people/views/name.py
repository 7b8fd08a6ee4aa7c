"""A further name of a person: written down, corrected; and who the person was said to be before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.staff import names_of_colleagues
from compass.access.work import Work
from compass.people import queries
from compass.people.actions import record_names
from compass.people.forms import NameForm, RevealForm
from compass.people.matching.scripts import script_of
from compass.people.models import Person, PersonName
from compass.people.views.common import identity_answers
from compass.people.views.saying import say
from compass.problems import NotFound
from compass.ui.templatetags.ui import sealed
from compass.vocabulary import label_of


@require_http_methods(["GET", "POST"])
@page("people.name")
def name(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Write down a further name, or (`of`) correct one. What is sealed of it is not opened here."""
    person = work.find("people.identity", Person, pk)
    last = _one(work, person, request.GET["of"]) if "of" in request.GET else None
    initial = {"seen": str(last.pk), "kind": last.kind} if last is not None else {}
    form = NameForm(request.POST or None, last=last, initial=initial)
    saved = _("The name has been saved and sealed.")
    return say(
        request, work, person, form, last=last, record=record_names, beside=_rows, finds="words", saved=saved,
        template="people/name.html",
    )  # fmt: skip


def _one(work: Work, person: Person, which: str) -> PersonName:
    """The newest row of a name of the person. Raises NotFound."""
    for rows in queries.names_of(work, person):
        if str(rows[0].name) == which:
            return rows[0]
    raise NotFound


def _rows(form: NameForm, current: PersonName) -> list[dict[str, Any]]:
    """What was typed beside what a colleague said meanwhile; what is sealed stays sealed."""
    told = form.cleaned_data
    return [
        {
            "label": _("What kind of name"),
            "left": label_of("name_kind", told["kind"]),
            "right": label_of("name_kind", current.kind),
        },
        {"label": _("The name"), "left": told["words"], "right": sealed(), "state": "differs"},
    ]


def names_shown(work: Work, person: Person, *, opened: bool) -> list[dict[str, Any]]:
    """Each further name that counts; its words and script where the person was revealed on this response."""
    newest = [rows[0] for rows in reversed(queries.names_of(work, person)) if not rows[0].mistaken]
    return [{"row": row, **(_written(queries.name_words(work, row)) if opened else {})} for row in newest]


def _written(words: str) -> dict[str, str]:
    return {"words": words, "script": label_of("script", script_of(words))}


@require_http_methods(["GET", "POST"])
@page("people.former")
def former(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Names, birth, nationality and languages as they were said before, until when, and who changed them."""
    person = work.find("people.identity", Person, pk)
    reveal = RevealForm(request.POST or None)
    if queries.ended(queries.consent_of(person.pk)):
        reveal.without_consent()
    changes: list[dict[str, Any]] | None = None
    if request.method == "POST" and reveal.is_valid():
        opened = queries.reveal(work, person, reveal.cleaned_data["reason"])
        changes = _changes(work, person, queries.identity_said(person, opened.identity))
    context = {"person": person, "reveal": reveal, "changes": changes}
    return TemplateResponse(request, "people/former.html", context)


def _changes(work: Work, person: Person, now: dict[str, Any]) -> list[dict[str, Any]]:
    """What was replaced, the newest change first; each with its day and the colleague."""
    found = [*_identities(work, person, now), *_names(work, queries.names_of(work, person))]
    found.sort(key=lambda each: (each["row"].recorded_at, each["row"].pk), reverse=True)
    who = names_of_colleagues(work.actor.organisations, (each["row"].recorded_by for each in found))
    return [{**each, "who": who.get(each["row"].recorded_by, "")} for each in found]


def _identities(work: Work, person: Person, now: dict[str, Any]) -> Iterator[dict[str, Any]]:
    after = now
    for row, before in queries.former_identities(work, person):
        both = zip(identity_answers(before), identity_answers(after), strict=True)
        yield {"row": row, "facts": [told for told, later in both if told[1] and told != later], "mistaken": False}
        after = before


def _names(work: Work, names: Iterable[list[PersonName]]) -> Iterator[dict[str, Any]]:
    for rows in names:
        for later, row in pairwise(rows):
            told = (label_of("name_kind", row.kind), queries.name_words(work, row))
            yield {"row": later, "facts": [told], "mistaken": later.mistaken}
