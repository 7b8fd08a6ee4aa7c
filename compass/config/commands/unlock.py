"""`compass unlock`: two custodians open again what was locked. COMPASS_OWNER_URL says where.

Of a demonstration, whose root key is a file, nobody's words are asked.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from compass.config.commands.keys import words_argument
from compass.config.commands.lock import owner_at, place_of
from compass.config.embedded import EmbeddedError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--of", metavar="ORGANISATION", help="only this organisation; everything without it")
    parser.add_argument("--data", type=Path, help="the data folder (default COMPASS_DATA)")
    words_argument(parser)


def run(options: argparse.Namespace) -> int:
    with owner_at(options.data):
        from django.utils.translation import gettext as _

        from compass.access.accounts import noted
        from compass.config import custodians, terminal
        from compass.vault import custody, locking
        from compass.vault.root import SYSTEM, HeldKey

        place = place_of(options.of)
        if not custody.is_file():
            custody.number_of(HeldKey(custodians.ask(options.words_fd)[0]))
        with noted("access.unlocked", place, [place]):
            if not locking.unlock(place):
                raise EmbeddedError(_("Nothing is locked there."))
        terminal.say(_("Open again. Everyone signs in anew."))
        if place == SYSTEM and not custody.is_file():
            terminal.say(_("Running servers hold no key any more: restart `compass serve` and `compass worker`."))
    return 0
