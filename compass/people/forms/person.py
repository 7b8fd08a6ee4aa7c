"""Who a person is, who belongs together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID, uuid5

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compass.people.actions import GuardianAsked, GuardianMistaken, HouseholdChange, IdentityChange
from compass.people.ages import band_of
from compass.people.forms.common import (
    BirthDateField,
    SometimesChoiceField,
    answered,
    country_choices,
    hint,
    language_choices,
    listed,
    nationality_choices,
    shown,
)
from compass.people.households import NOT_APART, UNCARED
from compass.people.models import CHILD_BANDS, FURTHER, Person
from compass.ui.days import PastDay
from compass.ui.forms import CHOOSE, BaseForm, RecordForm, SearchForm, SeenField, VersionField, YesNoField, words
from compass.ui.widgets import Radios
from compass.vocabulary import code_list, label_of

OLDEST = 120
ALONE = frozenset({"unaccompanied", "separated"})

#: Questions about languages, in the order in which the person prefers them.
LANGUAGES = ("language", "second_language", "third_language")


class IdentityForm(BaseForm):
    """Names, birth, sex, nationality, languages. Only sex and nationality must be answered; both can stay open."""

    #: Demanded with a year that the page did not show.
    sometimes: ClassVar[frozenset[str]] = frozenset({"birth_estimated"})
    #: Answers that are clear columns, and those that together say when the person was born; every other one is sealed
    #: and shown as it was given.
    CLEAR: ClassVar[frozenset[str]] = frozenset({"sex", "nationality", *LANGUAGES})
    BIRTH: ClassVar[tuple[str, ...]] = ("birth_date", "birth_year", "birth_estimated", "birth_unknown")
    version = VersionField()
    given = forms.CharField(
        label=_("Given name"), help_text=_("As the person says it. Any script."), required=False, max_length=120
    )
    family = forms.CharField(label=_("Family name"), required=False, max_length=120)
    one_name = YesNoField(
        label=_("Does the person have one name only?"),
        help_text=_(
            "Then leave the family name empty: none is invented. Ask the father's name and the village as well: they tell"
            " two people of one name apart. Once this is saved, the person's page has a place for the father's name."
        ),
        required=False,
    )
    other = forms.CharField(label=_("Other names or spellings"), required=False, max_length=200)
    birth_date = BirthDateField(label=_("Date of birth, when it is known"), required=False)
    birth_year = forms.IntegerField(
        label=_("Otherwise the year of birth"),
        required=False,
        show_hidden_initial=True,
        error_messages={"invalid": _("Write the year with four digits, for example 1995.")},
    )
    birth_estimated = YesNoField(label=_("Is this year an estimate?"), required=False)
    birth_unknown = forms.BooleanField(label=_("Nobody knows when the person was born"), required=False)
    birth_month = forms.RegexField(r"[0-9]{4}-(?:[1-9]|1[0-2])", widget=forms.HiddenInput, required=False)
    sex = forms.ChoiceField(label=_("Sex"), widget=Radios, choices=listed("sex"))
    nationality = forms.ChoiceField(
        label=_("Nationality"),
        help_text=_("Of several, the one that the person says first."),
        choices=nationality_choices,
    )
    second_nationality = forms.ChoiceField(
        label=_("A second nationality"),
        help_text=_("Only when the person says so. It is sealed; figures count the first one."),
        required=False,
        choices=country_choices,
    )
    third_nationality = forms.ChoiceField(label=_("A third nationality"), required=False, choices=country_choices)
    language = forms.ChoiceField(label=_("Language the person prefers"))
    second_language = forms.ChoiceField(label=_("Another language"), required=False)
    third_language = forms.ChoiceField(label=_("A third language"), required=False)
    place_of_origin = forms.CharField(label=_("Place of origin"), required=False, max_length=200)

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("language", language_choices(country, empty=CHOOSE[1]))
        for name in LANGUAGES[1:]:
            self.offer(name, language_choices(country, empty="—"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        today = timezone.localdate()
        born, year = cleaned.get("birth_date"), cleaned.get("birth_year")
        if born and born > today:
            self.add_error("birth_date", _("This day is in the future."))
        elif born and born.year < today.year - OLDEST:
            self.add_error("birth_date", self._years())
        if year is not None and not today.year - OLDEST <= year <= today.year:
            self.add_error("birth_year", self._years())
        elif born and year is not None and born.year != year and not self._gives_way(born, year):
            text = gettext("The date of birth says %(born)s, the year here says %(year)s. Empty the wrong one.")
            self.add_error("birth_year", text % {"born": str(born.year), "year": str(year)})
        if cleaned.get("birth_unknown") and (born or year is not None):
            self.add_error("birth_unknown", _("A date or a year is written above. Empty it, or take this back."))
        if cleaned.get("one_name") and cleaned.get("family") and cleaned.get("given"):
            self.add_error("one_name", _("Two names are written. Empty one of them, or answer no."))
        self._further_nationalities(cleaned)
        alone = year is not None and not cleaned.get("birth_date")
        if alone and cleaned.get("birth_estimated") is None and not self._as_shown(year):
            self.add_error("birth_estimated", _("Answer whether the year is an estimate."))
        return cleaned

    def _further_nationalities(self, cleaned: dict[str, Any]) -> None:
        """A further nationality stands only beside a first one, and none is said twice."""
        said = [cleaned.get("nationality") or ""]
        for name in FURTHER:
            if not (told := cleaned.get(name)):
                continue
            if len(said[0]) == 3:
                self.add_error(
                    name, _("Above stands that there is none, or that nobody knows. Choose the country there.")
                )
            elif told in said:
                self.add_error(name, _("This nationality is said already. Choose another one, or leave this empty."))
            said.append(told)

    def _gives_way(self, born: date, year: int) -> bool:
        """Whether the year is the estimate of the gate, as the page showed it, and the date tells much the same age.

        A date that makes a child of a grown person, or moves a child to another age band, is never taken silently.
        """
        told = self.cleaned_data
        if not self._as_shown(year) or told.get("birth_estimated") is False:
            return False
        today = timezone.localdate()
        month = self._month(year)
        bands = {
            band_of({"birth_date": born.isoformat()}, today),
            band_of({"birth_year": year, "birth_month": month}, today),
        }
        return len(bands) == 1 or not bands & set(CHILD_BANDS)

    def _as_shown(self, year: int | None) -> bool:
        """Whether the year is the one that the page showed: the estimate of the gate stays one without a word."""
        return self.data.get(self.add_initial_prefix("birth_year")) == str(year)

    def _month(self, year: int) -> int | None:
        """The month that was told with this year for a small child."""
        told, _dash, month = self.cleaned_data.get("birth_month", "").partition("-")
        return int(month) if month and int(told) == year else None

    @staticmethod
    def _years() -> str:
        year = timezone.localdate().year
        return gettext("Write a year from %(first)s to %(last)s.") % {"first": str(year - OLDEST), "last": str(year)}

    @classmethod
    def initial_of(cls, person: Person, identity: dict[str, Any]) -> dict[str, Any]:
        """What the form shows of a record."""
        named = bool(identity.get("given") or identity.get("family"))
        return {
            **{name: identity.get(name, "") for name in shown(cls) if name not in cls.CLEAR},
            "birth_estimated": identity.get("birth_estimated", "") if named else "",
            "version": person.version,
            "birth_month": "{birth_year}-{birth_month}".format_map(identity) if identity.get("birth_month") else "",
            "sex": "" if person.sex == "undisclosed" and not identity.get("given") else person.sex,
            "nationality": person.nationality,
            **dict.fromkeys(LANGUAGES, ""),
            **dict(zip(LANGUAGES, person.languages, strict=False)),
        }

    @property
    def identity(self) -> dict[str, Any]:
        """The sealed part, without empty answers."""
        told = self.cleaned_data
        found = answered(self, apart=self.CLEAR.union(self.BIRTH))
        if told["birth_date"]:
            found["birth_date"] = told["birth_date"].isoformat()
        elif told["birth_year"]:
            found |= {"birth_year": told["birth_year"], "birth_estimated": told["birth_estimated"] is not False}
            if month := self._month(told["birth_year"]):
                found["birth_month"] = month
        elif told["birth_unknown"]:
            found["birth_unknown"] = True
        return found

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that were answered, each once."""
        return tuple(dict.fromkeys(code for name in LANGUAGES if (code := self.cleaned_data[name])))

    def command(self, person: Person, basis: str) -> IdentityChange:
        """The change; what this form does not ask stays as it is."""
        told = self.cleaned_data
        asked = dict.fromkeys(name for name in shown(IdentityForm) if name not in self.CLEAR)
        further = person.languages[len(LANGUAGES) :]
        return IdentityChange(
            **self.envelope(basis, id=person.pk, version=told["version"]),
            sex=told["sex"],
            nationality=told["nationality"],
            languages=(*self.languages, *(code for code in further if code not in self.languages)),
            identity={**asked, **self.identity},
        )


