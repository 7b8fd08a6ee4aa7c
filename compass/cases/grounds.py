"""On what ground something is recorded about a person who no longer agrees: somebody chooses it, and it is kept.

Before anybody has asked, vital interest stands by itself (arrival). Source: case-management.md 2.4.
"""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compass.access.work import Work
from compass.cases.actions.checks import SCOPE
from compass.people.consent import ENDED, answer
from compass.people.models import Consent, Person
from compass.problems import ConsentMissing
from compass.ui.forms import BaseForm, fit
from compass.ui.widgets import Radios
from compass.vocabulary import label_of

#: What may be chosen: the legal basis, and what is at stake in words.
GROUNDS: dict[str, tuple[str, str | Promise]] = {
    "life": ("vital_interest", _("The life or health of a person is in danger now")),
    "violence": ("vital_interest", _("Violence, exploitation or trafficking threatens now")),
    "child": ("vital_interest", _("A child is not safe now")),
    "law": ("legal_duty", _("The law demands it, whatever the person answered")),
}
#: Chosen only where a case ends: whoever takes consent back is not kept in a case.
ENDING = {"ending": ("legal_duty", _("Only to end the help and account for it"))}


def ask(form: BaseForm, given: Consent | None, today: date, *, ending: bool = False) -> None:
    """Put the question first on the page when the newest consent (`given`) was taken back, was a no or has run out."""
    if answer(given, SCOPE, today).reason not in ENDED:
        return
    offered = {**GROUNDS, **(ENDING if ending else {})}
    field = forms.ChoiceField(
        label=_("The person does not agree, or no longer. Why must this be recorded all the same?"),
        help_text=_(
            "Only what this needs. If nothing here is true, record nothing: help goes on, and you may ask again."
        ),
        widget=Radios,
        choices=[(code, words) for code, (_basis, words) in offered.items()],
        required=False,
    )
    fit(field)
    form.fields = {"ground": field, **form.fields}
    form.sometimes = (*getattr(form, "sometimes", ()), "ground")  # type: ignore[attr-defined]


def basis(work: Work, form: BaseForm, given: Consent | None, person: Person, today: date) -> str:
    """The legal basis of what a form records: consent, before any answer vital interest, else what was chosen.

    Raises ConsentMissing where the person no longer agrees and nothing was chosen. The choice goes into the trail.
    """
    said = answer(given, SCOPE, today)
    if said.reason not in ENDED:
        return "consent" if said else "vital_interest"
    chosen = form.cleaned_data.get("ground")
    if not chosen:
        form.add_error("ground", _("Choose what is true, or leave without saving."))
        raise ConsentMissing(scope=label_of("consent_scope", SCOPE))
    work.record("cases.without_consent", results=[person.pk], why=chosen)
    return {**GROUNDS, **ENDING}[chosen][0]
