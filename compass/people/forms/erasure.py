"""Erasure on a person's request: recorded, confirmed in a second private talk, cancelled, or refused with a ground."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.people.forms.common import listed
from compass.ui.forms import RecordForm, YesNoField
from compass.ui.widgets import Radios


class ErasureAskedForm(RecordForm):
    """The person asks to be erased: nothing to fill in, and never why."""

    basis = "legal_duty"


class ErasureConfirmForm(RecordForm):
    """How the second talk was held, and whether the person still wishes it."""

    basis = "legal_duty"
    talk = forms.ChoiceField(label=_("How did you talk this time?"), widget=Radios, choices=listed("erasure_talk"))
    still = YesNoField(
        label=_("Does the person still wish it, of their own will?"),
        help_text=_("If you doubt that the wish is their own, answer no: the request falls, and nobody is told."),
    )


class ErasureCancelForm(RecordForm):
    """The request falls: nothing to fill in, and never why."""

    basis = "legal_duty"


class RecordKeptForm(RecordForm):
    """Why the record must be kept."""

    basis = "legal_duty"
    ground = forms.ChoiceField(
        label=_("Why must the record be kept?"),
        help_text=_("The person is told this, in their language."),
        widget=Radios,
        choices=listed("erasure_ground"),
    )
