"""How every form of COMPASS is rendered, and what each of them carries.

Rooms write `class ArrivalForm(BaseForm)` with plain Django fields; number and date fields get widgets that read
Arabic-Indic and Persian digits, every field its hint and its error where the design puts them.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import django.forms
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator, MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from compass.problems import Problem
from compass.ui.drawn import DRAWN
from compass.ui.widgets import DateParts, KeyInput, MomentParts, Number, YesNo

if TYPE_CHECKING:
    from django.template.backends.django import DjangoTemplates as Engine

CHOOSE = ("", _("Choose"))
_DJANGO = Path(django.forms.__file__).parent / "templates"
#: An act that claims to be older comes from a device whose clock was never set.
FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
#: No one alive was born before; an earlier day is a slip of the finger.
FIRST_DAY = date(1900, 1, 1)
#: Papers are valid for ten years; nothing that is written down lies further ahead.
FAR_AHEAD = timedelta(days=20 * 366)
#: How much one field takes from a browser, far above what any of them keeps: a page of such fields is still accepted.
MOST_TYPED = 50_000


class CompassRenderer(DjangoTemplates):
    """The form renderer of the house; `FORM_RENDERER = "compass.ui.forms.CompassRenderer"`."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    formset_template_name = "ui/forms/formset.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """The markup of a form, a field or a widget; the busiest are drawn in Python, see `compass.ui.drawn`."""
        draw = DRAWN.get(template_name)
        return draw(context) if draw else super().render(template_name, context, request)

    @cached_property
    def engine(self) -> Engine:
        """Django's own form templates behind ours, then those of each room."""
        return self.backend(
            {
                "APP_DIRS": True,
                "DIRS": [Path(__file__).parent / "form_templates", _DJANGO],
                "NAME": "compassforms",
                "OPTIONS": {},
            }
        )


@dataclass(frozen=True)
class Link:
    """A line of the error summary: the field's label, its message, and where the field is."""

    label: str
    message: str
    target: str


class KeyField(forms.UUIDField):
    """The idempotency key of one act: made with the page, kept when the page is shown again.

    Never an error to the person at the screen: a missing or damaged key is answered with a fresh one, and then
    the act simply is not protected against being sent twice.
    """

    widget = KeyInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "initial": uuid.uuid4, "label": "", **kwargs})

    def clean(self, value: Any) -> uuid.UUID:
        """The key as a UUID."""
        try:
            return super().clean(value) or uuid.uuid4()
        except ValidationError:
            return uuid.uuid4()

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the page shows again: the same key, or a fresh one when there was none."""
        return self.clean(data)


class OccurredField(forms.Field):
    """When the act happened, ISO 8601, written by a device that was offline; empty means now.

    So does a moment before the year 2000.
    """

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "label": "", **kwargs})

    def to_python(self, value: Any) -> datetime | None:
        """An aware moment; None when empty, unreadable or impossible, since nobody at the screen could mend it."""
        try:
            moment = value if isinstance(value, datetime) else parse_datetime(str(value)) if value else None
        except ValueError:
            return None
        if moment and timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        return moment if moment and moment >= FIRST_MOMENT else None


class VersionField(forms.IntegerField):
    """The version that was on the screen; None when the page does not say, or says what nobody can read."""

    widget = forms.HiddenInput
    #: No record has it.
    never = -1

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "label": "", **kwargs})

    def to_python(self, value: Any) -> int | None:
        """Never an error to the person at the screen: nobody could mend it there."""
        try:
            return super().to_python(value)
        except ValidationError:
            return None


class SeenField(forms.CharField):
    """The newest record that was on the screen; empty when there was none, None when the page does not say."""

    widget = forms.HiddenInput
    never = "-"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "label": "", **kwargs})

    def to_python(self, value: Any) -> str | None:
        """Not being there is not being empty."""
        return None if value is None else super().to_python(value)


class YesNoField(forms.TypedChoiceField):
    """A yes or a no that must be said; cleaned to a bool, or None when not required and not answered."""

    widget = YesNo

    def __init__(self, *, yes: Any = None, no: Any = None, **kwargs: Any) -> None:
        """`yes` and `no` are the words of the two answers, when these say more than yes and no."""
        kwargs.setdefault("error_messages", {}).setdefault("required", _("Answer yes or no. No answer is not a no."))
        super().__init__(
            **{
                "choices": [("yes", yes or _("Yes")), ("no", no or _("No"))],
                "coerce": "yes".__eq__,
                "empty_value": None,
                **kwargs,
            }
        )

    def prepare_value(self, value: Any) -> Any:
        """A bool given as initial value, as its answer."""
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


UNSAID = frozenset({"csrfmiddlewaretoken", "key", "occurred_at"})


class HouseMixin:
    """What every form shares: hidden key and time, and widgets fit for phones and three scripts."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            fit(field)

    def offer(self, name: str, choices: Any) -> None:
        """Fill the choices of a field that depend on who asks or on the record."""
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    @property
    def summary(self) -> list[Link]:
        """The errors in the order of the page, each with the place it links to."""
        return error_links(self)  # type: ignore[arg-type]


