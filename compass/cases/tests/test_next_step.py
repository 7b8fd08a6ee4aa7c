"""What a page offers next: to a supervisor, for a person who was screened, for a child in words."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse

from compass.cases.actions.assessment import Decision
from compass.cases.actions.closing import ClosureAsked, approve_closures, request_closures
from compass.cases.actions.screening import Screened, screen_people
from compass.cases.closing import PREREQUISITES
from compass.cases.models import Case

pytestmark = pytest.mark.django_db
CALM = {"medical_now": False, "danger_now": False}


def page(client, name, *args):
    client.cookies["compass_language"] = "en"
    return unescape(client.get(reverse(name, args=args)).content.decode())


def test_an_empty_day_says_which_decisions_wait(sign_in, at, case, assessed):
    with at("zinder.social") as work:
        first = case(work)
        assessed(work, first)
        assessed(work, case(work))
    empty = page(sign_in("zinder.supervisor"), "cases:today")

    assert "Nothing is due" in empty and "2 decisions wait for you" in empty
    assert reverse("cases:team") in empty.split("decisions wait for you")[1].split("</p>")[0]


def test_a_full_day_leads_to_the_decisions_before_the_list(sign_in, at, case, assessed):
    with at("zinder.supervisor") as work:
        case(work)
    with at("zinder.social") as work:
        assessed(work, case(work))
    full = page(sign_in("zinder.supervisor"), "cases:today")

    assert "Nothing is due" not in full
    assert "1 decision waits for you" in full.partition('<nav class="tally"')[0]


def test_without_a_decision_to_take_the_empty_day_says_nothing_of_them(sign_in, at, case, assessed):
    with at("zinder.supervisor") as work:
        mine = case(work)
        assessed(work, mine)
        Case.objects.update(owner_id=None)
    assert "for you" not in page(sign_in("edo.supervisor"), "cases:today")
    with at("zinder.social") as work:
        assessed(work, case(work))
    assert "for you" not in page(sign_in("zinder.social"), "cases:today"), "who may not decide is not told"


def test_the_highest_risk_waits_first_for_a_decision_then_the_oldest(sign_in, at, case, assessed):
    with at("zinder.social") as work:
        older, newer, urgent = case(work), case(work), case(work)
        for row in (older, newer, urgent):
            assessed(work, row)
        Case.objects.filter(pk=urgent.pk).update(risk_level="high")
        Case.objects.filter(pk__in=[older.pk, newer.pk]).update(risk_level="low")
    shown = page(sign_in("zinder.supervisor"), "cases:team")

    places = [shown.index(row.code, shown.index('id="ap"')) for row in (urgent, older, newer)]
    assert places == sorted(places)


def test_screening_is_offered_until_it_was_done_then_the_case(sign_in, at, told, person):
    client = sign_in("zinder.social")
    with at("zinder.social") as work:
        mother, calm = person(work), person(work)
    start = reverse("cases:screen", args=[mother.pk])
    before = page(client, "people:person", mother.pk)
    assert start in before and "Start screening" in before

    with at("zinder.social") as work:
        (row,) = screen_people(work, [Screened(**told(id=mother.pk), answers={**CALM, "harmed": True})])
        screen_people(work, [Screened(**told(id=calm.pk), answers=CALM)])
    after = page(client, "people:person", mother.pk)
    assert start not in after and "Start screening" not in after
    assert f"Go on in case {row.case.code}" in after

    again = page(client, "people:person", calm.pk)
    assert "Start screening" not in again and "Screen again" in again
    assert reverse("cases:screen", args=[calm.pk]) in again


def test_who_comes_back_after_the_case_was_closed_may_be_screened_again(sign_in, at, told, person):
    with at("zinder.social") as work:
        mother = person(work)
        (row,) = screen_people(work, [Screened(**told(id=mother.pk), answers={**CALM, "harmed": True})])
        asked = ClosureAsked(
            **told(id=row.case_id), reason="client_request_withdrawal", safety_reassessed=True, explanation="x",
            prerequisites=tuple(each.code for each in PREREQUISITES),
        )  # fmt: skip
        (closure,) = request_closures(work, [asked])
    with at("zinder.supervisor") as work:
        approve_closures(work, [Decision(**told(id=closure.pk), approve=True)])

    assert "Screen again" in page(sign_in("zinder.social"), "people:person", mother.pk)


def test_the_steps_of_a_child_are_counted_with_the_way_to_them(sign_in, at, person, case):
    with at("zinder.social") as work:
        boy = person(work, identity={"given": "Musa", "birth_date": "2012-02-02"}, uasc_status="unaccompanied")
        row = case(work, someone=boy)
    shown = page(sign_in("zinder.social"), "cases:case", row.pk)

    assert "0 steps of 10 done" in shown and "Next: Best-interests assessment" in shown
