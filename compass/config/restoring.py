"""Putting a backup into an empty database so that whoever was erased after it never comes back, not even for a moment.

The tables are made first, then the ledger goes in, then the rows; while those are copied, a trigger lets no wrapped key of
an erased subject in. So their keys are never in a file of the restored server, where they would outlive a deletion.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from psycopg import sql

from compass.access.scope import key_id, pads
from compass.config import archive
from compass.config.archive import Manifest
from compass.config.embedded import EmbeddedError
from compass.config.postgres import SECTIONS, Restoring
from compass.trail import restores
from compass.trail.checkpoints import public_key, read
from compass.trail.erasures import WRAPS, Line
from compass.trail.verify import Finding, verify

_KEEP_OUT = """
CREATE INDEX compass_kept_out ON public.vault_erasure (subject_id);
CREATE FUNCTION public.compass_keep_out() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.vault_erasure WHERE subject_id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$
"""


@dataclass(frozen=True)
class Order:
    """What to restore: a backup that was checked, who opens it, and the newest ledger."""

    backup: Path
    by: Sequence[Any]
    manifest: Manifest
    ledger: Sequence[Line]
    small: Mapping[str, bytes]


@dataclass(frozen=True)
class Restored:
    """`ends`: the last entry of the restored trail; `erased`: lines of the ledger; `scope_key`: a new one.

    `finding`: what is wrong with the chain. Sealed blobs are not compared with it: nobody brings a root key to restore.
    """

    ends: int
    erased: int
    scope_key: bytes
    finding: Finding | None


def restore(order: Order, url: str) -> Restored:
    """Raises EmbeddedError when the database is not empty or the backup cannot be put into it, psycopg.Error."""
    with psycopg.connect(url, autocommit=True) as owner:
        found = owner.execute(
            "SELECT current_setting('server_version_num')::integer / 10000,"
            " EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        ).fetchone()
        server, filled = found or (0, True)
        if filled:
            raise EmbeddedError(_("The database is not empty. Restore into a new one; nothing was changed."))
        before, data, after = SECTIONS
        _section(order, url, server, before)
        places = _keep_out(owner, order.ledger)
        _section(order, url, server, data)
        _let_in(owner, places)
        _section(order, url, server, after)
        scope_key = secrets.token_bytes(32)
        ends = _close(owner, order.manifest, scope_key)
        owner.execute("ANALYZE")
        key = public_key(order.small[archive.CHECKPOINT_PUB])
        signed = read(order.small[archive.CHECKPOINTS].decode(), key)
        return Restored(ends, len(order.ledger), scope_key, verify(owner, signed, veil=None))


def _section(order: Order, url: str, server: int, name: str) -> None:
    into = Restoring(url, server, name)
    try:
        archive.read(order.backup, order.by, into.take)
        into.end()
    finally:
        into.stop()


def _keep_out(owner: psycopg.Connection[Any], ledger: Sequence[Line]) -> list[tuple[str, str]]:
    places = owner.execute(WRAPS).fetchall()
    with owner.transaction():
        with owner.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO vault_erasure (number, subject_id, at) VALUES (%s, %s, %s)",
                [(line.number, line.subject, line.at) for line in ledger],
            )
        owner.execute(_KEEP_OUT)
        for table, column in places:
            owner.execute(
                sql.SQL(
                    "CREATE TRIGGER compass_keep_out BEFORE INSERT ON {} FOR EACH ROW"
                    " EXECUTE FUNCTION public.compass_keep_out({})"
                ).format(sql.Identifier(table), sql.Literal(column))
            )
    return places


def _let_in(owner: psycopg.Connection[Any], places: Sequence[tuple[str, str]]) -> None:
    with owner.transaction():
        for table, _column in places:
            owner.execute(sql.SQL("DROP TRIGGER compass_keep_out ON {}").format(sql.Identifier(table)))
        owner.execute("DROP FUNCTION public.compass_keep_out()")
        owner.execute("DROP INDEX public.compass_kept_out")


def _close(owner: psycopg.Connection[Any], manifest: Manifest, scope_key: bytes) -> int:
    """Erased people out of the index, the restore into the trail, and last the key without which nothing is read."""
    inner, outer = pads(scope_key)
    with owner.transaction():
        owner.execute(
            "UPDATE people_searchtoken SET person_id = NULL WHERE person_id IN (SELECT subject_id FROM vault_erasure)"
        )
        ends = restores.note(owner, at=datetime.now(UTC), backup=manifest.at)
        owner.execute(
            "INSERT INTO access_scopekey (id, inner_pad, outer_pad) VALUES (%s, %s, %s)",
            [key_id(scope_key), inner, outer],
        )
    return ends
