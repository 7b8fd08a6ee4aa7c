"""`compass serve`: the application behind gunicorn; with --public the public side, which holds no key."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from compass.config.commands.keys import pin_argument, words_argument


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--public", action="store_true", help="serve the public side")
    parser.add_argument("--port", type=int, help="port on loopback (8000, or 8001 for the public side)")
    parser.add_argument("--bind", help="address and port, for example 0.0.0.0:8000; replaces --port")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    words_argument(parser)
    pin_argument(parser)


def gunicorn(bind: str, *, workers: int, threads: int) -> list[str]:
    """The command line of one web process."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "compass.config.wsgi:application",
        "--bind",
        bind,
        "--workers",
        str(workers),
        "--threads",
        str(threads),
        "--worker-class",
        "gthread",
        "--preload",
        "--timeout",
        "60",
        "--graceful-timeout",
        "10",
        "--keep-alive",
        "15",
        "--max-requests",
        "20000",
        "--max-requests-jitter",
        "2000",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]


def run(options: argparse.Namespace) -> int:
    os.environ["COMPASS_PROCESS"] = "public" if options.public else "app"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compass.config.settings")
    from compass.config.checks import refuse_unsafe

    bind = options.bind or f"127.0.0.1:{options.port or (8001 if options.public else 8000)}"
    if refuse_unsafe(public=options.public, bind=bind):
        return 1
    if not options.public:
        from compass.config.commands.keys import prepare, refuse_while_locked

        prepare("app")
        refuse_while_locked()
        from compass.config import custodians

        custodians.take(options.words_fd, options.pin_fd)
        custodians.hand_on()
    os.chdir(Path(__file__).resolve().parents[3])  # gunicorn imports from the folder it stands in
    command = gunicorn(bind, workers=options.workers, threads=options.threads)
    os.execv(command[0], command)
    return 0
