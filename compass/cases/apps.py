from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest


class CasesConfig(AppConfig):
    name = "compass.cases"
    label = "cases"
    functions: ClassVar[dict[str, str]] = {
        "compass_referral_recall(uuid[])": "compass_app",
        "compass_referral_until(uuid[], timestamptz[])": "compass_app",
        "compass_fall_with(uuid)": "compass_app",
        "compass_handover(uuid)": "compass_app",
        "compass_handover_drop(uuid[])": "compass_app",
    }

    def ready(self) -> None:
        from compass.cases import standards
        from compass.cases.connections import connect
        from compass.ui import navigation

        for module in iter_modules(standards.__path__):
            import_module(f"compass.cases.standards.{module.name}")

        def may(rule: str) -> Callable[[HttpRequest], bool]:
            def visible(request: HttpRequest) -> bool:
                work = getattr(request, "work", None)
                return work is not None and work.may(rule)

            return visible

        navigation.register(label=_("Today"), url_name="cases:today", order=10, visible=may("cases.view"))
        navigation.register(label=_("Cases"), url_name="cases:list", order=20, visible=may("cases.view"))
        connect()
        navigation.register(
            label=_("Referrals"),
            url_name="cases:referrals",
            order=30,
            visible=lambda request: may("referrals.inbox")(request) or may("referrals.view")(request),
        )
        navigation.register(label=_("Handovers"), url_name="cases:handovers", order=35, visible=may("handovers.view"))
        navigation.register(label=_("Team"), url_name="cases:team", order=60, visible=may("cases.approve"))
