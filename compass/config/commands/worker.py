"""`compass worker`: background jobs from the queue in PostgreSQL, with the application's own rights."""

from __future__ import annotations

import argparse

from compass.config.commands.keys import prepare, words_argument


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=1)
    words_argument(parser)


def run(options: argparse.Namespace) -> int:
    prepare("app")
    from django.conf import settings

    from compass.config import checks, custodians
    from compass.vault.root import keep_learning

    if not settings.COMPASS_DEMONSTRATION and checks.say(checks.problems(public=False)):
        return 1
    if custodians.take(options.words_fd).fd is not None:
        keep_learning()
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(concurrency=options.concurrency, name="compass")
    return 0
