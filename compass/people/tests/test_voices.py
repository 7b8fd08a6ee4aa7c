from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from compass.people.content.consent import VOICES
from compass.people.voices import media_type

pytestmark = pytest.mark.django_db
WHERE = "/people/voices/ha/who_we_are/"
OGG = (VOICES / "ha" / "who_we_are.ogg").read_bytes()


def upload(client, content, name="voice.ogg", where=WHERE):
    return client.post(where, {"key": str(uuid.uuid4()), "audio": SimpleUploadedFile(name, content)})


def test_it_works(make, sign_in):
    client = sign_in("zinder.supervisor")

    response = upload(client, OGG)
    page = client.get(f"/people/{make('zinder.supervisor').pk}/consent/").content.decode()

    assert response.status_code == 302, response.content.decode()
    assert "voices/ha/who_we_are.ogg" not in page
    address = page.split('src="/people/voice/')[1].split('"')[0]
    played = client.get(f"/people/voice/{address}")
    assert played["Content-Type"] == "audio/ogg"
    assert played.content == OGG


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<script>alert(1)</script>", "voice.ogg"),
        (b"MZ" + bytes(400), "voice.mp3"),
        (b"OggS" + bytes(100), "voice.ogg"),
        (OGG[:200] + bytes(2 * 1024 * 1024), "voice.ogg"),
        (b"", "voice.ogg"),
    ],
)
def test_a_hostile_or_large_file_is_refused(sign_in, content, name):
    response = upload(sign_in("zinder.supervisor"), content, name)

    assert response.status_code == 200
    assert 'class="err' in response.content.decode() or 'role="alert"' in response.content.decode()


def test_the_voice_of_one_office_is_not_heard_in_another(make, sign_in):
    client = sign_in("zinder.supervisor")
    upload(client, OGG)
    page = client.get(f"/people/{make('zinder.supervisor').pk}/consent/").content.decode()
    address = page.split('src="/people/voice/')[1].split('"')[0]

    assert sign_in("edo.reception").get(f"/people/voice/{address}").status_code == 404


def test_only_a_supervisor_replaces_voices(sign_in):
    client = sign_in("zinder.social")

    assert client.get("/people/voices/").status_code == 403
    assert upload(client, OGG).status_code == 403


def test_every_text_is_listed_and_an_unknown_one_is_not_found(sign_in):
    client = sign_in("zinder.supervisor")

    assert client.get("/people/voices/?language=ar").status_code == 200
    assert client.get("/people/voices/ha/nothing/").status_code == 404
    assert client.get("/people/voices/xx/who_we_are/").status_code == 404


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (b"ID3\x04" + bytes(20), "audio/mpeg"),
        (b"\xff\xfb\x90\x00" + bytes(20), "audio/mpeg"),
        (bytes(4) + b"ftypM4A " + bytes(20), "audio/mp4"),
        (b"RIFF" + bytes(20), None),
        (b"\xff\xff\xff\xff", None),
    ],
)
def test_first_bytes_decide(start, found):
    assert media_type(start) == found
