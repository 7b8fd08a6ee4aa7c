"""Each side of a journey writes its own and nothing of the other, also in SQL; what stops it at home stops it at the bus."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from compass.cases.actions.best_interests import Reopened, reopen_procedures
from compass.config.demo.world import world_id
from compass.people.actions import ConsentGiven, Withdrawal, give_consent, withdraw_consent
from compass.people.models import Consent
from compass.problems import StandardNotMet, WrongState
from compass.returns import actions
from compass.returns.models import Journey, Return
from compass.returns.queries import journeys_of
from compass.returns.tests.conftest import Journey as Travelling
from compass.returns.tests.conftest import noon
from compass.returns.tests.test_see_off import arrive, leaving  # noqa: F401 a fixture
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
LEFT = (
    "UPDATE returns_journey SET status = 'left', departed_on = %s, method = 'in_person_alone', told_at = now(),"
    " told_by = %s"
)
COPY = (
    "INSERT INTO returns_journey SELECT (jsonb_populate_record(j,"
    " jsonb_build_object('id', gen_random_uuid()) || %s::jsonb)).* FROM returns_journey j"
)


def run(journey, who, statement, *values):
    with journey.at(who) as work, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [work.actor.id if value == "me" else value for value in values])
        return cursor.rowcount


def refused(journey, who, statement, *values):
    with pytest.raises(DatabaseError), transaction.atomic():
        run(journey, who, statement, *values)
    return True


def today(journey) -> date:
    with journey.at("zinder.travel") as work:
        return work.today


def test_it_works_by_sql_of_the_right_side(journey, leaving, told):  # noqa: F811
    assert run(journey, "edo.reception", "UPDATE returns_journey SET travel_on = travel_on + 1") == 1
    assert run(journey, "edo.reception", COPY, '{"status": "waiting"}') == 1
    assert run(journey, "zinder.travel", LEFT + " WHERE id = %s", today(journey), "me", leaving) == 1


def test_the_office_at_home_forges_no_departure(journey, leaving, told):  # noqa: F811
    assert refused(journey, "edo.reception", LEFT, today(journey), "me")
    assert refused(journey, "edo.reception", "UPDATE returns_journey SET status = 'missed'")
    assert refused(journey, "edo.reception", "UPDATE returns_journey SET people = 1")
    assert refused(journey, "edo.reception", COPY, f'{{"status": "left", "departed_on": "{today(journey)}"}}')
    assert refused(journey, "zinder.travel", COPY, "{}")
    with pytest.raises(WrongState):
        arrive(journey, told)


@pytest.mark.parametrize("change", ["ready = NOT ready", "last_day = last_day + 9", "people = 9", "status = 'stopped'"])
def test_the_office_that_sees_them_off_does_not_write_for_the_one_at_home(journey, leaving, change):  # noqa: F811
    assert refused(journey, "zinder.travel", f"UPDATE returns_journey SET {change}")


def test_nobody_shows_a_journey_to_a_third_office(journey, leaving):  # noqa: F811
    for who in ("zinder.travel", "edo.reception"):
        assert refused(journey, who, "UPDATE returns_journey SET to_organisation_id = %s", world_id("TD"))


BACK = "UPDATE returns_journey SET status = 'waiting', departed_on = NULL, reason = 'not_left', told_by = %s"


def test_who_recorded_a_departure_takes_it_back_with_a_reason_until_they_arrived(journey, leaving, told):  # noqa: F811
    assert refused(journey, "zinder.travel", BACK, "me")
    journey.see_off(leaving)
    assert refused(journey, "edo.reception", BACK, "me")
    assert refused(journey, "zinder.travel", BACK.replace("'not_left'", "''"), "me")
    assert refused(journey, "zinder.travel", BACK.replace("departed_on = NULL", "departed_on = departed_on"), "me")
    assert refused(journey, "zinder.travel", BACK.replace("'waiting'", "'missed'"), "me")
    assert run(journey, "zinder.travel", BACK, "me") == 1

    journey.see_off(leaving)
    arrive(journey, told)
    assert refused(journey, "zinder.travel", BACK, "me")


def test_a_child_whose_procedure_was_reopened_at_home_is_not_seen_off(journey, leaving, told, sign_in):  # noqa: F811
    with journey.at("edo.supervisor") as work:
        reopen_procedures(work, [Reopened(**told(id=journey.son.pk, basis="legal_duty"))])

    with pytest.raises(StandardNotMet, match="R-NOT-1"):
        journey.see_off(leaving)
    assert refused(journey, "zinder.travel", LEFT, today(journey), "me")
    page = sign_in("zinder.travel").get(reverse("returns:see_off", args=[leaving])).content.decode()
    assert "R-NOT-1" in page


def test_an_office_that_they_named_is_told_nothing_more_of_the_journey(journey, leaving, told, sign_in):  # noqa: F811
    def say(*named):
        with journey.at("edo.reception") as work:
            seven = tuple(code_list("consent_information").values)
            asked = ConsentGiven(**told(id=journey.mother.pk), certified=True, information=seven, not_to=named)
            give_consent(work, [asked])

    def seen():
        with journey.at("zinder.travel"):
            return Journey.objects.values("status", "ready", "travel_on", "travel_mode", "last_day").get(pk=leaving)

    before = seen()
    say(world_id("NE"))

    hidden = {"status": "stopped", "ready": False, "travel_on": None, "travel_mode": "", "last_day": None}
    assert seen() == hidden
    page = sign_in("zinder.travel").get(reverse("returns:list")).content.decode()
    assert reverse("returns:see_off", args=[leaving]) not in page
    assert refused(journey, "zinder.travel", LEFT, today(journey), "me")
    with journey.at("edo.supervisor") as work:
        assert journeys_of(work, [Return.objects.get(pk=journey.pk)]) == {}, "the office at home records the departure"
    # Positive control: named no more, they are seen off as before. The database asks by itself.
    say()
    assert seen() == before
    with journey.at("edo.reception"):
        Consent.objects.filter(person=journey.mother.pk).update(not_to=[world_id("NE")])
    with pytest.raises(StandardNotMet, match="R-NOT-1"):
        journey.see_off(leaving)
    with journey.at("edo.reception"):
        Consent.objects.filter(person=journey.mother.pk).update(not_to=[])
    journey.see_off(leaving)


def test_a_consent_that_ran_out_meanwhile_lets_nobody_leave(journey, leaving):  # noqa: F811
    with journey.at("edo.reception"):
        Consent.objects.filter(person=journey.mother.pk).update(expires_on=today_before())
    with pytest.raises(StandardNotMet, match="R-NOT-1"):
        journey.see_off(leaving)


def today_before() -> date:
    return date.today() - timedelta(days=2)


@pytest.mark.parametrize(("days_ago", "left"), [(2, True), (1, False), (0, False)])
def test_who_left_before_taking_consent_back_had_left(at, told, days_ago, left):
    """Handed over five days ago; consent was taken back yesterday."""
    journey = Travelling(at, lambda **more: told(occurred_at=timezone.now() - timedelta(days=5), **more))
    journey.ready()
    seen = journey.hand_over()
    with journey.at("edo.reception") as work:
        given = Consent.objects.filter(person=journey.mother.pk).order_by("-occurred_at", "-recorded_at", "-id").first()
        taken_back = told(id=given.pk, basis="legal_duty", occurred_at=noon(work.today - timedelta(days=1)))
        withdraw_consent(work, [Withdrawal(**taken_back)])
    with journey.at("zinder.travel") as work:
        on = work.today - timedelta(days=days_ago)
        assert not Journey.objects.get(pk=seen).ready

    if left:
        journey.see_off(seen, departed_on=on)
        arrive(journey, lambda **more: told(**{**more, "basis": "vital_interest"}))
    else:
        with pytest.raises(StandardNotMet, match="R-NOT-1"):
            journey.see_off(seen, departed_on=on)


def test_no_day_before_the_journey_was_ready(journey, leaving):  # noqa: F811
    with journey.at("edo.reception"), connection.cursor() as cursor:
        cursor.execute("UPDATE returns_return SET state_since = state_since + interval '2 days'")
    with pytest.raises(StandardNotMet, match="R-NOT-1"):
        journey.see_off(leaving)


def test_what_goes_on_after_the_wish_was_withdrawn_stays_at_home(journey, leaving, told):  # noqa: F811
    def kept():
        with journey.at("zinder.travel"):
            return (
                Journey.objects.filter(pk=leaving).values("version", "travel_on", "last_day", "ready", "status").get()
            )

    with journey.at("edo.reception") as work:
        actions.withdraw_returns(work, [actions.Moved(**told(id=journey.pk))])
    stopped = kept()
    assert (stopped["status"], stopped["travel_on"], stopped["last_day"]) == ("stopped", None, None)
    with journey.at("edo.reception") as work:
        actions.resume_returns(work, [actions.Moved(**told(id=journey.pk))])
    assert kept() == stopped
