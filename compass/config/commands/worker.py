"""`compass worker`: background jobs from the queue in PostgreSQL, with the application's own rights."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path

from compass.config.commands.keys import pin_argument, prepare, refuse_while_locked, words_argument


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=1)
    words_argument(parser)
    pin_argument(parser)


def run(options: argparse.Namespace) -> int:
    prepare("app")
    from django.conf import settings

    from compass.config import checks, custodians
    from compass.vault import custody, locking

    if not settings.COMPASS_DEMONSTRATION and checks.say(checks.problems(public=False)):
        return 1
    if custody.is_file():
        _wait_until_open()
    else:
        refuse_while_locked()
    custodians.take(options.words_fd, options.pin_fd)
    left = threading.Event()

    def leave() -> None:
        left.set()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(locking.GRACE)
        _begin_anew(options)

    locking.keep_watch(leave)
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(concurrency=options.concurrency, name="compass")
    if left.is_set():
        _begin_anew(options)
    return 0


def _wait_until_open() -> None:
    from django.db import connection

    from compass.vault import locking

    while locking.is_locked():
        time.sleep(locking.LOOK_EVERY)
    connection.close()


def _begin_anew(options: argparse.Namespace) -> None:
    """Let the same program take this process's place, and with it all that lay in memory. Never comes back."""
    from django.conf import settings

    from compass.config import custodians
    from compass.problems import Locked
    from compass.vault import root

    if settings.COMPASS_ROOT_KEY_FD:
        if root.ring().empty():
            print(f"compass: {Locked()}", file=sys.stderr, flush=True)
            os._exit(1)
        custodians.hand_on()
    os.chdir(Path(__file__).resolve().parents[3])
    command = [sys.executable, "-m", "compass.config.cli", "worker", "--concurrency", str(options.concurrency)]
    os.execv(command[0], command)
