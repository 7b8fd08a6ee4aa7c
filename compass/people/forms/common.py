"""What the forms of this room share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from compass.ui.forms import CHOOSE
from compass.vocabulary import code_list, languages, nationalities
from compass.vocabulary.places import countries


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
