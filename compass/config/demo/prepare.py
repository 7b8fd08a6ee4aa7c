"""The two steps of preparing a demonstration, each a process with the rights it needs: `owner`, then `people`."""

from __future__ import annotations

import errno
import json
import signal
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from uuid import uuid5

import django

if TYPE_CHECKING:
    from compass.config.demo.load import Loader

#: What the calling process is told besides 0 and 1.
DISK_FULL, STOPPED = 28, 130
LOADING, STORY = "loading.json", "story.json"


def owner() -> None:
    """Migrate, collect static files, make organisations and accounts once."""
    from django.core.management import call_command

    from compass.access.install import migrate
    from compass.access.models import Organisation
    from compass.config.demo.world import create_world

    migrate()
    call_command("collectstatic", verbosity=0, interactive=False)
    if not Organisation.objects.exists():
        create_world()


def people(count: int, seed: int, folder: Path) -> None:
    """Load the invented programme through the same list actions that pages use; what was begun before goes on."""
    from compass.config.demo.living import liven
    from compass.config.demo.load import Loader, all_records, load
    from compass.config.demo.load_decision import Deciding
    from compass.config.demo.load_home import AtHome
    from compass.config.demo.load_neighbours import Neighbours
    from compass.config.demo.load_places import Places
    from compass.config.demo.load_story import AwayFromHome
    from compass.config.demo.night import match
    from compass.config.demo.progress import Progress
    from compass.config.demo.targets import check_of_2021

    progress = Progress(folder / LOADING, count, seed)
    if progress.resumed:
        _say(f"Going on with the {progress.people:,} invented people that were begun ...")
    else:
        _say(f"Loading {progress.people:,} invented people ...")
    load(progress.people, progress.seed, say=_say, progress=progress)
    loader = Loader(progress.seed)
    for part in (AwayFromHome, Deciding, AtHome, Neighbours, Places):
        part(loader, progress).all()
    note = {"mother": str(progress.id("mother")), "username": "edo.reception"}
    kept = {name: str(progress.id(name)) for name in ("boy", "return", "handover", "stall", "project", "interview")}
    (folder / STORY).write_text(json.dumps({**note, **kept}))
    _say("  one family, from a bus station to a home")
    liven(loader, progress)
    match()
    _say("  today’s work on every desk")
    _publish(loader, progress.seed)
    _say("  figures and public data published")
    _say(all_records(progress))
    _say(check_of_2021(progress.people, progress.now.date(), progress.tally))


def _publish(loader: Loader, seed: int) -> None:
    """Public files, today's count, and the first checkpoint of the trail."""
    from django.utils import timezone

    from compass.commons.actions import publish_newest
    from compass.config.commands import load_public
    from compass.config.demo.world import NAMESPACE
    from compass.programme.actions import Publication
    from compass.trail.jobs import sign_checkpoint

    said = StringIO()
    with redirect_stdout(said):
        refused = load_public.load("geneva.results")
    if refused:
        raise RuntimeError(said.getvalue())
    with loader.at("geneva.results") as work:
        when = timezone.now()
        publish_newest(
            work, Publication(key=uuid5(NAMESPACE, f"{seed}|publish|{when}"), occurred_at=when, basis="public_interest")
        )
    sign_checkpoint(always=True)


def _say(text: str) -> None:
    print(text, flush=True)


def _full(error: BaseException) -> bool:
    """Whether a full disk is the cause, here or in PostgreSQL."""
    while error is not None:
        if getattr(error, "errno", None) == errno.ENOSPC or getattr(error, "sqlstate", None) == "53100":
            return True
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return False


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    step, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    signal.signal(signal.SIGTERM, _stop)
    try:
        django.setup()
        if step == "owner":
            owner()
        else:
            from django.conf import settings

            people(count, seed, settings.COMPASS_DATA)
    except KeyboardInterrupt:
        return STOPPED
    except Exception as error:
        if _full(error):
            return DISK_FULL
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
