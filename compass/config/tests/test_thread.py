"""The thread of the first issue: one family from a bus station to a home and into the figures, in a real browser, each step
by the colleague whose work it is, on a phone in French and at a desk in English; once without JavaScript."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import Error

from compass.config.serving import Live
from compass.config.tests import thread_scenes as scenes
from compass.config.tests import thread_walk as walk
from compass.config.tests.thread_steps import BYTES, DESK, PHONE, Colleague, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
MOST_ANSWERS = 25
LOAD = "import django; django.setup(); from compass.config.demo.load import load; load(60, 1, say=lambda text: None)"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A photo of a paper."""
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (480, 360), (240, 236, 226)).save(path)
    return path


def populate(served: Live) -> None:
    """Sixty invented people beside the family, so that figures are large enough to be shown."""
    subprocess.run(
        [sys.executable, "-c", LOAD], env={**os.environ, **served.env("app")}, check=True, stdout=subprocess.DEVNULL
    )


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_family_goes_from_a_bus_station_to_a_home(
    live: Callable[..., Live], chromium: Browser, papers: Path, javascript: bool
) -> None:
    dressed = (("fr", PHONE), ("ar", PHONE), ("en", DESK)) if javascript else ()
    watch = Watch(axe=javascript, shots="js" if javascript else "plain", again=dressed)
    journey = walk.Journey(papers)
    served = live()
    populate(served)
    before = scenes.counted(served)
    scene = scenes.Scene(chromium, served, watch, javascript=javascript)

    for act in (
        scenes.arrive_and_be_heard,
        scenes.be_cared_for,
        scenes.decide_freely,
        scenes.come_home,
        scenes.be_known,
    ):
        act(scene, journey)

    after = scenes.counted(served)
    assert scenes.received(served, journey) == scenes.RECEIVED
    assert after[0] - before[0] == len(scenes.RECEIVED)
    assert after[1] - before[1] == sum(sum(each.values()) for each in scenes.RECEIVED.values())
    figure = scenes.known_tomorrow(served, journey)
    assert figure["shown"] == figure["with"] != figure["without"]
    assert len(journey.asked) <= MOST_ANSWERS, journey.asked
    assert {place: size for place, size in watch.bytes.items() if size > BYTES} == {}
    assert watch.faults == []


def test_the_intake_in_arabic_on_a_phone(live: Callable[..., Live], chromium: Browser, papers: Path) -> None:
    """Right to left, nothing wider than the screen, no word left in another language's direction."""
    watch = Watch(shots="ar")
    journey = walk.Journey(papers)

    with Colleague(chromium, live().url, "zinder.social", watch, language="ar") as social:
        walk.arrive(social, journey)
        walk.mother(social, journey)
        walk.children(social, journey)
        walk.boy(social, journey)
        walk.screen(social, journey)

        assert social.page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    assert watch.faults == []


def test_the_walk_would_see_what_it_says_is_not_there(live: Callable[..., Live], chromium: Browser) -> None:
    """The positive control: a field without a name, a page that is too wide, something of another host, bytes."""
    watch = Watch()
    with Colleague(chromium, live().url, "zinder.social", watch) as who:
        who.open("/arrivals/")
        assert watch.faults == []
        assert 5_000 < watch.bytes["/arrivals/"] < BYTES, "bytes of the page and of what it loads are counted"

        who.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input><p id=wide>x</p>')")
        who.page.evaluate("document.getElementById('wide').style.inlineSize = '900px'")
        who.page.evaluate("fetch('https://example.invalid/picture').catch(() => 0)")
        watch.audited.clear()
        watch.hold(who.page, "/arrivals/", "fr", PHONE[0])
        with suppress(Error):
            who.page.goto("https://example.invalid/page")
        who.page.wait_for_url("chrome-error://**")
        who.open("/arrivals/")

    said = " ".join(watch.faults)
    assert "axe critical label" in said
    assert "px wider than the screen" in said
    assert "forbidden by its own policy" in said
    assert "asked another host: https://example.invalid/page" in said
