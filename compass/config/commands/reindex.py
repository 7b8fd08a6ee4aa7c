"""`compass reindex --as USERNAME`: write the blind index of that colleague's organisation anew.

For an office whose records are older than the index, and after the organisation's key was changed: the tokens follow the
newest key. Needs the application's environment (database, scope key, root key). Until it has finished the search finds
less; whoever registers meanwhile is found. Who cannot be opened, because the key is gone, is left out and counted.
"""

from __future__ import annotations

import argparse
import os
import sys

import django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="username", required=True, help="in whose name: a supervisor of the organisation")


def run(options: argparse.Namespace) -> int:
    os.environ["COMPASS_PROCESS"] = "app"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compass.config.settings")
    django.setup()
    from django.utils import translation

    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.people.actions.reindex import reindex
    from compass.problems import Problem

    user = User.objects.filter(username=options.username, is_active=True).first()
    if user is None:
        print("There is no such account.", file=sys.stderr)
        return 1
    try:
        done = reindex(Actor.of(user))
    except Problem as problem:
        with translation.override("en"):
            print(problem, file=sys.stderr)
        return 1
    print(f"The index of {done.organisation} is written. People who can be found: {done.found}.")
    if done.keyless:
        print(f"People left out because no key opens them any more: {done.keyless}.")
    return 0
