"""The long form of the thief of names: a country's people. `make proof`.

More people change nothing for him as long as nobody shares a token, and help him where ten do: the control shows it.
"""

from __future__ import annotations

import pytest

from compass.config.tests.name_thief import as_built
from compass.config.tests.test_name_thief import MOST, OURS, THEIRS, tried

pytestmark = pytest.mark.proof

PEOPLE, PROGRAMME = 120_000, 1_200_000


def points(share: float) -> str:
    return f"{100 * share:.2f}"


def test_of_120000_people_hardly_more_are_named_than_by_the_commonest_name(record_property):
    found = tried(PEOPLE, as_built(OURS), as_built(THEIRS))
    record_property("points above the floor", points(found))

    assert found <= MOST


def test_of_1200000_people_neither(record_property):
    """Some six gigabytes for a quarter of an hour."""
    found = tried(PROGRAMME, as_built(OURS), as_built(THEIRS))
    record_property("points above the floor", points(found))

    assert found <= MOST


def test_with_ten_people_to_a_token_many_of_them_would_be_named(record_property):
    found = tried(PEOPLE, as_built(OURS, together=10), as_built(THEIRS, together=10))
    record_property("points above the floor", points(found))

    assert found > 0.1
