"""Where a person may wish to return to: any country except the one where the person is, the programme's own first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compass.access.models import Organisation
from compass.problems import Invalid, UnknownCode
from compass.ui.forms import CHOOSE
from compass.vocabulary import Country, area, areas, countries, in_order, nationalities


def here(organisations: Iterable[UUID]) -> dict[UUID, str]:
    """The country each of these offices works in (alpha-2); whoever it looks after is there."""
    return dict(Organisation.objects.filter(pk__in=set(organisations)).values_list("pk", "country"))


def served(alpha2: str) -> Country | None:
    """The country of the programme with that code: COMPASS receives people there and supports their reintegration."""
    return next((row for row in countries(timezone.localdate()) if row.alpha2 == alpha2), None)


def choices(where: str) -> list[Any]:
    """The countries one may return to from `where`: those of the programme, then every other one of ISO 3166-1."""
    rows = [(c.value, c.lazy_label) for c in nationalities() if len(c.value) == 2 and c.value != where]
    rows.sort(key=lambda row: in_order(row[1]))
    own = [row for row in rows if served(row[0])]
    return [
        CHOOSE,
        (_("Countries of the programme"), own),
        (_("Other countries"), [row for row in rows if row not in own]),
    ]


def area_choices(alpha2: str) -> list[tuple[str, str | Promise]]:
    """The first-level areas of a country of the programme; none of any other."""
    return [(row.code, row.lazy_label) for row in areas(alpha2)] if served(alpha2) else []


def check(destination: str, place: str, where: str) -> None:
    """Raises UnknownCode for what is no country, Invalid for the country where the person is or an area elsewhere."""
    if len(destination) != 2 or nationalities().get(destination) is None:
        raise UnknownCode(value=destination, list="nationality")
    if destination == where:
        raise Invalid(what=_("a person cannot return to the country where they are"))
    if place and area(place).country != destination:
        raise Invalid(what=_("this area is not in the chosen country"))
