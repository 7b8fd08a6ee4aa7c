"""A form says which version of a record was on the screen. One that does not is refused like one that came too late."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from compass.config.tests.access_world import PDF
from compass.config.tests.doors import DOORS, Door
from compass.problems import StandardNotMet, WrongState
from compass.ui.compare import is_stale
from compass.ui.forms import BaseForm, SeenField, VersionField

TYPED = "Zq typed"
#: What opens a form that is closed at first, and who answers a record that was sent elsewhere.
REVEAL = {"reveal": "1", "reason": "correct"}
OPENED = {"people:identity": REVEAL, "people:contact": REVEAL}
ELSEWHERE = {"people:merge": "here.supervisor", "cases:referral": "clinic.all", "cases:handover": "elsewhere.all"}
#: What the first answer of every list does not satisfy.
TOLD: dict[str, dict[str, Any]] = {
    "people:identity": {
        "birth_date": "1995-03-01",
        "birth_year": "",
        "birth_month": "",
        "birth_estimated": "",
        "birth_unknown": "",
        "one_name": "no",
        "second_nationality": "",
        "third_nationality": "",
    },
    "people:household": {"relation": ""},
    "people:consent": {"until": ""},
    "people:contact": {"phone": "+227 90 12 34 56", "unsafe_numbers": "+227 96 00 00 01", "safe_contact": "sms"},
    # On the day it was asked only a no is taken.
    "people:erasure_confirm": {"still": "no"},
    "cases:close": {"reason": "client_request_withdrawal"},
    "reintegration:section": {"EC08": ["NR"]},
    "cases:best_interests_step": {"members": "One\nTwo\nThree"},
}
#: Pages about a record that add one beside it, ask a person anew, or take a step that only one state allows.
ADDING = {
    "people:copy", "people:document", "people:rights",
    "people:ask_merge", "people:elsewhere",
    "people:person", "people:same", "people:pair", "people:withdraw", "people:replace_voice",
    "people:former", "people:group", "people:groups", "people:name", "people:number", "people:photo",
    "reception:activity", "reception:children", "reception:register", "reception:left", "reception:back",
    "reception:not_there",
    "cases:screen", "cases:case", "cases:refer", "cases:hand_over", "cases:reopen", "returns:start", "returns:show",
    "reintegration:person", "reintegration:plan", "reintegration:interview", "reintegration:new_action",
    "reintegration:follow_up", "communities:meeting", "communities:option", "communities:choose",
}  # fmt: skip

#: A no is heard from any page, however old: what falls harms nobody, and what was not heard cannot be undone.
A_NO = {"people:erasure_confirm", "people:erasure_cancel"}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def marks(form: Any) -> list[str]:
    """The fields of a form that say what was on the screen."""
    fields = form.fields.items()
    return [n for n, f in fields if isinstance(f, VersionField | SeenField) and form.initial.get(n) is not None]


def answers(form: Any) -> dict[str, Any]:
    """Every question answered with the first thing that can be."""
    found: dict[str, Any] = {}
    for name, field in form.fields.items():
        if isinstance(field.widget, forms.HiddenInput):
            value = form.get_initial_for_field(field, name)
            found[name] = "" if value is None else str(value)
        elif isinstance(field, forms.MultipleChoiceField):
            found[name] = [code for code, _ in _flat(field.choices)]
        elif isinstance(field, forms.ChoiceField):
            found[name] = next((code for code, _ in _flat(field.choices) if code), "")
        elif isinstance(field, forms.DateField):
            found[name] = timezone.localdate().isoformat()
        elif isinstance(field, forms.FileField):
            found[name] = SimpleUploadedFile("paper.pdf", PDF, "application/pdf")
        elif isinstance(field, forms.CharField):
            found[name] = TYPED
        else:
            found[name] = "1"
    return found


def _flat(choices: Any) -> Iterator[tuple[str, Any]]:
    for code, text in choices:
        if isinstance(text, list | tuple):
            yield from _flat(text)
        else:
            yield str(code), text


def form_of(response: Any) -> Any:
    found = (response.context or {}).get("form")
    return found if isinstance(found, BaseForm) else None


def opened(rooms: Any, door: Door) -> tuple[Client, str, Any]:
    """Somebody to whom the form opens, its address, and the form."""
    world, records = rooms
    account = ELSEWHERE.get(door.name) or min((f"here.{role}" for role in door.roles), default="") or door.others[0]
    client, url = world.client(account), door.url(records)
    more = OPENED.get(door.name)
    return client, url, form_of(client.post(url, more) if more else client.get(url))


def sent(client: Client, url: str, data: dict[str, Any]) -> tuple[bool, Any]:
    """Whether it was written, and the form when it comes back."""
    for value in data.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    with undone():
        response = client.post(url, data)
        return response.status_code == 302, form_of(response)


PAGES = [door for door in DOORS if not door.sent]


@pytest.mark.parametrize("door", PAGES, ids=lambda door: f"{door.name}-{'-'.join(door.given.values())}")
def test_a_form_without_the_mark_of_what_was_shown_writes_nothing_and_keeps_what_was_typed(rooms, door, monkeypatch):
    client, url, form = opened(rooms, door)
    if form is None or door.name in ADDING:
        assert form is None or not marks(form), "it says what it showed: take it from ADDING"
        return

    whole = {**answers(form), **TOLD.get(door.name, {})}
    whole = {name: value for name, value in whole.items() if name in form.fields}
    bare = {name: value for name, value in whole.items() if name not in marks(form)}
    empty = {**whole, **{name: "" for name in marks(form) if name == "version"}}
    assert bare != whole, (
        "say what the page showed (VersionField or SeenField, with its initial); a page that only adds goes into ADDING"
    )

    if door.name in A_NO:
        assert sent(client, url, bare)[0]
        return
    for data in [bare] if empty == whole else [bare, empty]:
        written, again = sent(client, url, data)
        assert not written
        assert is_stale(again), again.errors
        texts = [name for name, value in data.items() if value == TYPED and name in again.fields]
        assert [again[name].value() for name in texts] == [TYPED] * len(texts)

    written, again = sent(client, url, whole)
    assert written or isinstance(again.problem, WrongState | StandardNotMet), again.errors

    # Without the guard the same form is written: it is the missing mark, and nothing else, that was refused.
    monkeypatch.setattr(BaseForm, "_post_clean", lambda form: None)
    assert sent(client, url, bare)[0] == written


def test_every_kind_of_form_is_walked(rooms):
    walked = {door.name for door in PAGES if marks(opened(rooms, door)[2] or forms.Form())}

    assert {"people:identity", "people:contact", "cases:referral", "cases:handover"} <= walked
    assert len(walked) >= 35
