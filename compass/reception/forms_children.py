"""The children of a mother or father: one block for each, as many as there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compass.people.actions import ConsentGiven, Registration
from compass.people.ages import MOST_MONTHS, born
from compass.people.forms.common import listed
from compass.people.models import Consent, Person
from compass.ui.forms import CHOOSE, BaseForm, HouseMixin, YesNoField
from compass.vocabulary import code_list

CHILD_RELATIONS = ("child", "sibling", "other_relative")
MOST_CHILDREN = 12
OLDEST_CHILD = 17


class FamilyForm(BaseForm):
    """What the mother or father says for all the children below."""

    same_answers = YesNoField(
        label=_("Does the parent answer for these children as for themselves?"),
        help_text=_(
            "Yes records their consent as caregiver. Without it, the children are registered to be helped now "
            "and consent is asked within 72 hours."
        ),
    )


class ChildLine(HouseMixin, forms.Form):
    """One child of the family, one block."""

    #: Which of the children this is, in words.
    whose: str = ""
    #: Demanded from 6 to 14 years.
    sometimes: ClassVar[frozenset[str]] = frozenset({"agrees"})
    age = forms.IntegerField(
        label=_("Age"),
        min_value=0,
        max_value=MOST_MONTHS,
        error_messages={"invalid": _("Write the age in digits, for example 7.")},
    )
    unit = forms.ChoiceField(
        label=_("Counted in"), initial="years", choices=[("years", _("years")), ("months", _("months"))]
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=listed("sex", CHOOSE))
    relation = forms.ChoiceField(
        label=_("What the child is to the parent"),
        choices=lambda: [CHOOSE, *(row for row in code_list("person_relation").choices() if row[0] in CHILD_RELATIONS)],
    )
    given = forms.CharField(label=_("Given name"), required=False, max_length=120)
    agrees = YesNoField(
        label=_("What the child answers"), help_text=_("Asked from 6 years on, in words for their age."), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        age = cleaned.get("age")
        if age is not None and cleaned.get("unit") == "years" and age > OLDEST_CHILD:
            self.add_error("age", _("A child is at most 17 years old. An adult is registered from the arrival list."))
        elif 6 <= self.years <= 14 and cleaned.get("agrees") is None:
            self.add_error("agrees", _("From 6 years on the child is asked too, and their answer is written down."))
        return cleaned

    @property
    def years(self) -> int:
        """The age in whole years; 0 while it is not known."""
        age = self.cleaned_data.get("age") or 0
        return int(age) // 12 if self.cleaned_data.get("unit") == "months" else int(age)

    @property
    def birth(self) -> dict[str, Any]:
        """The estimated birth."""
        unit = "months" if self.cleaned_data["unit"] == "months" else "years"
        return born(timezone.localdate(), **{unit: self.cleaned_data["age"]})

    def registration(self, envelope: dict[str, Any], parent: Person, *, named: bool) -> Registration:
        """The child as a new person of the parent's household; the name only where details may be kept."""
        told = self.cleaned_data
        identity = self.birth
        if named and told["given"]:
            identity["given"] = told["given"]
        return Registration(
            **envelope,
            household_id=parent.household_id,
            relation=told["relation"],
            sex=told["sex"],
            nationality=parent.nationality,
            languages=tuple(parent.languages),
            uasc_status="accompanied" if told["relation"] == "child" else "separated",
            identity=identity,
        )

    def consent(self, envelope: dict[str, Any], given: Consent) -> ConsentGiven | None:
        """The caregiver's answers for this child; None from 15 years on, who answer for themselves."""
        if self.years >= 15:
            return None
        return ConsentGiven(
            **envelope,
            given_by="caregiver",
            mode=given.mode,
            language=given.language,
            interpreter_mode=given.interpreter_mode,
            notice_version=given.notice_version,
            information=tuple(given.information),
            scopes=given.scopes,
            copied_from=given.pk,
            until=given.expires_on,
            not_to=tuple(given.not_to),
            certified=given.certified,
            child_agrees=self.cleaned_data["agrees"] if self.years >= 6 else None,
        )


if TYPE_CHECKING:
    _Lines = forms.BaseFormSet[ChildLine]
else:
    _Lines = forms.BaseFormSet


class ChildBlocks(_Lines):
    """As many blocks as the page asks for; a block left as it came is no child."""

    def add_fields(self, form: ChildLine, index: int | None) -> None:
        """Each block says which child it is about, and its errors too."""
        super().add_fields(form, index)
        form.whose = _("Child %(number)s") % {"number": (index or 0) + 1}

    def initial_form_count(self) -> int:
        """None: what is shown again was typed here and is compared with an empty block."""
        return 0


_Blocks = forms.formset_factory(ChildLine, formset=ChildBlocks, max_num=MOST_CHILDREN, absolute_max=MOST_CHILDREN)


def children_typed(data: Mapping[str, Any]) -> ChildBlocks:
    """The blocks as they were sent."""
    return cast("ChildBlocks", _Blocks(data, prefix="child"))


def children_blocks(count: int, typed: ChildBlocks | None = None) -> ChildBlocks:
    """`count` blocks (at most 12), the first filled with what was typed so far, without judging it."""
    kept = [{field.name: field.value() for field in line} for line in typed] if typed else []
    blocks = cast("ChildBlocks", _Blocks(prefix="child", initial=kept))
    blocks.extra = min(max(count, 1), MOST_CHILDREN)
    if kept and blocks.extra > len(kept):
        blocks[len(kept)].fields["age"].widget.attrs["autofocus"] = True
    return blocks
