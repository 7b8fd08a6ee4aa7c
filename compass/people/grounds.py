"""On what ground something is recorded about a person who does not agree: somebody chooses it, and it is kept.

Before anybody has asked, vital interest stands by itself, for as long as there is time to ask (arrival, 72 hours). Source:
case-management.md 2.4.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compass.access.work import Work
from compass.people.consent import ENDED, HELP, Answer, answered, consents_of
from compass.people.models import Person
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
#: Chosen only where help ends or is accounted for: whoever takes consent back is not kept in a case.
ENDING = {"ending": ("legal_duty", _("Only to end the help and account for it"))}
#: The basis of what only ends or accounts for something, where consent no longer holds.
ACCOUNT = "legal_duty"
OVERDUE = _("Nobody asked for consent in time. Ask now; if that cannot be, why must this be recorded all the same?")


def judged(people: Iterable[Person], at: datetime, purpose: str = HELP) -> Answer:
    """What all of them together say at a moment: the first no, else the yes. One query."""
    everyone = list(people)
    consents = consents_of([person.pk for person in everyone])
    said = [answered(consents[person.pk], purpose, at) for person in everyone]
    return next((each for each in said if not each), said[0])


def overdue(person: Person, at: datetime) -> bool:
    """Whether the time to ask has run out without an answer."""
    return person.consent_due_at is not None and person.consent_due_at < at


def ask(form: BaseForm, person: Person, *, purpose: str = HELP, ending: bool = False) -> None:
    """Put the question first on the page when the person took consent back, said no, was asked too long ago, or was not
    asked within the time for it."""
    now = timezone.now()
    said = judged([person], now, purpose)
    if said.reason in ENDED or (not said and overdue(person, now)):
        _put(form, said, ending=ending)


def _put(form: BaseForm, said: Answer, *, ending: bool) -> None:
    offered = {**GROUNDS, **(ENDING if ending else {})}
    label = _("The person does not agree, or no longer. Why must this be recorded all the same?")
    field = forms.ChoiceField(
        label=label if said.reason in ENDED else OVERDUE,
        help_text=_(
            "Only what this needs. If nothing here is true, record nothing: help goes on, and you may ask again."
        ),
        widget=Radios,
        choices=[(code, words) for code, (_basis, words) in offered.items()],
        required=False,
    )
    fit(field)
    form.fields = {"ground": field, **form.fields}
    known: Collection[str] = getattr(form, "sometimes", ())
    form.sometimes = (*known, "ground")  # type: ignore[attr-defined]


def basis(work: Work, form: BaseForm, person: Person, *, purpose: str = HELP, at: datetime | None = None) -> str:
    """The legal basis of what a form records: consent, before any answer vital interest, else what was chosen.

    at: when it happened, by default what the form says, else now. Raises ConsentMissing where the person did not agree
    and nothing was chosen. The choice goes into the trail.
    """
    moment = at or form.cleaned_data.get("occurred_at") or work.now
    said = judged([person], moment, purpose)
    if said:
        return "consent"
    late = said.reason == "not_asked" and overdue(person, work.now)
    if said.reason not in ENDED and not late:
        return "vital_interest"
    chosen = form.cleaned_data.get("ground")
    if "ground" not in form.fields:
        # In force today, but not on the day it happened.
        _put(form, said, ending=False)
        chosen = form.data.get(form.add_prefix("ground"))
        chosen = chosen if chosen in GROUNDS else ""
    if not chosen:
        form.add_error("ground", _("Choose what is true, or leave without saving."))
        raise ConsentMissing(scope=label_of("consent_scope", purpose))
    note(work, [person.pk], chosen)
    return {**GROUNDS, **ENDING}[chosen][0]


def note(work: Work, people: Iterable[UUID], chosen: str) -> None:
    """Keep in the trail on what ground something was recorded without consent."""
    work.record("people.without_consent", results=list(people), why=chosen)
