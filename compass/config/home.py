"""The first page after signing in: everyone starts where their work is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET

from compass.access.pages import page
from compass.access.work import Work

STARTS = (
    ({"social_worker", "case_worker", "supervisor"}, "cases:today"),
    ({"centre_manager"}, "reception:arrivals"),
    ({"movement_officer"}, "returns:list"),
    ({"partner_case_worker"}, "cases:referrals"),
    ({"data_protection_officer", "auditor"}, "access:trail"),
)


@require_GET
@page("home")
def home(request: HttpRequest, work: Work) -> HttpResponse:
    for roles, name in STARTS:
        if roles & work.actor.roles:
            return redirect(name)
    return redirect("programme:figures" if work.may("programme.figures") else "access:account")


urlpatterns = [path("", home, name="home")]
