"""The demonstration on other days than today: the ends of months and years, and with few people.

Its people, services and steps are placed relative to the day on which it is loaded, and every rule looks at days. Loaded
as `compass demo` does it, with the clocks of Python and of PostgreSQL set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from compass.config.commands.demo import SEED
from compass.config.demo import living
from compass.config.demo.targets import check_of_2021, targets
from compass.config.demo.world import CLINIC
from compass.config.embedded import Cluster
from compass.config.tests import calendar_steps
from compass.config.tests.calendar_steps import Day
from compass.config.tests.test_demo_loaded import WRITTEN, classes
from compass.problems import ConsentMissing

#: The day, how many people, and the seed: with 10 somebody came the week before who may go home.
DAYS = {
    "a leap day": ("2028-02-29T12:00Z", 1, SEED),
    "the end of a short month": ("2026-11-30T12:00Z", 37, 10),
    "the first minutes of a year": ("2027-01-01T00:01Z", 20, SEED),
}
MORE_DAYS = {
    "the turn to summer time, a Sunday": ("2027-03-28T00:30Z", 7, SEED),
    "the turn to winter time": ("2026-10-25T00:30Z", 20, SEED),
    "a Monday": ("2026-11-23T07:00Z", 13, SEED),
    "a Sunday": ("2026-11-29T20:00Z", 60, 49),
    "the last minutes of a year": ("2026-12-31T23:58Z", 60, 44),
    "the end of January": ("2027-01-31T06:00Z", 60, SEED),
    "the end of February": ("2027-02-28T17:30Z", 60, SEED),
    "the day after": ("2027-03-01T00:01Z", 60, SEED),
    "two years ahead": ("2028-11-22T09:00Z", 7, SEED),
    "the first days of a year": ("2027-01-08T06:00Z", 200, SEED),
    "the middle of a year": ("2027-06-30T12:00Z", 200, SEED),
    "a leap day with the usual thousand": ("2028-02-29T12:00Z", 1000, SEED),
    "the last of December with the usual thousand": ("2026-12-31T14:00Z", 1000, SEED),
}

On = Callable[[str], AbstractContextManager[Day]]


@pytest.fixture
def on(cluster: Cluster, django_db_blocker: Any, tmp_path: Path) -> Iterator[On]:
    """`with on("2028-02-29T12:00Z") as day:`"""
    with django_db_blocker.unblock():
        yield lambda moment: calendar_steps.on(cluster, datetime.fromisoformat(moment), tmp_path)


def loads(on: On, moment: str, people: int, seed: int, capsys: Any) -> None:
    """It ends, its totals are the published ones to scale and add up, and every post has something to do, also when it is
    started again ten days later.
    """
    with on(moment) as day:
        progress = day.load(people, seed)

        *_, records, check = capsys.readouterr().out.strip().splitlines()
        until = progress.now.date()
        wanted = Counter({(y.year, name): n for y in targets(people, until).years for name, n in y.people.items() if n})
        assert classes(day.rows, [progress.id(key) for key in WRITTEN]) == wanted
        assert int(records.split()[0].replace(",", "")) == day.rows("SELECT count(*) FROM people_person")[0][0]
        assert check == check_of_2021(people, until, wanted)
        assert day.idle() == set()
        day.move(progress.now + timedelta(days=10))
        assert day.idle() == set()


@pytest.mark.parametrize(("moment", "people", "seed"), DAYS.values(), ids=DAYS)
def test_the_demonstration_loads_on_any_day(on, capsys, moment, people, seed):
    loads(on, moment, people, seed, capsys)


@pytest.mark.proof
@pytest.mark.parametrize(("moment", "people", "seed"), MORE_DAYS.values(), ids=MORE_DAYS)
def test_the_demonstration_loads_on_more_days_and_with_more_people(on, capsys, moment, people, seed):
    loads(on, moment, people, seed, capsys)


def test_an_act_before_its_consent_would_be_noticed_and_so_would_an_empty_desk(on, monkeypatch):
    monkeypatch.setattr(living, "REFERRALS", (("MED", CLINIC, "normal", 400.0, "sent"), *living.REFERRALS))
    monkeypatch.setattr(living.Desk, "agreed", lambda desk, cases, days_ago, *scopes: list(cases))

    with on("2026-11-25T10:00Z") as day:
        with pytest.raises(ConsentMissing):
            day.load(0, SEED)

        assert "zinder.clinic" in day.idle()
