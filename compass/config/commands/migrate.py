"""`compass migrate`: migrations, walls and keys, as the owner. COMPASS_OWNER_URL names the database."""

from __future__ import annotations

import argparse
import os

import django

from compass.config.embedded import EmbeddedError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-v", "--verbosity", type=int, default=1)


def run(options: argparse.Namespace) -> int:
    if not os.environ.get("COMPASS_OWNER_URL"):
        raise EmbeddedError("Set COMPASS_OWNER_URL to the database address of the role compass_owner.")
    os.environ["COMPASS_PROCESS"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compass.config.settings")
    django.setup()
    from compass.access.install import migrate

    migrate(verbosity=options.verbosity)
    return 0
