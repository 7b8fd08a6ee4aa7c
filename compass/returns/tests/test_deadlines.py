"""What the calendar asks of a return, on the case of whoever asked, and what the team's page shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from compass.cases import standards
from compass.cases.files import Files
from compass.cases.models import Case
from compass.returns import actions
from compass.returns.models import Declaration, Preparation, Return

pytestmark = pytest.mark.django_db


@pytest.fixture
def mothers_case(journey, at) -> Case:
    with at("zinder.social") as work:
        return Case.objects.create(
            person=journey.mother,
            organisation_id=journey.mother.organisation_id,
            country="NE",
            opened_at=work.now,
            basis="consent",
            occurred_at=work.now,
            recorded_at=work.now,
            recorded_by=work.actor.id,
        )


def dues(work: Any, case: Case, name: str) -> list[standards.Due]:
    return [each for each in standards.get(name).due(Files(work, [case])) if each.done_at is None]


def test_a_declaration_that_runs_out_is_on_the_list(journey, at, mothers_case):
    journey.to("pre_return")
    with at("zinder.cases") as work:
        assert dues(work, mothers_case, "R-VOL-1")[0].due_at > work.now + timedelta(days=88)
        Declaration.objects.update(valid_until=work.today - timedelta(days=2))

        (due,) = dues(work, mothers_case, "R-VOL-1")

        assert due.due_at < work.now


def test_after_the_journey_no_declaration_runs_out(journey, at, mothers_case):
    journey.to("in_travel")

    with at("zinder.cases") as work:
        assert dues(work, mothers_case, "R-VOL-1") == []


def test_a_file_that_is_answered_waits_for_a_second_person(journey, at, mothers_case):
    journey.to("eligibility_review")

    with at("zinder.supervisor") as work:
        (due,) = dues(work, mothers_case, "R-ELI-2")
        assert due.waits_for == "supervisor"
    journey.approve()
    with at("zinder.supervisor") as work:
        assert dues(work, mothers_case, "R-ELI-2") == []


def test_a_file_with_a_pending_criterion_waits_for_no_one_yet(journey, at, mothers_case):
    for step in (journey.start, journey.counsel, journey.declare, journey.check):
        step()
    journey.assess(return_area_open="pending")

    with at("zinder.supervisor") as work:
        assert dues(work, mothers_case, "R-ELI-2") == []


def test_the_receiving_office_is_told_before_the_day_of_travel(journey, at, mothers_case):
    journey.to("ready_to_travel")
    with at("zinder.cases") as work:
        assert dues(work, mothers_case, "R-NOT-1") == []
        Preparation.objects.update(receiving_told_on=None, travel_on=work.today - timedelta(days=1))

        (due,) = dues(work, mothers_case, "R-NOT-1")

        assert due.due_at <= work.now


def test_an_arrival_nobody_confirmed_is_asked_about_after_a_month(journey, at, mothers_case):
    journey.to("in_travel")

    with at("zinder.cases") as work:
        Return.objects.update(departed_on=work.today - timedelta(days=31))
        (due,) = dues(work, mothers_case, "R-DEP-1")

        assert timedelta(0) < work.now - due.due_at < timedelta(days=2)


def test_the_team_sees_a_return_that_waits_for_a_decision(journey, sign_in):
    journey.to("eligibility_review")

    page = sign_in("zinder.supervisor").get(reverse("cases:team")).content.decode()

    assert reverse("returns:decision", args=[journey.pk]) in page


def test_the_team_sees_no_return_that_is_not_answered_yet(journey, sign_in):
    for step in (journey.start, journey.counsel, journey.declare, journey.check):
        step()

    page = sign_in("zinder.supervisor").get(reverse("cases:team")).content.decode()

    assert reverse("returns:decision", args=[journey.pk]) not in page


def test_who_took_part_is_told_that_someone_else_decides(journey, sign_in):
    journey.to("eligibility_review")
    with journey.at("zinder.supervisor") as work:
        Return.objects.update(recorded_by=work.actor.id)

    page = sign_in("zinder.supervisor").get(reverse("cases:team")).content.decode()

    assert "R-ELI-2" in page
    assert reverse("returns:decision", args=[journey.pk]) not in page


@pytest.mark.parametrize(("days", "asked"), [(1, False), (0, True), (-9, True)])
def test_whoever_was_to_travel_by_now_is_asked_about(journey, at, mothers_case, days, asked):
    """A journey that nobody settles would stand on no list."""
    journey.to("ready_to_travel")
    with at("zinder.cases") as work:
        Preparation.objects.update(travel_on=work.today + timedelta(days=days))

        found = dues(work, mothers_case, "COMPASS-TRAVEL")

        assert [each.due_at < work.now for each in found] == ([days < 0] if asked else [])


def test_who_left_is_asked_about_no_more(journey, at, mothers_case):
    journey.to("in_travel")
    with at("zinder.cases") as work:
        Preparation.objects.update(travel_on=work.today - timedelta(days=1))

        assert dues(work, mothers_case, "COMPASS-TRAVEL") == []


def test_who_stayed_is_asked_about_otherwise(journey, at, told):
    journey.ready()
    seen = journey.hand_over()

    def asked():
        with at("edo.reception") as work, override("en"):
            case = Case.objects.select_related("person").get(person=journey.mother)
            return [str(each.what) for each in dues(work, case, "COMPASS-TRAVEL")]

    assert asked() == [""]
    with at("zinder.travel") as work:
        actions.keep_back(work, [actions.NotLeft(**told(id=seen), reason="no_show")])
    assert asked() == ["They did not leave: prepare the journey anew, or record it"]


def test_only_who_decides_is_led_to_the_decision(journey, at, mothers_case, sign_in):
    journey.to("eligibility_review")
    for who, page in (("zinder.supervisor", "returns:decision"), ("zinder.social", "returns:show")):
        with at(who) as work:
            (due,) = dues(work, mothers_case, "R-ELI-2")
            assert due.url == reverse(page, args=[journey.pk])
        assert sign_in(who).get(due.url).status_code == 200
