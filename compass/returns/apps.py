from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ReturnsConfig(AppConfig):
    name = "compass.returns"
    label = "returns"
    functions: ClassVar[dict[str, str]] = {
        "compass_journey_may_leave(uuid, date)": "compass_app",
        "compass_journey_may_take_back(uuid)": "compass_app",
    }

    def ready(self) -> None:
        from compass.cases import chapters, decisions, journeys
        from compass.cases.actions.handover import on_taken_over
        from compass.people import registry
        from compass.returns import holding, narrowing
        from compass.returns.actions import after_consent, expect_journeys
        from compass.returns.chapter import going_home
        from compass.returns.deadlines import waiting_decisions
        from compass.returns.merging import must_travel_once
        from compass.returns.queries import bound_for, on_the_way
        from compass.ui import navigation

        holding.declare()
        narrowing.declare()
        navigation.register(label=_("Returns"), url_name="returns:list", order=40, visible=_sees_returns)
        registry.before_merge(must_travel_once)
        chapters.register(_("Going home"), going_home, order=40)
        decisions.register(waiting_decisions)
        journeys.register(bound_for)
        registry.on_open(on_the_way)
        on_taken_over(expect_journeys)
        registry.on_consent(after_consent)


def _sees_returns(request: HttpRequest) -> bool:
    work = getattr(request, "work", None)
    return work is not None and bool(work.may("returns.view") or work.may("returns.see_travel"))
