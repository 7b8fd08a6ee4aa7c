"""A spoken declaration: recorded only when the person agreed to be recorded, and attested by someone who heard it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from compass.people.actions import ConsentGiven, give_consent
from compass.problems import ConsentMissing, StandardNotMet
from compass.returns.models import Declaration
from compass.returns.tests.conftest import SEVEN, Journey

pytestmark = pytest.mark.django_db


def agree(journey: Journey, *, recording: bool) -> None:
    with journey.at("zinder.social") as work:
        said = {"data_processing": True, "photo_audio": recording}
        give_consent(
            work,
            [ConsentGiven(**journey.told(id=journey.mother.pk), certified=True, information=SEVEN, scopes=said)],
        )


@pytest.mark.parametrize("asked", [False, None])
def test_who_refused_recordings_is_not_recorded(journey, asked):
    if asked is not None:
        agree(journey, recording=asked)
    journey.start()
    journey.counsel()

    with pytest.raises(ConsentMissing):
        journey.declare(mode="recorded_oral")

    journey.declare(mode="witnessed_oral")
    with journey.at("zinder.cases"):
        assert Declaration.objects.get().mode == "witnessed_oral"


def test_who_agreed_to_be_recorded_may_be(journey):
    agree(journey, recording=True)
    journey.start()
    journey.counsel()

    journey.declare(mode="recorded_oral")

    assert journey.state() == "application"


@pytest.mark.parametrize("witness", [{}, {"witness": " "}])
def test_a_spoken_declaration_has_a_witness(journey, witness):
    journey.start()
    journey.counsel()

    with pytest.raises(StandardNotMet, match="R-VOL-1"):
        journey.declare(mode="witnessed_oral", witness=witness)


@pytest.mark.parametrize("recording", [False, True])
def test_the_page_offers_a_recording_only_after_a_yes(journey, sign_in, recording):
    agree(journey, recording=recording)
    journey.start()
    journey.counsel()

    page = sign_in("zinder.cases").get(reverse("returns:declaration", args=[journey.pk])).content.decode()

    assert ("recorded_oral" in page) is recording
    assert "witnessed_oral" in page


def test_the_page_asks_who_heard_it(journey, sign_in):
    journey.start()
    journey.counsel()

    answer = sign_in("zinder.cases").post(
        reverse("returns:declaration", args=[journey.pk]), {"mode": "witnessed_oral", "witness": ""}
    )

    assert answer.status_code == 200
    assert answer.context["form"].errors["witness"]
