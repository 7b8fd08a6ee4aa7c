from __future__ import annotations

from datetime import date

from compass.config.bench.uniqueness import VIEWS, Known, alone, crowds

TODAY = date(2026, 11, 22)


def someone(**more):
    return Known(
        **{
            "sex": "female", "band": "25-34", "nationality": "NG", "country": "NE", "area": "NE-7",
            "arrived": TODAY, **more,
        }
    )  # fmt: skip


def test_who_shares_everything_with_somebody_is_not_alone():
    by_day, *_ = VIEWS.values()

    assert alone([someone(), someone(), someone(sex="male")], by_day) == 1 / 3
    assert alone([], by_day) == 0


def test_each_step_that_is_coarser_leaves_fewer_alone():
    for part in crowds(3000, TODAY):
        shares = [alone(part, view) for view in VIEWS.values()]
        assert part
        assert shares == sorted(shares, reverse=True)
        assert shares[0] > 0.5 > shares[-1]
