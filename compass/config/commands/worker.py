"""`compass worker`: background jobs from the queue in PostgreSQL, with the application's own rights."""

from __future__ import annotations

import argparse
import os

import django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=1)


def run(options: argparse.Namespace) -> int:
    os.environ["COMPASS_PROCESS"] = "app"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compass.config.settings")
    django.setup()
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(concurrency=options.concurrency, name="compass")
    return 0
