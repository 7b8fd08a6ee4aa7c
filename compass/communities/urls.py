from __future__ import annotations

from django.urls import path

from compass.communities import views

app_name = "communities"
urlpatterns = [
    path("", views.places, name="list"),
    path("new/", views.new_place, name="new"),
    path("<uuid:pk>/", views.place, name="place"),
    path("<uuid:pk>/profile/", views.profile, name="profile"),
    path("<uuid:pk>/meeting/", views.meeting, name="meeting"),
    path("meetings/<uuid:pk>/option/", views.option, name="option"),
    path("meetings/<uuid:pk>/choose/", views.choose, name="choose"),
    path("projects/<uuid:pk>/", views.project, name="project"),
    path("projects/<uuid:pk>/safeguards/", views.safeguards, name="safeguards"),
    path("projects/<uuid:pk>/approve/", views.approve, name="approve"),
    path("projects/<uuid:pk>/next/", views.advance, name="next"),
]
