"""The shapes of the maps: the 14 countries of the programme, and the world with dots on it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compass.ui.worldmap import project, world

EMPTY = SafeString("")

#: Names by ISO 3166 alpha-2 code, in English, French and Arabic (UNTERM short names).
_NAMES = {
    "AF": {"en": "Afghanistan", "fr": "Afghanistan", "ar": "أفغانستان"},
    "DZ": {"en": "Algeria", "fr": "Algérie", "ar": "الجزائر"},
    "TD": {"en": "Chad", "fr": "Tchad", "ar": "تشاد"},
    "EG": {"en": "Egypt", "fr": "Égypte", "ar": "مصر"},
    "ET": {"en": "Ethiopia", "fr": "Éthiopie", "ar": "إثيوبيا"},
    "IQ": {"en": "Iraq", "fr": "Iraq", "ar": "العراق"},
    "LB": {"en": "Lebanon", "fr": "Liban", "ar": "لبنان"},
    "LY": {"en": "Libya", "fr": "Libye", "ar": "ليبيا"},
    "ML": {"en": "Mali", "fr": "Mali", "ar": "مالي"},
    "MA": {"en": "Morocco", "fr": "Maroc", "ar": "المغرب"},
    "NE": {"en": "Niger", "fr": "Niger", "ar": "النيجر"},
    "NG": {"en": "Nigeria", "fr": "Nigéria", "ar": "نيجيريا"},
    "SD": {"en": "Sudan", "fr": "Soudan", "ar": "السودان"},
    "TN": {"en": "Tunisia", "fr": "Tunisie", "ar": "تونس"},
}

#: Where the name of a country stands on the sheet of `countries.svg`.
_PLACES = {
    "IQ": (393, 54), "ML": (72, 165), "TD": (221, 203), "TN": (157, 50), "MA": (52, 63), "NG": (148, 231),
    "NE": (140, 173), "LY": (207, 97), "AF": (532, 47), "DZ": (100, 100), "EG": (298, 97), "ET": (356, 227),
    "SD": (296, 172), "LB": (325, 35),
}  # fmt: skip


@dataclass(frozen=True)
class Dot:
    """A place in degrees with a value; `label` is what a pointer resting on it is told."""

    lon: float
    lat: float
    value: float
    label: str = ""


def name(code: str) -> str:
    """The name of a country of the programme in the active language; the code itself for any other."""
    names = _NAMES.get(code)
    return names.get((get_language() or "en")[:2], names["en"]) if names else code


def disclaimer() -> SafeString:
    """What stands under every map."""
    return format_html(
        '<p class="src">{}</p>',
        _("The boundaries and names shown do not imply official endorsement or acceptance."),
    )


def countries(
    classes: Mapping[str, int], titles: Mapping[str, str], links: Mapping[str, str] | None, summary: str | Promise
) -> SafeString:
    """The 14 countries, each with its class (1 to 4, none where it has no figure), title and link."""
    links = links or {}
    shapes = format_html_join(
        "",
        "{}",
        (
            (_country(code, path, classes.get(code), titles.get(code) or name(code), links.get(code)),)
            for code, path in country_shapes().items()
        ),
    )
    names = format_html_join(
        "", '<text x="{}" y="{}" aria-hidden="true">{}</text>', ((x, y, name(code)) for code, (x, y) in _PLACES.items())
    )
    return format_html(
        '<svg class="map" viewBox="-6 -4 612 270" role="{}" aria-label="{}">{}{}</svg>',
        "group" if links else "img",
        summary,
        shapes,
        names,
    )


def world_dots(
    dots: Iterable[Dot], summary: str | Promise, box: tuple[float, float, float, float] | None = None
) -> SafeString:
    """The world, or a part of it (west, south, east, north in degrees), with its dots.

    A thousand dots without a label weigh about 8 KB compressed, the world itself 11 KB.
    """
    sheet = world()
    left, top, width, height = 0.0, 0.0, float(sheet.width), float(sheet.height)
    if box:
        west, south, east, north = box
        corners = [project(lon, lat) for lon in (west, east) for lat in (south, north)]
        left, top = min(x for x, _y in corners), min(y for _x, y in corners)
        width, height = max(x for x, _y in corners) - left, max(y for _x, y in corners) - top
    unit = width / sheet.width
    placed = [(dot, *project(dot.lon, dot.lat)) for dot in dots]
    shown = [(dot, x, y) for dot, x, y in placed if left <= x <= left + width and top <= y <= top + height]
    most = max((dot.value for dot, _x, _y in shown), default=1) or 1
    circles = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="{}"{}',
        (
            (f"{x:.1f}", f"{y:.1f}", f"{max(16 * math.sqrt(max(dot.value, 0) / most), 1.1) * unit:.1f}", _end(dot))
            for dot, x, y in sorted(shown, key=lambda item: -item[0].value)
        ),
    )
    return format_html(
        '<svg class="map" viewBox="{} {} {} {}" role="img" aria-label="{}"><path class="land" d="{}"/>'
        '<path class="under" d="{}"/><path class="dotted" d="{}"/>{}</svg>',
        f"{left:.0f}",
        f"{top:.0f}",
        f"{width:.0f}",
        f"{height:.0f}",
        summary,
        mark_safe("".join(sheet.countries.values())),
        mark_safe(sheet.disputed),
        mark_safe(sheet.disputed),
        circles,
    )


@lru_cache(maxsize=1)
def country_shapes() -> dict[str, SafeString]:
    """The path of each country by its code, read once."""
    text = (Path(__file__).parent / "data" / "countries.svg").read_text(encoding="utf-8")
    return {code: mark_safe(path) for code, path in re.findall(r'<path id="([A-Z]{2})" d="([^"]+)"', text)}


def _country(code: str, path: SafeString, level: int | None, title: str, link: str | None) -> SafeString:
    shape = format_html(
        '<path class="{}" d="{}"><title>{}</title></path>', f"s{level}" if level else "none", path, title
    )
    return format_html('<a href="{}" aria-label="{}">{}</a>', link, title, shape) if link else shape


def _end(dot: Dot) -> SafeString:
    return format_html("><title>{}</title></circle>", dot.label) if dot.label else mark_safe("/>")
