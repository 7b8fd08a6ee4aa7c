"""`compass restore BACKUP`: a backup into an empty place, without whoever was erased since. The owner's work.

COMPASS_OWNER_URL names an empty database; without it an embedded one is made in the data folder. The folder must be new: it
gets the files that the installation needs. Whatever goes wrong, it says so in one sentence and takes away the folder that it
made.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from compass.config.commands.keys import prepare
from compass.config.embedded import Cluster, EmbeddedError, write_secret


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("backup", type=Path, help="the file that `compass backup` wrote")
    parser.add_argument("--identity", type=Path, required=True, metavar="FILE", help="the age identity that opens it")
    parser.add_argument(
        "--erasures", type=Path, metavar="FILE", help="the newest list of erasures (erasures.jsonl) that is left"
    )
    parser.add_argument(
        "--without-erasures", action="store_true", help="there is no newer list: who was erased since comes back"
    )
    parser.add_argument("--public-key", type=Path, help="public key of the checkpoints, as an officer keeps it")
    parser.add_argument("--data", type=Path, help="a new data folder (default COMPASS_DATA)")


def run(options: argparse.Namespace) -> int:
    folder = (options.data or Path(os.environ.get("COMPASS_DATA", "data"))).resolve()
    os.environ["COMPASS_DATA"] = str(folder)
    prepare("owner")
    from django.utils.translation import gettext as _

    from compass.config import archive
    from compass.config.restoring import Order, restore

    if bool(options.erasures) == options.without_erasures:
        raise EmbeddedError(
            _("Name the newest list of erasures that is left (--erasures), so that whoever was erased stays erased; only if"
              " none is left: --without-erasures.")
        )  # fmt: skip
    by = archive.identities(options.identity)
    public = _public(options.public_key)
    # Once to its end before anything is made: a bad file changes nothing.
    manifest, small = archive.checked(options.backup, by, public)
    lines = _ledger(options.erasures, small, public)
    with target(folder) as url:
        ended = restore(Order(options.backup, by, manifest, lines, small), url)
        _files(folder, small, ended.scope_key)
    _say(ended, manifest, embedded=not os.environ.get("COMPASS_OWNER_URL"))
    return 0


def _public(path: Path | None) -> Any:
    from django.utils.translation import gettext as _

    from compass.trail.checkpoints import BadCheckpoint, public_key

    try:
        return public_key(path.read_bytes()) if path else None
    except (OSError, BadCheckpoint) as error:
        raise EmbeddedError(_("The public key cannot be read.")) from error


def _ledger(path: Path | None, small: dict[str, bytes], public: Any) -> list[Any]:
    """The lines of the newest list: the given one when it goes on where the backup's own ends. Raises EmbeddedError."""
    from django.utils.translation import gettext as _

    from compass.config import archive
    from compass.trail import erasures
    from compass.trail.checkpoints import public_key

    key = public or public_key(small[archive.CHECKPOINT_PUB])
    try:
        own = erasures.read(small[archive.ERASURES].decode(), key)
        given = erasures.read(path.read_text(), key) if path else own
    except (OSError, UnicodeDecodeError) as error:
        raise EmbeddedError(_("The list of erasures cannot be read.")) from error
    except erasures.BadLedger as error:
        raise EmbeddedError(_("The list of erasures cannot be trusted: a line was changed, taken out or is of another"
                              " installation. Take the copy of the data protection officer.")) from error  # fmt: skip
    if given[: len(own)] != own:
        raise EmbeddedError(_("The list of erasures is older than the backup. Take the newest copy."))
    return given


@contextlib.contextmanager
def target(folder: Path) -> Iterator[str]:
    """The owner's address of an empty database. What was begun in a folder of its own is taken away when it fails."""
    from django.utils.translation import gettext as _

    if folder.exists() and any(folder.iterdir()):
        raise EmbeddedError(
            _("%(folder)s is not empty. A backup is restored into a new folder: name it with --data.")
            % {"folder": folder}
        )
    cluster = None
    try:
        if not (url := os.environ.get("COMPASS_OWNER_URL")):
            cluster = Cluster(folder)
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
            cluster.create()
            cluster.start()
            cluster.create_database()
            url = cluster.url("compass_owner")
        yield url
    except BaseException as error:
        if cluster is not None:
            cluster.stop()
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise EmbeddedError(_("The disk is full. Free some space, then restore again.")) from error
        if isinstance(error, psycopg.Error):
            if error.sqlstate == "53100":
                raise EmbeddedError(
                    _("The disk of the database is full. Free some space, then restore again.")
                ) from error
            raise EmbeddedError(_("The database does not answer. Check COMPASS_OWNER_URL.")) from error
        raise
    if cluster is not None:
        cluster.stop()


def _files(folder: Path, small: dict[str, bytes], scope_key: bytes) -> None:
    """Last of all, so that nothing can be served before. Cookies get a new key: nobody is signed in after a restore."""
    from compass.config import archive

    kept = folder / "secrets"
    write_secret(kept / "scope.key", scope_key)
    write_secret(kept / "django.key", secrets.token_urlsafe(50).encode())
    write_secret(kept / archive.CHECKPOINT_KEY, small[archive.CHECKPOINT_KEY])
    (folder / archive.CHECKPOINT_PUB).write_bytes(small[archive.CHECKPOINT_PUB])
    if small[archive.CUSTODIANS]:
        (folder / archive.CUSTODIANS).write_bytes(small[archive.CUSTODIANS])
    signed = folder / "checkpoints"
    signed.mkdir(mode=0o750, exist_ok=True)
    (signed / archive.CHECKPOINTS).write_bytes(small[archive.CHECKPOINTS])


def _say(ended: Any, manifest: Any, *, embedded: bool) -> None:
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    from compass.config import terminal

    terminal.say(
        _("Restored: the database as of %(at)s UTC. The trail ends at entry %(seq)d; what came after it is lost.")
        % {"at": f"{manifest.at:%Y-%m-%d %H:%M}", "seq": ended.ends}
    )
    terminal.say(
        ngettext("%(count)d erased record stays erased.", "%(count)d erased records stay erased.", ended.erased)
        % {"count": ended.erased}
    )
    if ended.finding:
        terminal.say(_("The trail of the backup is not right: %(finding)s.") % {"finding": ended.finding})
    terminal.say(
        _("The root key comes from the custodians, with the words that held when the backup was made; a root key in a file"
          " must be put back by hand.")
    )  # fmt: skip
    if not embedded:
        terminal.say(_("Run: compass migrate, compass check, compass verify-trail. Then serve."))
