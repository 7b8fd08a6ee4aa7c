"""Forms of contact and closure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.cases import closing
from compass.cases.forms import KeptForm, dress, listed, picked, text
from compass.cases.models import Case
from compass.ui import words
from compass.ui.days import PastDay
from compass.ui.forms import YesNoField
from compass.ui.widgets import Boxes
from compass.vocabulary import label_of

#: A contact is written down within a month.
WRITTEN_LATE = timedelta(days=31)


class FollowUpForm(KeptForm):
    """A contact or an attempt. `since`: the day the case was opened."""

    sometimes = ("note",)

    contacted_on = PastDay(
        label=_("On which day?"), back=WRITTEN_LATE, required=False, help_text=_("Empty means today.")
    )
    reached = YesNoField(label=_("Did you reach the person?"))
    kind = forms.ChoiceField(label=_("What for"), choices=picked("followup_type"))
    channel = forms.ChoiceField(label=_("How"), choices=picked("followup_channel"))
    plan_reviewed = YesNoField(label=_("Did you go through the plan together?"), required=False)
    risk_after = forms.ChoiceField(
        label=_("Risk after this contact"), required=False,
        choices=[("", _("Unchanged")), *listed("risk_level", "high", "medium", "low")],
    )  # fmt: skip
    note = text(
        _("What matters for the next contact"),
        rows=4,
        required=False,
        hint=_("Needed when the risk goes down. Sealed."),
    )

    def __init__(
        self,
        *args: Any,
        since: date | None = None,
        goals: Sequence[tuple[Any, str]] = (),
        no_lower_than: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.since = since
        if no_lower_than:
            field = self.fields["risk_after"]
            levels = ("high", "medium", "low")
            may = levels[: levels.index(no_lower_than) + 1]
            field.choices = [("", _("Unchanged")), *listed("risk_level", *may)]  # type: ignore[attr-defined]
            field.help_text = _(
                "Only a supervisor who does not lead the case lowers this risk. Save the contact; then ask."
            )
        self.goals = [f"goal_{pk.hex}" for pk, _label in goals]
        self.ids = {f"goal_{pk.hex}": pk for pk, _label in goals}
        for pk, label in goals:
            self.fields[f"goal_{pk.hex}"] = forms.ChoiceField(
                label=_("Progress of the goal “%(goal)s”") % {"goal": label},
                required=False,
                choices=[("", _("Unchanged")), *listed("goal_progress")],
            )
        dress(self)

    def clean_contacted_on(self) -> date | None:
        """Refuses a day before there was a case."""
        day: date | None = self.cleaned_data["contacted_on"]
        if day and self.since and day < self.since:
            raise forms.ValidationError(
                _("The case was opened on %(day)s: a contact of it cannot lie before.") % {"day": words.day(self.since)}
            )
        return day

    def progress(self) -> dict[Any, str]:
        return {self.ids[name]: self.cleaned_data[name] for name in self.goals if self.cleaned_data.get(name)}


class ClosureForm(KeptForm):
    reason = forms.ChoiceField(label=_("Why is the case to be closed?"), choices=picked("closure_reason"))
    safety_reassessed = YesNoField(label=_("Was safety looked at again?"))
    prerequisites = forms.MultipleChoiceField(
        label=_("What was done before closing"), required=False, widget=Boxes,
        choices=[(each.code, each.label) for each in closing.PREREQUISITES],
    )  # fmt: skip
    explanation = text(_("In a few words"), rows=3, required=False, hint=_("Sealed. The approver reads it."))

    def __init__(self, *args: Any, aims: closing.Aims, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aims = aims
        self._ids = {f"goal_{goal.pk.hex}": goal for goal in aims.open}
        for name, goal in self._ids.items():
            self.fields[name] = forms.ChoiceField(
                label=_("What becomes of the goal “%(goal)s”?") % {"goal": label_of("need_domain", goal.domain)},
                help_text=label_of("goal_progress", goal.progress),
                choices=picked("goal_outcome"),
            )
        self.order_fields(["reason", *self._ids])
        dress(self)

    def clean(self) -> dict[str, Any]:
        """The reason must fit what became of the goals."""
        data = super().clean() or {}
        for name, goal in self._ids.items():
            goal.outcome = data.get(name, "")
        if data.get("reason") == closing.GOALS_REACHED and (why_not := self.aims.against_reached()):
            self.add_error("reason", why_not)
        return data

    def allows(self, case: Case) -> bool:
        """Whether the risk and the new look at safety allow the reason (CM-24); says beside the answer what comes first."""
        if case.risk_level != "low" and self.cleaned_data["reason"] not in closing.WHATEVER_THE_RISK:
            level = label_of("risk_level", case.risk_level)
            if case.needs_supervisor:
                said = _("The risk is not low (%(level)s). A supervisor must lower it first, then ask again.")
            else:
                said = _("The risk is not low (%(level)s). Lower it first, with the reason, then ask again.")
            self.add_error("reason", said % {"level": level})
        if not self.cleaned_data["safety_reassessed"]:
            self.add_error("safety_reassessed", _("Look at safety again first: no case closes without it."))
        return not self.errors

    def outcomes(self) -> dict[Any, str]:
        """What becomes of each goal that was not reached."""
        return {goal.pk: self.cleaned_data[name] for name, goal in self._ids.items()}
