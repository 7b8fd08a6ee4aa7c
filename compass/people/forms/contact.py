"""How to reach a person without putting them in danger."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compass.people.actions import IdentityChange
from compass.people.forms.common import answered, listed, shown, tongue_choices
from compass.people.models import Person
from compass.people.reach import NEVER_RUNG, THROUGH_ANOTHER, is_unsafe
from compass.ui.digits import normalise_digits
from compass.ui.forms import BaseForm, VersionField, YesNoField, words
from compass.vocabulary import label_of

# What people put between the digits of a number: spaces, dots, dashes, parentheses, marks of direction.
BETWEEN = re.compile(r"[\s.()\u002d\u2010-\u2015\u2212\u200e\u200f\u061c\u202a-\u202c\u2066-\u2069]")
NUMBER = re.compile(r"\+?[0-9]{6,15}")
MOST_NUMBERS = 12


def _dialled(typed: str) -> bool:
    """Whether it can be dialled, in whatever digits (E.164: at most 15 digits)."""
    return NUMBER.fullmatch(BETWEEN.sub("", normalise_digits(typed))) is not None


class NumbersField(forms.CharField):
    """Telephone numbers, one on each line; the answer is a list of them as they were typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=400, widget=forms.Textarea({"rows": 2, "inputmode": "tel", "dir": "ltr"}), **options
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """The numbers. Raises ValidationError for a line that is none."""
        typed = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        if not all(_dialled(line) for line in typed) or len(typed) > MOST_NUMBERS:
            raise forms.ValidationError(
                gettext("Write one number on each line, of 6 to 15 digits, such as +227 90 12 34 56.")
            )
        return typed


class ContactForm(BaseForm):
    """How to reach the person without putting them in danger."""

    #: Demanded with a number, with the way through another, with the need of an interpreter.
    sometimes: ClassVar[frozenset[str]] = frozenset(
        {"safe_to_call", "trusted_person", "interpreter_needed", "interpreter_language"}
    )
    version = VersionField()
    safe_contact = forms.ChoiceField(
        label=_("How may the person be reached?"),
        help_text=_("The way that is safe for the person, in their own judgement."),
        required=False,
        choices=listed("safe_contact", ("", "—")),
    )
    trusted_person = words(
        _("Who passes a message on"),
        rows=2,
        most=200,
        required=False,
        help_text=_("Only somebody whom the person named: who it is, and how to reach them."),
    )
    phone = forms.CharField(
        label=_("Telephone number"),
        help_text=_("Sealed when saved. Shown again only by a recorded step."),
        required=False,
        max_length=40,
        widget=forms.TextInput({"inputmode": "tel", "dir": "ltr"}),
    )
    safe_to_call = YesNoField(
        label=_("Is it safe to call this person?"),
        help_text=_("To be answered when there is a number."),
        required=False,
    )
    safe_times = forms.CharField(
        label=_("At which times it is safe"),
        help_text=_("For example: on weekday mornings, never after dark."),
        required=False,
        max_length=200,
    )
    speak_as = forms.CharField(
        label=_("Who we say we are"),
        help_text=_("How the person wants us to present ourselves, on the telephone and in messages."),
        required=False,
        max_length=200,
    )
    what_to_say = words(_("What may be said if someone else answers"), required=False, rows=2, most=300)
    must_not_know = words(
        _("Who must not know that the person is in touch with us"),
        required=False,
        rows=2,
        most=300,
    )
    unsafe_numbers = NumbersField(
        label=_("Numbers that are no longer safe"),
        help_text=_("One on each line. They are never called again and stay here, so that nobody takes them for safe."),
        required=False,
    )
    safe_to_carry_paper = YesNoField(
        label=_("Is it safe for this person to carry a paper from us?"),
        help_text=_("At a checkpoint, at home, among fellow travellers."),
        # Without a yes nothing is printed: an intake need not wait for this answer.
        required=False,
    )

    interpreter_needed = YesNoField(
        label=_("Does the person need an interpreter?"),
        help_text=_("In their own judgement, for a talk about their situation. Shown before each talk is planned."),
        required=False,
    )
    interpreter_language = forms.ChoiceField(
        label=_("Language of the interpreter"), required=False, choices=tongue_choices
    )
    interpreter_sex = forms.ChoiceField(
        label=_("Whom the person prefers as interpreter"),
        help_text=_("Ask everyone in the same words. Nobody need say why."),
        required=False,
        choices=listed("interpreter_sex", ("", "—")),
    )

    def clean_phone(self) -> str:
        """The number as it was typed, in whatever digits, when it can be dialled."""
        typed: str = self.cleaned_data["phone"]
        if typed and not _dialled(typed):
            raise forms.ValidationError(
                gettext("Write a telephone number of 6 to 15 digits, such as +227 90 12 34 56, or leave it empty.")
            )
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        phone, calls, way = (cleaned.get(name) for name in ("phone", "safe_to_call", "safe_contact"))
        if phone and calls is None and "safe_to_call" not in self.errors:
            self.add_error("safe_to_call", self.fields["safe_to_call"].error_messages["required"])
        if phone and is_unsafe(phone, cleaned.get("unsafe_numbers") or ()):
            self.add_error(
                "phone", _("This number is among those that are no longer safe. Take it away here, or from that list.")
            )
        if (calls is True and way in NEVER_RUNG) or (calls is False and way == "phone_call"):
            self.add_error(
                "safe_to_call",
                _("This does not fit “%(way)s”. Ask the person, then change one of the two answers.")
                % {"way": label_of("safe_contact", str(way))},
            )
        if way == THROUGH_ANOTHER and not cleaned.get("trusted_person") and "trusted_person" not in self.errors:
            self.add_error(
                "trusted_person",
                _("Write whom the person named and how to reach them, or choose another way above."),
            )
        if (
            cleaned.get("interpreter_needed") is True
            and not cleaned.get("interpreter_language")
            and "interpreter_language" not in self.errors
        ):
            self.add_error("interpreter_language", _("Choose in which language an interpreter is needed."))
        preferred = cleaned.get("interpreter_language") or cleaned.get("interpreter_sex")
        if preferred and cleaned.get("interpreter_needed") is not True and "interpreter_needed" not in self.errors:
            self.add_error(
                "interpreter_needed", _("A language or a preference is given below. Empty it, or answer yes.")
            )
        return cleaned

    @classmethod
    def initial_of(cls, person: Person, contact: dict[str, Any]) -> dict[str, Any]:
        """What the form shows of a record."""
        return {**contact, "version": person.version}

    @property
    def contact(self) -> dict[str, Any]:
        """The sealed part, without empty answers."""
        return answered(self)

    def command(self, person: Person, basis: str) -> IdentityChange:
        """The change; what this form does not ask stays as it is."""
        return IdentityChange(
            **self.envelope(basis, id=person.pk, version=self.cleaned_data["version"]),
            contact={**dict.fromkeys(shown(ContactForm)), **self.contact},
        )
