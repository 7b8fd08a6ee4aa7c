"""Figures in words: what a cell counts, where, when."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compass.programme.models import AGE, ALL, MONTH, SEX, YEAR, Figure
from compass.ui.charts import figures
from compass.vocabulary import code_list, country

PARTS = {
    (SEX, "female"): gettext_lazy("Women and girls"),
    (SEX, "male"): gettext_lazy("Men and boys"),
    (SEX, "other"): gettext_lazy("Other, or not stated"),
    (AGE, "child"): gettext_lazy("Children, under 18"),
    (AGE, "adult"): gettext_lazy("Adults, 18 and over"),
    (AGE, "unknown"): gettext_lazy("Age not known"),
}
CLASSES = ("H", "C", "R", "RI")


def number(figure: Figure | None, measure: str = "people") -> str:
    """The number as it may be shown: grouped, or in words when it is withheld."""
    if figure is None:
        return figures(0)
    return _("fewer than 10, or protected") if figure.withheld else figures(getattr(figure, measure))


def place(code: str) -> str:
    """The country's name, or the whole programme."""
    return country(code).label if code else _("All countries of the programme")


def period(figure: Figure) -> str:
    """The period in words."""
    if figure.granularity == ALL:
        return _("Since 2021")
    if figure.granularity == YEAR:
        return str(figure.starts.year)
    if figure.granularity == MONTH:
        return str(date_format(figure.starts, "F Y"))
    return quarter(figure)


def quarter(figure: Figure) -> str:
    """The quarter, short enough for an axis: "2024 Q3"."""
    return _("%(year)d Q%(number)d") % {"year": figure.starts.year, "number": (figure.starts.month + 2) // 3}


def service(figure: Figure) -> str:
    """The kind of service, or any."""
    return code_list("service_class").require(figure.service_class).label if figure.service_class else _("Any service")


def who(figure: Figure) -> str:
    """Which people: everyone, or a part by sex or age."""
    return str(PARTS.get((figure.breakdown, figure.part), _("Everyone")))
