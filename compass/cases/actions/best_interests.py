"""Writing the best-interests procedure, step by step. A step may come in any order; what counts is what is still open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Q
from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.models import Receipt
from compass.access.work import Command, Work
from compass.cases import ladder
from compass.cases.models import BestInterests
from compass.cases.sealing import seal_into
from compass.cases.standards import spell
from compass.people.actions import withdraw_guardian_requests
from compass.people.actions.consents import ladder_of
from compass.people.consent import HELP
from compass.people.models import Person
from compass.problems import Invalid, SecondPersonNeeded, StaleVersion, StandardNotMet, TooFarAway, WrongState
from compass.vault.identifiers import new_id
from compass.vocabulary import all_known, known

C = TypeVar("C", bound="ChildStep")
COUNTED = [
    "stage", "determination", "heard_at", "view_sealed", "assessed_at", "assessment_sealed", "tracing", "tracing_at",
    "family_assessed", "care_agreed", "panel_size", "options", "decision", "decided_at", "decision_sealed",
    "review_told_at", "parent_agreed_at", "with_parent_at", "checked_with", "parents_confirmed", "escort",
    "received_by_sealed", "first_visit_on", "version",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ChildStep(Command):
    """A step for a child (`id`). `version` is that of the procedure seen, 0 when there was none, None when nobody says."""


@dataclass(frozen=True, kw_only=True)
class Heard(ChildStep):
    """What the child said, and what weight it was given by age and maturity (BIP-03).

    `view`: what it says; from six years that, or in `unheard` why it was not asked.
    """

    view: str = ""
    weight: str = ""
    unheard: str = ""


@dataclass(frozen=True, kw_only=True)
class ChildAssessed(ChildStep):
    """The assessment (BIP-01). `determination`: a panel must decide although a parent is there (BIP-05)."""

    text: str
    determination: bool = False


@dataclass(frozen=True, kw_only=True)
class Traced(ChildStep):
    """Tracing of the family: pending, successful or unsuccessful; and what follows (R-CHI-3)."""

    outcome: str
    family_assessed: bool = False
    care_agreed: bool = False


@dataclass(frozen=True, kw_only=True)
class PanelDecision(ChildStep):
    """The determination (BIP-05): who sat, which options were weighed, which is best, why."""

    members: tuple[str, ...]
    options: tuple[str, ...]
    decision: str
    reasons: str
    review_told: bool


@dataclass(frozen=True, kw_only=True)
class GuardianAgrees(ChildStep):
    """The appointed guardian agrees with the decision (R-CHI-4)."""


@dataclass(frozen=True, kw_only=True)
class JourneyArranged(ChildStep):
    """Company on the way, who receives the child (R-CHI-2), the first visit after return (R-CHI-5)."""

    escort: str
    received_by: str
    first_visit_on: date


@dataclass(frozen=True, kw_only=True)
class WithParent(ChildStep):
    """A child that returns with its own parent: checked, agreed by the parent, heard (R-CHI-1, R-CHI-4).

    `view`: what it says; from six years that, or in `unheard` why it was not asked.
    """

    view: str = ""
    unheard: str = ""


@dataclass(frozen=True, kw_only=True)
class ParentConfirmed(ChildStep):
    """A second person found that the grown person the child lives with is its parent (R-CHI-1)."""


@dataclass(frozen=True, kw_only=True)
class Reopened(ChildStep):
    """New facts, or an appeal (BIP-09): the procedure starts anew, or waits for the panel."""

    appeal: bool = False


WRITE = "best_interests.write"
Pair = tuple[ladder.Child, BestInterests]


def _load(work: Work, commands: Sequence[ChildStep], rule: str = WRITE) -> list[Pair]:
    """The children, locked, each with its newest procedure or a new one. Raises Invalid for a grown person, StaleVersion."""
    people = work.require(rule, Person, [_person(each) for each in commands])
    found = ladder.children(p.pk for p in people)
    work.keys.load(p.pk for p in people)
    rows = []
    for person, each in zip(people, commands, strict=True):
        child = found.get(person.pk)
        if child is None:
            raise Invalid(what=_("a child"))
        row = child.procedure
        if each.version is not None and each.version != (row.version if row else 0):
            raise StaleVersion(current=row)
        rows.append((child, row or _new(work, child, each)))
    return rows


def _person(each: ChildStep) -> Command:
    return Command(key=each.key, occurred_at=each.occurred_at, basis=each.basis, id=each.id)


def _new(work: Work, child: ladder.Child, each: Command, stage: str = "identified") -> BestInterests:
    row = BestInterests(
        id=new_id(), person=child.person, organisation_id=child.person.organisation_id, stage=stage,
        determination=not child.with_parent, basis=each.basis, occurred_at=each.occurred_at, recorded_at=work.written(),
        recorded_by=work.actor.id,
    )  # fmt: skip
    row.version = 0
    return row


def _save(rows: Sequence[BestInterests]) -> list[BestInterests]:
    fresh = [row for row in rows if row._state.adding]
    known_rows = [row for row in rows if not row._state.adding]
    for row in rows:
        row.version += 1
    BestInterests.objects.bulk_create(fresh)
    BestInterests.objects.bulk_update(known_rows, COUNTED)
    return list(rows)


def _each(
    work: Work, commands: list[C], change: Callable[[ladder.Child, BestInterests, C], None], rule: str = WRITE
) -> list[BestInterests]:
    rows = []
    for (child, row), each in zip(_load(work, commands, rule), commands, strict=True):
        change(child, row, each)
        rows.append(row)
    return _save(rows)


ORDER = (
    "identified",
    "guardian_requested",
    "bia_in_progress",
    "bia_done",
    "bid_required",
    "bid_report",
    "panel_decision",
)


def _forward(row: BestInterests, stage: str) -> None:
    # An appeal ends by the panel's new decision only, whatever is written meanwhile.
    if row.stage == "appealed":
        return
    if row.stage not in ORDER or ORDER.index(row.stage) < ORDER.index(stage):
        row.stage = stage


def rests(row: BestInterests) -> bool:
    """Whether it was decided and nobody appealed: new facts and appeals reopen it before anything of it is written anew."""
    return ladder.is_decided(row) and row.stage != "appealed"


def _not_decided(row: BestInterests) -> None:
    if rests(row):
        raise WrongState


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise Invalid(what=what)
    return text.strip()


def speaks(work: Work, child: Person) -> bool:
    """Whether a child is old enough to be asked itself: from six years, as for its consent (case-management.md 2.4)."""
    return ladder_of(work, child, work.today) != "0-5"


def _hear(work: Work, child: ladder.Child, row: BestInterests, each: Heard | WithParent, weight: str = "") -> None:
    view, unheard = each.view.strip(), each.unheard.strip()
    if not (view or unheard) and speaks(work, child.person):
        raise Invalid(what=_("what the child says, or why it was not asked"))
    said = {"view": view, "unheard": "" if view else unheard, "weight": weight.strip()}
    seal_into(work, row, view_sealed=said)


@action("best_interests.hear", BestInterests, purpose=HELP)
def hear_children(work: Work, commands: list[Heard]) -> list[BestInterests]:
    """Record what children said (BIP-03).

    Raises StaleVersion, WrongState once decided, unless appealed, Invalid when a child from six years neither says anything
    nor is it said why.
    """

    def change(child: ladder.Child, row: BestInterests, each: Heard) -> None:
        _not_decided(row)
        _hear(work, child, row, each, each.weight)
        row.heard_at = each.occurred_at
        _forward(row, "bia_in_progress")

    return _each(work, commands, change)


@action("best_interests.assess", BestInterests, purpose=HELP)
def assess_children(work: Work, commands: list[ChildAssessed]) -> list[BestInterests]:
    """Record best-interests assessments (BIP-01); for a child without a parent a determination is always required.

    Raises Invalid, StaleVersion, WrongState once it was decided and nobody appealed.
    """

    def change(child: ladder.Child, row: BestInterests, each: ChildAssessed) -> None:
        _not_decided(row)
        seal_into(work, row, assessment_sealed=_said(each.text, _("the assessment")))
        row.assessed_at = each.occurred_at
        row.determination = row.determination or each.determination or not child.with_parent
        _forward(row, "bid_required" if row.determination else "bia_done")

    return _each(work, commands, change)


@action("best_interests.trace", BestInterests, purpose=HELP)
def trace_families(work: Work, commands: list[Traced]) -> list[BestInterests]:
    """Record the tracing of families (R-CHI-3).

    Raises StandardNotMet (BIP-04) before the assessment is done, WrongState once it was decided and nobody appealed.
    """

    def change(child: ladder.Child, row: BestInterests, each: Traced) -> None:
        _not_decided(row)
        if row.assessed_at is None:
            raise StandardNotMet(standards=spell("BIP-04"))
        if each.outcome not in {"pending", "successful", "unsuccessful"}:
            raise Invalid(what=_("the outcome of the tracing"))
        row.tracing, row.tracing_at = each.outcome, each.occurred_at
        row.family_assessed = each.family_assessed and each.outcome == "successful"
        row.care_agreed = each.care_agreed
        if row.determination:
            _forward(row, "bid_report")

    return _each(work, commands, change)


def prepared(work: Work, row: BestInterests) -> bool:
    """Whether this colleague began the procedure, as the row says, or wrote the assessment, as the receipt of the step says:
    then a second person records the decision."""
    wrote = Receipt.objects.filter(action="best_interests.assess", result_id=row.pk, actor_id=work.actor.id)
    return row.recorded_by == work.actor.id or wrote.exists()


@action("best_interests.decide", BestInterests, purpose=HELP)
def record_decisions(work: Work, commands: list[PanelDecision]) -> list[BestInterests]:
    """Record a panel's decision (BIP-05, BIP-06, BIP-09); a supervisor who did not write the assessment records it.

    Raises StandardNotMet naming what is missing: BIP-01, BIP-02, BIP-03, BIP-05 (fewer than three members), R-CHI-1 (options
    not weighed), R-CHI-3 (a return without a family assessed or care agreed), BIP-09; SecondPersonNeeded; WrongState once a
    panel decided and nobody appealed or reopened.
    """

    def change(child: ladder.Child, row: BestInterests, each: PanelDecision) -> None:
        if row.decided_at is not None and row.stage != "appealed":
            raise WrongState
        all_known("bip_solution", (each.decision, *each.options))
        members = sorted({name.strip() for name in each.members if name.strip()})
        missing = [
            rule
            for rule, met in (
                ("BIP-01", row.assessed_at is not None),
                ("BIP-02", child.with_parent or child.guardian is not None),
                ("BIP-03", row.heard_at is not None),
                ("BIP-05", len(members) >= ladder.PANEL and bool(each.reasons.strip())),
                ("R-CHI-1", set(each.options) >= ladder.WEIGHED and each.decision in each.options),
                ("R-CHI-3", each.decision != "return" or "R-CHI-3" not in ladder.unmet(child)),
                ("BIP-09", each.review_told),
            )
            if not met
        ]
        if missing:
            raise StandardNotMet(standards=spell(*missing))
        if prepared(work, row):
            raise SecondPersonNeeded
        seal_into(work, row, decision_sealed={"members": members, "reasons": each.reasons.strip()})
        row.panel_size, row.options, row.decision = len(members), list(each.options), each.decision
        row.decided_at, row.review_told_at = each.occurred_at, each.occurred_at
        row.parent_agreed_at, row.stage = None, "panel_decision"

    return _each(work, commands, change, "best_interests.decide")


@action("best_interests.agree", BestInterests, purpose=HELP)
def record_guardians_agreement(work: Work, commands: list[GuardianAgrees]) -> list[BestInterests]:
    """The appointed guardian agrees (R-CHI-4). Raises StandardNotMet without a guardian appointed by then, WrongState
    undecided."""

    def change(child: ladder.Child, row: BestInterests, each: GuardianAgrees) -> None:
        if not ladder.appointed_by(child, each.occurred_at):
            raise StandardNotMet(standards=spell("BIP-02"))
        if row.decided_at is None or row.stage == "appealed":
            raise WrongState
        row.parent_agreed_at = each.occurred_at

    return _each(work, commands, change)


@action("best_interests.journey", BestInterests, purpose=HELP)
def arrange_journeys(work: Work, commands: list[JourneyArranged]) -> list[BestInterests]:
    """Company, reception, a named carer, the first visit (R-CHI-2, R-CHI-5). Raises WrongState unless return was decided and
    nobody appealed."""

    def change(child: ladder.Child, row: BestInterests, each: JourneyArranged) -> None:
        known("escort_type", each.escort)
        if row.decision != "return" or row.stage == "appealed":
            raise WrongState
        if each.escort == "none":
            raise StandardNotMet(standards=spell("R-CHI-2"))
        if each.first_visit_on < work.today:
            raise TooFarAway(date=each.first_visit_on.isoformat())
        seal_into(work, row, received_by_sealed=_said(each.received_by, _("who receives the child")))
        row.escort, row.first_visit_on = each.escort, each.first_visit_on

    return _each(work, commands, change)


def brought_together(work: Work, child: ladder.Child) -> bool:
    """Whether this colleague said that the child belongs to this household or is not alone, or brought the parent to the
    child: then a second person answers for the parent. Judged by when this system recorded it."""
    said = Receipt.objects.filter(action="people.household", actor_id=work.actor.id)
    parent_came = Q(result_id__in=child.parents, recorded_at__gt=child.person.recorded_at)
    return said.filter(Q(result_id=child.person.pk) | parent_came).exists()


@action("best_interests.confirm", BestInterests, purpose=HELP)
def confirm_parents(work: Work, commands: list[ParentConfirmed]) -> list[BestInterests]:
    """A supervisor confirms the parent of a child that was once recorded as alone; a guardian is then asked for no more.

    Raises WrongState when nobody is there to be confirmed, a panel decides, a guardian is appointed or it was decided;
    SecondPersonNeeded for who brought them together.
    """

    def change(child: ladder.Child, row: BestInterests, each: ParentConfirmed) -> None:
        _not_decided(row)
        if not child.unconfirmed:
            raise WrongState
        if brought_together(work, child):
            raise SecondPersonNeeded
        row.parents_confirmed, row.determination = list(child.parents), False

    rows = _each(work, commands, change, "best_interests.decide")
    withdraw_guardian_requests(work, [row.person_id for row in rows])
    return rows


@action("best_interests.with_parent", BestInterests, purpose=HELP)
def check_with_parent(work: Work, commands: list[WithParent]) -> list[BestInterests]:
    """The short ladder. Raises StandardNotMet (BIP-05) when no parent lives in the household, one is not confirmed yet
    or a panel was asked for, SecondPersonNeeded for who brought them together, WrongState once it was decided and nobody
    appealed, Invalid when a child from six years neither says anything nor is it said why."""

    def change(child: ladder.Child, row: BestInterests, each: WithParent) -> None:
        _not_decided(row)
        if not child.with_parent or row.determination:
            raise StandardNotMet(standards=spell("BIP-05"))
        if brought_together(work, child):
            raise SecondPersonNeeded
        _hear(work, child, row, each)
        row.heard_at = row.with_parent_at = row.parent_agreed_at = each.occurred_at
        row.checked_with = list(child.parents)

    return _each(work, commands, change)


@action("best_interests.reopen", BestInterests, purpose=HELP)
def reopen_procedures(work: Work, commands: list[Reopened]) -> list[BestInterests]:
    """Reopen on new facts: a new procedure, all to be done again; or note an appeal, which stops what was decided.

    Raises WrongState when nothing was decided.
    """
    rows = []
    for (child, row), each in zip(_load(work, commands), commands, strict=True):
        if not ladder.is_decided(row):
            raise WrongState
        if each.appeal:
            row.stage = "appealed"
            rows.append(row)
            continue
        fresh = _new(work, child, each, "reopened")
        fresh.determination = row.determination or not child.with_parent
        rows.append(fresh)
    return _save(rows)
