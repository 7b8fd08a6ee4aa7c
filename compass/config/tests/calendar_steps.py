"""A demonstration as it is on another day: the clocks of Python and of one database are set, nothing else is.

It is loaded by `compass.config.demo.prepare.people`, as `compass demo` does, and looked at through the sign-in page.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compass.config.demo import prepare
from compass.config.demo.accounts import POSTS
from compass.config.demo.progress import Progress
from compass.config.embedded import Cluster
from compass.config.testing import TEMPLATE

#: PostgreSQL's own clocks get other names; what everybody calls `now()` then runs ahead by so many seconds.
CLOCK = """
CREATE OR REPLACE FUNCTION pg_catalog.true_now() RETURNS timestamptz LANGUAGE internal STABLE STRICT AS 'now';
CREATE OR REPLACE FUNCTION pg_catalog.true_clock() RETURNS timestamptz LANGUAGE internal VOLATILE STRICT
AS 'clock_timestamp';
CREATE OR REPLACE FUNCTION pg_catalog.now() RETURNS timestamptz LANGUAGE sql STABLE STRICT
AS $$ SELECT pg_catalog.true_now() + make_interval(secs => {seconds}) $$;
CREATE OR REPLACE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE STRICT
AS $$ SELECT pg_catalog.true_clock() + make_interval(secs => {seconds}) $$;
"""
#: The page on which a post finds its work, when it is not the first one.
LISTS = {"edo.monitoring": "reintegration:list"}
#: What waits there.
WORK: dict[str, Callable[[Any], int]] = {
    "zinder.social": lambda page: _due(page),
    "zinder.cases": lambda page: _due(page),
    "edo.reception": lambda page: _due(page),
    "zinder.supervisor": lambda page: page["waiting"],
    "edo.supervisor": lambda page: page["waiting"],
    "zinder.travel": lambda page: sum(row.state == "pre_return" for row in page["returns"]),
    "zinder.clinic": lambda page: sum(
        row.status in {"sent", "acknowledged", "accepted"} for row, _ in page["received"]
    ),
    "edo.monitoring": lambda page: sum(row["cover"].plan is not None for row in page["rows"]),
    "niger.focal": lambda page: int(page["sheet"] is not None),
    "hague.desk": lambda page: int(page["sheet"] is not None),
    "geneva.protection": lambda page: len(page["lines"]),
    "geneva.results": lambda page: int(page["sheet"] is not None and page["may_publish"]),
}
#: How much there is at least, where one is too little to try.
LEAST = {"zinder.social": 2, "zinder.supervisor": 2, "edo.supervisor": 2, "zinder.clinic": 2}


def _due(page: Any) -> int:
    listed = page["list"]
    return len(listed.cases) and len(listed.late) + len(listed.today) + len(listed.week)


@dataclass
class Day:
    """`rows(statement, *values)` asks the database as the owner; `move(moment)` sets the clocks again."""

    folder: Path
    rows: Callable[..., list[tuple[Any, ...]]]
    move: Callable[[datetime], None]

    def load(self, people: int, seed: int) -> Progress:
        """As `compass demo` does it; gives what it noted."""
        prepare.people(people, seed, self.folder)
        return Progress(self.folder / prepare.LOADING, people, seed)

    def waiting(self) -> dict[str, int]:
        """How much each post finds to do after one press on the sign-in page."""
        return {post.username: WORK[post.username](self._page(post.username)) for post in POSTS}

    def idle(self) -> set[str]:
        """The posts that have too little to do."""
        return {name for name, found in self.waiting().items() if found < LEAST.get(name, 1)}

    def _page(self, username: str) -> Any:
        client = Client()
        response = client.post(f"/try/{username}/", follow=True)
        if username in LISTS:
            response = client.get(reverse(LISTS[username]))
        if response.status_code != 200:
            raise AssertionError(f"{username}: {response.status_code}")
        return response.context


@contextmanager
def on(cluster: Cluster, moment: datetime, folder: Path) -> Iterator[Day]:
    """Django on a database of its own in which it is `moment` and time goes on; what is done there is committed."""
    from django.db import connections

    name = f"day_{uuid.uuid4().hex[:12]}"
    cluster.create_database(name, template=TEMPLATE)
    before = {each: each.settings_dict["NAME"] for each in connections.all()}
    real_time, real_now, ahead = time.time, timezone.now, [timedelta()]

    def rows(statement: str, *values: object) -> list[tuple[Any, ...]]:
        with cluster.connect("compass_owner", name) as owner:
            return owner.execute(statement, values).fetchall()

    def move(to: datetime) -> None:
        ahead[0] = to - real_now()
        with cluster.connect("postgres", name) as clocks:
            clocks.execute(CLOCK.format(seconds=ahead[0].total_seconds()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: real_time() + ahead[0].total_seconds())
        patch.setattr(timezone, "now", lambda: real_now() + ahead[0])
        patch.setattr(settings, "COMPASS_DATA", folder)
        patch.setattr(settings, "COMPASS_CHECKPOINTS", folder / "checkpoints")
        for each in before:
            each.close()
            each.settings_dict["NAME"] = name
        try:
            move(moment)
            yield Day(folder, rows, move)
        finally:
            for each, real in before.items():
                each.close()
                each.settings_dict["NAME"] = real
            cluster.drop_database(name)
