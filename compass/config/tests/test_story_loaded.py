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
    assert told_family("SELECT result FROM reintegration_followup") == [("yes",)] * 4
    ((status, score),) = told_family("SELECT status, composite FROM reintegration_interview")
    assert (status, score is not None) == ("complete", True)
    ((days,),) = told_family(
        "SELECT (max(occurred_at)::date - min(occurred_at)::date) FROM access_receipt WHERE action LIKE 'cases.%%'"
    )
    assert days > 200


def test_nothing_of_it_lies_ahead(told_family):
    assert told_family("SELECT count(*) FROM access_receipt WHERE occurred_at > now()") == [(0,)]


HOME = ("mother", "daughter", "son")


@pytest.mark.parametrize("who", HOME)
def test_everyone_at_home_has_a_plan_whose_lines_were_delivered_and_asked_about(told_family, who):
    """R-PLN-1 and R-CLO-2, for each of the three and not for the mother alone."""
    lines = told_family(
        "SELECT a.status, p.agreed_on - h.arrived_on <= 30, EXISTS (SELECT 1 FROM reintegration_followup f"
        "  WHERE f.action_id = a.id AND f.asked_on >= a.delivered_on)"
        " FROM reintegration_action a JOIN reintegration_plan p ON p.id = a.plan_id"
        " JOIN reintegration_arrivalhome h ON h.person_id = p.person_id WHERE p.person_id = %s",
        told_family.id(who),
    )

    assert lines
    assert set(lines) == {("delivered", True, True)}


def test_no_goal_is_left_open_in_a_closed_case_and_the_boy_goes_on(told_family):
    progress = dict(told_family(
        "SELECT c.id, array_agg(DISTINCT g.progress) FROM cases_goal g JOIN cases_case c ON c.id = g.case_id"
        " JOIN cases_plan p ON p.id = g.plan_id AND p.superseded_at IS NULL GROUP BY c.id"
    ))  # fmt: skip

    assert progress[told_family.id("case.mother")] == ["met"]
    assert sorted(progress[told_family.id("case.boy")]) == ["in_progress", "met"]


def test_the_steps_of_the_mother_stand_in_their_order(told_family):
    """The moments that her page shows; the office at home took over before she left, and long before the end."""
    case, person = told_family.id("case.mother"), told_family.id("mother")
    ((opened, closed),) = told_family("SELECT opened_at, closed_at FROM cases_case WHERE id = %s", case)
    ((offered, taken),) = told_family("SELECT offered_at, answered_at FROM cases_handover")
    ((left,),) = told_family("SELECT min(occurred_at) FROM returns_step WHERE to_state = 'in_travel'")
    ((home,),) = told_family("SELECT occurred_at FROM reintegration_arrivalhome WHERE person_id = %s", person)
    ((asked, approved),) = told_family("SELECT occurred_at, approved_at FROM cases_closure WHERE case_id = %s", case)

    assert opened < offered < taken < left < home < asked < approved
    assert closed == approved
    assert told_family("SELECT max(occurred_at) FROM returns_step WHERE to_state = 'closed'") > [(approved,)]
