"""The forms of the steps outside the row, and of reading what is sealed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.returns import actions, machine
from compass.returns.forms.common import StepForm
from compass.returns.models import Return
from compass.ui.forms import BaseForm, choose, words


class MovedForm(StepForm):
    """A step with a reason from one list."""

    reason = forms.ChoiceField(label=_("Reason"), required=False)
    note = words(_("In the person’s words, if they wish"), required=False, help_text=_("Sealed."))

    def __init__(self, *args: Any, reasons: str, required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("reason", choose(machine.reasons(reasons)))
        self.fields["reason"].required = required

    def command(self, avr: Return) -> actions.Moved:
        return actions.Moved(**self.about(avr.pk), reason=self.cleaned_data["reason"], note=self.cleaned_data["note"])


class ResumeForm(StepForm):
    """Nothing to say: back to counselling."""

    def command(self, avr: Return) -> actions.Moved:
        return actions.Moved(**self.about(avr.pk))


class NotesForm(BaseForm):
    reason = forms.ChoiceField(
        label=_("Why do you need to read this?"),
        choices=[
            ("", _("Choose")),
            ("decision", _("To decide on this return")),
            ("counselling", _("To go on with counselling")),
            ("person_asks", _("The person asks to hear it")),
            ("compare", _("To compare it with what I typed")),
        ],
    )
