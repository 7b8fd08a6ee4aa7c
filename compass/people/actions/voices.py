"""An office's own recordings of the consent notice."""

from __future__ import annotations

from dataclasses import dataclass

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.people.content.consent import digest, notice
from compass.people.models import OfficeVoice
from compass.problems import UnknownCode
from compass.vault.identifiers import new_id


@dataclass(frozen=True, kw_only=True)
class VoiceRecording(Command):
    """One recording of one text of the notice; `media_type` was read from its first bytes."""

    language: str
    text_key: str
    media_type: str
    audio: bytes


@action("people.voices", OfficeVoice)
def put_voices(work: Work, recordings: list[VoiceRecording]) -> list[OfficeVoice]:
    """Put an office's recordings in place of the placeholders. Raises UnknownCode for a text it does not have."""
    work.demand("people.voices")
    rows = []
    for each in recordings:
        try:
            text = notice(each.language).spoken()[each.text_key]
        except KeyError as error:
            raise UnknownCode(value=each.text_key[:40], list="notice") from error
        rows.append(
            OfficeVoice(
                id=new_id(),
                organisation_id=work.actor.organisation.pk,
                language=each.language,
                key=each.text_key,
                media_type=each.media_type,
                audio=each.audio,
                notice_version=notice(each.language).version,
                text_digest=digest(text),
                recorded_at=work.written(),
                recorded_by=work.actor.id,
            )
        )
    return OfficeVoice.objects.bulk_create(rows)
