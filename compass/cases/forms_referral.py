"""Forms of referral and handover. A referral asks only what its service needs to know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.access.models import Organisation
from compass.cases.forms import KeptForm, listed, picked, text
from compass.cases.offered import for_needs, services
from compass.ui.days import PastDay
from compass.ui.forms import BaseForm, SearchForm, VersionField, YesNoField
from compass.ui.uploads import file_field
from compass.ui.widgets import Radios

#: What a service's minimum field is called, on the form and for the partner.
FIELDS: dict[str, Any] = {
    "family_composition": _("Who belongs to the family"),
    "safety_risk_level": _("How great the danger is, without the story"),
    "accessibility": _("What the place must allow for"),
    "household_size": _("Number of people in the household"),
    "diet": _("Diet"),
    "infant": _("A baby in the household"),
    "sizes": _("Sizes"),
    "symptoms_as_consented": _("Complaints, as far as the person wants to say"),
    "pregnancy": _("Pregnant"),
    "medical_report_by_clinician": _("Report of the doctor or nurse who treats the person"),
    "urgency": _("How urgent"),
    "presenting_concern": _("What the person asks help for"),
    "risk_to_self": _("Danger of harming herself or himself"),
    "specific_consent": _("Agreed to this service in particular"),
    "caregiver": _("Who cares for the child"),
    "uasc_status": _("Alone, separated or with family"),
    "legal_issue": _("The legal question"),
    "procedure_stage": _("How far the proceedings are"),
    "migration_status": _("Status of stay"),
    "document_type": _("Document that is needed"),
    "claimed_nationality": _("Nationality, as the person says"),
    "evidence_held": _("Papers that the person has"),
    "nationality": _("Nationality"),
    "persons_sought": _("Who is looked for"),
    "pick_up_point": _("Safe place to be picked up"),
    "payment_identity": _("What the payment needs to know"),
    "education_level": _("Schooling so far"),
    "skills": _("Skills"),
    "plan": _("What is planned"),
    "age": _("Age in years"),
    "functioning": _("What is difficult to do"),
    "place": _("Place"),
    "voluntariness_form": _("Declaration of free choice made"),
    "fit_to_travel": _("Fit to travel"),
    "best_interests_if_child": _("For a child: outcome of the best-interests procedure"),
}
YES_OR_NO = frozenset(
    {"infant", "pregnancy", "risk_to_self", "specific_consent", "voluntariness_form", "fit_to_travel"}
)
NOT_SAID = [("", _("Not said")), ("yes", _("Yes")), ("no", _("No"))]
LONG = frozenset({"symptoms_as_consented", "medical_report_by_clinician", "presenting_concern", "legal_issue"})


def field_label(name: str) -> str:
    """The word for a minimum field in the reader's language."""
    return str(FIELDS.get(name, name))


def organisations(rows: Sequence[Organisation]) -> list[tuple[str, Any]]:
    return [("", _("Choose")), *((str(row.pk), row.name) for row in rows)]


class ReferralStartForm(SearchForm):
    """To whom; nothing is written yet."""

    to = forms.ChoiceField(label=_("Partner"), help_text=_("It sees this referral and nothing else."))

    def __init__(
        self, *args: Any, partners: Sequence[Organisation], named: Collection[UUID] = (), **kwargs: Any
    ) -> None:
        """`named`: those that must not know, as the person said."""
        super().__init__(*args, **kwargs)
        no, said = set(map(str, named)), _("%(organisation)s (must not know)")
        self.offer(
            "to", [(pk, said % {"organisation": name} if pk in no else name) for pk, name in organisations(partners)]
        )


class ReferralServiceForm(SearchForm):
    """Which service of that partner; what the case asks for comes first. `needed`: codes of need_domain."""

    to = forms.UUIDField(widget=forms.HiddenInput)
    service = forms.ChoiceField(label=_("Service"))

    def __init__(
        self, *args: Any, planned: Sequence[str], needed: Sequence[str], before: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        likely = (
            (_("In the plan"), planned),
            (_("For needs that are not met"), for_needs(needed)),
            (_("Asked of this partner before"), before),
        )
        self.offer("service", services(*likely))


class ReferralForm(KeptForm):
    """What this service may know (CM-19), how soon, and whether the partner may call, where `called` lets it be asked."""

    service = forms.CharField(widget=forms.HiddenInput)
    to = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, names: Sequence[str], covered: bool, called: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"] = forms.ChoiceField(
            label=_("How soon"), choices=listed("referral_priority"), widget=Radios
        )
        self.names = list(names)
        for name in self.names:
            self.fields[name] = _minimum(name)
        if called:
            self.fields["share_contact"] = YesNoField(
                label=_("May the partner call this person?"),
                help_text=_(
                    "Ask. With a yes, the number, the safe times and what to say on the telephone go along, sealed."
                ),
            )
        if not covered:
            self.fields["override"] = text(
                _("Why it cannot wait for consent: life, health or safety at stake"),
                rows=3,
                hint=_("Sealed. A supervisor reads it."),
            )

    def minimum(self) -> dict[str, str]:
        """What was said of the minimum fields."""
        return {name: self.cleaned_data[name] for name in self.names if self.cleaned_data.get(name)}


