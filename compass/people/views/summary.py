"""The person's own summary: on paper only when paper is safe to carry, otherwise read aloud from the screen."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries
from compass.people.consent import answer
from compass.people.content.consent import LATER_SCOPES, SCOPES, notice
from compass.people.documents import FOLDER, typeset
from compass.people.models import Person
from compass.people.views.common import nation, without_text, worker_notice
from compass.problems import ConsentMissing, NotFound
from compass.problems.words import in_a_row
from compass.vocabulary import label_of, language

LANGUAGES = ("en", "fr", "ar", "ha", "bm")
PAPER = _("carrying a paper from us")


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((FOLDER / "words.json").read_text(encoding="utf-8"))
    return found


@cache
def _labels(code: str) -> dict[str, dict[str, str]]:
    """Labels of code lists in a language that the lists do not have: {list: {value: label}}; empty for the others."""
    path = FOLDER / f"labels.{code}.json"
    found: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _label(code: str, list_id: str, value: str) -> str:
    """A value in the language of the summary; in French, as spoken in Niger, where that has no word for it yet."""
    known = _labels(code).get(list_id, {}).get(value)
    return known or (nation(value) if list_id == "nationality" else label_of(list_id, value))


def _content(work: Work, person: Person, code: str) -> dict[str, Any]:
    """What the summary says in one of its languages; nothing of it names the person or the organisation."""
    words, text = _words()[code], notice(code)
    opened = queries.opened(work, person)
    consent = queries.consent_of(person.pk)
    # What neither the lists nor our labels have in Hausa or Bambara is named in French.
    with override("fr" if _labels(code) else code):
        held = [words["name_kept"] if opened.identity.get("given") else words["name_not"]]
        if person.age_band:
            held.append(words["age"].format(value=_label(code, "age_band", person.age_band)))
        if person.nationality:
            held.append(words["nationality"].format(value=_label(code, "nationality", person.nationality)))
            # Further ones are sealed, and whoever opens this page gave no reason.
            if len(queries.nationalities_of(person, opened.identity)) > 1:
                held.append(words["nationality_more"])
        if person.languages:
            spoken = in_a_row(language(known).own_name for known in person.languages)
            held.append(words["languages"].format(value=spoken))
        if opened.contact:
            held.append(words["contact_kept"])
        if members := len(queries.household(work, person)):
            held.append(words["household"].format(value=members))
        services = (row for row in queries.services_of(work, person) if row.annulled_at is None)
        received = dict.fromkeys(_label(code, "service", row.service) for row in services)
        if received:
            held.append(words["services"].format(value=in_a_row(received)))
    withdrawn = consent is not None and consent.withdrawn_at is not None
    asked = [] if consent is None or withdrawn else [s for s in (*SCOPES, *LATER_SCOPES) if s in consent.scopes]
    return {
        "language": code,
        "direction": text.direction,
        "title": words["title"],
        "code_label": words["code"],
        "code": person.code,
        "date": f"{work.now:%d.%m.%Y}",
        "held_title": words["held_title"],
        "held": held,
        "agreed_title": words["agreed_title"],
        "agreed": [
            {"question": text.question(scope).question, "answer": words["yes" if answer(consent, scope) else "no"]}
            for scope in asked
        ],
        # How many, not which: whoever finds the paper must not read whom the person fears.
        "agreed_none": [
            *([] if asked else [words["withdrawn" if withdrawn else "none"]]),
            *([words["named"].format(value=len(consent.not_to))] if consent and consent.not_to else []),
        ],
        "back_title": text.section("take_back").title,
        "back": list(text.section("take_back").sentences),
        "ask_title": words["ask_title"],
        "ask": [words["ask"]],
        "complain_title": text.section("complain").title,
        "complain": list(text.section("complain").sentences),
    }


def _lines(content: dict[str, Any]) -> list[tuple[str, str]]:
    """What is read aloud, in order, each with what it is: a title, a heading or a sentence."""
    found = [("title", content["title"]), ("line", f"{content['code_label']} {content['code']}")]
    agreed = [line for row in content["agreed"] for line in (row["question"], row["answer"])]
    for heading, lines in (
        ("held_title", content["held"]),
        ("agreed_title", [*agreed, *content["agreed_none"]]),
        ("back_title", content["back"]),
        ("ask_title", content["ask"]),
        ("complain_title", content["complain"]),
    ):
        found += [("heading", content[heading]), *(("line", line) for line in lines)]
    return found


def person_language(person: Person) -> str:
    """The language of the summary the person reads best; the worker's when it is none of these."""
    for code in (*person.languages, (get_language() or "fr")[:2]):
        if code in LANGUAGES:
            return code
    return "fr"


@require_GET
@page("people.summary")
def summary(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """The summary to be read aloud, and the printed one where paper is safe."""
    person = work.find("people.summary", Person, pk)
    chosen = request.GET.get("language", "")
    code = chosen if chosen in LANGUAGES else person_language(person)
    content, worker = _content(work, person, code), worker_notice().language
    own = content if worker == code else _content(work, person, worker)
    return TemplateResponse(
        request,
        "people/summary.html",
        {
            "person": person,
            "content": content,
            "lines": [(*heard, mine) for heard, (_kind, mine) in zip(_lines(content), _lines(own), strict=True)],
            "same_language": own is content,
            "must_be_checked": notice(code).must_be_checked or "status" in _labels(code),
            "missing": without_text(person, code),
            "tongues": [language(each) for each in LANGUAGES],
            "paper": queries.safe_to_carry(work, person),
        },
    )


@require_GET
@page("people.summary.print")
def printed(request: HttpRequest, work: Work, pk: UUID, language: str) -> HttpResponse:
    """The PDF, made in memory. Refused unless the person said that paper is safe on them."""
    person = work.find("people.summary", Person, pk)
    if language not in LANGUAGES:
        raise NotFound
    if not queries.safe_to_carry(work, person):
        raise ConsentMissing(scope=str(PAPER))
    work.opens("people.summary.printed", [person.pk], language=language)
    content = typeset(FOLDER / "summary.typ", _content(work, person, language))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="summary.pdf"'
    return response
