"""The forms of the journey: what is ready, leaving, arriving."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.returns import actions, machine
from compass.returns.actions.travel import TRAVEL_AHEAD
from compass.returns.forms.common import StepForm
from compass.returns.models import Journey, Return
from compass.ui.days import PastDay, PlannedDay
from compass.ui.forms import FAR_AHEAD, YesNoField, choose
from compass.ui.widgets import Radios
from compass.ui.words import day
from compass.vocabulary import code_list


class PreparationForm(StepForm):
    NAMES = ("travel_on", "travel_mode", "document_valid_until", "medical_outcome", "receiving_told_on")
    travel_on = PlannedDay(label=_("Day of travel"), ahead=TRAVEL_AHEAD)
    travel_mode = forms.ChoiceField(label=_("Means of travel"))
    document_valid_until = PlannedDay(
        label=_("Travel document valid until"),
        ahead=FAR_AHEAD,
        back=timedelta(days=3660),
        help_text=_("When several travel: the document that runs out first."),
    )
    medical_outcome = forms.ChoiceField(
        label=_("Fit to travel"),
        help_text=_(
            "What the health professional decided. When several travel: for the one who needs most care. Never write a "
            "diagnosis here."
        ),
    )
    receiving_told_on = PastDay(
        label=_("Receiving office told on"),
        required=False,
        help_text=_("It may follow later; before that nobody travels."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("travel_mode", "medical_outcome"):
            self.offer(name, choose(code_list(name).choices()))

    def clean(self) -> dict[str, Any]:
        """A document that runs out before the journey is no document for it (R-DOC-1)."""
        said = super().clean() or self.cleaned_data
        until, travel = said.get("document_valid_until"), said.get("travel_on")
        if until and travel and until < travel:
            days = {"until": day(until), "travel": day(travel)}
            self.add_error(
                "document_valid_until",
                _("The document runs out on %(until)s, before the journey on %(travel)s. Get a valid one first.")
                % days,
            )
        return said

    def command(self, avr: Return) -> actions.Prepared:
        return actions.Prepared(**self.about(avr.pk), **{name: self.cleaned_data[name] for name in self.NAMES})


class DepartureForm(StepForm):
    reconfirmed = YesNoField(
        label=_("Asked once more today: do all adults still wish to leave?"),
        help_text=_("Ask each adult alone. Whoever says no stays, and loses nothing."),
    )
    method = forms.ChoiceField(
        label=_("How it was asked"),
        widget=Radios,
        choices=[
            ("in_person_alone", _("In person and alone")),
            ("in_person_interpreter", _("In person, with an interpreter")),
            ("phone_interpreter", _("With an interpreter by telephone")),
        ],
    )
    departed_on = PastDay(label=_("Day of departure"))

    def clean_reconfirmed(self) -> bool:
        """A no, or one adult who says no, means that nobody leaves today (R-VOL-4)."""
        if not self.cleaned_data["reconfirmed"]:
            raise forms.ValidationError(
                _("Then nobody leaves today, and nothing is lost. Choose “They did not leave” below.")
            )
        return True

    def command(self, avr: Return) -> actions.Departure:
        return actions.Departure(**self._told(avr.pk))

    def _told(self, pk: UUID) -> dict[str, Any]:
        return {
            **self.about(pk),
            **{name: self.cleaned_data[name] for name in ("departed_on", "reconfirmed", "method")},
        }


class SeeOffForm(DepartureForm):
    """The departure of people whom the office at home has taken over already: this office has no record of them left."""

    basis = "public_interest"

    def command(self, journey: Journey) -> actions.SeenOff:  # type: ignore[override]
        return actions.SeenOff(**self._told(journey.pk))


class NotLeftForm(StepForm):
    """People whom the office at home has taken over already did not leave, and why."""

    basis = "public_interest"

    reason = forms.ChoiceField(label=_("Reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("reason", choose(machine.reasons("departure_outcome")))

    def command(self, journey: Journey) -> actions.NotLeft:
        return actions.NotLeft(**self.about(journey.pk), reason=self.cleaned_data["reason"])


class TakenBackForm(StepForm):
    """A departure of people whom the office at home has taken over was recorded by mistake, and why."""

    basis = "public_interest"

    reason = forms.ChoiceField(label=_("Reason"), widget=Radios)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("reason", code_list("departure_mistake").choices())

    def command(self, journey: Journey) -> actions.TakenBack:
        return actions.TakenBack(**self.about(journey.pk), reason=self.cleaned_data["reason"])


class ArrivalForm(StepForm):
    """`basis`: whoever is on the way is received, also when consent was taken back meanwhile."""

    arrived_on = PastDay(label=_("Day of arrival"))

    def __init__(self, *args: Any, basis: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._basis = basis

    def command(self, avr: Return) -> actions.Arrival:
        told = self.envelope(self._basis, id=avr.pk, version=self.cleaned_data["version"])
        return actions.Arrival(**told, arrived_on=self.cleaned_data["arrived_on"])
