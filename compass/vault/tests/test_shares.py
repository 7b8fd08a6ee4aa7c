"""Custodians' words: any two of three, and a sentence of its own for each way in which they can be wrong."""

from __future__ import annotations

import itertools

import pytest
from shamir_mnemonic import generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from compass.problems import Problem, SameWordsTwice, WordMisspelt, WordsDoNotFit, WordsOfTwoSets, WordsTooFew
from compass.vault import shares
from compass.vault.crypto import new_key

KEY = new_key()
MADE = shares.split(KEY)


@pytest.mark.parametrize("pair", list(itertools.permutations(range(3), 2)))
def test_any_two_custodians_open_the_key_in_any_order(pair):
    first, second = (shares.read(MADE[place]) for place in pair)

    assert shares.join(first, second) == KEY


def test_four_letters_of_each_word_are_enough_and_capitals_and_spaces_do_not_matter():
    short = "   ".join(word[:4].upper() for word in MADE[0].split())

    assert shares.read(short) == shares.read(MADE[0])


def test_four_letters_tell_all_words_apart():
    assert len({word[:4] for word in WORDLIST}) == len(WORDLIST) == 1024


def test_one_custodian_alone_opens_nothing():
    one = shares.read(MADE[0])

    with pytest.raises(SameWordsTwice):
        shares.join(one, shares.read(MADE[0]))


def test_words_of_two_sets_do_not_mix():
    again = shares.split(KEY, unlike=shares.read(MADE[0]).set_number)

    with pytest.raises(WordsOfTwoSets):
        shares.join(shares.read(MADE[0]), shares.read(again[1]))
    assert shares.join(shares.read(again[0]), shares.read(again[1])) == KEY


def _spoiled(change):
    words = MADE[0].split()
    change(words)
    return " ".join(words)


def _misspell(words):
    words[6] = words[6][:3] + "x" + words[6][4:] + "y"


def _exchange(words):
    words[6] = next(word for word in WORDLIST if word != words[6])


def _swap(words):
    other = next(place for place in range(8, 33) if words[place] != words[7])
    words[7], words[other] = words[other], words[7]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_misspell, WordMisspelt),
        (_exchange, WordsDoNotFit),
        (_swap, WordsDoNotFit),
        (lambda words: words.pop(), WordsTooFew),
        (lambda words: words.clear(), WordsTooFew),
    ],
)
def test_wrong_words_are_refused_in_words_that_repeat_none_of_them(change, problem):
    with pytest.raises(problem) as refused:
        shares.read(_spoiled(change))

    assert str(refused.value) == str(problem(**refused.value.details))
    assert all(isinstance(detail, int) for detail in refused.value.details.values())
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_the_place_of_a_misspelt_word_is_said():
    with pytest.raises(WordMisspelt) as refused:
        shares.read(_spoiled(_misspell))

    assert "7" in str(refused.value)


@pytest.mark.parametrize("groups", [[(1, 1)], [(3, 5)]])
def test_words_of_another_kind_of_secret_are_refused(groups):
    (others,) = generate_mnemonics(1, groups, KEY)

    with pytest.raises(WordsDoNotFit):
        shares.read(others[0])


def test_words_never_stand_in_a_representation():
    assert not set(MADE[0].split()) & set(repr(shares.read(MADE[0])).replace("'", " ").split())


def test_each_refusal_says_what_to_do_next():
    for problem in (WordMisspelt(position=1), WordsTooFew(count=1, wanted=33), WordsDoNotFit(), SameWordsTwice()):
        assert isinstance(problem, Problem)
        assert problem.what_next
