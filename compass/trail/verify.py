"""Verifying the whole trail, in constant memory, over one snapshot of the database.

What is compared, in this order; the first thing that is wrong is named:

1. every link from GENESIS: sequence numbers without a gap, `hash = SHA-256(previous | number | body)`;
2. signed checkpoints that were exported: an entry they name is there with the same hash;
3. the columns that repeat parts of a body, and the rows of `trail_subject`;
4. the head row;
5. sealed blobs: the newest digest that a body gives for (table, column, row) is that of the blob there now, so that a row
   put back from an old copy, a blob that was replaced and one that was written without an entry are
   found. Bodies name rows and digests under the veil, so this step wants the deployment's key; the others want none;
6. erasures: whoever an exported ledger names is on the one here, and of nobody on it a key is there, so that a key put back
   from an old copy is found.

The window: entries after the last exported checkpoint can be cut off, or written anew with every hash after them, by
someone who holds the database as its owner; from the next checkpoint on that is found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from compass.trail.chain import GENESIS, link
from compass.trail.checkpoints import Checkpoint
from compass.trail.erasures import WRAPS
from compass.vault.veil import Veil

BATCH = 500
_NO_SUBJECTS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """The first thing that is wrong. `seq` is the entry it was found at; None for a blob that no entry names."""

    seq: int | None
    what: str

    def __str__(self) -> str:
        return f"entry {self.seq}: {self.what}" if self.seq is not None else self.what


@dataclass
class _Progress:
    number: int = 0
    hash: bytes = GENESIS


def verify(
    connection: psycopg.Connection[Any],
    checkpoints: Sequence[Checkpoint] = (),
    *,
    veil: Veil | None,
    erased: Sequence[UUID] = (),
) -> Finding | None:
    """The first bad entry, or None. `connection` is the owner's; it must not be inside a transaction.

    `checkpoints` are ones whose signatures were checked (`compass.trail.checkpoints.read`). Without a `veil` sealed blobs
    are not compared. `erased`: whom an exported ledger names (`compass.trail.erasures.read`). Costs one pass over the
    entries and one over each sealed column.
    """
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = False
    try:
        with connection.transaction(force_rollback=True):
            progress = _Progress()
            found = _chain(connection, progress, checkpoints) or _head(connection, progress)
            found = found or (_blobs(connection, veil) if veil else None)
            return found or _erased(connection, erased)
    finally:
        connection.isolation_level = None
        connection.read_only = None


def count(connection: psycopg.Connection[Any]) -> int:
    """How many entries there are."""
    row = connection.execute("SELECT count(*) FROM trail_entry").fetchone()
    return int(row[0]) if row else 0


def _chain(
    connection: psycopg.Connection[Any], progress: _Progress, checkpoints: Sequence[Checkpoint]
) -> Finding | None:
    due = {c.seq: c for c in checkpoints}
    with connection.cursor(name="compass_trail") as cursor:
        cursor.itersize = BATCH
        cursor.execute("SELECT seq, at, actor, organisation_id, purpose, body, hash FROM trail_entry ORDER BY seq")
        while rows := cursor.fetchmany(BATCH):
            for row in rows:
                if finding := _entry(row, progress, due):
                    return finding
            if finding := _subjects(connection, rows):
                return finding
    if extra := connection.execute(
        "SELECT entry_id FROM trail_subject s"
        " WHERE NOT EXISTS (SELECT 1 FROM trail_entry e WHERE e.seq = s.entry_id) LIMIT 1"
    ).fetchone():
        return Finding(extra[0], "a subject is noted for an entry that is not there")
    missing = min((c.seq for c in checkpoints if c.seq > progress.number), default=None)
    if missing is not None:
        return Finding(progress.number + 1, f"cut off: a signed checkpoint names entry {missing}")
    return None


def _entry(row: tuple[Any, ...], progress: _Progress, due: dict[int, Checkpoint]) -> Finding | None:
    seq, at, actor, organisation, purpose, body, digest = row
    if seq != progress.number + 1:
        return Finding(progress.number + 1, "missing")
    if bytes(digest) != link(progress.hash, seq, body):
        return Finding(seq, "its hash does not follow from the entry before and its body")
    progress.number, progress.hash = seq, bytes(digest)
    if seq in due and due[seq].hash != bytes(digest):
        return Finding(seq, "differs from a signed checkpoint: the chain was written anew")
    said = json.loads(body)
    columns = {
        "at": datetime.fromisoformat(said["at"]) == at,
        "actor": _same(said["actor"], actor),
        "organisation": _same(said["organisation"], organisation),
        "purpose": said["purpose"] == purpose,
    }
    for name, same in columns.items():
        if not same:
            return Finding(seq, f"the column {name} is not what its body says")
    return None


def _same(said: str | None, column: UUID | None) -> bool:
    return (UUID(said) if said else None) == column


def _subjects(connection: psycopg.Connection[Any], rows: Sequence[tuple[Any, ...]]) -> Finding | None:
    noted: dict[int, list[tuple[str, str | None]]] = {}
    for entry, subject, organisation in connection.execute(
        "SELECT entry_id, subject_id::text, organisation_id::text FROM trail_subject WHERE entry_id BETWEEN %s AND %s",
        [rows[0][0], rows[-1][0]],
    ):
        noted.setdefault(entry, []).append((subject, organisation))
    for seq, _, _, _, _, body, _ in rows:
        said = json.loads(body)
        expected = sorted((subject, said["organisation"]) for subject in said["subjects"])
        if sorted(noted.get(seq, _NO_SUBJECTS)) != expected:
            return Finding(seq, "the subjects noted for it are not those its body names")
    return None


def _head(connection: psycopg.Connection[Any], progress: _Progress) -> Finding | None:
    row = connection.execute("SELECT seq, hash FROM trail_head WHERE id = 1").fetchone()
    if row is None or (row[0], bytes(row[1])) != (progress.number, progress.hash):
        return Finding(progress.number + 1, "missing: the head of the chain is not its last entry")
    return None


@dataclass(frozen=True)
class _Column:
    table: str
    key: str
    name: str


def _sealed_columns(connection: psycopg.Connection[Any]) -> Iterator[_Column]:
    """Every bytea column named *_sealed of a table with row-level security (those the key ring writes)."""
    yield from (
        _Column(*row)
        for row in connection.execute(
            """
            SELECT c.relname, k.attname, a.attname
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname LIKE '%\\_sealed' AND a.atttypid = 'bytea'::regtype
            JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
            JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
            WHERE c.relkind = 'r' AND c.relrowsecurity AND NOT a.attisdropped
            ORDER BY c.relname, a.attname
            """
        ).fetchall()
    )


def _blobs(connection: psycopg.Connection[Any], veil: Veil) -> Finding | None:
    connection.execute(
        """
        CREATE TEMP TABLE compass_sealed ON COMMIT DROP AS
        SELECT DISTINCT ON (place->>0, place->>1, place->>2)
               place->>0 AS t, place->>1 AS c, place->>2 AS r, place->>3 AS digest, seq
        FROM trail_entry, jsonb_array_elements(body::jsonb->'sealed') WITH ORDINALITY AS s(place, nth)
        ORDER BY place->>0, place->>1, place->>2, seq DESC, nth DESC
        """
    )
    connection.execute("CREATE INDEX ON compass_sealed (t, c, r)")
    connection.execute("ANALYZE compass_sealed")
    columns = list(_sealed_columns(connection))
    findings = chain(*(_compare(connection, each, veil) for each in columns), _elsewhere(connection, columns))
    return min(findings, key=lambda f: f.seq if f.seq is not None else -1, default=None)


def _compare(connection: psycopg.Connection[Any], column: _Column, veil: Veil) -> Iterator[Finding]:
    """The rows of one column, some at a time; what then no row was found for is gone."""
    query = sql.SQL(
        "SELECT {key}::text, substr(encode(sha256({name}), 'hex'), 1, 32) FROM {table} WHERE length({name}) > 0"
    ).format(key=sql.Identifier(column.key), name=sql.Identifier(column.name), table=sql.Identifier(column.table))
    where = f"{column.table}.{column.name}"
    with connection.cursor(name="compass_blobs") as cursor:
        cursor.itersize = BATCH
        cursor.execute(query)
        while rows := cursor.fetchmany(BATCH):
            said = _said(connection, column, names := veil.identifiers(row for row, _ in rows))
            for (row, _), name, digest in zip(rows, names, veil.digests(digest for _, digest in rows), strict=True):
                if name not in said:
                    yield Finding(None, f"{where} of {row} was written without an entry")
                elif said[name][1] != digest:
                    what = f"{where} of {row} is not what it sealed: replaced, or put back from an old copy"
                    yield Finding(said[name][0], what)
    gone = connection.execute(
        "SELECT r, seq FROM compass_sealed WHERE t = %s AND c = %s ORDER BY seq LIMIT 1", [column.table, column.name]
    ).fetchone()
    if gone:
        yield Finding(gone[1], f"{where} of {veil.lifted([gone[0]])[0]}, which it sealed, is gone")


def _said(connection: psycopg.Connection[Any], column: _Column, rows: list[str]) -> dict[str, tuple[int, str]]:
    """Entry and digest by row, taken out of what is left to be found."""
    found = connection.execute(
        "DELETE FROM compass_sealed WHERE t = %s AND c = %s AND r = ANY (%s) RETURNING r, seq, digest",
        [column.table, column.name, rows],
    )
    return {row: (seq, digest) for row, seq, digest in found}


def _elsewhere(connection: psycopg.Connection[Any], columns: Sequence[_Column]) -> Iterable[Finding]:
    known = [f"{c.table}.{c.name}" for c in columns]
    for table, column, seq in connection.execute(
        "SELECT t, c, min(seq) FROM compass_sealed WHERE NOT (t || '.' || c = ANY (%s)) GROUP BY t, c", [known]
    ):
        yield Finding(seq, f"it sealed {table}.{column}, which is not a sealed column")


def _erased(connection: psycopg.Connection[Any], told: Sequence[UUID]) -> Finding | None:
    missing = connection.execute(
        "SELECT told FROM unnest(%s::uuid[]) AS told WHERE told NOT IN (SELECT subject_id FROM vault_erasure) LIMIT 1",
        [list(told)],
    ).fetchone()
    if missing:
        return Finding(None, f"the erasure of {missing[0]}, which the exported list names, is not on the list here")
    for table, column in connection.execute(WRAPS).fetchall():
        query = sql.SQL("SELECT {column} FROM {table} WHERE {column} IN (SELECT subject_id FROM vault_erasure) LIMIT 1")
        found = connection.execute(query.format(column=sql.Identifier(column), table=sql.Identifier(table))).fetchone()
        if found:
            return Finding(None, f"{table} has a key of {found[0]}, who was erased: put back from an old copy")
    return None
