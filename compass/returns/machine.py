"""The steps of a return as data: from which states, to which state, by whose rule, what must hold first.

Source: return-and-reintegration.md 2.2 (states), 2.7 (rules R-...). A guard names its rule; a refusal shows that name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compass.cases.models import Handover
from compass.people.models import Person
from compass.problems import BestInterestsFirst, StandardNotMet, UnknownCode, WrongState
from compass.returns.blocks import Stop
from compass.returns.models import (
    Counselling,
    Declaration,
    Eligibility,
    FreeChoice,
    Journey,
    Preparation,
    Return,
)
from compass.ui.words import day
from compass.vocabulary import code_list, label_of

BEFORE_TRAVEL = ("enquiry", "counselling", "application", "eligibility_review", "pre_return", "ready_to_travel")
OPEN = (*BEFORE_TRAVEL, "suspended", "in_travel", "arrived", "reintegration", "monitoring")
#: Criteria that not everyone meets with: who has no permit or procedure has none to end; where no authority is asked,
#: none can object (the criteria are those of one country, 2.8).
MAY_NOT_APPLY = frozenset(c.value for c in code_list("eligibility_criterion") if c.extra.get("may_not_apply"))
#: Criteria that no one may waive: safety of the area of return (R-SAF-1).
NEVER_WAIVED = frozenset({"return_area_open"})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is on record in the present round of one return, on a day. `blocks`: what must happen first, per child;
    `told`: each topic of information with the day it was first told; `recordable`: who agreed to be recorded;
    `received`: an office at home has taken the people over, or there is none; `offer`: that waits for its answer;
    `journey`: the departure that the office records which handed them over."""

    avr: Return
    people: Sequence[Person]
    today: date
    counselling: Counselling | None = None
    told: Mapping[str, datetime] = field(default_factory=dict)
    declarations: Mapping[UUID, Declaration] = field(default_factory=dict)
    free_choice: FreeChoice | None = None
    eligibility: Mapping[str, Eligibility] = field(default_factory=dict)
    preparation: Preparation | None = None
    consented: frozenset[UUID] = frozenset()
    recordable: frozenset[UUID] = frozenset()
    received: bool = True
    offer: Handover | None = None
    journey: Journey | None = None
    blocks: Mapping[UUID, Sequence[Stop]] = field(default_factory=dict)
    took_part: frozenset[UUID] = frozenset()

    @property
    def left_elsewhere(self) -> bool:
        """They left, as the office recorded which saw them off."""
        return self.avr.state == "ready_to_travel" and self.journey is not None and self.journey.status == "left"

    @property
    def halted(self) -> list[Person]:
        """The children for whom the return itself is stopped: those without a parent whose procedure is open."""
        return [p for p in self.people if any(stop.halts for stop in self.blocks.get(p.pk, ()))]

    @property
    def unchecked(self) -> list[Person]:
        """The children who travel with a parent and whose shorter steps are open: the work goes on meanwhile."""
        return [p for p in self.people if self.blocks.get(p.pk) and p not in self.halted]

    @property
    def children(self) -> list[Person]:
        return [p for p in self.people if p.is_child]

    @property
    def declaring(self) -> list[Person]:
        """Who declares."""
        return declaring(self.people, self.avr.person_id)


@dataclass(frozen=True)
class Guard:
    """`rule` and what it asks, in words; `holds` looks at the facts, `names` says what exactly is missing.

    `missing`: what that is for the facts it was asked about; two guards are the same whatever is missing.
    """

    rule: str
    asks: str | Promise
    holds: Callable[[Facts], bool] = field(compare=False)
    names: Callable[[Facts], list[str]] = field(default=lambda facts: [], compare=False)
    missing: tuple[str, ...] = field(default=(), compare=False)

    @property
    def words(self) -> str:
        """What it asks and what is missing, with its identifier behind."""
        asks = str(self.asks).rstrip(".")
        if self.missing:
            asks = gettext("%(rule)s. Now: %(missing)s") % {"rule": asks, "missing": "; ".join(self.missing)}
        return f"{asks} ({self.rule})"


def _untold(facts: Facts) -> list[str]:
    topics = code_list("return_information_topic")
    return [gettext("not told yet: %(topic)s") % {"topic": t.label} for t in topics if t.value not in facts.told]


