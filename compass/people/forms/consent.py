"""The answers to the notice. Nothing is chosen beforehand; "no" is as easy as "yes"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from compass.access.models import Organisation
from compass.people.actions import ConsentGiven, Withdrawal
from compass.people.actions.consents import CONSENT_YEARS, WITH_EVIDENCE
from compass.people.content.consent import LATER_SCOPES, SCOPES, Notice
from compass.people.forms.common import (
    SometimesBoxesField,
    SometimesChoice,
    SometimesChoiceField,
    SometimesField,
    listed,
)
from compass.people.grounds import ACCOUNT
from compass.people.models import Consent, Person
from compass.ui.forms import BaseForm, SeenField, YesNoField
from compass.ui.widgets import Boxes, Radios
from compass.ui.words import day
from compass.vocabulary import code_list, label_of
from compass.vocabulary.retention import later

#: Asked of everyone before anything else; the others when the need arises (consent is renewed at each new purpose).
CORE_SCOPES = SCOPES[:5]
OTHER_SCOPES = (*SCOPES[5:], *LATER_SCOPES)
EVERYTHING = ("everything", _("Everything"))
#: How long a yes holds: months, where the answer is a number of them.
TERMS = {"half": 6, "quarter": 3}
NAMED_INTERPRETERS = frozenset({"in_person", "phone", "video"})


class CaregiverForm(BaseForm):
    """What an adult says, and for which of the children too whose consent they gave. No child is chosen beforehand."""

    children = forms.MultipleChoiceField(
        label=_("For the children too?"),
        help_text=_("A caregiver answered for these children in the same talk. Ask, then tick each child it is for."),
        widget=Boxes,
        required=False,
    )

    def offer_children(self, children: Sequence[tuple[Person, Consent]]) -> None:
        """`children`: whose consent may be taken back along with this one; without any, nothing is asked."""
        self._given = {str(child.pk): given for child, given in children}
        if children:
            self.offer("children", [(str(child.pk), _by_code(child)) for child, _given in children])
        else:
            del self.fields["children"]

    def offer_organisations(self, organisations: Sequence[Organisation], named: Collection[UUID]) -> None:
        """`organisations`: whom the person may name; `named`: who is named already."""
        self._named = frozenset(named)
        if organisations:
            self.offer("not_to", [(str(row.pk), row.name) for row in organisations])
        else:
            del self.fields["not_to"]

    def named_now(self) -> tuple[UUID, ...]:
        """Who is named on this page and was not before."""
        return tuple(pk for pk in map(UUID, self.cleaned_data.get("not_to", [])) if pk not in self._named)

    def chosen(self) -> list[Consent]:
        """The consents of the children that were ticked."""
        return [self._given[key] for key in self.cleaned_data.get("children", [])]

    @staticmethod
    def taken_back(envelope: dict[str, Any], given: Consent, **said: Any) -> Withdrawal:
        """The withdrawal for one child, with a key that follows from the page's. `said`: see Withdrawal."""
        key = uuid5(envelope["key"], str(given.person_id))
        return Withdrawal(**{**envelope, "key": key}, id=given.pk, version=given.version, **said)


