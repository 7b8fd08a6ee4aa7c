"""What the forms of this room share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compass.problems import Problem
from compass.ui.forms import BaseForm
from compass.vocabulary import code_list, languages, nationalities
from compass.vocabulary.places import countries

CHOOSE = ("", _("Choose"))


class PersonForm(BaseForm):
    """A form that becomes a command: the envelope comes from the hidden fields."""

    problem: Problem | None = None

    def envelope(self, basis: str, **more: Any) -> dict[str, Any]:
        """key, occurred_at and basis of the command."""
        key: UUID = self.cleaned_data["key"]
        occurred: datetime = self.cleaned_data["occurred_at"] or timezone.now()
        return {"key": key, "occurred_at": occurred, "basis": basis, **more}


def listed(list_id: str, *first: tuple[str, Any]) -> Callable[[], list[tuple[str, Any]]]:
    """Choices of a form field from a code list, read when the form is made; `first` come before them."""

    def choices() -> list[tuple[str, Any]]:
        return [*first, *code_list(list_id).choices()]

    return choices


def language_choices(country: str, *, empty: Any = None) -> list[tuple[str, Any]]:
    """The programme's languages, those of the country first."""
    rows: list[tuple[str, Any]] = [(row.code, row.lazy_label) for row in languages(country)]
    return [("", empty), *rows] if empty is not None else rows


def nationality_choices() -> list[Any]:
    """Not determined and stateless, the programme's countries, then every other country."""
    own = {row.alpha2 for row in countries()}
    rows = nationalities().choices()
    special = [row for row in rows if len(row[0]) == 3]
    return [
        CHOOSE,
        *special,
        (_("Countries of the programme"), [row for row in rows if row[0] in own]),
        (_("Other countries"), [row for row in rows if len(row[0]) == 2 and row[0] not in own]),
    ]
