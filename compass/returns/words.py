"""What the pages of a return say: steps, travellers, what must happen first for a child, the route so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compass.access.policy import RULES
from compass.access.roles import ROLES
from compass.people.models import Person
from compass.problems.words import in_a_row
from compass.returns import machine
from compass.returns.blocks import Stop, stopped
from compass.returns.machine import Facts
from compass.returns.models import Eligibility, Journey, Return, Step
from compass.ui.words import day
from compass.vocabulary import code_list, label_of

#: Page name: (number, title, lead).
STEPS: dict[str, tuple[int, str | Promise, str | Promise]] = {
    "counselling": (
        1,
        gettext_lazy("Neutral counselling"),
        gettext_lazy(
            "Say what return is and what the other ways are, asylum and protection among them. Neither praise nor warn."
        ),
    ),
    "declaration": (
        2,
        gettext_lazy("Declaration"),
        gettext_lazy("Each adult declares alone, in a language they understand."),
    ),
    "free_choice": (
        3,
        gettext_lazy("Check of free choice"),
        gettext_lazy("Your own view as counsellor, after a private talk. A no stops nothing but this return."),
    ),
    "eligibility": (4, gettext_lazy("Eligibility"), gettext_lazy("Each criterion with its evidence.")),
    "decision": (
        5,
        gettext_lazy("Decision by a second person"),
        gettext_lazy("You decide on what others recorded. Read their evidence first."),
    ),
    "preparation": (
        6,
        gettext_lazy("Preparing the journey"),
        gettext_lazy("Document, fitness to travel and notice to the receiving office."),
    ),
    "departure": (7, gettext_lazy("Departure"), gettext_lazy("Ask once more, then record that they left.")),
    "arrival": (8, gettext_lazy("Arrival"), gettext_lazy("The receiving office confirms that they arrived.")),
    "missed": (
        0,
        gettext_lazy("They did not leave"),
        gettext_lazy("Record why. Nothing is held against them: counselling stays open."),
    ),
    "take_back": (
        0,
        gettext_lazy("The departure was recorded by mistake"),
        gettext_lazy("They are ready to travel as before. What was recorded stays in the file, and counts no more."),
    ),
    "withdraw": (
        0,
        gettext_lazy("The person no longer wishes to return"),
        gettext_lazy("This is possible at any time before travel. No reason is needed and no other help ends."),
    ),
    "suspend": (0, gettext_lazy("Hold this return"), gettext_lazy("For a time, with a reason. The person is told.")),
    "resume": (
        0,
        gettext_lazy("Back to counselling"),
        gettext_lazy("All is told and declared again: what was declared before no longer counts."),
    ),
}
TOTAL = 8


#: What a page says when it was saved; a decision says which it was.
SAID: dict[str, str | Promise] = {
    "counselling": gettext_lazy("The counselling is recorded."),
    "declaration": gettext_lazy("The declaration is recorded."),
    "free_choice": gettext_lazy("The check of free choice is recorded."),
    "eligibility": gettext_lazy("The answers on eligibility are recorded."),
    "approve": gettext_lazy("Your decision is recorded: the return is approved."),
    "refuse": gettext_lazy("Your decision is recorded: the return is refused."),
    "send_back": gettext_lazy("The return is back with the counsellor, with your reason."),
    "preparation": gettext_lazy("The preparation is recorded."),
    "departure": gettext_lazy("The departure is recorded."),
    "arrival": gettext_lazy("The arrival is recorded."),
    "missed": gettext_lazy("It is recorded that they did not leave."),
    "take_back": gettext_lazy("The departure is taken back: they have not left, or left otherwise."),
    "withdraw": gettext_lazy("The withdrawal is recorded. No other help ends."),
    "suspend": gettext_lazy("The return is on hold."),
    "resume": gettext_lazy("Counselling is open again."),
}


def title(name: str) -> str:
    return str(STEPS[name][1])


#: Above the arrival of someone who no longer agrees to the use of their data.
ARRIVAL_WITHOUT_CONSENT = gettext_lazy(
    "Someone on this journey no longer agrees to the use of their data. They are received all the same: the arrival is "
    "recorded to keep them safe, not on their consent. Ask them again once they are there."
)


def lead(name: str) -> str:
    return str(STEPS[name][2])


def number(name: str) -> tuple[int, int]:
    """The place of a page among the steps (0 for those outside the row) and how many there are."""
    return STEPS[name][0], TOTAL


def traveller(person: Person) -> str:
    """A traveller in words that are no name: code, sex, age."""
    parts = [person.code]
    if person.sex:
        parts.append(label_of("sex", person.sex))
    if person.age_band:
        parts.append(label_of("age_band", person.age_band))
    return " · ".join(parts)


@dataclass(frozen=True)
class Traveller:
    """Someone of the household as a return sees them: `says` where they stand, `kind` that of its chip, `stops` why not."""

    person: Person
    text: str
    says: str
    kind: str = ""
    stops: Sequence[Stop] = ()
    asked: bool = False


def look(person: Person) -> str:
    """Sex and age band, for beside a code."""
    return traveller(person).partition(" · ")[2]


def travellers(facts: Facts) -> list[Traveller]:
    """Everyone the return covers, who asked for it first; who is stopped and why."""
    found = []
    for person in sorted(facts.people, key=lambda p: p.pk != facts.avr.person_id):
        stops, kind = facts.blocks.get(person.pk, ()), ""
        if facts.avr.state not in machine.BEFORE_TRAVEL:
            stops, says = (), ""
        elif stops:
            halted = any(stop.halts for stop in stops)
            says, kind = (_("stopped for now"), "bad") if halted else (_("steps for this child are still open"), "due")
        elif made := facts.declarations.get(person.pk):
            says, kind = _("declared on %(day)s") % {"day": day(made.occurred_at)}, "good"
        elif person in facts.declaring:
            says = _("has not declared yet")
        else:
            says, kind = _("the steps for this child are done"), "good"
        found.append(Traveller(person, look(person), says, kind, stops, person.pk == facts.avr.person_id))
    return found


def left_behind(group: Sequence[Person], facts: Facts) -> list[Traveller]:
    """Those of the household whom the return does not cover; for a child who may not travel yet, why."""
    going = {p.pk for p in facts.people}
    rest = [p for p in group if p.pk not in going]
    halted = stopped([p.pk for p in rest])
    return [
        Traveller(p, look(p), _("may not travel yet") if halted.get(p.pk) else "", "bad", halted.get(p.pk, ()))
        for p in rest
    ]


_PLACES = {
    "enquiry": 1,
    "counselling": 1,
    "application": 2,
    "eligibility_review": 4,
    "pre_return": 6,
    "ready_to_travel": 7,
    "in_travel": 8,
    "arrived": 8,
    "reintegration": 8,
    "monitoring": 8,
    "closed": 8,
}


def place(avr: Return) -> tuple[int, int]:
    """Which of the steps the state stands at; 0 when the return rests."""
    return _PLACES.get(avr.state, 0), TOTAL


def criteria(facts: Facts) -> list[tuple[str, str, Eligibility | None]]:
    """Each criterion of eligibility, its answer in words and the newest answer itself, for whoever decides."""
    rows = [(each, facts.eligibility.get(each.value)) for each in code_list("eligibility_criterion")]
    return [(str(c.label), label_of("eligibility_answer", row.answer if row else "pending"), row) for c, row in rows]


@dataclass(frozen=True)
class Next:
    """The step that comes now: its title, its address, why it is this one, and the rule that says who may do it."""

    name: str
    title: str
    url: str
    lead: str
    rule: str

    @property
    def who(self) -> str:
        """The posts that may take it, in words."""
        return in_a_row(role.label for code, role in ROLES.items() if code in RULES[self.rule].roles)


def next_step(avr: Return, facts: Facts) -> Next | None:
    """The one page to go to now; None when nothing is to be done here."""
    name = _next_name(avr, facts)
    if name is None:
        return None
    where = reverse(f"returns:{name}", args=[avr.pk])
    return Next(name, title(name), where, lead(name), machine.TRANSITIONS[_ACTS[name]].rule)


_ACTS = {
    "counselling": "counsel",
    "declaration": "declare",
    "free_choice": "check",
    "eligibility": "assess",
    "decision": "approve",
    "preparation": "prepare",
    "departure": "depart",
    "arrival": "arrive",
}


def _next_name(avr: Return, facts: Facts) -> str | None:
    if avr.state in {"enquiry", "counselling"}:
        return "counselling" if machine.INFORMED in machine.unmet("declare", facts) else "declaration"
    if avr.state == "application":
        undeclared = any(p.pk not in facts.declarations for p in facts.declaring)
        return "declaration" if undeclared else "free_choice"
    if avr.state == "eligibility_review":
        return "decision" if machine.answered(facts.eligibility.values()) else "eligibility"
    if avr.state == "ready_to_travel" and facts.journey is not None:
        return "arrival" if facts.left_elsewhere else None
    return {"pre_return": "preparation", "ready_to_travel": "departure", "in_travel": "arrival"}.get(avr.state)


def step_title(step: Step) -> str:
    return str(machine.TRANSITIONS[step.transition].title)


def route(avr: Return, steps: Sequence[Step] | Any) -> list[dict[str, Any]]:
    """What happened so far, for the component `route`."""
    rows = [{"title": _("Wish to return recorded"), "note": day(avr.occurred_at)}]
    for step in steps:
        note = day(step.occurred_at)
        reasons = machine.TRANSITIONS[step.transition].reasons
        if step.reason and reasons:
            note = f"{note} · {label_of(reasons, step.reason)}"
        rows.append({"title": step_title(step), "note": note})
    return rows


def happened(journey: Journey) -> str:
    """What the office that saw them off, or did not, has recorded; empty while nothing is."""
    if journey.departed_on:
        return _("They left on %(day)s.") % {"day": day(journey.departed_on)}
    if journey.reason and journey.status != "missed" and journey.told_at:
        return _("A departure was recorded by mistake and taken back on %(day)s: %(reason)s") % {
            "day": day(journey.told_at), "reason": label_of("departure_mistake", journey.reason),
        }  # fmt: skip
    if journey.reason:
        return _("They did not leave: %(reason)s") % {"reason": label_of("departure_outcome", journey.reason)}
    return ""
