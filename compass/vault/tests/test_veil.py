from __future__ import annotations

from uuid import UUID, uuid4

from compass.vault.crypto import digest
from compass.vault.veil import Veil

VEIL = Veil(b"k" * 32)


def test_with_the_key_identifiers_are_read_back_in_their_order():
    people = [uuid4() for _ in range(300)]

    names = VEIL.identifiers(people)

    assert VEIL.lifted(names) == people
    assert names == VEIL.identifiers(map(str, people)), "the same identifier has the same name"
    assert not set(names) & set(map(str, people)) and len(set(names)) == 300


def test_neighbours_stand_nowhere_near_each_other():
    first, second = (UUID(name).bytes for name in VEIL.identifiers([UUID(int=1 << 90), UUID(int=(1 << 90) + 1)]))

    assert sum((a ^ b).bit_count() for a, b in zip(first, second, strict=True)) > 30


def test_another_key_reads_nothing_and_digests_have_a_veil_of_their_own():
    person = uuid4()
    (name,) = VEIL.identifiers([person])

    assert Veil(b"o" * 32).lifted([name]) != [person]
    assert VEIL.digests([person.hex]) != [UUID(name).hex]
    assert VEIL.digests([digest(b"x")]) == VEIL.digests([digest(b"x")]) != [digest(b"x")]


def test_of_nothing_there_is_nothing():
    assert VEIL.identifiers([]) == VEIL.lifted([]) == VEIL.digests([]) == []
