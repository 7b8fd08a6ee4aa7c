"""Correction, objection, copy: what a person says about their data, the answer, that they were told."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.people.actions.rights import ACCURATE, ANSWERS, REASONED
from compass.people.content.consent import LATER_SCOPES, SCOPES
from compass.people.forms.common import SometimesChoiceField, listed
from compass.people.models import DataRequest
from compass.ui.forms import RecordForm, YesNoField, words
from compass.ui.widgets import Radios
from compass.vocabulary import code_list, label_of


class RightAskedForm(RecordForm):
    """What the person says, and what it concerns. Why they ask is not asked."""

    basis = "legal_duty"
    kind = forms.ChoiceField(label=_("What does the person say?"), widget=Radios, choices=listed("right_kind"))
    concerns = SometimesChoiceField(
        label=_("What is it about?"),
        help_text=_("Not asked for a copy: it holds everything."),
        choices=listed("right_about"),
    )
    purpose = SometimesChoiceField(
        label=_("What should not be done any more?"),
        help_text=_("Only when the person does not want something. What they agreed to stops at once."),
        choices=lambda: [
            ("", _("Nothing of these")),
            *((scope, label_of("consent_scope", scope)) for scope in (*SCOPES, *LATER_SCOPES)),
        ],
    )
    words = words(_("In the person’s words"), required=False, most=2000, help_text=_("Sealed when saved."))

    besides = forms.BooleanField(
        label=_("Something else is wrong than what waits for its answer already"), required=False
    )

    def __init__(self, *args: Any, waits: bool = False, **kwargs: Any) -> None:
        """`waits`: whether a correction waits for its answer, which another may be mistaken for."""
        super().__init__(*args, **kwargs)
        if not waits:
            del self.fields["besides"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == "copy":
            cleaned["concerns"] = ""
        elif cleaned.get("kind") and not cleaned.get("concerns") and "concerns" not in self.errors:
            self.add_error("concerns", _("Choose what it is about."))
        if cleaned.get("kind") == "objection" and not cleaned.get("purpose"):
            self.add_error("purpose", _("Choose what should not be done any more."))
        elif cleaned.get("kind") == "correction" and cleaned.get("purpose"):
            text = _(
                "Above stands that something is wrong. Record what should stop by itself, or choose “Nothing of these”."
            )
            self.add_error("purpose", text)
        elif cleaned.get("kind") == "copy" and cleaned.get("purpose"):
            text = _(
                "Above stands that the person wants a copy. Record what should stop by itself, or choose “Nothing of"
                " these”."
            )
            self.add_error("purpose", text)
        return cleaned


class RightAnsweredForm(RecordForm):
    """The answer, and why."""

    basis = "legal_duty"
    #: Demanded with a refusal.
    sometimes: ClassVar[frozenset[str]] = frozenset({"reason"})
    answer = forms.ChoiceField(label=_("The answer"), widget=Radios)
    ground = SometimesChoiceField(label=_("If it is refused, on what ground?"), choices=listed("right_ground"))
    reason = words(
        _("What the person is told"),
        required=False,
        most=2000,
        help_text=_("Needed for a refusal, and where nothing is done. In plain words; sealed when saved."),
    )
    told = YesNoField(label=_("Was the person told, alone with them?"))

    def __init__(self, *args: Any, asked: DataRequest, decides: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may = [code for code in ANSWERS[asked.kind] if decides or code != "refused"]
        self.offer("answer", [(code, code_list("right_answer").require(code).label) for code in may])
        if "refused" not in may:
            del self.fields["ground"]
        elif asked.kind == "copy":
            self.offer("ground", [row for row in listed("right_ground")() if row[0] != ACCURATE])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("answer") == "refused":
            if not cleaned.get("ground"):
                self.add_error("ground", _("Choose the ground."))
        elif "ground" in cleaned:
            cleaned["ground"] = ""
        if cleaned.get("answer") in REASONED and not cleaned.get("reason"):
            self.add_error("reason", _("Write what the person is told."))
        return cleaned


class RightToldForm(RecordForm):
    """The person was told: nothing to fill in."""

    basis = "legal_duty"
