"""The root key under the key of a token: a real PKCS#11 library, SoftHSM, in the place of the device."""

from __future__ import annotations

import json
import os

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass, exceptions

from compass.problems import PinRefused, TokenAway, TokenForeign
from compass.vault import hsm

KEY = bytes(range(32))


@pytest.fixture
def token(soft_token, settings, tmp_path):
    """A token of a new installation."""
    settings.COMPASS_PKCS11_MODULE, settings.COMPASS_PKCS11_TOKEN = soft_token.module, soft_token.label
    settings.COMPASS_CUSTODIANS_FILE = tmp_path / "custodians.json"
    yield soft_token
    hsm.forget(soft_token.pin)


def keys_on(token) -> list:
    with pkcs11.lib(token.module).get_token(token_label=token.label).open(user_pin=token.pin) as session:
        found = session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})
        return [(bytes(key.id), dict.fromkeys(["kept"], key[Attribute.EXTRACTABLE])) for key in found]


def test_the_token_opens_what_its_own_key_sealed_and_the_file_says_nothing(token):
    assert hsm.kept() is None

    hsm.put(3, KEY, token.pin)

    assert hsm.take(token.pin) == (3, KEY)
    assert hsm.path().stat().st_mode & 0o777 == 0o600
    assert KEY not in hsm.path().read_bytes()
    assert KEY.hex() not in hsm.path().read_text()


def test_the_key_on_the_token_cannot_be_read(token):
    hsm.put(3, KEY, token.pin)

    with pkcs11.lib(token.module).get_token(token_label=token.label).open(user_pin=token.pin) as session:
        (key,) = session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})
        with pytest.raises(exceptions.AttributeSensitive):
            key[Attribute.VALUE]
        # The control: one that was made to be read is.
        weak = session.generate_key(
            pkcs11.KeyType.AES, 256, template={Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True}
        )
        assert len(weak[Attribute.VALUE]) == 32


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: said | {"number": 4},
        lambda said: said | {"sealed": said["sealed"][:-2]},
        lambda said: said | {"sealed": f"{int(said['sealed'][:2], 16) ^ 1:02x}{said['sealed'][2:]}"},
        lambda said: said | {"key": os.urandom(16).hex()},
    ],
    ids=["another number", "cut", "a flipped bit", "another key"],
)
def test_a_file_that_was_changed_opens_nothing(token, spoil):
    hsm.put(3, KEY, token.pin)
    hsm.path().write_text(json.dumps(spoil(json.loads(hsm.path().read_text()))))

    with pytest.raises(TokenForeign):
        hsm.take(token.pin)


def test_a_damaged_file_is_said_in_words(token):
    hsm.put(3, KEY, token.pin)
    hsm.path().write_text('{"number": 3, "key": "zz"}')

    with pytest.raises(TokenForeign):
        hsm.take(token.pin)


def test_a_token_that_cannot_do_it_is_said_in_words(token, monkeypatch):
    monkeypatch.setattr(hsm, "KEY_BYTES", 7)

    with pytest.raises(TokenAway):
        hsm.put(3, KEY, token.pin)


def test_once_the_key_was_put_there_anew_an_older_file_opens_nothing(token):
    hsm.put(3, KEY, token.pin)
    older = hsm.path().read_text()
    hsm.put(4, KEY, token.pin)
    assert hsm.take(token.pin) == (4, KEY)
    assert len(keys_on(token)) == 1

    hsm.path().write_text(older)

    with pytest.raises(TokenForeign):
        hsm.take(token.pin)


def test_a_wrong_pin_and_a_token_that_is_away_are_said(token, settings):
    hsm.put(3, KEY, token.pin)

    with pytest.raises(PinRefused):
        hsm.take("000000")
    settings.COMPASS_PKCS11_TOKEN = "another"
    with pytest.raises(TokenAway):
        hsm.take(token.pin)
    settings.COMPASS_PKCS11_MODULE = "/none/library.so"
    with pytest.raises(TokenAway):
        hsm.take(token.pin)
    settings.COMPASS_PKCS11_MODULE, settings.COMPASS_PKCS11_TOKEN = token.module, token.label
