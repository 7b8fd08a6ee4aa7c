"""The two steps of preparing a demonstration, each a process with the rights it needs: `owner`, then `people`."""

from __future__ import annotations

import sys

import django


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


def people(count: int, seed: int) -> None:
    """Load the invented programme through the same list actions that pages use."""
    from compass.config.demo.load import load

    load(count, seed, say=lambda text: print(text, flush=True))


def main() -> int:
    step, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    django.setup()
    if step == "owner":
        owner()
    else:
        people(count, seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
