"""A photo of a person, and its end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from compass.people.actions import PhotoRemoved, PhotoTaken
from compass.people.models import Person, PersonPhoto
from compass.problems import FileRefused
from compass.ui.forms import BaseForm, VersionField
from compass.ui.uploads import Attachment, face, face_field
from compass.ui.widgets import Radios
from compass.vocabulary import code_list

#: Reasons that somebody gives; the program gives the others.
GIVEN = ("wish", "mistake")


class PhotoForm(BaseForm):
    """One photo, taken now or chosen."""

    photo = face_field(_("The photo"))

    def clean_photo(self) -> Attachment:
        """Raises ValidationError with the words of the refusal."""
        upload: UploadedFile[Any] = self.cleaned_data["photo"]
        try:
            return face(upload)
        except FileRefused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def command(self, person: Person) -> PhotoTaken:
        """It rests on consent, and on nothing else."""
        return PhotoTaken(**self.envelope("consent", id=person.pk), picture=self.cleaned_data["photo"])


class PhotoRemovedForm(BaseForm):
    """Why a photo is destroyed."""

    version = VersionField()
    why = forms.ChoiceField(
        label=_("Why is it destroyed?"),
        widget=Radios,
        choices=lambda: [row for row in code_list("photo_removal").choices() if row[0] in GIVEN],
    )

    def command(self, row: PersonPhoto) -> PhotoRemoved:
        """It rests on no consent: the law gives everybody this end."""
        told = self.cleaned_data
        return PhotoRemoved(**self.envelope("legal_duty", id=row.pk, version=told["version"]), why=told["why"])
