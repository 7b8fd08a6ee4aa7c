"""Signing in and out (allauth's views that we use, no sign-up), and the trail a data protection officer reads."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from compass.access import views

urlpatterns = [
    path("signin/", account.login, name="account_login"),
    path("signout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("trail/", include(([path("", views.trail, name="trail")], "access"))),
]