class BaseForm(HouseMixin, forms.Form):
    """The form every room's form inherits.

    `cleaned_data["key"]` is the UUID that makes sending twice harmless; `cleaned_data["occurred_at"]` is an
    aware datetime or None. `problem` is what `Work.attempt` was refused with.
    """

    key = KeyField()
    occurred_at = OccurredField()
    problem: Problem | None = None

    def _post_clean(self) -> None:
        """A page that should say what it showed and does not is as old as one that a colleague overtook."""
        super()._post_clean()  # type: ignore[misc]
        for name, field in self.fields.items():
            if not isinstance(field, VersionField | SeenField) or self.initial.get(name) is None:
                continue
            if self.cleaned_data.get(name) is None:
                self.cleaned_data[name] = field.never

    def envelope(self, basis: str, **more: Any) -> dict[str, Any]:
        """What every command carries: key, when it happened, legal basis; `more` is its `id` and `version`."""
        told = self.cleaned_data
        moment = told["occurred_at"] or timezone.now()
        return {"key": told["key"], "occurred_at": moment, "basis": basis, "said": self._said(), **more}

    def _said(self) -> str:
        """SHA-256 of everything typed, without key and times: the same form sent again says the same."""
        lists = self.data.lists() if isinstance(self.data, MultiValueDict) else ((n, [v]) for n, v in self.data.items())
        typed = sorted((name, [str(v) for v in values]) for name, values in lists if name not in UNSAID)
        files = sorted((name, getattr(file, "size", 0)) for name, file in self.files.items())
        return sha256(repr((typed, files)).encode(errors="backslashreplace")).hexdigest()


class RecordForm(BaseForm):
    """A form about one record, which may carry the version that was on the screen. `basis`: the legal basis of its acts."""

    basis: str
    version = VersionField()

    def about(self, pk: UUID | None = None) -> dict[str, Any]:
        """What the command about this record carries."""
        return self.envelope(self.basis, id=pk, version=self.cleaned_data.get("version"))


class SearchForm(HouseMixin, forms.Form):
    """A form that changes nothing (a filter, a search): no key, no time."""


def choose(choices: Iterable[Any]) -> list[Any]:
    """The choices of a select with an empty first line: nothing is chosen beforehand."""
    return [CHOOSE, *choices]


def words(label: Any, *, rows: int = 3, most: int = 4000, **options: Any) -> forms.CharField:
    """Free text of at most `most` characters; the action seals it. `options` are those of a CharField."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea({"rows": rows}), **options)


def fit(field: forms.Field) -> None:
    """Give a plain Django field the widget and the words that suit phones and three scripts."""
    widget = field.widget
    if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
        chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
        field.error_messages["required"] = _("Choose an answer.") if chosen else _("Write an answer here.")
    if field.error_messages.get("invalid") == forms.IntegerField.default_error_messages["invalid"]:
        field.error_messages["invalid"] = _("Write a whole number in digits, for example 12.")
    if isinstance(field, forms.DecimalField):
        field.error_messages["invalid"] = _("Write a number in digits, for example 12.50.")
    field.validators = [_in_our_words(v) for v in field.validators]
    if isinstance(field, forms.DateTimeField) and type(widget) is forms.DateTimeInput:
        _replace(field, MomentParts())
        field.input_formats = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"]
        field.error_messages["invalid"] = _("Write day, month, year and time, for example 27 3 2026 14:30.")
    elif isinstance(field, forms.DateField) and type(widget) is forms.DateInput:
        _replace(field, DateParts())
        field.input_formats = ["%Y-%m-%d"]
        field.error_messages["invalid"] = _("Write day, month and year, for example 27 3 1999.")
        field.validators.append(_a_day_that_can_be(field))
    elif isinstance(field, forms.IntegerField) and type(widget) is forms.NumberInput:
        _replace(field, Number(decimals=not _whole(field)))
    elif isinstance(widget, forms.TextInput | forms.Textarea) and not isinstance(widget, Number):
        _never_cut(field)
        widget.attrs.setdefault("autocomplete", "off")
        widget.attrs.setdefault("dir", "ltr" if _latin(widget) else "auto")
    elif isinstance(widget, forms.PasswordInput):
        widget.attrs.setdefault("dir", "ltr")


def _in_our_words(validator: Any) -> Any:
    """Django's check of a limit, with what to write instead of what to make sure of."""
    if type(validator) is MinValueValidator:
        return MinValueValidator(validator.limit_value, message=_("Write %(limit_value)s or more."))
    if type(validator) is MaxValueValidator:
        return MaxValueValidator(validator.limit_value, message=_("Write %(limit_value)s or less."))
    if type(validator) is DecimalValidator:
        return _digits(validator)
    return validator


