"""The cubes against a count by hand, and what someone could find by subtracting."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from compass.programme.actions import refresh_figures
from compass.programme.models import Figure
from compass.programme.sql import WIDTH
from compass.programme.tests.attacker import START, bounds
from compass.programme.tests.rows import record

pytestmark = pytest.mark.django_db
UNTIL = date(2022, 6, 30)
SEXES = ("female", "male", "undisclosed", "intersex")
YEARS = (1975, 1990, 2012, 2019, None)


def _rows(seed: int, size: int) -> list[tuple[int, str, str, str, str, date]]:
    """(person, sex, age, country, class, day): many common, a few rare combinations."""
    chance = random.Random(seed)
    rows = []
    for person in range(size):
        sex = chance.choices(SEXES, (50, 44, 4, 2))[0]
        born = chance.choices(YEARS, (30, 40, 15, 10, 5))[0]
        age = "unknown" if born is None else "child" if born > 2006 else "adult"
        for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
            rows.append(
                (
                    person,
                    sex,
                    age,
                    chance.choices(("NE", "NG", "TN", "LB"), (60, 25, 12, 3))[0],
                    chance.choices(("H", "C", "R", "RI"), (70, 18, 8, 4))[0],
                    date(2021, 1, 1) + timedelta(days=chance.randrange(540)),
                )
            )
    return rows


def _by_hand(rows):
    people, services = defaultdict(set), defaultdict(int)
    for person, sex, age, country, kind, day in rows:
        sex = sex if sex in {"female", "male"} else "other"
        for granularity, starts in (
            ("all", START),
            ("year", date(day.year, 1, 1)),
            ("quarter", date(day.year, (day.month - 1) // 3 * 3 + 1, 1)),
            ("month", day.replace(day=1)),
        ):
            cuts = [("total", ""), ("sex", sex), ("age", age)] if granularity in {"all", "year"} else [("total", "")]
            for place in (country, "") if granularity != "month" else ("",):
                for cut in cuts:
                    finest = granularity in {"all", "year"} and cut[0] == "total"
                    for service in (kind, "") if finest else ("",):
                        key = (granularity, starts, place, service, *cut)
                        people[key].add(person)
                        services[key] += 1
    return {key: len(found) for key, found in people.items()}, dict(services)


def _shown(snapshot):
    return {
        (f.granularity, f.starts, f.country, f.service_class, f.breakdown, f.part): f
        for f in Figure.objects.filter(snapshot=snapshot)
    }


def five(number: int) -> int:
    return (number + 2) // 5 * 5


@pytest.fixture(params=[1, 2, 3])
def counted(request, at, told):
    rows = [row for row in _rows(request.param, 260) if row[5] <= UNTIL]
    record(at, told, rows)
    return rows, refresh_figures(UNTIL)


def test_it_works(counted):
    rows, snapshot = counted
    people, services = _by_hand(rows)
    shown = _shown(snapshot)

    assert shown.keys() == people.keys()
    for key, figure in shown.items():
        if people[key] < 10:
            assert figure.withheld, key
        if figure.withheld:
            assert (figure.people, figure.services) == (None, None)
        else:
            assert (figure.people, figure.services) == (five(people[key]), five(services[key])), key
    assert shown["all", START, "", "", "total", ""].people == five(len({row[0] for row in rows}))


def test_no_small_figure_can_be_found_by_subtracting(counted):
    rows, snapshot = counted
    shown = _shown(snapshot)
    people, services = _by_hand(rows)
    for measure, real, additive in (
        ("people", people, {"sex", "age"}),
        ("services", services, {"sex", "age", "country", "class", "period"}),
    ):
        known = bounds({key: getattr(f, measure) for key, f in shown.items()}, slack=2, additive=additive)
        small = [key for key, number in people.items() if number < 10]

        assert small
        for key in small:
            low, high = known[key]
            assert low <= real[key] <= high, "the attacker reasons correctly"
            assert high - low >= WIDTH, (measure, key, real[key], low, high)


def test_without_the_second_step_many_can_be_found(counted):
    rows, _snapshot = counted
    people, services = _by_hand(rows)
    shown = {key: (services[key] if people[key] >= 10 else None) for key in people}

    known = bounds(shown, slack=0, additive={"sex", "age", "country", "class", "period"})

    found = [key for key, value in shown.items() if value is None and known[key][0] == known[key][1]]
    assert len(found) >= 2


def test_the_application_can_read_no_raw_count_and_change_no_snapshot(counted):
    for statement in (
        "SELECT * FROM pg_temp.compass_cell",
        "UPDATE programme_figure SET people = 1",
        "DELETE FROM programme_snapshot",
        "INSERT INTO programme_snapshot SELECT * FROM programme_snapshot",
        "SELECT * FROM compass_figures('all')",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_counts_role_reads_figures_and_nothing_else(cluster, request, owner):
    from compass.config.testing import NAME

    tables = [row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()]
    with cluster.connect("compass_counts", request.config.stash[NAME]) as counts:
        readable = set()
        for table in tables:
            try:
                counts.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
            except psycopg.errors.InsufficientPrivilege:
                continue
            readable.add(table)

        assert readable == {"programme_snapshot", "programme_figure"}
        assert counts.execute("SELECT count(*) FROM compass_figures('all')").fetchone() is not None
        for statement in (
            "SELECT compass_take_snapshot(current_date - 1)",
            "CREATE TEMP TABLE mine (a int)",
            "SELECT compass_scope_actor()",
            "DELETE FROM programme_figure",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                counts.execute(statement)
