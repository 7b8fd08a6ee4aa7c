"""Forms of the cycle. Nothing is chosen beforehand; texts are sealed by the actions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.cases import screening
from compass.cases.actions.plan import ActionPlanned, GoalSaid
from compass.cases.offered import for_needs, services
from compass.cases.standards import get
from compass.ui.days import PastDay, PlannedDay
from compass.ui.forms import (
    BaseForm,
    HouseMixin,
    SearchForm,
    SeenField,
    VersionField,
    YesNoField,
    choose,
    fit,
    words,
)
from compass.ui.widgets import Boxes, Radios, YesNo
from compass.vocabulary import code_list, label_of

Choices = list[tuple[str, Any]]


def listed(list_id: str, *only: str) -> Choices:
    """The codes of a list as choices, all or some of them."""
    return [choice for choice in code_list(list_id).choices() if not only or choice[0] in only]


def picked(list_id: str, *only: str) -> Choices:
    return choose(listed(list_id, *only))


def text(label: Any, *, rows: int = 4, required: bool = True, hint: Any = "") -> forms.CharField:
    """A story; longer than other texts."""
    return words(label, rows=rows, most=8000, required=required, help_text=hint)


def dress(form: HouseMixin) -> None:
    """Give fields that were added after the form was made the widgets of the house."""
    for field in form.fields.values():
        fit(field)


WHY: Choices = [
    ("contact", _("To prepare a contact or a visit")),
    ("plan", _("To make, explain or carry out the plan")),
    ("decide", _("To decide on it as a second person")),
    ("asked", _("The person asked me to check it")),
]


class KeptForm(BaseForm):
    """A form over a record that a colleague may save meanwhile. It carries the version that was on the screen or, where each
    saving adds a record, which one was the newest.

    `masked`: sealed words of the colleague's version wait for a reason, one of `whys`.
    """

    masked = False
    whys = WHY
    #: The fields that other answers or the record may demand; they are not called optional.
    sometimes: Collection[str] = ()

    version = VersionField()
    seen = SeenField()

    @property
    def opened_for(self) -> str:
        """The reason given for opening what a colleague sealed; empty when there is none."""
        given = str(self.data.get("opened_for", ""))
        return given if given in dict(WHY) else ""

    def mark(self) -> dict[str, Any]:
        """The version, for the command."""
        return {"version": self.cleaned_data["version"]}

    def mark_newest(self) -> dict[str, Any]:
        """The newest record on the page, for the command."""
        return {"seen": self.cleaned_data["seen"]}


class FilterForm(SearchForm):
    """What the work list may be narrowed to."""

    risk = forms.ChoiceField(label=_("Risk"), required=False)
    standard = forms.ChoiceField(label=_("Standard"), required=False)

    def __init__(self, *args: Any, standards: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("risk", [("", _("Any")), *listed("risk_level")])
        self.offer("standard", [("", _("Any")), *((one, f"{get(one).what} ({one})") for one in standards)])


class CodeForm(SearchForm):
    """A case by its code or the code of the person."""

    code = forms.CharField(label=_("Code of the case or of the person"), required=False, max_length=200)


class ScreeningForm(BaseForm):
    """One step of the screening, in words that fit the age; what earlier steps answered travels along hidden."""

    def __init__(
        self, *args: Any, step: int, child: bool, age_band: str = "", sex: str = "",
        known: Mapping[str, bool] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.step, self.known = step, dict(known or {})
        super().__init__(*args, **kwargs)
        routing = screening.routing(age_band, child=child, known=known)
        for at, questions in enumerate((screening.URGENT, routing), start=1):
            for question in questions if at <= step else ():
                widget: forms.Widget = forms.HiddenInput() if at < step else YesNo()
                field = YesNoField(label=question.text, help_text=question.hint, widget=widget)
                self.fields[question.code] = field
        if step >= 2:
            boxes: forms.Widget = Boxes() if step == 2 else forms.MultipleHiddenInput()
            self.fields["triggers"] = forms.MultipleChoiceField(
                label=_("Does one of these hold now?"),
                required=False,
                choices=listed("high_risk_trigger", *screening.triggers(age_band, sex)),
                widget=boxes,
                help_text=_("Any one makes the risk high until a supervisor lowers it. Leave all empty if none holds."),
            )
        if step >= 3:
            self.fields["added"] = forms.MultipleChoiceField(
                label=_("Does the person need more than that?"),
                required=False,
                choices=[one for one in listed("screening_result") if one[0] in screening.CASE_RESULTS],
                widget=Boxes(),
                help_text=_("You may add care to the result, never take it away."),
            )
            self.fields["risk_level"] = forms.ChoiceField(
                label=_("Raise the risk to"),
                required=False,
                choices=[("", _("As computed")), *listed("risk_level", "medium", "high")],
            )
            self.fields["note"] = text(
                _("What you saw and heard"),
                rows=3,
                required=False,
                hint=_("Sealed. Only what the next colleague needs."),
            )
        dress(self)

    def answers(self) -> dict[str, bool]:
        """{code of a question: yes}, what the record answered among them once all was asked."""
        said = {q.code: self.cleaned_data[q.code] for q in screening.QUESTIONS if q.code in self.cleaned_data}
        return said | (self.known if self.step > 1 else {})


class RiskForm(KeptForm):
    sometimes = ("reason",)

    level = forms.ChoiceField(
        label=_("Risk level"), widget=Radios, choices=listed("risk_level", "high", "medium", "low")
    )
    reason = text(_("Why"), rows=3, required=False, hint=_("Needed when the risk goes down. Sealed."))


#: The areas of need as they are talked about, so that a phone shows one group at a time.
AREAS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Safety and protection"), ("safety_security", "child_protection_care", "gbv_response", "detention_release")),
    (_("Shelter, food and daily life"), ("shelter_accommodation", "food_nutrition", "nfi_clothing", "wash",
                                         "financial_cash", "transport")),
    (_("Health"), ("health_physical", "health_sexual_reproductive", "mental_health_psychosocial",
                   "disability_support")),
    (_("Papers, status and justice"), ("identity_documentation", "legal_status_asylum", "legal_justice_remedy")),
    (_("Family, information, the way on"), ("family_links", "communication_information", "education",
                                            "skills_employment_livelihood", "return_reintegration_or_other_solution")),
)  # fmt: skip


class AssessmentForm(KeptForm):
    """Needs by domain, factors, judgement, story."""

    FACTORS = 4

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.domains = [f"need_{code.value}" for code in code_list("need_domain")]
        for code in code_list("need_domain"):
            choices = [("", _("Not asked yet")), *listed("need_level")]
            self.fields[f"need_{code.value}"] = forms.ChoiceField(
                label=code.lazy_label, required=False, choices=choices
            )
        self.rows = [(f"factor_{n}", f"direction_{n}", f"severity_{n}") for n in range(1, self.FACTORS + 1)]
        for factor, direction, severity in self.rows:
            self.fields[factor] = forms.ChoiceField(
                label=_("Factor"), required=False, choices=picked("assessment_factor")
            )
            self.fields[direction] = forms.ChoiceField(
                label=_("Does it protect or put at risk?"), required=False, choices=picked("factor_direction")
            )
            self.fields[severity] = forms.ChoiceField(
                label=_("How strongly"), required=False, choices=picked("factor_severity")
            )
        # At least one need; of a factor that is named, both.
        self.sometimes = [*self.domains, *(name for _factor, *both in self.rows for name in both)]
        determination = listed("vea_determination")
        self.fields["vulnerable"] = forms.ChoiceField(
            label=_("Vulnerable to violence, exploitation or abuse?"),
            widget=Radios,
            choices=determination,
            help_text=_("Your judgement. No score is computed; a second person reads it."),
        )
        self.fields["experienced"] = forms.ChoiceField(
            label=_("Lived through violence, exploitation or abuse?"), widget=Radios, choices=determination
        )
        self.fields["narrative"] = text(
            _("What she or he told, and what you saw"),
            rows=8,
            required=False,
            hint=_("Sealed under this person’s key. Not needed to go on."),
        )
        dress(self)

    def areas(self) -> list[dict[str, Any]]:
        """The fields of need by group, each with how many are answered; the first is open, and any with an error."""
        listed_already = {domain for _label, domains in AREAS for domain in domains}
        rest = tuple(name.removeprefix("need_") for name in self.domains if name[5:] not in listed_already)
        made: list[dict[str, Any]] = []
        for label, domains in (*AREAS[:-1], (AREAS[-1][0], AREAS[-1][1] + rest)):
            fields = [self[f"need_{domain}"] for domain in domains]
            said = sum(bool(field.value()) for field in fields)
            wrong = any(field.errors for field in fields)
            made.append({"label": label, "fields": fields, "said": said, "open": not made or wrong})
        return made

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.needs():
            self.add_error(self.domains[0], _("Say for at least one domain whether there is a need."))
        for factor, direction, severity in self.rows:
            if data.get(factor) and not (data.get(direction) and data.get(severity)):
                self.add_error(
                    direction, _("Say for this factor whether it protects or puts at risk, and how strongly.")
                )
        return data

    def needs(self) -> dict[str, str]:
        return {n.removeprefix("need_"): self.cleaned_data[n] for n in self.domains if self.cleaned_data.get(n)}

    def factors(self) -> list[dict[str, str]]:
        data = self.cleaned_data
        return [
            {"code": data[factor], "direction": data[direction], "severity": data[severity]}
            for factor, direction, severity in self.rows
            if data.get(factor)
        ]


ANSWERS: Choices = [
    ("goal", _("A goal, below")),
    ("refused", _("The person does not want help with this now")),
    ("gap", _("There is no service for this here")),
]


#: The longest a goal looks ahead, provisional: no source names one.
GOAL_AHEAD = timedelta(days=3 * 366)


class PlanForm(KeptForm):
    """One block for each severe need, which must be answered, and one free block."""

    def __init__(self, *args: Any, severe: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.severe = list(severe)
        self.blocks: list[str] = [f"g{n}" for n in range(1, len(self.severe) + 2)]
        for n, block in enumerate(self.blocks):
            if n < len(self.severe):
                self.fields[f"{block}_answer"] = forms.ChoiceField(
                    label=_("What answers this need?"), widget=Radios, choices=ANSWERS
                )
            else:
                self.fields[f"{block}_domain"] = forms.ChoiceField(
                    label=_("Area of the goal"), required=False, choices=picked("need_domain")
                )
            self.fields[f"{block}_statement"] = text(
                _("The goal, in the person’s own words"), rows=2, required=False, hint=_("Sealed.")
            )
            self.fields[f"{block}_target"] = PlannedDay(label=_("To be reached by"), ahead=GOAL_AHEAD, required=False)
            needs = self.severe[n : n + 1]
            likely = [(label_of("need_domain", need), for_needs([need])) for need in needs]
            for step in (1, 2):
                self.fields[f"{block}_service_{step}"] = forms.ChoiceField(
                    label=_("Step"), required=False, choices=services(*likely)
                )
                self.fields[f"{block}_who_{step}"] = forms.ChoiceField(
                    label=_("Who does it"), required=False, choices=picked("action_responsible")
                )
        blocks = [(name, field) for name, field in self.fields.items() if name.startswith("g")]
        self.sometimes = [name for name, field in blocks if not field.required and not name.endswith("service_2")]
        dress(self)

    def groups(self) -> list[dict[str, Any]]:
        """For the page: each block with its need and its fields."""
        return [
            {
                "need": self.severe[n] if n < len(self.severe) else "",
                "fields": [
                    self[name] for name in self.fields if name.startswith(f"{block}_") and not name.endswith("_2")
                ],
                "more": [self[f"{block}_service_2"], self[f"{block}_who_2"]],
            }
            for n, block in enumerate(self.blocks)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n, block in enumerate(self.blocks):
            if not self._wanted(n, block):
                continue
            goal = {"goal": label_of("need_domain", self._domain(n, block))}
            if not data.get(f"{block}_statement"):
                self.add_error(f"{block}_statement", _("%(goal)s: write the goal in the person’s own words.") % goal)
            if not data.get(f"{block}_target") and f"{block}_target" not in self.errors:
                self.add_error(f"{block}_target", _("%(goal)s: say by when it should be reached.") % goal)
            if not data.get(f"{block}_service_1"):
                self.add_error(f"{block}_service_1", _("%(goal)s: choose at least one step.") % goal)
            for step in (1, 2):
                if data.get(f"{block}_service_{step}") and not data.get(f"{block}_who_{step}"):
                    self.add_error(f"{block}_who_{step}", _("%(goal)s: say who does this step.") % goal)
        if not self.errors and not self.goals():
            self.add_error(f"{self.blocks[-1]}_domain", _("A plan needs at least one goal."))
        return data

    def _wanted(self, n: int, block: str) -> bool:
        chosen = "answer" if n < len(self.severe) else "domain"
        value = self.cleaned_data.get(f"{block}_{chosen}")
        return value == "goal" if chosen == "answer" else bool(value)

    def _domain(self, n: int, block: str) -> str:
        return self.severe[n] if n < len(self.severe) else str(self.cleaned_data[f"{block}_domain"])

    def goals(self) -> tuple[GoalSaid, ...]:
        data = self.cleaned_data
        made = []
        for n, block in enumerate(self.blocks):
            if not self._wanted(n, block):
                continue
            target: date = data[f"{block}_target"]
            steps = tuple(
                ActionPlanned(data[f"{block}_service_{step}"], data[f"{block}_who_{step}"], target)
                for step in (1, 2)
                if data.get(f"{block}_service_{step}")
            )
            domain = self._domain(n, block)
            made.append(GoalSaid(domain, data[f"{block}_statement"], target, steps))
        return tuple(made)

    def label_of(self, name: str) -> str:
        """A field's label with the need it belongs to."""
        n = int(name[1 : name.index("_")]) - 1
        label = str(self.fields[name].label)
        return f"{label_of('need_domain', self.severe[n])}: {label}" if n < len(self.severe) else label

    def fields_of(
        self, goals: Iterable[tuple[str, Any, date, list[tuple[str, str]]]], unanswered: Mapping[str, str]
    ) -> dict[str, Any]:
        """A saved plan as the answers of this form: goals as (domain, statement, day, [(service, who)])."""
        found: dict[str, Any] = {}
        free = self.blocks[-1]
        for domain, answer in unanswered.items():
            if domain in self.severe:
                found[f"{self.blocks[self.severe.index(domain)]}_answer"] = answer
        for domain, statement, day, steps in goals:
            severe = domain in self.severe
            block = self.blocks[self.severe.index(domain)] if severe else free
            found[f"{block}_answer" if severe else f"{block}_domain"] = "goal" if severe else domain
            found |= {f"{block}_statement": statement, f"{block}_target": day}
            for at, (service, who) in enumerate(steps[:2], start=1):
                found |= {f"{block}_service_{at}": service, f"{block}_who_{at}": who}
        return found

    def unanswered(self) -> dict[str, str]:
        answers = {domain: self.cleaned_data[f"g{n}_answer"] for n, domain in enumerate(self.severe, start=1)}
        return {domain: answer for domain, answer in answers.items() if answer != "goal"}


