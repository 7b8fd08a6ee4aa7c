"""The address of the living page; mount it under `ui/`."""

from __future__ import annotations

from django.urls import path

from compass.ui import views

app_name = "ui"
urlpatterns = [path("", views.living, name="living")]
