from __future__ import annotations

from django.urls import path

from compass.returns import views

app_name = "returns"
urlpatterns = [
    path("", views.returns_list, name="list"),
    path("journeys/<uuid:pk>/", views.see_off, name="see_off"),
    path("journeys/<uuid:pk>/missed/", views.not_left, name="not_left"),
    path("journeys/<uuid:pk>/taken-back/", views.take_back_journey, name="take_back_journey"),
    path("new/<uuid:person>/", views.start, name="start"),
    path("<uuid:pk>/", views.show, name="show"),
    path("<uuid:pk>/counselling/", views.counselling, name="counselling"),
    path("<uuid:pk>/declaration/", views.declaration, name="declaration"),
    path("<uuid:pk>/free-choice/", views.free_choice, name="free_choice"),
    path("<uuid:pk>/eligibility/", views.eligibility, name="eligibility"),
    path("<uuid:pk>/decision/", views.decision, name="decision"),
    path("<uuid:pk>/preparation/", views.preparation, name="preparation"),
    path("<uuid:pk>/departure/", views.departure, name="departure"),
    path("<uuid:pk>/departure/taken-back/", views.take_back, name="take_back"),
    path("<uuid:pk>/missed/", views.missed, name="missed"),
    path("<uuid:pk>/arrival/", views.arrival, name="arrival"),
    path("<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:pk>/suspend/", views.suspend, name="suspend"),
    path("<uuid:pk>/resume/", views.resume, name="resume"),
]
