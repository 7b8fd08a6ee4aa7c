"""The Washington Group short set."""

from __future__ import annotations

from typing import Any

from django import forms

from compass.people.actions import FunctioningAnswered
from compass.people.models import Person
from compass.ui.forms import BaseForm, SeenField, fit
from compass.ui.widgets import Radios
from compass.vocabulary import code_list


class FunctioningForm(BaseForm):
    """Six questions, each word for word as it is read aloud. Not wanting to answer is an answer."""

    seen = SeenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in code_list("disability_domain"):
            field = forms.ChoiceField(
                label=code.description, widget=Radios, choices=code_list("disability_answer").choices()
            )
            fit(field)
            self.fields[code.value] = field

    def command(self, person: Person) -> FunctioningAnswered:
        """It rests on consent, and on nothing else."""
        told = self.cleaned_data
        answers = {code: told[code] for code in code_list("disability_domain").values}
        return FunctioningAnswered(**self.envelope("consent", id=person.pk), answers=answers, seen=told["seen"])


class FunctioningMistakenForm(BaseForm):
    """That what was written down was a mistake."""

    seen = SeenField()

    def command(self, person: Person) -> FunctioningAnswered:
        """It rests on no consent: the law gives everybody the correction of what is wrong about them."""
        return FunctioningAnswered(**self.envelope("legal_duty", id=person.pk), seen=self.cleaned_data["seen"])
