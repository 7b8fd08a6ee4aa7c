"""The room of the user interface."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Shell, components, form rendering, charts and maps; no models."""

    name = "compass.ui"
    label = "ui"
    verbose_name = _("User interface")
