"""Forms of the best-interests procedure: one per step of the ladder."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.cases.forms import KeptForm, listed, text
from compass.cases.ladder import PANEL
from compass.ui.days import PlannedDay
from compass.ui.forms import YesNoField
from compass.ui.widgets import Boxes, Radios


class ChildForm(KeptForm):
    """Every form of the ladder says which version of the procedure was seen; 0 when there was none."""


def _why_unheard() -> forms.CharField:
    return text(
        _("Or: why the child was not asked"), rows=2, required=False,
        hint=_("Only where asking would harm it or is not possible now. Sealed."),
    )  # fmt: skip


class SpeakingForm(ChildForm):
    """A child that `speaks` is asked itself, or it is said why not."""

    def __init__(self, *args: Any, speaks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speaks = speaks
        if speaks:
            self.sometimes = ("view", "unheard")
        else:
            del self.fields["unheard"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.speaks and not (data.get("view") or data.get("unheard") or {"view", "unheard"} & set(self.errors)):
            self.add_error("view", _("Write what the child says, in its own words, or below why it was not asked."))
        return data


class HearForm(SpeakingForm):
    view = text(_("What the child says"), rows=4, required=False, hint=_("As age and maturity allow. Sealed."))
    unheard = _why_unheard()
    weight = text(_("What weight it has, by age and maturity"), rows=2, required=False, hint=_("Sealed."))


class ChildAssessmentForm(ChildForm):
    text = text(
        _("Best-interests assessment"),
        rows=8,
        hint=_("Safety, care, health, school, family, what the child wishes, each possible solution. Sealed."),
    )
    determination = YesNoField(
        label=_("Must a panel decide?"), help_text=_("For a child without a parent here it must in any case.")
    )


class TraceForm(ChildForm):
    outcome = forms.ChoiceField(
        label=_("Tracing of the family"), widget=Radios,
        choices=[("pending", _("Requested, no answer yet")), ("successful", _("Family found")),
                 ("unsuccessful", _("Family not found"))],
    )  # fmt: skip
    family_assessed = YesNoField(label=_("Was the family visited and found able and willing to care?"))
    care_agreed = YesNoField(label=_("Did the authority agree to another care arrangement?"))


class PanelForm(ChildForm):
    """Members by name or function, one per line."""

    members = text(
        _("Who sat on the panel"), rows=4, hint=_("One per line, at least three, from different fields. Sealed.")
    )
    options = forms.MultipleChoiceField(
        label=_("Options that were weighed"), widget=Boxes, choices=lambda: listed("bip_solution")
    )
    decision = forms.ChoiceField(label=_("Best option"), widget=Radios, choices=lambda: listed("bip_solution"))
    reasons = text(_("Reasons"), rows=5, hint=_("Sealed."))
    review_told = YesNoField(label=_("Were child and guardian told how to ask for a review or to appeal?"))

    def clean_members(self) -> tuple[str, ...]:
        """The members; fewer than three different ones are no panel (BIP-05)."""
        found = tuple(dict.fromkeys(line.strip() for line in self.cleaned_data["members"].splitlines() if line.strip()))
        if len(found) < PANEL:
            raise forms.ValidationError(_("A panel has at least three members. Write each on a line of its own."))
        return found


#: Visits begin soon after the return; provisional.
VISIT_AHEAD = timedelta(days=366)


class JourneyForm(ChildForm):
    escort = forms.ChoiceField(
        label=_("Who travels with the child"), widget=Radios,
        choices=lambda: [choice for choice in listed("escort_type") if choice[0] != "none"],
    )  # fmt: skip
    received_by = text(_("Who receives the child, and who will care"), rows=3, hint=_("Sealed."))
    first_visit_on = PlannedDay(label=_("Day of the first visit after return"), ahead=VISIT_AHEAD, back=timedelta())


class WithParentForm(SpeakingForm):
    """Three questions; a no does not go on."""

    together = YesNoField(label=_("Does the child return together with this parent?"))
    agreed = YesNoField(label=_("Does the parent agree, and is no other parent against it?"))
    safe = YesNoField(label=_("Is there nothing that speaks against it: fear, violence, neglect, another danger?"))
    view = text(_("What the child says"), rows=3, required=False, hint=_("As age and maturity allow. Sealed."))
    unheard = _why_unheard()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in ("together", "agreed", "safe"):
            if data.get(name) is False:
                self.add_error(name, _("Then a best-interests assessment comes first. Start it on this page."))
        return data


class ConfirmForm(ChildForm):
    """One question to a second person; a no leaves everything as it is."""

    heard = YesNoField(
        label=_(
            "Did you speak with the child and with this adult, each alone, "
            "and do papers or people who know them bear it out?"
        )
    )

    def clean_heard(self) -> bool:
        if self.cleaned_data["heard"] is not True:
            raise forms.ValidationError(_("Then all steps count: the parent is not confirmed."))
        return True


class AgreeForm(ChildForm):
    agreed = YesNoField(label=_("Does the appointed guardian agree with the decision?"))

    def clean_agreed(self) -> bool:
        if self.cleaned_data["agreed"] is not True:
            raise forms.ValidationError(_("Without the guardian’s agreement the child does not travel."))
        return True


class ReopenForm(ChildForm):
    why = forms.ChoiceField(
        label=_("What happened"),
        widget=Radios,
        choices=[("facts", _("There are new facts: begin anew")), ("appeal", _("There is an appeal: stop everything"))],
    )