#: Answers that name no household: one of their own; the present one, into which their children are registered next; the
#: present one, which the rest of the family joins.
ALONE_HERE, CHILDREN_NEXT, FIRST_OF_FAMILY = "alone", "children", "first"


#: What a child is to nobody here, by status (HTCDS 2.0): no parent is there, and for the unaccompanied no adult relative.
#: Brothers and sisters may be children themselves.
NOT_OF_A_CHILD = {
    "unaccompanied": ("child", "grandparent", "other_relative"),
    "separated": ("child",),
}


class HouseholdField(forms.ChoiceField):
    """A household by its identifier, one of the answers above, or nothing; the form decides which can be answered."""

    def valid_value(self, value: str) -> bool:
        try:
            return value in {ALONE_HERE, CHILDREN_NEXT, FIRST_OF_FAMILY} or str(UUID(value)) == value
        except ValueError:
            return False


class HouseholdForm(BaseForm):
    """Who belongs together; for a child, whether an adult of their own is there."""

    version = VersionField()
    household = HouseholdField(label=_("Who does this person belong to?"), widget=Radios, required=False)
    relation = forms.ChoiceField(
        label=_("What this person is to the principal person"),
        required=False,
        choices=lambda: [("", _("The principal person, or alone")), *_relations()],
    )
    care = SometimesChoiceField(
        label=_("Who cares for the child now"),
        help_text=_(
            "Needed for a child who leaves the grown people they were with: a separation is asked about at once."
        ),
        choices=listed("care_arrangement"),
    )
    uasc_status = forms.ChoiceField(
        label=_("The child and their parents"),
        widget=Radios,
        choices=listed("uasc_status"),
    )
    authority = SometimesChoiceField(
        label=_("Authority asked for a guardian"),
        help_text=_(
            "Needed for a child who is alone or apart from the parents: the request is recorded with this page."
        ),
        choices=listed("guardian_authority"),
    )
    remark = words(
        _("What the authority must know"), help_text=_("Sealed when saved."), required=False, rows=2, most=500
    )
    since = PastDay(
        label=_("Since when this is so"), help_text=_("Leave it empty when it is so since today."), required=False
    )
    mistake = forms.BooleanField(
        label=_("What was recorded before was never so: it was written down by mistake"), required=False
    )

    def __init__(
        self,
        *args: Any,
        person: Person,
        own: list[Person],
        others: list[tuple[str, Any]],
        asked: bool,
        later: bool = False,
        **kwargs: Any,
    ) -> None:
        """`own`: members of the present household; `others`: (household, words) that can be joined; `asked`: a
        guardian was already asked for; `later`: not on arrival, so that something was recorded before."""
        super().__init__(*args, **kwargs)
        self._seen = person.version
        alone = _("Alone, with none of these people")
        stay = _("With those already listed below") if own else _("Alone") if not others else alone
        here = (str(person.household_id), stay)
        coming = [] if person.is_child else [(CHILDREN_NEXT, _("With children of theirs, who are registered next"))]
        if not own:
            coming.append((FIRST_OF_FAMILY, _first_of_family(person)))
        self._offered = [here, *others, *coming, (ALONE_HERE, alone)] if own else [*coming, *others, here]
        self.offer("household", self._offered)
        self.asked = asked
        self._joined = bool(own)
        self._others = frozenset(value for value, _words in others)
        if not later:
            del self.fields["since"], self.fields["mistake"]
        if not person.is_child or all(other.is_child for other in own):
            del self.fields["care"]
        if not person.is_child:
            del self.fields["uasc_status"], self.fields["authority"], self.fields["remark"]
            return
        hint(self.fields["uasc_status"], "uasc_status")
        if asked:
            del self.fields["authority"], self.fields["remark"]
        else:
            hint(self.fields["authority"], "guardian_authority")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # On a page that a colleague has overtaken, the answer may be one that is gone; saving it is refused as stale.
        if cleaned.get("version") == self._seen and cleaned.get("household", "") not in {"", *dict(self._offered)}:
            self.add_error("household", self.fields["household"].error_messages["required"])
        if self.wants_guardian and not cleaned.get("authority"):
            self.add_error("authority", _("Choose which authority is asked to appoint a guardian."))
        leads = cleaned.get("household") in {CHILDREN_NEXT, FIRST_OF_FAMILY} and not self._joined
        if leads and cleaned.get("relation"):
            self.add_error(
                "relation",
                _("The others are described towards this person: choose “The principal person, or alone”."),
            )
        if cleaned.get("version") == self._seen:
            self._parted(cleaned)
            self._agree(cleaned)
        if cleaned.get("household") in self._others and not cleaned.get("relation") and "relation" not in self.errors:
            if cleaned.get("uasc_status") == "unaccompanied":
                # Who is unaccompanied has no relative here: the link needs no question.
                cleaned["relation"] = "unrelated_child"
            else:
                self.add_error(
                    "relation",
                    _("This household has its principal person: choose what the one you register is to that person."),
                )
        return cleaned

    def _parted(self, told: dict[str, Any]) -> None:
        """Ask about a child that leaves the grown people it was with; nothing is asked where it never was with them."""
        leaves = told.get("household") == ALONE_HERE or told.get("household") in self._others
        if "care" not in self.fields or not leaves or told.get("mistake"):
            told["care"] = ""
        elif not told.get("care"):
            self.add_error("care", _("This child leaves the grown people they were with: say who cares for them now."))
        elif told["care"] in UNCARED and told.get("uasc_status") == "accompanied":
            self.add_error(
                "uasc_status", _("You say that no grown person cares for this child: choose another answer here.")
            )
        elif told["care"] in NOT_APART.get(told.get("uasc_status", ""), ()):
            self.add_error(
                "uasc_status",
                _("This does not fit “%(care)s”. Choose another answer here, or say who else cares for the child.")
                % {"care": label_of("care_arrangement", told["care"])},
            )

    def _agree(self, told: dict[str, Any]) -> None:
        """Refuse answers about a child that cannot both be true: the one that is wrong would decide who protects them."""
        status, household, relation = (told.get(name, "") for name in ("uasc_status", "household", "relation"))
        with_others = household in self._others or (self._joined and household != ALONE_HERE)
        if status == "accompanied" and not with_others and household != FIRST_OF_FAMILY:
            self.add_error(
                "household",
                _(
                    "You say that a parent or caregiver is there: choose who this child is with. If nobody is there, change"
                    " the other answer."
                ),
            )
        if with_others and relation in NOT_OF_A_CHILD.get(status, ()):
            self.add_error(
                "uasc_status",
                _(
                    "This does not fit “%(relation)s”. Choose another answer here, or say what the child is to the principal"
                    " person."
                )
                % {"relation": label_of("person_relation", relation)},
            )

    @classmethod
    def initial_of(cls, person: Person) -> dict[str, Any]:
        """What the form shows of a record: saving it again changes no link and no status."""
        relation = "" if person.relation == "principal" else person.relation
        # Whom a request goes to unless somebody knows better.
        usual = "child_protection_authority"
        return {"version": person.version, "relation": relation, "uasc_status": person.uasc_status, "authority": usual}

    def household_in_words(self, household: str) -> str:
        """A household that can be answered, in words."""
        return str(dict(self._offered).get(household, _("As it was on your page")))

    def decide_again(self, person: Person, *, guardian_asked: bool) -> None:
        """After a colleague saved first: the present version, and nothing that only the older page could answer."""
        for name in ("authority", "remark") if guardian_asked else ():
            del self.fields[name]
        told = {name: self.data[name] for name in self.data}
        if told.get("household") not in dict(self._offered):
            told["household"] = ""
        self.data = {**told, "version": str(person.version)}
        self.offer("household", self._offered)

    @property
    def wants_guardian(self) -> bool:
        """Whether the answers call for a guardian who was not asked for yet (BIP-02)."""
        return not self.asked and self.cleaned_data.get("uasc_status") in ALONE

    def command(self, person: Person, basis: str) -> HouseholdChange:
        told = self.cleaned_data
        return HouseholdChange(
            **self.envelope(basis, id=person.pk, version=told["version"]),
            household_id=self._household(person),
            relation=told["relation"] or "principal",
            uasc_status=told.get("uasc_status"),
            since=told.get("since"),
            mistake=told.get("mistake", False),
            care=told.get("care", ""),
        )

    def _household(self, person: Person) -> UUID | None:
        """The household that was chosen, the present one where none is named; None for one of their own."""
        told = self.cleaned_data["household"]
        if told == ALONE_HERE:
            return None
        return person.household_id if told in {"", CHILDREN_NEXT, FIRST_OF_FAMILY} else UUID(told)

    def guardian(self, person: Person) -> GuardianAsked | None:
        """The request for a guardian that goes with this page; None when it asks for none."""
        if not self.wants_guardian:
            return None
        command = asked_of(self, person, "")
        return replace(command, key=uuid5(command.key, "guardian"))


