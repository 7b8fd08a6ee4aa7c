"""Fixtures of every room: tests run as the app role on this worker's database; `owner` may look at everything."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from compass.config.embedded import Cluster
from compass.config.testing import CLUSTER, NAME, TEMPLATE

if TYPE_CHECKING:
    from compass.access.work import Work


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


@pytest.fixture
def at(db: None) -> Callable[..., AbstractContextManager[Work]]:
    """`with at("zinder.social") as work:` opens a unit of work of that colleague."""
    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work

    def start(username: str, purpose: str = "test") -> AbstractContextManager[Work]:
        return unit_of_work(Actor.of(User.objects.get(username=username)), purpose)

    return start


@pytest.fixture
def told() -> Callable[..., dict[str, Any]]:
    """The envelope of a command: `Registration(**told(), ...)`; overrides by keyword."""

    def envelope(**changes: Any) -> dict[str, Any]:
        return {"key": uuid.uuid4(), "occurred_at": timezone.now(), "basis": "consent", **changes}

    return envelope


@pytest.fixture
def sign_in(client: Client) -> Callable[[str], Client]:
    """A test client signed in as that colleague."""
    from compass.access.models import User

    def signed(username: str) -> Client:
        client.force_login(User.objects.get(username=username), "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed
