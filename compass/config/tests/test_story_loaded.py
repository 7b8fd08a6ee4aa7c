"""The written family in every demonstration: the whole thread, by the colleagues whose work it is."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from compass.config.embedded import Cluster
from compass.config.testing import TEMPLATE


@pytest.fixture(scope="module")
def told_family(cluster: Cluster, django_db_blocker: Any) -> Iterator[Any]:
    """The family alone, in a database of its own; gives a function that asks it as the owner."""
    from django.db import connection

    from compass.config.demo.load import Loader
    from compass.config.demo.load_decision import Deciding
    from compass.config.demo.load_home import AtHome
    from compass.config.demo.load_story import AwayFromHome
    from compass.config.demo.progress import Progress

    name, before = f"story_{uuid.uuid4().hex[:12]}", connection.settings_dict["NAME"]
    cluster.create_database(name, template=TEMPLATE)
    connection.close()
    connection.settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        progress = Progress(None, 0, 1)
        loader = Loader(1)
        for part in (AwayFromHome, Deciding, AtHome):
            part(loader, progress).all()

        def rows(statement: str, *values: object) -> list[tuple[Any, ...]]:
            with cluster.connect("compass_owner", name) as owner:
                return owner.execute(statement, values).fetchall()

        rows.id = progress.id
        yield rows
        connection.close()
    connection.settings_dict["NAME"] = before
    cluster.drop_database(name)


def test_the_mother_is_home_and_her_case_is_closed(told_family):
    ((status, reason, country),) = told_family(
        "SELECT c.status, c.closure_reason, o.country FROM cases_case c JOIN access_organisation o"
        " ON o.id = c.organisation_id WHERE c.id = %s",
        told_family.id("case.mother"),
    )

    assert (status, reason, country) == ("closed", "goals_achieved", "NG")
