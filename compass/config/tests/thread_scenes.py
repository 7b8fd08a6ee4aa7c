"""Who comes in, one after the other, in each act of the walk of the family, and what the records say then. Test-only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from compass.config.serving import Live
from compass.config.tests import thread_walk as walk
from compass.config.tests.thread_steps import DESK, PHONE, Colleague, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: What each of the four received, by service code: two visits to a doctor (the clinic's and the check-up at home),
#: two talks on what is possible, the return, reception, the plan and the stall; a morning for three children.
RECEIVED = {
    "mother": {"AVR": 1, "BUS": 1, "FOD": 1, "INF": 2, "MED": 2, "REI": 1, "SHL": 1, "TRN": 1},
    "daughter": {"AVR": 1, "CHC": 1},
    "son": {"AVR": 1, "CHC": 1},
    "boy": {"CHC": 1},
}


class Scene:
    """Who comes in, one after the other, each at their own device."""

    def __init__(
        self, browser: Browser, served: Live, watch: Watch, *, javascript: bool = True, keys: bool = False
    ) -> None:
        self.browser, self.served, self.watch = browser, served, watch
        self.javascript, self.keys = javascript, keys

    @contextmanager
    def by(self, username: str, *, language: str = "fr", size: tuple[int, int] = PHONE) -> Iterator[Colleague]:
        who = Colleague(
            self.browser, self.served.url, username, self.watch, size=size, language=language,
            javascript=self.javascript, keys=self.keys,
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


def known_tomorrow(served: Live, journey: walk.Journey) -> dict[str, tuple[int, int]]:
    """(people, services) of the programme's figure once the day of the walk is over: as it is shown, as it must be, and as
    it would be without the family. A day that runs is not counted: its services are put on the day before."""
    family = [journey[name] for name in ("mother", "daughter", "son", "boy")]
    with served.cluster.connect("compass_owner", served.database) as owner:
        owner.execute(
            "UPDATE people_service SET delivered_on = delivered_on - 1 WHERE delivered_on >= %s", [journey.today]
        )
        owner.execute("TRUNCATE programme_snapshot CASCADE")
        owner.execute("SELECT compass_take_snapshot(%s)", [journey.today - timedelta(days=1)])
        shown = owner.execute(
            "SELECT people, services FROM programme_figure"
            " WHERE granularity = 'all' AND country = '' AND service_class = '' AND breakdown = 'total'"
        ).fetchone()
        with_family, without = (
            owner.execute(
                "SELECT count(DISTINCT person_id), count(*) FROM people_service WHERE annulled_at IS NULL"
                " AND service_class IN ('H', 'C', 'R', 'RI') AND delivered_on < %s AND NOT person_id = ANY(%s)",
                [journey.today, left_out],
            ).fetchone()
            for left_out in ([], family)
        )
    return {"shown": shown, "with": _to_five(with_family), "without": _to_five(without)}


def _to_five(counts: tuple[int, int]) -> tuple[int, int]:
    people, services = ((count + 2) // 5 * 5 for count in counts)
    return people, services


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


def come_home(scene: Scene, journey: walk.Journey) -> None:
    with scene.abroad("edo.reception") as edo:
        walk.look_before(edo, journey)
        walk.accept(edo, journey)
    with scene.by("zinder.social") as social:
        walk.no_longer_there(social, journey)
    with scene.by("zinder.travel") as travel:
        walk.depart(travel, journey)
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
