"""Every public page as the public process serves it: on a phone without scripts and within its weight, and held to
axe-core on a phone and on a wide screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import DatabaseError

from compass.commons import queries
from compass.config.commands.load_public import load
from compass.config.serving import Live
from compass.config.tests.thread_steps import AXE, DESK, OVERFLOW, PHONE, RUN_AXE, SERIOUS
from compass.vocabulary import countries

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = ("/", "/missing-migrants/", "/about/", *(f"/countries/{c.alpha2.lower()}/" for c in countries()))
KINDS = ("/", "/missing-migrants/", "/about/", "/countries/ne/")
#: Budget of a first load, everything together (DESIGN.md, section 9).
BYTES = 60_000
WORDS = {"en": "This page does not exist", "fr": "Cette page n’existe pas", "ar": "هذه الصفحة غير موجودة"}


@pytest.fixture
def public(live: Callable[..., Live], apart: str) -> Iterator[Live]:
    """The public process over published files."""
    assert load("geneva.results") == 0
    yield live(public=True, database=apart)


def test_every_page_works_without_scripts_within_its_weight(public: Live, chromium: Browser) -> None:
    faults: list[str] = []
    for language, pages in (("fr", PAGES), ("ar", KINDS), ("en", KINDS)):
        for path in pages:
            # A context of its own each: nothing is in the cache yet.
            context = chromium.new_context(
                java_script_enabled=False, viewport={"width": 360, "height": 800}, locale=language
            )
            page = context.new_page()
            wire = context.new_cdp_session(page)
            wire.send("Network.enable")
            sizes: list[float] = []
            wire.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))

            answer = page.goto(f"{public.public_url}{path}?lang={language}", wait_until="load")

            place = f"{path} in {language}"
            assert answer is not None and answer.status == 200, place
            if page.evaluate("document.documentElement.lang") != language:
                faults.append(f"{place}: another language")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{place}: wider than the screen")
            if not page.locator("main h1").first.is_visible():
                faults.append(f"{place}: no heading")
            if foreign := [url for url in asked if not url.startswith((public.public_url, "data:"))]:
                faults.append(f"{place}: asks {foreign}")
            if context.cookies():
                faults.append(f"{place}: a cookie")
            if sum(sizes) > BYTES:
                faults.append(f"{place}: {sum(sizes):,.0f} bytes")
            context.close()

    assert faults == []


@pytest.mark.parametrize(("language", "size"), [("fr", PHONE), ("en", DESK), ("ar", PHONE)])
def test_nothing_is_serious_for_axe(public: Live, chromium: Browser, language: str, size: tuple[int, int]) -> None:
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
    page, faults = context.new_page(), []
    for path in KINDS if language == "ar" else PAGES:
        answer = page.goto(f"{public.public_url}{path}?lang={language}", wait_until="load")
        assert answer is not None and answer.status == 200, path
        if page.evaluate(OVERFLOW) > 0:
            faults.append(f"{path}: wider than the screen")
        page.evaluate(AXE.read_text())
        faults += [f"{path}: {found}" for found in page.evaluate(RUN_AXE) if found[0] in SERIOUS]
    context.close()

    assert faults == []


def test_axe_finds_what_is_serious(public: Live, chromium: Browser) -> None:
    """The positive control: a page of the public side whose language and words were taken away."""
    page = chromium.new_page()
    page.goto(f"{public.public_url}/about/")
    page.evaluate("document.documentElement.removeAttribute('lang'); document.querySelector('a').textContent = ''")
    page.evaluate(AXE.read_text())

    assert {"html-has-lang", "link-name"} <= {rule for _impact, rule, _nodes in page.evaluate(RUN_AXE)}
    page.context.close()


def test_headers_robots_and_what_is_not_there(public: Live, chromium: Browser) -> None:
    context = chromium.new_context()
    host = context.request.get(public.public_url, headers={"host": "elsewhere.example"})
    assert (host.status, "<h1>" in host.text()) == (400, True)
    for language, words in WORDS.items():
        for path in ("/nothing/", "/countries/xx/", "/results/", "/people/"):
            answer = context.request.get(f"{public.public_url}{path}", headers={"accept-language": language})
            assert answer.status == 404
            assert words in answer.text(), (path, language)
            assert "set-cookie" not in answer.headers
            assert "no-store" in answer.headers["cache-control"]

    for path in (*PAGES, "/robots.txt", "/missing-migrants/data.csv", "/nothing/"):
        headers = context.request.get(public.public_url + path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, path
        assert "unsafe" not in policy and not re.search(r"https?:|\*", policy), path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["referrer-policy"] == "same-origin", path
        assert "set-cookie" not in headers and "cookie" not in headers["vary"].lower(), path
    robots = context.request.get(f"{public.public_url}/robots.txt")
    assert robots.text() == "User-agent: *\nAllow: /\n"


@pytest.mark.django_db
@pytest.mark.urls("compass.config.urls_public")
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Something broke on our side"), ("fr", "de notre côté"), ("ar", "حدث عطل لدينا")]
)
@pytest.mark.parametrize("path", ["/", "/countries/ne/", "/about/", "/missing-migrants/"])
def test_a_fault_is_said_in_words(client, monkeypatch, path, language, words):
    def away(kind: str) -> None:
        raise DatabaseError("away") from psycopg.OperationalError("away")

    monkeypatch.setattr(queries, "newest", away)
    client.raise_request_exception = False

    answer = client.get(path, headers={"accept-language": language})

    assert answer.status_code == 500
    assert "<h1>" in answer.content.decode()
    assert words in answer.content.decode()
    assert not answer.cookies
