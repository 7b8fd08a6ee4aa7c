"""Timestamps from PostgreSQL: a page reads some four hundred, and psycopg's loader in Python takes ten times as long."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader


class IsoLoader(TimestamptzLoader):
    """Reads what a connection in UTC writes; what is outside of Python's years is left to psycopg, which says so."""

    timezone = UTC  # Django compares it with the connection's

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            return super().load(data)


def read_quickly(connection: Any, **_: Any) -> None:
    """For each new connection whose time zone is UTC."""
    if connection.vendor == "postgresql" and connection.timezone == UTC:
        connection.connection.adapters.register_loader("timestamptz", IsoLoader)
