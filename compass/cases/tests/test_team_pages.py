"""The pages of a second person: what waits for a decision, who carries what, who may not."""

from __future__ import annotations

import uuid

import pytest

from compass.cases.tests.pages import said, url
from compass.config.demo.world import world_id

pytestmark = pytest.mark.django_db


def test_the_team_sees_what_waits_and_who_carries_what(sign_in, at, made, assessed):
    with at("zinder.social") as work:
        row = assessed(work, made)
    client = sign_in("zinder.supervisor")

    page = said(client.get(url("team")))
    assert url("decide_assessment", row.pk) in page and "Ibrahim Sani Oumarou" in page
    decide = url("decide_assessment", row.pk)
    assert client.get(decide).status_code == 200
    assert 'role="alert"' in said(client.send(decide, {"approve": "no"}))
    assert client.send(decide, {"approve": "yes"}).status_code == 302


def test_a_social_worker_has_no_team_page(sign_in):
    assert sign_in("zinder.social").get(url("team")).status_code == 403


def test_nobody_decides_on_their_own_work(sign_in, at, case, assessed):
    with at("zinder.supervisor") as work:
        row = assessed(work, case(work))
    client = sign_in("zinder.supervisor")

    assert "CM-15" in said(client.get(url("decide_assessment", row.pk)))
    assert "P-1004" in said(client.post(url("decide_assessment", row.pk), {"approve": "yes", "version": row.version}))


@pytest.mark.parametrize("name", ["decide_assessment", "decide_plan", "decide_closure"])
def test_a_social_worker_decides_nothing(sign_in, name):
    assert sign_in("zinder.social").get(url(name, uuid.uuid4())).status_code == 403


def test_a_case_nobody_leads_is_assigned(sign_in, at, case):
    with at("zinder.social") as work:
        row = case(work, unled=True, risk_level="high")
    client = sign_in("zinder.supervisor")

    assert row.code in said(client.get(url("team")))
    assert client.send(url("assign", row.pk), {"owner": str(world_id("zinder.cases"))}).status_code == 302
    assert client.send(url("assign", row.pk), {"owner": "nobody"}).status_code == 200


def test_a_plan_waits_for_the_supervisor(sign_in, at, case, assessed, planned):
    with at("zinder.social") as work:
        row = case(work)
        assessed(work, row)
        plan = planned(work, row)
    client = sign_in("zinder.supervisor")

    page = said(client.send(url("decide_plan", plan.pk), {"reveal": "1", "why": "decide"}))
    assert "To sleep without fear" in page
    assert client.send(url("decide_plan", plan.pk), {"approve": "yes"}).status_code == 302
