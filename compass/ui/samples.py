"""Invented content for the living page; no person and no figure in it is real."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from compass.problems.catalogue import StaleVersion
from compass.ui import charts, maps, parts
from compass.ui.forms import BaseForm, YesNoField
from compass.ui.widgets import Radios


class SampleForm(BaseForm):
    """One field of each kind."""

    given_name = forms.CharField(
        label=gettext_lazy("Given name"), help_text=gettext_lazy("As the person says it. Any script.")
    )
    born = forms.DateField(label=gettext_lazy("Date of birth"), required=False)
    people = forms.IntegerField(label=gettext_lazy("How many people"), min_value=1, max_value=200)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of this talk"),
        choices=[
            ("", gettext_lazy("Choose")),
            ("ha", gettext_lazy("Hausa, with an interpreter")),
            ("fr", gettext_lazy("French, without an interpreter")),
        ],
    )
    way = forms.ChoiceField(
        label=gettext_lazy("Safest way to reach the person"),
        choices=[("call", gettext_lazy("Telephone call")), ("text", gettext_lazy("Text message"))],
        widget=Radios(hints={"text": gettext_lazy("Only if nobody else reads the phone.")}),
    )
    family = YesNoField(
        label=gettext_lazy("Telling the family"), help_text=gettext_lazy("Never before a second question.")
    )
    appointment = forms.DateTimeField(label=gettext_lazy("Next appointment"), required=False)
    estimate = forms.BooleanField(label=gettext_lazy("This is an estimate"), required=False)
    note = forms.CharField(
        label=pgettext_lazy("label of a field", "Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


def half_filled() -> dict[str, str]:
    """A posting with three things to mend."""
    return {
        "given_name": "Mariam",
        "born_day": "31",
        "born_month": "2",
        "born_year": "1999",
        "people": "٣",
        "way": "text",
    }


def content() -> dict[str, Any]:
    """The context of the living page."""
    now = timezone.now()
    return {
        "dials": [
            (now + timedelta(days=6, hours=22), now - timedelta(hours=1)),
            (now + timedelta(days=5), now - timedelta(days=2)),
            (now + timedelta(hours=3, minutes=18), now - timedelta(hours=20)),
            (now + timedelta(minutes=25), None),
            (now - timedelta(hours=16), None),
        ],
        "work": [
            {
                "code": "7K4M-29XD",
                "risk": "high",
                "title": _("Follow-up contact"),
                "std": "CM-16",
                "due_at": now - timedelta(hours=16),
                "note": _("Call only from 10:00 to 12:00. Never leave a message."),
                "url": "#main",
                "action": _("Record the contact"),
            },
            {
                "code": "X2RB-47LE",
                "title": _("Plan review"),
                "std": "CM-17",
                "due_at": now + timedelta(hours=3, minutes=18),
                "start": now - timedelta(hours=20),
                "url": "#main",
                "action": _("Read and decide"),
            },
        ],
        "risks": [*parts.RISKS, ""],
        "steps": [
            {"title": _("Assessment approved"), "note": _("by the supervisor")},
            {"title": _("Follow-up contact"), "state": "late", "std": "CM-16", "due_at": now - timedelta(hours=16)},
            {"title": _("Legal advice"), "state": "now", "due_at": now + timedelta(days=3)},
            {"title": _("Plan review"), "state": "ahead", "std": "CM-17"},
        ],
        "facts": [(_("Yes to"), _("help from a case worker, counting without identity")), (_("Valid until"), None)],
        "compared": [
            {"label": _("Year of birth"), "left": "1999", "right": "1998", "state": "close"},
            {"label": _("Nationality"), "left": maps.name("NG"), "right": maps.name("NG")},
            {"label": _("Travels with"), "left": _("one child, 3 years old"), "right": _("nobody")},
        ],
        "table_heads": [_("Case"), _("Risk"), _("Asked"), _("Waiting")],
        "table_rows": [
            (_code("M8DV-13KT"), parts.risk("medium"), _("Case plan, two goals"), _("two days")),
            (_code("9WPA-60ZF"), parts.risk("high"), _("Best interests assessment"), _("five hours")),
        ],
        "problem": StaleVersion(),
        "charts": _charts(),
    }


_PLACES = ((13.5, 35.2, 2400), (8.1, 17.0, 300), (-16.5, 24.0, 700), (43.1, 12.6, 90))


def _code(value: str) -> str:
    return mark_safe(f'<bdi class="code">{value}</bdi>')


def _charts() -> list[str]:
    note = _("Invented figures, to show the drawing. Interval 95%.")
    months = [f"{month:02}" for month in range(1, 13)]
    return [
        charts.bars(
            [
                charts.Bar(_("Follow-up kept"), 79, low=76, high=82, hot=True),
                charts.Bar(_("Mental health and psychosocial support"), 62, low=59, high=65, hot=True),
                charts.Bar(_("Identity documents"), 94, low=91, high=97),
            ],
            title=_("Bars with interval and target"),
            note=note,
            unit="%",
            top=100,
            target=90,
        ),
        charts.plot(
            months,
            [
                charts.Series(_("Standards met"), [68, 70, 69, 74, 77, None, 80, 82, 81, 85, 89, 88]),
                charts.Series(_("Cases closed in time"), [40, 44, 51, 49, 55, 58, 57, 61, 66, 64, 69, 72]),
            ],
            title=_("Twelve months"),
            note=note,
            summary=_("The share of standards met rose by twenty points in twelve months."),
            head=_("Month"),
            unit="%",
            target=90,
        ),
        charts.country_map(
            {"NE": 6120, "LY": 5240, "ET": 4870, "NG": 4410, "IQ": 3350, "AF": 3190, "ML": 2760, "TD": 2480, "EG": 2230,
             "TN": 2150, "SD": 1980, "MA": 1590, "LB": 1130},
            title=_("Where people were helped"),
            note=note,
            summary=_("Map of the countries of the programme; the table below gives every figure."),
            head=_("People"),
        ),
        charts.world_map(
            [maps.Dot(lon, lat, value) for lon, lat, value in _PLACES],
            title=_("Places on the world"),
            note=note,
            summary=_("Map of the Mediterranean and Africa with four dots; the largest lies south of Italy."),
            table=([_("Region"), _("People")], [[_("Central Mediterranean"), charts.figures(2400)]]),
            box=(-25, -2, 60, 48),
        ),
    ]  # fmt: skip
