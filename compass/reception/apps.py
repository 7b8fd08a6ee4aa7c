from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest


def _receives(request: HttpRequest) -> bool:
    work = getattr(request, "work", None)
    return work is not None and bool(work.may("reception.view"))


class ReceptionConfig(AppConfig):
    name = "compass.reception"
    label = "reception"

    def ready(self) -> None:
        from compass.people import alerts, registry
        from compass.reception import holding, narrowing, queries
        from compass.ui import navigation

        registry.refer("reception.Arrival", "person", moves=False, follows=True)
        registry.refer("reception.PlaceCorrection", "person", moves=False)
        alerts.register(queries.needs_on_arrival)
        holding.declare()
        narrowing.declare()
        navigation.register(label=_("Arrivals"), url_name="reception:arrivals", order=20, visible=_receives)
        navigation.register(label=_("Activities"), url_name="reception:activities", order=40, visible=_receives)
