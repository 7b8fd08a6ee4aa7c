from __future__ import annotations

import numpy as np

from compass.people.matching.blocking import PAIRS_IN_BLOCK, WINDOW, Candidates
from compass.people.matching.columns import Columns
from compass.people.matching.records import Name, Record
from compass.people.tests.matching.febrl import febrl


def test_nearly_every_duplicate_is_compared_and_each_pair_once():
    data = febrl(3)

    pairs = [
        (min(one, other), max(one, other))
        for first, second in Candidates(Columns(data.records))
        for one, other in zip(first.tolist(), second.tolist(), strict=True)
    ]

    assert len(pairs) == len(set(pairs)) <= 20 * len(data.records)
    assert len(data.pairs & set(pairs)) / len(data.pairs) >= 0.99


def test_only_pairs_across_files_are_offered():
    data = febrl(4)
    files = np.array(data.files, np.int32)

    for first, second in Candidates(Columns(data.records), files):
        assert (files[first] != files[second]).all()


def test_a_name_that_everybody_has_costs_no_more_than_the_window():
    size = 20_000
    people = Columns(Record(names=(Name("Mohamed", "Ali"),), born="1990", places=("Zinder",)) for _ in range(size))

    blocks = [len(first) for first, _ in Candidates(people)]

    assert sum(blocks) <= size * WINDOW
    assert len(blocks) > 1
    # A block ends with a record, whose pairs are never divided.
    assert max(blocks) <= PAIRS_IN_BLOCK + 20 * WINDOW


def test_nobody_and_a_single_person_make_no_pair():
    for people in ([], [Record(names=(Name("Awa"),))], [Record(), Record()]):
        assert [len(first) for first, _ in Candidates(Columns(people))] in ([], [0])
