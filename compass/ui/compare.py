"""Two people saved one record: what was typed beside what a colleague saved meanwhile, for `{% cmp %}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from compass.problems import StaleVersion
from compass.problems.words import in_a_row
from compass.ui.words import day

Rows = list[dict[str, Any]]


def is_stale(form: Any) -> bool:
    """Whether the form was refused because someone saved the record meanwhile."""
    return isinstance(getattr(form, "problem", None), StaleVersion)


def renew(form: Any, **seen: Any) -> None:
    """Let the form be saved over what it was compared with: everything typed stays, the version is the present one.

    `seen`: what the form carries instead of a version.
    """
    form.data = form.data.copy()
    for name, value in (seen or {"version": form.problem.current.version}).items():
        form.data[name] = str(value)


def rows(form: Any, saved: Mapping[str, Any]) -> Rows:
    """A row for each question that either side answered, in words; files are left out.

    saved: every question of the form with its answer, or nothing at all where nothing was saved. Raises KeyError for a
    question left out: the page would say that the colleague had not answered it.
    """
    found = []
    for bound in form.visible_fields():
        if isinstance(bound.field, forms.FileField):
            continue
        left = said(bound.field, form.cleaned_data.get(bound.name))
        right = said(bound.field, saved[bound.name] if saved else None)
        if left or right:
            found.append({"label": str(bound.label), "left": left, "right": right})
    return found


def said(field: forms.Field, value: Any) -> str:
    """An answer in words; empty for none and for a file."""
    if value is None or value == "" or isinstance(field, forms.FileField):
        return ""
    if isinstance(value, list | tuple):
        return in_a_row(said(field, each) for each in value)
    if isinstance(value, date):
        return day(value)
    plain = (_("Yes") if value else _("No")) if isinstance(value, bool) else str(value)
    if isinstance(field, forms.ChoiceField):
        shown = str(field.prepare_value(value))
        offered: Any = field.choices
        return next((str(text) for code, text in _flat(offered) if str(code) == shown), plain)
    return plain


def _flat(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for code, text in choices:
        if isinstance(text, list | tuple):
            yield from _flat(text)
        else:
            yield code, text
