from __future__ import annotations

import gzip
import re
import runpy

import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import include, path
from django.utils import translation

from compass.ui import context, navigation, views

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("ui/", include("compass.ui.urls")),
    path("cases/", views.living, name="cases-for-the-test"),
    path("cases/new/", views.living, name="new-case-for-the-test"),
    path("out/", views.living, name="account_logout"),
]
LANGUAGES = ["en", "fr", "ar"]


class Someone:
    is_authenticated = True


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def entries():
    navigation.register(label="Cases", url_name="cases-for-the-test", order=2)
    navigation.register(label="Register", url_name="new-case-for-the-test", order=1)
    navigation.register(label="Elsewhere", url_name="an-address-of-another-process")
    navigation.register(label="Hidden", url_name="account_logout", visible=lambda request: False)
    navigation.register(label="Data", url_name="ui:living", side="public")
    yield
    for name in ("cases-for-the-test", "new-case-for-the-test", "an-address-of-another-process", "account_logout"):
        navigation.unregister(name)
    navigation.unregister("ui:living", "public")


def asked(where: str = "/ui/", **query: str):
    request = RequestFactory().get(where, query)
    request.user = Someone()  # type: ignore[assignment]
    return request


def shell(request, template: str = "ui/base.html") -> str:
    return render_to_string(template, {"request": request, **context.shell(request)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_says_its_language_and_direction(language):
    with translation.override(language):
        html = shell(asked())

    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    assert html.count('name="language" value=') == 2
    assert f'name="language" value="{language}"' not in html


def test_the_language_switch_keeps_the_page():
    html = shell(asked("/cases/", risk="high"))

    assert '<input type="hidden" name="next" value="/cases/?risk=high">' in html


def test_the_quick_exit_leads_away_and_ends_the_session(settings):
    settings.COMPASS_LEAVE_URL_NAME = "account_logout"
    settings.COMPASS_QUICK_EXIT = {"fr": "https://fr.example.org/"}
    with translation.override("fr"):
        html = shell(asked())

    assert 'href="https://fr.example.org/" rel="noreferrer" data-exit data-leave="/out/"' in html


def test_an_office_chooses_its_own_quick_exit():
    request = asked()
    request.quick_exit_url = "https://meteo.example.org/"

    assert 'href="https://meteo.example.org/"' in shell(request)


def test_who_is_not_signed_in_has_no_session_to_end():
    request = RequestFactory().get("/ui/")

    assert "data-leave" not in shell(request)


def test_navigation_shows_what_the_request_may_see_and_where_it_is(entries):
    items = navigation.items(asked("/cases/new/"))

    assert [(str(item.label), item.current) for item in items] == [("Register", True), ("Cases", False)]


def test_the_public_side_has_its_own_navigation_and_links_for_languages(entries):
    request = RequestFactory().get("/ui/", {"page": "2"})
    with translation.override("fr"):
        html = shell(request, "ui/public.html")

    assert ">Data</a>" in html
    assert ">Cases</a>" not in html
    assert 'href="/ui/?page=2&amp;lang=ar"' in html
    assert "<form" not in html
    assert 'aria-current="true"' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_living_page_shows_everything_in_each_language(settings, language):
    settings.DEBUG = True
    with translation.override(language):
        response = views.living(asked())
    html = response.content.decode()

    assert response.status_code == 200
    assert "style=" not in html
    assert not re.search(r"<script(?! type=\"module\" src)", html)
    assert not re.search(r"\son\w+=", html)
    assert len(gzip.compress(response.content)) < 30 * 1024


@pytest.mark.parametrize("demonstration", [True, False])
def test_the_living_page_is_closed_outside_debug_mode(settings, demonstration):
    settings.DEBUG, settings.COMPASS_DEMONSTRATION = False, demonstration

    with pytest.raises(Http404):
        views.living(asked())


@pytest.mark.parametrize("debug", [True, False])
def test_the_living_page_has_an_address_in_debug_mode_only(settings, debug):
    settings.DEBUG = debug

    addresses = [str(each.pattern) for each in runpy.run_module("compass.config.urls")["urlpatterns"]]

    assert ("ui/" in addresses) is debug
    assert "people/" in addresses


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("view", "status"),
    [(views.not_found, 404), (views.forbidden, 403), (views.broken, 500), (views.csrf_failure, 403),
     (views.bad_request, 400), (views.not_this_way, 405)],
)  # fmt: skip
def test_an_error_is_a_real_page_without_user_session_or_database(view, status, language):
    bare = RequestFactory().get("/nowhere/")  # no user, no session: touching either would raise
    with translation.override(language):
        response = view(bare)
        html = response.content.decode()

    assert response.status_code == status
    assert f'<html lang="{language}"' in html
    assert html.count("<h1>") == 1
    assert "data-exit" in html
    assert "nowhere" not in html
    assert "no-store" in response.headers["Cache-Control"]
