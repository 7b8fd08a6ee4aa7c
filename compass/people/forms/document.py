"""A document that names a person, and where it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.people.actions import DocumentSaid
from compass.people.forms.common import country_choices
from compass.people.models import IdentityDocument, Person
from compass.ui.days import HalfKnownDay
from compass.ui.forms import CHOOSE, BaseForm, SeenField, words
from compass.ui.widgets import Radios
from compass.vocabulary import code_list

DETAIL = ("number", "name", "kept_by", "since", "valid_until")
NOT_A_DOCUMENT = "none"


def _types() -> list[tuple[str, Any]]:
    return [CHOOSE, *(row for row in code_list("document_type").choices() if row[0] != NOT_A_DOCUMENT)]


class DocumentForm(BaseForm):
    """One document: a new one, or what became of one that is known, of which nothing sealed is shown."""

    seen = SeenField()
    type = forms.ChoiceField(label=_("Which document"), choices=_types)
    possession = forms.ChoiceField(
        label=_("Where it is now"), widget=Radios, choices=lambda: code_list("document_possession").choices()
    )
    since = HalfKnownDay(
        label=_("Since when"),
        help_text=_("As far as the person knows it: the year alone is enough."),
        past=True,
        required=False,
    )
    kept_by = words(_("Who has it, and where"), rows=2, most=200, required=False)
    country = forms.ChoiceField(label=_("Issuing country"), required=False)
    number = forms.CharField(
        label=_("Number of the document"),
        help_text=_("As it is printed. Sealed when saved; the person can be found again by it and a name."),
        required=False,
        max_length=60,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Name on the document"), required=False, max_length=200)
    valid_until = HalfKnownDay(label=_("Until when it is valid"), required=False)

    def __init__(self, *args: Any, last: IdentityDocument | None, **kwargs: Any) -> None:
        """`last`: what is known of it now; None for a document that is new here."""
        super().__init__(*args, **kwargs)
        self.offer("country", country_choices())
        self._document = last.document if last is not None else None
        if last is not None:
            del self.fields["type"]
            self.fields["number"].help_text = _("What you leave empty stays as it was.")

    def command(self, person: Person, basis: str) -> DocumentSaid:
        """What was said; empty answers leave what was known."""
        told = self.cleaned_data
        said = {name: told[name] for name in DETAIL if told[name]}
        document: UUID | None = self._document
        return DocumentSaid(
            **self.envelope(basis, id=person.pk),
            document=document,
            type=told.get("type", ""),
            country=told["country"],
            possession=told["possession"],
            detail=said,
            seen=told["seen"] if document else None,
        )
