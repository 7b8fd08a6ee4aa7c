"""Several records of one person: a third one confirms or contradicts what two say."""

from __future__ import annotations

import numpy as np
import pytest

from compass.people.matching import grouping
from compass.people.matching.grouping import LEAST, MOST, together


def grouped(size: int, odds: dict[tuple[int, int], float], least: float = 0.0) -> dict[tuple[int, int], float]:
    ends = np.array(list(odds), np.int32).reshape(-1, 2)
    first, second, found = together(size, ends[:, 0], ends[:, 1], np.array(list(odds.values()), np.float64), least)
    return {
        (one, other): round(height, 3)
        for one, other, height in zip(first.tolist(), second.tolist(), found.tolist(), strict=True)
    }


def test_two_records_are_as_likely_as_they_are():
    assert grouped(4, {(0, 3): 2.5, (1, 2): -0.5}) == {(0, 3): 2.5}


def test_a_third_record_that_agrees_confirms_and_is_found_though_it_was_never_compared():
    assert grouped(3, {(0, 1): 9.0, (1, 2): 8.0}) == {(0, 1): 9.0, (0, 2): 2.0, (1, 2): 2.0}
    assert grouped(3, {(0, 1): 9.0, (1, 2): 8.0, (0, 2): 1.0}) == {(0, 1): 9.0, (0, 2): 4.5, (1, 2): 4.5}


def test_a_stranger_who_is_like_one_record_only_is_told_apart():
    """By itself the pair is likelier than not; beside the other records of the person it is not."""
    alone, beside = {(2, 3): 2.0}, {(0, 1): 9.0, (0, 2): 8.0, (1, 2): 8.0, (2, 3): 2.0}

    assert grouped(4, alone) == {(2, 3): 2.0}
    assert set(grouped(4, beside)) == {(0, 1), (0, 2), (1, 2)}


def test_one_sure_pair_does_not_outweigh_every_doubt():
    """Two people of three records each, and a pair across that could hardly be surer."""
    each = {(0, 1): 20.0, (0, 2): 20.0, (1, 2): 20.0, (3, 4): 20.0, (3, 5): 20.0, (4, 5): 20.0}

    assert grouped(6, each | {(2, 3): 15.0}).keys() == each.keys()


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_the_pairs_changes_nothing(order: int):
    odds = {(0, 1): 3.0, (0, 2): 3.0, (1, 2): 3.0, (2, 3): 3.0, (3, 4): 3.0}

    assert grouped(5, dict(list(odds.items())[::order])) == grouped(5, odds)


def test_where_very_many_are_alike_groups_end_and_no_pair_is_lost(monkeypatch):
    everyone = {(one, other): 8.0 for one in range(6) for other in range(one + 1, 6)}
    assert set(grouped(6, everyone).values()) == {8.0}
    monkeypatch.setattr(grouping, "MOST_TOGETHER", 3)

    assert grouped(6, everyone) == dict.fromkeys(everyone, 8.0)
    assert grouped(6, everyone | {(0, 5): -1.0}).keys() == everyone.keys() - {(0, 5)}


def test_no_pair_no_group():
    assert grouped(3, {}) == {} and grouped(3, {(0, 1): LEAST}) == {} and MOST > 0 > LEAST
