"""A small invented programme in a database of its own, with one colleague for each role in two offices."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from compass.config.embedded import Cluster
from compass.config.testing import TEMPLATE

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
    from compass.access.roles import ROLES

    with cluster.connect("compass_owner", name) as owner:
        for place, source in (("here", HERE), ("elsewhere", ELSEWHERE)):
            (organisation,) = owner.execute(
                "SELECT organisation_id FROM access_user WHERE username = %s", [source]
            ).fetchone()
            for role in ROLES:
                user = uuid.uuid4()
                owner.execute(
                    "INSERT INTO access_user (id, username, password, organisation_id, name_sealed, language, is_active,"
                    " is_demonstration) VALUES (%s, %s, '', %s, '', 'en', true, true)",
                    [user, f"{place}.{role}", organisation],
                )
                owner.execute(
                    "INSERT INTO access_grant (id, user_id, role, organisation_id, country, valid_from)"
                    " SELECT gen_random_uuid(), %s, %s, id, country, '2020-01-01' FROM access_organisation WHERE id = %s",
                    [user, role, organisation],
                )


@pytest.fixture(scope="module")
def world(cluster: Cluster, django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[World]:
    from django.conf import settings
    from django.db import connection

    from compass.config.demo.load import load

    name, before = f"world_{uuid.uuid4().hex[:12]}", connection.settings_dict["NAME"]
    cluster.create_database(name, template=TEMPLATE)
    connection.close()
    connection.settings_dict["NAME"] = name
    demonstration, settings.COMPASS_DEMONSTRATION = settings.COMPASS_DEMONSTRATION, True
    with django_db_blocker.unblock():
        load(60, 1, say=lambda text: None)
        _colleagues(cluster, name)
        yield World(name, cluster)
        connection.close()
    settings.COMPASS_DEMONSTRATION = demonstration
    connection.settings_dict["NAME"] = before
    cluster.drop_database(name)
