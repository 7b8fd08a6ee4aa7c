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


def test_the_boy_stays_in_niger_with_high_attention_and_the_trail_says_that_his_return_was_stopped(told_family):
    ((status, risk, country),) = told_family(
        "SELECT c.status, c.risk_level, o.country FROM cases_case c JOIN access_organisation o"
        " ON o.id = c.organisation_id WHERE c.id = %s",
        told_family.id("case.boy"),
    )
    refusals = told_family("SELECT body FROM trail_entry WHERE purpose = 'returns.start' AND body LIKE '%%refused%%'")

    assert (status, risk, country) == ("open", "high", "NE")
    assert len(refusals) == 1
    assert told_family("SELECT count(*) FROM returns_member WHERE person_id = %s", told_family.id("boy")) == [(0,)]


def test_the_journey_counts_in_the_country_where_it_began_and_the_rest_at_home(told_family):
    counted = set(told_family("SELECT service, service_class, country FROM people_service WHERE person_id = %s",
                              told_family.id("mother")))  # fmt: skip

    assert {
        ("AVR", "R", "NE"),
        ("DOC", "C", "NE"),
        ("FOD", "H", "NG"),
        ("REI", "RI", "NG"),
        ("BUS", "RI", "NG"),
    } <= counted


def test_each_proof_is_there_and_each_step_has_its_day(told_family):
    assert told_family("SELECT count(*) FROM cases_referralfile") == [(1,)]
    assert told_family("SELECT count(*), min(currency) FROM reintegration_receipt") == [(1, "NGN")]
    assert told_family("SELECT status FROM communities_project") == [("handed_over",)]
    assert told_family("SELECT state FROM returns_return") == [("closed",)]
    assert told_family("SELECT result FROM reintegration_followup") == [("yes",), ("yes",)]
    ((status, score),) = told_family("SELECT status, composite FROM reintegration_interview")
    assert (status, score is not None) == ("complete", True)
    ((days,),) = told_family(
        "SELECT (max(occurred_at)::date - min(occurred_at)::date) FROM access_receipt WHERE action LIKE 'cases.%%'"
    )
    assert days > 200


def test_nothing_of_it_lies_ahead(told_family):
    assert told_family("SELECT count(*) FROM access_receipt WHERE occurred_at > now()") == [(0,)]
