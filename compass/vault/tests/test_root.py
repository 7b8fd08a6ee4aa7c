"""Root keys in memory, and how a rotation hands one on to a process that holds the other."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from compass.problems import KeyAbsent, RootKeyAway, Unreadable
from compass.vault import root
from compass.vault.crypto import new_key
from compass.vault.ring import Ring

OLD, NEW = new_key(), new_key()
HANDED_ON = (
    "INSERT INTO vault_rootkeyrecord (number, check_value, before, wrapped, before_wrapped, created_at, finished_at)"
    " VALUES (8, %s, 7, %s, %s, now(), %s)"
)


def hand_on(cluster, name, *, wrapped=None, finished=None):
    with cluster.connect("compass_owner", name) as owner:
        owner.execute(
            HANDED_ON,
            [
                root.HeldKey(NEW).check,
                wrapped or root.HeldKey(OLD).wrap(NEW, root.handed_on(8, 7)),
                root.HeldKey(NEW).wrap(OLD, root.handed_on(7, 8)),
                finished,
            ],
        )


@pytest.fixture
def holding(monkeypatch):
    """A process that holds these root keys."""

    def hold(keys):
        held = Ring.shared(keys)
        monkeypatch.setattr(root, "ring", lambda: held)
        return held

    return hold


@pytest.mark.parametrize(
    ("number", "key", "other", "expected"), [(7, OLD, 8, NEW), (8, NEW, 7, OLD)], ids=["the old one", "the new one"]
)
def test_a_process_learns_the_other_key_of_a_rotation(cluster, apart, holding, number, key, other, expected):
    held = holding({number: key})
    hand_on(cluster, apart)

    assert root.root_key(other).check == root.HeldKey(expected).check
    assert Ring.inherited(held.fd).get(other) == expected


def test_after_the_end_nothing_is_handed_on(cluster, apart, holding):
    holding({7: OLD})
    hand_on(cluster, apart, finished="2026-11-22")

    with pytest.raises(RootKeyAway):
        root.root_key(8)


def test_who_holds_neither_key_learns_none(cluster, apart, holding):
    holding({6: new_key()})
    hand_on(cluster, apart)

    with pytest.raises(RootKeyAway):
        root.root_key(8)


def test_a_key_that_another_hand_wrapped_is_refused(cluster, apart, holding):
    holding({7: OLD})
    hand_on(cluster, apart, wrapped=root.HeldKey(new_key()).wrap(NEW, root.handed_on(8, 7)))

    with pytest.raises(Unreadable):
        root.root_key(8)


def test_the_application_reads_what_is_handed_on_and_writes_nothing_there(cluster, apart):
    from django.db import DatabaseError

    hand_on(cluster, apart)
    for statement in ("DELETE FROM vault_rootkeyrecord", "UPDATE vault_rootkeyrecord SET wrapped = ''"):
        with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute(statement)


def test_what_one_process_learns_all_that_share_its_file_hold():
    first = Ring.shared({1: OLD})
    child = os.fork()
    if child == 0:
        Ring.inherited(first.fd).add(2, NEW)
        os._exit(0)
    os.waitpid(child, 0)

    assert first.get(2) == NEW
    assert first.newest() == 2


def test_a_file_that_is_no_ring_is_refused(tmp_path):
    path = tmp_path / "other"
    path.write_bytes(OLD * 4)
    with path.open("rb") as other, pytest.raises(KeyAbsent):
        Ring.inherited(other.fileno())


def test_a_root_key_has_32_bytes():
    with pytest.raises(Unreadable):
        root.HeldKey(OLD[:16])
