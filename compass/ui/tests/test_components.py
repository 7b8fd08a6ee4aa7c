from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

from compass.problems.catalogue import Denied
from compass.ui import parts
from compass.ui.forms import BaseForm

NOW = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"), timezone.override("Africa/Niamey"):
        yield


def shown(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


def test_the_ring_fills_with_the_time_used():
    start, due_at = NOW - timedelta(hours=6), NOW + timedelta(hours=18)

    assert parts.used(due_at, NOW, start) == pytest.approx(0.25)
    assert parts.used(due_at, start - timedelta(days=1), start) == 0
    assert parts.used(due_at, due_at + timedelta(seconds=1), start) == 1
    assert parts.used(due_at, due_at, start) < 1


def test_without_a_start_the_ring_is_the_last_seven_days():
    assert parts.used(NOW + timedelta(days=7), NOW) == 0
    assert parts.used(NOW + timedelta(days=3.5), NOW) == pytest.approx(0.5)
    assert parts.used(NOW + timedelta(days=90), NOW) == 0
    assert parts.used(NOW - timedelta(minutes=1), NOW) == 1


def test_a_start_after_the_deadline_is_not_believed():
    assert parts.used(NOW + timedelta(days=3.5), NOW, NOW + timedelta(days=9)) == pytest.approx(0.5)


@pytest.mark.parametrize("share", [0.02, 0.25, 0.5, 0.75, 0.97])
def test_the_dot_lies_on_the_ring(share):
    drawing = parts.ring(share, "due")

    ((x, y),) = ((float(x), float(y)) for x, y in re.findall(r'class="d" cx="([\d.]+)" cy="([\d.]+)"', drawing))
    assert math.hypot(x - 12, y - 12) == pytest.approx(9, abs=0.1)
    assert math.atan2(x - 12, 12 - y) % (2 * math.pi) == pytest.approx(2 * math.pi * share, abs=0.02)


def test_a_late_dial_is_a_closed_ring_with_words():
    html = shown("{% dial due_at now %}", due_at=NOW - timedelta(hours=16, minutes=12), now=NOW)

    assert 'class="dial bad"' in html
    assert "<b>16 h late</b> · was due yesterday at 17:00" in html
    assert "<path" not in html


def test_nothing_due_is_nothing_shown():
    assert shown("{% dial due_at %}", due_at=None) == ""


@pytest.mark.parametrize(
    ("level", "kind", "words", "off"),
    [("high", "bad", "High risk", 0), ("medium", "due", "Medium risk", 1), ("low", "soft", "Low risk", 2)],
)
def test_risk_is_a_shape_and_a_word(level, kind, words, off):
    html = shown("{% risk level %}", level=level)

    assert f'class="risk {kind}"' in html
    assert words in html
    assert html.count('class="off"') == off


@pytest.mark.parametrize("level", ["", None, "not_assessed", "<b>"])
def test_any_other_risk_is_not_set(level):
    assert "Risk not set" in shown("{% risk level %}", level=level)


def test_codes_and_standards_are_kept_left_to_right():
    assert shown("{% code '7K4M-29XD' %}") == '<bdi class="code">7K4M-29XD</bdi>'
    assert shown("{% std 'CM-10' %}") == '<bdi class="std">CM-10</bdi>'


def test_legs_are_said_in_words():
    html = shown("{% legs 6 8 'Implementation' %}")

    assert "Stage 6 of 8: Implementation" in html
    assert html.count('class="on"') == 5
    assert html.count('class="at"') == 1
    assert html.count("<li") == 8
    assert "Step 2 of 6" in shown("{% legs 2 6 %}")


def test_a_panel_that_stops_is_announced():
    html = shown("{% panel 'bad' title='No' std='CM-16' %}<p>{{ why }}</p>{% endpanel %}", why="<why>")

    assert (
        html == '<div class="panel bad" role="alert"><h2>No <bdi class="std">CM-16</bdi></h2><p>&lt;why&gt;</p></div>'
    )


def test_an_unknown_kind_is_plain():
    assert 'class="panel "' in shown("{% panel 'loud' %}x{% endpanel %}")
    assert 'class="chip "' in shown("{% chip 'x' 'loud' %}")


def test_a_problem_says_what_what_next_and_its_number():
    html = shown("{% problem problem %}", problem=Denied())

    assert "P-1001" in html
    assert Denied().what_next in html


def test_a_seal_is_closed_until_someone_asks():
    html = shown("{% seal 'Name' %}<p>form</p>{% endseal %}")

    assert '<details class="seal"><summary>Name</summary>' in html


def test_the_route_marks_late_now_and_ahead():
    steps = [{"title": "Done"}, {"title": "Late", "state": "late", "std": "CM-16"}, {"title": "Next", "state": "ahead"}]
    html = shown("{% route steps %}", steps=steps)

    assert re.findall(r'<li class="(\w*)">', html) == ["", "late", "ahead"]
    assert "<b>Next</b>" not in html


def test_facts_say_when_something_is_not_recorded():
    html = shown("{% facts pairs %}", pairs=[("Yes to", "<all>"), ("Until", None), ("People", 0)])

    assert "&lt;all&gt;" in html
    assert html.count("not recorded") == 1
    assert "<dd>0</dd>" in html


def test_two_versions_say_same_close_or_differs():
    rows = [
        {"label": "Year", "left": 1999, "right": 1998, "state": "close"},
        {"label": "Sex", "left": "f", "right": "f"},
        {"label": "With", "left": "child", "right": None},
    ]
    html = shown("{% cmp rows 'Yours' 'Theirs' %}", rows=rows)

    assert re.findall(r"(same|close|differs)</span>", html) == ["close", "same", "differs"]


def test_a_table_names_its_cells_for_the_phone():
    html = shown("{% cards heads rows %}", heads=["Case", "Risk"], rows=[("A", "high"), ("B", "low")])

    assert html.count('data-l="Risk"') == 2
    assert html.count('scope="row"') == 2


def test_pages_by_keyset_keep_what_was_asked():
    request = RequestFactory().get("/", {"risk": "high", "before": "old"})
    html = shown("{% pager after='7K4M' first=True %}", request=request)

    assert "?risk=high&amp;after=7K4M" in html
    assert 'href="?risk=high"' in html
    assert "before=" not in html


def test_no_more_pages_is_no_pager():
    assert shown("{% pager %}").strip() == ""


def test_a_figure_says_date_source_and_method():
    html = shown("{% figure_note date 'Registrations' 'People once.' '± 3' %}", date=NOW)

    assert re.sub(r"\s+", " ", html).strip().startswith('<p class="src">Counted: Tue 24 Nov. Source: Registrations.')
    assert "People once. ± 3" in html


def test_the_work_list_fills_only_what_cannot_wait():
    items = [
        {
            "code": "7K4M-29XD",
            "title": "Contact",
            "std": "CM-16",
            "due_at": NOW - timedelta(hours=1),
            "url": "/a",
            "action": "A",
        },
        {"code": "X2RB-47LE", "title": "Review", "due_at": NOW + timedelta(days=3), "url": "/b", "action": "B"},
    ]
    html = shown("{% work items now %}", items=items, now=NOW)

    assert '<a class="btn" href="/a">A</a>' in html
    assert '<a class="btn quiet" href="/b">B</a>' in html
    assert html.count("<li>") == 2
    assert "Risk not set" in html


def test_the_hidden_fields_are_there_for_a_form_laid_out_by_hand():
    class Small(BaseForm):
        name = forms.CharField()

    html = shown("{% hidden form %}", form=Small())

    assert html.count('type="hidden"') == 2
    assert "id_name" not in html
