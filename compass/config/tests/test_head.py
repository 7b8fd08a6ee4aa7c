"""A HEAD is answered as the GET it stands for, without its body: by every page of both processes."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from compass.access.models import User
from compass.cases.tests.conftest import person  # noqa: F401
from compass.cases.tests.test_shared_pages import made, url  # noqa: F401
from compass.config import settings
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db


def plain(resolver: URLResolver, before: str = "/") -> list[str]:
    """Every address without a parameter."""
    found = []
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if "<" in route or "^" in route or "(?" in route:
            continue
        found += plain(one, route) if isinstance(one, URLResolver) else [route] if isinstance(one, URLPattern) else []
    return found


def browser(username: str = "zinder.supervisor") -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_every_address_answers_a_head_as_a_get():
    asked = [each for each in plain(get_resolver()) if "log" not in each]
    assert len(asked) > 25

    for address in asked:
        got, told = (getattr(browser(), method)(address) for method in ("get", "head"))
        assert told.status_code == got.status_code, address
        assert told.headers.get("Content-Type") == got.headers.get("Content-Type"), address
        assert told.headers.get("Location") == got.headers.get("Location"), address
        assert not (b"".join(told) if told.streaming else told.content), address


def test_the_page_of_a_case_tells_its_length_and_is_in_the_trail(made, at):  # noqa: F811
    client = browser("zinder.social")
    told = client.head(url("case", made["case"].pk))

    assert told.status_code == 200 and int(told.headers["Content-Length"]) > 1000 and told.content == b""
    with at("zinder.social"):
        assert Entry.objects.latest("seq").purpose == "cases.case"


def test_what_only_takes_a_form_does_nothing(made):  # noqa: F811
    client = browser("zinder.social")

    assert client.head("/accounts/leave/").status_code == 405 and client.head("/cases/").status_code == 200
    assert client.head(url("referral_step", made["case"].pk, "send")).status_code == 405


def ask(method: str, address: str, path: str) -> tuple[int, int, bytes]:
    there = HTTPConnection(urlsplit(address).netloc, timeout=30)
    there.request(method, path)
    answer = there.getresponse()
    body = answer.read()
    there.close()
    return answer.status, int(answer.headers.get("Content-Length") or 0), body


def test_both_processes_answer_over_the_wire(live):
    served = live(public=True)

    for address, path in ((served.public_url, "/"), (served.public_url, "/areas/"), (served.url, "/accounts/signin/")):
        status, length, body = ask("GET", address, path)
        assert ask("HEAD", address, path) == (status, length, b"") and (status != 200 or len(body) == length > 0)


def test_both_have_it_inside_of_what_serves_files():
    for listed in (settings._PUBLIC_MIDDLEWARE, settings._APP_MIDDLEWARE):
        assert listed.index("compass.ui.middleware.HeadMiddleware") == 2