def _not_yet(people: Iterable[Person]) -> list[str]:
    return [gettext("%(code)s: not yet") % {"code": p.code} for p in people]


def _undeclared(facts: Facts) -> list[str]:
    made = facts.declarations
    return _not_yet(p for p in facts.declaring if p.pk not in made or made[p.pk].valid_until < facts.today)


def _without_consent(facts: Facts) -> list[str]:
    return _not_yet(p for p in facts.declaring if p.pk not in facts.consented)


def _free(facts: Facts) -> bool:
    return facts.free_choice is not None and facts.free_choice.no_pressure and facts.free_choice.informed


def _not_free(facts: Facts) -> list[str]:
    check = facts.free_choice
    if check is None:
        return [gettext("not checked yet")]
    found = [] if check.no_pressure else [gettext("pressure was found")]
    return found if check.informed else [*found, gettext("the information was not sufficient")]


def _capable(facts: Facts) -> bool:
    check = facts.free_choice
    return check is not None and (not check.capacity_doubted or check.capacity_assessed is True)


def _detention(facts: Facts) -> bool:
    check = facts.free_choice
    return check is not None and (
        not check.detained or (check.independent_counsel is True and check.private_talk is True)
    )


def _guardian(facts: Facts) -> bool:
    said = [s for made in facts.declarations.values() for s in made.statements]
    return not facts.children or "guardian_signs" in said


def settled(criterion: str, answer: str) -> bool:
    """Whether this answer lets a return go on: fulfilled, waived where that may be, or without meaning for this person."""
    if answer == "waived":
        return criterion not in NEVER_WAIVED
    return answer == "pass" or (answer == "n_a" and criterion in MAY_NOT_APPLY)


def _ineligible(facts: Facts) -> list[str]:
    found = []
    for criterion in code_list("eligibility_criterion"):
        row = facts.eligibility.get(criterion.value)
        answer = row.answer if row else "pending"
        if not settled(criterion.value, answer):
            said = {"criterion": criterion.label, "answer": label_of("eligibility_answer", answer)}
            found.append(gettext("“%(criterion)s”: %(answer)s") % said)
    return found


def _unmet_criteria(facts: Facts) -> list[str]:
    """Each criterion that is not fulfilled; none by name as long as nobody has checked any."""
    return _ineligible(facts) if facts.eligibility else []


def _stopped(facts: Facts) -> list[str]:
    return _not_yet(p for p in facts.people if facts.blocks.get(p.pk))


def _leaves_on(facts: Facts, ready: Preparation) -> date:
    """The day the document must be valid: as planned, or later when nobody has left by then."""
    return max(ready.travel_on, facts.today) if facts.avr.state == "ready_to_travel" else ready.travel_on


def _document(facts: Facts) -> bool:
    ready = facts.preparation
    return ready is not None and ready.document_valid_until >= _leaves_on(facts, ready)


def _outdated(facts: Facts) -> list[str]:
    ready = facts.preparation
    if ready is None:
        return []
    days = {"until": day(ready.document_valid_until), "travel": day(_leaves_on(facts, ready))}
    return [gettext("valid until %(until)s, travel on %(travel)s") % days]


def _fit(facts: Facts) -> bool:
    ready = facts.preparation
    return ready is not None and bool(code_list("medical_outcome").require(ready.medical_outcome).extra["may_travel"])


def _unfit(facts: Facts) -> list[str]:
    return [label_of("medical_outcome", facts.preparation.medical_outcome)] if facts.preparation else []


def _not_received(facts: Facts) -> list[str]:
    if facts.received:
        return []
    if facts.offer is None:
        return [gettext("the handover has not been offered yet")]
    return [gettext("offered on %(day)s, not accepted yet") % {"day": day(facts.offer.offered_at)}]


def _told(facts: Facts) -> bool:
    return facts.preparation is not None and facts.preparation.receiving_told_on is not None


def _asks(rule: str, asks: str | Promise, names: Callable[[Facts], list[str]]) -> Guard:
    """A guard that holds when it has nothing to name."""
    return Guard(rule, asks, lambda facts: not names(facts), names)


