"""A departure of the office's own record: taken back when it was a mistake, and recorded late when consent ended since."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.people.actions import Withdrawal, withdraw_consent
from compass.people.models import Consent, Service
from compass.problems import StandardNotMet, UnknownCode, WrongState
from compass.returns import actions
from compass.returns.models import Return, Step
from compass.returns.tests.conftest import Journey, noon

pytestmark = pytest.mark.django_db


def take_back(journey, told, reason="not_left"):
    with journey.at("zinder.travel") as work:
        actions.take_back_departures(work, [actions.Moved(**told(id=journey.pk), reason=reason)])


def counted(journey):
    with journey.at("zinder.travel"):
        return Service.objects.filter(origin=journey.pk, service="AVR", annulled_at=None).count()


def test_they_are_ready_as_before_and_no_figure_counts_the_departure(journey, told):
    journey.to("ready_to_travel")
    with journey.at("zinder.travel"):
        since = Return.objects.get(pk=journey.pk).state_since
    journey.depart()
    assert counted(journey) == 2

    take_back(journey, told)

    with journey.at("zinder.travel"):
        avr = Return.objects.get(pk=journey.pk)
        assert (avr.state, avr.departed_on, avr.state_since) == ("ready_to_travel", None, since)
        steps = [row.transition for row in Step.objects.filter(avr=avr).order_by("recorded_at", "id")]
    assert steps[-2:] == ["depart", "take_back"] and counted(journey) == 0
    journey.depart()
    assert counted(journey) == 2


def test_it_needs_a_reason_and_a_departure_without_arrival(journey, told):
    journey.to("ready_to_travel")
    with pytest.raises(WrongState):
        take_back(journey, told)
    journey.depart()
    with pytest.raises(UnknownCode):
        take_back(journey, told, "felt like it")
    with journey.at("zinder.social") as work:
        actions.receive_returns(work, [actions.Arrival(**told(id=journey.pk), arrived_on=work.today)])
    with pytest.raises(WrongState):
        take_back(journey, told)


def test_the_page_leads_there_only_while_they_are_on_the_way(journey, told, sign_in):
    journey.to("ready_to_travel")
    shown, where = (reverse(f"returns:{name}", args=[journey.pk]) for name in ("show", "take_back"))
    office = sign_in("zinder.travel")
    assert where not in office.get(shown).content.decode()
    journey.depart()
    page = office.get(shown)
    assert where in page.content.decode()
    form = {"key": str(uuid.uuid4()), "version": str(page.context["avr"].version)}
    assert office.post(where, {**form, "reason": ""}).status_code == 200
    assert office.post(where, {**form, "reason": "not_left"}).status_code == 302
    assert where not in office.get(shown).content.decode()


def test_that_they_left_is_no_reason_for_staying(journey, told, sign_in):
    journey.to("ready_to_travel")
    page = sign_in("zinder.travel").get(reverse("returns:missed", args=[journey.pk]))
    assert "departed" not in dict(page.context["form"].fields["reason"].choices)
    with journey.at("zinder.travel") as work, pytest.raises(UnknownCode):
        actions.miss_returns(work, [actions.Moved(**told(id=journey.pk), reason="departed")])


def leave(journey, sign_in, days_ago):
    """Through the page, as a colleague who writes it down late."""
    with journey.at("zinder.cases") as work:
        on, version = work.today - timedelta(days=days_ago), Return.objects.get(pk=journey.pk).version
    said = {"reconfirmed": "yes", "method": "in_person_alone", "departed_on_day": on.day, "departed_on_month": on.month}
    told = {"key": str(uuid.uuid4()), "version": str(version), **said, "departed_on_year": on.year}
    return sign_in("zinder.cases").post(reverse("returns:departure", args=[journey.pk]), told)


@pytest.fixture
def taken_back(at, told):
    """Ready for five days; consent was taken back yesterday."""
    journey = Journey(at, lambda **more: told(occurred_at=timezone.now() - timedelta(days=5), **more))
    journey.to("ready_to_travel")
    with journey.at("zinder.social") as work:
        given = Consent.objects.filter(person=journey.mother.pk).order_by("-occurred_at", "-recorded_at", "-id").first()
        ended = told(id=given.pk, basis="legal_duty", occurred_at=noon(work.today - timedelta(days=1)))
        withdraw_consent(work, [Withdrawal(**ended)])
    return journey


def test_who_left_before_taking_consent_back_had_left(taken_back, sign_in):
    assert leave(taken_back, sign_in, 2).status_code == 302
    assert taken_back.state() == "in_travel"
    with taken_back.at("zinder.cases"):
        assert set(Step.objects.filter(transition="depart").values_list("basis", flat=True)) == {"legal_duty"}


@pytest.mark.parametrize("days_ago", [1, 0])
def test_nobody_leaves_from_the_day_on_which_consent_was_taken_back(taken_back, sign_in, days_ago):
    page = leave(taken_back, sign_in, days_ago)
    assert page.status_code == 200 and isinstance(page.context["form"].problem, StandardNotMet)
    assert taken_back.state() == "ready_to_travel"
