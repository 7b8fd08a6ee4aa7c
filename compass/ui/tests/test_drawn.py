"""What is drawn in Python says what Django's own template would say, and escapes what it shows."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test import SimpleTestCase

from compass.ui.drawn import DRAWN
from compass.ui.forms import CompassRenderer
from compass.ui.widgets import Boxes, DateParts, Radios, YesNo

BAD = '"><script>&'
CHOICES: Any = [("", "Choose"), ("A", [(1, BAD), (BAD, "Two")]), ("b", "Three")]
SAME = [
    (forms.Select(choices=CHOICES), "b"),
    (forms.Select({"class": BAD, "required": True, "disabled": False}, choices=CHOICES), BAD),
    (forms.SelectMultiple(choices=CHOICES), ["1", "b"]),
    (forms.TextInput({"data-x": BAD, "maxlength": 4}), BAD),
    (forms.TextInput(), None),
    (forms.NumberInput({"min": 0}), 3),
    (forms.HiddenInput(), BAD),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(), False),
]


def equal(first: str, second: str) -> None:
    SimpleTestCase().assertHTMLEqual(first, second)


@pytest.mark.parametrize(("widget", "value"), SAME, ids=lambda each: type(each).__name__)
def test_the_markup_is_that_of_djangos_template(widget, value):
    ours = widget.render("field", value, {"id": "id_field"}, CompassRenderer())

    equal(ours, widget.render("field", value, {"id": "id_field"}, DjangoTemplates()))
    assert BAD not in ours


def test_the_comparison_sees_a_difference():
    with pytest.raises(AssertionError):
        equal(forms.TextInput().render("a", "1", {}, CompassRenderer()), forms.TextInput().render("a", "2", {}))


@pytest.mark.parametrize("kind", [Radios, Boxes])
def test_each_choice_stands_in_its_label_with_its_hint(kind):
    drawn = kind(choices=CHOICES, hints={"b": BAD}).render("field", ["b"], {"class": "wide"}, CompassRenderer())

    assert drawn.startswith('<div class="choices wide">')
    assert drawn.count('<label class="choice">') == drawn.count("<input") == 4
    assert drawn.count("checked") == 1
    assert '<span class="hint">&quot;&gt;&lt;script&gt;&amp;</span>' in drawn
    assert '<fieldset><legend class="group">A</legend>' in drawn
    assert BAD not in drawn


def test_yes_and_no_stand_in_a_row():
    drawn = YesNo(choices=[("yes", "Yes"), ("no", BAD)]).render("field", "no", {"id": "x"}, CompassRenderer())

    equal(
        drawn,
        '<div class="row"><label class="choice"><input type="radio" name="field" value="yes" id="x_0" class="wide">'
        '<span>Yes</span></label><label class="choice"><input type="radio" name="field" value="no" id="x_1" checked'
        ' class="wide"><span>&quot;&gt;&lt;script&gt;&amp;</span></label></div>'.replace(' class="wide"', ""),
    )


def test_a_part_of_a_date_stands_below_its_label():
    drawn = DateParts().render("day", f"2026-11-{BAD}", {"id": "id_day"}, CompassRenderer())

    assert drawn.count("<label>") == drawn.count("<br><input") == 3
    assert 'name="day_year" value="2026"' in drawn
    assert BAD not in drawn


def test_every_widget_that_is_drawn_here_is_tried_above():
    kinds = [*(each for each, _ in SAME), Radios(), Boxes(), YesNo(), DateParts()]

    assert {kind.template_name for kind in kinds} >= DRAWN.keys()
