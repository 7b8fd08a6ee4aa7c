from __future__ import annotations

from django.urls import path

from compass.reintegration.views import home, interview, line, plan

app_name = "reintegration"
urlpatterns = [
    path("", home.people, name="list"),
    path("people/<uuid:pk>/", home.person, name="person"),
    path("people/<uuid:pk>/welcome/", home.welcome, name="welcome"),
    path("people/<uuid:pk>/plan/", plan.plan, name="plan"),
    path("people/<uuid:pk>/interview/", interview.interview, name="interview"),
    path("plans/<uuid:pk>/change/", plan.change_plan, name="change_plan"),
    path("plans/<uuid:pk>/action/", plan.new_action, name="new_action"),
    path("actions/<uuid:pk>/", line.action, name="action"),
    path("actions/<uuid:pk>/receipt/", line.receipt, name="receipt"),
    path("actions/<uuid:pk>/delivered/", line.delivered, name="delivered"),
    path("actions/<uuid:pk>/cancel/", line.cancel, name="cancel"),
    path("actions/<uuid:pk>/follow-up/", line.follow_up, name="follow_up"),
    path("receipts/<uuid:pk>/file/", line.receipt_file, name="receipt_file"),
    path("interviews/<uuid:pk>/", interview.result, name="result"),
    path("interviews/<uuid:pk>/<slug:dimension>/", interview.section, name="section"),
]
