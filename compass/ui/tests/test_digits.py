from __future__ import annotations

import pytest

from compass.ui.digits import normalise_digits, normalise_number


@pytest.mark.parametrize("typed", ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９"])
def test_digits_of_every_keyboard_mean_the_same(typed):
    assert normalise_digits(typed) == "0123456789"


def test_words_around_digits_stay():
    assert normalise_digits("حوالي ١٢ سنة") == "حوالي 12 سنة"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("١٢٫٥", "12.5"),
        ("١٬٢٥٠", "1250"),
        ("1,250", "1250"),
        ("12,345,678.5", "12345678.5"),
        ("12,5", "12.5"),
        ("0,125", "0.125"),
        ("1\u202f250", "1250"),
        ("−۳", "-3"),
        (" \u200f٣٤ ", "34"),
        ("about ten", "aboutten"),
    ],
)
def test_a_number_is_read_as_it_was_meant(typed, meant):
    assert normalise_number(typed) == meant
