from __future__ import annotations

import pytest

from compass.commons.synthesis import facts as published_facts
from compass.commons.synthesis.facts import Facts, parse
from compass.commons.synthesis.rejections import WrongHeader

HEADER = b"period,scope,figure,value,unit,status,source\n"
GOOD = b"2021,programme,migrants helped to return,1110,people,published,iom.int/compass-results\n"


@pytest.fixture(scope="module")
def facts() -> Facts:
    return published_facts.load()


def test_every_published_line_becomes_one_fact(facts: Facts) -> None:
    lines = published_facts.SOURCE.read_text(encoding="utf-8").splitlines()

    assert facts.rejections == ()
    assert len([fact for fact in facts.facts if fact.status == "published"]) == len(lines) - 1 == 25
    assert all(fact.source and fact.source_title for fact in facts.facts)


def test_2021_adds_up_to_the_check(facts: Facts) -> None:
    total = facts.get("programme:2021:migrants_assisted")

    assert (total.value, total.bound, total.kind) == (30_392, "exact", "derived")
    assert sum(facts.get(part).value for part in total.derived_from) == 29_117 + 1_110 + 165


def test_the_parts_of_2021_are_marked_so_that_nobody_adds_them_twice(facts: Facts) -> None:
    parts = [facts.get(f"programme:2021:{kind}_assistance") for kind in ("humanitarian", "comprehensive")]

    assert sum(part.value for part in parts) == facts.get("programme:2021:protection").value
    assert all("part_of_another_figure" in part.cautions for part in parts)


def test_70000_is_cumulative_and_never_a_figure_of_2022(facts: Facts) -> None:
    both = facts.get("programme:2021-2022:migrants_assisted")

    assert (both.value, both.kind, both.bound) == (70_000, "cumulative", "over")
    assert "cumulative_not_one_year" in both.cautions


def test_2022_is_derived_with_over(facts: Facts) -> None:
    derived = facts.get("programme:2022:migrants_assisted")

    assert (derived.value, derived.bound, derived.kind) == (70_000 - 30_392, "over", "derived")
    assert derived.derived_from == ("programme:2021-2022:migrants_assisted", "programme:2021:migrants_assisted")
    assert "difference_of_over_and_exact" in derived.cautions


def test_120000_exceeds_the_sum_of_the_years_and_both_are_kept(facts: Facts) -> None:
    stated = facts.get("programme:2021-2023:protection")
    years = facts.get("programme:2021-2023:migrants_assisted")

    assert (stated.value, stated.as_stated, stated.kind) == (120_000, "2024-06", "cumulative")
    assert "exceeds_sum_of_years" in stated.cautions
    assert (years.value, years.bound, years.kind) == (108_862, "about", "derived")


def test_a_sum_that_agrees_is_not_called_a_contradiction() -> None:
    content = published_facts.SOURCE.read_bytes().replace(b",120000,", b",108862,")

    assert "exceeds_sum_of_years" not in parse(content).get("programme:2021-2023:protection").cautions


def test_the_satisfaction_of_seven_countries_says_so(facts: Facts) -> None:
    fact = facts.get("programme:2021:satisfaction")

    assert fact.countries == ("AFG", "EGY", "ETH", "LBN", "MLI", "MAR", "NER")
    assert "some_countries_only" in fact.cautions


def test_a_budget_of_several_years_is_not_a_running_total(facts: Facts) -> None:
    assert facts.get("programme:2021-2023:budget").kind == "published"


def test_without_its_parts_nothing_is_derived() -> None:
    assert [fact.kind for fact in parse(HEADER + GOOD).facts] == ["published"]


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (b"2O21,programme,satisfaction,82,percent,published,x", "bad_period", "neither a year nor two years"),
        (b"2023-2021,programme,satisfaction,82,percent,published,x", "bad_period", "does not end after it begins"),
        (b"2021,Programme,satisfaction,82,percent,published,x", "unknown_scope", "neither programme nor a country"),
        (b"2021,programme,satisfaction,82.5,percent,published,x", "not_a_number", "the value is not a whole number"),
        (b"2021,programme,satisfaction,-1,percent,published,x", "not_a_number", "the value is not a whole number"),
        (b"2021,programme,satisfaction,182,percent,published,x", "outside_range", "a percentage is above 100"),
        (b"2021,programme,satisfaction,82,dollars,published,x", "unknown_unit", "the unit is not one of people"),
        (b"2021,programme,satisfaction,82,percent,rumoured,x", "unknown_status", "the status is not one of"),
        (b"2021,programme,satisfaction,82,percent,published, ", "no_source", "the figure names no source"),
        (b"2021,programme,happiness,82,percent,published,x", "unknown_figure", "not in the list of what is counted"),
        (b"2021,programme,satisfaction (nearly),82,percent,published,x", "unknown_remark", "in brackets"),
        (b"2021,programme,satisfaction (as stated Juin 2024),82,percent,published,x", "unknown_remark", "the month"),
        (b"2021,programme,satisfaction (as stated June),82,percent,published,x", "unknown_remark", "the month"),
        (
            b"2021,programme,migrants helped to return,9,people,published,x",
            "duplicate",
            "an earlier line already gives",
        ),
        (b"2021,programme,satisfaction,82,percent,published", "wrong_columns", "6 columns instead of 7"),
        (b"2021,programme,satisf\xff,82,percent,published,x", "not_utf8", "not valid UTF-8"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_the_reason(line: bytes, code: str, words: str) -> None:
    parsed = parse(HEADER + GOOD + line + b"\n")

    assert [fact.code for fact in parsed.facts] == ["returns"]
    assert [(rejection.line, rejection.code) for rejection in parsed.rejections] == [(3, code)]
    assert words in parsed.rejections[0].reason


def test_a_figure_that_ends_before_its_years_do_or_counts_less_is_not_called_like_the_whole(facts: Facts) -> None:
    """Nigeria: returns up to 6 February 2024, beside years to 2024; "full" assistance is less than any."""
    codes = {fact.code: fact.value for fact in facts.facts if fact.scope == "NGA" and fact.unit == "people"}

    assert codes == {"returns_to_february_2024": 1_013, "reintegration_full": 184}


def test_synthetic_and_derived_lines_keep_their_status() -> None:
    line = b"2022,NER,migrants helped to return,40,people,synthetic,demonstration\n"

    assert parse(HEADER + line).get("NER:2022:returns").kind == "synthetic"


def test_a_file_of_another_form_is_refused_whole() -> None:
    with pytest.raises(WrongHeader):
        parse(b"year,value\n2021,5\n")
