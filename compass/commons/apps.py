from __future__ import annotations

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _

from compass.ui import navigation


class CommonsConfig(AppConfig):
    name = "compass.commons"
    label = "commons"

    def ready(self) -> None:
        for order, (label, name) in enumerate(
            (
                (_("The programme"), "front"),
                (_("Missing migrants"), "missing_migrants"),
                (_("Sources and methods"), "about"),
            )
        ):
            navigation.register(label=label, url_name=f"commons:{name}", order=order, side="public")
        # The public process has neither the rooms of the house nor a reason to publish.
        if apps.is_installed("compass.programme"):
            from compass.commons.actions import publish_figures
            from compass.programme.actions import PUBLISHERS

            if publish_figures not in PUBLISHERS:
                PUBLISHERS.append(publish_figures)