class DayForm(SearchForm):
    """On which day to look at who belonged together."""

    on = PastDay(label=_("Who was there on this day?"), required=False)


class GuardianForm(BaseForm):
    """An authority asked to appoint a guardian."""

    seen = SeenField()
    authority = forms.ChoiceField(
        label=_("Authority asked for a guardian"), widget=Radios, choices=listed("guardian_authority")
    )
    remark = words(
        _("What the authority must know"), help_text=_("Sealed when saved."), required=False, rows=2, most=500
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint(self.fields["authority"], "guardian_authority")

    def command(self, person: Person) -> GuardianAsked:
        return asked_of(self, person, self.cleaned_data["seen"])


def asked_of(form: BaseForm, person: Person, seen: str | None) -> GuardianAsked:
    """The request for a guardian that a form with `authority` and `remark` makes."""
    told = form.cleaned_data
    detail = {"remark": told["remark"]} if told["remark"] else {}
    envelope = form.envelope("legal_duty", id=person.pk)
    return GuardianAsked(**envelope, authority=told["authority"], detail=detail, seen=seen)


class AppointedForm(RecordForm):
    """The authority appointed the guardian: nothing to fill in."""

    basis = "legal_duty"


class GuardianMistakenForm(RecordForm):
    """A guardian was asked for by mistake: why."""

    basis = "legal_duty"
    why = words(
        _("What went wrong"),
        help_text=_("For example: the request was meant for another child. Sealed when saved."),
        rows=2,
        most=500,
    )

    def command(self, request: UUID) -> GuardianMistaken:
        return GuardianMistaken(**self.about(request), why=self.cleaned_data["why"])


def _first_of_family(person: Person) -> Any:
    if person.is_child:
        return _("With a parent or others of the family, who are registered after this child")
    return _("With others of the family, who are registered after this person")


def _relations() -> list[tuple[str, str]]:
    return [row for row in code_list("person_relation").choices() if row[0] != "principal"]
