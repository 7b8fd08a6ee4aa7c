from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class ConfigConfig(AppConfig):
    name = "compass.config"
    label = "config"

    def ready(self) -> None:
        """The access room lies below the shell and cannot register its own pages."""
        from django.db.backends.signals import connection_created

        from compass.config.timestamps import read_quickly

        connection_created.connect(read_quickly, dispatch_uid="timestamps")
        if settings.PROCESS == "public":
            return
        from django.utils.translation import gettext_lazy as _

        from compass.ui import navigation

        navigation.register(
            label=_("Trail"),
            url_name="access:trail",
            order=80,
            visible=lambda request: "work" in vars(request) and request.work.may("trail.view"),  # type: ignore[attr-defined]
        )
        navigation.register(label=_("My account"), url_name="access:account", order=90)
