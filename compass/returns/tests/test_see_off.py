"""Whom the office at home took over is seen off by the office they leave from; the office at home records the arrival.

R-NOT-1, R-VOL-4. What the sending office keeps of the journey holds no identity.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from compass.people.actions import (
    Judged,
    MergeAsked,
    Registration,
    Withdrawal,
    ask_merges,
    judge,
    register_people,
    withdraw_consent,
)
from compass.people.models import Consent, Service
from compass.problems import Invalid, NotFound, NotYetOne, StandardNotMet, UnknownCode, WrongState
from compass.returns import actions
from compass.returns.models import Journey, Return, Step
from compass.ui.words import day

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaving(journey):
    """Ready to travel, and taken over in Nigeria: the journey that Niger sees."""
    journey.ready()
    return journey.hand_over()


def arrive(journey, told):
    with journey.at("edo.reception") as work:
        actions.receive_returns(work, [actions.Arrival(**told(id=journey.pk), arrived_on=work.today)])


def test_niger_records_the_departure_and_nigeria_the_arrival(journey, leaving, told):
    with pytest.raises(WrongState):
        arrive(journey, told)
    journey.see_off(leaving)
    arrive(journey, told)

    with journey.at("edo.reception") as work:
        avr = Return.objects.get(pk=journey.pk)
        assert (avr.state, avr.departed_on) == ("arrived", work.today)
        assert [row.transition for row in Step.objects.filter(avr=avr).order_by("recorded_at", "id")][-2:] == [
            "depart",
            "arrive",
        ]
        given = Service.objects.filter(service="AVR")
        assert {row.person_id for row in given} == {journey.mother.pk, journey.son.pk}
        assert {(row.country, row.provider_id == avr.organisation_id) for row in given} == {("NE", False)}


def test_the_office_at_home_does_not_record_the_departure(journey, leaving, told, sign_in):
    with journey.at("edo.reception") as work, pytest.raises(NotFound):
        actions.see_off(
            work,
            [actions.SeenOff(**told(id=leaving), departed_on=work.today, reconfirmed=True, method="in_person_alone")],
        )
    with journey.at("edo.supervisor") as work, pytest.raises(WrongState):
        departure = actions.Departure(
            **told(id=journey.pk), departed_on=work.today, reconfirmed=True, method="in_person_alone"
        )
        actions.depart_returns(work, [departure])

    page = sign_in("edo.reception").get(reverse("returns:show", args=[journey.pk])).content.decode()
    assert reverse("returns:departure", args=[journey.pk]) not in page


def test_what_niger_keeps_names_nobody(journey, leaving, sign_in):
    client = sign_in("zinder.travel")

    for path in (reverse("returns:list"), reverse("returns:see_off", args=[leaving])):
        page = client.get(path).content.decode()
        assert journey.mother.code not in page and str(journey.mother.pk) not in page and str(journey.pk) not in page
    assert client.get(reverse("returns:show", args=[journey.pk])).status_code == 404
    with journey.at("zinder.travel"):
        kept = Journey.objects.get(pk=leaving)
        assert (kept.people, kept.children, kept.ready) == (2, 1, True)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"reconfirmed": False}, StandardNotMet),
        ({"method": "shouted"}, StandardNotMet),
        ({"departed_on": "tomorrow"}, Invalid),
        ({"departed_on": "long ago"}, Invalid),
    ],
)
def test_what_is_asked_of_every_departure_is_asked_here(journey, leaving, changes, problem):
    with journey.at("zinder.travel") as work:
        days = {"tomorrow": work.today + timedelta(days=1), "long ago": work.today - timedelta(days=9)}
    said = {key: days.get(value, value) for key, value in changes.items()}

    with pytest.raises(problem):
        journey.see_off(leaving, **said)


def test_whoever_takes_consent_back_at_home_does_not_leave(journey, leaving, told):
    with journey.at("edo.reception") as work:
        given = Consent.objects.filter(person=journey.mother.pk).order_by("-occurred_at", "-recorded_at", "-id").first()
        withdraw_consent(work, [Withdrawal(**told(id=given.pk, basis="legal_duty"))])

    with pytest.raises(StandardNotMet, match="R-NOT-1"):
        journey.see_off(leaving)


def test_whoever_withdraws_the_wish_is_off_the_list(journey, leaving, told, sign_in):
    with journey.at("edo.reception") as work:
        actions.withdraw_returns(work, [actions.Moved(**told(id=journey.pk))])

    with pytest.raises(WrongState):
        journey.see_off(leaving)
    page = sign_in("zinder.travel").get(reverse("returns:list")).content.decode()
    assert reverse("returns:see_off", args=[leaving]) not in page


def test_that_they_left_is_no_reason_for_staying(journey, leaving, told, sign_in):
    page = sign_in("zinder.travel").get(reverse("returns:not_left", args=[leaving]))
    offered = dict(page.context["form"].fields["reason"].choices)
    assert "departed" not in offered and "no_show" in offered
    with journey.at("zinder.travel") as work, pytest.raises(UnknownCode):
        actions.keep_back(work, [actions.NotLeft(**told(id=leaving), reason="departed")])


def test_a_departure_by_mistake_is_taken_back_and_they_are_seen_off_another_day(journey, leaving, told, sign_in):
    journey.see_off(leaving)
    where = reverse("returns:take_back_journey", args=[leaving])
    niger = sign_in("zinder.travel")
    assert where in niger.get(reverse("returns:list")).content.decode()
    form = {"key": str(uuid.uuid4()), "version": "2"}

    assert "reason" in niger.post(where, form).context["form"].errors
    assert niger.post(where, {**form, "reason": "other_day"}).status_code == 302

    with pytest.raises(WrongState):
        arrive(journey, told)
    with override("en"):
        page = sign_in("edo.reception").get(
            reverse("returns:show", args=[journey.pk]), headers={"accept-language": "en"}
        )
    assert "recorded by mistake and taken back" in page.content.decode()
    with journey.at("zinder.travel"):
        kept = Journey.objects.get(pk=leaving)
        assert (kept.status, kept.departed_on, kept.reason) == ("waiting", None, "other_day")
    with pytest.raises(WrongState):
        take_back(journey, leaving, told)

    journey.see_off(leaving)
    arrive(journey, told)
    with pytest.raises(WrongState):
        take_back(journey, leaving, told)
    with journey.at("edo.reception"):
        assert Service.objects.filter(service="AVR", annulled_at=None).count() == 2


def test_a_departure_taken_back_stays_said_when_the_wish_is_withdrawn_afterwards(journey, leaving, told, sign_in):
    journey.see_off(leaving)
    take_back(journey, leaving, told)
    with journey.at("edo.reception") as work:
        actions.withdraw_returns(work, [actions.Moved(**told(id=journey.pk))])

    niger = sign_in("zinder.travel")
    niger.cookies["compass_language"] = "en"
    page = niger.get(reverse("returns:see_off", args=[leaving])).content.decode()

    assert "recorded by mistake and taken back" in page and "They have not left" in page
    assert "They did not leave" not in page


def take_back(journey, pk, told):
    with journey.at("zinder.travel") as work:
        actions.take_back_journeys(work, [actions.TakenBack(**told(id=pk), reason="not_left")])


def test_who_missed_the_bus_is_seen_off_another_day_and_the_first_stays_on_record(journey, leaving, told):
    with journey.at("zinder.travel") as work:
        actions.keep_back(work, [actions.NotLeft(**told(id=leaving), reason="no_show")])
    with pytest.raises(WrongState):
        journey.see_off(leaving)

    with journey.at("edo.supervisor") as work:
        today = work.today
        prepared = actions.Prepared(
            **told(id=journey.pk), travel_on=today, travel_mode="bus", medical_outcome="fit",
            document_valid_until=today + timedelta(days=90), receiving_told_on=today,
        )  # fmt: skip
        actions.prepare_returns(work, [prepared])
    with journey.at("zinder.travel") as work:
        again = work.allowed("returns.see_off", Journey).get(status="waiting")
        assert again.pk != leaving and Journey.objects.get(pk=leaving).status == "missed"
    journey.see_off(again.pk)
    arrive(journey, told)


def test_the_pages_lead_through_it(journey, leaving, sign_in):
    niger = sign_in("zinder.travel")
    where = reverse("returns:see_off", args=[leaving])
    assert where in niger.get(reverse("returns:list")).content.decode()
    with journey.at("zinder.travel") as work:
        today = work.today
    told = {
        "key": str(uuid.uuid4()), "version": "1", "reconfirmed": "yes", "method": "in_person_alone",
        "departed_on_day": today.day, "departed_on_month": today.month, "departed_on_year": today.year,
    }  # fmt: skip

    assert niger.post(where, told | {"reconfirmed": "no"}).status_code == 200
    assert niger.post(where, told).status_code == 302
    with override("fr"):
        said = f"Ils sont partis le {day(today)}."
    assert said in niger.get(where).content.decode()

    arrival, nigeria = reverse("returns:arrival", args=[journey.pk]), sign_in("edo.reception")
    assert arrival in nigeria.get(reverse("returns:show", args=[journey.pk])).content.decode()
    assert arrival in nigeria.get(reverse("reintegration:list")).content.decode()


def test_no_two_records_become_one_while_another_office_sees_the_person_off(journey, leaving, told):
    with journey.at("edo.reception") as work:
        (other,) = register_people(work, [Registration(**told(), identity={"given": "Ese", "birth_year": 1990})])
        judge(work, [Judged(**told(id=other.pk), other_id=journey.mother.pk, same=True)])
        asked = MergeAsked(**told(id=journey.mother.pk), absorbed_id=other.pk)
        with pytest.raises(NotYetOne):
            ask_merges(work, [asked])
    journey.see_off(leaving)

    with journey.at("edo.reception") as work:
        ask_merges(work, [MergeAsked(**told(id=journey.mother.pk), absorbed_id=other.pk)])
