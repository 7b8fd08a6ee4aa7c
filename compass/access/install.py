"""What the owner does after the migrations: walls, the scope key, organisation keys, the queue's and cache's tables."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from compass.access import walls
from compass.access.models import Organisation, ScopeKey
from compass.access.scope import key_id, pads
from compass.trail.chain import GENESIS
from compass.trail.models import Head
from compass.vault.keys import create_organisation_key
from compass.vault.models import OrganisationKey


def migrate(*, verbosity: int = 0) -> None:
    """Migrate as the owner and apply everything that follows from the models. Can be repeated."""
    call_command("migrate", verbosity=verbosity, interactive=False, skip_checks=True)
    call_command("createcachetable", "compass_cache", verbosity=0)
    raw = Path(settings.COMPASS_SCOPE_KEY_FILE).read_bytes()
    inner, outer = pads(raw)
    ScopeKey.objects.update_or_create(id=key_id(raw), defaults={"inner_pad": inner, "outer_pad": outer})
    ScopeKey.objects.exclude(id=key_id(raw)).delete()
    Head.objects.get_or_create(id=1, defaults={"seq": 0, "hash": GENESIS})
    walls.apply()


def add_organisation(organisation: Organisation) -> Organisation:
    """Save a new organisation and make its key. The owner's work."""
    organisation.save(force_insert=True)
    if not OrganisationKey.objects.filter(organisation_id=organisation.pk).exists():
        create_organisation_key(organisation.pk)
    return organisation
