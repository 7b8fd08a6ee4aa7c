"""The forms of eligibility, criterion by criterion, and of the decision by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from compass.returns import actions
from compass.returns.forms.common import StepForm
from compass.returns.machine import MAY_NOT_APPLY, NEVER_WAIVED
from compass.returns.models import Return
from compass.ui.forms import choose, fit, words
from compass.ui.widgets import Radios
from compass.vocabulary import code_list


class EligibilityForm(StepForm):
    """One group for each criterion that is still open: the answer, the kind of evidence, what it rests on."""

    def __init__(self, *args: Any, criteria: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = tuple(criteria)
        self.sometimes = [f"{value}_{part}" for value in self.criteria for part in ("kind", "evidence")]
        for value in self.criteria:
            answers = [
                (c.value, c.lazy_label)
                for c in code_list("eligibility_answer")
                if not (c.value == "waived" and value in NEVER_WAIVED)
                and not (c.value == "n_a" and value not in MAY_NOT_APPLY)
            ]
            label = code_list("eligibility_criterion").require(value).lazy_label
            self.fields[value] = forms.ChoiceField(
                label=label,
                choices=answers,
                widget=Radios,
                error_messages={
                    "required": _("Choose an answer; “Not checked yet” is one."),
                    "invalid_choice": _("Choose one of the answers shown."),
                },
            )
            self.fields[f"{value}_kind"] = forms.ChoiceField(
                label=_("Kind of evidence"), choices=choose(code_list("evidence_kind").choices()), required=False
            )
            self.fields[f"{value}_evidence"] = forms.CharField(
                label=_("Evidence"),
                required=False,
                max_length=500,
                help_text=_("Sealed."),
                widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
            )
            for name in (value, f"{value}_kind", f"{value}_evidence"):
                fit(self.fields[name])

    @property
    def groups(self) -> list[list[BoundField]]:
        """The three fields of each criterion."""
        return [[self[v], self[f"{v}_kind"], self[f"{v}_evidence"]] for v in self.criteria]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for value in self.criteria:
            if said.get(value, "pending") == "pending":
                continue
            named = {"criterion": self.fields[value].label}
            for part, message in (
                ("kind", _("“%(criterion)s”: choose the kind of evidence, or answer “Not checked yet”.")),
                ("evidence", _("“%(criterion)s”: write what the answer rests on, or answer “Not checked yet”.")),
            ):
                self.demand(f"{value}_{part}", str(message) % named)
        return said

    def command(self, avr: Return) -> actions.EligibilityChecked:
        said = self.cleaned_data
        return actions.EligibilityChecked(
            **self.about(avr.pk),
            criteria=tuple(
                actions.CriterionChecked(
                    criterion=v, answer=said[v], evidence_kind=said[f"{v}_kind"], evidence=said[f"{v}_evidence"]
                )
                for v in self.criteria
            ),
        )


class DecisionForm(StepForm):
    sometimes = ("reason",)
    decision = forms.ChoiceField(
        label=_("Your decision"),
        widget=Radios,
        choices=[
            ("approve", _("Approve the return")),
            ("send_back", _("Send it back to the counsellor: something is missing")),
            ("refuse", _("Not eligible")),
        ],
    )
    note = words(_("Why"), help_text=_("Sealed."))
    reason = forms.ChoiceField(label=_("If not eligible: which criterion is not met"), required=False)
    explained = forms.BooleanField(label=_("If not eligible: the reason was explained to the person"), required=False)
    referral_offered = forms.BooleanField(label=_("If not eligible: other help was offered"), required=False)
    complaint_told = forms.BooleanField(label=_("If not eligible: the way to complain was told"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("reason", choose(code_list("eligibility_criterion").choices()))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("decision") == "refuse":
            self.demand("reason", _("Choose the criterion that is not met."))
            self.demand("explained", _("Explain the reason to the person first, then tick this."))
            self.demand("referral_offered", _("Offer other help first, then tick this."))
            self.demand("complaint_told", _("Tell the person how to complain first, then tick this."))
        return said

    def command(self, avr: Return) -> actions.Decision:
        said = self.cleaned_data
        return actions.Decision(
            **self.about(avr.pk),
            note=said["note"],
            reason=said["reason"] if said["decision"] == "refuse" else "",
            explained=said["explained"],
            referral_offered=said["referral_offered"],
            complaint_told=said["complaint_told"],
        )
