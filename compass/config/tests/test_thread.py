"""The thread of the first issue: one family from a bus station to a home and into the figures, in a real browser, each step
by the colleague whose work it is, on a phone in French and at a desk in English; once without JavaScript."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from compass.config.demo.accounts import PASSWORD
from compass.config.serving import Live
from compass.config.tests import thread_walk as walk
from compass.config.tests.thread_steps import BYTES, DESK, PHONE, Colleague, Keyboard, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
MOST_ANSWERS = 25
#: What each of the four received, by service code: two visits to a doctor (the clinic's and the check-up at home),
#: two talks on what is possible, the return, reception, the plan and the stall; a morning for three children.
RECEIVED = {
    "mother": {"AVR": 1, "BUS": 1, "FOD": 1, "INF": 2, "MED": 2, "REI": 1, "SHL": 1, "TRN": 1},
    "daughter": {"AVR": 1, "CHC": 1},
    "son": {"AVR": 1, "CHC": 1},
    "boy": {"CHC": 1},
}
LOAD = "import django; django.setup(); from compass.config.demo.load import load; load(60, 1, say=lambda text: None)"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A photo of a paper."""
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (480, 360), (240, 236, 226)).save(path)
    return path


class Scene:
    """Who comes in, one after the other, each at their own device."""

    def __init__(self, browser: Browser, served: Live, watch: Watch, *, javascript: bool) -> None:
        self.browser, self.served, self.watch, self.javascript = browser, served, watch, javascript

    @contextmanager
    def by(self, username: str, *, language: str = "fr", size: tuple[int, int] = PHONE) -> Iterator[Colleague]:
        who = Colleague(
            self.browser, self.served.url, username, self.watch, size=size, language=language,
            javascript=self.javascript,
        )  # fmt: skip
        with who:
            yield who

    def abroad(self, username: str, size: tuple[int, int] = DESK) -> Any:
        return self.by(username, language="en", size=size)


def counted(served: Live) -> tuple[int, int]:
    """(people, services) as the count takes them."""
    with served.cluster.connect("compass_owner", served.database) as owner:
        found = owner.execute(
            "SELECT count(DISTINCT person_id), count(*) FROM people_service WHERE service_class IN ('H', 'C', 'R', 'RI')"
        ).fetchone()
    return int(found[0]), int(found[1])


def received(served: Live, journey: walk.Journey) -> dict[str, dict[str, int]]:
    """Services of the family that count, by person and code."""
    found: dict[str, dict[str, int]] = {}
    with served.cluster.connect("compass_owner", served.database) as owner:
        for name in ("mother", "daughter", "son", "boy"):
            rows = owner.execute(
                "SELECT service, count(*) FROM people_service WHERE service_class IN ('H', 'C', 'R', 'RI')"
                " AND person_id = %s GROUP BY service ORDER BY service",
                [journey[name]],
            ).fetchall()
            found[name] = dict(rows)
    return found


def codes(served: Live, journey: walk.Journey) -> list[str]:
    """The codes of the four and of their cases."""
    four = [journey[name] for name in ("mother", "daughter", "son", "boy")]
    with served.cluster.connect("compass_owner", served.database) as owner:
        rows = owner.execute(
            "SELECT code FROM people_person WHERE id = ANY(%s) UNION SELECT code FROM cases_case WHERE person_id = ANY(%s)",
            [four, four],
        ).fetchall()
    return [code for (code,) in rows]


def arrive_and_be_heard(scene: Scene, journey: walk.Journey) -> None:
    with scene.by("zinder.social") as social:
        walk.arrive(social, journey)
        walk.mother(social, journey)
        walk.children(social, journey)
        walk.boy(social, journey)
        walk.screen(social, journey)
        walk.screen_boy(social, journey)
    journey.codes = codes(scene.served, journey)


def be_cared_for(scene: Scene, journey: walk.Journey) -> None:
    with scene.by("zinder.social") as social:
        walk.refer(social, journey)
    with scene.by("zinder.clinic") as clinic:
        walk.treat(clinic, journey, journey.receipt)
    with scene.by("zinder.social") as social, scene.by("zinder.supervisor") as supervisor:
        walk.take_note(social, journey)
        walk.assess(social, journey)
        walk.decide(supervisor, "assessment")
        walk.calm(supervisor, journey)
        walk.plan(social, journey)
        walk.decide(supervisor, "plan")
        walk.play(social, journey)


