"""Asking whether another organisation works with a person too; the second person's answer; taking it back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.people.actions.elsewhere import ElsewhereAsked, ElsewhereDecided, ElsewhereTakenBack
from compass.people.forms.common import listed
from compass.people.models import ElsewhereAsk, Person
from compass.ui.forms import BaseForm, VersionField
from compass.ui.widgets import Radios


class ElsewhereForm(BaseForm):
    """What the person hopes for."""

    hope = forms.ChoiceField(label=_("What does the person hope for?"), widget=Radios, choices=listed("elsewhere_hope"))

    def command(self, person: Person) -> ElsewhereAsked:
        return ElsewhereAsked(**self.envelope("consent", id=person.pk), hope=self.cleaned_data["hope"])


class DecideElsewhereForm(BaseForm):
    """The second person's answer, or that it is taken back."""

    version = VersionField()
    answer = forms.ChoiceField(choices=[("confirm", ""), ("decline", ""), ("back", "")])

    def decided(self, ask: ElsewhereAsk) -> ElsewhereDecided:
        agrees = self.cleaned_data["answer"] == "confirm"
        told = self.envelope("consent" if agrees else "legal_duty", id=ask.pk, version=self.cleaned_data["version"])
        return ElsewhereDecided(**told, agrees=agrees)

    def taken_back(self, ask: ElsewhereAsk) -> ElsewhereTakenBack:
        return ElsewhereTakenBack(**self.envelope("legal_duty", id=ask.pk, version=self.cleaned_data["version"]))
