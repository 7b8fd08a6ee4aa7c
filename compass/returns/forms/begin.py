"""The forms up to the check of free choice: neutral words, nothing chosen beforehand, "no" as easy as "yes"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compass.people.forms.common import language_choices
from compass.people.models import Person
from compass.returns import actions, destinations
from compass.returns.content import DeclarationText
from compass.returns.forms.common import StepForm
from compass.returns.models import Return
from compass.ui.forms import YesNoField, choose, words
from compass.ui.widgets import Boxes, Radios
from compass.ui.words import day
from compass.vocabulary import code_list

Choices = Sequence[tuple[str, str | Promise]]


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
    sometimes = ("witness",)
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
            ("witnessed_oral", _("Spoken, and attested in writing by a witness")),
            ("recorded_oral", _("Spoken, and recorded")),
        ],
    )
    given_by = forms.ChoiceField(
        label=_("Who declares"),
        widget=Radios,
        choices=[("individual", _("The person")), ("guardian", _("The legal guardian, for the child"))],
    )
    witness = forms.CharField(
        label=_("Witness or interpreter"),
        required=False,
        max_length=200,
        help_text=_("Sealed. Name and function. Needed when the declaration is spoken: who heard it and attests it."),
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
        recordable: bool = False,
        **kwargs: Any,
    ) -> None:
        """`text`: in the person's language, `own` in the worker's when that is another. `where`: the country of the office.
        `spoken`: the languages on the person's record; a declaration in another one is none (R-VOL-1).
        `recordable`: whether the person agreed to be recorded."""
        super().__init__(*args, **kwargs)
        self.text = text
        sentences: Any = self.fields["statements"].widget
        sentences.text, sentences.own = text, own
        codes = [c for c in code_list("declaration_statement") if children or not c.extra.get("children_only")]
        self.offer("statements", [(c.value, text.statements[c.value]) for c in codes])
        self.offer("language", choose(language_choices(where, only=spoken)))
        self.fields["language"].help_text = _("Those on the person’s record. Another one? Correct the record first.")
        if not recordable:
            modes: Any = self.fields["mode"]
            modes.choices = [row for row in modes.choices if row[0] != "recorded_oral"]
            modes.help_text = _("A recording is not offered: the person has not agreed to be recorded.")
        if not minor:
            del self.fields["given_by"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("mode") in actions.SPOKEN:
            self.demand("witness", _("Write who heard the declaration and attests it: name and function."))
        return said

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
