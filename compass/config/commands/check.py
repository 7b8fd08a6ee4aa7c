"""`compass check`: exit 1 and a list when it would be unsafe to serve, exit 0 when not."""

from __future__ import annotations

import argparse
import os


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--public", action="store_true", help="check the public side")
    parser.add_argument("--bind", default="", help="the address and port it will listen at, for example 0.0.0.0:8000")


def run(options: argparse.Namespace) -> int:
    os.environ["COMPASS_PROCESS"] = "public" if options.public else "app"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compass.config.settings")
    from compass.config.checks import refuse_unsafe

    if refuse_unsafe(options.public, bind=options.bind):
        return 1
    print("compass: nothing unsafe was found")
    return 0
