from __future__ import annotations

from django.urls import path

from compass.people.views import (
    copies,
    document,
    erasure,
    finding,
    intake,
    name,
    pairs,
    person,
    rights,
    sealed,
    shared,
    summary,
    voice,
)

app_name = "people"
urlpatterns = [
    path("voices/", voice.voices, name="voices"),
    path("voices/<slug:language>/<slug:key>/", voice.replace, name="replace_voice"),
    path("voice/<uuid:pk>/", voice.play, name="voice"),
    path("find/", finding.find, name="find"),
    path("pairs/", pairs.pairs, name="pairs"),
    path("pairs/<uuid:pk>/", pairs.pair, name="pair"),
    path("rights/", rights.listed, name="rights_list"),
    path("rights/<uuid:pk>/", rights.right, name="right"),
    path("searches/", finding.searches, name="searches"),
    path("<uuid:pk>/", person.person, name="person"),
    path("<uuid:pk>/consent/", intake.consent, name="consent"),
    path("<uuid:pk>/withdraw/", person.withdraw, name="withdraw"),
    path("<uuid:pk>/shared/", shared.shared, name="shared"),
    path("<uuid:pk>/identity/", sealed.identity, name="identity"),
    path("<uuid:pk>/contact/", sealed.contact, name="contact"),
    path("<uuid:pk>/document/", document.document, name="document"),
    path("<uuid:pk>/name/", name.name, name="name"),
    path("<uuid:pk>/former/", name.former, name="former"),
    path("<uuid:pk>/same/", finding.same, name="same"),
    path("<uuid:pk>/household/", intake.household, name="household"),
    path("<uuid:pk>/guardian/", person.guardian, name="guardian"),
    path("<uuid:pk>/guardian/appointed/", person.appointed, name="guardian_appointed"),
    path("<uuid:pk>/rights/", rights.rights, name="rights"),
    path("<uuid:pk>/copy/", copies.copy, name="copy"),
    path("<uuid:pk>/erasure/", erasure.asked, name="erasure"),
    path("<uuid:pk>/erasure/confirm/", erasure.confirmed, name="erasure_confirm"),
    path("<uuid:pk>/erasure/cancel/", erasure.cancelled, name="erasure_cancel"),
    path("<uuid:pk>/erasure/keep/", erasure.kept, name="erasure_keep"),
    path("<uuid:pk>/summary/", summary.summary, name="summary"),
    path("<uuid:pk>/summary/<slug:language>.pdf", summary.printed, name="summary_pdf"),
]
