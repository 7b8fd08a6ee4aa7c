"""The thread of the first issue by somebody who cannot use a pointer: Tab, Shift, Enter, Space, arrows and letters only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from compass.config.demo.accounts import PASSWORD
from compass.config.serving import Live
from compass.config.tests import thread_scenes as scenes
from compass.config.tests import thread_walk as walk
from compass.config.tests.thread_keys import Keyboard
from compass.config.tests.thread_steps import Colleague, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
COVERED = """() => {
  const over = document.createElement('div');
  over.setAttribute('popover', 'manual');
  document.body.append(over);
  over.showPopover();
  Object.assign(over.style, {position: 'fixed', inset: 0, width: '100vw', height: '100vh', margin: 0});
}"""
BARE = "() => document.styleSheets[0].insertRule('*:focus-visible{outline:0!important}')"


def test_a_family_goes_from_a_bus_station_to_a_home(
    live: Callable[..., Live], chromium: Browser, tmp_path: Path
) -> None:
    """Every step of Zinder, of the clinic and of Edo; what the four received is what a pointer gave them."""
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (480, 360), (240, 236, 226)).save(photo)
    watch, journey, served = Watch(axe=False, shots="keys"), walk.Journey(photo), live()
    scene = scenes.Scene(chromium, served, watch, keys=True)

    for act in (scenes.arrive_and_be_heard, scenes.be_cared_for, scenes.decide_freely, scenes.come_home):
        act(scene, journey)

    assert watch.stops > len(watch.pages) > 0, "the focus went from stop to stop"
    assert scenes.received(served, journey) == scenes.RECEIVED
    assert watch.faults == []


def test_sign_in_by_password(live: Callable[..., Live], chromium: Browser) -> None:
    served = live()
    context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="fr")
    page = context.new_page()
    faults: list[str] = []
    keys = Keyboard(page, faults.append)

    page.goto(served.url + "/accounts/signin/")
    keys.into("[name=login]").write("zinder.social")
    keys.to("[name=password]").write(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys.to("nav.nav a[href='/arrivals/']")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.url.endswith("/arrivals/")
    assert faults == []
    context.close()


def test_the_walk_would_see_a_pointer_and_a_focus_that_is_not_seen(
    live: Callable[..., Live], chromium: Browser
) -> None:
    """The positive control: a click, a focus without a ring and a covered focus are each a fault."""
    watch = Watch(axe=False)
    with Colleague(chromium, live().url, "zinder.social", watch, keys=True) as who:
        assert isinstance(who.hand, Keyboard)
        who.open("/arrivals/").put(people=4)
        assert watch.faults == []
        assert who.pointed == []

        who.page.evaluate(BARE)
        who.put(language="ha")
        assert [fault for fault in watch.faults if "no ring" in fault]
        watch.faults.clear()

        who.open("/arrivals/")
        who.page.evaluate(COVERED)
        who.put(people=4)
        assert [fault for fault in watch.faults if "hidden" in fault]
        watch.faults.clear()

        who.open("/arrivals/")
        with who.page.expect_navigation():
            who.page.locator("nav.nav a").first.click()
    assert {"zinder.social: mousedown without a key", "zinder.social: click without a key"} <= set(watch.faults)
