"""Signing in, signing out, trying too often, leaving in a hurry."""

from __future__ import annotations

import re
from unittest import mock

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import OperationalError
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from compass.access.models import Grant, Session, User
from compass.access.sessions import digest
from compass.config.demo.accounts import PASSWORD
from compass.problems import TooManyTries
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/signin/"


def _try(client: Client, username="zinder.cases", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": username, "password": password, **more})


def _entries(work, purpose):
    return list(Entry.objects.filter(purpose=purpose).order_by("-seq"))


def test_it_works(client, at):
    response = _try(client)

    assert response.status_code == 302
    assert response.url == "/"
    assert client.session["_auth_user_id"]
    with at("zinder.supervisor") as work:
        entry = _entries(work, "access.signin")[0]
    assert entry.actor == User.objects.get(username="zinder.cases").pk
    assert '"how":"password"' in entry.body


def test_it_leads_back_to_the_page_that_was_asked_for(client):
    asked = client.get("/accounts/me/")

    response = client.post(asked.url, {"login": "zinder.cases", "password": PASSWORD, "next": "/accounts/me/"})

    assert asked.url == "/accounts/signin/?next=/accounts/me/"
    assert response.url == "/accounts/me/"


def test_it_never_leads_to_another_site(client):
    response = _try(client, next="https://example.org/")

    assert response.url == "/"


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_page_offers_passkey_first_and_needs_nothing_inline(client, language):
    client.cookies["compass_language"] = language

    page = client.get(SIGN_IN).content.decode()

    assert f'<html lang="{language}"' in page
    assert page.index("data-passkey") < page.index('name="password"')
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*(src|application/json))", page)
    assert "placeholder" not in page


def test_a_wrong_password_keeps_the_user_name_and_says_nothing_about_the_account(client):
    known = _try(client, password="wrong").content.decode()
    unknown = _try(client, username="nobody.here", password="wrong").content.decode()

    said = re.compile(r'<div class="panel bad".*?</div>', re.S)
    assert said.search(known)[0] == said.search(unknown)[0]
    assert 'value="zinder.cases"' in known


def test_an_unknown_user_costs_as_many_hashes_as_a_known_one(client):
    def hashes(username):
        hasher = Argon2PasswordHasher
        with (
            mock.patch.object(hasher, "encode", autospec=True, side_effect=hasher.encode) as made,
            mock.patch.object(hasher, "verify", autospec=True, side_effect=hasher.verify) as checked,
        ):
            _try(client, username=username, password="wrong password here")
        return made.call_count + checked.call_count

    assert hashes("zinder.cases") == hashes("nobody.here") == 1


def test_a_failed_try_is_recorded_without_what_was_typed(client, at):
    _try(client, password="a secret typed wrong")
    _try(client, username="my password by mistake", password="x")

    with at("zinder.supervisor") as work:
        entries = _entries(work, "access.signin.failed")
    assert len(entries) == 1
    assert "secret" not in entries[0].body
    assert "mistake" not in entries[0].body


@pytest.mark.parametrize("username", ["zinder.cases", "nobody.here"])
def test_too_many_tries_are_answered_with_one_page(client, username):
    for _ in range(5):
        _try(client, username=username, password="wrong")

    response = _try(client, username=username)

    assert response.status_code == 429
    assert f"P-{TooManyTries.number}" in response.content.decode()
    assert username not in response.content.decode()


def test_a_closed_account_does_not_open(client, monkeypatch):
    # The owner's to write: the application may not.
    monkeypatch.setattr(User, "is_active", property(lambda user: False, lambda user, value: None))

    response = client.post(SIGN_IN, {"login": "zinder.cases", "password": PASSWORD}, follow=True)

    assert "_auth_user_id" not in client.session
    assert "Ce compte est fermé" in response.content.decode()


def test_a_published_account_does_not_open_outside_a_demonstration(client, settings):
    settings.COMPASS_DEMONSTRATION = False

    _try(client)

    assert "_auth_user_id" not in client.session


def test_who_comes_with_a_code_finds_the_form_below_the_passkey(client):
    page = client.get("/accounts/signin/", headers={"accept-language": "en"}).content.decode()

    summary = "<summary>First time here, or no passkey? Sign in with your user name and code or password.</summary>"
    assert page.index("data-passkey") < page.index(summary) < page.index('name="login"')


def test_the_key_of_the_session_changes_at_sign_in(client):
    client.get(SIGN_IN)
    client.cookies["compass_session"] = "k" * 32
    before = client.session
    before["kept"] = 1
    before.save()
    key = before.session_key
    client.cookies["compass_session"] = key

    _try(client)

    assert client.cookies["compass_session"].value != key
    assert not Session.objects.filter(key_hash=digest(key)).exists()


def test_signing_out_asks_once_and_clears_the_cache_only(sign_in, at):
    client = sign_in("zinder.cases")

    asked = client.get("/accounts/signout/")
    done = client.post("/accounts/signout/")

    assert asked.status_code == 200
    assert done.status_code == 302
    assert done["Clear-Site-Data"] == '"cache"'
    assert "_auth_user_id" not in client.session
    assert not Session.objects.filter(user_id=User.objects.get(username="zinder.cases").pk).exists()
    with at("zinder.supervisor") as work:
        assert _entries(work, "access.signout")


