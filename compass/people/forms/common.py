"""What the forms of this room share."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from compass.access.codes import clean_code
from compass.people.models import Person
from compass.problems.words import in_a_row
from compass.ui.forms import CHOOSE, BaseForm
from compass.ui.widgets import Boxes, Radios
from compass.vocabulary import code_list, in_order, languages, nationalities
from compass.vocabulary.places import countries


def shown(form: type[BaseForm]) -> dict[str, forms.Field]:
    """The questions that a form puts to the person, by name."""
    return {name: field for name, field in form.base_fields.items() if not field.widget.is_hidden}


def answered(form: BaseForm, apart: Collection[str] = ()) -> dict[str, Any]:
    """What was answered to every question of a valid form but those `apart`; empty answers are left out."""
    told = {name: form.cleaned_data[name] for name in shown(type(form)) if name not in apart}
    return {name: value for name, value in told.items() if value not in ("", None)}


def listed(list_id: str, *first: tuple[str, Any]) -> Callable[[], list[tuple[str, Any]]]:
    """Choices of a form field from a code list, read when the form is made; `first` come before them."""

    def choices() -> list[tuple[str, Any]]:
        return [*first, *code_list(list_id).choices()]

    return choices


def language_choices(country: str, *, empty: Any = None, only: Collection[str] = ()) -> list[Any]:
    """The programme's languages, those spoken in the country first and in a group of their own; `only` these codes."""
    here: list[tuple[str, Any]] = []
    others: list[tuple[str, Any]] = []
    for row in languages(country):
        if not only or row.code in only:
            (here if country in row.countries else others).append((row.code, row.lazy_label))
    both = [(_("Languages spoken here"), here), (_("Other languages"), others)]
    return [*([("", empty)] if empty is not None else []), *(both if here and others else here or others)]


def tongue_choices() -> list[tuple[str, Any]]:
    """Every language of the programme, in the reader's alphabet; it may stay open."""
    return [("", "—"), *sorted(((row.code, row.label) for row in languages()), key=lambda row: in_order(row[1]))]


def nationality_choices() -> list[Any]:
    """Not determined and stateless, the programme's countries, then every other one, in the reader's alphabet."""
    own = {row.alpha2 for row in countries()}
    special = [row for row in nationalities().choices() if len(row[0]) == 3]
    rows = sorted((row for row in nationalities().choices() if len(row[0]) == 2), key=lambda row: in_order(row[1]))
    return [
        CHOOSE,
        *special,
        (_("Countries of the programme"), [row for row in rows if row[0] in own]),
        (_("Other countries"), [row for row in rows if row[0] not in own]),
    ]


def country_choices() -> list[Any]:
    """Every country, those of the programme first, in the reader's alphabet; it may stay open."""
    special = {row[0] for row in nationalities().choices() if len(row[0]) == 3}
    return [("", "—"), *(row for row in nationality_choices() if row != CHOOSE and row[0] not in special)]


def hint(field: forms.Field, list_id: str) -> None:
    """Put the descriptions of a code list under its radio buttons."""
    widget = cast("Radios", field.widget)
    widget.hints = {code.value: code.description for code in code_list(list_id)}


class BirthDateField(forms.DateField):
    """A day of birth, given as day, month and year; what cannot be a day is answered with what to do instead."""

    def to_python(self, value: Any) -> date | None:
        """The day. Says of a day its month does not have, and of a date that is only partly known, what to write."""
        parts = re.fullmatch(r"(\d{0,4})-(\d{0,2})-(\d{0,2})", str(value or ""))
        if not value or not parts:
            return super().to_python(value)
        year, month, day = (int(part) if part else 0 for part in parts.groups())
        if not (year and month and day):
            raise forms.ValidationError(
                gettext("Write day, month and year. When only the year is known, leave these empty and write it below.")
            )
        if not 1 <= month <= 12:
            raise forms.ValidationError(gettext("Write the month as a number from 1 to 12."))
        last = monthrange(max(year, 1), month)[1]
        if day > last:
            text = gettext("%(month)s %(year)s has only %(last)s days. Correct the day or the month.")
            raise forms.ValidationError(text % {"month": MONTHS[month], "year": str(year), "last": last})
        return super().to_python(f"{year:04}-{month:02}-{day:02}")


class SometimesInput(forms.TextInput):
    """A line that other answers may demand; the browser, which does not know them, never does."""

    def use_required_attribute(self, initial: Any) -> bool:
        """Never."""
        return False


class SometimesField(forms.CharField):
    """A line that other answers may demand: never called optional; the form says when it is missing."""

    widget = SometimesInput

    def validate(self, value: str) -> None:
        """Empty is judged by the form, beside the other answers."""


class SometimesChoice(Radios):
    """Radio buttons that other answers may demand."""

    def use_required_attribute(self, initial: Any) -> bool:
        """Never."""
        return False


class SometimesChoiceField(forms.ChoiceField):
    """A choice that other answers may demand: never called optional; the form says when it is missing."""

    widget = SometimesChoice

    def validate(self, value: str) -> None:
        """Empty is judged by the form, beside the other answers."""
        if value:
            super().validate(value)


class SometimesBoxesField(forms.MultipleChoiceField):
    """Check boxes that other answers may demand: never called optional; the form says when none is ticked."""

    widget = Boxes

    def validate(self, value: Sequence[str]) -> None:
        """None ticked is judged by the form, beside the other answers."""
        if value:
            super().validate(value)


def people_of_codes(typed: str, find: Callable[[Sequence[str]], Mapping[str, Person]]) -> list[Person]:
    """The people behind codes as somebody types them, with anything between. A code of another office is answered like one
    of nobody. `find`: people of the office by code."""
    parts = [part for part in re.split(r"[\s,;،؛]+", typed) if part]
    codes = {part: clean_code(part) or "" for part in parts}
    found = find([code for code in codes.values() if code])
    if wrong := [part for part, code in codes.items() if code not in found]:
        raise forms.ValidationError(
            ngettext(
                "Nobody of this office has this code: %(codes)s.",
                "Nobody of this office has these codes: %(codes)s.",
                len(wrong),
            ),
            params={"codes": in_a_row(wrong)},
        )
    return [found[code] for code in codes.values()]
