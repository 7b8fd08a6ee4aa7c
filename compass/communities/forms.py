"""The forms of a community: counts, choices and few words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from compass.communities import actions
from compass.communities.models import AGES
from compass.ui.compare import Rows, rows
from compass.ui.days import PastDay, PlannedDay
from compass.ui.forms import FAR_AHEAD, RecordForm, YesNoField, choose, fit, words
from compass.ui.widgets import Radios
from compass.vocabulary import areas, code_list

AGE_LABELS = {"under_18": _("under 18"), "18_59": _("18 to 59"), "60_over": _("60 and over")}
GROUPS = ("returnee", "non_returnee", "authority")
SEXES = ("female", "male")
#: A profile describes what is, so its period ends soon; provisional.
PERIOD_AHEAD = timedelta(days=2 * 366)


class CommunityForm(RecordForm):
    """A form about a place; the programme's work with communities rests on public interest.

    `sometimes`: the fields that other answers may demand; they are not called optional.
    """

    basis = "public_interest"
    sometimes: Collection[str] = ()

    def beside(self, saved: dict[str, Any]) -> Rows:
        """What was typed beside what a colleague saved meanwhile, field by field."""
        return rows(self, saved)


class PlaceForm(CommunityForm):
    name = forms.CharField(label=_("Name of the place"), max_length=120)
    area = forms.ChoiceField(label=_("Area"))
    high_return = YesNoField(label=_("Do many people come back to this place?"))

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = areas(country) if country else ()
        self.offer("area", choose([(a.code, a.lazy_label) for a in rows]))

    def command(self) -> actions.NewPlace:
        said = self.cleaned_data
        return actions.NewPlace(**self.about(), name=said["name"], area=said["area"], high_return=said["high_return"])


class ProfileForm(CommunityForm):
    period_from = PlannedDay(label=_("Period from"), ahead=PERIOD_AHEAD, back=FAR_AHEAD)
    period_to = PlannedDay(label=_("Period to"), ahead=PERIOD_AHEAD, back=FAR_AHEAD)
    first = forms.ChoiceField(label=_("What people say matters most"))
    second = forms.ChoiceField(label=_("What comes second"), required=False)
    third = forms.ChoiceField(label=_("What comes third"), required=False)
    residents = forms.IntegerField(label=_("Residents, about"), min_value=0, max_value=5_000_000, required=False)
    returnees = forms.IntegerField(
        label=_("Of them returnees, about"), min_value=0, max_value=1_000_000, required=False
    )
    validated_on = PastDay(
        label=_("Heard and agreed by the community on"),
        required=False,
        help_text=_("A project needs a profile that the community agreed to within the last 24 months."),
    )
    account = words(_("Summary"), required=False, help_text=_("Sealed. No names."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second", "third"):
            self.offer(name, choose(code_list("community_problem").choices()))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        start, end = said.get("period_from"), said.get("period_to")
        if start and end and end < start:
            self.add_error("period_to", _("The end lies before the beginning."))
        return said

    def command(self, place: UUID) -> actions.NewProfile:
        said = self.cleaned_data
        ranked = dict.fromkeys(said[n] for n in ("first", "second", "third") if said[n])
        names = ("period_from", "period_to", "residents", "returnees", "validated_on")
        return actions.NewProfile(
            **self.about(place), priorities=tuple(ranked), summary=said["account"], **{n: said[n] for n in names}
        )


class MeetingForm(CommunityForm):
    """Who came, as numbers: returnees and neighbours by sex and age."""

    kind = forms.ChoiceField(label=_("Kind of meeting"))
    held_on = PastDay(label=_("Day"))
    minutes = words(_("Minutes"), required=False, help_text=_("Sealed. What was said and decided, without names."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", choose(code_list("community_meeting_type").choices()))
        self.cells = [(g, s, a) for g in GROUPS for s in SEXES for a in AGES if g != "authority" or a == "18_59"]
        for group, sex, ages in self.cells:
            label = (
                _("%(sex)s, %(ages)s") % {"sex": code_list("sex").require(sex).label, "ages": AGE_LABELS[ages]}
                if group != "authority"
                else code_list("sex").require(sex).lazy_label
            )
            self.fields[f"{group}_{sex}_{ages}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=2000
            )
            fit(self.fields[f"{group}_{sex}_{ages}"])

    @property
    def head(self) -> list[Any]:
        return [self["kind"], self["held_on"]]

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """The number fields by group of residents."""
        return [
            (
                code_list("resident_group").require(group).label,
                [self[f"{g}_{s}_{a}"] for g, s, a in self.cells if g == group],
            )
            for group in GROUPS
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and not any(said.get(f"{g}_{s}_{a}") for g, s, a in self.cells):
            self.add_error(None, _("Write how many people came."))
        return said

    def command(self, place: UUID) -> actions.MeetingHeld:
        said = self.cleaned_data
        came = {(g, s, a): said[f"{g}_{s}_{a}"] or 0 for g, s, a in self.cells}
        return actions.MeetingHeld(
            **self.about(place), kind=said["kind"], held_on=said["held_on"], came=came, minutes=said["minutes"]
        )


class OptionForm(CommunityForm):
    title = forms.CharField(label=_("What could be done"), max_length=160, help_text=_("Sealed. As people said it."))
    sector = forms.ChoiceField(label=_("Which need it answers"))
    votes_returnees = forms.IntegerField(label=_("Returnees for it"), min_value=0, max_value=5000)
    votes_neighbours = forms.IntegerField(label=_("Neighbours for it"), min_value=0, max_value=5000)

    def __init__(self, *args: Any, there: actions.Present, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("sector", choose(code_list("community_problem").choices()))

        self.there = there

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for name, most in (("votes_returnees", self.there.returnees), ("votes_neighbours", self.there.neighbours)):
            if (said.get(name) or 0) > most:
                self.add_error(
                    name,
                    ngettext(
                        "%(number)d of them came to this meeting: there cannot be more hands.",
                        "%(number)d of them came to this meeting: there cannot be more hands.",
                        most,
                    )
                    % {"number": most},
                )
        return said

    def command(self, meeting: UUID) -> actions.OptionCounted:
        names = ("title", "sector", "votes_returnees", "votes_neighbours")
        return actions.OptionCounted(**self.about(meeting), **{n: self.cleaned_data[n] for n in names})


class ChooseForm(CommunityForm):
    sometimes = ("otherwise",)

    option = forms.ChoiceField(label=_("What the community chose"), widget=Radios)
    otherwise = words(
        _("If it is not the option with most votes: why"),
        required=False,
        help_text=_("Sealed. Without a reason, the option with most votes is the one."),
    )
    objective = words(_("What it should change"), help_text=_("Sealed."))
    approach = forms.ChoiceField(label=_("Kind of project"), widget=Radios)
    dimension = forms.ChoiceField(label=_("What it strengthens"), widget=Radios)
    budget = forms.DecimalField(label=_("Budget"), min_value=0, max_digits=12, decimal_places=2)
    currency = forms.ChoiceField(label=_("Currency"))
    contribution = forms.ChoiceField(label=_("What the community gives"), required=False)

    def __init__(self, *args: Any, options: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = {"approach": "project_approach", "dimension": "reintegration_dimension"}
        for name, list_id in lists.items():
            self.offer(name, code_list(list_id).choices())
        self.offer("option", options)
        self.offer("currency", choose(code_list("currency").choices()))
        self.offer("contribution", choose(code_list("community_contribution").choices()))

    def command(self) -> actions.Chosen:
        said = self.cleaned_data
        names = ("approach", "dimension", "budget", "currency", "objective", "otherwise", "contribution")
        return actions.Chosen(**self.about(UUID(said["option"])), **{n: said[n] for n in names})


class SafeguardsForm(CommunityForm):
    returnees = forms.IntegerField(label=_("Returnees who take part"), min_value=0, max_value=5000)
    neighbours = forms.IntegerField(
        label=_("Neighbours who take part"),
        min_value=0,
        max_value=5000,
        help_text=_("A project for returnees alone divides a community: neighbours must be part of it."),
    )
    women = forms.IntegerField(label=_("Women and girls among all of them"), min_value=0, max_value=10000)
    do_no_harm = words(
        _("Whom or what it could harm, and what is done about it"),
        required=False,
        help_text=_("Sealed. Needed before the project can be approved."),
    )
    screened_on = PastDay(
        label=_("Environmental screening done on"),
        required=False,
        help_text=_("Needed before the project can be approved."),
    )
    maintenance = forms.CharField(
        label=_("Who looks after it afterwards"),
        required=False,
        max_length=200,
        help_text=_("Sealed. Needed before the project can be approved."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if (said.get("women") or 0) > (said.get("returnees") or 0) + (said.get("neighbours") or 0):
            self.add_error("women", _("That is more than take part in all."))
        return said

    def command(self, project: UUID) -> actions.Secured:
        names = ("returnees", "neighbours", "women", "do_no_harm", "screened_on", "maintenance")
        return actions.Secured(**self.about(project), **{n: self.cleaned_data[n] for n in names})


class MoveForm(CommunityForm):
    to = forms.ChoiceField(label=_("Next state"), widget=Radios, choices=())

    def __init__(self, *args: Any, states: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_states(states)
        if states == ("approved",):
            # The button of that page says it all: a single choice is no question.
            self.fields["to"].widget = forms.HiddenInput()
            self.fields["to"].initial = states[0]

    def offer_states(self, states: tuple[str, ...]) -> None:
        """The states to choose from."""
        labels = code_list("project_status")
        self.offer("to", [(s, labels.require(s).lazy_label) for s in states])

    def beside(self, saved: dict[str, Any]) -> Rows:
        """The state that was chosen beside the one the project is in now."""
        labels = code_list("project_status")
        left, right = (labels.require(code).label for code in (self.cleaned_data["to"], saved["to"]))
        return [{"label": _("Where the project stands"), "left": left, "right": right}]

    def command(self, project: UUID) -> actions.Moved:
        return actions.Moved(**self.about(project), to=self.cleaned_data["to"])
