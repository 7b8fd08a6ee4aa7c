from __future__ import annotations

from typing import get_args

import pytest

from compass.commons.synthesis import facts, missing_migrants
from compass.commons.synthesis.regions import ELSEWHERE, REGIONS
from compass.commons.synthesis.words import LANGUAGES, word, words

SAME_IN_FRENCH = {"Budget"}

CODES = {
    "region": [*(region.code for region in REGIONS), ELSEWHERE],
    "cause": list(missing_migrants.CAUSES),
    "limit": list(missing_migrants.LIMITS),
    "kind": list(get_args(facts.Kind)),
    "bound": list(get_args(facts.Bound)),
    "caution": list(get_args(facts.Caution)),
    "figure": sorted(facts.FIGURE_CODES),
}


def test_every_group_has_codes_to_name() -> None:
    assert words().keys() == CODES.keys()


@pytest.mark.parametrize("group", CODES)
def test_every_code_has_words_in_three_languages(group: str) -> None:
    named = words()[group]

    assert sorted(named) == sorted(CODES[group])
    assert all(tuple(labels) == LANGUAGES and all(labels.values()) for labels in named.values())


@pytest.mark.parametrize("group", [group for group in CODES if group != "bound"])
def test_no_words_were_left_in_english(group: str) -> None:
    left = [
        labels["en"] for labels in words()[group].values() if labels["en"] in (labels["fr"], labels["ar"])
    ]  # fmt: skip

    assert set(left) <= SAME_IN_FRENCH
    assert all(any("؀" <= letter <= "ۿ" for letter in labels["ar"]) for labels in words()[group].values())


def test_a_bound_is_a_pattern_with_the_value() -> None:
    assert word("bound", "over", "fr").format(value="39 608") == "plus de 39 608"
    assert all("{value}" in label for labels in words()["bound"].values() for label in labels.values())


def test_a_language_without_words_reads_english() -> None:
    assert word("cause", "drowning", "ha") == "Drowning"
    assert word("cause", "drowning", "fr-ne") == "Noyade"


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        word("cause", "witchcraft", "en")
