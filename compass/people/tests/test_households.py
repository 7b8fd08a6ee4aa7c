"""The database puts nobody into a household of another office, whoever asks and however."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from django.db import DatabaseError, transaction

from compass.people.actions import Registration, register_people
from compass.people.models import Person
from compass.people.sql import ELSEWHERE
from compass.problems import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(at, told):
    """`register(username, household, ...)`: one person in each of the households, in one list."""

    def run(username, *households):
        with at(username) as work:
            told_now = [told(basis="vital_interest") for _ in households]
            return register_people(
                work,
                [Registration(**each, household_id=h) for each, h in zip(told_now, households, strict=True)],
            )

    return run


def test_people_are_registered_together_in_a_new_household_and_join_it_later(register):
    household = uuid.uuid4()

    people = [*register("zinder.social", household, household, None), *register("zinder.cases", household)]

    assert [row.household_id == household for row in people] == [True, True, False, True]


def test_nobody_is_registered_into_a_household_of_another_office(register, at):
    (abroad,) = register("edo.reception", None)

    for households in ((abroad.household_id,), (None, abroad.household_id)):
        with pytest.raises(NotFound):
            register("zinder.social", *households)

    with at("zinder.social"):
        assert not Person.objects.exists()


def test_no_statement_moves_anybody_into_a_household_of_another_office(register, at):
    (abroad,), (mine, other) = register("edo.reception", None), register("zinder.social", None, None)

    with at("zinder.social"):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            Person.objects.filter(pk=mine.pk).update(household_id=abroad.household_id)
        assert isinstance(refused.value.__cause__, psycopg.Error) and refused.value.__cause__.sqlstate == ELSEWHERE
        assert Person.objects.filter(pk=mine.pk).update(household_id=other.household_id) == 1
        assert Person.objects.filter(pk=mine.pk).update(household_id=uuid.uuid4()) == 1
