"""The forms of a return: neutral words, nothing chosen beforehand, "no" as easy as "yes"."""

from __future__ import annotations

from compass.returns.forms.begin import CounsellingForm, DeclarationForm, FreeChoiceForm, StartForm
from compass.returns.forms.decide import DecisionForm, EligibilityForm
from compass.returns.forms.moves import MovedForm, NotesForm, ResumeForm
from compass.returns.forms.travel import (
    ArrivalForm,
    DepartureForm,
    NotLeftForm,
    PreparationForm,
    SeeOffForm,
    TakenBackForm,
)

__all__ = [
    "ArrivalForm",
    "CounsellingForm",
    "DecisionForm",
    "DeclarationForm",
    "DepartureForm",
    "EligibilityForm",
    "FreeChoiceForm",
    "MovedForm",
    "NotLeftForm",
    "NotesForm",
    "PreparationForm",
    "ResumeForm",
    "SeeOffForm",
    "StartForm",
    "TakenBackForm",
]
