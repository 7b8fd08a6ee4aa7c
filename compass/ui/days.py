"""Days on a form: those that have come and those that are planned. A day that cannot be is refused in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

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
