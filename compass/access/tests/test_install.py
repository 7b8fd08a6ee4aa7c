"""Preparing a database again, and one from before the deployment had a key of its own."""

from __future__ import annotations

import pytest
from django.db import connection

from compass.access.install import reseal_names
from compass.access.models import User
from compass.access.staff import name_of
from compass.problems import Unreadable
from compass.vault import crypto
from compass.vault.root import root_key

PLACE = {"table": "access_user", "column": "name_sealed"}


@pytest.fixture
def as_owner(apart, cluster):
    """Django as the owner, in a database of its own: the application writes no name of a colleague."""
    before = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    connection.settings_dict.update(USER="compass_owner", PASSWORD=cluster.password("compass_owner"))
    yield
    connection.close()
    connection.settings_dict.update(before)


def test_a_name_that_was_sealed_under_the_root_key_itself_is_sealed_anew(as_owner):
    user = User.objects.get(username="zinder.social")
    User.objects.exclude(pk=user.pk).update(name_sealed=b"")
    before = root_key().subkey("system|staff")
    user.name_sealed = crypto.seal_bytes(before, b"Ramatou Issa", subject=user.pk, version=1, **PLACE)
    user.save(update_fields=["name_sealed"])
    with pytest.raises(Unreadable):
        name_of(user)

    reseal_names(root_key())

    assert name_of(User.objects.get(pk=user.pk)) == "Ramatou Issa"
