"""Addresses of the room: `/cases/`. A record is named by its identifier, never by a name or a code."""

from __future__ import annotations

from django.urls import URLPattern, path

from compass.cases.views import case, decide, screen, steps, today

app_name = "cases"
urlpatterns: list[URLPattern] = [
    path("", today.today, name="today"),
    path("list/", today.cases, name="list"),
    path("team/", today.team, name="team"),
    path("screen/<uuid:pk>/", screen.screen, name="screen"),
    path("<uuid:pk>/", case.case, name="case"),
    path("<uuid:pk>/risk/", steps.risk, name="risk"),
    path("<uuid:pk>/assign/", today.assign, name="assign"),
    path("<uuid:pk>/assessment/", steps.assessment, name="assess"),
    path("<uuid:pk>/plan/", steps.plan, name="plan"),
    path("<uuid:pk>/agreement/", steps.agree, name="agree"),
    path("<uuid:pk>/contact/", steps.contact, name="follow_up"),
    path("<uuid:pk>/closure/", steps.close, name="close"),
    path("<uuid:pk>/reopen/", steps.reopen, name="reopen"),
    path("plan-step/<uuid:pk>/", steps.done, name="done"),
    path("decide/assessment/<uuid:pk>/", decide.assessment, name="decide_assessment"),
    path("decide/plan/<uuid:pk>/", decide.plan, name="decide_plan"),
    path("decide/closure/<uuid:pk>/", decide.closure, name="decide_closure"),
]
