"""How many questions an intake demands: asked of the server, page after page, not of the marks in its pages.

Each page is sent as it came, then again with an answer to what was missing, until it is taken. What a page has filled in
already is no question; a list of boxes that must all be ticked, like the seven points of information, is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from compass.people.forms import ContactForm

pytestmark = pytest.mark.django_db
MOST_ANSWERS = 25
PLACE = re.compile(r'href="(/arrivals/[0-9a-f-]{36}/register/)"')
NO = dict.fromkeys(
    ("medical_now", "danger_now", "basic_needs", "harmed", "controlled", "fears_return", "child_alone"), "no"
)
ADULT = {
    "people": "1", "language": "ha", "age": "31",
    "interpreter_mode": "in_person", "interpreter": "Balkissa Adamou", "mode": "verbal_certified", "certified": "on",
    "sex": "female", "nationality": "NG", "safe_to_call": "no", "safe_to_carry_paper": "no", "household": "alone", **NO,
}  # fmt: skip
CHILD = {
    **ADULT, "age": "14", "child_agrees": "yes", "given_by": "other", "adult": "Responsable du centre",
    "uasc_status": "unaccompanied", "authority": "child_protection_authority",
}  # fmt: skip


class Filled(HTMLParser):
    """What a browser sends of the forms of a page that nobody touched, and the values that each field offers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: list[dict[str, list[str]]] = [{}]
        self.offered: dict[str, list[str]] = {}
        self._select = ""
        self.feed(page.partition("<main")[2].partition("</main")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, value = told.get("name") or "", told.get("value") or ""
        if tag == "form":
            self.sent.append({})
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self.offered.setdefault(self._select, []).append(value)
            if "selected" in told:
                self.sent[-1][self._select] = [value]
        elif tag == "input" and name:
            if told.get("type") in ("radio", "checkbox"):
                self.offered.setdefault(name, []).append(value or "on")
                if "checked" not in told:
                    return
            self.sent[-1].setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def demanded(client: Client, path: str, page: HttpResponse, answers: dict[str, Any]) -> tuple[list[str], HttpResponse]:
    """Names of the questions that this page demands, in their order, and the answer to the form that was taken."""
    asked: list[str] = []
    while True:
        filled = Filled(page.content.decode())
        form = next(each for each in filled.sent if "key" in each)
        given = {
            name: answers.get(name) or ("yes" if name.startswith("scope_") else filled.offered[name]) for name in asked
        }
        page = client.post(path, {**form, **given})
        if page.status_code == 302 or not page.context["form"].errors:
            return asked, page
        missing = [name for name in page.context["form"].errors if name not in asked]
        assert missing, (path, dict(page.context["form"].errors))
        asked += missing


def intake(client: Client, answers: dict[str, str]) -> list[str]:
    """Every question of the whole intake: arrival, consent, who it is, contact, household, screening."""
    before = set(PLACE.findall(client.get("/arrivals/").content.decode()))
    asked, _page = demanded(client, "/arrivals/", client.get("/arrivals/"), answers)
    (path,) = set(PLACE.findall(client.get("/arrivals/").content.decode())) - before
    person = ""
    while path != f"/people/{person}/":
        questions, page = demanded(client, path, client.get(path), answers)
        asked += questions
        path = page["Location"]
        person = re.findall(r"[0-9a-f-]{36}", path)[0]
    path = f"/cases/screen/{person}/"
    page = client.get(path)
    while page.status_code == 200:
        questions, page = demanded(client, path, page, answers)
        asked += questions
    return asked


@pytest.mark.parametrize("answers", [ADULT, CHILD], ids=["an adult", "a child alone"])
def test_an_intake_demands_few_answers(sign_in, answers):
    asked = intake(sign_in("zinder.social"), answers)

    assert {"people", "age", "information", "certified", "sex", "medical_now", "fears_return"} <= set(asked)
    assert len(asked) <= MOST_ANSWERS, asked


def test_a_question_that_the_server_demands_and_the_page_does_not_mark_is_counted(sign_in, monkeypatch):
    """The positive control: the number of answers grows with what is demanded, whatever the page says of it."""
    few = intake(sign_in("zinder.social"), ADULT)
    monkeypatch.setattr(ContactForm, "clean", _demanding(ContactForm.clean))

    more = intake(sign_in("zinder.social"), {**ADULT, "what_to_say": "Rappeler plus tard."})

    assert sorted(more) == sorted([*few, "what_to_say"])


def _demanding(clean: Callable[[ContactForm], dict[str, Any]]) -> Callable[[ContactForm], dict[str, Any]]:
    def cleaned(self: ContactForm) -> dict[str, Any]:
        told = clean(self)
        if not told.get("what_to_say"):
            self.add_error("what_to_say", "Demanded.")
        return told

    return cleaned
