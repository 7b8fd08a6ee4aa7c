"""The pages of the screening: urgent questions first, nothing typed is lost, going back loses nothing."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

import compass
from compass.cases.actions.screening import Screened, screen_people
from compass.cases.models import Case, Screening
from compass.cases.tests.pages import said, url

pytestmark = pytest.mark.django_db


def test_screening_works_in_three_steps(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)
    client, page = sign_in("zinder.social"), url("screen", row.pk)
    urgent = {"medical_now": "no", "danger_now": "no"}
    routing = {"basic_needs": "no", "harmed": "yes", "controlled": "no", "fears_return": "no", "no_nationality": "no"}

    assert "medical_now" in said(client.get(page))
    second = said(client.post(page, {"step": "1", **urgent}))
    assert 'name="harmed"' in second and "refer/" not in second
    with at("zinder.social"):
        assert not Screening.objects.exists()
    third = said(client.post(page, {"step": "2", **urgent, **routing}))
    assert 'name="note"' in third
    key = str(uuid.uuid4())
    last = client.post(page, {"step": "3", **urgent, **routing, "note": "Des bleus", "key": key})

    with at("zinder.social"):
        made = Case.objects.get()
        assert last.url == url("case", made.pk) and made.risk_level == "medium"
        assert Screening.objects.get().computed == ["protection_case"]


def test_an_urgent_yes_is_recorded_before_anything_else_is_asked(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)
    client, page = sign_in("zinder.social"), url("screen", row.pk)
    urgent = {"medical_now": "yes", "danger_now": "no", "key": str(uuid.uuid4())}

    second = said(client.post(page, {"step": "1", **urgent}))
    client.post(page, {"step": "1", **urgent})
    with at("zinder.social"):
        made, kept = Case.objects.get(), Screening.objects.get()
    assert (made.risk_level, kept.medical_now) == ("high", True)
    assert made.code in second and "Rakia Abdou Moumouni" in second and url("refer", made.pk) in second

    routing = dict.fromkeys(("basic_needs", "harmed", "controlled", "fears_return", "no_nationality"), "no")
    last = client.post(page, {"step": "3", **urgent, **routing, "note": "Partie avec le médecin"})
    assert last.url == url("case", made.pk)
    with at("zinder.social"):
        assert (Case.objects.count(), Screening.objects.count()) == (1, 2)


def test_both_urgent_questions_are_answered_before_one_is_kept(sign_in, at, person):
    """As README.md says it."""
    with at("zinder.social") as work:
        row = person(work)
    answer = sign_in("zinder.social").post(url("screen", row.pk), {"step": "1", "medical_now": "yes"})

    assert set(answer.context["form"].errors) == {"danger_now"}
    with at("zinder.social"):
        assert not Screening.objects.exists()
    readme = (Path(compass.__file__).parent.parent / "README.md").read_text()
    assert "when one is answered with yes, both answers are kept before anything else is asked" in " ".join(
        readme.split()
    )


def test_screening_keeps_what_was_typed(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)
    page = said(sign_in("zinder.social").post(url("screen", row.pk), {"step": "1", "medical_now": "yes"}))

    assert 'value="yes"' in page and "checked" in page and 'role="alert"' in page


def test_screening_goes_back_with_its_answers(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)
    typed = {"step": "2", "medical_now": "yes", "danger_now": "no", "harmed": "yes", "back": "1"}
    page = said(sign_in("zinder.social").post(url("screen", row.pk), typed))

    assert "checked" in page and 'value="1"' in page


def test_going_back_twice_loses_no_answer(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)
    client, page = sign_in("zinder.social"), url("screen", row.pk)
    typed = {
        "medical_now": "no", "danger_now": "no", "harmed": "yes", "triggers": ["recent_assault"], "note": "des-bleus",
        "risk_level": "high",
    }  # fmt: skip

    second = said(client.post(page, {"step": "3", "back": "1", **typed}))
    first = said(client.post(page, {"step": "2", "back": "1", **typed}))

    for hidden in ('name="note" value="des-bleus"', 'name="risk_level" value="high"'):
        assert hidden in second and hidden in first
    assert 'name="harmed" value="yes"' in first and 'name="triggers" value="recent_assault"' in first
    assert first.count('name="medical_now"') == 2, "what is on the page does not travel beside it"


def test_an_urgent_answer_of_before_is_shown_to_whoever_screens_again(sign_in, at, told, person):
    with at("zinder.social") as work:
        row, calm = person(work), person(work)
        screen_people(work, [Screened(**told(id=row.pk), answers={"medical_now": True, "danger_now": False})])
        screen_people(work, [Screened(**told(id=calm.pk), answers={"medical_now": False, "danger_now": False})])
    client = sign_in("zinder.social")

    page = said(client.get(url("screen", row.pk)))

    assert "Déjà répondu" in page and "Quelqu’un a besoin d’un médecin tout de suite." in page
    assert "Déjà répondu" not in said(client.get(url("screen", calm.pk)))


def test_screening_elsewhere_is_not_there(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)

    assert sign_in("edo.reception").get(url("screen", row.pk)).status_code == 404
