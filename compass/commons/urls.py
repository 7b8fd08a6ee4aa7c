from __future__ import annotations

from django.urls import path

from compass.commons import views

app_name = "commons"
urlpatterns = [
    path("", views.front, name="front"),
    path("countries/<slug:alpha2>/", views.country_page, name="country"),
    path("missing-migrants/", views.missing_migrants, name="missing_migrants"),
    path("missing-migrants/data.csv", views.missing_migrants_csv, name="missing_migrants_csv"),
    path("about/", views.about, name="about"),
    path("health", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
]
