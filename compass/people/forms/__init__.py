"""Forms about a person."""

from __future__ import annotations

from compass.people.forms.common import shown
from compass.people.forms.consent import ConsentForm, WithdrawForm
from compass.people.forms.contact import ContactForm
from compass.people.forms.document import DocumentForm
from compass.people.forms.functioning import FunctioningForm, FunctioningMistakenForm
from compass.people.forms.group import GroupForm
from compass.people.forms.name import NameForm
from compass.people.forms.number import NumberForm
from compass.people.forms.person import (
    AppointedForm,
    DayForm,
    GuardianForm,
    GuardianMistakenForm,
    HouseholdForm,
    IdentityForm,
)
from compass.people.forms.photo import PhotoForm, PhotoRemovedForm
from compass.people.forms.reveal import RevealForm
from compass.people.forms.search import DecideMergeForm, FindForm, MergeForm, SameForm
from compass.people.forms.voice import VoiceForm

__all__ = [
    "AppointedForm",
    "ConsentForm",
    "ContactForm",
    "DayForm",
    "DecideMergeForm",
    "DocumentForm",
    "FindForm",
    "FunctioningForm",
    "FunctioningMistakenForm",
    "GroupForm",
    "GuardianForm",
    "GuardianMistakenForm",
    "HouseholdForm",
    "IdentityForm",
    "MergeForm",
    "NameForm",
    "NumberForm",
    "PhotoForm",
    "PhotoRemovedForm",
    "RevealForm",
    "SameForm",
    "VoiceForm",
    "WithdrawForm",
    "shown",
]