def decide_freely(scene: Scene, journey: walk.Journey) -> None:
    with scene.by("zinder.social") as social:
        walk.ask_to_return(social, journey)
        walk.counsel(social, journey)
    with scene.by("zinder.cases") as counsellor:
        walk.check_eligibility(counsellor, journey)
    with scene.by("zinder.supervisor") as supervisor:
        walk.approve_return(supervisor, journey)
    with scene.by("zinder.cases") as counsellor:
        walk.prepare(counsellor, journey)
        walk.offer(counsellor, journey)
        walk.depart(counsellor, journey)


def come_home(scene: Scene, journey: walk.Journey) -> None:
    with scene.abroad("edo.reception") as edo:
        walk.look_before(edo, journey)
        walk.accept(edo, journey)
    with scene.by("zinder.social") as social:
        walk.no_longer_there(social, journey)
    with scene.abroad("edo.reception") as edo, scene.abroad("edo.supervisor", PHONE) as supervisor:
        walk.receive(edo, journey)
        walk.stall(edo, journey)
        walk.well(edo, journey)
        walk.lead(supervisor, journey)
        walk.interview(edo, journey)
        walk.follow_up(edo, journey)
        walk.ask_closure(edo, journey)
        walk.decide(supervisor, "closure")


def be_known(scene: Scene, journey: walk.Journey) -> None:
    with scene.abroad("geneva.results") as officer:
        walk.count(officer, journey)
    with scene.abroad("hague.desk") as desk:
        walk.open_figure(desk, journey)
    with scene.by("niger.focal") as focal:
        walk.open_figure(focal, journey)


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
    before = counted(served)
    scene = Scene(chromium, served, watch, javascript=javascript)

    for act in (arrive_and_be_heard, be_cared_for, decide_freely, come_home, be_known):
        act(scene, journey)

    after = counted(served)
    assert received(served, journey) == RECEIVED
    assert after[0] - before[0] == len(RECEIVED)
    assert after[1] - before[1] == sum(sum(each.values()) for each in RECEIVED.values())
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


def test_with_the_keyboard_alone(live: Callable[..., Live], chromium: Browser) -> None:
    """Sign-in by password, the arrival list and the first page of an intake: Tab, Enter, Space, letters; focus is seen."""
    served = live()
    context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="fr")
    page = context.new_page()
    keys = Keyboard(page)

    page.goto(served.url + "/accounts/signin/")
    keys.into("[name=login]").write("zinder.social")
    keys.to("[name=password]").write(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys.to("nav.nav a[href='/arrivals/']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys.to("main [name=people]").write("2")
    keys.to("main [name=language]").write("Hao")
    keys.to("main [name=doctor]").write("1")
    with page.expect_navigation():
        keys.to("main form button").page.keyboard.press("Enter")
    with page.expect_navigation():
        keys.to("main a[href$='/register/']").page.keyboard.press("Enter")
    keys.to("main [name=age]").write("31")
    with page.expect_navigation():
        keys.to("main form button").page.keyboard.press("Space")

    keys.into("[name=information]")
    page.keyboard.press("Space")
    keys.into("[name=scope_data_processing]")
    page.keyboard.press("Space")

    assert page.url.endswith("/consent/?intake")
    assert page.locator("[name=information]").first.is_checked()
    assert page.locator("[name=scope_data_processing]:checked").count() == 1
    context.close()


def test_the_arrival_list_over_a_thin_line(
    live: Callable[..., Live], chromium: Browser, papers: Path, tmp_path: Path
) -> None:
    """Measured at 250 kbit/s with a processor four times slower, cold; what is held here is the weight."""
    watch = Watch(axe=False, shots="thin")
    journey = walk.Journey(papers)
    with Colleague(chromium, live().url, "zinder.social", watch) as social:
        walk.arrive(social, journey)
        social.wire.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 0, "downloadThroughput": 250_000 / 8, "uploadThroughput": 250_000 / 8},
        )
        social.wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})

        social.open("/arrivals/")

        seconds = social.page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd / 1000")
    (tmp_path / "thin.json").write_text(json.dumps({"seconds": seconds, "bytes": watch.bytes["/arrivals/"]}))
    assert watch.bytes["/arrivals/"] <= BYTES
