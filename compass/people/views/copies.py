"""A copy of all that is held about a person, for the person: on the screen, on paper where that is safe, or a locked file.

Everything is made in memory and answered at once. Nothing is kept here, and nothing is sent anywhere.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_http_methods

from compass.access import openings
from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries
from compass.people.actions import CopyAsked, record_copies
from compass.people.copies import Copy, gather
from compass.people.copy_words import words
from compass.people.documents import FOLDER, typeset
from compass.people.forms.copies import CopyAskedForm, CopyGivenForm
from compass.people.locked import locked, new_number
from compass.people.models import Person
from compass.people.views.summary import PAPER
from compass.problems import ConsentMissing


@require_http_methods(["GET", "POST"])
@page("people.copy")
def copy(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """First how they talk and who it is; then the colleague goes through the notes; then the copy itself.

    Each step that opens something is one answer to a form, and one copy written down.
    """
    person = work.find("people.copy", Person, pk)
    if queries.erased(person):
        return redirect("people:person", pk=pk)
    if "how" in request.POST:
        return _given(request, work, person)
    form = CopyAskedForm(request.POST or None)
    if form.is_valid():
        openings.count(work, [pk])
        with work.attempt(form):
            found = gather(work, person)
            told = form.cleaned_data
            _write_down(work, person, form, found, how="read", words=len(found.texts))
            first = {"talk": told["talk"], "checked": told["checked"], "number": new_number(), "language": _own(person)}
            return _page(request, work, person, _second(work, person, found, first))
    return _page(request, work, person, form)


def _own(person: Person) -> str:
    """The language of COMPASS that the person reads best, else the colleague's."""
    known = dict(settings.LANGUAGES)
    return next((code for code in person.languages if code in known), (get_language() or "fr")[:2])


def _second(work: Work, person: Person, found: Copy, first: dict[str, Any], data: Any = None) -> CopyGivenForm:
    return CopyGivenForm(
        data, initial=first, texts=found.texts, languages=settings.LANGUAGES,
        paper=queries.safe_to_carry(work, person),
    )  # fmt: skip


def _page(request: HttpRequest, work: Work, person: Person, form: CopyAskedForm | CopyGivenForm) -> HttpResponse:
    context = {
        "person": person, "form": form, "second": isinstance(form, CopyGivenForm),
        "number": form["number"].value() if isinstance(form, CopyGivenForm) else "",
        "paper": queries.safe_to_carry(work, person),
    }  # fmt: skip
    return TemplateResponse(request, "people/copy.html", context)


def _write_down(work: Work, person: Person, form: Any, found: Copy, *, how: str, words: int) -> None:
    talked = {name: form.cleaned_data.get(name, "") for name in ("talk", "checked")}
    # What is sent again is shown again: each time is a copy of its own, also under the key of an earlier one.
    about = {**form.about(person.pk), "key": uuid4()}
    record_copies(work, [CopyAsked(**about, **talked, how=how, records=found.records, words=words)])


def _given(request: HttpRequest, work: Work, person: Person) -> HttpResponse:
    openings.count(work, [person.pk])
    every = gather(work, person)
    form = _second(work, person, every, {}, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        with work.attempt(form):
            if told["how"] == "paper" and not queries.safe_to_carry(work, person):
                raise ConsentMissing(scope=str(PAPER))
            ticked = told.get("words", [])
            with override(told["language"]):
                found = gather(work, person, ticked)
                _write_down(work, person, form, found, how=told["how"], words=len(ticked))
                if told["how"] == "paper":
                    return _paper(_content(work, person, found))
                if told["how"] == "file":
                    return _file(locked(_content(work, person, found), found.as_data(work, person), told["number"]))
                content = _content(work, person, found)
            return TemplateResponse(request, "people/copy_shown.html", {"person": person, "content": content})
    # The notes are on the page again: that is going through them once more.
    _write_down(work, person, form, every, how="read", words=len(every.texts))
    return _page(request, work, person, form)


def _content(work: Work, person: Person, found: Copy) -> dict[str, Any]:
    """What the copy says, in the language that is active; its cover names neither person nor organisation."""
    return {
        "language": (get_language() or "fr")[:2],
        "direction": "rtl" if (get_language() or "").startswith("ar") else "ltr",
        "code": person.code,
        "date": f"{work.now:%d.%m.%Y}",
        "sections": [
            {
                "title": title,
                "records": [[{"label": label, "said": said} for label, said in entry.lines] for entry in entries],
            }
            for title, entries in found.sections
        ],
        "withheld": found.withheld,
        **words(),
    }


def _paper(content: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(typeset(FOLDER / "copy.typ", content), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="document.pdf"'
    return response


def _file(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = 'attachment; filename="document.html"'
    return response
