"""Beside every question for a file stands, before anything is sent, which kinds are taken and how large it may be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django import forms
from django.utils.translation import override

from compass.cases import forms_referral
from compass.people import voices
from compass.people.forms import photo, voice
from compass.reintegration import forms as home
from compass.ui import uploads
from compass.ui.forms import BaseForm

LIMITS = {
    **dict.fromkeys((forms_referral.OutcomeForm, forms_referral.LateFileForm, home.ReceiptForm), uploads.LIMIT_MB),
    photo.PhotoForm: uploads.LIMIT_MB,
    voice.VoiceForm: voices.MOST_BYTES // 1024 // 1024,
}


def below(kind: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def files(kind: type[BaseForm]) -> list[forms.FileField]:
    return [field for field in kind.base_fields.values() if isinstance(field, forms.FileField)]


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_kinds_and_size_are_said(language):
    asking = {kind for kind in below(BaseForm) if files(kind) and kind.__module__.startswith("compass.")}
    assert {kind for kind in asking if ".tests." not in kind.__module__ and ".ui." not in kind.__module__} == set(
        LIMITS
    )

    for kind, most in LIMITS.items():
        (field,) = files(kind)
        with override(language):
            told = str(field.help_text)
        assert str(most) in told and field.widget.attrs["accept"], kind
        named = {voice.VoiceForm: ("Ogg", "MP3", "M4A"), photo.PhotoForm: ("JPEG", "PNG")}
        for name in named.get(kind, ("JPEG", "PNG", "PDF")):
            assert name in told, (kind, name)


def test_the_kinds_that_are_offered_are_those_that_are_taken():
    assert set(uploads.file_field("x").widget.attrs["accept"].split(",")) == set(uploads.SUFFIX)
