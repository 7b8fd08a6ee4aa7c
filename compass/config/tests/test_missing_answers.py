"""A form sent too early: the page itself says what is missing, in the server's words, and asks the network nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from compass.config.serving import Live
from compass.config.tests.test_lost_network import arrivals
from compass.config.tests.thread_steps import Colleague, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
FORM = "main form:has([name=people])"


def errors(who: Colleague) -> dict[str, str]:
    """What stands at each field that is wrong, by the name of the field."""
    return {
        str(field.locator("[name]").first.get_attribute("name")): field.locator(".err").inner_text().strip()
        for field in who.page.locator(f"{FORM} .field.wrong").all()
    }


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_page_says_what_the_server_would_say(live: Callable[..., Live], chromium: Browser, language: str) -> None:
    served, watch, silent = live(), Watch(shots="missing"), Watch(axe=False, shots="missing")
    with Colleague(chromium, served.url, "zinder.social", silent, language=language, javascript=False) as plain:
        plain.open("/arrivals/")
        with plain.page.expect_navigation():
            plain.page.locator(f"{FORM} button").first.click()
        said_by_the_server = errors(plain)
    assert {"people", "language"} <= set(said_by_the_server)

    asked: list[str] = []
    with Colleague(chromium, served.url, "zinder.social", watch, language=language) as who:
        who.open("/arrivals/")
        who.page.on("request", lambda request: asked.append(request.url))
        who.page.locator(f"{FORM} button").first.click()
        who.page.locator(f"{FORM} .field.wrong").first.wait_for()

        assert errors(who) == said_by_the_server
        assert asked == []
        first = who.page.evaluate("document.activeElement.name")
        assert first in said_by_the_server
        assert who.page.evaluate("document.getElementById(document.activeElement.getAttribute('aria-describedby')"
                                 ".split(' ').pop()).innerText.trim()") == said_by_the_server[first]  # fmt: skip
        watch.hold(who.page, "/arrivals/ missing", language, who.size[0])
        watch.shoot(who.page, f"missing-{language}")

        who.put(FORM, people=2, language="ha")
        who.page.locator(f"{FORM} button").first.click()
        who.page.locator(f"{FORM} .field.wrong").first.wait_for(state="detached")
        who.page.locator("#list section").first.wait_for()
        assert len(arrivals(served)) == 2
    assert watch.faults == silent.faults == []


def test_a_button_that_asks_for_something_else_is_not_held_up(live: Callable[..., Live], chromium: Browser) -> None:
    served, watch = live(), Watch(shots="missing")
    with Colleague(chromium, served.url, "zinder.social", watch) as who:
        who.open("/arrivals/").send(people=1, language="ha")
        who.follow("main a[href$='/register/']").send(age=30, language="ha")
        person = who.id

        def press(name: str) -> None:
            with who.page.expect_navigation() as gone:
                who.page.locator(f"button[name={name}]").first.click()
            assert gone.value is not None
            sent = gone.value.request.redirected_from or gone.value.request
            assert sent.method == "POST" and name in (sent.post_data or "")
            assert who.page.locator("[data-said]").count() == 0

        who.open(f"/people/{person}/consent/?intake")
        press("show")
        press("later")
        who.open(f"/arrivals/children/{person}/")
        press("more")
        who.open(f"/cases/screen/{person}/").send(medical_now="no", danger_now="no")
        press("back")
    assert watch.faults == []
