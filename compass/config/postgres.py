"""pg_dump and pg_restore of the wheel, or of a folder that COMPASS_PG_PROGRAMS names, through pipes only.

Where a password is needed it is handed over in the environment, never as an argument.
"""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from psycopg.conninfo import conninfo_to_dict

from compass.config.archive import PIECE
from compass.config.embedded import EmbeddedError, programs

#: Not carried along: sessions (nobody is signed in after a restore), what is counted again, and what a restore makes anew.
LEFT_OUT = ("access_session", "compass_cache", "access_scopekey", "vault_erasure")
_VARIABLES = {
    "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
    "dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY", "connect_timeout": "PGCONNECT_TIMEOUT",
}  # fmt: skip
FULL = os.strerror(errno.ENOSPC)
#: In the order in which they are restored; after the first no key of anybody is there yet.
SECTIONS = ("pre-data", "data", "post-data")


def _environment(url: str) -> dict[str, str]:
    told = conninfo_to_dict(url)
    given = {variable: str(told[name]) for name, variable in _VARIABLES.items() if told.get(name) is not None}
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC", **given}


def _program(name: str, server: int) -> str:
    folder = os.environ.get("COMPASS_PG_PROGRAMS")
    return str((Path(folder) if folder else programs(server)) / name)


def first_words(said: str) -> str:
    """The first line of what a program of PostgreSQL complained of, without details: those may quote a row."""
    lines = [line.strip() for line in said.splitlines() if "error:" in line.lower()]
    return (lines or [""])[0][:300]


class _Words:
    """What a program complains of, read as it comes into memory: a full pipe would stop it, a file could keep a row."""

    def __init__(self, source: IO[bytes]) -> None:
        self._found = b""
        self._thread = threading.Thread(target=self._read, args=[source], daemon=True)
        self._thread.start()

    def _read(self, source: IO[bytes]) -> None:
        with source:
            self._found = source.read()

    def all(self) -> str:
        self._thread.join()
        return self._found.decode(errors="replace")


def dump(url: str, server: int, snapshot: str) -> Iterator[bytes]:
    """The database as of an exported snapshot, in pg_dump's custom format, in pieces. Raises EmbeddedError."""
    command = [
        _program("pg_dump", server), "--format=custom", "--compress=1", "--no-password", f"--snapshot={snapshot}",
        *(f"--exclude-table-data=public.{table}" for table in LEFT_OUT),
    ]  # fmt: skip
    child = subprocess.Popen(command, env=_environment(url), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if child.stdout is None or child.stderr is None:
        raise EmbeddedError(_("The database could not be read: %(said)s") % {"said": command[0]})
    words = _Words(child.stderr)
    try:
        while piece := child.stdout.read(PIECE):
            yield piece
        if child.wait():
            raise EmbeddedError(_("The database could not be read: %(said)s") % {"said": first_words(words.all())})
    finally:
        child.kill()
        child.wait()


class Restoring:
    """pg_restore of one section of a dump that is handed to `take` piece by piece."""

    def __init__(self, url: str, server: int, section: str) -> None:
        environment = _environment(url)
        self._child = subprocess.Popen(
            [
                _program("pg_restore", server), f"--section={section}", "--no-owner", "--exit-on-error",
                "--single-transaction", "--no-password", f"--dbname={environment['PGDATABASE']}",
            ],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        if self._child.stdin is None or self._child.stderr is None:
            raise EmbeddedError(_("The database could not be restored: %(said)s") % {"said": section})
        self._stream: IO[bytes] = self._child.stdin
        self._words = _Words(self._child.stderr)
        self._wanted = True

    def take(self, piece: bytes) -> None:
        """A section that is done needs no more of the stream."""
        if self._wanted:
            try:
                self._stream.write(piece)
            except BrokenPipeError:
                self._wanted = False

    def end(self) -> None:
        """Raises EmbeddedError when the section is not in the database."""
        with contextlib.suppress(BrokenPipeError):
            self._stream.close()
        if not self._child.wait():
            return
        said = self._words.all()
        if FULL in said:
            raise EmbeddedError(_("The disk of the database is full. Free some space, then restore again."))
        raise EmbeddedError(_("The database could not be restored: %(said)s") % {"said": first_words(said)})

    def stop(self) -> None:
        self._child.kill()
        self._child.wait()
