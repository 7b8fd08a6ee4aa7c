"""Every code that a parser can give has words; `test_catalogues` holds the languages."""

from __future__ import annotations

from typing import get_args

import pytest

from compass.commons import words
from compass.commons.synthesis import facts, missing_migrants
from compass.commons.synthesis.regions import ELSEWHERE, REGIONS


@pytest.mark.parametrize(
    ("named", "codes"),
    [
        (words.REGIONS, {*(region.code for region in REGIONS), ELSEWHERE}),
        (words.CAUSES, set(missing_migrants.CAUSES)),
        (words.LIMITS, set(missing_migrants.LIMITS)),
        (words.KINDS, set(get_args(facts.Kind))),
        (words.BOUNDS, set(get_args(facts.Bound))),
        (words.CAUTIONS, set(get_args(facts.Caution))),
        (words.FIGURES, facts.FIGURE_CODES),
    ],
    ids=["regions", "causes", "limits", "kinds", "bounds", "cautions", "figures"],
)
def test_every_code_has_words_and_no_words_are_left_over(named, codes):
    assert named.keys() == codes
