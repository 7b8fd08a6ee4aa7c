"""How alike a candidate is: attribute by attribute, each with its positive and its negative."""

from __future__ import annotations

import pytest

from compass.people.matching.records import Name, Record
from compass.people.searching.ranking import CLOSE, EXACT, POSSIBLE, Compared
from compass.people.searching.ranking import likeness as compared

ESE = Record(names=(Name("Ese", "Osagie"),), born="1990", places=("Benin City",), phones=("08035550199",))


def likeness(asked: Record, found: Record):
    return compared(Compared(asked), Compared(found))


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (ESE, EXACT),
        (Record(names=(Name("Osagie Ese"),), born="1990"), EXACT),
        (Record(names=(Name("Esse", "Osaghie"),), born="1992"), CLOSE),
        (Record(names=(Name("Ese"),), phones=("+234 803 555 0199",)), EXACT),
        (Record(names=(Name("Blessing", "Osagie"),), born="1991", places=("Benin City",)), POSSIBLE),
        (Record(names=(Name("Osagie"),), born="1987"), CLOSE),
    ],
)
def test_agreement_in_a_word(asked, word):
    found = likeness(asked, ESE)

    assert found is not None and found.word == word


@pytest.mark.parametrize(
    "asked",
    [
        Record(names=(Name("Blessing"),), born="1990", places=("Benin City",), phones=("08035550199",)),
        Record(names=(Name("Ese"),), born="1970"),
        Record(names=(Name("Ese"),)),
        Record(born="1990", places=("Benin City",)),
        Record(),
    ],
)
def test_without_a_name_and_one_thing_more_nobody_is_meant(asked):
    assert likeness(asked, ESE) is None


def test_a_name_of_two_words_agrees_with_the_one_word_it_is_also_written_as():
    joined = Record(names=(Name("Jeanpierre"),), born="1990")
    apart = Record(names=(Name("Pierre", "Jean Pierre"),), born="1990")

    assert likeness(joined, apart) is not None and likeness(apart, joined) is not None


def test_what_agrees_by_name_comes_before_family():
    sister = Record(names=(Name("Blessing", "Osagie"),), born="1990", places=("Benin City",), phones=("1",))
    twice = Record(names=(Name("Esse", "Osaghie"),), born="1993")
    near, far = (likeness(ESE, other) for other in (twice, sister))

    assert near is not None and far is not None and near.order < far.order
