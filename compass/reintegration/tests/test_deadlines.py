"""What the calendar asks for at home: reception, and a plan that counts for the children it covers."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from compass.cases import standards
from compass.cases.files import Files
from compass.people.models import Person
from compass.reintegration import actions
from compass.reintegration.queries import covers
from compass.returns.models import Member, Return

pytestmark = pytest.mark.django_db


def landing(home: Any, days_ago: int = 0, state: str = "arrived", **changes: Any) -> Return:
    """The family's return, as it stands after the handover."""
    with home.at("edo.reception") as work:
        base = {
            "organisation_id": home.mother.organisation_id,
            "basis": "consent",
            "occurred_at": work.now,
            "recorded_at": work.now,
            "recorded_by": work.actor.id,
        }
        day = work.today - timedelta(days=days_ago)
        avr = Return.objects.create(
            person=home.mother,
            destination="NG",
            state=state,
            state_since=work.now,
            departed_on=day,
            arrived_on=None if state == "in_travel" else day,
            **base,
            **changes,
        )
        for person in (home.mother, home.son):
            Member.objects.create(avr=avr, person=person, **base)
    return avr


def dues(work: Any, case: Any, name: str) -> list[standards.Due]:
    return [each for each in standards.get(name).due(Files(work, [case])) if each.done_at is None]


def listed(work: Any, name: str, now: Any = None) -> list[standards.Item]:
    made = standards.work_list(work, now)
    return [item for item in (*made.late, *made.today, *made.week) if item.standard.id == name]


def test_a_plan_is_due_within_a_month_of_the_arrival(home, at):
    landing(home, days_ago=5)
    case = home.case()

    with at("edo.reception") as work:
        (due,) = dues(work, case, "R-PLN-1")

        assert due.due_at - due.start_at == timedelta(days=30)
        assert reverse("reintegration:plan", args=[home.mother.pk]) == due.url
    home.plan()
    with at("edo.reception") as work:
        assert dues(work, case, "R-PLN-1") == []


def test_nobody_owes_a_plan_before_the_arrival(home, at):
    landing(home, state="in_travel")
    case = home.case()

    with at("edo.reception") as work:
        assert dues(work, case, "R-PLN-1") == []


def test_a_late_plan_is_on_the_work_list_of_the_receiving_office(home, at):
    landing(home, days_ago=40)
    home.case()

    with at("edo.reception") as work:
        (item,) = listed(work, "R-PLN-1")

        assert item.due.due_at < work.now
    with at("zinder.cases") as work:
        assert listed(work, "R-PLN-1") == []


def test_without_a_case_the_family_is_on_the_list_once(home, at):
    landing(home, days_ago=40)

    with at("edo.reception") as work:
        (item,) = listed(work, "R-PLN-1")

        assert item.due.subject.pk == home.mother.pk
    home.plan()
    with at("edo.reception") as work:
        assert listed(work, "R-PLN-1") == []


def test_the_plan_of_a_parent_counts_for_the_child(home, at):
    home.plan()

    with at("edo.reception"):
        cover = covers([home.son])[home.son.pk]

        assert cover.planner.pk == home.mother.pk and cover.plan is not None


def test_the_plan_of_a_parent_does_not_count_for_a_child_who_is_alone(home, at):
    home.plan()
    with at("edo.reception"):
        Person.objects.filter(pk=home.son.pk).update(uasc_status="separated")
        home.son.refresh_from_db()

        cover = covers([home.son])[home.son.pk]

        assert cover.planner.pk == home.son.pk and cover.plan is None


def test_reception_is_due_from_the_arrival_until_it_is_recorded(home, at, told):
    landing(home)
    case = home.case()
    with at("edo.reception") as work:
        (due,) = dues(work, case, "COMPASS-RECEIVE")
        assert due.due_at > work.now and due.due_at - due.start_at == timedelta(days=2)

        actions.welcome_home(work, [actions.Welcomed(**told(id=home.mother.pk), arrived_on=work.today, support=())])

        assert dues(work, case, "COMPASS-RECEIVE") == []


def test_without_a_case_reception_is_on_the_list_too(home, at):
    landing(home, days_ago=4)

    with at("edo.reception") as work:
        (item,) = listed(work, "COMPASS-RECEIVE")

        assert item.due.due_at < work.now


def test_who_landed_is_in_the_list_before_reception(home, sign_in):
    landing(home, days_ago=1)

    page = sign_in("edo.reception").get(reverse("reintegration:list")).content.decode()

    assert home.mother.code in page
    assert reverse("reintegration:welcome", args=[home.mother.pk]) in page


def test_who_is_on_the_way_is_in_the_list(home, sign_in):
    avr = landing(home, state="in_travel")

    page = sign_in("edo.reception").get(reverse("reintegration:list")).content.decode()

    assert home.mother.code in page
    assert reverse("returns:arrival", args=[avr.pk]) in page


def test_those_on_the_way_to_another_office_are_not(home, sign_in):
    landing(home)

    page = sign_in("zinder.cases").get(reverse("reintegration:list")).content.decode()

    assert home.mother.code not in page


def test_the_page_of_a_child_names_the_plan_that_covers_it(home, sign_in):
    home.plan()

    page = sign_in("edo.reception").get(reverse("reintegration:person", args=[home.son.pk])).content.decode()

    assert home.mother.code in page
    assert reverse("reintegration:person", args=[home.mother.pk]) in page
    assert "R-PLN-1" not in page


def test_the_day_of_arrival_is_not_asked_twice(home, sign_in):
    avr = landing(home, days_ago=1)
    client, address = sign_in("edo.reception"), reverse("reintegration:welcome", args=[home.mother.pk])
    day = avr.arrived_on.isoformat()

    first = client.get(address).content.decode()

    assert re.search(f'<input type="hidden" name="arrived_on" value="{day}"', first)
    client.post(address, {"key": str(uuid.uuid4()), "arrived_on": day, "support": ["food"], "seen": "0"})
    assert 'name="arrived_on_day"' in client.get(address).content.decode(), "what is given later has a day of its own"