def _digits(validator: DecimalValidator) -> DecimalValidator:
    """The same check; it says how long a number may be and asks to look for a slip of the finger."""
    ours: Any = DecimalValidator(validator.max_digits, validator.decimal_places)
    ours.messages = {
        "invalid": _("Write a number in digits, for example 12.50."),
        "max_digits": ngettext_lazy(
            "Write a number with at most %(max)s digit. Was one typed twice?",
            "Write a number with at most %(max)s digits. Was one typed twice?",
            "max",
        ),
        "max_decimal_places": ngettext_lazy(
            "Write at most %(max)s digit behind the point, for example 12.5.",
            "Write at most %(max)s digits behind the point, for example 12.50.",
            "max",
        ),
        "max_whole_digits": ngettext_lazy(
            "Write at most %(max)s digit before the point. Was one typed twice?",
            "Write at most %(max)s digits before the point. Was one typed twice?",
            "max",
        ),
    }
    return cast("DecimalValidator", ours)


def _never_cut(field: forms.Field) -> None:
    """A browser cuts what is pasted beyond `maxlength` and says nothing: the server answers instead, and nothing is lost."""
    if "maxlength" in field.widget.attrs:
        field.widget.attrs["maxlength"] = str(MOST_TYPED)
    field.validators = [_at_most(v.limit_value) if type(v) is MaxLengthValidator else v for v in field.validators]


def _at_most(most: int) -> Callable[[str], None]:
    """Says by how much a text is too long."""

    def check(value: str) -> None:
        if (over := len(value) - most) > 0:
            text = ngettext(
                "This is %(over)s character too long: at most %(most)s fit. Shorten it; all you wrote is still here.",
                "This is %(over)s characters too long: at most %(most)s fit. Shorten it; all you wrote is still here.",
                over,
            )
            raise ValidationError(text, code="max_length", params={"over": over, "most": most})

    return check


def _a_day_that_can_be(field: forms.Field) -> Callable[[date], None]:
    """Refuses the year 199 and the year 9999: a day of this kind spoils every list and figure that is sorted by it."""

    def check(value: date) -> None:
        if not FIRST_DAY <= value <= timezone.localdate() + FAR_AHEAD:
            raise ValidationError(field.error_messages["invalid"], code="invalid")

    return check


def error_links(form: forms.BaseForm) -> list[Link]:
    """The errors of a form in the order of the page, form-wide ones first and without a field.

    A form that is one of several on its page says which: `whose`, in words.
    """
    links = [Link("", str(message), "") for message in form.non_field_errors()]
    for bound in form:
        label = str(bound.label)
        if whose := getattr(form, "whose", ""):
            label = gettext("%(whose)s: %(label)s") % {"whose": whose, "label": label}
        links += [Link(label, str(message), f"#{_target(bound)}") for message in bound.errors]
    return links


def _replace(field: forms.Field, widget: forms.Widget) -> None:
    widget.is_required = field.required
    widget.attrs |= {
        name: value
        for name, value in (*field.widget_attrs(widget).items(), *field.widget.attrs.items())
        if name not in ("min", "max", "step")
    }
    field.widget = widget


def _whole(field: forms.Field) -> bool:
    return not isinstance(field, forms.FloatField | forms.DecimalField)


def _latin(widget: forms.Widget) -> bool:
    kind = getattr(widget, "input_type", "")
    return kind in ("email", "url", "tel") or bool(re.search("tel|email|url", widget.attrs.get("inputmode", "")))


def _target(bound: BoundField) -> str:
    return bound.id_for_label or bound.auto_id or bound.html_name
