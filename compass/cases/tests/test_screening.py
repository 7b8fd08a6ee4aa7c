"""The declared rules of screening, without a database."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from compass.cases.forms import ScreeningForm
from compass.cases.screening import (
    CASE_RESULTS,
    NOTHING,
    QUESTIONS,
    ROUTING,
    URGENT,
    outcome,
    routing,
    triggers,
    with_more,
)
from compass.people.models import CHILD_BANDS
from compass.vocabulary import code_list


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


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


def asked(age_band):
    child = age_band in CHILD_BANDS or not age_band
    return {question.code: question for question in routing(age_band, child=child)}


@pytest.mark.parametrize("age_band", CHILD_BANDS)
def test_a_child_is_asked_about_in_words_that_fit_its_age(age_band):
    grown, child = asked("30-39")["controlled"], asked(age_band)["controlled"]

    assert child.text != grown.text and child.hint, "of a child the means do not matter (TIP-02)"
    assert (child.result, child.risk) == (grown.result, grown.risk), "the question stays, only its words change"
    assert "trafficking" in str(child.because)


def test_nobody_asks_whether_a_baby_works_is_afraid_or_is_pregnant():
    baby, teen = asked("0-4"), asked("15-17")

    assert "work" in str(teen["controlled"].text) and "work" not in str(baby["controlled"].text)
    assert str(baby["fears_return"].text).startswith("Would the child")
    assert str(teen["fears_return"].text).startswith("Is the person afraid")
    assert set(triggers("15-17")) - set(triggers("0-4")) == {"late_pregnancy", "suicidal_intent"}


def test_every_age_is_asked_the_same_questions():
    for age_band in ("", *code_list("age_band").values):
        assert {question.code for question in ROUTING} - set(asked(age_band)) <= {"child_alone"}
    assert asked("")["controlled"] == asked("60+")["controlled"], "an unknown age is asked as for a grown person"


def test_the_page_and_the_result_use_these_words():
    form = ScreeningForm(step=2, child=True, age_band="0-4")
    words = asked("0-4")["controlled"]

    assert form.fields["controlled"].label == words.text and form.fields["controlled"].help_text == words.hint
    assert "late_pregnancy" not in dict(form.fields["triggers"].choices)
    assert outcome({"controlled": True}, (), (words,)).because == (words,)
