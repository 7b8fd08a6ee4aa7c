"""The marks of the design as SVG: the compass, the dial, the risk bars. Pure functions, text in, markup out."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

#: When it is not known when the time began, the ring stands for this much time before the deadline.
WINDOW = timedelta(days=7)

_RADIUS = 9
_CENTRE = 12

MARK = mark_safe(  # a constant
    '<svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true"><path d="M16.2 4.2A10.2 10.2 0 1 0 23.8 11.8"'
    ' fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round"/>'
    '<circle cx="22.6" cy="5.4" r="3.4" fill="currentColor"/></svg>'
)

#: Level: (bars filled, signal, words). Anything else is shown as not set.
RISKS: dict[str, tuple[int, str, Any]] = {
    "high": (3, "bad", _("High risk")),
    "medium": (2, "due", _("Medium risk")),
    "low": (1, "soft", _("Low risk")),
}
_RISK_UNSET = (0, "soft", _("Risk not set"))
_BARS = ("M1 9h4v5h-4z", "M6 5h4v9h-4z", "M11 1h4v13h-4z")


def used(due_at: datetime, now: datetime, start: datetime | None = None) -> float:
    """The share of the allowed time that is used, 0 to 1; 1 only when it is over.

    Without a start, or with one that is not before the deadline, the last seven days before the deadline are
    taken as the whole ring.
    """
    if now > due_at:
        return 1.0
    if start is None or start >= due_at:
        start = due_at - WINDOW
    share = (now - start) / (due_at - start)
    return min(max(share, 0.0), 0.97)


def ring(share: float, kind: str) -> SafeString:
    """The dial for a share of time used; a share of 1 is the closed ring that means late."""
    if share >= 1:
        return format_html(
            '<svg class="dial {}" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9"/>'
            '<circle class="d" cx="12" cy="12" r="3.5"/></svg>',
            kind,
        )
    angle = 2 * math.pi * max(share, 0.02)
    x = f"{_CENTRE + _RADIUS * math.sin(angle):.1f}"
    y = f"{_CENTRE - _RADIUS * math.cos(angle):.1f}"
    arc = format_html('<path d="M12 3A9 9 0 {} 1 {} {}"/>', int(share > 0.5), x, y) if share >= 0.02 else ""
    return format_html(
        '<svg class="dial {}" viewBox="0 0 24 24" aria-hidden="true"><circle class="t" cx="12" cy="12" r="9"/>{}'
        '<circle class="d" cx="{}" cy="{}" r="3"/></svg>',
        kind,
        arc,
        x,
        y,
    )


def risk(level: str | None) -> SafeString:
    """A risk level: its mark and its words."""
    return _risk(str(level or "").lower(), get_language())


@lru_cache(maxsize=256)
def _risk(level: str, _language: str | None) -> SafeString:
    filled, kind, words = RISKS.get(level, _RISK_UNSET)
    bars = format_html_join(
        "",
        '<path d="{}"{}/>',
        ((path, mark_safe("" if index < filled else ' class="off"')) for index, path in enumerate(_BARS)),
    )
    return format_html(
        '<span class="risk {}"><svg viewBox="0 0 16 14" aria-hidden="true">{}</svg>{}</span>', kind, bars, words
    )


def legs(current: int, total: int) -> SafeString:
    """The stages as a row of legs, `current` counted from 1; the words stand beside it."""
    states = ("on" if index < current else "at" if index == current else "" for index in range(1, total + 1))
    return format_html(
        '<ol class="legs" aria-hidden="true">{}</ol>',
        format_html_join("", '<li class="{}"></li>', ((state,) for state in states)),
    )
