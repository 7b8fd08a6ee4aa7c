"""How long a session lives, who ends it, and what its table gives away."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from compass.access.models import Session, User
from compass.access.sessions import SessionStore, digest, end_sessions
from compass.access.work import Work
from compass.config.demo.accounts import PASSWORD
from compass.problems import RootKeyAway

pytestmark = pytest.mark.django_db
PAGE = "/accounts/me/"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _later(**time):
    moment = timezone.now() + timedelta(**time)
    return mock.patch("compass.access.sessions.timezone.now", return_value=moment)


@pytest.fixture
def signed(sign_in):
    return sign_in("zinder.cases")


def test_it_works(signed):
    assert signed.get(PAGE).status_code == 200


def test_thirty_minutes_without_work_end_it(signed):
    with _later(minutes=29):
        assert signed.get(PAGE).status_code == 200
    with _later(minutes=58):
        assert signed.get(PAGE).status_code == 200
    with _later(minutes=89):
        assert signed.get(PAGE).status_code == 302


def test_twelve_hours_end_it_whatever_happens(signed):
    for minutes in range(20, 12 * 60, 20):
        with _later(minutes=minutes):
            assert signed.get(PAGE).status_code == 200
    with _later(hours=12, seconds=1):
        assert signed.get(PAGE).status_code == 302


def test_work_that_saves_every_few_seconds_keeps_it_open(signed):
    for minutes in range(1, 40):
        with _later(minutes=minutes):
            session = signed.session
            session["step"] = minutes
            session.save()
    with _later(minutes=40):
        assert signed.get(PAGE).status_code == 200


def test_saving_never_passes_twelve_hours(signed):
    row = Session.objects.get(key_hash=digest(signed.session.session_key))
    Session.objects.filter(pk=row.pk).update(created_at=row.created_at - timedelta(hours=11, minutes=59))

    session = signed.session
    session["step"] = 1
    session.save()
    row.refresh_from_db()

    assert row.expires_at - row.created_at == timedelta(hours=12)


def test_the_table_signs_no_one_in_and_shows_nothing(signed):
    key = signed.session.session_key
    row = Session.objects.get(key_hash=digest(key))
    thief = Client()
    thief.cookies["compass_session"] = row.key_hash

    assert thief.get(PAGE).status_code == 302
    assert key.encode() not in bytes(row.sealed)
    assert b"_auth_user" not in bytes(row.sealed)


def test_content_moved_to_another_row_signs_no_one_in(signed):
    own = Session.objects.get(key_hash=digest(signed.session.session_key))
    other = Client()
    other.force_login(User.objects.get(username="edo.supervisor"), BACKEND)
    Session.objects.filter(key_hash=digest(other.session.session_key)).update(sealed=bytes(own.sealed))

    assert other.get(PAGE).status_code == 302
    assert SessionStore(other.cookies["compass_session"].value).load() == {}


def test_all_other_sessions_end_on_request(signed):
    user = User.objects.get(username="zinder.cases")
    elsewhere, colleague = Client(), Client()
    elsewhere.force_login(user, BACKEND)
    colleague.force_login(User.objects.get(username="zinder.social"), BACKEND)

    response = signed.post("/accounts/me/others/")

    assert response.status_code == 302
    assert elsewhere.get(PAGE).status_code == 302
    assert signed.get(PAGE).status_code == 200
    assert colleague.get(PAGE).status_code == 200


def test_who_is_signed_out_while_something_is_saved_signs_in_and_is_not_told_that_nothing_was(signed, monkeypatch):
    """Locked, taken out, ended from another device: the page that is not shown any more says nothing untrue instead."""
    finish = Work.finish

    def ended_meanwhile(work):
        end_sessions(work.actor.id)
        finish(work)

    monkeypatch.setattr(Work, "finish", ended_meanwhile)

    answer = signed.post("/accounts/me/others/", {"key": str(uuid4())})

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/signin/")


def test_the_page_lists_only_the_own_sessions(signed):
    Client().force_login(User.objects.get(username="zinder.social"), BACKEND)
    page = signed.get(PAGE).content.decode()

    assert page.count("<time") + page.count('class="chip good">') >= 1
    assert "/accounts/me/others/" not in page


def test_end_sessions_ends_them_for_a_changed_grant(signed):
    user = User.objects.get(username="zinder.cases")

    assert end_sessions(user.pk) == 1
    assert signed.get(PAGE).status_code == 302


def test_a_new_password_ends_all_other_sessions(signed):
    elsewhere = Client()
    elsewhere.force_login(User.objects.get(username="zinder.cases"), BACKEND)
    new = "seven quiet herons at dawn"

    response = signed.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert response.url == PAGE
    assert signed.get(PAGE).status_code == 200
    assert elsewhere.get(PAGE).status_code == 302
    assert Session.objects.filter(user_id=User.objects.get(username="zinder.cases").pk).count() == 1


@pytest.mark.parametrize("new", ["too short", "zinder.cases.zi", "1qaz2wsx3edc4rfv"])
def test_a_weak_password_is_refused(signed, new):
    response = signed.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert response.status_code == 200
    assert User.objects.get(username="zinder.cases").check_password(PASSWORD)


def test_pages_are_kept_by_no_cache(signed):
    assert "no-store" in signed.get(PAGE)["Cache-Control"]


def test_a_server_that_missed_a_new_root_key_says_so_instead_of_falling_over(signed):
    with mock.patch("compass.access.sessions.system_key", side_effect=RootKeyAway(number=2)):
        asked = signed.get(PAGE)
        page = signed.get("/accounts/signin/")
        answer = signed.post("/accounts/signin/", {"login": "zinder.cases", "password": PASSWORD})

    assert (asked.status_code, page.status_code, answer.status_code) == (302, 200, 503)
    assert "4011" in answer.content.decode()
