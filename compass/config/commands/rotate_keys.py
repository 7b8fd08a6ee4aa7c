"""`compass rotate-keys`: a new root key in the place of the old one while the servers run. COMPASS_OWNER_URL says where.

Can be stopped and killed at any moment: the next call goes on, with the words of the old key or of the new one.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import TYPE_CHECKING

from compass.config.commands.keys import prepare, words_argument
from compass.config.embedded import EmbeddedError

if TYPE_CHECKING:
    from compass.vault.models import RootKeyRecord
    from compass.vault.ring import Ring


def arguments(parser: argparse.ArgumentParser) -> None:
    words_argument(parser)
    parser.add_argument("--batch", type=int, default=100, help="organisation keys in one transaction (default 100)")
    parser.add_argument("--pause", type=float, default=0.0, metavar="SECONDS", help="rest between two batches")


def run(options: argparse.Namespace) -> int:
    if not os.environ.get("COMPASS_OWNER_URL"):
        raise EmbeddedError("Set COMPASS_OWNER_URL to the database address of the role compass_owner.")
    prepare("owner")
    from django.utils.translation import gettext as _

    from compass.vault import rotation

    with rotation.only_one() as alone:
        if not alone:
            raise EmbeddedError(_("Another rotation is running. Wait for its end."))
        row = rotation.begun()
        if row is None or not row.finished_at:
            row = _replaced(options, row)
        _cleaned(row)
    return 0


def _replaced(options: argparse.Namespace, row: RootKeyRecord | None) -> RootKeyRecord:
    from django.utils.translation import gettext as _

    from compass.config import custodians, terminal
    from compass.vault import rotation

    if row is not None:
        terminal.say(_("A rotation to key %(number)d was begun; it goes on.") % {"number": row.number})
    held = custodians.take(options.words_fd)
    if row is None:
        row = _begun(held)
    done = 0
    while True:
        while count := rotation.rewrap(held, row, options.batch):
            done += count
            time.sleep(options.pause)
        rotation.wait_for_servers(row)
        if rotation.finish(row):
            break
    terminal.say(
        _("%(count)d organisation keys are wrapped under key %(number)d.") % {"count": done, "number": row.number}
    )
    return row


def _begun(held: Ring) -> RootKeyRecord:
    """Show the new words first: not before all three custodians wrote them down is anything changed."""
    from compass.config import custodians
    from compass.vault import custody, rotation, shares
    from compass.vault.crypto import new_key
    from compass.vault.root import HeldKey

    old = held.newest()
    key = new_key()
    custodians.show(shares.split(key))
    held.add(old + 1, key)
    custody.note(old + 1, HeldKey(key).check)
    return rotation.begin(held, old, old + 1)


def _cleaned(row: RootKeyRecord) -> None:
    from django.utils.translation import gettext as _

    from compass.config import terminal
    from compass.vault import custody, rotation

    fresh = rotation.clean(row)
    custody.note(row.number, bytes(row.check_value))
    terminal.say(
        _("Key %(number)d is in force. The words of the key before open nothing here any more.")
        % {"number": row.number}
    )
    if not fresh:
        terminal.say(
            _(
                "One step is left for the administrator of PostgreSQL: its journal still holds the old wraps until it is"
                " overwritten. Set wal_recycle = off and run: SELECT pg_switch_wal(); CHECKPOINT;"
            )
        )
    terminal.say(
        _("Backups from before still open with the old words: keep the old sheets as long as those, then destroy both.")
    )
    if custody.is_file():
        terminal.say(_("Now destroy the file of the old key and unset COMPASS_ROOT_KEY_FILE."))
