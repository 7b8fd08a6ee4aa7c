"""The `compass` command."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

COMMANDS = {
    "demo": "prepare and run the whole demonstration",
    "serve": "serve the application, or with --public the public side",
    "worker": "run background jobs",
    "makemigrations": "write the migrations that changed models need (for developers)",
    "migrate": "prepare or update the database (as the owner)",
    "check": "refuse to start when something is unsafe",
    "keys": "the root key in the hands of three custodians: create, try, escrow",
    "lock": "in danger: end every session and take the keys out of all running processes (as the owner)",
    "unlock": "open again what was locked, with the words of two custodians (as the owner)",
    "rotate-keys": "a new root key in the place of the old one, while the servers run (as the owner)",
    "backup": "write the whole system into one file that opens for offline recipients only (as the owner)",
    "restore": "put a backup into an empty place, without whoever was erased since (as the owner)",
    "drill": "on a copy, every half year: lost-key, stolen-machine, restore; count (as the owner)",
    "organisation": "offices, partners, ministries, the funder, centres: create, centre, revoke, list (as the owner)",
    "colleague": "who may sign in: invite, grant, renew, close, list (as the owner)",
    "verify-trail": "verify the chain of entries; exit 1 names the first bad one",
    "reindex": "write the index by which an organisation finds people again",
    "bench": "measure; writes bench/RESULTS.md",
    "load-public": "load the published facts and the Missing Migrants data for the public side",
}


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="compass", description="COMPASS, the software of a migration-protection programme."
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in COMMANDS.items():
        module = importlib.import_module(f"compass.config.commands.{name.replace('-', '_')}")
        sub = commands.add_parser(name, help=text, description=text)
        module.arguments(sub)
        sub.set_defaults(run=module.run)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is the command's."""
    from django.core.exceptions import ImproperlyConfigured

    from compass.config.embedded import EmbeddedError
    from compass.problems import Problem

    options = parser().parse_args(argv)
    try:
        return int(options.run(options) or 0)
    except (EmbeddedError, ImproperlyConfigured, Problem) as error:
        print(f"compass: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
