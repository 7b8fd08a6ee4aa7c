"""Fixtures of every room: tests run as the app role on this worker's database; `owner` may look at everything."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone, translation

from compass.access.zones import zone_of
from compass.config.embedded import Cluster
from compass.config.serving import CHROMIUM, Live, browser_path
from compass.config.testing import CLUSTER, NAME, TEMPLATE
from compass.vault.tests.soft_token import SoftToken
from compass.vault.tests.soft_token import soft_token as software_token

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from compass.access.work import Work


class Browser(Client):
    """The test client, which can also do what a browser does by itself."""

    def send(self, path: str, data: dict[str, Any], **more: Any) -> HttpResponse:
        """POST what was typed, with the version that the page showed."""
        page = self.get(path).content.decode()
        shown = dict(re.findall(r'<input type="hidden" name="(version|seen)"(?: value="([^"]*)")?', page))
        return self.post(path, {**shown, **data}, **more)


@pytest.fixture
def client() -> Client:
    return Browser()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The database is already there; pytest-django need not make one."""


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request leaves its language active in the thread; the next test begins with the project's own."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def clock_of_the_office() -> Iterator[None]:
    """A day begins in the tests when it begins on the pages of the offices they work in, at night too."""
    with timezone.override(zone_of("NE")):
        yield


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    return request.config.stash[CLUSTER]


@pytest.fixture
def owner(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    """A connection of the owner to this worker's database, committing at once."""
    connection = request.config.stash[CLUSTER].connect("compass_owner", request.config.stash[NAME])
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def soft_token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftToken]:
    """A PKCS#11 token of this worker; a program sees it with `env=... | soft_token.env`."""
    with software_token(tmp_path_factory.mktemp("token")) as made:
        yield made


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
def apart(fresh_database: Callable[[], str], django_db_blocker: Any) -> Iterator[str]:
    """The name of a database of its own that Django is connected to: what is done there is committed."""
    from django.db import connection

    name, before = fresh_database(), connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        yield name
        connection.close()
    connection.settings_dict["NAME"] = before


@pytest.fixture
def at(request: pytest.FixtureRequest) -> Callable[..., AbstractContextManager[Work]]:
    """`with at("zinder.social") as work:` opens a unit of work of that colleague; with `apart` in that database."""
    if "apart" not in request.fixturenames:
        request.getfixturevalue("db")

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
        return {"key": uuid.uuid4(), "occurred_at": timezone.now(), "basis": "vital_interest", **changes}

    return envelope


@pytest.fixture
def sign_in(client: Client) -> Callable[[str], Client]:
    """A test client signed in as that colleague."""
    from compass.access.models import User

    def signed(username: str) -> Client:
        client.force_login(User.objects.get(username=username), "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed


@pytest.fixture
def live(cluster: Cluster, fresh_database: Callable[[], str]) -> Iterator[Callable[..., Live]]:
    """`live()` serves a database of its own: `.url`, `.public_url`, `.database`. `public=True` serves that side too."""
    served: list[Live] = []

    def start(*, public: bool = False, database: str = "", workers: int = 1) -> Live:
        one = Live(cluster, database or fresh_database(), cluster.folder / "static")
        served.append(one)
        one.start(workers=workers)
        if public:
            one.start("public")
        return one

    yield start
    for one in served:
        one.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real Chromium. Contexts are made by the tests: width, language, JavaScript on or off."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=CHROMIUM)
        yield browser
        browser.close()
