"""Widgets that work on a cheap phone, in any script, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compass.ui.digits import normalise_digits, normalise_number
from compass.ui.months import month_number

if TYPE_CHECKING:
    from django.utils.datastructures import MultiValueDict

Data = Mapping[str, Any]
#: Between the day and the time of day; a T inside a word, of October say, is none.
_TIME = re.compile(r" |(?<=\d)T(?=\d)")


class Number(forms.TextInput):
    """A number as text with a numeric keyboard: `type=number` drops what it cannot read, silently."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, decimals: bool = False) -> None:
        """`decimals` asks for a keyboard with a decimal sign."""
        mode = "decimal" if decimals else "numeric"
        super().__init__({"inputmode": mode, "class": "xs", "dir": "ltr", "autocomplete": "off", **(attrs or {})})

    def value_from_datadict(self, data: Data, files: MultiValueDict[str, Any], name: str) -> Any:
        """The typed text with its digits read as 0 to 9."""
        value = super().value_from_datadict(data, files, name)
        return normalise_number(value) if isinstance(value, str) else value


class _Part(forms.TextInput):
    def __init__(self, label: Any, css: str = "", *, kind: str = "text") -> None:
        attrs: dict[str, Any] = {"autocomplete": "off", "dir": "ltr"}
        if kind == "text":
            attrs["inputmode"] = "numeric"
        if css:
            attrs["class"] = css
        super().__init__(attrs)
        self.input_type = kind
        self.label = label

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["label"] = self.label
        return context


class DateParts(forms.MultiWidget):
    """A date as day, month (number or name) and year; also takes `YYYY-MM-DD` posted under the field's own name.

    Three short numbers are faster on a cheap phone than a calendar that opens on today, and they let a
    half-known date be typed and kept when it is refused.
    """

    template_name = "ui/widgets/parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(self.parts(), attrs)

    @staticmethod
    def parts() -> dict[str, forms.Widget | type[forms.Widget]]:
        """The parts by the ending of their name."""
        return {"day": _Part(_("Day")), "month": _Part(_("Month")), "year": _Part(_("Year"), "year")}

    def decompress(self, value: Any) -> list[str | None]:
        """Day, month and year of a date or of a text as typed."""
        if isinstance(value, date):
            return [str(value.day), str(value.month), str(value.year)]
        if isinstance(value, str) and value:
            year, month, day = [*_TIME.split(value, 1)[0].split("-", 2), "", ""][:3]
            return [day, month, year]
        return [None, None, None]

    def value_from_datadict(self, data: Data, files: MultiValueDict[str, Any], name: str) -> Any:
        """One text `YYYY-MM-DD`, as typed; None when every part is empty."""
        whole = data.get(name)
        if isinstance(whole, str) and whole.strip():
            return normalise_digits(whole.strip())
        if isinstance(whole, date):
            return whole
        day, month, year = self._typed(data, files, name)[:3]
        return f"{year}-{month_number(month) or month}-{day}" if day or month or year else None

    def value_omitted_from_data(self, data: Data, files: MultiValueDict[str, Any], name: str) -> bool:
        """Whether neither the whole nor a part was posted."""
        return name not in data and super().value_omitted_from_data(data, files, name)

    def _typed(self, data: Data, files: MultiValueDict[str, Any], name: str) -> list[str]:
        typed = super().value_from_datadict(data, files, name)
        # A hyphen or a space inside a part would move the parts when the text is taken apart again.
        return ["\N{NO-BREAK SPACE}".join(normalise_digits(part or "").replace("-", "/").split()) for part in typed]


class MomentParts(DateParts):
    """A date and a time of day, in the office's time zone."""

    @staticmethod
    def parts() -> dict[str, forms.Widget | type[forms.Widget]]:
        """The parts by the ending of their name."""
        return {**DateParts.parts(), "time": _Part(_("Time"), kind="time")}

    def decompress(self, value: Any) -> list[str | None]:
        """Day, month, year and `HH:MM`."""
        if isinstance(value, datetime):
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            return [*super().decompress(local.date()), f"{local:%H:%M}"]
        time = None
        if isinstance(value, str):
            time = [*_TIME.split(value, 1), ""][1][:5] or None
        return [*super().decompress(value), time]

    def value_from_datadict(self, data: Data, files: MultiValueDict[str, Any], name: str) -> Any:
        """One text `YYYY-MM-DD HH:MM`, as typed; None when every part is empty."""
        value = super().value_from_datadict(data, files, name)
        if data.get(name) or not isinstance(value, str | None):
            return value
        time = self._typed(data, files, name)[3]
        return f"{value or '--'} {time}" if value or time else None


class YesNo(forms.RadioSelect):
    """Yes or no, none chosen beforehand, "no" as easy as "yes"."""

    template_name = "ui/widgets/yes_no.html"


class _Hinted:
    hints: Mapping[str, Any]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The option with its hint."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["hint"] = self.hints.get(str(value), "")
        return option


class Radios(_Hinted, forms.RadioSelect):
    """Radio buttons whose options may carry a hint each: `Radios(hints={"sms": _("Only if ...")})`."""

    def __init__(self, *args: Any, hints: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hints = hints or {}


class Boxes(_Hinted, forms.CheckboxSelectMultiple):
    """Check boxes whose options may carry a hint each."""

    def __init__(self, *args: Any, hints: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hints = hints or {}


class KeyInput(forms.HiddenInput):
    """The hidden key; a page shown again keeps the key it was first given."""
