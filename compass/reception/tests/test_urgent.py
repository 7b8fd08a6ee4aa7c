"""Who needs help at once stays in sight: on the list, on the day's work and on the person's page."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from compass.people.models import Person
from compass.reception import queries
from compass.reception.models import Arrival, Centre

pytestmark = pytest.mark.django_db
DOCTOR = "Besoin d’un médecin maintenant"


@pytest.fixture
def gate(sign_in, at):
    """A group of two at the gate of Zinder, one of whom needs a doctor; gives the client and that place."""
    client = sign_in("zinder.social")
    with at("zinder.social"):
        centre = str(Centre.objects.get().pk)
    data = {"key": str(uuid.uuid4()), "people": "2", "language": "ha", "came_by": "bus", "doctor": "1"}
    assert client.post("/arrivals/", {**data, "centre": centre}).status_code == 302
    with at("zinder.social"):
        return client, Arrival.objects.get(urgent_need="medical_emergency")


def registered(client, place, at):
    data = {"key": str(uuid.uuid4()), "age": "31", "language": "ha"}
    assert client.post(f"/arrivals/{place.pk}/register/", data).status_code == 302
    with at("zinder.social"):
        return Arrival.objects.get(pk=place.pk).person_id


def test_the_form_for_the_next_group_comes_before_a_long_list(gate):
    client, place = gate
    page = client.get("/arrivals/").content.decode()
    order = [page.index(part) for part in ('href="#list"', 'name="came_by"', 'id="list"', str(place.pk))]

    assert order == sorted(order)


def test_the_need_stays_on_the_page_of_the_person(gate, at):
    client, place = gate
    person = registered(client, place, at)

    assert f'<span class="chip bad">{DOCTOR}</span>' in client.get(f"/people/{person}/").content.decode()


def test_the_need_is_red_for_three_days_and_told_after(gate, at):
    client, place = gate
    person = registered(client, place, at)
    with at("zinder.social") as work:
        (alert,) = queries.needs_on_arrival(work, Person.objects.get(pk=person))
        work.now = timezone.now() + timedelta(hours=73)
        (later,) = queries.needs_on_arrival(work, Person.objects.get(pk=person))

    assert alert.fresh and not later.fresh


def test_nothing_is_said_of_who_needed_nothing(gate, at):
    client, place = gate
    with at("zinder.social"):
        other = Arrival.objects.get(group_id=place.group_id, urgent_need="none")
    person = registered(client, other, at)

    assert DOCTOR not in client.get(f"/people/{person}/").content.decode()


def test_today_counts_who_waits_in_danger(gate, at):
    client, place = gate
    before = client.get("/cases/").content.decode()
    registered(client, place, at)
    after = client.get("/cases/").content.decode()

    assert "1 personne sur la liste d’arrivée" in before
    assert "sur la liste d’arrivée" not in after


def test_today_of_another_office_says_nothing(gate, sign_in):
    assert "sur la liste d’arrivée" not in sign_in("edo.reception").get("/cases/").content.decode()
