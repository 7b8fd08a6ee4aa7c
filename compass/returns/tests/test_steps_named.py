"""A step that is added stands in every list that speaks of steps, or the return's own page could not be shown."""

from __future__ import annotations

import pytest

from compass.returns import compare, machine, words
from compass.returns.urls import urlpatterns
from compass.returns.views.files import AHEAD
from compass.vocabulary import code_list

PAGES = {route.name for route in urlpatterns} - {"list", "start", "show", "see_off", "not_left", "take_back_journey"}
STATES = set(code_list("return_state").values)


def test_every_page_of_a_step_has_its_words():
    assert set(words.STEPS) == PAGES
    assert set(words.SAID) == PAGES - {"decision"} | {"approve", "refuse", "send_back"}
    assert set(compare._SAVED) == PAGES - {"resume"}


def test_every_numbered_page_says_which_transition_it_takes():
    assert set(words._ACTS) == {name for name, (number, *_) in words.STEPS.items() if number}
    assert set(words._ACTS.values()) <= set(machine.TRANSITIONS)
    assert sorted(number for number, *_ in words.STEPS.values() if number) == list(range(1, words.TOTAL + 1))


@pytest.mark.parametrize("name", machine.TRANSITIONS)
def test_every_transition_has_words_and_states_that_exist(name):
    transition = machine.TRANSITIONS[name]

    assert str(transition.title)
    assert {*transition.sources, transition.target} <= STATES
    assert not transition.reasons or code_list(transition.reasons).values


def test_what_is_still_open_is_that_of_a_transition_out_of_the_state():
    assert all(state in machine.TRANSITIONS[name].sources for state, name in AHEAD.items())
    assert all(machine.TRANSITIONS[name].guards for name in AHEAD.values())


def test_every_state_that_does_not_rest_has_its_place():
    resting = {"suspended", "withdrawn", "no_show", "not_eligible"}
    reached = {state for each in machine.TRANSITIONS.values() for state in (*each.sources, each.target)}

    assert set(words._PLACES) == reached - resting
