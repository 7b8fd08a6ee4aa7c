from __future__ import annotations

import re
import unicodedata
import uuid
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django import forms
from django.utils import timezone, translation

import compass
from compass.ui.forms import MOST_TYPED, BaseForm, SearchForm, YesNoField, words
from compass.ui.months import month_number
from compass.ui.widgets import Radios


class Intake(BaseForm):
    name = forms.CharField(label="Given name", help_text="As said.")
    people = forms.IntegerField(min_value=1, max_value=200)
    weight = forms.DecimalField(required=False, max_digits=6, decimal_places=2)
    born = forms.DateField(label="Born", required=False)
    at = forms.DateTimeField(required=False)
    family = YesNoField(label="Telling the family")
    way = forms.ChoiceField(choices=[("call", "Call"), ("text", "Text")], widget=Radios(hints={"text": "If alone."}))
    estimate = forms.BooleanField(required=False, label="Estimate")


GOOD = {"name": "Mariam", "people": "٣", "family": "no", "way": "call"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"), timezone.override("Africa/Niamey"):
        yield


@pytest.mark.parametrize(
    ("typed", "en", "fr", "ar"),
    [
        ("12.345", "at most 2 digits behind the point", "au plus 2 chiffres après la virgule", "رقمين بعد الفاصلة"),
        ("1234567", "at most 6 digits", "d’au plus 6 chiffres", "من 6 أرقام على الأكثر"),
        ("12345", "at most 4 digits before the point", "au plus 4 chiffres avant la virgule", "4 أرقام قبل الفاصلة"),
        ("twelve", "a number in digits", "un nombre en chiffres", "عددًا بالأرقام"),
    ],
)
def test_a_number_that_is_too_long_says_what_to_write(typed, en, fr, ar):
    for language, asks in (("en", en), ("fr", fr), ("ar", ar)):
        with translation.override(language):
            (said,) = Intake({**GOOD, "weight": typed}).errors["weight"]
        assert asks in said and "Ensure" not in said and "Assurez" not in said, said


def test_it_works():
    form = Intake({**GOOD, "weight": "١٢٫٥", "born": "1999-5-2", "at": "2026-11-22 09:30"})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["people"] == 3
    assert str(form.cleaned_data["weight"]) == "12.5"
    assert form.cleaned_data["born"] == date(1999, 5, 2)
    assert form.cleaned_data["at"].astimezone(UTC) == datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
    assert form.cleaned_data["family"] is False


def test_a_date_of_three_parts_in_arabic_digits_is_read():
    form = Intake({**GOOD, "born_day": "٢", "born_month": "۵", "born_year": "١٩٩٩"})

    assert form.is_valid()
    assert form.cleaned_data["born"] == date(1999, 5, 2)


def test_a_moment_of_four_parts_is_read_in_the_offices_time():
    form = Intake({**GOOD, "at_day": "3", "at_month": "4", "at_year": "2026", "at_time": "09:00"})

    assert form.is_valid()
    assert form.cleaned_data["at"].astimezone(UTC) == datetime(2026, 4, 3, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "parts",
    [("31", "2", "1999"), ("", "5", "1999"), ("1", "1", "99"), ("x", "y", "z"), ("1-2", "3", "2000"), ("0", "0", "0")],
)
def test_a_wrong_date_is_refused_and_every_part_stays_on_the_screen(parts):
    day, month, year = parts
    form = Intake({**GOOD, "born_day": day, "born_month": month, "born_year": year})

    assert not form.is_valid()
    shown = form["born"].as_widget()
    for typed in parts:
        assert f'value="{typed.replace("-", "/")}"' in shown or typed == ""


def test_an_initial_date_is_shown_in_its_parts():
    shown = Intake(initial={"born": date(1999, 5, 2), "at": datetime(2026, 4, 3, 8, 0, tzinfo=UTC)}).as_div()

    assert re.search(r'name="born_month" value="5"', shown)
    assert re.search(r'name="at_time" value="09:00"', shown)


def test_the_key_is_fresh_on_each_page_and_kept_when_the_page_is_shown_again():
    first, second = str(Intake()["key"].value()), str(Intake()["key"].value())
    again = Intake({"key": first})

    assert first != second
    assert uuid.UUID(first).version == 4
    assert first in str(again["key"])
    assert not again.is_valid()
    assert again.cleaned_data["key"] == uuid.UUID(first)


@pytest.mark.parametrize("damaged", ["", "x", "1234"])
def test_a_damaged_key_never_stands_in_the_way(damaged):
    form = Intake({**GOOD, "key": damaged})

    assert form.is_valid()
    assert isinstance(form.cleaned_data["key"], uuid.UUID)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2026-11-22T09:30:00Z", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("2026-11-22T09:30:00", datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
        ("yesterday", None),
        ("2026-13-45T99:00", None),
        ("", None),
    ],
)
def test_the_time_of_the_act_is_aware_or_left_open(sent, meant):
    form = Intake({**GOOD, "occurred_at": sent})

    assert form.is_valid()
    assert form.cleaned_data["occurred_at"] == meant


def test_yes_and_no_are_equal_and_neither_is_chosen():
    shown = Intake()["family"].as_field_group()

    assert shown.count('type="radio"') == 2
    assert "checked" not in shown
    assert '<fieldset class="yn"' in shown


def test_no_answer_is_not_a_no():
    form = Intake({**GOOD, "family": ""})

    assert "Answer yes or no. No answer is not a no." in form.errors["family"]


def test_errors_stand_between_label_and_field_and_the_field_points_to_them():
    shown = Intake({**GOOD, "people": "many"})["people"].as_field_group()

    assert re.search(r"<label.*id_people_error.*<input", shown, re.S)
    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_people_error"' in shown
    assert 'value="many"' in shown


