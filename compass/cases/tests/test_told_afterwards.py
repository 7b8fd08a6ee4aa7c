"""What a page says after it was sent, and where it leads when something must come first."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from compass.access.models import User
from compass.cases.models import Assessment, Referral
from compass.cases.tests.test_handover import accept, family, offered  # noqa: F401
from compass.cases.tests.test_referral import agreed, done, sent  # noqa: F401
from compass.problems import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(sign_in):
    """`post(who, address, **answers)`: the page that follows, in English."""

    def run(who, where, **answers):
        client = sign_in(who)
        client.cookies["compass_language"] = "en"
        told = {"key": str(uuid.uuid4()), "version": "1", **answers}
        return client.post(where, told, follow=True).content.decode()

    return run


@pytest.fixture
def read(sign_in):
    def run(who, where):
        client = sign_in(who)
        client.cookies["compass_language"] = "en"
        return client.get(where).content.decode()

    return run


@pytest.mark.parametrize(
    ("answers", "said"),
    [({"approve": "yes"}, "approved."), ({"approve": "no", "remark": "Ask her again"}, "sent back with your remark.")],
)
def test_a_decision_is_confirmed(at, made, assessed, post, answers, said):
    with at("zinder.social") as work:
        row = assessed(work, made)

    page = post("zinder.supervisor", f"/cases/decide/assessment/{row.pk}/", **answers)

    assert f"{made.code}: {said}" in page
    with at("zinder.supervisor"):
        assert Assessment.objects.get(pk=row.pk).state != "requested"


def test_who_leads_a_case_from_now_on_is_confirmed(made, post):
    worker = User.objects.get(username="zinder.cases")

    page = post("zinder.supervisor", f"/cases/{made.pk}/assign/", owner=str(worker.pk), version=str(made.version))

    assert f"{made.code} is led by" in page


def test_a_risk_that_was_set_is_confirmed(made, post):
    page = post("zinder.social", f"/cases/{made.pk}/risk/", level="high", version=str(made.version))

    assert "The risk level is recorded." in page


def test_an_unknown_code_leads_to_the_search_by_name(post):
    page = post("zinder.social", "/cases/list/", code="ABCD-1234")

    assert 'href="/people/find/"' in page and "cannot be searched" not in page


def test_only_a_supervisor_is_led_to_giving_the_case(at, told, offered, read):  # noqa: F811
    accept(at, told, offered["offer"])
    where, gives = f"/cases/handovers/{offered['offer'].pk}/", f"/cases/{offered['case'].pk}/assign/"

    assert gives in read("edo.supervisor", where)
    assert gives not in read("edo.reception", where)


def test_who_takes_over_without_leading_colleagues_reads_whose_turn_it_is(offered, post):  # noqa: F811
    page = post("edo.reception", f"/cases/handovers/{offered['offer'].pk}/accept/")

    assert "A supervisor says who leads the case." in page and "Say who leads the case." not in page


@pytest.mark.parametrize(("days", "kept"), [(7, True), (8, False)])
def test_a_visit_long_before_the_referral_is_not_its_outcome(at, told, sent, days, kept):  # noqa: F811
    with at("zinder.clinic") as work:
        day = work.today - timedelta(days=days)

    if kept:
        assert done(at, told, sent, delivered_on=day).delivered_on == day
        return
    with pytest.raises(Invalid):
        done(at, told, sent, delivered_on=day)
    with at("zinder.clinic"):
        assert Referral.objects.get(pk=sent.pk).delivered_on is None
