"""Days are said by the house's own words: a filter would write "1 mars" and lose the reading of the language."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

import compass
from compass.ui import words

PACKAGE = Path(compass.__file__).parent
#: A format that names a day of the month or of the week.
FILTER = re.compile(r"""\|date:(["'])[^"']*[jdlDSNzwR][^"']*\1""")
CALL = re.compile(r"""date_format\([^\n]*["'][^"']*[jdlDS][^"']*["']\)""")


def by_hand(text: str) -> list[str]:
    return [found.group() for pattern in (FILTER, CALL) for found in pattern.finditer(text)]


@pytest.mark.parametrize("text", ['{{ a|date:"j F Y" }}', "{{ a|date:'l j F' }}", 'date_format(a, "j F Y")'])
def test_the_control_is_found(text):
    assert by_hand(text)


def test_no_page_writes_a_day_by_itself():
    pages = [path for kind in ("html", "txt", "py") for path in PACKAGE.rglob(f"*.{kind}") if "tests" not in path.parts]

    found = {str(path.relative_to(PACKAGE)): by_hand(path.read_text()) for path in pages}

    assert {path: said for path, said in found.items() if said} == {}


@pytest.mark.parametrize(
    ("language", "form", "said"),
    [
        ("fr", "year", "1er mars 2026"),
        ("fr", "long", "dimanche 1er mars"),
        ("en", "year", "1 March 2026"),
        ("ar", "year", "1 مارس 2026"),
    ],
)
def test_a_day_that_is_kept_has_its_year_and_a_heading_its_weekday(language, form, said):
    with translation.override(language):
        assert words.day(date(2026, 3, 1), form=form) == said


def test_a_moment_in_utc_is_said_by_the_day_there():
    at = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)

    with translation.override("fr"):
        assert Template("{% load ui %}{% moment_utc at %}").render(Context({"at": at})) == "1er mars 2026, 00:30"
