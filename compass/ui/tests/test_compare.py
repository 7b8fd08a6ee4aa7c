"""Two versions of one record: nothing is said of a colleague that nobody looked up."""

from __future__ import annotations

import pytest
from django import forms

from compass.ui.compare import rows


class Asked(forms.Form):
    place = forms.CharField(label="Place")
    remark = forms.CharField(label="Remark", required=False)
    photo = forms.FileField(label="Photo", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


@pytest.fixture
def form():
    asked = Asked({"place": "Agadez", "remark": ""})
    assert asked.is_valid()
    return asked


def test_a_row_for_each_question_that_either_side_answered(form):
    assert rows(form, {"place": "Zinder", "remark": ""}) == [{"label": "Place", "left": "Agadez", "right": "Zinder"}]
    assert [row["right"] for row in rows(form, {"place": "Zinder", "remark": "later"})] == ["Zinder", "later"]


def test_a_question_that_was_not_looked_up_is_no_empty_answer(form):
    with pytest.raises(KeyError, match="remark"):
        rows(form, {"place": "Zinder"})


def test_where_nothing_was_saved_every_answer_of_the_other_side_is_empty(form):
    assert rows(form, {}) == [{"label": "Place", "left": "Agadez", "right": ""}]
