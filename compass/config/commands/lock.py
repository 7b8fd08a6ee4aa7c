"""`compass lock`: in danger, one step. Sessions end, the keys leave the memory of every process. Asks nobody anything.

COMPASS_OWNER_URL says which database; without it the embedded one of the data folder is meant.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--of", metavar="ORGANISATION", help="only this organisation; everything without it")
    parser.add_argument("--data", type=Path, help="the data folder (default COMPASS_DATA)")


def run(options: argparse.Namespace) -> int:
    with owner_at(options.data):
        from django.utils.translation import gettext as _

        from compass.access.accounts import noted
        from compass.config import terminal
        from compass.vault import locking

        place = place_of(options.of)
        with noted("access.locked", place, [place]):
            ended = locking.lock_as_owner(place)
        terminal.say(
            _("Locked. Sessions that ended: %(count)d. Running processes let their keys go within seconds.")
            % {"count": ended}
        )
        terminal.say(_("It opens again with two custodians: compass unlock"))
    return 0


@contextmanager
def owner_at(data: Path | None) -> Iterator[None]:
    """Django as the owner of a given database, or of the embedded one of a folder, a demonstration's for example."""
    from compass.config.commands.backup import database
    from compass.config.commands.keys import prepare

    folder = (data or Path(os.environ.get("COMPASS_DATA", "data"))).resolve()
    with database(folder) as url:
        os.environ.update(COMPASS_OWNER_URL=url, COMPASS_DATA=str(folder))
        for name, setting in (("scope", "COMPASS_SCOPE_KEY_FILE"), ("root", "COMPASS_ROOT_KEY_FILE")):
            if (folder / "secrets" / f"{name}.key").exists():
                os.environ.setdefault(setting, str(folder / "secrets" / f"{name}.key"))
        prepare("owner")
        yield


def place_of(name: str | None) -> UUID:
    """The organisation of that name, or the deployment without one. Raises NoSuchOrganisation."""
    from compass.access.accounts import organisation_named
    from compass.vault.root import SYSTEM

    return organisation_named(name).pk if name else SYSTEM
