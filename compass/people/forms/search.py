"""Finding a person again by what they say, and saying whether two records are one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from compass.access.work import Command
from compass.people.actions import Judged, MergeAsked, MergeDecided, MergeUndone
from compass.people.forms.person import OLDEST
from compass.people.matching.folding import tokens
from compass.people.matching.keys import attribute_keys
from compass.people.matching.records import Record
from compass.people.models import Merge, Person
from compass.people.searching.also import MOTHER, Also
from compass.people.searching.tokens import asked, record_of
from compass.ui.forms import BaseForm, VersionField
from compass.ui.widgets import Radios


class FindForm(BaseForm):
    """At least two attributes, one of them a name. It is sent by POST: a name is never in an address."""

    names = forms.CharField(
        label=_("Names, as you hear them"),
        help_text=_("In any spelling, script and order: given name, family name, other names."),
        max_length=200,
        error_messages={
            "required": _(
                "Write a name, and one thing more: another name, the year of birth, the place of origin or the number."
            )
        },
    )
    birth_year = forms.IntegerField(
        label=_("Year of birth, about"),
        help_text=_("Up to three years more or less are found too."),
        required=False,
        error_messages={"invalid": _("Write the year with four digits, for example 1995.")},
    )
    place_of_origin = forms.CharField(label=_("Place of origin"), required=False, max_length=200)
    mother = forms.CharField(label=_("Name of the mother"), required=False, max_length=120)
    phone = forms.CharField(
        label=_("Telephone number"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"inputmode": "tel", "dir": "ltr"}),
    )
    document = forms.CharField(
        label=_("Number of a document, or with an organisation"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )

    def clean_birth_year(self) -> int | None:
        year: int | None = self.cleaned_data["birth_year"]
        last = timezone.localdate().year
        if year is not None and not last - OLDEST <= year <= last:
            raise forms.ValidationError(
                _("Write a year from %(first)s to %(last)s."),
                params={"first": str(last - OLDEST), "last": str(last)},
            )
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not asked(self.record):
            self.add_error("names", self._what_helps())
        return cleaned

    def _what_helps(self) -> Any:
        """Which second attribute is missing, in words."""
        if "name" not in attribute_keys(self.record):
            return _("Write a name as well: the rest alone would fit too many people.")
        return _(
            "One name alone fits too many people. Write another of their names, that of the mother, the year of birth, the"
            " place of origin, the telephone number or that of a document as well."
        )

    @cached_property
    def record(self) -> Record:
        """What was typed, as the linker reads it."""
        told = self.cleaned_data
        identity = {
            "given": told["names"] if tokens(told["names"]) else "",
            "birth_year": told["birth_year"],
            "place_of_origin": told["place_of_origin"],
        }
        also = Also()
        also.document(told["document"], "")
        if told["mother"]:
            also.add(MOTHER, told["mother"], of=uuid4())
        return record_of(identity, {"phone": told["phone"]}, also)

    def command(self) -> Command:
        return Command(**self.envelope("public_interest"))


class SameForm(BaseForm):
    """One answer about two records."""

    other = forms.UUIDField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=[("same", ""), ("different", "")])

    def command(self, person: Person) -> Judged:
        told = self.cleaned_data
        return Judged(
            **self.envelope("public_interest", id=person.pk), other_id=told["other"], same=told["answer"] == "same"
        )


class MergeForm(BaseForm):
    """Which record of the same person, and which of the two codes stays."""

    other = forms.ChoiceField(label=_("The other record"), widget=Radios, choices=[])
    keep = forms.ChoiceField(
        label=_("Which code stays?"),
        help_text=_("The one that the person and your partners know better. The other one leads to it."),
        widget=Radios,
        choices=[],
    )

    def __init__(self, *args: Any, person: Person, others: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person
        self.offer("other", [(str(other.pk), other.code) for other in others])
        self.offer("keep", [("this", person.code), ("other", _("The code of the other record"))])

    def command(self) -> MergeAsked:
        this, other = self._person.pk, UUID(self.cleaned_data["other"])
        kept, absorbed = (this, other) if self.cleaned_data["keep"] == "this" else (other, this)
        return MergeAsked(**self.envelope("public_interest", id=kept), absorbed_id=absorbed)


class DecideMergeForm(BaseForm):
    """The second person's answer, or that a merge was wrong."""

    version = VersionField()
    answer = forms.ChoiceField(choices=[("confirm", ""), ("decline", ""), ("undo", "")])

    def decided(self, merge: Merge) -> MergeDecided:
        told = self.envelope("public_interest", id=merge.pk, version=self.cleaned_data["version"])
        return MergeDecided(**told, agrees=self.cleaned_data["answer"] == "confirm")

    def undone(self, merge: Merge) -> MergeUndone:
        return MergeUndone(**self.envelope("public_interest", id=merge.pk, version=self.cleaned_data["version"]))
