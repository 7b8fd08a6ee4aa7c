"""Nobody leaves for a country with an office of COMPASS before that office has taken them over (R-NOT-1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from compass.cases.models import Handover, HandoverPerson
from compass.config.demo.world import world_id
from compass.problems import StandardNotMet
from compass.returns import machine
from compass.returns.models import Declaration, Return
from compass.vault.identifiers import new_id

pytestmark = pytest.mark.django_db


def ready(journey):
    for step in (
        journey.start,
        journey.counsel,
        journey.declare,
        journey.check,
        journey.assess,
        journey.approve,
        journey.prepare,
    ):
        step()


def offer(journey):
    with journey.at("zinder.cases") as work:
        row = Handover.objects.create(
            organisation_id=journey.mother.organisation_id, to_organisation_id=world_id("NG"), stage="departure",
            people_count=2, offered_at=work.now, offered_by=work.actor.id, expires_at=work.now + timedelta(days=30),
        )  # fmt: skip
        HandoverPerson.objects.create(
            id=new_id(), organisation_id=row.organisation_id, person=journey.mother, handover=row, basis="consent",
            occurred_at=work.now, recorded_at=work.now, recorded_by=work.actor.id,
        )  # fmt: skip
    return row


@pytest.mark.parametrize("offered", [False, True])
def test_nobody_leaves_before_an_office_took_them_over(journey, offered):
    ready(journey)
    if offered:
        offer(journey)

    with pytest.raises(StandardNotMet, match="R-NOT-1"):
        journey.depart()

    assert journey.state() == "ready_to_travel"


def test_whoever_was_taken_over_leaves(journey):
    ready(journey)
    with journey.at("zinder.cases"):
        # As after the handover: the return is of an office in the country of destination.
        Return.objects.update(destination="NE")

    journey.depart()

    assert journey.state() == "in_travel"


def test_the_page_says_so_from_the_preparation_on_and_leads_to_the_offer(journey, sign_in):
    journey.to("pre_return")
    page = sign_in("zinder.cases").get(reverse("returns:show", args=[journey.pk])).content.decode()
    assert "accepté le transfert" in page
    assert "pas encore été proposé" in page

    row = offer(journey)

    page = sign_in("zinder.cases").get(reverse("returns:show", args=[journey.pk])).content.decode()
    assert reverse("cases:handover", args=[row.pk]) in page
    assert "pas encore accepté" in page


@pytest.mark.parametrize("offered", [False, True])
def test_what_is_open_stands_above_the_form_of_the_departure(journey, offered, sign_in):
    ready(journey)
    if offered:
        offer(journey)

    page = sign_in("zinder.cases").get(reverse("returns:departure", args=[journey.pk]))

    assert machine.RECEIVED in page.context["open"] and "R-NOT-1" in page.content.decode()
    assert 'id="typed"' in page.content.decode() and not page.context["by_the_day"]


def test_a_day_while_it_was_ready_is_asked_for_where_only_the_day_decides(journey, sign_in):
    journey.to("ready_to_travel")
    where, client = reverse("returns:departure", args=[journey.pk]), sign_in("zinder.cases")
    assert client.get(where).context["open"] == []
    with journey.at("zinder.cases") as work:
        yesterday = work.today - timedelta(days=1)
        Declaration.objects.update(valid_until=yesterday)

    page = client.get(where)

    assert page.context["open"] == [machine.DECLARED] and page.context["by_the_day"]
