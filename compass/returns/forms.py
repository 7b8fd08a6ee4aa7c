"""The forms of a return: neutral words, nothing chosen beforehand, "no" as easy as "yes"."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compass.people.forms.common import language_choices
from compass.people.models import Person
from compass.returns import actions, destinations
from compass.returns.actions.travel import TRAVEL_AHEAD
from compass.returns.content import DeclarationText
from compass.returns.machine import NEVER_WAIVED
from compass.returns.models import Return
from compass.ui.days import PastDay, PlannedDay
from compass.ui.forms import FAR_AHEAD, BaseForm, RecordForm, YesNoField, choose, fit, words
from compass.ui.widgets import Boxes, Radios
from compass.ui.words import day
from compass.vocabulary import code_list

Choices = Sequence[tuple[str, str | Promise]]


class StepForm(RecordForm):
    """A step of one return; return assistance rests on the person's consent.

    `sometimes`: the fields that other answers may demand; they are not called optional.
    """

    basis = "consent"
    sometimes: Collection[str] = ()

    def envelope(self, basis: str, **more: Any) -> dict[str, Any]:
        """As everywhere, but it happens now: no page of a return is filled in without a connection, and an earlier hour
        would bring back what has run out since."""
        return super().envelope(basis, **more) | {"occurred_at": timezone.now()}

    def demand(self, name: str, message: str | Promise) -> None:
        """Say of a field that it is needed after what was answered elsewhere, when it is empty and not wrong already."""
        if name not in self.errors and self.cleaned_data.get(name) in (None, "", False):
            self.add_error(name, str(message))


class StartForm(StepForm):
    """The wish, then one question more that depends on the country: which area, or that no support is given there.

    `asked_for` is the country that this second question was about.
    """

    version = None  # type: ignore[assignment]
    destination = forms.ChoiceField(label=_("Country the person wishes to return to"))
    area = forms.ChoiceField(label=_("Area, if it is known"), required=False)
    with_people = forms.MultipleChoiceField(
        label=_("Who else would travel"),
        required=False,
        widget=Boxes,
        help_text=_("Only those who wish to. Each adult is counselled and decides alone."),
    )
    detained = YesNoField(label=_("Is the person held, or not free to leave this place?"))

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]] = (), where: str, **kwargs: Any) -> None:
        """`where`: the country the person is in; `others`: who of the household may travel too."""
        super().__init__(*args, **kwargs)
        self.offer("destination", destinations.choices(where))
        self.country = self.data.get("destination", "") if self.is_bound else ""
        self.offer("area", [("", _("Not known yet")), *destinations.area_choices(self.country)])
        if others:
            self.offer("with_people", others)
        else:
            del self.fields["with_people"]

    @property
    def served(self) -> bool:
        """Whether COMPASS supports reintegration in the chosen country."""
        return destinations.served(self.country) is not None

    @property
    def asks_more(self) -> bool:
        """Whether what there is to ask or to say about the chosen country is still to come, or was not understood."""
        wrong = set(self.errors) - {"area"}
        return not wrong and ("area" in self.errors or self.country not in self._answered())

    def _answered(self) -> set[str]:
        return {self.data.get("asked_for", ""), str(self.data.get("area", "")).partition("-")[0]}

    @property
    def first(self) -> list[BoundField]:
        """The questions of the first page."""
        return [bound for bound in self.visible_fields() if bound.name != "area"]

    def command(self, person: Person) -> actions.Begin:
        said = self.cleaned_data
        return actions.Begin(
            **self.about(person.pk),
            destination=said["destination"],
            area=said["area"],
            detained=said["detained"],
            with_people=tuple(UUID(pk) for pk in said.get("with_people", ())),
        )


class CounsellingForm(StepForm):
    topics = forms.MultipleChoiceField(
        label=_("What was told"),
        widget=Boxes,
        help_text=_("Tick only what was told, in words the person understood. Information is never an encouragement."),
    )
    language = forms.ChoiceField(label=_("Language of the talk"))
    interpreter_mode = forms.ChoiceField(label=_("How it was understood"))
    time_offered = YesNoField(label=_("Was time to think offered?"))
    days_offered = forms.IntegerField(label=_("How many days"), required=False, min_value=0, max_value=365)
    notes = words(
        _("What matters to the person"),
        required=False,
        help_text=_("Sealed. In the person’s own words where you can."),
    )

    def __init__(self, *args: Any, where: str, told: Mapping[str, datetime], **kwargs: Any) -> None:
        """`where`: the country of the office, whose languages come first; `told`: the topics of earlier talks."""
        super().__init__(*args, **kwargs)
        self.offer("topics", code_list("return_information_topic").choices())
        self.fields["topics"].widget.hints = {
            topic: gettext("told on %(day)s") % {"day": day(at)} for topic, at in told.items()
        }
        self.offer("language", choose(language_choices(where)))
        self.offer("interpreter_mode", choose(code_list("interpreter_mode").choices()))

    def command(self, avr: Return) -> actions.Counselled:
        said = self.cleaned_data
        return actions.Counselled(
            **self.about(avr.pk),
            topics=tuple(said["topics"]),
            language=said["language"],
            interpreter_mode=said["interpreter_mode"],
            time_offered=said["time_offered"],
            days_offered=said["days_offered"] or 0,
            notes=said["notes"],
        )


class Sentences(Boxes):
    """The sentences of a declaration: in the language of the person, and beneath in that of the worker (`own`)."""

    template_name = "returns/sentences.html"
    text: DeclarationText
    own: DeclarationText | None = None

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The option with both texts."""
        option = super().create_option(name, value, *args, **kwargs)
        return option | {"text": self.text, "own": self.own, "beneath": self.own and self.own.statements[str(value)]}


