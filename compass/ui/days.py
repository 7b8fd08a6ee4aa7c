"""Days on a form: that have come, are planned or half known. A day that cannot be is refused in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compass.ui.forms import FAR_AHEAD, FIRST_DAY
from compass.ui.widgets import DateParts
from compass.ui.words import day


class PastDay(forms.DateField):
    """A day on which something happened: today or before, at most `back` ago where that is given."""

    def __init__(self, *, back: timedelta | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.back = back

    def validate(self, value: Any) -> None:
        """Refuses a day to come, and one too long ago."""
        super().validate(value)
        if value and value > timezone.localdate():
            raise ValidationError(_("This day is in the future."), code="future")
        if value and self.back is not None:
            _not_before(value, timezone.localdate() - self.back)


def _not_before(value: date, first: date) -> None:
    if value < first:
        raise ValidationError(_("This day lies too far back: it can be %(day)s at the earliest.") % {"day": day(first)})


class PlannedDay(forms.DateField):
    """A day that is planned: at most `ahead` from today, and at most `back` before it, since records come late."""

    def __init__(self, *, ahead: timedelta, back: timedelta = timedelta(days=31), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ahead, self.back = ahead, back

    def to_python(self, value: Any) -> date | None:
        """The day; what cannot be read is answered with an example that lies ahead."""
        try:
            return super().to_python(value)
        except ValidationError as wrong:
            example = timezone.localdate() + min(self.ahead, timedelta(days=60))
            raise ValidationError(
                _("Write day, month and year, for example %(day)s.")
                % {"day": f"{example.day} {example.month} {example.year}"},
                code="invalid",
            ) from wrong

    def validate(self, value: Any) -> None:
        """Refuses a day too far ahead or too long ago, and says which days can be."""
        super().validate(value)
        if not value:
            return
        last = timezone.localdate() + self.ahead
        if value > last:
            raise ValidationError(
                _("This day lies too far ahead: it can be %(day)s at the latest.") % {"day": day(last)}
            )
        _not_before(value, timezone.localdate() - self.back)


class HalfKnownDay(forms.Field):
    """A day as far as somebody knows it: a year, a month of a year, or the whole day. Whoever lost something years ago is
    not made to invent the rest.

    Its value is a text of ISO 8601: "2024", "2024-05" or "2024-05-27"; "" where nothing was said. `past`: it has come.
    """

    widget = DateParts
    default_error_messages = {
        "invalid": gettext_lazy("Write the year, month and year, or the whole day, for example 27 3 1999."),
    }

    def __init__(self, *, past: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.past = past

    def to_python(self, value: Any) -> str:
        """What was typed, as far as it goes; a day without its month and a month without its year are refused."""
        if value in self.empty_values:
            return ""
        typed = [part.strip() for part in str(value).split("-")]
        while typed and not typed[-1]:
            typed.pop()
        try:
            year, month, of_month = [*(int(part) for part in typed), 1, 1][:3]
            whole = date(year, month, of_month)
        except (ValueError, OverflowError) as wrong:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from wrong
        if len(typed) > 3 or not FIRST_DAY <= whole <= timezone.localdate() + FAR_AHEAD:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return whole.isoformat()[: (4, 7, 10)[len(typed) - 1]]

    def validate(self, value: Any) -> None:
        """Refuses what has not come yet, where it must have."""
        super().validate(value)
        if self.past and value > timezone.localdate().isoformat()[: len(value)]:
            raise ValidationError(_("This day is in the future."), code="future")
