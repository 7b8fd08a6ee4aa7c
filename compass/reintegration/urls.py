from __future__ import annotations

from django.urls import path

from compass.reintegration import views, views_plan

app_name = "reintegration"
urlpatterns = [
    path("", views.people, name="list"),
    path("people/<uuid:pk>/", views.person, name="person"),
    path("people/<uuid:pk>/welcome/", views.welcome, name="welcome"),
    path("people/<uuid:pk>/plan/", views.plan, name="plan"),
    path("people/<uuid:pk>/interview/", views.interview, name="interview"),
    path("plans/<uuid:pk>/change/", views_plan.change_plan, name="change_plan"),
    path("plans/<uuid:pk>/action/", views.new_action, name="new_action"),
    path("actions/<uuid:pk>/", views.action, name="action"),
    path("actions/<uuid:pk>/receipt/", views.receipt, name="receipt"),
    path("actions/<uuid:pk>/delivered/", views.delivered, name="delivered"),
    path("actions/<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("actions/<uuid:pk>/follow-up/", views.follow_up, name="follow_up"),
    path("receipts/<uuid:pk>/file/", views.receipt_file, name="receipt_file"),
    path("interviews/<uuid:pk>/", views.result, name="result"),
    path("interviews/<uuid:pk>/<slug:dimension>/", views.section, name="section"),
]
