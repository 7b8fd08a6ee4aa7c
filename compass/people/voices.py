"""Which recording plays for each text of the notice: the office's own when there is one, else the placeholder."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.templatetags.static import static
from django.urls import reverse

from compass.access.work import Work
from compass.people.content.consent import digest, notice, voices
from compass.people.models import OfficeVoice

MOST_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Recording:
    """A recording as a page plays it.

    `placeholder`: made by text-to-speech. `relied_on`: false when the synthesiser does not know the language or the
    recording reads an earlier text; then it must not inform anyone. `office_voice`: the office's own.
    """

    url: str
    placeholder: bool
    relied_on: bool
    office_voice: UUID | None = None


def recordings(work: Work, language: str) -> dict[str, Recording]:
    """By key of the text, for this office; one query. Empty for a language without a notice."""
    try:
        text = notice(language)
    except KeyError:
        return {}
    found = {
        key: Recording(static(voice.file), voice.placeholder, not voice.wrong_language and voice.reads(text))
        for key, voice in voices(language).items()
    }
    spoken = text.spoken()
    own = OfficeVoice.objects.filter(organisation_id=work.actor.organisation.pk, language=language)
    for row in own.order_by("key", "-recorded_at", "-id").distinct("key").defer("audio"):
        current = row.key in spoken and row.text_digest == digest(spoken[row.key])
        if current:
            found[row.key] = Recording(reverse("people:voice", args=[row.pk]), False, True, row.pk)
    return found


def media_type(content: bytes) -> str | None:
    """The type of a sound file by its first bytes: Ogg (Opus, Vorbis), MP3 or MPEG-4 audio; None for anything else."""
    if content[:4] == b"OggS" and any(mark in content[:64] for mark in (b"OpusHead", b"\x01vorbis")):
        return "audio/ogg"
    if content[:3] == b"ID3" or _mp3_frame(content):
        return "audio/mpeg"
    if content[4:8] == b"ftyp" and content[8:12] in {b"M4A ", b"mp42", b"isom", b"mp41", b"M4B "}:
        return "audio/mp4"
    return None


def _mp3_frame(content: bytes) -> bool:
    """A frame header of MPEG audio layer III: eleven set bits, a known version, layer, bit rate and sampling rate."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:
        return False
    version, layer, rate, sampling = content[1] >> 3 & 3, content[1] >> 1 & 3, content[2] >> 4, content[2] >> 2 & 3
    return version != 1 and layer == 1 and rate not in (0, 15) and sampling != 3
