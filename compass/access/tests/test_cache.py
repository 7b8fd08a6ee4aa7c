"""The cache keeps what a sign-in limit needs, and runs nothing that somebody wrote into its table."""

from __future__ import annotations

import base64
import pickle
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.db import DatabaseCache
from django.db import connection

pytestmark = pytest.mark.django_db
RAN: list[str] = []


def note(what: str) -> None:
    RAN.append(what)


class Charge:
    """What an attacker pickles: it runs when it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return note, ("ran",)


def plant() -> None:
    """The charge in the place of a kept value."""
    cache.set("tries", [1.0])
    with connection.cursor() as cursor:
        charge = base64.b64encode(pickle.dumps(Charge())).decode()
        cursor.execute("UPDATE compass_cache SET value = %s", [charge])
        assert cursor.rowcount


def test_what_somebody_pickled_into_the_table_is_not_there_and_does_not_run():
    RAN.clear()
    plant()

    assert cache.get("tries", "nothing") == "nothing"
    assert RAN == []


def test_the_framework_s_own_cache_would_have_run_it():
    RAN.clear()
    plant()

    DatabaseCache("compass_cache", {}).get("tries")
    assert RAN == ["ran"]


def test_it_keeps_and_forgets():
    cache.set("tries", [1.5, 2.5], 60)
    assert cache.get("tries") == [1.5, 2.5] and "tries" in cache
    cache.set("tries", [3.5], 60)
    assert cache.get("tries") == [3.5]
    assert cache.delete("tries") and not cache.delete("tries") and cache.get("tries") is None
    cache.set("kept", 1, None)
    assert cache.get("kept") == 1
    cache.clear()
    assert cache.get("kept") is None


def test_only_one_adds_until_it_has_run_out():
    assert cache.add("lock", True, 60) and not cache.add("lock", True, 60)
    assert cache.touch("lock", 1) and cache.add("lock", True, 60) is False
    with connection.cursor() as cursor:
        cursor.execute("UPDATE compass_cache SET expires = now() - interval '1 second'")
    assert cache.get("lock") is None and not cache.touch("lock", 60)
    assert cache.add("lock", True, 60)


def test_what_has_run_out_is_swept_away():
    cache.set("old", 1, 60)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE compass_cache SET expires = now() - interval '1 second'")
    cache.set("new", 1, 60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM compass_cache")
        assert cursor.fetchone() == (1,)
