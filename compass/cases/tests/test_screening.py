"""The declared rules of screening, without a database."""

from __future__ import annotations

import pytest

from compass.cases.screening import CASE_RESULTS, NOTHING, QUESTIONS, URGENT, outcome, with_more
from compass.vocabulary import code_list


def test_every_code_of_the_rules_is_in_the_vocabulary():
    results = {question.result for question in QUESTIONS} | CASE_RESULTS | {NOTHING}
    assert results <= set(code_list("screening_result").values)
    assert {question.trigger for question in QUESTIONS} - {""} <= set(code_list("high_risk_trigger").values)


def test_no_yes_means_no_need():
    found = outcome({})

    assert (found.results, found.risk_level, found.opens_case) == ((NOTHING,), "low", False)


def test_basic_needs_alone_open_no_case():
    found = outcome({"basic_needs": True})

    assert (found.results, found.opens_case) == (("immediate_needs_only",), False)


@pytest.mark.parametrize("question", URGENT, ids=lambda question: question.code)
def test_an_urgent_yes_opens_a_case_at_high_risk(question):
    found = outcome({question.code: True})

    assert (found.results, found.risk_level, found.opens_case) == (("protection_case",), "high", True)


@pytest.mark.parametrize("trigger", code_list("high_risk_trigger").values)
def test_any_trigger_makes_the_risk_high(trigger):
    found = outcome({}, [trigger])

    assert (found.risk_level, found.opens_case, found.triggers) == ("high", True, (trigger,))


def test_each_yes_says_why():
    found = outcome({"harmed": True, "fears_return": True})

    assert [question.code for question in found.because] == ["harmed", "fears_return"]
    assert found.results == ("protection_case", "possible_international_protection")


def test_a_worker_may_add_but_not_take_away():
    found = with_more(outcome({"harmed": True}), ["possible_vot"], "low")

    assert (found.results, found.risk_level) == (("protection_case", "possible_vot"), "medium")


def test_adding_a_case_replaces_immediate_needs_only():
    assert with_more(outcome({"basic_needs": True}), ["protection_case"], "").results == ("protection_case",)
