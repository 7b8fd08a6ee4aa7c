"""A further name of a person, or that of a parent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.people.actions import NameSaid
from compass.people.forms.common import listed
from compass.people.models import Person, PersonName
from compass.ui.forms import BaseForm, SeenField
from compass.ui.widgets import Radios


class NameForm(BaseForm):
    """One name: a new one, or the correction of one that is known, which is not shown."""

    seen = SeenField()
    kind = forms.ChoiceField(label=_("What kind of name"), widget=Radios, choices=listed("name_kind"))
    words = forms.CharField(
        label=_("The name"),
        help_text=_("In the script in which it is written. Sealed when saved; the person can be found again by it."),
        max_length=200,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
    mistaken = forms.BooleanField(
        label=_("This was never a name of the person or of a parent: it was written down by mistake"), required=False
    )

    def __init__(self, *args: Any, last: PersonName | None, **kwargs: Any) -> None:
        """`last`: what is known of it now; None for a name that is new here."""
        super().__init__(*args, **kwargs)
        self._name = last.name if last is not None else None
        if last is None:
            del self.fields["mistaken"]
        else:
            self.fields["words"].required = False
            self.fields["words"].help_text = _("What you leave empty stays as it was. The former spelling is kept.")

    def command(self, person: Person, basis: str) -> NameSaid:
        """What was said; empty words leave what was written."""
        told = self.cleaned_data
        name: UUID | None = self._name
        return NameSaid(
            **self.envelope(basis, id=person.pk),
            name=name,
            kind=told["kind"],
            words=told["words"],
            mistaken=told.get("mistaken", False),
            seen=told["seen"] if name else None,
        )
