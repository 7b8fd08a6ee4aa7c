"""The gate in seconds, the first two answers of an intake, activities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, cast
from uuid import UUID, uuid5

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from compass.access.work import Work
from compass.people.actions import Registration
from compass.people.ages import MOST_MONTHS, born
from compass.people.consent import ENDED, HELP, answered, consents_of
from compass.people.forms.common import language_choices, listed, people_of_codes
from compass.people.grounds import ACCOUNT
from compass.people.models import Person
from compass.problems.words import in_a_row
from compass.reception.actions import (
    MOST_AT_ONCE,
    ActivityHeld,
    ArrivalLeft,
    ArrivalRegistered,
    Attended,
    GroupArrived,
    NotThere,
    PlacePutBack,
)
from compass.reception.models import Activity, Arrival, ArrivalGroup, Attendance, Centre
from compass.reception.queries import by_codes
from compass.ui.days import PastDay
from compass.ui.forms import CHOOSE, BaseForm, SearchForm
from compass.ui.widgets import Boxes, Radios
from compass.ui.words import day, moment
from compass.vocabulary import label_of, language

NEEDS = (
    ("medical_emergency", "doctor", _("How many need a doctor now?")),
    ("safety_threat", "danger", _("How many are in danger now?")),
)


class CentreForm(BaseForm):
    """What happens at one centre of this colleague's offices."""

    centre = forms.ChoiceField(label=_("Which centre?"))

    def offer_centres(self, centres: list[Centre]) -> None:
        """The centres to choose from; a single one is not asked for."""
        self.offer("centre", [(str(row.pk), row.name) for row in centres])
        if len(centres) == 1:
            self.fields["centre"].widget = forms.HiddenInput()
            self.fields["centre"].initial = str(centres[0].pk)


