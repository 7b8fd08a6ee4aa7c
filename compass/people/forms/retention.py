"""A record whose year or term is over: what a colleague thinks, what a second one decides."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.people.forms.common import SometimesChoiceField, listed
from compass.people.models import Retention
from compass.ui.forms import RecordForm
from compass.ui.widgets import Radios
from compass.vocabulary import code_list


class RetentionReviewForm(RecordForm):
    """What should become of the record; its ground and its day when it is kept longer."""

    basis = "legal_duty"
    #: Demanded when the record is kept longer.
    sometimes: ClassVar[frozenset[str]] = frozenset({"until"})
    step = forms.ChoiceField(label=_("What should become of this record?"), widget=Radios)
    ground = SometimesChoiceField(label=_("If it is kept longer, on what ground?"), choices=listed("retention_ground"))
    until = forms.DateField(
        label=_("Kept until"),
        required=False,
        help_text=_("Only when it is kept longer: a day after the term, at most five years from today."),
    )

    def __init__(self, *args: Any, left_out: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = code_list("retention_step")
        self.offer("step", [(code.value, code.label) for code in steps.codes if code.value not in left_out])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("step") == "keep":
            if not cleaned.get("ground"):
                self.add_error("ground", _("Choose the ground."))
            if not cleaned.get("until") and "until" not in self.errors:
                self.add_error("until", _("Write until when it is kept."))
        else:
            cleaned["ground"], cleaned["until"] = "", None
        return cleaned


class RetentionDecideForm(RecordForm):
    """The second person's answer, or that an erasure is stopped."""

    basis = "legal_duty"
    answer = forms.ChoiceField(choices=[("yes", ""), ("no", ""), ("stop", "")])


def form_for(
    data: Any, row: Retention, *, goes_on: bool, erasable: bool
) -> RetentionReviewForm | RetentionDecideForm | None:
    """The form of the step that may come next; none where the clock stands. What cannot be is not offered; an erasure that
    was offered before is left to the action, which says what stands against it."""
    seen = {"version": row.version}
    if row.state in {"running", "review", "kept"}:
        left_out = {step for step, may in (("leave", goes_on), ("erase", erasable or data is not None)) if not may}
        return RetentionReviewForm(data, initial=seen, left_out=left_out)
    if row.state in {"keep_asked", "erase_asked", "erasing"}:
        return RetentionDecideForm(data, initial=seen)
    return None
