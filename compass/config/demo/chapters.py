"""The shape of the written family's story: one record for each chapter, in the order of the work."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from compass.config.demo.shapes import Names, Sex


@dataclass(frozen=True)
class Member:
    """One of the four. `age` in years on arrival; `born` is (days before arrival) when the day is known."""

    key: str
    names: Names
    sex: Sex
    age: int
    born: int | None
    age_basis: str
    nationality: str
    origin: str
    origin_area: str
    languages: tuple[str, ...]
    relation: str
    uasc: str
    phone: str
    safe_contact: str


@dataclass(frozen=True)
class Arrival:
    """The list at the gate: vital interest, nothing else asked yet."""

    country: str
    area: str
    site: str
    people: int
    language: str
    source: str
    urgent_need: str
    note: str


@dataclass(frozen=True)
class Consent:
    """What was explained and answered; `refused` are the parts she did not agree to."""

    mode: str
    language: str
    interpreter: str
    refused: tuple[str, ...]
    note: str
    guardian_request: str
    child_note: str


@dataclass(frozen=True)
class Screening:
    """Two urgent questions, then where screening leads; assessment and plan follow."""

    result: str
    risk: str
    child_result: str
    child_risk: str
    child_trigger: str
    reason: str
    child_reason: str
    assessment: str
    child_assessment: str


@dataclass(frozen=True)
class Goal:
    """A goal of the plan: domain of need, her words, and the action agreed."""

    domain: str
    statement: str
    action: str
    service: str
    days: int


@dataclass(frozen=True)
class Referral:
    """What the partner may see, and what came back. `reply` and `prescription` are the partner's."""

    service: str
    about: str
    partner: str
    reason: str
    symptoms: str
    reply: str
    prescription: str


@dataclass(frozen=True)
class Activity:
    """A group activity of the centre."""

    kind: str
    title: str
    note: str
    attended: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """Her question, neutral counselling, the check of free choice and the second person's approval."""

    question: str
    counselling: str
    alternatives: str
    reasons: str
    own_words: str
    own_words_language: str
    choice_check: str
    informed_check: str
    approval: str
    child_stop: str
    child_next: tuple[str, ...]


@dataclass(frozen=True)
class Handover:
    """From Niger to Nigeria: the open part first, the sealed part after acceptance."""

    to_country: str
    to_area: str
    stage: str
    needs: tuple[str, ...]
    open_note: str
    sealed_note: str
    go_between: str
    safe_times: str
    acceptance: str


@dataclass(frozen=True)
class Livelihood:
    """The individual action, paid in kind. `cost` in `currency`."""

    title: str
    goal: str
    expected: str
    items: tuple[tuple[str, Decimal], ...]
    currency: str
    supplier: str
    receipt: str

    @property
    def cost(self) -> Decimal:
        """What all items cost."""
        return sum((price for _, price in self.items), Decimal())


@dataclass(frozen=True)
class CommunityProject:
    """The project that neighbours chose, returnees and others together."""

    place: str
    title: str
    problem: str
    options: tuple[tuple[str, int], ...]
    decision: str
    contribution: str
    upkeep: str
    do_no_harm: str


@dataclass(frozen=True)
class ChildAtHome:
    """A child's own plan: one line, delivered on the day `day` after the arrival at the centre."""

    key: str
    goals: str
    dimension: str
    what: str
    expectation: str
    change: str
    day: int


@dataclass(frozen=True)
class Home:
    """Reception, plan, follow-up and closure in Edo."""

    reception: str
    support: tuple[str, ...]
    plan: str
    plan_goals: tuple[Goal, ...]
    stall: Livelihood
    well: CommunityProject
    children: tuple[ChildAtHome, ...]
    survey_note: str
    follow_up: str
    follow_up_code: str
    follow_up_result: str
    sales_per_week: Decimal
    closure_reason: str
    closure: str
    closure_approval: str


@dataclass(frozen=True)
class Story:
    """All of it, in order."""

    members: tuple[Member, ...]
    arrival: Arrival
    consent: Consent
    screening: Screening
    goals: tuple[Goal, ...]
    referral: Referral
    activity: Activity
    decision: Decision
    handover: Handover
    home: Home

    def member(self, key: str) -> Member:
        """One of `mother`, `daughter`, `son`, `boy`. Raises KeyError for another."""
        for member in self.members:
            if member.key == key:
                return member
        raise KeyError(key)
