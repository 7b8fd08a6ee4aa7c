"""Preparing a database again, and one from before the deployment had a key of its own."""

from __future__ import annotations

import pytest

from compass.access.install import reseal_names
from compass.access.models import User
from compass.access.staff import name_of
from compass.problems import Unreadable
from compass.vault import crypto
from compass.vault.root import root_key

PLACE = {"table": "access_user", "column": "name_sealed"}


@pytest.mark.django_db
def test_a_name_that_was_sealed_under_the_root_key_itself_is_sealed_anew():
    user = User.objects.get(username="zinder.social")
    User.objects.exclude(pk=user.pk).update(name_sealed=b"")
    before = root_key().subkey("system|staff")
    user.name_sealed = crypto.seal_bytes(before, b"Ramatou Issa", subject=user.pk, version=1, **PLACE)
    user.save(update_fields=["name_sealed"])
    with pytest.raises(Unreadable):
        name_of(user)

    reseal_names(root_key())

    assert name_of(User.objects.get(pk=user.pk)) == "Ramatou Issa"
