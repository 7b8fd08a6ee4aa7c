"""The countries, areas, nationalities and languages of the programme, and its facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.translation import override

from compass.vocabulary import (
    area,
    areas,
    code_list,
    countries,
    country,
    in_order,
    language,
    languages,
    nationalities,
    programme,
)

AREAS = {
    "AF": 34,
    "DZ": 58,
    "TD": 23,
    "EG": 27,
    "ET": 13,
    "IQ": 19,
    "LB": 8,
    "LY": 22,
    "ML": 11,
    "MA": 12,
    "NE": 8,
    "NG": 37,
    "SD": 18,
    "TN": 24,
}


def test_fourteen_countries_of_which_twelve_from_the_start():
    assert len(countries()) == 14
    assert len(countries(on=date(2021, 6, 1))) == 12
    assert {c.alpha2 for c in countries() if c.phase == 2} == {"DZ", "SD"}


@pytest.mark.parametrize(("alpha2", "count"), AREAS.items())
def test_each_country_has_its_first_level_areas(alpha2, count):
    rows = areas(alpha2)

    assert len(rows) == len({row.code for row in rows}) == count
    for row in rows:
        assert row.code.startswith(f"{alpha2}-")
        assert row.kind in code_list("area_kind")
        assert not row.parent or area(row.parent).country == alpha2
        assert len({other.labels["ar"] for other in rows}) == count


def test_an_area_and_a_country_are_named_in_the_reader_s_language():
    with override("ar"):
        assert area("NE-7").label == "زندر"
        assert country("NE").label == "النيجر"
    with override("fr"):
        assert area("EG-C").label == "Le Caire"


def test_what_is_no_place_of_the_programme_is_refused():
    for ask in (lambda: country("NL"), lambda: areas("NL"), lambda: area("NL-NH"), lambda: area("NE-99")):
        with pytest.raises(KeyError):
            ask()


def test_nationalities_are_all_of_iso_3166_and_three_codes_for_none_claimed_none_and_not_known():
    names = nationalities()

    assert len(names) == 249 + 3
    assert "XK" not in names
    assert "EU" not in names
    for code in names:
        assert all(code.labels[tag] for tag in ("en", "fr", "ar")), code.value
    for one in countries():
        assert one.alpha2 in names


def test_languages_of_a_country_come_first_and_know_their_direction():
    assert {row.code for row in languages("NE")[:3]} <= {row.code for row in languages() if "NE" in row.countries}
    assert len({row.code for row in languages()}) == len(languages()) >= 50
    assert {language(code).direction for code in ("ar", "fa", "prs", "ps", "ckb")} == {"rtl"}
    assert language("ha").direction == "ltr"
    with pytest.raises(KeyError):
        language("xx")


def test_the_programme_has_its_phases_areas_levels_and_priorities():
    facts = programme()
    first, second = facts.phases

    assert (first.starts, first.ends, first.budget_eur) == (date(2021, 1, 1), date(2023, 12, 31), Decimal(55_000_000))
    assert (second.starts, second.ends, second.budget_eur) == (date(2024, 1, 1), date(2027, 12, 31), None)
    assert (len(first.countries), len(second.countries)) == (12, 14)
    assert [len(x) for x in (facts.areas_of_work, facts.levels, facts.priorities, facts.themes)] == [8, 3, 3, 6]
    for texts in (facts.names, facts.descriptions, first.labels, second.labels):
        assert len({texts[tag] for tag in ("en", "fr", "ar")}) == 3
    for code in (*facts.areas_of_work, *facts.levels, *facts.priorities, *facts.themes, *facts.partners):
        assert len({code.descriptions[tag] for tag in ("en", "fr", "ar")}) == 3


def test_filters_show_labels_and_never_break_a_page():
    page = Template(
        '{% load vocabulary %}{{ risk|label:"risk_level" }}|{{ c|country_name }}|{{ n|country_name }}|'
        '{{ a|area_name }}|{{ l|language_name }}|{{ n|nationality_name }}|{{ none|label:"sex" }}|{{ odd|label:"sex" }}'
    )

    with override("fr"):
        text = page.render(
            Context({"risk": "high", "c": "NE", "n": "CM", "a": "NG-ED", "l": "ha", "none": None, "odd": "retired"})
        )

    assert text == "Élevé|Niger|Cameroun|Edo|Haoussa|Cameroun||retired"


@pytest.mark.parametrize(
    "names",
    [
        ["Égypte", "Espagne", "Estonie", "Eswatini", "États-Unis", "Éthiopie", "Îles Cook", "Inde", "Tchéquie"],
        ["Åland", "Albania", "Côte d’Ivoire", "Cuba", "Türkiye", "Uganda"],
    ],
)
def test_names_are_in_the_order_in_which_a_reader_looks_for_them(names):
    assert sorted(sorted(names), key=in_order) == names
