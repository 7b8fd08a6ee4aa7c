"""`compass load-public`: the published facts and the Missing Migrants data, for the public side.

Runs as the application's role and as one colleague who may publish (`--as`), never as the owner: loading a file needs no
more power than that, and the trail says who did it. What is already loaded is not loaded again.
"""

from __future__ import annotations

import argparse
import os
import uuid
from datetime import date
from functools import partial
from pathlib import Path

import django

from compass.config.embedded import EmbeddedError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="username", required=True, metavar="USERNAME", help="a results officer")
    parser.add_argument("--facts", type=Path, help="published facts, CSV; the file of the project unless said")
    parser.add_argument(
        "--missing-migrants", type=Path, help="IOM's aggregate, CSV; the file of the project unless said"
    )
    parser.add_argument(
        "--as-of",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day that IOM's aggregate speaks of, where the name of the file does not say it",
    )
    parser.add_argument(
        "--most-rejected",
        type=float,
        default=5.0,
        metavar="PERCENT",
        help="refuse a file with more bad lines (default 5)",
    )


def run(options: argparse.Namespace) -> int:
    if not os.environ.get("COMPASS_DATABASE_URL"):
        raise EmbeddedError("Set COMPASS_DATABASE_URL to the database address of the role compass_app.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compass.config.settings")
    django.setup()
    return load(options.username, options.facts, options.missing_migrants, options.most_rejected, options.as_of)


def load(
    username: str,
    facts_file: Path | None = None,
    missing_file: Path | None = None,
    most_rejected: float = 5.0,
    as_of: date | None = None,
) -> int:
    """Load both files in one unit of work; prints every rejected line with its reason. 1 when one was refused.

    `as_of` is the day that IOM's aggregate speaks of; without it the day in the name of the file counts, and a file that
    says none is refused.
    """
    from django.utils import timezone

    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work
    from compass.commons.actions import FactsFile, MissingMigrantsFile, publish_facts, publish_missing_migrants
    from compass.commons.synthesis import facts, missing_migrants
    from compass.commons.synthesis.rejections import WrongHeader
    from compass.problems import Problem

    user = User.objects.filter(username=username).first()
    if user is None:
        print(f"compass: there is no colleague {username!r}.")
        return 1
    aggregate = missing_file or missing_migrants.SOURCE
    named = missing_migrants.day_of(aggregate)
    if as_of is not None and named not in (None, as_of):
        print(f"compass: the name of {aggregate.name} says {named}, --as-of says {as_of}. Correct one of them.")
        return 1
    speaks_of = as_of or named
    if speaks_of is None:
        print(f"compass: say of which day {aggregate.name} speaks: --as-of YYYY-MM-DD, or write it into its name.")
        return 1
    envelope = {"occurred_at": timezone.now(), "basis": "public_interest"}
    contents: list[bytes] = []
    for path, parse in (
        (facts_file or facts.SOURCE, facts.parse),
        (aggregate, partial(missing_migrants.parse, as_of=speaks_of)),
    ):
        try:
            content = path.read_bytes()
            rejections = parse(content).rejections
        except (OSError, WrongHeader) as error:
            print(f"compass: {path.name} cannot be loaded: {error}")
            return 1
        for rejection in rejections:
            print(f"{path.name}: {rejection}")
        lines = max(len(content.splitlines()) - 1, 1)
        if len(rejections) * 100 > most_rejected * lines:
            print(f"compass: {path.name}: {len(rejections)} of {lines} lines cannot be used; nothing was loaded.")
            return 1
        contents.append(content)
    try:
        with unit_of_work(Actor.of(user), "commons.load") as work:
            editions = [
                *publish_facts(work, [FactsFile(key=uuid.uuid4(), content=contents[0], **envelope)]),  # type: ignore[arg-type]
                *publish_missing_migrants(
                    work,
                    [MissingMigrantsFile(key=uuid.uuid4(), content=contents[1], as_of=speaks_of, **envelope)],  # type: ignore[arg-type]
                ),
            ]
    except Problem as problem:
        print(f"compass: {problem}")
        return 1
    for edition in editions:
        print(f"{edition.kind}: {edition.rows} rows, {edition.rejected} rejected.")
    return 0
