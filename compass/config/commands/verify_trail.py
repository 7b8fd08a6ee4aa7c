"""`compass verify-trail`: exit 0 when the whole trail is right, 1 with the first bad entry.

COMPASS_OWNER_URL says where; without it the embedded database of the data folder is meant, a demonstration's for example.
Exit 2 when it could not be read, which says nothing about the trail.

What is sealed is compared with the trail where the deployment's key is at hand: a demonstration's file, or two custodians
who type their words (`--custodians`, `--words-fd`). Otherwise the chain is verified, and it says that blobs were not.

A data protection officer gives the checkpoints and the list of erasures kept elsewhere and the public key; without
`--checkpoints` or `--erasures` the deployment's own file is used when it is there.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from compass.config.commands.backup import database
from compass.config.commands.keys import prepare, words_argument
from compass.config.embedded import EmbeddedError
from compass.problems import Problem, Unreadable
from compass.trail.checkpoints import NAME, BadCheckpoint, Checkpoint, newest, public_key, read
from compass.trail.erasures import NAME as LEDGER
from compass.trail.erasures import BadLedger
from compass.trail.erasures import read as read_ledger
from compass.trail.restores import Restore, found
from compass.trail.verify import count, verify
from compass.vault.veil import Veil


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--checkpoints", type=Path, help="exported checkpoints (default: those of this deployment)")
    parser.add_argument("--public-key", type=Path, help="public key of the checkpoints (default: checkpoint.pub)")
    parser.add_argument("--erasures", type=Path, help="exported list of erasures (default: that of this deployment)")
    parser.add_argument(
        "--restored",
        type=int,
        action="append",
        default=[],
        metavar="NUMBER",
        help="it is known to you that the trail was restored after this entry; may be given several times",
    )
    parser.add_argument(
        "--custodians", action="store_true", help="two custodians type their words: compare what is sealed as well"
    )
    words_argument(parser)
    parser.add_argument("--data", type=Path, help="the data folder (default COMPASS_DATA)")


def run(options: argparse.Namespace) -> int:
    folder = (options.data or Path(os.environ.get("COMPASS_DATA", "data"))).resolve()
    try:
        checkpoints, erased = _checkpoints(options, folder), _erased(options, folder)
        with database(folder) as url, psycopg.connect(url, autocommit=True) as connection:
            restored = found(connection)
            if lost := _lost(restored, checkpoints, options.restored):
                print(lost)
                return 1
            gone = {each for restore in restored for each in restore.lost(checkpoints)}
            checkpoints = [each for each in checkpoints if each not in gone]
            veil = _veil(connection, options, folder)
            finding = verify(connection, checkpoints, veil=veil, erased=erased)
            entries = count(connection)
    except BadCheckpoint as error:
        print(f"The checkpoints cannot be trusted: {error}.", file=sys.stderr)
        return 1
    except BadLedger as error:
        print(f"The list of erasures cannot be trusted: {error}.", file=sys.stderr)
        return 1
    except Unreadable:
        print("The root key that was given does not open this database, so nothing was verified.", file=sys.stderr)
        return 2
    except Problem as error:
        print(error, file=sys.stderr)
        return 2
    except EmbeddedError as error:
        print(f"The trail could not be read, so nothing is known of it: {error}", file=sys.stderr)
        return 2
    except psycopg.Error as error:
        said = " ".join(str(error).split())
        print(
            f"The trail could not be read, so nothing is known of it: {said}. Check COMPASS_OWNER_URL.", file=sys.stderr
        )
        return 2
    if finding:
        print(f"The trail is not right. {str(finding)[0].upper()}{str(finding)[1:]}.")
        return 1
    last = newest(checkpoints)
    said = f"last checkpoint {last.at:%Y-%m-%d %H:%M} UTC at entry {last.seq}" if last else "no checkpoint yet"
    print(f"The trail is right: {entries} entries, {said}.")
    if not veil:
        print("What is sealed was not compared with it: that wants two custodians, with --custodians.")
    for each in restored:
        print(
            f"It was restored on {each.at:%Y-%m-%d %H:%M} UTC from the backup of {each.backup:%Y-%m-%d %H:%M} UTC: entry"
            f" {each.ends} is the last one from before; what came after it is lost."
        )
    return 0


def _veil(connection: psycopg.Connection[Any], options: argparse.Namespace, folder: Path) -> Veil | None:
    """The veil of this deployment, if somebody brought its root key. Raises Problem."""
    file = Path(os.environ.get("COMPASS_ROOT_KEY_FILE", folder / "secrets" / "root.key"))
    if options.custodians or options.words_fd is not None:
        prepare("owner")
        from compass.config import custodians

        key = custodians.ask(options.words_fd)[0]
    elif file.is_file():
        key = file.read_bytes()
    else:
        return None
    return Veil.by_root(connection, key)


def _lost(restored: Sequence[Restore], checkpoints: Sequence[Checkpoint], known: Sequence[int]) -> str:
    """What to say of a restore that nobody has said is known, and that cost entries which a checkpoint names."""
    for each in restored:
        last = newest(each.lost(checkpoints))
        if last and each.ends not in known:
            return (
                f"The trail was restored on {each.at:%Y-%m-%d %H:%M} UTC from the backup of {each.backup:%Y-%m-%d %H:%M} UTC"
                f" and ends, as far as it is from before, at entry {each.ends}. Entries up to {last.seq}, which a checkpoint"
                f" of {last.at:%Y-%m-%d %H:%M} UTC names, are lost. Ask who restored it; if the loss is known to you, verify"
                f" with --restored {each.ends}."
            )
    return ""


def _checkpoints(options: argparse.Namespace, data: Path) -> list[Checkpoint]:
    folder = Path(os.environ.get("COMPASS_CHECKPOINTS", str(data / "checkpoints")))
    path: Path = options.checkpoints or folder / NAME
    key_path: Path = options.public_key or data / "checkpoint.pub"
    if not path.exists() and not options.checkpoints:
        return []
    try:
        return read(path.read_text(), public_key(key_path.read_bytes()))
    except OSError as error:
        raise EmbeddedError(f"{error.filename} cannot be read.") from error


def _erased(options: argparse.Namespace, data: Path) -> list[UUID]:
    """Whom the exported list names. A last line that a crash left unfinished is none yet."""
    folder = Path(os.environ.get("COMPASS_CHECKPOINTS", str(data / "checkpoints")))
    path: Path = options.erasures or folder / LEDGER
    if not path.exists() and not options.erasures:
        return []
    try:
        text = path.read_text()
        key = public_key((options.public_key or data / "checkpoint.pub").read_bytes())
    except OSError as error:
        raise EmbeddedError(f"{error.filename} cannot be read.") from error
    return [line.subject for line in read_ledger(text[: text.rfind("\n") + 1], key)]
