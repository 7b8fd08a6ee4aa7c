"""A number by which another organisation knows a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.people.actions import NumberSaid
from compass.people.forms.common import hint, listed
from compass.people.models import AgencyNumber, Person
from compass.ui.forms import BaseForm, SeenField
from compass.ui.widgets import Radios


class NumberForm(BaseForm):
    """One number: a new one, or what became of one that is known, which is not shown."""

    seen = SeenField()
    kind = forms.ChoiceField(label=_("Whose number"), widget=Radios, choices=listed("agency_number"))
    number = forms.CharField(
        label=_("The number"),
        help_text=_("As it is written on the card or slip. Sealed when saved; it never goes along with a referral."),
        max_length=60,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )
    issued_by = forms.CharField(
        label=_("Which office gave it, and where"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        label=_("Is it still valid?"), widget=Radios, choices=listed("agency_number_state"), initial="in_use"
    )

    def __init__(self, *args: Any, last: AgencyNumber | None, **kwargs: Any) -> None:
        """`last`: what is known of it now; None for a number that is new here."""
        super().__init__(*args, **kwargs)
        hint(self.fields["kind"], "agency_number")
        self._reference = last.reference if last is not None else None
        if last is None:
            del self.fields["state"]
        else:
            self.fields["number"].required = False
            self.fields["number"].help_text = _("What you leave empty stays as it was. The former number is kept.")

    def command(self, person: Person, basis: str) -> NumberSaid:
        """What was said; empty answers leave what was known."""
        told = self.cleaned_data
        reference: UUID | None = self._reference
        return NumberSaid(
            **self.envelope(basis, id=person.pk),
            reference=reference,
            kind=told["kind"],
            number=told["number"],
            issued_by=told["issued_by"],
            state=told.get("state", "in_use"),
            seen=told["seen"] if reference else None,
        )
