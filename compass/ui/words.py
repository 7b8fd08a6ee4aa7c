"""Durations, dates and deadlines in words, in the active language and the active time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from compass.ui.quarters import is_coarse

Kind = Literal["bad", "due", "soft"]
Form = Literal["", "year", "long"]

#: Formats of a day by language: in the present year with the weekday, in another with the year.
_DAYS = {"en": ("D j M", "j M Y"), "fr": ("D. j F", "j F Y"), "ar": ("l j F", "j F Y")}

#: The same in every language: with the year, and as a heading.
_FORMS = {"year": "j F Y", "long": "l j F"}

#: French reads the first of a month as an ordinal.
_FIRST = re.compile(r"(?<!\d)1 (?=\D)")

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """A deadline in words: `strong` is what counts ("16 h late"), `rest` the detail; `kind` the signal."""

    kind: Kind
    strong: str
    rest: str


def duration(length: timedelta) -> str:
    """A length of time in the one or two units that matter: "18 min", "3 h 18 min", "16 h", "2 days", "3 months".

    Rounded down, so that no deadline is said to be further than it is; negative lengths count as zero.
    """
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 6 and rest:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    if hours < 24:
        return ngettext("%(hours)d h", "%(hours)d h", hours) % {"hours": hours}
    days = hours // 24
    if days < 60:
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    months = days // 30
    if months < 24:
        return ngettext("%(months)d month", "%(months)d months", months) % {"months": months}
    years = days // 365
    return ngettext("%(years)d year", "%(years)d years", years) % {"years": years}


def day(moment: date | datetime, now: datetime | None = None, form: Form = "") -> str:
    """A day: "Mon 9 Nov", with the year when it is not the present one.

    form: "year" for what is kept or published ("9 November 2026"), "long" for a heading ("Monday 9 November").
    """
    if isinstance(moment, datetime) and is_coarse(moment):
        return _quarter(moment)
    value = _local(moment)
    this_year = timezone.localtime(now).year if now else timezone.localdate().year
    local = value.date() if isinstance(value, datetime) else value
    return _day(local, local.year != this_year, (get_language() or "en")[:2], form)


@lru_cache(maxsize=4096)
def _day(local: date, with_year: bool, language: str, form: Form) -> str:
    """In the active language, which is `language`; a list shows the same days again and again."""
    formats = _DAYS.get(language, _DAYS["en"])
    said = date_format(local, _FORMS.get(form) or formats[with_year])
    return _FIRST.sub("1er ", said) if formats is _DAYS["fr"] else said


def _quarter(moment: datetime) -> str:
    at = moment.astimezone(UTC)
    return _("quarter %(number)d of %(year)d") % {"number": (at.month + 2) // 3, "year": at.year}


def moment(when: datetime, now: datetime | None = None) -> str:
    """A moment beside the present: "today at 09:00", "yesterday at 17:00", "Mon 9 Nov at 17:00"."""
    if is_coarse(when):
        return _quarter(when)
    now = now or timezone.now()
    local = timezone.localtime(when)
    clock = f"{local:%H:%M}"
    days = (local.date() - timezone.localtime(now).date()).days
    if days == 0:
        return _("today at %(time)s") % {"time": clock}
    if days == -1:
        return _("yesterday at %(time)s") % {"time": clock}
    if days == 1:
        return _("tomorrow at %(time)s") % {"time": clock}
    return _("%(day)s at %(time)s") % {"day": day(local, now), "time": clock}


def due(due_at: datetime, now: datetime | None = None) -> Due:
    """A deadline in words: late is `bad`, within 24 hours or today is `due`, later is `soft`."""
    now = now or timezone.now()
    left = due_at - now
    if left < timedelta(0):
        return Due(
            "bad",
            _("%(duration)s late") % {"duration": duration(-left)},
            _("was due %(moment)s") % {"moment": moment(due_at, now)},
        )
    local = timezone.localtime(due_at)
    today = local.date() == timezone.localtime(now).date()
    rest = _("%(duration)s left") % {"duration": duration(left)}
    if today:
        return Due("due", _("before %(time)s") % {"time": f"{local:%H:%M}"}, rest)
    if left < DAY:
        return Due("due", _("before %(moment)s") % {"moment": moment(due_at, now)}, rest)
    return Due("soft", _("by %(day)s") % {"day": day(local, now)}, rest)


def ago(when: datetime, now: datetime | None = None) -> str:
    """How long something has been so: "2 days ago"."""
    return _("%(duration)s ago") % {"duration": duration((now or timezone.now()) - when)}


def since(when: datetime, now: datetime | None = None) -> str:
    """How long something has waited: "for 2 days"."""
    return _("for %(duration)s") % {"duration": duration((now or timezone.now()) - when)}


def _local(value: date | datetime) -> date:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value