class DeclarationForm(StepForm):
    who = forms.CharField(widget=forms.HiddenInput, required=False)
    statements = forms.MultipleChoiceField(
        label=_("Read out each sentence, then ask. Tick a sentence only after a yes."), widget=Sentences
    )
    language = forms.ChoiceField(label=_("Language in which it was read out"))
    mode = forms.ChoiceField(
        label=_("How the person confirms"),
        widget=Radios,
        choices=[
            ("signature", _("Signature")),
            ("thumbprint", _("Thumbprint")),
            ("recorded_oral", _("Spoken, and recorded")),
        ],
    )
    given_by = forms.ChoiceField(
        label=_("Who declares"),
        widget=Radios,
        choices=[("individual", _("The person")), ("guardian", _("The legal guardian, for the child"))],
    )
    witness = forms.CharField(
        label=_("Witness or interpreter"), required=False, max_length=200, help_text=_("Sealed. Name and function.")
    )

    def __init__(
        self,
        *args: Any,
        text: DeclarationText,
        own: DeclarationText | None = None,
        children: bool,
        minor: bool,
        where: str,
        spoken: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        """`text`: in the person's language, `own` in the worker's when that is another. `where`: the country of the office.
        `spoken`: the languages on the person's record; a declaration in another one is none (R-VOL-1)."""
        super().__init__(*args, **kwargs)
        self.text = text
        sentences: Any = self.fields["statements"].widget
        sentences.text, sentences.own = text, own
        codes = [c for c in code_list("declaration_statement") if children or not c.extra.get("children_only")]
        self.offer("statements", [(c.value, text.statements[c.value]) for c in codes])
        self.offer("language", choose(language_choices(where, only=spoken)))
        self.fields["language"].help_text = _("Those on the person’s record. Another one? Correct the record first.")
        if not minor:
            del self.fields["given_by"]

    def clean_statements(self) -> list[str]:
        """All of them: a no to one sentence means that there is no declaration today."""
        said: list[str] = self.cleaned_data["statements"]
        if len(said) < len(self.fields["statements"].choices):  # type: ignore[attr-defined]
            raise forms.ValidationError(
                _("Without a yes to every sentence there is no declaration. The person loses nothing by a no.")
            )
        return said

    @property
    def others(self) -> list[BoundField]:
        """The visible fields below the statements, which stand in the person's language."""
        return [bound for bound in self.visible_fields() if bound.name != "statements"]

    def command(self, avr: Return, person: Person) -> actions.Declared:
        said = self.cleaned_data
        return actions.Declared(
            **self.about(avr.pk),
            person_id=person.pk,
            statements=tuple(said["statements"]),
            language=said["language"],
            text_language=self.text.language,
            mode=said["mode"],
            given_by=said.get("given_by", "individual"),
            witness={"witness": said["witness"]},
        )


class FreeChoiceForm(StepForm):
    sometimes = ("capacity_assessed", "independent_counsel", "private_talk")

    no_pressure = YesNoField(
        label=_("Did you find the person free of any pressure to return?"),
        help_text=_("Pressure may be physical or psychological, by family, traffickers, authorities or staff."),
    )
    pressure = words(_("What this answer rests on"))
    informed = YesNoField(label=_("Does the decision rest on timely, unbiased and reliable information?"))
    information = words(_("What this answer rests on"))
    capacity_doubted = YesNoField(label=_("Is there any doubt that the person can decide this now?"))
    capacity_assessed = YesNoField(
        label=_("If there is doubt: has a professional assessed it, and is it on record who decides?"), required=False
    )
    detained = YesNoField(label=_("Is the person held, or not free to leave this place?"))
    independent_counsel = YesNoField(label=_("If held: was there counselling by someone independent?"), required=False)
    private_talk = YesNoField(label=_("If held: was the talk private?"), required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for asked, names in (
            ("capacity_doubted", ("capacity_assessed",)),
            ("detained", ("independent_counsel", "private_talk")),
        ):
            for name in names if said.get(asked) else ():
                if said.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Answer yes or no here too: it counts for the decision."))
        return said

    def command(self, avr: Return) -> actions.ChoiceChecked:
        said = self.cleaned_data
        answers = (
            "no_pressure",
            "informed",
            "capacity_doubted",
            "capacity_assessed",
            "detained",
            "independent_counsel",
            "private_talk",
        )
        return actions.ChoiceChecked(
            **self.about(avr.pk),
            **{name: said[name] for name in answers},
            evidence={"pressure": said["pressure"], "information": said["information"]},
        )


class EligibilityForm(StepForm):
    """One group of three answers for each criterion that is still open."""

    def __init__(self, *args: Any, criteria: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = tuple(criteria)
        self.sometimes = [f"{value}_{part}" for value in self.criteria for part in ("kind", "evidence")]
        for value in self.criteria:
            answers = [
                (c.value, c.lazy_label)
                for c in code_list("eligibility_answer")
                if not (c.value == "waived" and value in NEVER_WAIVED)
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
        choices=[("approve", _("Approve the return")), ("refuse", _("Not eligible"))],
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


class PreparationForm(StepForm):
    NAMES = ("travel_on", "travel_mode", "document_valid_until", "medical_outcome", "receiving_told_on")
    travel_on = PlannedDay(label=_("Day of travel"), ahead=TRAVEL_AHEAD)
    travel_mode = forms.ChoiceField(label=_("Means of travel"))
    document_valid_until = PlannedDay(
        label=_("Travel document valid until"), ahead=FAR_AHEAD, back=timedelta(days=3660)
    )
    medical_outcome = forms.ChoiceField(
        label=_("Fit to travel"), help_text=_("What the health professional decided. Never write a diagnosis here.")
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
        said = self.cleaned_data
        return actions.Departure(
            **self.about(avr.pk),
            departed_on=said["departed_on"],
            reconfirmed=said["reconfirmed"],
            method=said["method"],
        )


class ArrivalForm(StepForm):
    """`basis`: whoever is on the way is received, also when consent was taken back meanwhile."""

    arrived_on = PastDay(label=_("Day of arrival"))

    def __init__(self, *args: Any, basis: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._basis = basis

    def command(self, avr: Return) -> actions.Arrival:
        told = self.envelope(self._basis, id=avr.pk, version=self.cleaned_data["version"])
        return actions.Arrival(**told, arrived_on=self.cleaned_data["arrived_on"])


class MovedForm(StepForm):
    """A step with a reason from one list."""

    reason = forms.ChoiceField(label=_("Reason"), required=False)
    note = words(_("In the person’s words, if they wish"), required=False, help_text=_("Sealed."))

    def __init__(self, *args: Any, reasons: str, required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("reason", choose(code_list(reasons).choices()))
        self.fields["reason"].required = required

    def command(self, avr: Return) -> actions.Moved:
        return actions.Moved(**self.about(avr.pk), reason=self.cleaned_data["reason"], note=self.cleaned_data["note"])


class ResumeForm(StepForm):
    """Nothing to say: back to counselling."""

    def command(self, avr: Return) -> actions.Moved:
        return actions.Moved(**self.about(avr.pk))


class NotesForm(BaseForm):
    reason = forms.ChoiceField(
        label=_("Why do you need to read this?"),
        choices=[
            ("", _("Choose")),
            ("decision", _("To decide on this return")),
            ("counselling", _("To go on with counselling")),
            ("person_asks", _("The person asks to hear it")),
            ("compare", _("To compare it with what I typed")),
        ],
    )
