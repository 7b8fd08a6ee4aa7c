"""Who is seen on a return and by whom: the whole family, who is stopped and why; and who arranges the journey."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from compass.cases.models import BestInterests
from compass.people.models import Service
from compass.returns.models import Return

pytestmark = pytest.mark.django_db


def url(name: str, journey: Any) -> str:
    return reverse(f"returns:{name}", args=[journey.pk])


def test_the_whole_family_is_shown_with_who_is_stopped_and_why(journey, sign_in):
    journey.start()
    with journey.at("zinder.cases"):
        BestInterests.objects.filter(person=journey.son.pk).update(heard_at=None)

    page = sign_in("zinder.social").get(url("show", journey))

    going = page.context["travellers"]
    assert [row.person.pk for row in going] == [journey.mother.pk, journey.son.pk]
    assert going[0].asked and not going[0].stops
    assert going[1].kind == "due" and going[1].stops
    (boy,) = page.context["others"]
    assert boy.person.pk == journey.boy.pk and boy.stops
    for person in (journey.mother, journey.son, journey.boy):
        assert person.code in page.content.decode()
    assert str(going[1].stops[0].words) in page.content.decode()


def test_a_child_of_the_family_that_was_not_put_on_the_return_is_named(journey, sign_in):
    journey.start(with_people=())

    page = sign_in("zinder.social").get(url("show", journey))

    assert {row.person.pk for row in page.context["others"]} == {journey.son.pk, journey.boy.pk}


SET_ROLE = (
    "UPDATE access_grant SET role = %s FROM access_user u WHERE u.id = user_id AND username = 'zinder.supervisor'"
)


@pytest.fixture
def mover(owner, sign_in) -> Iterator[Callable[[], Client]]:
    """Makes the supervisor of Zinder one who arranges journeys, and nothing else."""

    def become() -> Client:
        owner.execute(SET_ROLE, ["movement_officer"])
        owner.commit()
        return sign_in("zinder.supervisor")

    yield become
    owner.execute(SET_ROLE, ["supervisor"])
    owner.commit()


def test_who_arranges_journeys_sees_the_journey_and_no_talk(journey, mover):
    journey.to("pre_return")

    page = mover().get(url("show", journey)).content.decode()

    assert url("preparation", journey) in page
    assert journey.son.code in page
    for hidden in ('id="sealed"', url("withdraw", journey), url("suspend", journey), journey.boy.code):
        assert hidden not in page
    assert page.count('<ol class="route">') == 1


def test_who_arranges_journeys_finds_no_return_that_is_not_approved(journey, mover):
    journey.to("eligibility_review")
    client = mover()

    assert client.get(url("show", journey)).status_code == 404
    assert url("show", journey) not in client.get(reverse("returns:list")).content.decode()


@pytest.mark.parametrize("name", ["counselling", "declaration", "free_choice", "decision", "withdraw", "arrival"])
def test_who_arranges_journeys_neither_counsels_nor_decides(journey, mover, name):
    journey.to("pre_return")

    assert mover().get(url(name, journey)).status_code == 403


def test_who_arranges_journeys_reads_no_notes(journey, mover):
    journey.to("pre_return")

    answer = mover().post(url("show", journey), {"reason": "decision"})

    assert answer.status_code == 403
    assert "misses-her-mother" not in answer.content.decode()


def test_who_arranges_journeys_prepares_and_records_the_departure(journey, mover):
    journey.to("pre_return")
    with journey.at("zinder.cases"):
        Return.objects.update(destination="SN")
    client = mover()
    with journey.at("zinder.cases") as work:
        today = work.today
    ready = {
        "travel_on": today,
        "travel_mode": "bus",
        "document_valid_until": today + timedelta(days=90),
        "medical_outcome": "fit",
        "receiving_told_on": today,
    }

    def send(name: str, **said: Any) -> Any:
        version = client.get(url(name, journey)).context["form"].initial["version"]
        return client.send(url(name, journey), {"key": uuid.uuid4(), "version": version, **said})

    prepared = send("preparation", **ready)
    left = send("departure", reconfirmed="yes", method="in_person_alone", departed_on=today)

    assert (prepared.status_code, left.status_code) == (302, 302)
    assert journey.state() == "in_travel"
    with journey.at("zinder.social"):
        assert Service.objects.filter(service="AVR").count() == 2


def test_the_list_says_who_asked_and_how_many_travel(journey, sign_in):
    journey.start()

    answer = sign_in("zinder.social").get(reverse("returns:list"))

    assert journey.mother.code in answer.content.decode()
    assert [row.people for row in answer.context["returns"]] == [2]
