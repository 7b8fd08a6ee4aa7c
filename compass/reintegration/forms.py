"""The forms after a return. "I do not wish to answer" and "does not apply" stand beside every question of the interview."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from compass.people.forms.common import language_choices
from compass.problems import FileRefused
from compass.reintegration import actions, scoring
from compass.reintegration.expectations import EXPECTATIONS, NEXT_STEPS
from compass.ui.days import PastDay, PlannedDay
from compass.ui.forms import RecordForm, VersionField, YesNoField, choose, fit, words
from compass.ui.uploads import Attachment, checked, file_field
from compass.ui.widgets import Boxes, Radios
from compass.vocabulary import Code, code_list

LEVELS: list[tuple[str, Any]] = [
    ("individual", _("One person or family")),
    ("collective", _("Several returnees together")),
    ("community", _("The whole community")),
]
NO_WISH = _("I do not wish to answer")
NOT_APPLICABLE = _("Does not apply")
#: The longest a plan looks ahead, provisional: support ends long before.
PLAN_AHEAD = timedelta(days=3 * 366)


class LifeForm(RecordForm):
    """A form about someone who came home; help there rests on the person's consent, or on what `grounds.basis` says.

    `sometimes`: the fields that other answers may demand; they are not called optional.
    """

    basis = "consent"
    sometimes: Collection[str] = ()
    #: Whether the act needs a paper first that shows what was handed over.
    after_proof = False

    def said(self, *names: str) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in names}


class WelcomeForm(LifeForm):
    seen = VersionField()
    arrived_on = PastDay(label=_("Day of arrival"))
    support = forms.MultipleChoiceField(label=_("What was given"), required=False, widget=Boxes)
    note = words(_("What is needed tonight"), required=False, help_text=_("Sealed."))

    def __init__(self, *args: Any, came: date | None = None, again: bool = False, **kwargs: Any) -> None:
        """`came`: the day the return says they arrived, which is not asked a second time. `again`: received before."""
        super().__init__(*args, **kwargs)
        if came is not None and not again:
            self.fields["arrived_on"] = PastDay(widget=forms.HiddenInput(), initial=came)
        elif again:
            self.fields["arrived_on"].label = _("Day on which it was given")
        self.offer("support", code_list("reception_support").choices())

    def command(self, person: UUID) -> actions.Welcomed:
        return actions.Welcomed(
            **self.about(person), support=tuple(self.cleaned_data["support"]), **self.said("arrived_on", "note", "seen")
        )


class PlanForm(LifeForm):
    goals = words(_("What the person wants for the coming year"), help_text=_("Sealed. In their own words."))
    agreed_on = PastDay(label=_("Agreed with the person on"))

    def command(self, person: UUID) -> actions.NewPlan:
        return actions.NewPlan(**self.about(person), **self.said("goals", "agreed_on"))


class PlanChangeForm(PlanForm):
    """What the person wants now; what they wanted before is kept with it."""

    version = VersionField()

    def change(self, plan: UUID) -> actions.PlanChanged:
        return actions.PlanChanged(**self.about(plan), **self.said("goals", "agreed_on"))


class ActionForm(LifeForm):
    sometimes = ("project",)

    what = forms.CharField(label=_("What is done"), max_length=300, help_text=_("Sealed."))
    dimension = forms.ChoiceField(label=_("What it strengthens"), widget=Radios)
    level = forms.ChoiceField(label=_("Whom it helps"), widget=Radios, choices=LEVELS)
    project = forms.ChoiceField(label=_("For a whole community: which project"), required=False)
    business_type = forms.ChoiceField(label=_("For a business: which kind"), required=False)
    modality = forms.ChoiceField(label=_("How it is given"), widget=Radios)
    budget = forms.DecimalField(label=_("Budget"), min_value=0, max_digits=12, decimal_places=2)
    currency = forms.ChoiceField(label=_("Currency"))
    planned_on = PlannedDay(label=_("Planned for"), ahead=PLAN_AHEAD, back=PLAN_AHEAD)
    expectation = forms.ChoiceField(
        label=_("What it should change"),
        choices=choose(EXPECTATIONS.items()),
        help_text=_("A follow-up will ask whether it did."),
    )
    change = words(_("How we will notice"), required=False, help_text=_("Sealed."))

    def __init__(self, *args: Any, projects: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("dimension", code_list("reintegration_dimension").choices())
        self.offer("modality", code_list("reintegration_modality").choices())
        self.offer("currency", choose(code_list("currency").choices()))
        self.offer("business_type", choose(code_list("business_type").choices()))
        self.offer("project", choose(projects))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("level") == "community" and not said.get("project"):
            self.add_error("project", _("Choose the community project this person takes part in."))
        return said

    def command(self, plan: UUID) -> actions.NewAction:
        project = self.cleaned_data["project"] if self.cleaned_data["level"] == "community" else ""
        names = (
            "what",
            "dimension",
            "level",
            "business_type",
            "modality",
            "budget",
            "currency",
            "planned_on",
            "expectation",
            "change",
        )
        return actions.NewAction(**self.about(plan), project_id=UUID(project) if project else None, **self.said(*names))


class ReceiptForm(LifeForm):
    kind = forms.ChoiceField(label=_("Kind of proof"))
    amount = forms.DecimalField(label=_("Amount"), min_value=0, max_digits=12, decimal_places=2)
    issued_on = PastDay(label=_("Date on it"))
    file = file_field(_("Photo or PDF"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", choose(c for c in code_list("proof_kind").choices() if c[0] != "prescription"))

    def clean_file(self) -> Attachment:
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        try:
            return checked(upload)
        except FileRefused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def command(self, action: UUID) -> actions.Proof:
        return actions.Proof(**self.about(action), **self.said("kind", "amount", "issued_on", "file"))


class DeliveredForm(LifeForm):
    after_proof = True
    delivered_on = PastDay(label=_("Delivered on"))

    def command(self, action: UUID) -> actions.Delivered:
        return actions.Delivered(**self.about(action), **self.said("delivered_on"))


class CancelledForm(LifeForm):
    why = words(_("Why"), help_text=_("Sealed."))

    def command(self, action: UUID) -> actions.Cancelled:
        return actions.Cancelled(**self.about(action), **self.said("why"))


class FollowUpForm(LifeForm):
    result = forms.ChoiceField(label=_("Did it do what it should?"), widget=Radios)
    remark = words(_("What the person says"), required=False, help_text=_("Sealed."))
    channel = forms.ChoiceField(label=_("How you asked"))
    asked_on = PastDay(label=_("Asked on"))
    next_step = forms.ChoiceField(label=_("What comes next"), widget=Radios, choices=list(NEXT_STEPS.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("result", code_list("followup_result").choices())
        self.offer("channel", choose(code_list("followup_channel").choices()))

    def command(self, action: UUID) -> actions.Followed:
        return actions.Followed(
            **self.about(action), **self.said("result", "remark", "channel", "asked_on", "next_step")
        )


class InterviewForm(LifeForm):
    round = forms.ChoiceField(label=_("Which interview"))
    held_on = PastDay(label=_("Day"))
    mode = forms.ChoiceField(label=_("How you speak"))
    language = forms.ChoiceField(label=_("Language"))
    agrees = YesNoField(
        label=_("Does the person agree to be asked?"), help_text=_("A no changes nothing about any help.")
    )

    def __init__(self, *args: Any, where: str, held: Collection[str] = (), **kwargs: Any) -> None:
        """`where`: the country the person came home to, whose languages come first; `held`: the rounds there were."""
        super().__init__(*args, **kwargs)
        rounds = code_list("rss_round").choices()
        self.offer("round", choose(row for row in rounds if row[0] != "baseline" or "baseline" not in held))
        self.offer("mode", choose(code_list("followup_channel").choices()))
        self.offer("language", choose(language_choices(where)))

    def clean_agrees(self) -> bool:
        if self.cleaned_data["agrees"] is False:
            raise forms.ValidationError(_("Then there is no interview. Nothing is recorded and no help ends."))
        return True

    def command(self, person: UUID) -> actions.InterviewBegun:
        return actions.InterviewBegun(**self.about(person), **self.said("round", "held_on", "mode", "language"))


class SectionForm(LifeForm):
    """The questions of one dimension. With `stop`, whatever is empty stays empty."""

    def __init__(self, *args: Any, dimension: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dimension = dimension
        self.items = scoring.items(dimension)
        self.sometimes = [item.value for item in self.items if item.extra["scored"]]
        for item in self.items:
            self.fields[item.value] = self._field(item)
            fit(self.fields[item.value])
        self.fields["stop"] = forms.BooleanField(
            label=_("The person wishes to stop here"),
            required=False,
            help_text=_("Stopping is always right. What was answered is kept."),
        )

    def _field(self, item: Code) -> forms.Field:
        options = sorted(scoring.options(item), key=lambda option: option.value == "DK")
        offered: list[tuple[str, Any]] = [(o.value, o.lazy_label) for o in options if o.value != "NR"]
        if not offered:
            return words(item.lazy_label, required=False, help_text=_("Sealed."))
        offered += [("NR", NO_WISH), ("NA", NOT_APPLICABLE)]
        kind: Any = forms.MultipleChoiceField if scoring.takes_many(item) else forms.ChoiceField
        field: forms.Field = kind(
            label=item.lazy_label,
            choices=offered,
            required=False,
            widget=Boxes if scoring.takes_many(item) else Radios,
        )
        if item.extra.get("sensitive"):
            field.help_text = _(
                "A sensitive question: ask only when you are alone, and stop at once if the person wishes."
            )
        return field

    def questions(self) -> Iterator[BoundField]:
        return (self[item.value] for item in self.items)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for item in self.items:
            given = said.get(item.value)
            if not given and item.value not in self.errors and item.extra["scored"] and not said.get("stop"):
                self.add_error(item.value, _("Choose an answer; “I do not wish to answer” is one."))
            elif isinstance(given, list) and len(given) > 1 and {"none", *scoring.NO_ANSWER} & set(given):
                self.add_error(item.value, _("“None” or no answer cannot stand beside other answers."))
        return said

    def given(self) -> dict[str, Any]:
        """What was answered, without what was left empty."""
        said = {item.value: self.cleaned_data.get(item.value) for item in self.items}
        return {name: value for name, value in said.items() if value}

    def command(self, interview: UUID) -> actions.Answered:
        return actions.Answered(
            **self.about(interview),
            dimension=self.dimension,
            answers=self.given(),
            stop=self.cleaned_data["stop"],
        )
