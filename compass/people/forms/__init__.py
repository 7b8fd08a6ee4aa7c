"""Forms about a person."""

from __future__ import annotations

from compass.people.forms.consent import ConsentForm, WithdrawForm
from compass.people.forms.person import (
    AppointedForm,
    ContactForm,
    GuardianForm,
    HouseholdForm,
    IdentityForm,
    RevealForm,
    shown,
)
from compass.people.forms.search import FindForm, SameForm
from compass.people.forms.voice import VoiceForm

__all__ = [
    "AppointedForm",
    "ConsentForm",
    "ContactForm",
    "FindForm",
    "GuardianForm",
    "HouseholdForm",
    "IdentityForm",
    "RevealForm",
    "SameForm",
    "VoiceForm",
    "WithdrawForm",
    "shown",
]
