"""The erasure ledger outside of the database: signed lines that only ever grow."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compass.trail import erasures
from compass.trail.erasures import BadLedger, Line

KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def lines() -> list[Line]:
    return [Line(number, uuid4(), datetime.now(UTC)) for number in range(1, 5)]


def text(folder) -> str:
    return (folder / erasures.NAME).read_text()


def test_it_works(tmp_path, lines):
    assert erasures.exported(tmp_path) == b""
    assert erasures.write(tmp_path, KEY, lines[:3]) == 3
    assert erasures.write(tmp_path, KEY, lines) == 1
    assert erasures.write(tmp_path, KEY, lines) == 0

    assert erasures.read(text(tmp_path), KEY.public_key()) == lines


def test_a_file_that_was_lost_or_broken_off_is_written_again(tmp_path, lines):
    erasures.write(tmp_path, KEY, lines)
    whole = text(tmp_path)
    (tmp_path / erasures.NAME).write_text(whole[: len(whole) // 2])

    erasures.write(tmp_path, KEY, lines)
    assert text(tmp_path) == whole

    (tmp_path / erasures.NAME).unlink()
    erasures.write(tmp_path, KEY, lines)
    assert text(tmp_path) == whole


@pytest.mark.parametrize("spoil", ["taken out", "changed", "swapped", "another key", "words"])
def test_a_line_that_is_not_what_was_signed_is_named(tmp_path, lines, spoil):
    erasures.write(tmp_path, KEY, lines)
    signed = text(tmp_path).splitlines(keepends=True)
    spoiled = {
        "taken out": signed[:1] + signed[2:],
        "changed": [signed[0], signed[1].replace(str(lines[1].subject), str(uuid4())), *signed[2:]],
        "swapped": [signed[0], signed[2], signed[1], signed[3]],
        "another key": [signed[0], lines[1].signed(Ed25519PrivateKey.generate())],
        "words": [signed[0], "nothing\n"],
    }[spoil]

    with pytest.raises(BadLedger, match="line 2"):
        erasures.read("".join(spoiled), KEY.public_key())


@pytest.mark.django_db
def test_the_job_of_every_minute_writes_what_the_database_has(at, settings, tmp_path, cluster):
    from compass.trail.checkpoints import public_key
    from compass.trail.jobs import checkpoint
    from compass.vault.identifiers import new_id

    settings.COMPASS_CHECKPOINT_KEY_FILE = str(cluster.folder / "secrets" / "checkpoint.key")
    settings.COMPASS_CHECKPOINTS = tmp_path
    subject = new_id()
    with at("zinder.social") as work:
        work.keys.create(work.actor.organisation.pk, [subject])
        work.keys.destroy([subject])

    checkpoint()

    (line,) = erasures.read(text(tmp_path), public_key((cluster.folder / "checkpoint.pub").read_bytes()))
    assert (line.number, line.subject) == (1, subject)
