"""The cache of sign-in limits, shared by all processes: JSON in PostgreSQL.

Django's own backend unpickles what it finds in the table, so that whoever may write there runs code in the process that
holds the keys. What is not JSON is not there.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

_READ = "SELECT value FROM compass_cache WHERE cache_key = %s AND expires > now()"
_SET = """
INSERT INTO compass_cache (cache_key, value, expires) VALUES (%s, %s, %s)
ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
"""
#: What has run out is as good as absent.
_ADD = f"{_SET} WHERE compass_cache.expires <= now() RETURNING 1"
_TOUCH = "UPDATE compass_cache SET expires = %s WHERE cache_key = %s AND expires > now()"
_TIDY = """
DELETE FROM compass_cache WHERE cache_key IN
(SELECT cache_key FROM compass_cache WHERE expires <= now() LIMIT 100 FOR UPDATE SKIP LOCKED)
"""


class JSONCache(BaseCache):
    """Values that JSON can say, in the table that `createcachetable` makes."""

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [self.make_and_validate_key(key, version=version)])
            row = cursor.fetchone()
        try:
            return json.loads(row[0]) if row else default
        except ValueError:
            return default

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_TIDY)
            cursor.execute(_SET, self._row(key, value, timeout, version))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_ADD, self._row(key, value, timeout, version))
            return bool(cursor.fetchone())

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_TOUCH, [self._until(timeout), self.make_and_validate_key(key, version=version)])
            return bool(cursor.rowcount)

    def delete(self, key: Any, version: int | None = None) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM compass_cache WHERE cache_key = %s", [self.make_and_validate_key(key, version=version)]
            )
            return bool(cursor.rowcount)

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM compass_cache")

    def _row(self, key: Any, value: Any, timeout: Any, version: int | None) -> list[Any]:
        return [self.make_and_validate_key(key, version=version), json.dumps(value), self._until(timeout)]

    def _until(self, timeout: Any) -> datetime:
        seconds = self.get_backend_timeout(timeout)
        return datetime.max.replace(tzinfo=UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