INFORMED = _asks(
    "R-INF-1", _("Every topic of neutral information was told, asylum and protection among them."), _untold
)
CONSENT = _asks(
    "R-CON-1", _("Each adult agreed to the use of their data, apart from agreeing to the service."), _without_consent
)
DECLARED = _asks(
    "R-VOL-1", _("Each adult made a declaration in a language they understand, at most 90 days ago."), _undeclared
)
FREE = Guard("R-VOL-2", _("The counsellor found no pressure and sufficient information."), _free, _not_free)
CAPABLE = Guard("R-VOL-3", _("Where capacity to decide is doubted, a professional has assessed it."), _capable)
DETENTION = Guard("R-VOL-6", _("Whoever is detained had independent counselling and a private talk."), _detention)
GUARDIAN = Guard("R-CHI-4", _("For each child the parent or legal guardian agreed."), _guardian)
CHILD = _asks("R-CHI-1", _("For each child the best-interests procedure allows the return."), _stopped)
ELIGIBLE = Guard(
    "R-ELI-1",
    _("Every criterion of eligibility that applies is fulfilled, with evidence and date."),
    lambda facts: not _ineligible(facts),
    _unmet_criteria,
)
DOCUMENT = Guard("R-DOC-1", _("The travel document is valid on the day of travel."), _document, _outdated)
FIT = Guard("R-MED-1", _("A health professional found the travellers fit to travel."), _fit, _unfit)
NOTIFIED = Guard("R-NOT-1", _("The receiving office was told before departure."), _told)
RECEIVED = _asks("R-NOT-1", _("The office at home accepted the handover before departure."), _not_received)
#: What is asked of the day on which they left, also when that is recorded later.
BY_THE_DAY = (CONSENT, DECLARED)


def reasons(list_id: str) -> list[tuple[str, str]]:
    """What may be said as the reason of a step, with its label: that they left is none for staying."""
    codes = code_list(list_id)
    return [row for row in codes.choices() if not codes.require(row[0]).extra.get("left")]


def reason(list_id: str, value: str) -> str:
    """The value, when it may be the reason of a step. Raises UnknownCode."""
    if value not in dict(reasons(list_id)):
        raise UnknownCode(value=value[:40], list=list_id)
    return value


#: How the question was put on the day of departure (R-VOL-4).
METHODS = ("in_person_alone", "in_person_interpreter", "phone_interpreter")
#: The legal basis on which whoever is on the way is received when consent no longer holds.
DUTY_OF_CARE = "vital_interest"


@dataclass(frozen=True)
class Transition:
    """`title`: what happened, in words; `guards` must hold when it runs; `reasons`: the code list of its reason, if any."""

    name: str
    title: str | Promise
    sources: tuple[str, ...]
    target: str
    rule: str
    guards: tuple[Guard, ...] = ()
    reasons: str = ""