AGREED = [
    ("spoken", _("The person agreed in words; I read the plan aloud in her or his language")),
    ("signed", _("The person signed or put a thumbprint")),
]
AGREED_FOR_A_CHILD = [("guardian", _("The child was heard and the guardian agreed"))]


class AgreementForm(KeptForm):
    """`child`: whether the plan is a child's, to which the guardian agrees (CM-14); an adult agrees alone."""

    how = forms.ChoiceField(label=_("How was the plan agreed?"), widget=Radios)

    def __init__(self, *args: Any, child: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("how", AGREED_FOR_A_CHILD if child else AGREED)


class ActionForm(KeptForm):
    sometimes = ("note",)

    delivered = YesNoField(label=_("Was this step done?"), yes=_("Yes, done"), no=_("No, it will not be done"))
    done_on = PastDay(label=_("On which day?"))
    note = text(_("Remark"), rows=3, required=False, hint=_("Needed when the step will not be done. Sealed."))


class DecisionForm(KeptForm):
    sometimes = ("remark",)

    approve = YesNoField(label=_("Your decision"), yes=_("Approve"), no=_("Send back"))
    remark = text(_("Remark"), rows=3, required=False, hint=_("Needed when you send it back. Sealed."))


class ReasonForm(BaseForm):
    reason = text(_("Why is the case needed again?"), rows=3, hint=_("Sealed."))


class AssignForm(KeptForm):
    owner = forms.ChoiceField(label=_("Who leads this case"))

    def __init__(self, *args: Any, colleagues: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("owner", choose(colleagues))


class RevealForm(BaseForm):
    why = forms.ChoiceField(label=_("Why do you need it now?"), widget=Radios, choices=WHY)
