"""`compass makemigrations`: write the migrations that changed models need. No database, no keys."""

from __future__ import annotations

import argparse
import os
import warnings

import django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help="only these rooms, such as people")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a migration is missing")


def run(options: argparse.Namespace) -> int:
    os.environ["COMPASS_PROCESS"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compass.config.settings")
    django.setup()
    from django.core.management import call_command

    # Django would compare the history with a database; here there is none, and it says so at length.
    warnings.filterwarnings("ignore", "Got an error checking a consistent migration history", RuntimeWarning)
    call_command("makemigrations", *options.rooms, check_changes=options.check, skip_checks=True)
    return 0
