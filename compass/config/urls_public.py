"""Addresses of the public process. It has no other room than those that publish."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("compass.commons.urls"))]
handler400 = "compass.ui.views.bad_request"
handler404 = "compass.ui.views.not_found"
handler500 = "compass.ui.views.broken"
