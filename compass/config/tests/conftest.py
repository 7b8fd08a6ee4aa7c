"""Databases of their own, with one colleague for each role in two offices and one with every role in three others."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from compass.config.embedded import Cluster
from compass.config.testing import TEMPLATE

if TYPE_CHECKING:
    from compass.config.tests.access_world import Rooms

HERE, ELSEWHERE = "zinder.social", "edo.reception"


@dataclass
class World:
    """`name`: the database, to which Django is connected."""

    name: str
    cluster: Cluster

    def client(self, username: str) -> Client:
        from compass.access.models import User

        client = Client(raise_request_exception=False)
        user = User.objects.get(username=username)
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self.cluster.connect("compass_owner", self.name) as owner:
            return owner.execute(statement, values).fetchall()


def _colleagues(cluster: Cluster, name: str) -> None:
    """`here.<role>` and `elsewhere.<role>` for each role; and in other offices one account with every role at once."""
    from compass.access.roles import ROLES

    with cluster.connect("compass_owner", name) as owner:
        (here,), (elsewhere,), (clinic,) = (
            owner.execute("SELECT organisation_id FROM access_user WHERE username = %s", [source]).fetchone()
            for source in (HERE, ELSEWHERE, "zinder.clinic")
        )
        for role in ROLES:
            _colleague(owner, f"here.{role}", here, [role])
            _colleague(owner, f"elsewhere.{role}", elsewhere, [role])
        _colleague(owner, "elsewhere.all", elsewhere, ROLES)
        _colleague(owner, "clinic.all", clinic, ROLES)
        _colleague(owner, "near.all", _neighbour(owner, here), ROLES)


def _colleague(owner: Any, username: str, organisation: uuid.UUID, roles: Iterable[str]) -> None:
    user = uuid.uuid4()
    owner.execute(
        "INSERT INTO access_user (id, username, password, organisation_id, name_sealed, language, is_active,"
        " is_demonstration) VALUES (%s, %s, '', %s, '', 'en', true, true)",
        [user, username, organisation],
    )
    for role in roles:
        owner.execute(
            "INSERT INTO access_grant (id, user_id, role, organisation_id, country, valid_from)"
            " SELECT gen_random_uuid(), %s, %s, id, country, '2020-01-01' FROM access_organisation WHERE id = %s",
            [user, role, organisation],
        )


def _neighbour(owner: Any, office: uuid.UUID) -> uuid.UUID:
    """A second office in the same country, with a key of its own."""
    from compass.vault.crypto import new_key
    from compass.vault.root import root_key

    made = uuid.uuid4()
    owner.execute(
        "INSERT INTO access_organisation (id, name, kind, country, quick_exit_url)"
        " SELECT %s, 'Second office', kind, country, '' FROM access_organisation WHERE id = %s",
        [made, office],
    )
    owner.execute(
        "INSERT INTO vault_organisationkey (organisation_id, version, wrapped, created_at) VALUES (%s, 1, %s, now())",
        [made, root_key().wrap(new_key(), f"organisation|{made}|1")],
    )
    return made


@contextmanager
def _of_its_own(cluster: Cluster, django_db_blocker: Any) -> Iterator[World]:
    """Django on a database of its own, as in a demonstration; what is done there is committed."""
    from django.conf import settings
    from django.db import connection

    name, before = f"world_{uuid.uuid4().hex[:12]}", connection.settings_dict["NAME"]
    cluster.create_database(name, template=TEMPLATE)
    connection.close()
    connection.settings_dict["NAME"] = name
    demonstration, settings.COMPASS_DEMONSTRATION = settings.COMPASS_DEMONSTRATION, True
    with django_db_blocker.unblock():
        _colleagues(cluster, name)
        yield World(name, cluster)
        connection.close()
    settings.COMPASS_DEMONSTRATION = demonstration
    connection.settings_dict["NAME"] = before
    cluster.drop_database(name)


@pytest.fixture(scope="module")
def world(cluster: Cluster, django_db_blocker: Any) -> Iterator[World]:
    from compass.config.demo.load import load

    with _of_its_own(cluster, django_db_blocker) as made:
        load(60, 1, say=lambda text: None)
        yield made


@pytest.fixture(scope="module")
def rooms(cluster: Cluster, django_db_blocker: Any) -> Iterator[tuple[World, Rooms]]:
    """The same without people of the demonstration, but with a record of every kind at the first office."""
    from compass.config.tests.access_world import Rooms

    with _of_its_own(cluster, django_db_blocker) as made:
        yield made, Rooms().all()