def _minimum(name: str) -> forms.Field:
    label = FIELDS.get(name, name)
    if name in YES_OR_NO:
        return forms.ChoiceField(label=label, choices=NOT_SAID, required=False)
    widget: forms.Widget = forms.Textarea(attrs={"rows": 3}) if name in LONG else forms.TextInput()
    return forms.CharField(label=label, required=False, max_length=500, widget=widget)


class StepForm(BaseForm):
    """A button that does one thing."""


class SendForm(StepForm):
    """Sending a draft; `at_once`: after a no, that minutes count and nobody else can be waited for."""

    at_once = text(
        _("What happens to the person if minutes pass"),
        rows=3,
        required=False,
        hint=_("Sealed. The supervisors see at once that it was sent, and read this."),
    )


class NoteForm(StepForm):
    """Taking note of an outcome and its files, of the version that was on the screen."""

    version = VersionField()


class AnswerForm(KeptForm):
    """The partner's answer."""

    sometimes = ("reason",)

    part = forms.CharField(widget=forms.HiddenInput, required=False, initial="answer")
    answer = forms.ChoiceField(
        label=_("Your answer"),
        widget=Radios,
        choices=lambda: listed("referral_status", "accepted", "waitlisted", "rejected"),
    )
    reason = forms.ChoiceField(
        label=_("If you reject it: why"), required=False, choices=lambda: picked("referral_rejection_reason")
    )
    note = text(
        _("Message to the office that refers"), rows=2, required=False, hint=_("Sealed. For example day and hour.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == "rejected" and not data.get("reason"):
            self.add_error("reason", _("Say why, so that the office can look elsewhere."))
        return data


class FileMixin:
    """A form with one photo or PDF."""

    def choose_again(self: Any) -> None:
        """A browser never sends a file twice by itself: say so where it was chosen, when the form comes back."""
        if self.files.get("photo") and "photo" not in self.errors:
            self.add_error(
                "photo", _("Choose the file once more: this page could not keep it. All else is still here.")
            )


class OutcomeForm(FileMixin, KeptForm):
    """What became of the referral."""

    sometimes = ("delivered_on",)

    part = forms.CharField(widget=forms.HiddenInput, required=False, initial="outcome")
    outcome = forms.ChoiceField(label=_("Outcome"), widget=Radios, choices=lambda: listed("referral_outcome"))
    delivered_on = PastDay(
        label=_("Day of the visit"), required=False, help_text=_("Leave empty only if nothing was given.")
    )
    note = text(
        _("What the office must know to go on"), rows=4, required=False, hint=_("Sealed. No diagnosis unless needed.")
    )
    photo = file_field(_("Photo of the prescription"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = data.get("outcome") not in (None, "", "not_given")
        if given and not data.get("delivered_on") and "delivered_on" not in self.errors:
            self.add_error("delivered_on", _("Say on which day, unless nothing was given."))
        return data


class LateFileForm(FileMixin, BaseForm):
    """A file that was not at hand when the outcome was given."""

    part = forms.CharField(widget=forms.HiddenInput, required=False, initial="file")
    photo = file_field(_("Photo of the prescription"))


class OfferForm(BaseForm):
    """Handing a household over. `expected`: the countries that need no reason; an office elsewhere does."""

    sometimes = ("without_return",)

    to = forms.ChoiceField(label=_("Office that will receive them"))
    without_return = forms.ChoiceField(
        label=_("To another country without a return under way: why?"),
        required=False,
        help_text=_("A case moves abroad with its person. The office that receives it reads this too."),
    )
    note = text(
        _("What the office must know to decide"),
        rows=4,
        hint=_("They read this before they accept. No name, no place of origin, nothing that tells who it is."),
    )

    def __init__(self, *args: Any, offices: Sequence[Organisation], expected: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("to", organisations(offices))
        self.abroad = {str(each.pk) for each in offices if each.country not in expected}
        self.offer("without_return", picked("handover_without_return"))
        if not self.abroad:
            del self.fields["without_return"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("to") in self.abroad and not data.get("without_return") and "without_return" not in self.errors:
            self.add_error("without_return", _("No return to that country is under way. Say why the case goes there."))
        return data


class DeclineForm(KeptForm):
    """Why the office does not take an offer."""

    sometimes = ("note",)

    reason = forms.ChoiceField(label=_("Why"), widget=Radios, choices=lambda: listed("handover_rejection_reason"))
    note = text(_("In words"), rows=3, required=False, hint=_("Sealed. Needed for another reason."))