def test_the_summary_links_to_a_place_that_exists():
    shown = str(Intake({"name": "Mariam"}))

    targets = re.findall(r'href="#([^"]+)"', shown)
    assert targets == ["id_people", "id_family", "id_way"]
    for target in targets:
        assert f'id="{target}"' in shown
    assert "3 answers need another look" in shown


def test_an_untouched_form_has_no_summary():
    assert 'role="alert"' not in str(Intake())


def test_hints_of_choices_and_fields_are_shown():
    shown = str(Intake())

    assert '<span class="hint">If alone.</span>' in shown
    assert 'aria-describedby="id_name_helptext"' in shown


def test_what_is_typed_is_escaped():
    shown = str(Intake({**GOOD, "people": "", "name": '"><script>x</script>'}))

    assert "<script>" not in shown


def test_a_search_has_no_key():
    class Filter(SearchForm):
        risk = forms.CharField(required=False)

    assert list(Filter().fields) == ["risk"]


def test_text_takes_its_own_direction_and_machines_do_not_remember_it():
    shown = Intake()["name"].as_widget()

    assert 'dir="auto"' in shown
    assert 'autocomplete="off"' in shown


@pytest.mark.parametrize("typed", ["deux", "1,5", "12 personnes"])
def test_what_is_no_whole_number_is_answered_with_what_to_write(typed):
    class Many(BaseForm):
        people = forms.IntegerField()

    with translation.override("fr"):
        said = str(Many({"people": typed})["people"].errors)

    assert "chiffres" in said and "Saisissez" not in said


def test_a_browser_cuts_nothing_and_the_server_says_how_much_is_too_much():
    class Story(BaseForm):
        name = forms.CharField(max_length=120)
        told = words("Story", most=300)

    typed = {"name": "é" * 121, "told": "a" * 340}

    form = Story(typed)

    assert set(re.findall(r'maxlength="(\d+)"', str(form))) == {str(MOST_TYPED)}
    assert [str(form.errors[name][0]).split(":")[0] for name in typed] == [
        "This is 1 character too long",
        "This is 40 characters too long",
    ]
    assert all(text in str(form) for text in typed.values())
    with translation.override("ar"):
        assert "40 حرفًا" in str(Story(typed).errors["told"])


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        *[("février", 2), ("FEV.", 2), ("févr.", 2), ("août", 8), ("Juin", 6), ("sept", 9), ("march", 3), ("Mar", 3)],
        *[("فبراير", 2), ("فيفري", 2), ("شباط", 2), ("تشرين الثاني", 11), ("ابريل", 4), ("أبريل", 4), ("آب", 8)],
        *[("٢", 2), ("02", 2)],
    ],
)
def test_a_month_may_be_named(typed, month):
    form = Intake({**GOOD, "born_day": "3", "born_month": typed, "born_year": "1999"})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == date(1999, month, 3)
    assert "maxlength" not in str(form["born"])


@pytest.mark.parametrize(
    ("day", "month", "year"), [("2 ou 3", "4", "1999"), ("5", "OCTOBRO", "1999"), ("5", "4", "1998 ou 1999")]
)
@pytest.mark.parametrize("field", ["born", "at"])
def test_words_inside_a_part_of_a_date_stay_in_their_part(field, day, month, year):
    form = Intake({**GOOD, f"{field}_day": day, f"{field}_month": month, f"{field}_year": year, "at_time": "09:00"})

    assert field in form.errors
    shown = str(form[field]).replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")
    for part, typed in (("day", day), ("month", month), ("year", year)):
        assert re.search(rf'name="{field}_{part}" value="{typed}"', shown), part


@pytest.mark.parametrize("typed", ["jui", "ju", "tabaski", "تشرين", "13"])
def test_a_month_that_could_be_any_is_refused_and_stays(typed):
    form = Intake({**GOOD, "born_day": "3", "born_month": typed, "born_year": "1999"})

    assert "born" in form.errors
    assert f'value="{typed}"' in str(form["born"])


def test_a_long_text_is_no_month_and_is_not_taken_apart(monkeypatch):
    taken: list[int] = []
    normalize = unicodedata.normalize
    monkeypatch.setattr(unicodedata, "normalize", lambda form, text: taken.append(len(text)) or normalize(form, text))

    assert month_number("\ufdfa" * 100_000) is None and taken == []
    assert month_number("février") == 2 and taken == [7]


PACKAGE = Path(compass.__file__).parent


def bubbling(source: str) -> list[str]:
    """Forms that the browser checks, in words of its own language."""
    return [tag for tag in re.findall(r"<form\b(?:\{%.*?%\}|\{\{.*?\}\}|[^>])*>", source) if "novalidate" not in tag]


def test_the_server_says_what_is_missing_in_the_readers_language_and_the_browser_nothing():
    assert bubbling('<form method="post" data-x="{% if a > b %}1{% endif %}"><form novalidate>') == [
        '<form method="post" data-x="{% if a > b %}1{% endif %}">'
    ]

    templates = sorted(PACKAGE.rglob("*.html"))
    assert len(templates) > 100
    assert {path.name: found for path in templates if (found := bubbling(path.read_text()))} == {}


def test_a_number_beyond_its_limits_is_answered_in_the_words_of_the_house():
    class Counted(BaseForm):
        people = forms.IntegerField(min_value=1, max_value=9)
        cost = forms.DecimalField()

    few, many = Counted({"people": "0", "cost": "x"}), Counted({"people": "12"})

    with translation.override("fr"):
        assert few.errors["people"] == ["Écrivez 1 ou plus."]
        assert few.errors["cost"] == ["Écrivez un nombre en chiffres, par exemple 12,50."]
        assert many.errors["people"] == ["Écrivez 9 ou moins."]