def test_leaving_ends_the_session(sign_in):
    client = sign_in("zinder.cases")

    response = client.post(reverse("access:leave"), headers={"sec-fetch-site": "same-origin"})

    assert response.status_code == 204
    assert not Session.objects.filter(user_id=User.objects.get(username="zinder.cases").pk).exists()


def test_leaving_needs_no_token_but_our_own_page(sign_in):
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="zinder.cases"), "allauth.account.auth_backends.AuthenticationBackend")

    foreign = client.post("/accounts/leave/", headers={"sec-fetch-site": "cross-site"})
    silent = client.post("/accounts/leave/")
    other = client.post("/accounts/leave/", headers={"origin": "https://example.org"})
    own = client.post("/accounts/leave/", headers={"origin": "http://testserver"})

    assert [foreign.status_code, silent.status_code, other.status_code, own.status_code] == [403, 403, 403, 204]
    assert client.get("/accounts/leave/").status_code == 405


def test_leaving_when_nobody_is_signed_in_is_no_error(client):
    assert client.post("/accounts/leave/", headers={"sec-fetch-site": "same-origin"}).status_code == 204


def test_leaving_without_script_ends_the_session_and_leads_away(sign_in, settings):
    settings.COMPASS_QUICK_EXIT = {"fr": "https://meteo.example.org/?a=1&b=2"}
    client = sign_in("zinder.cases")
    page = client.get("/accounts/me/").content.decode()
    (form,) = re.findall(r'<noscript><form method="post" action="/accounts/leave/".*?</form></noscript>', page)

    response = client.post("/accounts/leave/", {"away": "1"}, headers={"origin": "http://testserver"})
    away = response.content.decode()

    assert 'name="away"' in form
    assert 'content="0; url=https://meteo.example.org/?a=1&amp;b=2"' in away and "COMPASS" not in away
    assert response["Clear-Site-Data"] == '"cache"' and "no-store" in response["Cache-Control"]
    assert not Session.objects.filter(user_id=User.objects.get(username="zinder.cases").pk).exists()


def test_who_must_leave_is_led_away_also_when_the_browser_does_not_say_which_page_sent_it(sign_in):
    """Then the session stays: another site could have sent it."""
    client = sign_in("zinder.cases")

    for headers in ({}, {"origin": "https://example.org"}, {"sec-fetch-site": "cross-site"}):
        assert (
            'http-equiv="refresh"' in client.post("/accounts/leave/", {"away": "1"}, headers=headers).content.decode()
        )

    assert client.get("/accounts/me/").status_code == 200


def test_the_quick_exit_leads_to_leaving(sign_in):
    page = sign_in("zinder.cases").get("/accounts/me/").content.decode()

    assert 'data-leave="/accounts/leave/"' in page


def test_the_colleagues_language_is_used_unless_the_device_chose(sign_in):
    client = sign_in("edo.supervisor")

    own = client.get("/accounts/me/").content.decode()
    client.cookies["compass_language"] = "ar"
    chosen = client.get("/accounts/me/").content.decode()

    assert '<html lang="en"' in own
    assert '<html lang="ar" dir="rtl"' in chosen


def test_a_revoked_grant_counts_on_the_next_request(sign_in):
    client = sign_in("geneva.protection")
    assert client.get("/accounts/trail/").status_code == 200

    with mock.patch("compass.access.actor.timezone.now", return_value=timezone.now().replace(year=2000)):
        response = client.get("/accounts/trail/")

    assert response.status_code == 403
    assert Grant.objects.filter(user__username="geneva.protection").exists()


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_reset_password",
        "account_email",
        "account_set_password",
        "mfa_trust",
        "mfa_signup_webauthn",
        "mfa_download_recovery_codes",
        "account_inactive",
        "account_request_login_code",
    ],
)
def test_no_address_of_allauth_that_we_do_not_use_exists(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_a_form_from_another_site_is_refused(client):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(SIGN_IN, {"login": "zinder.cases", "password": PASSWORD}).status_code == 403


def test_a_problem_page_works_signed_in_and_not(client, sign_in):
    with mock.patch("allauth.account.views.LoginView.get", side_effect=TooManyTries):
        out = client.get(SIGN_IN, headers={"referer": "http://testserver/cases/"})
    signed = sign_in("zinder.cases").get("/accounts/trail/")

    assert out.status_code == 429
    assert 'href="/cases/"' in out.content.decode()
    assert signed.status_code == 403
    assert "P-1001" in signed.content.decode()


def test_a_database_that_is_away_is_said_in_words(client):
    with mock.patch("allauth.account.views.LoginView.get", side_effect=OperationalError):
        response = client.get(SIGN_IN)

    assert response.status_code == 503
    assert "P-5002" in response.content.decode()


def test_health_answers(client):
    assert client.get("/health").content == b"ok"

    with mock.patch("compass.config.health.connection.cursor", side_effect=OperationalError):
        assert client.get("/health").status_code == 503
