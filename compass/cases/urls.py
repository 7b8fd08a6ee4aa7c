"""Addresses of the room: `/cases/`. A record is named by its identifier, never by a name or a code."""

from __future__ import annotations

from django.urls import URLPattern, path

from compass.cases.views import (
    best_interests,
    case,
    decide,
    handover,
    mine,
    referral_new,
    referrals,
    screen,
    steps,
    today,
)

app_name = "cases"
urlpatterns: list[URLPattern] = [
    path("", today.today, name="today"),
    path("list/", today.cases, name="list"),
    path("mine/", mine.mine, name="mine"),
    path("team/", today.team, name="team"),
    path("screen/<uuid:pk>/", screen.screen, name="screen"),
    path("referrals/", referrals.referrals, name="referrals"),
    path("referrals/<uuid:pk>/", referrals.referral, name="referral"),
    path("referrals/<uuid:pk>/files/<uuid:file_pk>/", referrals.file, name="referral_file"),
    path("referrals/<uuid:pk>/change/", referral_new.change, name="referral_change"),
    path("referrals/<uuid:pk>/<slug:name>/", referrals.step, name="referral_step"),
    path("handovers/", handover.handovers, name="handovers"),
    path("handovers/<uuid:pk>/", handover.handover, name="handover"),
    path("handovers/<uuid:pk>/<slug:name>/", handover.step, name="handover_step"),
    path("best-interests/<uuid:pk>/", best_interests.best_interests, name="best_interests"),
    path("best-interests/<uuid:pk>/<slug:part>/", best_interests.step, name="best_interests_step"),
    path("<uuid:pk>/", case.case, name="case"),
    path("<uuid:pk>/refer/", referral_new.refer, name="refer"),
    path("<uuid:pk>/hand-over/", handover.hand_over, name="hand_over"),
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
