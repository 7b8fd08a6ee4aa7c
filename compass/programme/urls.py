from __future__ import annotations

from django.urls import path

from compass.programme import views

app_name = "programme"
urlpatterns = [
    path("", views.figures, name="figures"),
    path("figure/<uuid:pk>/", views.figure, name="figure"),
    path("count/", views.count, name="count"),
    path("publish/<uuid:pk>/", views.publish_newest, name="publish"),
]
