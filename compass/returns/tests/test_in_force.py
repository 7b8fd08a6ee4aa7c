"""What must be in force when a return goes on, by the day that counts; and what goes on once consent was taken back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.people.models import Consent
from compass.problems import Invalid, StandardNotMet
from compass.returns import actions
from compass.returns.models import Declaration, Preparation, Return, Step

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def taken_back(at):
    with at("zinder.cases") as work:
        Consent.objects.update(withdrawn_at=work.now)


@pytest.mark.parametrize("back", [0, 20])
def test_no_hidden_hour_revives_a_declaration(journey, at, sign_in, back):
    pk, today = journey.to("ready_to_travel"), timezone.localdate()
    with at("zinder.cases"):
        Declaration.objects.update(valid_until=today - 10 * DAY)
        Return.objects.update(occurred_at=timezone.now() - 100 * DAY, state_since=timezone.now() - 100 * DAY)

    sign_in("zinder.cases").send(
        reverse("returns:departure", args=[pk]),
        {
            "key": str(uuid.uuid4()), "occurred_at": (timezone.now() - back * DAY).isoformat(), "reconfirmed": "yes",
            "method": "in_person_alone", "departed_on_day": today.day, "departed_on_month": today.month,
            "departed_on_year": today.year,
        },
    )  # fmt: skip

    assert journey.state() == "ready_to_travel"


@pytest.mark.parametrize("model", [Declaration, Preparation])
def test_what_had_run_out_on_the_day_of_departure_stops_it(journey, at, told, model):
    journey.to("ready_to_travel")
    field = "valid_until" if model is Declaration else "document_valid_until"
    with at("zinder.cases"):
        Preparation.objects.update(travel_on=timezone.now().date() - 30 * DAY)
        Return.objects.update(occurred_at=timezone.now() - 100 * DAY, state_since=timezone.now() - 100 * DAY)
        model.objects.update(**{field: timezone.now().date() - 10 * DAY})
        Consent.objects.update(occurred_at=timezone.now() - 100 * DAY)

    with pytest.raises(StandardNotMet, match="R-VOL-1" if model is Declaration else "R-DOC-1"):
        leave(journey, at, told, told_back=20, left_back=0)
    leave(journey, at, told, told_back=0, left_back=20)

    assert journey.state() == "in_travel"


def test_who_agreed_only_after_the_day_had_not_agreed_to_leave_on_it(journey, at, told):
    journey.to("ready_to_travel")
    with at("zinder.cases"):
        Return.objects.update(occurred_at=timezone.now() - 100 * DAY, state_since=timezone.now() - 100 * DAY)

    with pytest.raises(StandardNotMet, match="R-CON-1"):
        leave(journey, at, told, told_back=0, left_back=20)


def test_nobody_left_before_the_journey_was_ready(journey, at, told):
    journey.to("ready_to_travel")
    with at("zinder.cases"):
        Consent.objects.update(occurred_at=timezone.now() - 100 * DAY)

    with pytest.raises(Invalid):
        leave(journey, at, told, told_back=20, left_back=20)


def leave(journey, at, told, *, told_back: int, left_back: int) -> None:
    with at("zinder.cases") as work:
        actions.depart_returns(
            work,
            [
                actions.Departure(
                    **told(id=journey.pk, occurred_at=work.now - told_back * DAY),
                    departed_on=work.today - left_back * DAY, reconfirmed=True, method="in_person_alone",
                )
            ],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "step"),
    [("application", "check"), ("eligibility_review", "assess"), ("eligibility_review", "approve"),
     ("pre_return", "prepare"), ("ready_to_travel", "prepare"), ("ready_to_travel", "depart")],
)  # fmt: skip
def test_after_consent_was_taken_back_nothing_is_carried_out(journey, at, state, step):
    journey.to(state)
    taken_back(at)

    with pytest.raises(StandardNotMet, match="R-CON-1"):
        getattr(journey, step)()

    assert journey.state() == state


def test_a_file_that_waits_does_not_become_ready_without_consent(journey, at):
    journey.to("pre_return")
    journey.prepare(medical_outcome="unfit")
    taken_back(at)

    with pytest.raises(StandardNotMet, match="R-CON-1"):
        journey.prepare()

    assert journey.state() == "pre_return"


def test_who_takes_consent_back_may_still_hold_or_end_the_return(journey, at, told):
    journey.to("ready_to_travel")
    taken_back(at)

    with at("zinder.social") as work:
        actions.suspend_returns(work, [actions.Moved(**told(id=journey.pk), reason="insecurity")])
        actions.withdraw_returns(work, [actions.Moved(**told(id=journey.pk))])

    assert journey.state() == "withdrawn"


def test_whoever_is_on_the_way_is_received_without_consent(journey, at, told, sign_in):
    pk = journey.to("in_travel")
    taken_back(at)
    with at("zinder.social") as work:
        today = work.today
    with at("zinder.social") as work, pytest.raises(StandardNotMet, match="R-CON-1"):
        actions.receive_returns(work, [actions.Arrival(**told(id=pk, basis="consent"), arrived_on=work.today)])

    office, address = sign_in("zinder.social"), reverse("returns:arrival", args=[pk])
    office.cookies["compass_language"] = "en"
    page = office.get(address).content.decode()
    said = {"key": str(uuid.uuid4()), "arrived_on_day": today.day, "arrived_on_month": today.month}
    answer = office.send(address, {**said, "arrived_on_year": today.year})

    assert answer.status_code == 302
    assert "recorded to keep them safe" in page
    with at("zinder.social"):
        assert Step.objects.get(transition="arrive").basis == "vital_interest"
    assert journey.state() == "arrived"
