from __future__ import annotations

import struct
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compass.problems import Unreadable
from compass.vault import crypto

KEY = crypto.new_key()
SUBJECT = uuid4()
PLACE = {"table": "people_person", "column": "identity_sealed", "subject": SUBJECT}
PLAIN = "Aïcha Ousmane \u0639\u0627\u0626\u0634\u0629".encode()


def seal(plain: bytes = PLAIN, *, key: bytes = KEY, version: int = 1, **place: object) -> bytes:
    return crypto.seal_bytes(key, plain, version=version, **{**PLACE, **place})


def test_it_works():
    blob = seal()

    assert crypto.open_bytes(KEY, blob, **PLACE) == PLAIN
    assert PLAIN not in blob
    assert crypto.blob_version(blob) == 1


@pytest.mark.parametrize(
    "moved",
    [{"table": "people_service"}, {"column": "contact_sealed"}, {"subject": uuid4()}, {"subject": f"{SUBJECT}/1"}],
)
def test_a_blob_moved_to_another_place_does_not_open(moved):
    with pytest.raises(Unreadable):
        crypto.open_bytes(KEY, seal(), **{**PLACE, **moved})


def test_a_blob_of_another_key_does_not_open():
    with pytest.raises(Unreadable):
        crypto.open_bytes(crypto.new_key(), seal(), **PLACE)


def test_every_flipped_bit_is_noticed():
    blob = seal(b"x")
    for bit in range(len(blob) * 8):
        changed = bytearray(blob)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Unreadable):
            crypto.open_bytes(KEY, bytes(changed), **PLACE)


def test_every_cut_is_noticed():
    blob = seal(b"x")
    for length in range(len(blob)):
        with pytest.raises(Unreadable):
            crypto.open_bytes(KEY, blob[:length], **PLACE)


def test_the_version_in_the_header_cannot_be_raised():
    old, new = seal(version=1), seal(version=2)
    forged = struct.pack(">BI", crypto.FORMAT, 2) + old[crypto.HEADER.size :]

    assert crypto.blob_version(forged) == crypto.blob_version(new)
    with pytest.raises(Unreadable):
        crypto.open_bytes(KEY, forged, **PLACE)


def test_two_blobs_cannot_be_joined():
    one, other = seal(b"a" * 100), seal(b"b" * 100)
    with pytest.raises(Unreadable):
        crypto.open_bytes(KEY, one[:60] + other[60:], **PLACE)


def test_lengths_fall_into_buckets():
    sizes = {len(seal(b"x" * length)) for length in range(124)}
    assert len(sizes) == 1

    padded = [len(crypto.pad(b"x" * length)) for length in (124, 125, 252, 253, 4092, 4093, 8188, 8189, 100_000)]
    assert padded == [128, 256, 256, 512, 4096, 8192, 8192, 12288, 102_400]


def test_nonces_do_not_repeat():
    start = crypto.HEADER.size
    nonces = {seal(b"x")[start : start + crypto.NONCE_BYTES] for _ in range(100_000)}

    assert len(nonces) == 100_000


@given(plain=st.binary(max_size=20_000), version=st.integers(1, 2**32 - 1))
@settings(max_examples=200, deadline=None)
def test_what_is_sealed_opens_again(plain, version):
    blob = seal(plain, version=version)

    assert crypto.open_bytes(KEY, blob, **PLACE) == plain
    assert crypto.blob_version(blob) == version
    assert crypto.digest(blob) == crypto.digest(memoryview(blob))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_json_of_any_script_comes_back(value):
    assert crypto.from_json(crypto.open_bytes(KEY, seal(crypto.to_json(value)), **PLACE)) == value


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_noise_is_refused_in_words(noise):
    with pytest.raises(Unreadable):
        crypto.open_bytes(KEY, noise, **PLACE)


def test_subkeys_differ_by_purpose():
    assert crypto.derive(KEY, "system|session") != crypto.derive(KEY, "system|staff") != KEY
