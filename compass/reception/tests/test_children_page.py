"""The page for the children of a family: as many blocks as there are, ages in months, nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from compass.people.models import Consent, Person
from compass.people.queries import children_answered_for, opened
from compass.reception.tests.test_pages import agree, arrive, family, mother_of  # noqa: F401

pytestmark = pytest.mark.django_db


def blocks(page):
    return len(re.findall(r'name="child-\d+-age"', page))


@pytest.fixture
def mother(arrive, at):  # noqa: F811
    """A mother who agreed, of a group of `people`."""

    def came(people=4):
        client, places = arrive(people=str(people))
        pk = mother_of(client, places[1], at)
        agree(client, pk)
        return client, f"/arrivals/children/{pk}/"

    return came


@pytest.mark.parametrize(("people", "shown"), [(2, 1), (4, 3), (40, 1)])
def test_there_are_as_many_blocks_as_a_family_has_places(mother, people, shown):
    client, where = mother(people)

    assert blocks(client.get(where).content.decode()) == shown


def test_another_block_keeps_what_was_typed_and_registers_nobody(mother, at):
    client, where = mother()
    typed = family(**{"child-0-age": "7", "child-TOTAL_FORMS": "2", "more": "1"})

    page = client.post(where, typed).content.decode()

    assert blocks(page) == 3
    assert 'value="Osas"' in page and "data-errors" not in page
    assert 'name="child-TOTAL_FORMS" value="3"' in page and 'name="child-INITIAL_FORMS" value="0"' in page
    assert typed["key"] in page
    assert re.search(r'name="same_answers" value="yes"[^>]* checked', page)
    with at("zinder.social"):
        assert not Person.objects.filter(relation="child").exists()
    del typed["more"]
    assert client.post(where, {**typed, "child-TOTAL_FORMS": "3"}).status_code == 302


def test_there_are_at_most_twelve(mother):
    client, where = mother()

    page = client.post(where, family(**{"child-TOTAL_FORMS": "12", "more": "1"})).content.decode()

    assert blocks(page) == 12
    assert 'name="more"' not in page


def test_a_baby_is_registered_in_months(mother, at):
    client, where = mother()
    baby = {"child-1-age": "٨", "child-1-unit": "months"}

    assert client.post(where, family(**baby)).status_code == 302

    today = timezone.localdate()
    with at("zinder.social") as work:
        child = Person.objects.get(age_band="0-4")
        kept = opened(work, child).identity
    assert (today.year * 12 + today.month) - (kept["birth_year"] * 12 + kept["birth_month"]) == 8


@pytest.mark.parametrize(("age", "unit"), [("18", "years"), ("40", "months"), ("deux", "years"), ("-1", "months")])
def test_an_age_that_cannot_be_is_refused_in_words(mother, at, age, unit):
    client, where = mother()

    response = client.post(where, family(**{"child-1-age": age, "child-1-unit": unit}))

    assert response.status_code == 200
    assert f'value="{age}"' in response.content.decode()
    assert "Saisissez un nombre entier" not in response.content.decode()
    with at("zinder.social"):
        assert not Person.objects.filter(relation="child").exists()


def test_what_was_registered_and_what_comes_next_is_said(mother):
    client, where = mother()

    page = client.post(where, family(), follow=True).content.decode()

    assert 'class="panel good" role="status"' in page


@pytest.mark.parametrize("hours", [0, 13, 400])
def test_children_with_their_mothers_answers_are_offered_however_late_they_came(mother, at, hours):
    client, where = mother()
    pk = where.split("/")[-2]
    with at("zinder.social"):
        named = timezone.localdate() + timedelta(days=40)
        Consent.objects.filter(person=pk).update(occurred_at=timezone.now() - timedelta(hours=hours), expires_on=named)

    assert client.post(where, family()).status_code == 302

    with at("zinder.social") as work:
        woman = Person.objects.get(pk=pk)
        offered = {child.pk for child, _given in children_answered_for(work, woman)}
        assert offered == set(
            Person.objects.filter(household_id=woman.household_id, relation="child").values_list("pk", flat=True)
        )
        assert len(offered) == 2
        assert {row.expires_on for row in Consent.objects.filter(person__in=offered)} == {named}, "the end she named"
    assert 'name="children"' in client.get(f"/people/{pk}/withdraw/").content.decode()


def test_another_womans_talk_of_the_same_hour_takes_no_child_along(mother, at):
    client, where = mother()
    pk = where.split("/")[-2]
    client.post(where, family())
    with at("zinder.social") as work:
        woman = Person.objects.get(pk=pk)
        for child in Consent.objects.exclude(copied_from=None):
            Consent.objects.filter(pk=child.pk).update(copied_from=child.pk)

        assert children_answered_for(work, woman) == []


def test_the_summary_names_the_child_each_error_is_about(mother):
    client, where = mother()
    wrong = family(**{"child-0-sex": "", "child-1-age": "", "child-1-given": "Efe", "child-TOTAL_FORMS": "2"})

    page = unescape(client.post(where, wrong).content.decode())

    assert page.count("data-errors") == 1
    (summary,) = re.findall(r"data-errors.*?</ul>", page)
    assert re.findall(r'<a href="#id_child-(\d)-\w+">([^<]*)</a>', summary) == [
        ("0", "Enfant 1\u00a0: Sexe"),
        ("1", "Enfant 2\u00a0: Âge"),
    ]
