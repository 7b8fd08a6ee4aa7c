from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    name = "compass.access"
    label = "access"
    functions: ClassVar[dict[str, str]] = {
        "compass_scope_claims()": "compass_app",
        "compass_scope_actor()": "compass_app",
        "compass_scope_organisations()": "compass_app",
        "compass_scope_countries()": "compass_app",
        "compass_scope_sensitivities()": "compass_app",
        "compass_is_locked(uuid)": "compass_app",
        "compass_lock(uuid)": "compass_app",
        "compass_revoke(uuid)": "compass_app",
        "compass_share_key(uuid, uuid, bytea, timestamptz)": "compass_app",
        "compass_key_is_new(uuid)": "compass_app",
        "compass_destroy_keys(uuid[])": "compass_app",
        "compass_begin_account(text, bytea)": "compass_app",
    }

    def ready(self) -> None:
        """Every room declares who may do what in its rules.py."""
        autodiscover_modules("rules")
