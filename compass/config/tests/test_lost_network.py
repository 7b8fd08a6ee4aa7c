"""The line breaks while somebody writes: the page stays, says so in their language, and what was typed is sent once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from compass.config.serving import Live
from compass.config.tests.thread_steps import Colleague, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.browser
SAID = "[data-unsent]"
NOT_SENT = {
    "en": "Not sent: the server cannot be reached.",
    "fr": "Non envoyé : le serveur ne répond pas.",
    "ar": "لم يُرسَل: تعذّر الوصول إلى الخادم.",
}


def never(_route: Route) -> None:
    """A line that is there and carries nothing."""


def away(who: Colleague, how: str) -> None:
    if how == "offline":
        who.context.set_offline(True)
    elif how == "silent":
        who.page.route("**/accounts/still/", never)
    else:
        who.page.route(
            "**/accounts/still/", lambda route: route.abort() if how == "refused" else route.fulfill(status=503)
        )


def back(who: Colleague) -> None:
    who.context.set_offline(False)
    who.page.unroute("**/accounts/still/")


def arrivals(served: Live) -> list[tuple[Any, ...]]:
    with served.cluster.connect("compass_owner", served.database) as owner:
        return owner.execute("SELECT id FROM reception_arrival").fetchall()


@pytest.mark.parametrize(
    ("how", "language"),
    [("offline", "fr"), ("offline", "ar"), ("refused", "en"), ("answers 503", "en"), ("silent", "fr")],
)
def test_a_form_waits_on_its_page_and_is_sent_once(
    live: Callable[..., Live], chromium: Browser, how: str, language: str
) -> None:
    served, watch = live(), Watch(shots="lost")
    with Colleague(chromium, served.url, "zinder.social", watch, language=language) as who:
        form = "main form:has([name=people])"
        who.open("/arrivals/").put(form, people=4, language="ha", doctor=1)
        key = who.page.input_value(f"{form} [name=key]")
        who.page.evaluate("form => document.querySelector(form + ' button').setAttribute('name', 'pressed')", form)

        away(who, how)
        who.page.locator(f"{form} button").first.click()
        who.page.locator(SAID).wait_for()

        assert NOT_SENT[language] in who.text(SAID)
        assert who.page.input_value(f"{form} [name=people]") == "4"
        assert who.page.input_value(f"{form} [name=language]") == "ha"
        assert who.page.evaluate("document.activeElement.closest('[data-unsent]') !== null")
        assert arrivals(served) == []
        watch.hold(who.page, f"/arrivals/ {how}", language, who.size[0])
        watch.shoot(who.page, f"{how}-{language}")

        who.page.keyboard.press("Enter")
        who.page.locator(f"{form}:not([aria-busy])").wait_for()
        assert who.page.locator(SAID).count() == 1
        assert arrivals(served) == []

        back(who)
        with who.page.expect_request(lambda asked: asked.method == "POST") as sent:
            who.press(f"{SAID} button")

        assert {key, "pressed"} <= set(re.split("[=&]", sent.value.post_data or ""))
        assert len(arrivals(served)) == 4
        assert who.page.locator(SAID).count() == 0
    assert watch.faults == []


ENDED = {"fr": "Non envoyé : votre session a pris fin.", "ar": "لم يُرسَل: انتهت جلستكم."}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_form_outlives_its_session(live: Callable[..., Live], chromium: Browser, language: str) -> None:
    served, watch = live(), Watch(shots="lost")
    with Colleague(chromium, served.url, "zinder.social", watch, language=language) as who:
        form = "main form:has([name=people])"
        who.open("/arrivals/").put(form, people=3, language="ha", doctor=0)
        with served.cluster.connect("compass_owner", served.database) as owner:
            owner.execute("DELETE FROM access_session")

        who.page.locator(f"{form} button").first.click()
        who.page.locator(SAID).wait_for()

        assert ENDED[language] in who.text(SAID)
        assert who.page.input_value(f"{form} [name=people]") == "3"
        # At the end of the page the bar below covers no field that is being measured.
        who.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        watch.hold(who.page, "/arrivals/ ended", language, who.size[0])
        watch.shoot(who.page, f"ended-{language}")

        # Somebody else, on the same telephone: the form is not theirs.
        with who.context.expect_page() as opened:
            who.page.locator(f"{SAID} a").click()
        other = opened.value
        for colleague in ("zinder.supervisor", "zinder.social"):
            other.context.clear_cookies()
            other.goto(f"{served.url}/accounts/signin/")
            other.locator(f"form[action='/try/{colleague}/'] button").click()
            other.wait_for_url(lambda url: "signin" not in url)
            if colleague == "zinder.supervisor":
                who.page.locator(f"{SAID} button").click()
                who.page.locator(f"{form}:not([aria-busy])").wait_for()
                assert ENDED[language] in who.text(SAID)
                assert arrivals(served) == []
        with who.page.expect_navigation():
            who.page.locator(f"{SAID} button").click()
        assert len(arrivals(served)) == 3
    assert watch.faults == []


def test_a_file_is_sent_as_chosen(live: Callable[..., Live], chromium: Browser) -> None:
    watch = Watch(axe=False)
    with Colleague(chromium, live().url, "zinder.supervisor", watch) as who:
        form = "main form[enctype]"
        who.open("/people/voices/")
        who.page.locator("main a[href^='/people/voices/']").first.click()
        who.page.wait_for_selector(form)
        who.page.set_input_files(
            f"{form} [type=file]", {"name": "lecture.mp3", "mimeType": "audio/mpeg", "buffer": b"not a sound" * 9000}
        )

        who.context.set_offline(True)
        who.page.locator(f"{form} button").first.click()
        who.page.locator(SAID).wait_for()
        who.context.set_offline(False)
        with who.page.expect_request(lambda asked: asked.method == "POST") as sent:
            who.press(f"{SAID} button")

        assert int(sent.value.all_headers()["content-length"]) > 99_000
        assert "Ce n’est pas un fichier son" in who.text()


def test_one_press_and_another_are_one_sending(live: Callable[..., Live], chromium: Browser) -> None:
    served = live()
    with Colleague(chromium, served.url, "zinder.social", Watch(axe=False)) as who:
        form = "main form:has([name=people])"
        posts: list[str] = []
        who.page.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
        who.open("/arrivals/").put(form, people=2, language="ha", doctor=0)

        with who.page.expect_navigation():
            who.page.locator(f"{form} button").first.dblclick()

        assert len(posts) == 1
        assert len(arrivals(served)) == 2
