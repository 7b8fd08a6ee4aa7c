"""The worked examples of the specification (return-and-reintegration.md 1.8), to the fourth decimal, and its checks."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction as F

import pytest

from compass.reintegration import scoring

CODES = [item.value for item in scoring.items() if item.extra["scored"]]
A = [
    0,
    F(1, 4),
    0,
    F(1, 4),
    0,
    F(1, 4),
    0,
    0,
    0,
    F(1, 4),
    F(1, 4),
    F(1, 2),
    0,
    F(1, 4),
    1,
    F(1, 4),
    F(1, 2),
    F(1, 4),
    F(1, 4),
    F(1, 4),
    F(1, 4),
    F(1, 4),
    F(1, 4),
    F(1, 2),
    F(1, 2),
    F(1, 4),
    F(2, 7),
    0,
    0,
]
B = [
    F(1, 2),
    F(1, 2),
    1,
    F(1, 2),
    F(1, 2),
    F(1, 4),
    1,
    0,
    F(1, 2),
    F(3, 4),
    F(1, 2),
    F(3, 4),
    None,
    F(1, 2),
    1,
    F(1, 2),
    F(3, 4),
    F(1, 2),
    F(1, 2),
    F(1, 2),
    F(1, 2),
    F(1, 2),
    F(3, 4),
    F(3, 4),
    F(3, 4),
    F(3, 4),
    F(5, 7),
    1,
    1,
]
C = [
    F(3, 4),
    1,
    1,
    F(3, 4),
    1,
    F(3, 4),
    1,
    1,
    1,
    F(3, 4),
    F(3, 4),
    F(3, 4),
    1,
    F(3, 4),
    1,
    F(3, 4),
    1,
    F(3, 4),
    F(3, 4),
    F(3, 4),
    F(3, 4),
    F(3, 4),
    1,
    F(1, 4),
    F(1, 4),
    F(1, 4),
    F(1, 7),
    0,
    0,
]


@pytest.mark.parametrize(
    ("vector", "scores", "band", "flags"),
    [
        (
            A,
            "0.0833 0.3409 0.2540 0.2261",
            "INTENSIVE",
            ("DIM_CRITICAL:economic", "DIM_WEAK:social", "DIM_CRITICAL:psychosocial"),
        ),
        (B, "0.5278 0.6250 0.7460 0.6332", "STANDARD", ()),
        (C, "0.9167 0.8182 0.3770 0.7039", "LIGHT", ("DIM_WEAK:psychosocial",)),
    ],
    ids="ABC",
)
def test_it_works_on_the_worked_examples(vector, scores, band, flags):
    found = scoring.result(dict(zip(CODES, vector, strict=True)))

    assert [found.economic, found.social, found.psychosocial, found.composite] == [Decimal(s) for s in scores.split()]
    assert (found.band, found.flags) == (band, flags)


def test_the_instrument_is_whole():
    dimensions = {name: scoring.items(name) for name in scoring.DIMENSIONS}

    assert [len(rows) for rows in dimensions.values()] == [10, 11, 11]
    assert [sum(i.extra["scored"] for i in rows) for rows in dimensions.values()] == [9, 11, 9]
    for rows in dimensions.values():
        assert sum(F(i.extra["weight_dimension"]) for i in rows) == 1
    assert sum(F(i.extra["weight_composite"]) for i in scoring.items()) == 1


def test_too_few_answers_give_no_score_and_no_light_band():
    vector = dict(zip(CODES, C, strict=True)) | {"PS22": None, "PS23": None}

    found = scoring.result(vector)

    assert (found.psychosocial, found.composite, found.band) == (None, None, "")


def test_a_critical_dimension_lifts_the_band():
    vector = dict.fromkeys(CODES, F(1)) | {code: F(0) for code in CODES if code.startswith("EC")}

    found = scoring.result(vector)

    assert found.composite > Decimal("0.66")
    assert found.band == "STANDARD_HIGH"


@pytest.mark.parametrize(
    ("code", "answers", "expected"),
    [
        ("EC01", {"EC01": "satisfied"}, F(3, 4)),
        ("EC01", {"EC01": "NR"}, None),
        ("EC01", {"EC01": "NA"}, None),
        ("EC08", {"EC08": ["land", "other"]}, F(1)),
        ("EC08", {"EC08": ["none"]}, F(0)),
        ("EC08", {"EC08": ["NR"]}, None),
        ("EC09", {"EC09": "no"}, F(1)),
        ("EC09", {"EC09": "yes", "EC10": "unemployed"}, F(0)),
        ("EC09", {"EC09": "yes", "EC10": "unhappy_with_salary"}, F(1, 2)),
        ("EC09", {"EC09": "yes"}, None),
        ("SO14", {"SO14": "no_school_age_child"}, None),
        ("PS28", {"PS28": ["angry", "sad"]}, F(5, 7)),
        ("PS28", {"PS28": ["none"]}, F(1)),
        ("PS29", {"PS29": "yes"}, F(0)),
    ],
)
def test_answers_become_scores(code, answers, expected):
    item = next(i for i in scoring.items() if i.value == code)

    assert scoring.score(item, answers) == expected


@pytest.mark.parametrize(
    ("answers", "flag"),
    [
        ({"PS25": "very_unsafe"}, "PROTECTION_REVIEW"),
        ({"PS29": "yes"}, "MHPSS_OFFER"),
        ({"PS28": ["angry", "sad", "afraid", "lonely"]}, "MHPSS_OFFER"),
        ({"PS30": "no", "PS31": "need_to_leave"}, "REMIGRATION_COUNSELLING"),
        ({"EC02": "often"}, "FOOD_CHECK"),
    ],
)
def test_single_answers_call_for_care_whatever_the_score(answers, flag):
    assert flag in scoring.result(dict.fromkeys(CODES, F(1)), answers).flags
