"""`compass backup TARGET`: the whole system as one file that opens for the recipients only. The owner's work.

COMPASS_OWNER_URL says which database; without it the embedded one of the data folder is meant. Servers go on meanwhile.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from compass.config.commands.keys import prepare
from compass.config.embedded import Cluster, EmbeddedError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", type=Path, help="the file to write; it must not exist yet")
    parser.add_argument(
        "--recipient", action="append", default=[], metavar="age1…", help="who can open it; may be given several times"
    )
    parser.add_argument("--recipients", type=Path, metavar="FILE", help="a file with one recipient a line")
    parser.add_argument("--data", type=Path, help="the data folder (default COMPASS_DATA)")


def run(options: argparse.Namespace) -> int:
    folder = (options.data or Path(os.environ.get("COMPASS_DATA", "data"))).resolve()
    with database(folder) as url:
        os.environ.update(COMPASS_OWNER_URL=url, COMPASS_DATA=str(folder))
        if (folder / "secrets" / "checkpoint.key").exists():
            os.environ.setdefault("COMPASS_CHECKPOINT_KEY_FILE", str(folder / "secrets" / "checkpoint.key"))
        prepare("owner")
        from compass.config import archive

        told = list(options.recipient)
        if options.recipients:
            try:
                told += options.recipients.read_text().splitlines()
            except OSError as error:
                raise EmbeddedError(f"{error.filename} cannot be read.") from error
        _written(options.target, url, archive.recipients(told))
    return 0


@contextlib.contextmanager
def database(folder: Path) -> Iterator[str]:
    """The owner's address: as told, or of the embedded server of the folder, which is started for that time."""
    if url := os.environ.get("COMPASS_OWNER_URL"):
        yield url
        return
    cluster = Cluster(folder)
    if not (cluster.data / "PG_VERSION").exists():
        raise EmbeddedError(
            "Set COMPASS_OWNER_URL to the database address of the role compass_owner, or --data to the folder of an embedded"
            " database."
        )
    started = cluster.start()
    try:
        yield cluster.url("compass_owner")
    finally:
        if started:
            cluster.stop()


def _written(target: Path, url: str, to: list[Any]) -> None:
    """Under another name until it is whole, so that nobody takes half a backup for one."""
    from django.utils.translation import gettext as _

    draft = target.with_name(f"{target.name}.part")
    if target.exists():
        raise EmbeddedError(_("%(file)s is there already. Give the backup another name.") % {"file": target})
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:  # noqa: PTH123
            _into(out, url, to)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(target)
    except FileExistsError as error:
        raise EmbeddedError(
            _("%(file)s is there: another backup is being written, or one was broken off. Remove it, then start again.")
            % {"file": draft}
        ) from error
    except BaseException as error:
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError):
            if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                raise EmbeddedError(
                    _("The disk is full; no backup was made. Free some space, or write it to another disk.")
                ) from error
            raise EmbeddedError(_("The backup cannot be written to %(file)s.") % {"file": target}) from error
        raise


def _into(out: Any, url: str, to: list[Any]) -> None:
    from django.conf import settings
    from django.utils.translation import gettext as _

    from compass.config import archive, postgres
    from compass.trail import checkpoints, erasures
    from compass.vault import custody

    key_file = settings.COMPASS_CHECKPOINT_KEY_FILE
    public = settings.COMPASS_CHECKPOINT_PUBLIC_KEY
    if not key_file or not public.exists():
        raise EmbeddedError(
            _("A backup is signed: name the key of the checkpoints in COMPASS_CHECKPOINT_KEY_FILE and its public half in"
              " COMPASS_CHECKPOINT_PUBLIC_KEY.")
        )  # fmt: skip
    private = Path(key_file).read_bytes()
    key = checkpoints.private_key(private)
    # Read before the database, so that none names an entry that the backup does not have.
    signed = checkpoints.exported(settings.COMPASS_CHECKPOINTS)
    known = custody.path().read_bytes() if custody.path().exists() else b""
    try:
        connection = psycopg.connect(url)
    except psycopg.Error as error:
        raise EmbeddedError(_("The database does not answer. Check COMPASS_OWNER_URL.")) from error
    with connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        found = connection.execute(
            "SELECT now(), (SELECT seq FROM trail_head WHERE id = 1), pg_export_snapshot(),"
            " current_setting('server_version_num')::integer / 10000"
        ).fetchone()
        if found is None:
            raise EmbeddedError(_("The database does not answer. Check COMPASS_OWNER_URL."))
        at, seq, snapshot, server = found
        rows = connection.execute("SELECT number, subject_id, at FROM vault_erasure ORDER BY number").fetchall()
        ledger = "".join(erasures.Line(*row).signed(key) for row in rows)

        def close(digests: Any) -> bytes:
            return archive.Manifest(at, seq or 0, server, digests).signed(key)

        files = {
            archive.CUSTODIANS: known,
            archive.CHECKPOINT_KEY: private,
            archive.CHECKPOINT_PUB: public.read_bytes(),
            archive.CHECKPOINTS: signed,
            archive.ERASURES: ledger.encode(),
        }
        archive.write(out, to, files, postgres.dump(url, server, snapshot), close)
    _say(at, seq or 0, len(to), custody.is_file())


def _say(at: datetime, seq: int, count: int, in_file: bool) -> None:
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    from compass.config import terminal

    terminal.say(
        _("The backup is whole: the database as of %(at)s UTC, with the trail up to entry %(seq)d.")
        % {"at": f"{at:%Y-%m-%d %H:%M}", "seq": seq}
    )
    terminal.say(
        ngettext(
            "%(count)d recipient can open it. The root key is not in it.",
            "%(count)d recipients can open it, each alone. The root key is not in it.",
            count,
        )
        % {"count": count}
    )
    if in_file:
        terminal.say(_("The root key of this installation is a file: keep a copy of it apart, or nothing opens later."))
