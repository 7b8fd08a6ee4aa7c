"""Timestamps read quickly are the timestamps psycopg reads."""

from __future__ import annotations

from datetime import UTC

import pytest
from django.db import DataError, connection

from compass.config.timestamps import IsoLoader

pytestmark = pytest.mark.django_db
MOMENTS = [
    "2026-11-22 10:51:49.123456+01",
    "2026-02-28 23:59:59Z",
    "1999-12-31 00:00:00.1+05:30",
    "0001-01-01 00:00:00Z",
]


def read(text: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz, extract(epoch from %s::timestamptz)", [text, text])
        return cursor.fetchone()


@pytest.mark.parametrize("text", MOMENTS)
def test_a_moment_is_read_as_it_is(text):
    found, seconds = read(text)

    assert found.tzinfo == UTC
    assert round(found.timestamp(), 6) == float(seconds)


@pytest.mark.parametrize("text", ["infinity", "0044-03-15 12:00:00Z BC", "12026-01-01 00:00:00Z"])
def test_what_python_cannot_hold_is_said_as_before(text):
    with pytest.raises(DataError), connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        cursor.fetchone()


def test_it_is_this_loader_that_reads():
    connection.ensure_connection()
    assert connection.connection.adapters.get_loader(1184, 0) is IsoLoader
