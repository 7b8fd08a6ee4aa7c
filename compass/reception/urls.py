from __future__ import annotations

from django.urls import path

from compass.reception import views, views_children

app_name = "reception"
urlpatterns = [
    path("", views.arrivals, name="arrivals"),
    path("activities/", views.activities, name="activities"),
    path("activities/<uuid:pk>/", views.activity, name="activity"),
    path("attendance/<uuid:pk>/not-there/", views.not_there, name="not_there"),
    path("children/<uuid:pk>/", views_children.children, name="children"),
    path("<uuid:pk>/register/", views.register, name="register"),
    path("<uuid:pk>/back/", views.back, name="back"),
    path("<uuid:pk>/left/", views.left, name="left"),
]
