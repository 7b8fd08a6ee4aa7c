"""Addresses that exist only in a demonstration."""

from __future__ import annotations

from django.urls import path

from compass.config.demo import views

app_name = "try"
urlpatterns = [
    path("summary/", views.summary, name="summary"),
    path("<str:username>/", views.post, name="post"),
]
