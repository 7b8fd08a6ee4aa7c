from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReintegrationConfig(AppConfig):
    name = "compass.reintegration"
    label = "reintegration"

    def ready(self) -> None:
        from compass.cases import chapters
        from compass.people import registry
        from compass.reintegration import holding, narrowing
        from compass.reintegration.chapter import at_home
        from compass.reintegration.closing import register_standards
        from compass.reintegration.queries import money_spent, still_to_do
        from compass.ui import navigation

        holding.declare()
        narrowing.declare()
        navigation.register(
            label=_("Reintegration"),
            url_name="reintegration:list",
            order=50,
            visible=lambda request: (
                (work := getattr(request, "work", None)) is not None and bool(work.may("reintegration.view"))
            ),
        )
        chapters.register(_("At home"), at_home, order=45)
        registry.on_open(still_to_do)
        registry.on_kinds(money_spent)
        register_standards()
        import_module("compass.reintegration.deadlines")