_VOLUNTARY = (DECLARED, FREE, CAPABLE, DETENTION, GUARDIAN)
TRANSITIONS: dict[str, Transition] = {
    t.name: t
    for t in (
        Transition(
            "counsel",
            _("Counselling recorded"),
            ("enquiry", "counselling"),
            "counselling",
            "returns.counsel",
            (CONSENT,),
        ),
        Transition(
            "declare",
            _("Declaration made"),
            ("counselling", "application"),
            "application",
            "returns.counsel",
            (INFORMED, CONSENT),
        ),
        Transition(
            "check",
            _("Free choice checked"),
            ("application",),
            "application",
            "returns.counsel",
            (CONSENT, DECLARED, GUARDIAN),
        ),
        Transition(
            "submit",
            _("Put forward for a decision"),
            ("application",),
            "eligibility_review",
            "returns.counsel",
            (INFORMED, CONSENT, *_VOLUNTARY),
        ),
        Transition(
            "assess",
            _("Eligibility checked"),
            ("eligibility_review",),
            "eligibility_review",
            "returns.assess",
            (CONSENT,),
        ),
        Transition(
            "approve",
            _("Approved by a second person"),
            ("eligibility_review",),
            "pre_return",
            "returns.approve",
            (CHILD, INFORMED, CONSENT, *_VOLUNTARY, ELIGIBLE),
        ),
        Transition(
            "refuse",
            _("Found not eligible"),
            ("eligibility_review",),
            "not_eligible",
            "returns.approve",
            reasons="eligibility_criterion",
        ),
        Transition(
            "send_back",
            _("Sent back to the counsellor"),
            ("eligibility_review",),
            "application",
            "returns.approve",
        ),
        Transition(
            "prepare",
            _("Journey prepared"),
            ("pre_return", "ready_to_travel"),
            "pre_return",
            "returns.move",
            (CONSENT,),
        ),
        Transition(
            "ready",
            _("Ready to travel"),
            ("pre_return",),
            "ready_to_travel",
            "returns.move",
            (CONSENT, DECLARED, DOCUMENT, FIT, NOTIFIED),
        ),
        Transition(
            "depart",
            _("Departed, after a last yes"),
            ("ready_to_travel",),
            "in_travel",
            "returns.move",
            (CHILD, CONSENT, DECLARED, DOCUMENT, FIT, NOTIFIED, RECEIVED),
        ),
        Transition(
            "miss", _("Did not leave"), ("ready_to_travel",), "no_show", "returns.move", reasons="departure_outcome"
        ),
        Transition(
            "take_back",
            _("Departure taken back: it was recorded by mistake"),
            ("in_travel",),
            "ready_to_travel",
            "returns.move",
            reasons="departure_mistake",
        ),
        Transition("arrive", _("Arrived"), ("in_travel",), "arrived", "returns.receive"),
        Transition("reintegrate", _("Reintegration began"), ("arrived",), "reintegration", "returns.receive"),
        Transition("monitor", _("Monitoring began"), ("reintegration",), "monitoring", "returns.receive"),
        Transition("close", _("Return file closed"), ("reintegration", "monitoring"), "closed", "returns.receive"),
        Transition(
            "withdraw",
            _("Withdrawn by the person, without penalty"),
            (*BEFORE_TRAVEL, "suspended"),
            "withdrawn",
            "returns.withdraw",
            reasons="return_withdrawal_reason",
        ),
        Transition(
            "suspend",
            _("Put on hold"),
            BEFORE_TRAVEL,
            "suspended",
            "returns.suspend",
            reasons="return_suspension_reason",
        ),
        Transition(
            "resume",
            _("Back to counselling"),
            ("withdrawn", "no_show", "suspended"),
            "counselling",
            "returns.counsel",
            (CONSENT,),
        ),
    )
}


def declaring(people: Iterable[Person], principal: UUID) -> list[Person]:
    """Who decides: every adult, and a principal who is a child (the guardian signs)."""
    return [p for p in people if not p.is_child or p.pk == principal]


def unagreed(group: Iterable[Person], principal: UUID, consented: Collection[UUID]) -> StandardNotMet | None:
    """The refusal of a return that not everyone who decides agreed to (R-CON-1); None when they did."""
    missing = _not_yet(p for p in declaring(group, principal) if p.pk not in consented)
    return StandardNotMet(standards=replace(CONSENT, missing=tuple(missing)).words) if missing else None


def answered(answers: Iterable[Eligibility]) -> bool:
    """Whether every criterion has an answer that is not "pending": then someone else decides."""
    given = {row.criterion for row in answers if row.answer != "pending"}
    return set(code_list("eligibility_criterion").values) <= given


def unmet(name: str, facts: Facts) -> list[Guard]:
    """The guards of a transition that do not hold, each with what is missing."""
    return [
        replace(guard, missing=tuple(guard.names(facts)))
        for guard in TRANSITIONS[name].guards
        if not guard.holds(facts)
    ]


def require(name: str, facts: Facts) -> Transition:
    """The transition, when it may run. Raises WrongState, BestInterestsFirst, or StandardNotMet with the rules in words."""
    transition = TRANSITIONS[name]
    if not may(name, facts.avr, facts):
        raise WrongState
    open_guards = unmet(name, facts)
    if CHILD in open_guards:
        raise BestInterestsFirst
    if open_guards:
        raise StandardNotMet(standards="; ".join(guard.words for guard in open_guards))
    return transition


def may(name: str, avr: Return, facts: Facts | None = None) -> bool:
    """Whether the state allows it, before any guard is looked at; with `facts` also who sees the people off."""
    if facts is not None and facts.journey is not None and avr.state == "ready_to_travel":
        if name == "depart":
            return False
        if facts.left_elsewhere:
            return name == "arrive"
    return avr.state in TRANSITIONS[name].sources
