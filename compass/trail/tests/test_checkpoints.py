from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compass.trail import checkpoints
from compass.trail.checkpoints import BadCheckpoint, Checkpoint

KEY = Ed25519PrivateKey.generate()
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
POINT = Checkpoint(120, b"\x01" * 32, NOW)


def test_it_works(tmp_path):
    checkpoints.write(tmp_path / "out", KEY, POINT)
    later = Checkpoint(240, b"\x02" * 32, NOW + timedelta(hours=1))
    checkpoints.write(tmp_path / "out", KEY, later)

    assert checkpoints.read(checkpoints.exported(tmp_path / "out").decode(), KEY.public_key()) == [POINT, later]
    assert checkpoints.last(tmp_path / "out") == later


@pytest.mark.parametrize("change", [{"seq": 121}, {"hash": "02" * 32}, {"at": "2026-03-02T12:00:00+00:00"}])
def test_a_changed_line_is_refused(change):
    line = json.dumps({**json.loads(POINT.signed(KEY)), **change})

    with pytest.raises(BadCheckpoint, match="line 1"):
        checkpoints.read(line, KEY.public_key())


def test_the_signature_of_another_key_is_refused():
    line = POINT.signed(Ed25519PrivateKey.generate())

    with pytest.raises(BadCheckpoint):
        checkpoints.parse(line, KEY.public_key())


@pytest.mark.parametrize(
    "line", ["", "[]", "{}", "nonsense", '{"seq":1}', '{"seq":"x","hash":"","at":"","signature":""}']
)
def test_a_line_that_is_none_is_refused(line):
    with pytest.raises(BadCheckpoint):
        checkpoints.parse(line, KEY.public_key())


def test_a_key_of_another_kind_is_refused():
    with pytest.raises(BadCheckpoint):
        checkpoints.public_key(b"no key")


@pytest.mark.parametrize(
    ("seq", "after", "expected"),
    [
        (120, timedelta(days=1), False),
        (121, timedelta(minutes=5), False),
        (219, timedelta(minutes=59), False),
        (220, timedelta(minutes=1), True),
        (121, timedelta(hours=1), True),
    ],
)
def test_one_is_due_after_a_hundred_entries_or_an_hour(seq, after, expected):
    assert checkpoints.due(POINT, seq, NOW + after) is expected


def test_the_first_is_due_at_once_and_nothing_is_not():
    assert checkpoints.due(None, 1, NOW)
    assert not checkpoints.due(None, 0, NOW)


def test_a_torn_last_line_hides_no_earlier_one(tmp_path):
    checkpoints.write(tmp_path, KEY, POINT)
    with (tmp_path / checkpoints.NAME).open("a") as out:
        out.write('{"seq":1')

    assert checkpoints.last(tmp_path) == POINT


@pytest.fixture
def signing(settings, tmp_path):
    pem = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "checkpoint.key").write_bytes(pem)
    settings.COMPASS_CHECKPOINT_KEY_FILE = str(tmp_path / "checkpoint.key")
    settings.COMPASS_CHECKPOINTS = tmp_path / "checkpoints"
    return tmp_path / "checkpoints"


def test_the_job_signs_the_head_as_the_app_role(chain, signing):
    from compass.trail.jobs import sign_checkpoint

    signed = sign_checkpoint()

    assert signed.seq == 10
    assert sign_checkpoint() is None
    found = checkpoints.read(checkpoints.exported(signing).decode(), KEY.public_key())
    assert found == [signed]
    assert chain.verify(*found) is None
    assert stat.S_IMODE((signing / checkpoints.NAME).stat().st_mode) & 0o007 == 0


def test_no_key_no_checkpoint(chain, signing, settings):
    from compass.trail.jobs import sign_checkpoint

    settings.COMPASS_CHECKPOINT_KEY_FILE = ""

    assert sign_checkpoint() is None


def test_the_job_is_asked_every_minute():
    from compass.trail.jobs import checkpoint

    assert checkpoint.name == "compass.trail.checkpoint"
