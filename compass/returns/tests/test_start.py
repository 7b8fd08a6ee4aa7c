"""The wish to return: who may go where, asked in two steps, and the boy for whom nothing is asked."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from compass.people.forms.common import nationality_choices
from compass.problems import Invalid, UnknownCode
from compass.returns import actions, destinations
from compass.returns.models import Return
from compass.trail.chain import veil
from compass.trail.models import Entry
from compass.vocabulary import in_order

pytestmark = pytest.mark.django_db


def address(journey: Any) -> str:
    return reverse("returns:start", args=[journey.mother.pk])


def test_it_works_the_start(journey, sign_in):
    client = sign_in("zinder.social")
    address = reverse("returns:start", args=[journey.mother.pk])

    page = client.get(address).content.decode()
    answer = client.post(
        address,
        {"key": uuid.uuid4(), "destination": "NG", "area": "NG-ED", "detained": "no", "with_people": [journey.son.pk]},
    )

    assert "checked" not in page
    assert str(journey.boy.pk) not in page
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200


def test_the_area_is_asked_after_the_country_and_everything_else_is_kept(journey, sign_in):
    client = sign_in("zinder.social")
    said = {"key": uuid.uuid4(), "destination": "NG", "detained": "no", "with_people": [journey.son.pk]}

    asked = client.post(address(journey), said).content.decode()
    answer = client.post(address(journey), {**said, "asked_for": "NG", "area": "NG-ED"})

    assert '<option value="NG-ED">' in asked and '<option value="NE-7">' not in asked
    assert f'<input type="hidden" name="with_people" value="{journey.son.pk}"' in asked
    assert answer.status_code == 302
    with journey.at("zinder.social"):
        assert Return.objects.get().area == "NG-ED"


def test_an_area_that_is_not_known_yet_stops_nothing(journey, sign_in):
    said = {"key": uuid.uuid4(), "destination": "NG", "detained": "no", "asked_for": "NG", "area": ""}

    assert sign_in("zinder.social").post(address(journey), said).status_code == 302


def test_another_country_asks_for_its_own_area(journey, sign_in):
    said = {"destination": "ML", "detained": "no", "asked_for": "NG", "area": "NG-ED"}

    answer = sign_in("zinder.social").post(address(journey), said)

    assert answer.status_code == 200
    assert '<option value="ML-' in answer.content.decode()
    with journey.at("zinder.social"):
        assert not Return.objects.exists()


def test_going_back_shows_the_first_questions_as_answered(journey, sign_in):
    said = {"destination": "NG", "detained": "no", "asked_for": "NG", "area": "NG-ED", "back": "1"}

    page = sign_in("zinder.social").post(address(journey), said).content.decode()

    assert '<option value="NG" selected>' in page
    with journey.at("zinder.social"):
        assert not Return.objects.exists()


def test_every_country_is_offered_but_the_one_where_the_person_is(journey, sign_in):
    page = sign_in("zinder.social").get(address(journey)).content.decode()

    offered = re.findall(r'<option value="(\w\w)"', page)
    assert {"NG", "GH", "SN", "CM"} <= set(offered)
    assert "NE" not in offered
    assert offered.index("NG") < offered.index("GH")
    assert len(offered) == len(set(offered)) > 200
    assert 'name="area"' not in page


def test_outside_the_programme_the_page_says_so_before_the_wish_is_recorded(journey, sign_in):
    client = sign_in("zinder.social")
    said = {"key": uuid.uuid4(), "destination": "GH", "detained": "no"}

    told = client.post(address(journey), said)
    answer = client.post(address(journey), {**said, "asked_for": "GH"}, follow=True)

    assert told.status_code == 200
    assert "Ghana" in told.content.decode() and "COMPASS" in told.content.decode()
    assert 'name="area"' not in told.content.decode()
    assert "hors du programme" in answer.content.decode()
    with journey.at("zinder.social"):
        assert Return.objects.get().destination == "GH"


@pytest.mark.parametrize(
    ("destination", "area", "refusal"),
    [("NE", "", Invalid), ("XXA", "", UnknownCode), ("ZZ", "", UnknownCode), ("NG", "ML-1", Invalid)],
)
def test_a_destination_that_cannot_be_is_refused(journey, destination, area, refusal):
    with journey.at("zinder.social") as work, pytest.raises(refusal):
        actions.start_returns(
            work, [actions.Begin(**journey.told(id=journey.mother.pk), destination=destination, area=area)]
        )


def test_an_area_of_another_country_is_refused_on_its_page(journey, sign_in):
    answer = sign_in("zinder.social").post(
        address(journey), {"destination": "NG", "asked_for": "NG", "area": "NE-7", "detained": "no"}
    )

    assert answer.status_code == 200
    assert "data-errors" in answer.content.decode()
    assert '<input type="hidden" name="destination" value="NG"' in answer.content.decode()


def test_the_page_of_the_boy_says_what_must_happen_first(journey, sign_in):
    client = sign_in("zinder.social")
    address = reverse("returns:start", args=[journey.boy.pk])

    shown = client.get(address).content.decode()
    sent = client.post(address, {"key": uuid.uuid4(), "destination": "NG", "detained": "no"})

    assert "R-CHI-1" in shown
    assert '<form method="post" class="sheet' not in shown
    assert sent.status_code == 409
    with journey.at("zinder.social"):
        assert not Return.objects.exists()
    with journey.at("geneva.protection") as work:
        entry = work.allowed("trail.view", Entry).get(purpose="returns.start.write")
        assert "3004" in entry.body
        assert veil().identifiers([journey.boy.pk])[0] in entry.body


def test_a_start_for_someone_of_another_office_is_not_there(journey, sign_in):
    answer = sign_in("edo.reception").get(reverse("returns:start", args=[journey.mother.pk]))

    assert answer.status_code == 404
    assert "P-1002" in answer.content.decode() or "1002" in answer.content.decode()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_countries_are_in_the_reader_s_alphabet_the_programme_s_first(db, language):
    with override(language):
        for choices in (destinations.choices("NE"), nationality_choices()):
            groups = [[str(name) for _code, name in rows] for _title, rows in choices[-2:]]
            assert len(groups[1]) > 150
            for names in groups:
                assert names == sorted(names, key=in_order)
            if language == "fr":
                assert groups[1].index("Allemagne") < groups[1].index("États-Unis") < groups[1].index("Tchéquie")
