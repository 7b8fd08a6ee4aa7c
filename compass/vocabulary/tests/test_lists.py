"""Every list is complete, in three languages, and says where it comes from."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from django.utils.translation import override

from compass.problems import UnknownCode
from compass.vocabulary import (
    LANGUAGES,
    all_known,
    code_list,
    known,
    label_of,
    list_ids,
    standards,
    timelines,
)
from compass.vocabulary.codes import Code, parse_list
from compass.vocabulary.files import DATA

ARABIC = re.compile(r"[\u0600-\u06ff]")
FILES = sorted(DATA.rglob("*.json"))
# Names of languages and countries that French writes as English does.
SAME_IN_FRENCH = {"countries", "languages"}


def rows(path):
    return json.loads(path.read_text(encoding="utf-8")).get("codes", [])


@pytest.mark.parametrize("list_id", list_ids())
def test_a_list_says_its_version_and_source_and_repeats_no_code(list_id):
    codes = code_list(list_id)

    assert codes.id == list_id
    assert date.fromisoformat(codes.version)
    assert codes.source
    assert len(codes) > 0
    assert [value for value, count in Counter(codes.values).items() if count > 1] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_label_is_there_in_three_languages(path):
    for row in rows(path):
        texts = [row["labels"]] + [row[key] for key in ("descriptions", "capital") if key in row]
        for labels in texts:
            assert set(labels) == set(LANGUAGES), row
            assert all(text.strip() == text and text for text in labels.values()), row
            assert ARABIC.search(labels["ar"]), row


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.stem not in SAME_IN_FRENCH and path.parent.stem != "areas"],
    ids=lambda path: path.stem,
)
def test_french_is_not_the_english_text(path):
    # International words that French and English share.
    shared = {"Conflit", "Consultation", "Admission", "Transport", "Placement"}
    for row in rows(path):
        assert row["labels"]["fr"] != row["labels"]["en"] or row["labels"]["fr"] in shared, row


def test_every_list_can_be_shown_in_every_language():
    for language in LANGUAGES:
        with override(language):
            for list_id in list_ids():
                assert all(str(label) for _, label in code_list(list_id).choices())


def test_a_label_follows_the_language_of_the_reader():
    lazy = dict(code_list("risk_level").choices())["high"]

    with override("fr"):
        assert str(lazy) == "Élevé"
    with override("ar"):
        assert str(lazy) == "مرتفع"
        assert label_of("risk_level", "high") == "مرتفع"
    with override("en"):
        assert str(lazy) == "High"


def test_an_unknown_list_or_code_is_refused_by_name():
    with pytest.raises(KeyError, match="no_such_list"):
        code_list("no_such_list")
    with pytest.raises(KeyError, match="not the id"):
        code_list("../programme")
    with pytest.raises(KeyError, match=r"sex.*nothing"):
        code_list("sex").require("nothing")
    assert code_list("sex").get("nothing") is None
    assert code_list("sex").get(None) is None
    assert "female" in code_list("sex")


def test_a_missing_translation_is_an_error_and_not_english():
    document = {
        "id": "x",
        "version": "2026-01-01",
        "source": "s",
        "provisional": False,
        "codes": [{"value": "a", "labels": {"en": "A", "ar": "أ"}}],
    }

    with override("fr"), pytest.raises(KeyError):
        str(parse_list(document).require("a"))


def test_a_code_is_offered_only_while_it_is_valid():
    codes = code_list("programme_priority")

    assert codes.choices(on=date(2023, 12, 31)) == []
    assert len(codes.choices(on=date(2024, 1, 1))) == 3


def test_inferred_codes_are_marked():
    assert code_list("screening_result").provisional
    assert code_list("risk_level").require("not_assessed").provisional
    assert not code_list("risk_level").require("high").provisional
    assert code_list("declaration_statement").provisional
    assert standards().require("CM-25").provisional


def test_age_bands_cover_each_age_once():
    bands = [band for band in code_list("age_band") if not band.extra.get("coarse")]

    for age in range(110):
        inside = [b for b in bands if b.extra["from"] <= age and (b.extra["to"] is None or age <= b.extra["to"])]
        assert len(inside) == 1
        assert inside[0].extra["child"] is (age < 18)


def test_services_name_their_class_unit_and_minimum_fields():
    classes, units = code_list("service_class"), code_list("service_unit")

    assert len(code_list("service")) == 41
    for service in code_list("service"):
        assert all(value in classes for value in service.extra["service_class"])
        assert all(value in units for value in service.extra["unit"]), service.value
        assert isinstance(service.extra["minimum_fields"], list)
    assert all(kind.extra["service"] in code_list("service") for kind in code_list("group_activity_kind"))


def test_the_seven_items_of_information_are_there():
    assert len(code_list("consent_information")) == 7


def test_all_standards_of_the_specification_are_there_with_severity_and_tag():
    values = standards().values

    assert [v for v in values if v.startswith("CM-")] == [f"CM-{n:02}" for n in range(1, 36)]
    assert [v for v in values if v.startswith("BIP-")] == [f"BIP-{n:02}" for n in range(1, 13)]
    assert sum(v.startswith("R-") for v in values) == 35
    for rule in standards():
        assert rule.extra["severity"] in code_list("standard_severity")
        assert rule.extra["tag"] in {"S", "K", "I"}
        assert rule.provisional is (rule.extra["tag"] == "I")


def test_time_limits_grow_as_risk_falls_and_unrated_risk_counts_as_high():
    for limit in timelines().values():
        assert set(limit.hours) == set(limit.tags) == set(code_list("risk_level").values)
        known = [limit.hours[level] for level in ("high", "medium", "low") if limit.hours[level] is not None]
        assert known == sorted(known)
        assert limit.hours["not_assessed"] == limit.hours["high"]
    assert timelines()["first_response"].hours == {"high": 24, "medium": 72, "low": 168, "not_assessed": 24}


class TestSustainabilitySurvey:
    items = code_list("rss_item")

    def in_dimension(self, name: str) -> list[Code]:
        return [item for item in self.items if item.extra["dimension"] == name]

    def test_it_has_32_items_in_three_dimensions(self):
        assert len(self.items) == 32
        assert [len(self.in_dimension(d)) for d in code_list("reintegration_dimension").values] == [10, 11, 11]
        assert [item.extra["question"] for item in self.items] == list(range(1, 33))

    def test_its_scored_items_are_nine_eleven_and_nine(self):
        scored = [
            sum(item.extra["scored"] for item in self.in_dimension(d))
            for d in code_list("reintegration_dimension").values
        ]

        assert scored == [9, 11, 9]

    def test_its_weights_sum_to_one_in_each_dimension_and_in_all(self):
        for dimension in code_list("reintegration_dimension").values:
            assert sum(Fraction(item.extra["weight_dimension"]) for item in self.in_dimension(dimension)) == 1
        assert sum(Fraction(item.extra["weight_composite"]) for item in self.items) == 1
        assert all((Fraction(item.extra["weight_composite"]) > 0) is item.extra["scored"] for item in self.items)

    def test_it_is_marked_provisional_throughout(self):
        assert all(item.provisional and item.extra["weight_set"] == "PROV-EQ-1" for item in self.items)

    def test_every_answer_set_exists_and_scores_lie_between_nought_and_one(self):
        sets = code_list("rss_answer_set")
        for item in self.items:
            answers = sets.require(item.extra["answer_set"])
            if answers.extra["kind"] == "text":
                continue
            options = code_list(answers.extra["option_list"])
            scores = [option.extra["score"] for option in options]
            assert all(score is None or 0 <= Decimal(score) <= 1 for score in scores)
            assert all(options.require(code).extra["score"] is None for code in ("NR", "DK") if code in options)

    def test_its_bands_leave_no_gap(self):
        bands = list(code_list("rss_band"))

        assert Decimal(bands[0].extra["from"]) == 0
        for lower, upper in pairwise(bands):
            assert lower.extra["below"] == upper.extra["from"]
        assert bands[-1].extra["below"] is None


def test_a_value_that_no_list_has_is_refused_in_words():
    assert known("risk_level", "high") == "high"
    all_known("risk_level", ["high", "low"])

    with pytest.raises(UnknownCode):
        known("risk_level", "extreme")
    with pytest.raises(UnknownCode):
        all_known("risk_level", ["high", "extreme"])
