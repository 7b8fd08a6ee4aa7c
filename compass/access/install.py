"""What the owner does after the migrations: walls, the scope key, organisation keys, the queue's and cache's tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from compass.access import walls
from compass.access.models import Organisation, ScopeKey, User
from compass.access.scope import key_id, pads
from compass.access.staff import seal_name
from compass.trail.chain import GENESIS
from compass.trail.models import Head
from compass.vault import custody, root
from compass.vault.crypto import open_bytes
from compass.vault.keys import create_organisation_key
from compass.vault.models import OrganisationKey
from compass.vault.root import SYSTEM


def migrate(*, verbosity: int = 0, ask: Callable[[], object] = lambda: None) -> None:
    """Migrate as the owner and apply everything that follows from the models. Can be repeated.

    `ask` is called before the root key is used for the first time: only then are the custodians needed.
    """
    call_command("migrate", verbosity=verbosity, interactive=False, skip_checks=True)
    call_command("createcachetable", "compass_cache", verbosity=0)
    raw = Path(settings.COMPASS_SCOPE_KEY_FILE).read_bytes()
    inner, outer = pads(raw)
    ScopeKey.objects.update_or_create(id=key_id(raw), defaults={"inner_pad": inner, "outer_pad": outer})
    ScopeKey.objects.exclude(id=key_id(raw)).delete()
    Head.objects.get_or_create(id=1, defaults={"seq": 0, "hash": GENESIS})
    walls.apply()
    if not OrganisationKey.objects.filter(organisation_id=SYSTEM).exists():
        ask()
        number = root.ring().newest()
        custody.register(number, root.root_key(number))
        create_organisation_key(SYSTEM)
        reseal_names(root.root_key(number))


def reseal_names(key: root.HeldKey) -> None:
    """Names of colleagues from before the deployment had a key of its own, then sealed under the root key itself."""
    before = key.subkey("system|staff")
    for user in User.objects.exclude(name_sealed=b""):
        name = open_bytes(before, user.name_sealed, table="access_user", column="name_sealed", subject=user.pk)
        user.name_sealed = seal_name(user.pk, name.decode())
        user.save(update_fields=["name_sealed"])


def add_organisation(organisation: Organisation) -> Organisation:
    """Save a new organisation and make its key. The owner's work."""
    organisation.save(force_insert=True)
    if not OrganisationKey.objects.filter(organisation_id=organisation.pk).exists():
        create_organisation_key(organisation.pk)
    return organisation
