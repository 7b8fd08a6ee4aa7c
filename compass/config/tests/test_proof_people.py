"""The long form with people: ten thousand loaded through the actions, and what must be true of them. `make proof`.

One loading serves all tests of this file; it takes minutes. Each check is made once more with something spoiled on purpose.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from compass.config.demo.population import population
from compass.config.demo.progress import Progress
from compass.config.demo.targets import check_of_2021, targets
from compass.config.embedded import Cluster
from compass.config.tests.disk_search import canary, search
from compass.config.tests.test_demo_loaded import WRITTEN, classes, content, database, everything
from compass.trail.chain import veil
from compass.trail.verify import verify

pytestmark = pytest.mark.proof

PEOPLE, SEED = 10_000, 3
#: How many people are looked for on the disk, by name, place and telephone.
LOOKED_FOR = 12


@pytest.fixture(scope="module")
def many(cluster: Cluster, django_db_blocker: Any) -> Iterator[Any]:
    with database(cluster) as rows, django_db_blocker.unblock():
        rows.progress = Progress(None, PEOPLE, SEED)
        began = time.monotonic()
        everything(rows.progress)
        rows.seconds = time.monotonic() - began
        rows.name = rows("SELECT current_database()")[0][0]
        yield rows


@pytest.fixture
def owned(many: Any, cluster: Cluster) -> Iterator[psycopg.Connection]:
    """The owner's connection; what a test spoils is undone."""
    with cluster.connect("postgres", many.name) as owner:
        owner.autocommit = False
        yield owner
        owner.rollback()


def wanted(progress: Progress) -> Counter[tuple[int, str]]:
    years = targets(PEOPLE, progress.now.date()).years
    return Counter({(year.year, name): n for year in years for name, n in year.people.items() if n})


class TestTenThousandPeople:
    def test_the_totals_by_year_and_class_are_the_published_ones_to_scale(self, many, record_property):
        record_property("seconds to load 10,000 people", round(many.seconds))
        family = [many.progress.id(key) for key in WRITTEN]

        assert classes(many, family) == wanted(many.progress)
        assert check_of_2021(PEOPLE, many.progress.now.date(), many.progress.tally).startswith(
            "2021: 30,392 published = 29,117 + 1,110 + 165; loaded 1/"
        )

    def test_one_service_too_many_would_be_noticed(self, many, owned):
        family = [many.progress.id(key) for key in WRITTEN]
        owned.execute(
            "UPDATE people_service SET service_class = 'RI' WHERE id = (SELECT s.id FROM people_service s"
            " WHERE s.service_class = 'H' AND NOT s.person_id = ANY (%s) LIMIT 1)",
            [family],
        )

        def inside(statement: str, *values: object) -> list[tuple[Any, ...]]:
            return owned.execute(statement, values).fetchall()

        assert classes(inside, family) != wanted(many.progress)

    def test_each_person_counts_once_and_second_registrations_do_not_count(self, many, record_property):
        record_property("seconds to load 10,000 people", round(many.seconds))
        family = [many.progress.id(key) for key in WRITTEN]
        ((registered, counted),) = many(
            "SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM people_service s WHERE s.person_id = p.id))"
            " FROM people_person p WHERE NOT p.id = ANY (%s)",
            family,
        )
        invented = [person for home in population(PEOPLE, SEED, many.progress.now.date()) for person in home.members]

        assert counted == PEOPLE
        assert registered == len(invented) == PEOPLE + sum(person.duplicate_of is not None for person in invented)

    def test_the_trail_holds_from_the_first_entry_to_the_last_and_names_everybody(self, many, cluster):
        with cluster.connect("compass_owner", many.name) as owner:
            assert verify(owner, veil=veil()) is None
            people = [row[0] for row in owner.execute("SELECT id FROM people_person")]
            named = {row[0] for row in owner.execute("SELECT subject_id FROM trail_subject")}
        assert people and {UUID(name) for name in veil().identifiers(people)} <= named

    def test_an_entry_that_was_changed_is_named(self, many, cluster):
        with cluster.connect("compass_owner", many.name) as owner:
            ((seq, body),) = owner.execute(
                "SELECT seq, body FROM trail_entry WHERE seq = (SELECT max(seq) / 2 FROM trail_entry)"
            ).fetchall()
            owner.execute("UPDATE trail_entry SET body = body || ' ' WHERE seq = %s", [seq])
            found = verify(owner, veil=veil())
            owner.execute("UPDATE trail_entry SET body = %s WHERE seq = %s", [body, seq])

            assert found is not None
            assert found.seq == seq
            assert verify(owner, veil=veil()) is None

    def test_nothing_was_recorded_before_it_was_loaded_or_happens_later_than_now(self, many):
        assert many(
            "SELECT count(*) FROM access_receipt WHERE occurred_at > now()"
            " OR recorded_at < (SELECT min(at) FROM trail_entry)"
        ) == [(0,)]

    def test_the_disk_shows_none_of_them(self, many, cluster, record_property):
        """A dozen of them by family name, place and telephone; and a text left clear on purpose, which is found."""
        planted = canary("planted")
        texts = _texts(many)
        with cluster.connect("postgres", many.name) as root:
            root.execute("CREATE TABLE left_clear AS SELECT %s AS remark", [planted])
            root.execute("CHECKPOINT")
            (folder,) = root.execute("SELECT oid::text FROM pg_database WHERE datname = current_database()").fetchone()
        found = search(cluster.folder, {**texts, "planted": planted})
        with cluster.connect("postgres", many.name) as root:
            root.execute("DROP TABLE left_clear")

        assert len(texts) >= 2 * LOOKED_FOR
        record_property("texts looked for, found only the planted one", len(texts))
        assert {place for place, _ in found} == {"planted"}
        assert any(f"/{folder}/" in path for _, path in found), "the folder of this database is searched"


def _texts(many: Any) -> dict[str, str]:
    """Names long enough not to be found by chance, and telephones."""
    people = [person for home in population(PEOPLE, SEED, many.progress.now.date()) for person in home.members]
    known = [person for person in people if person.phone and re.fullmatch(r"\w{8,}", person.names.family)]
    chosen = Random(SEED).sample(known, LOOKED_FOR)
    texts = {f"phone {person.number}": person.phone.removeprefix("+") for person in chosen}
    return texts | {f"family {person.number}": person.names.family for person in chosen}


def test_the_same_seed_loads_the_same_programme_and_another_seed_another(cluster, django_db_blocker):
    now = Progress(None, 1, 1).now
    made = []
    for seed in (21, 21, 22):
        with database(cluster) as rows, django_db_blocker.unblock():
            everything(Progress(None, 600, seed, now=now))
            made.append((content(rows), _steps(rows)))

    assert made[0] == made[1]
    assert made[0][0] != made[2][0]


def _steps(rows: Any) -> list[tuple[Any, ...]]:
    """How often each action was done, and on which days."""
    found = rows("SELECT action, occurred_at::date, count(*) FROM access_receipt GROUP BY 1, 2 ORDER BY 1, 2")
    return [row for row in found if row[0] != "programme.publish"]
