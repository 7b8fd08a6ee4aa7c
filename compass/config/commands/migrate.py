"""`compass migrate`: migrations, walls and keys, as the owner. COMPASS_OWNER_URL names the database."""

from __future__ import annotations

import argparse
import os

from compass.config.commands.keys import prepare, words_argument
from compass.config.embedded import EmbeddedError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-v", "--verbosity", type=int, default=1)
    words_argument(parser)


def run(options: argparse.Namespace) -> int:
    if not os.environ.get("COMPASS_OWNER_URL"):
        raise EmbeddedError("Set COMPASS_OWNER_URL to the database address of the role compass_owner.")
    prepare("owner")
    from compass.access.install import migrate
    from compass.config import custodians

    migrate(verbosity=options.verbosity, ask=lambda: custodians.take(options.words_fd))
    return 0
