"""The pages of searching as a clerk sees them: Chromium, 360 px, French, with and without scripts."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from compass.access.models import User
from compass.people.actions import Registration, register_people

KNOWN = {"given": "Mahamadou", "family": "Abdoulaye", "birth_year": 1990, "place_of_origin": "Maradi"}
SHOTS = os.environ.get("COMPASS_SHOTS", "")


@pytest.fixture
def office(apart, live, at, told):
    """The house with somebody known and somebody of whom only the age was told."""
    with at("zinder.social") as work:
        people = register_people(
            work,
            [
                Registration(**told(basis="vital_interest"), sex="male", languages=("ha",), identity=identity)
                for identity in (KNOWN, {"birth_year": 1990, "birth_estimated": True})
            ],
        )
    return live(database=apart), *people


def opened(chromium, served, username, *, scripts):
    client = Client()
    client.force_login(User.objects.get(username=username), "allauth.account.auth_backends.AuthenticationBackend")
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR", java_script_enabled=scripts)
    context.add_cookies(
        [
            {"name": "compass_session", "value": client.cookies["compass_session"].value, "url": served.url},
            {"name": "compass_language", "value": "fr", "url": served.url},
        ]
    )
    return context


def look(page, name):
    """Nothing is wider than the phone, no name is in the address; a picture when a folder was named."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    assert "Mahamad" not in page.url and "Abdoul" not in page.url
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_clerk_finds_somebody_again_and_is_asked_about_a_second_record(office, chromium, scripts):
    served, known, new = office
    context = opened(chromium, served, "zinder.social", scripts=scripts)
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)

    page.goto(f"{served.url}/people/find/")
    page.get_by_label("Noms, tels que vous les entendez").fill("Mohamadou")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_text("Un seul nom correspond à trop de personnes").first.wait_for()
    look(page, "find-one-name")
    page.get_by_label("Année de naissance, à peu près").fill("1991")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_text("1 personne peut être celle").wait_for()
    look(page, "find-results")
    assert "Abdoulaye" not in page.content()
    page.get_by_role("link", name=known.code).click()
    page.get_by_role("heading", name=known.code).wait_for()

    page.goto(f"{served.url}/people/find/")
    page.get_by_label("Noms, tels que vous les entendez").fill("Ousmane Zakari")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_text("Aucune personne enregistrée par votre bureau").wait_for()
    look(page, "find-nobody")

    page.goto(f"{served.url}/people/{new.pk}/identity/?intake")
    page.locator("[name=given]").fill("Mouhamadou")
    page.locator("[name=family]").fill("Abdulaye")
    page.locator("[name=birth_estimated][value=yes]").check()
    page.locator("[name=sex][value=male]").check()
    page.locator("[name=nationality]").select_option("NE")
    page.locator("select[name=language]").select_option("ha")
    page.locator("main form button:not([name])").last.click()
    page.get_by_role("heading", name="Est-ce la même personne").wait_for()
    assert urlsplit(page.url).query == "intake&then=contact"
    assert known.code in page.content() and "Abdulaye" not in page.content()
    look(page, "same")
    page.get_by_role("button", name="Ce n’est pas la même personne").click()
    page.wait_for_url("**/contact/?intake")

    assert [line for line in said if "Content Security Policy" in line] == []
    context.close()


def test_a_supervisor_reads_what_was_out_of_the_ordinary(office, chromium, at, told):
    from compass.access.work import Command
    from compass.people.actions import search_people
    from compass.people.searching.limits import EMPTY_A_DAY
    from compass.people.searching.tokens import record_of

    served, _known, _new = office
    for _ in range(EMPTY_A_DAY):
        with at("zinder.social") as work:
            record = record_of({"given": "Zakari", "family": "Ousmane"}, {})
            search_people(work, Command(**told(basis="public_interest")), record)
    context = opened(chromium, served, "zinder.supervisor", scripts=True)
    page = context.new_page()

    page.goto(f"{served.url}/people/searches/")

    page.get_by_text("Beaucoup sans résultat").wait_for()
    look(page, "searches")
    context.close()