class ConsentForm(CaregiverForm):
    """What was explained, answered, by whom and how. `step` is the step of the child's ladder, empty for adults.

    A purpose that was answered before need not be asked again; one answer at least is new.
    """

    seen = SeenField()
    information = forms.MultipleChoiceField(
        label=_("The person now knows"),
        help_text=_("All seven, before any question."),
        widget=Boxes,
        choices=listed("consent_information"),
    )
    interpreter_mode = forms.ChoiceField(
        label=_("How you understood each other"), widget=Radios, choices=listed("interpreter_mode")
    )
    interpreter = SometimesField(
        label=_("Name of the interpreter"),
        help_text=_("Sealed when saved. Needed when an interpreter took part."),
        max_length=120,
    )
    given_by = forms.ChoiceField(label=_("Who answers for the child"), widget=Radios)
    adult = SometimesField(
        label=_("Name of this adult, and what ties them to the child"),
        help_text=_("Sealed when saved. Needed when a guardian or another adult answers."),
        max_length=200,
    )
    child_agrees = YesNoField(label=_("What the child answers"))
    term = SometimesChoiceField(
        label=_("How long the yes holds"),
        help_text=_("Ask. What is not renewed by then ends by itself; the person may end it sooner at any time."),
        widget=SometimesChoice,
        choices=[
            ("year", _("One year")), ("half", _("Six months")), ("quarter", _("Three months")),
            ("day", _("Until a day that the person names")),
        ],
        required=False,
        initial="year",
    )  # fmt: skip
    until = forms.DateField(
        label=_("The last day on which the yes holds"),
        help_text=_("Only if the person names a day, within a year."),
        required=False,
    )
    not_to = forms.MultipleChoiceField(
        label=_("Must any organisation not know?"),
        help_text=_(
            "Ask whether the person fears anybody there, and tick each that must not know, whatever else they agree to. It "
            "is told nothing, unless life is in danger, and not that it was named."
        ),
        widget=Boxes,
        required=False,
    )
    mode = forms.ChoiceField(label=_("How it was given"), widget=Radios, choices=listed("consent_mode"))
    evidence = SometimesField(
        label=_("Where the signed sheet or the recording is kept"),
        help_text=_(
            "Such as: locked cabinet, folder 12, sheet 8. Sealed when saved. Needed unless the answers were spoken."
        ),
        max_length=200,
    )
    certified = forms.BooleanField(
        label=_("I certify that I explained all of this and heard these answers."),
        help_text=_("Needed when the answers were spoken."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        step: str,
        worker_notice: Notice,
        voice_informs: bool = False,
        children: Sequence[tuple[Person, Consent]] = (),
        standing: Collection[str] = (),
        foreign: bool = False,
        ended_sooner: date | None = None,
        organisations: Sequence[Organisation] = (),
        named: Collection[UUID] = (),
        **kwargs: Any,
    ) -> None:
        """`voice_informs`: whether the recordings may be relied on to inform someone; `children`: for whom this adult
        answered before; `standing`: purposes whose answers stand unless they are asked again; `foreign`: the text is in
        no language of the person, so that somebody must have spoken it to them; `ended_sooner`: the last day of the
        answers that stand, where the person named an end, so that nothing is made longer unasked; `organisations`, `named`:
        whom the person may name, and has named."""
        super().__init__(*args, **kwargs)
        self.offer_children(children)
        self.offer_organisations(organisations, named)
        if "not_to" in self.fields:
            # Whoever is named stays named, until somebody asks.
            self.fields["not_to"].initial = [str(pk) for pk in named]
        if children:
            self.fields["children"].help_text = _(
                "Where an answer is no, an organisation must not know, or the yes ends sooner: a caregiver answered for "
                "these children in the same talk. Ask, then tick each child it is for."
            )
        self.voice_informs, self.foreign = voice_informs, foreign
        self.step, self.ended_sooner = step, ended_sooner
        if ended_sooner is not None:
            before = _("As said before: until %(day)s") % {"day": day(ended_sooner, form="year")}
            term = self.fields["term"]
            self.offer("term", [("before", before), *term.choices])  # type: ignore[attr-defined]
            term.initial = None
        self.fields["information"].error_messages["required"] = _met(
            _("Explain all seven points to the person, then tick each of them."), "CM-02"
        )
        if step == "":
            del self.fields["given_by"], self.fields["adult"], self.fields["child_agrees"]
        else:
            rows = code_list("consent_given_by").choices()
            allowed = rows if step == "15-17" else [row for row in rows if row[0] != "individual"]
            self.offer("given_by", allowed)
        if step == "0-5":
            del self.fields["child_agrees"]
        for scope in (*CORE_SCOPES, *OTHER_SCOPES):
            question = worker_notice.question(scope)
            self.fields[f"scope_{scope}"] = YesNoField(
                label=question.question,
                help_text=f"{worker_notice.if_no_lead} {question.if_no}",
                required=scope in CORE_SCOPES and scope not in standing,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        told = cleaned.get("information")
        choices = code_list("consent_information").choices()
        if told and (left := [str(label) for code, label in choices if code not in told]):
            missing = _("Explain what is still missing, then tick it: %(items)s") % {"items": " · ".join(left)}
            self.add_error("information", _met(missing, "CM-02"))
        scopes = [f"scope_{scope}" for scope in (*CORE_SCOPES, *OTHER_SCOPES)]
        renamed = {UUID(pk) for pk in cleaned.get("not_to", [])} != self._named
        # What a page says that an answer overtook is the action's to judge: it may be this one, sent twice.
        overtaken = cleaned.get("seen") != self.initial.get("seen")
        asked = any(name in self.errors or cleaned.get(name) is not None for name in scopes)
        if not (asked or renamed or overtaken):
            self.add_error(None, _("Nothing was answered. Ask at least one question, or leave without saving."))
        self._end_fits(cleaned)
        if cleaned.get("mode") == "verbal_certified" and not cleaned.get("certified"):
            uncertified = _("Spoken answers count only when you certify them: tick this box once it is true.")
            self.add_error("certified", _met(uncertified, "CM-03"))
        if cleaned.get("mode") in WITH_EVIDENCE and not cleaned.get("evidence"):
            nowhere = _(
                "Write where it is kept, so that it can be shown. If nothing is kept, choose “Spoken” and certify the"
                " answers."
            )
            self.add_error("evidence", _met(nowhere, "CM-03"))
        if cleaned.get("interpreter_mode") in NAMED_INTERPRETERS and not cleaned.get("interpreter"):
            self.add_error("interpreter", _("Write who interpreted, or choose another way above."))
        if cleaned.get("interpreter_mode") == "recorded_voice" and not (self.voice_informs or self.foreign):
            self.add_error("interpreter_mode", _("These recordings cannot inform anyone: let someone speak."))
        if cleaned.get("interpreter_mode") in {"not_needed", "recorded_voice"} and self.foreign:
            unheard = _(
                "This text is in no language of the person: choose who spoke it to them, or correct their languages first."
            )
            self.add_error("interpreter_mode", unheard)
        if cleaned.get("given_by") in {"guardian", "other"} and not cleaned.get("adult"):
            self.add_error("adult", _("Write who this adult is."))
        if cleaned.get("children") and not (self._refused() or cleaned.get("not_to") or self._end()):
            self.add_error("children", _("No answer is a no. Correct the answer, or untick the children."))
        return cleaned

    def _end_fits(self, cleaned: dict[str, Any]) -> None:
        until, talk = cleaned.get("until"), self._talk()
        agreed = any(cleaned.get(f"scope_{scope}") for scope in (*CORE_SCOPES, *OTHER_SCOPES))
        if self.ended_sooner is not None and agreed and not cleaned.get("term"):
            self.add_error("term", _("The person named an end before. Ask how long the yes holds now."))
        if "until" in self.errors:
            return
        if cleaned.get("term") != "day":
            if until is not None:
                self.add_error("until", _("Choose “Until a day that the person names”, or leave this day empty."))
        elif until is None:
            self.add_error("until", _("Write the day that the person named."))
        elif not talk <= until <= talk + CONSENT_YEARS:
            latest = day(talk + CONSENT_YEARS, form="year")
            between = _("Write a day from the day of this talk to %(day)s: a yes holds for a year at the most.")
            self.add_error("until", between % {"day": latest})

    def _talk(self) -> date:
        """The day of the talk in the office."""
        return timezone.localdate(self.cleaned_data.get("occurred_at") or timezone.now())

    def last_day(self) -> date | None:
        """The last day of the yes as it was answered; None for a year."""
        term = self.cleaned_data.get("term")
        if term == "before":
            return self.ended_sooner
        if term == "day":
            return self.cleaned_data["until"]  # type: ignore[no-any-return]
        return later(self._talk(), TERMS[term]) if term in TERMS else None

    def _refused(self) -> list[str]:
        return [scope for scope in (*CORE_SCOPES, *OTHER_SCOPES) if self.cleaned_data.get(f"scope_{scope}") is False]

    def _end(self) -> date | None:
        """The last day that was named, unless the page is to be shown again."""
        return self.last_day() if not {"term", "until"} & set(self.errors) else None

    def withdrawals(self) -> list[Withdrawal]:
        """What was answered no, who must not know and the sooner end, for each child that was ticked and for whom it is
        new."""
        envelope, refused, named, end = self.envelope(ACCOUNT), self._refused(), self.named_now(), self.last_day()
        found = []
        for given in self.chosen():
            said: dict[str, Any] = {
                "scopes": tuple(scope for scope in refused if given.scopes.get(scope)),
                "not_to": tuple(pk for pk in named if pk not in given.not_to),
                "until": end if end is not None and end < given.expires_on else None,
            }
            if any(said.values()):
                found.append(self.taken_back(envelope, given, **said))
        return found

    def command(self, person: Person, notice: Notice) -> ConsentGiven:
        """What was answered, as a command."""
        told = self.cleaned_data
        answers = {scope: told[f"scope_{scope}"] for scope in (*CORE_SCOPES, *OTHER_SCOPES)}
        # A no is kept because it must be heeded and shown, not because the person agreed to anything.
        agreed = any(answers.values()) and told.get("child_agrees") is not False
        return ConsentGiven(
            **self.envelope("consent" if agreed else ACCOUNT, id=person.pk),
            given_by=told.get("given_by", "individual"),
            mode=told["mode"],
            language=notice.language,
            interpreter_mode=told["interpreter_mode"],
            notice_version=notice.version,
            information=tuple(told["information"]),
            scopes={scope: said for scope, said in answers.items() if said is not None},
            certified=told["certified"],
            child_agrees=told.get("child_agrees"),
            seen=self.cleaned_data["seen"],
            until=self.last_day(),
            not_to=tuple(map(UUID, told["not_to"])) if "not_to" in told else None,
            detail={name: told[name] for name in ("interpreter", "adult", "evidence") if told.get(name)},
        )


def _met(message: Any, standard: str) -> SafeString:
    """What is missing, in words, with the standard that asks for it."""
    return format_html('{} <bdi class="std">{}</bdi>', message, standard)


class WithdrawForm(CaregiverForm):
    """What is taken back, purpose by purpose or everything, and for which children too. Nothing is chosen beforehand."""

    purposes = SometimesBoxesField(label=_("What the person takes back"))
    not_to = forms.MultipleChoiceField(
        label=_("Organisations that must not know any more"),
        help_text=_(
            "All other answers stay. The organisation is told nothing any more, unless life is in danger, and not that it"
            " was named."
        ),
        widget=Boxes,
        required=False,
    )
    field_order = ("purposes", "not_to", "children")

    def __init__(
        self,
        *args: Any,
        scopes: Sequence[str],
        organisations: Sequence[Organisation],
        children: Sequence[tuple[Person, Consent]],
        **kwargs: Any,
    ) -> None:
        """`scopes`: those allowed today; `organisations`: who is not named yet; `children`: whose consent may be taken back
        along with this one."""
        super().__init__(*args, **kwargs)
        self.offer("purposes", [*((scope, label_of("consent_scope", scope)) for scope in scopes), EVERYTHING])
        self.offer_organisations(organisations, ())
        self.offer_children(children)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("purposes") and not cleaned.get("not_to") and not self.errors:
            self.add_error("purposes", _("Tick what the person takes back, “Everything”, or an organisation."))
        return cleaned

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes taken back; none when it is everything, or only organisations are named."""
        chosen = self.cleaned_data["purposes"]
        return () if EVERYTHING[0] in chosen else tuple(chosen)

    def commands(self, consent: Consent) -> list[Withdrawal]:
        """One withdrawal for the person, one for each child chosen."""
        envelope = self.envelope(ACCOUNT)
        first = Withdrawal(**envelope, id=consent.pk, version=consent.version, **self._taken(consent))
        return [first, *(self.taken_back(envelope, given, **self._taken(given)) for given in self.chosen())]

    def _taken(self, given: Consent) -> dict[str, Any]:
        named, everything = self.named_now(), EVERYTHING[0] in self.cleaned_data["purposes"]
        # Beside a name “everything” must be said purpose by purpose.
        return {"scopes": tuple(given.scopes) if named and everything else self.scopes, "not_to": named}


def _by_code(child: Person) -> str:
    return f"{child.code} · {label_of('age_band', child.age_band)}"