class GroupForm(CentreForm):
    """A group at the gate: nothing else is asked. Basis: vital interest, fixed."""

    people = forms.IntegerField(label=_("How many people?"), min_value=1, max_value=MOST_AT_ONCE)
    language = forms.ChoiceField(label=_("Language most of them speak"))
    came_by = forms.ChoiceField(label=_("How they came"), required=False, choices=listed("arrival_means", CHOOSE))
    doctor = forms.IntegerField(label=NEEDS[0][2], required=False, min_value=0, max_value=MOST_AT_ONCE)
    danger = forms.IntegerField(label=NEEDS[1][2], required=False, min_value=0, max_value=MOST_AT_ONCE)
    field_order = ("key", "occurred_at", "people", "language", "came_by", "doctor", "danger", "centre")

    def __init__(self, *args: Any, centres: list[Centre], country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("language", language_choices(country, empty=CHOOSE[1]))
        self.offer_centres(centres)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        urgent = 0
        for _need, name, _label in NEEDS:
            urgent += cleaned.get(name) or 0
            # Beside the answer with which it became too many: that one is looked at first.
            if cleaned.get("people") and urgent > cleaned["people"]:
                self.add_error(name, _("These are more people than came. Count each person once, by the worst need."))
                break
        return cleaned

    def command(self) -> GroupArrived:
        told = self.cleaned_data
        return GroupArrived(
            **self.envelope("vital_interest"),
            centre_id=UUID(told["centre"]),
            people=told["people"],
            language=told["language"],
            came_by=told["came_by"] or "unknown",
            urgent=tuple((need, told[name]) for need, name, _label in NEEDS if told[name]),
        )


class StartForm(BaseForm):
    """The first two answers: about how old, and in which language to go on."""

    #: Demanded unless the age of a baby is told in months.
    sometimes: ClassVar[frozenset[str]] = frozenset({"age"})
    age = forms.IntegerField(
        label=_("About how old, in years?"),
        help_text=_("An estimate is enough. A child hears other words, and an adult answers beside the child."),
        required=False,
        min_value=0,
        max_value=120,
    )
    months = forms.IntegerField(
        label=_("For a baby: how old in months?"),
        help_text=_("Then leave the years empty."),
        required=False,
        min_value=0,
        max_value=MOST_MONTHS,
    )
    language = forms.ChoiceField(label=_("Language of the talk"))

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("language", language_choices(country))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        years, months = cleaned.get("age"), cleaned.get("months")
        if years is not None and months is not None:
            self.add_error("months", _("Write the age in years or in months, not in both."))
        elif years is None and months is None and not {"age", "months"} & set(self.errors):
            self.add_error("age", _("Write about how old the person is."))
        return cleaned

    def beside(self, person: Person) -> list[dict[str, Any]]:
        """Rows for `{% cmp %}`: these answers beside those of the colleague who was faster."""
        told = self.cleaned_data
        if told["age"] is None:
            age = ngettext("%(count)d month", "%(count)d months", told["months"]) % {"count": told["months"]}
        else:
            age = ngettext("%(count)d year", "%(count)d years", told["age"]) % {"count": told["age"]}
        band = label_of("age_band", person.age_band) if person.age_band else ""
        spoken = in_a_row(language(code).label for code in person.languages)
        return [
            {"label": _("Age"), "left": age, "right": band},
            {"label": self["language"].label, "left": language(told["language"]).label, "right": spoken},
        ]

    def command(self, place: Arrival) -> ArrivalRegistered:
        told = self.cleaned_data
        envelope = self.envelope("vital_interest")
        registration = Registration(
            **envelope | {"key": uuid5(envelope["key"], "person")},
            languages=(told["language"],),
            identity=born(timezone.localdate(), years=told["age"], months=told["months"]),
        )
        return ArrivalRegistered(**envelope, id=place.pk, registration=registration)


class LeftForm(BaseForm):
    """Nothing to fill in."""

    def command(self, place: Arrival) -> ArrivalLeft:
        return ArrivalLeft(**self.envelope("vital_interest", id=place.pk, version=place.version))


class PutBackForm(BaseForm):
    """Why a place goes back on the list, and which number the person behind it has in truth."""

    reason = forms.ChoiceField(label=_("What was wrong?"), widget=Radios, choices=listed("place_correction_reason"))
    instead = forms.ChoiceField(label=_("Which number is this person?"), required=False)

    def __init__(self, *args: Any, place: Arrival, beside: list[Arrival], **kwargs: Any) -> None:
        """`beside`: the places of the group that still wait."""
        super().__init__(*args, **kwargs)
        if place.status != "registered" or not beside:
            del self.fields["instead"]
            return
        none = ("", _("None of those who wait"))
        self.offer("instead", [none, *((str(row.pk), _numbered(row)) for row in beside)])

    def command(self, place: Arrival) -> PlacePutBack:
        told = self.cleaned_data
        instead = UUID(told["instead"]) if told.get("instead") else None
        envelope = self.envelope("vital_interest", id=place.pk, version=place.version)
        return PlacePutBack(**envelope, reason=told["reason"], instead=instead)


def _numbered(place: Arrival) -> str:
    number = gettext("Number %(number)s") % {"number": place.number}
    return f"{number} · {label_of('urgent_need', place.urgent_need)}" if place.urgent else number


#: An activity is written down within a month: the figures of that time are counted then.
WRITTEN_LATE = timedelta(days=31)


class ActivityForm(CentreForm):
    """A group activity of the centre."""

    kind = forms.ChoiceField(label=_("Activity"), choices=listed("group_activity_kind", CHOOSE))
    held_on = PastDay(label=_("Day"), back=WRITTEN_LATE)
    field_order = ("key", "occurred_at", "kind", "held_on", "centre")

    def __init__(self, *args: Any, centres: list[Centre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_centres(centres)

    def command(self) -> ActivityHeld:
        told = self.cleaned_data
        return ActivityHeld(
            **self.envelope("public_interest"),
            centre_id=UUID(told["centre"]),
            kind=told["kind"],
            held_on=told["held_on"],
        )


class ThereForm(SearchForm):
    """Whom the list of an activity shows: a filter, in the address."""

    group = forms.ChoiceField(label=_("Who came together"), required=False)
    everyone = forms.BooleanField(label=_("Also people whom this activity is not for"), required=False)

    def __init__(self, *args: Any, groups: list[ArrivalGroup], narrowed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("group", [("", _("All groups")), *((str(row.pk), _together(row)) for row in groups)])
        if not groups:
            del self.fields["group"]
        if not narrowed:
            del self.fields["everyone"]


def _together(row: ArrivalGroup) -> str:
    people = ngettext("%(count)d person", "%(count)d people", row.people) % {"count": row.people}
    return f"{moment(row.occurred_at)} · {people} · {language(row.language).label}"


class AttendanceForm(BaseForm):
    """Who was there: codes to tick, and codes to write for those who are not on the list."""

    present = forms.MultipleChoiceField(label=_("Who was there?"), widget=Boxes, required=False)
    codes = forms.CharField(
        label=_("Codes of others who were there"),
        help_text=_("One or several, with a comma or a space between them."),
        required=False,
        max_length=400,
    )

    #: One of the two says who was there.
    sometimes: ClassVar[frozenset[str]] = frozenset({"present", "codes"})

    def __init__(
        self, *args: Any, people: list[Person], work: Work, names: Mapping[UUID, str] | None = None, **kwargs: Any
    ) -> None:
        """`names`: what was revealed for this response, by person."""
        super().__init__(*args, **kwargs)
        self._work = work
        self._people = {str(person.pk): person for person in people}
        known = names or {}
        self.offer(
            "present", [(key, _described(person, known.get(person.pk, ""))) for key, person in self._people.items()]
        )
        cast("Boxes", self.fields["present"].widget).hints = {
            key: _("Came %(day)s") % {"day": day(person.occurred_at)} for key, person in self._people.items()
        }
        if not people:
            del self.fields["present"]

    def clean_codes(self) -> list[Person]:
        return people_of_codes(self.cleaned_data["codes"], partial(by_codes, self._work))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("present") and not cleaned.get("codes"):
            self.add_error(None, _("Tick who was there, or write a code."))
        ticked = [self._people[value] for value in cleaned.get("present") or ()]
        self._rest((*ticked, *cleaned.get("codes", ())), cleaned.get("occurred_at") or timezone.now())
        return cleaned

    def commands(self, activity: Activity) -> list[Attended]:
        """One command per person; the key of each follows from the form's, so that sending twice counts once."""
        envelope = self.envelope("vital_interest")
        return [
            Attended(
                **envelope | {"key": uuid5(envelope["key"], str(pk)), "basis": basis},
                id=pk,
                activity_id=activity.pk,
            )
            for pk, basis in self._bases.items()
        ]

    def _rest(self, people: Iterable[Person], at: datetime) -> None:
        """On what each of them is marked: consent, or vital interest before anybody has asked. Nobody else is."""
        asked = {person.pk: person for person in people}
        consents = consents_of(asked)
        said = {pk: answered(consents[pk], HELP, at) for pk in asked}
        self._bases = {pk: "consent" if each else "vital_interest" for pk, each in said.items()}
        if against := [person.code for pk, person in asked.items() if said[pk].reason in ENDED]:
            text = ngettext(
                "%(codes)s does not agree to being recorded, or no longer. The person may take part; do not mark them here.",
                "%(codes)s do not agree to being recorded, or no longer. They may take part; do not mark them here.",
                len(against),
            )
            self.add_error(None, text % {"codes": in_a_row(against)})


class NotThereForm(BaseForm):
    """Why someone is taken off the list of those who were there."""

    reason = forms.ChoiceField(
        label=_("What was wrong?"),
        widget=Radios,
        choices=lambda: [row for row in listed("attendance_correction_reason")() if row[0] != "was_there"],
    )

    def command(self, row: Attendance) -> NotThere:
        envelope = self.envelope(ACCOUNT, id=row.pk, version=row.version)
        return NotThere(**envelope, reason=self.cleaned_data["reason"])


def _described(person: Person, name: str) -> SafeString:
    """What tells people of a list apart: the code, age band and sex; the name only once it was revealed."""
    parts: list[str] = [person.code, *([format_html("<bdi><b>{}</b></bdi>", name)] if name else [])]
    if person.age_band:
        parts.append(label_of("age_band", person.age_band))
    if person.sex != "undisclosed":
        parts.append(label_of("sex", person.sex))
    return format_html_join(" · ", "{}", ((part,) for part in parts))
