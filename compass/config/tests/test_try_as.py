"""One press signs in at a post; only invented accounts, only in a demonstration."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from compass.access.models import Session, User
from compass.config.demo import context
from compass.config.demo.accounts import POSTS
from compass.trail.models import Entry
from compass.vault.identifiers import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def told_story(settings, tmp_path):
    """The loader's note about the mother."""
    settings.COMPASS_DATA = tmp_path

    def tell(note):
        (tmp_path / "story.json").write_text(note if isinstance(note, str) else json.dumps(note))

    return tell


def test_it_works(client, at):
    page = client.get("/accounts/signin/").content.decode()
    response = client.post("/try/zinder.supervisor/")

    assert all(f'action="/try/{post.username}/"' in page for post in POSTS)
    assert response.url == "/"
    assert client.session["_auth_user_id"] == str(User.objects.get(username="zinder.supervisor").pk)
    with at("zinder.supervisor"):
        assert Entry.objects.filter(purpose="access.signin").exists()


def test_the_session_is_made_anew(client):
    client.post("/try/zinder.social/")
    before = client.cookies["compass_session"].value

    client.post("/try/edo.supervisor/")

    assert client.cookies["compass_session"].value != before
    assert not Session.objects.filter(user_id=User.objects.get(username="zinder.social").pk).exists()


def test_a_link_signs_no_one_in(client):
    assert client.get("/try/zinder.social/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/try/zinder.social/").status_code == 403


@pytest.mark.parametrize("username", ["nobody", "zinder.social'--", "x" * 300])
def test_an_unknown_post_does_not_exist(client, username):
    assert client.post(f"/try/{username}/").status_code == 404


def test_a_real_account_is_not_offered(client, owner):
    # Committed and put back: only the owner may write this, and the request below touches no account.
    say = "UPDATE access_user SET is_demonstration = %s WHERE username = 'zinder.cases'"
    owner.execute(say, [False])
    try:
        answer = client.post("/try/zinder.cases/")
    finally:
        owner.execute(say, [True])

    assert answer.status_code == 404


def test_outside_a_demonstration_the_address_does_not_exist(client, settings):
    settings.COMPASS_DEMONSTRATION = False

    assert client.post("/try/zinder.social/").status_code == 404
    assert client.post("/try/summary/").status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"mother": 5}', '{"mother": "no number"}'])
def test_without_a_mother_there_is_no_link(client, told_story, note):
    assert context.mother_summary_url() == ""
    told_story(note)

    assert context.mother_summary_url() == ""
    assert client.post("/try/summary/").status_code == 404


def test_her_summary_is_one_press_away(client, told_story, monkeypatch):
    mother = str(new_id())
    told_story({"mother": mother, "username": "zinder.cases"})
    monkeypatch.setattr(context, "reverse", lambda name, args=(): f"/{name}/" + "".join(map(str, args)))

    assert context.mother_summary_url() == "/try:summary/"
    monkeypatch.setattr("compass.config.demo.views.summary_address", context.summary_address)
    response = client.post("/try/summary/")

    assert response.url == f"/people:summary/{mother}"
    assert client.session["_auth_user_id"] == str(User.objects.get(username="zinder.cases").pk)


def test_the_language_that_was_chosen_stays_at_the_post(client):
    """Chosen on the public pages, which hand it over in the address, or on the sign-in page."""
    client.get("/", {"lang": "ar"}, follow=True)
    from_the_public_pages = client.post("/try/zinder.supervisor/", follow=True).content.decode()
    client.post("/language/setlang/", {"language": "en", "next": "/accounts/signin/"})
    from_the_sign_in_page = client.post("/try/zinder.supervisor/", follow=True).content.decode()

    assert '<html lang="ar"' in from_the_public_pages
    assert '<html lang="en"' in from_the_sign_in_page


@pytest.mark.parametrize("lang", ["", "xx", "ar'--", "x" * 300])
def test_a_post_has_its_own_language_while_none_was_chosen(client, lang):
    client.get("/", {"lang": lang}, follow=True)

    assert '<html lang="fr"' in client.post("/try/zinder.supervisor/", follow=True).content.decode()
