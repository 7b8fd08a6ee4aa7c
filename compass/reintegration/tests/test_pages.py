"""Each page of life at home: that it works, and one refusal each."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from compass.reintegration import scoring
from compass.reintegration.forms import SectionForm
from compass.reintegration.models import Receipt
from compass.ui.templatetags.ui import optional

pytestmark = pytest.mark.django_db


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(kept, "JPEG")
    return kept.getvalue()


def pages(home: Any) -> dict[str, str]:
    found = {
        n: reverse(f"reintegration:{n}", args=[home.mother.pk]) for n in ("person", "welcome", "plan", "interview")
    }
    found |= {
        n: reverse(f"reintegration:{n}", args=[home.stall.pk])
        for n in ("action", "receipt", "delivered", "cancel", "follow_up")
    }
    found["new_action"] = reverse("reintegration:new_action", args=[home.made.pk])
    return found


def test_the_languages_of_the_country_of_return_stand_first(home, sign_in):
    page = sign_in("edo.reception").get(reverse("reintegration:interview", args=[home.mother.pk])).content.decode()

    here, others = page.split("<optgroup")[1:3]
    assert 'value="pcm"' in here and 'value="pcm"' not in others


def test_it_works_every_page(home, sign_in):
    home.plan()
    home.line()
    client = sign_in("edo.reception")

    for name, address in {**pages(home), "list": reverse("reintegration:list")}.items():
        answer = client.get(address)
        assert answer.status_code == 200, name
        assert " checked" not in answer.content.decode(), name
        assert "Ese" not in answer.content.decode(), name


@pytest.mark.parametrize("dimension", scoring.DIMENSIONS)
def test_what_is_called_optional_and_what_is_demanded_are_the_same_questions(dimension):
    form = SectionForm({}, dimension=dimension)
    called = {bound.name for bound in form.questions() if optional(bound)}

    assert set(form.errors) == {bound.name for bound in form.questions()} - called
    for name in form.errors:
        assert "NR" in dict(form.fields[name].choices), "one may decline what must be answered"


def test_the_page_of_the_questions_does_not_say_that_a_question_may_be_left_empty(home, sign_in):
    begun = home.interview()
    page = sign_in("edo.monitoring").get(reverse("reintegration:section", args=[begun.pk, "economic"])).content.decode()

    assert "left out" not in page and "choose “I do not wish to answer” then" in page


def test_every_page_of_another_office_is_not_there(home, sign_in):
    home.plan()
    home.line()
    begun = home.interview()
    kept = home.prove()
    client = sign_in("zinder.cases")

    more = {
        "result": reverse("reintegration:result", args=[begun.pk]),
        "section": reverse("reintegration:section", args=[begun.pk, "economic"]),
        "file": reverse("reintegration:receipt_file", args=[kept.pk]),
    }
    for name, address in {**pages(home), **more}.items():
        assert client.get(address).status_code == 404, name


def test_a_desk_officer_sees_nobody(sign_in):
    assert sign_in("hague.desk").get(reverse("reintegration:list")).status_code == 403


def test_bad_input_comes_back_with_the_form(home, sign_in):
    home.plan()
    home.line()
    client = sign_in("edo.reception")
    bad = {
        "arrived_on": "x",
        "goals": "kept words",
        "budget": "-1",
        "level": "moon",
        "result": "?",
        "amount": "much",
        "round": "?",
        "why": "",
        "delivered_on": "9999-99-99",
    }

    for name, address in pages(home).items():
        if name not in {"person", "action"}:
            answer = client.post(address, bad)
            assert answer.status_code == 200, name
            assert "data-errors" in answer.content.decode(), name


@pytest.mark.parametrize(
    ("content", "taken"), [(picture(), True), (b"<svg onload=x>", False), (b"%PDF-1.4 cut", False)]
)
def test_a_receipt_is_a_photo_or_a_pdf(home, sign_in, content, taken):
    home.plan()
    home.line()
    said = {
        "kind": "receipt",
        "amount": "٨٤٠٫٥٠",
        "issued_on": timezone.now().date().isoformat(),
        "file": SimpleUploadedFile("r.jpg", content),
    }
    client = sign_in("edo.reception")

    answer = client.send(reverse("reintegration:receipt", args=[home.stall.pk]), said)

    assert answer.status_code == (302 if taken else 200)
    if taken:
        with home.at("edo.reception"):
            kept = Receipt.objects.get()
        given = client.get(reverse("reintegration:receipt_file", args=[kept.pk]))
        assert given["Content-Disposition"].startswith("inline")
        assert given.content.startswith(b"\xff\xd8")


def test_a_delivery_of_tomorrow_is_refused(home, sign_in):
    home.plan()
    home.line()
    home.prove()
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()

    answer = sign_in("edo.reception").post(
        reverse("reintegration:delivered", args=[home.stall.pk]), {"delivered_on": tomorrow}
    )

    assert answer.status_code == 200
    assert "2001" in answer.content.decode() or "data-errors" in answer.content.decode()


@pytest.mark.parametrize(("language", "word"), [("fr", "Ce qui a été convenu"), ("ar", "ما اتُّفق عليه")])
def test_the_line_of_a_plan_speaks_the_language(home, sign_in, language, word):
    home.plan()
    home.line()
    client = sign_in("edo.reception")
    client.cookies["compass_language"] = language

    assert word in client.get(pages(home)["action"]).content.decode()
