"""Fixtures of every room: tests run as the app role on this worker's database; `owner` may look at everything."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest

from compass.config.embedded import Cluster
from compass.config.testing import CLUSTER, NAME, TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The database is already there; pytest-django need not make one."""


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    return request.config.stash[CLUSTER]


@pytest.fixture
def owner(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    """A connection of the owner to this worker's database, committing at once."""
    connection = request.config.stash[CLUSTER].connect("compass_owner", request.config.stash[NAME])
    yield connection
    connection.close()


@pytest.fixture
def fresh_database(cluster: Cluster) -> Iterator[Callable[[], str]]:
    """Make databases cloned from the template; they are dropped afterwards."""
    names: list[str] = []

    def make(template: str = TEMPLATE) -> str:
        name = f"fresh_{uuid.uuid4().hex[:12]}"
        cluster.create_database(name, template=template)
        names.append(name)
        return name

    yield make
    for name in names:
        cluster.drop_database(name)
