"""An office's own recording of a text of the notice."""

from __future__ import annotations

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from compass.people.actions import VoiceRecording
from compass.people.voices import MOST_BYTES, media_type
from compass.ui.forms import BaseForm


class VoiceForm(BaseForm):
    """One sound file, known by its first bytes and not by its name."""

    audio = forms.FileField(
        label=_("Sound file"),
        help_text=_("Ogg (Opus), MP3 or M4A, at most 2 MB. The voice of someone who may be heard, not of a client."),
        widget=forms.FileInput({"accept": "audio/ogg,audio/mpeg,audio/mp4,.ogg,.opus,.mp3,.m4a"}),
    )

    def clean_audio(self) -> File[bytes]:
        file: File[bytes] = self.cleaned_data["audio"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 2 MB. Record at a lower quality."))
        self.content = file.read()
        found = media_type(self.content)
        if found is None:
            raise forms.ValidationError(_("This is not an Ogg, MP3 or M4A sound file, whatever its name says."))
        self.media_type = found
        return file

    def command(self, language: str, key: str) -> VoiceRecording:
        return VoiceRecording(
            **self.envelope("public_interest"),
            language=language,
            text_key=key,
            media_type=self.media_type,
            audio=self.content,
        )
