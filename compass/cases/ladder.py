"""The best-interests ladder of a child as data: each step names its rule and looks at the record.

Two ladders. A child without a parent in the household climbs all of it; return needs a determination by a panel (BIP-05).
A child who lives with an own parent and returns with that parent needs the parent's agreement, its own view heard, and a
worker's check that it is indeed with the parent and that nothing speaks against it: the assessment and determination are for
unaccompanied, separated and at-risk children, and for parting a child from parents against their will. A child that was ever
recorded as alone, or for whom a guardian was asked, climbs the long one until a second person confirmed the parent; a
guardian asked for by mistake is taken back by a supervisor who did not ask.
`compass_child_may_go` (`cases/sql_ladder.py`) asks the same of the database when a handover is accepted.
Source: case-management.md 2.12 (BIP-01 to BIP-09: UNHCR Best Interests Procedure Guidelines 2021, IOM Handbook on migrants
vulnerable to violence, exploitation and abuse, part 6), return-and-reintegration.md 2.7 (R-CHI-1 to R-CHI-5). When in doubt
whether a parent is there, the long ladder counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compass.access.prepared import Prepared
from compass.cases.models import BestInterests
from compass.people.models import PERHAPS_ALONE, GuardianRequest, Person

if TYPE_CHECKING:
    from compass.cases.files import Files

PANEL = 3
#: A return is weighed against staying and against another country (R-CHI-1).
WEIGHED = frozenset({"local_integration", "third_country", "return"})


@dataclass(frozen=True)
class Child:
    """One child with what is on record.

    parents: the grown people it lives with who are said to be its parents. elsewhere: the child with a procedure that stayed
    with another record of it, which was merged into this one.
    """

    person: Person
    parents: Sequence[UUID]
    procedure: BestInterests | None
    guardian: GuardianRequest | None
    elsewhere: Sequence[Child] = ()

    @property
    def with_parent(self) -> bool:
        """Whether the parent counts: nobody asked for a guardian, and whoever was once alone has the parent confirmed."""
        if not self.parents or self.guardian is not None:
            return False
        confirmed = self.procedure.parents_confirmed if self.procedure else ()
        return not self.person.once_alone or not set(confirmed).isdisjoint(self.parents)

    @property
    def unconfirmed(self) -> bool:
        """Whether a second person may confirm the parent: no procedure with a panel was begun, no guardian is appointed."""
        asked = self.procedure is not None and self.procedure.determination
        appointed = self.guardian is not None and self.guardian.status == "appointed"
        return bool(self.parents) and not (self.with_parent or asked or appointed)

    @property
    def record(self) -> BestInterests:
        """The procedure, or an empty one that meets no step."""
        return self.procedure or BestInterests(determination=not self.with_parent)


@dataclass(frozen=True)
class Step:
    """`part` names the form that settles it."""

    rule: str
    what: str | Promise
    met: Callable[[Child], bool]
    part: str


def _heard(child: Child) -> bool:
    return child.record.heard_at is not None


def _family(child: Child) -> bool:
    record = child.record
    return (record.tracing == "successful" and record.family_assessed) or record.care_agreed


def _determined(child: Child) -> bool:
    return child.record.decided_at is not None and child.record.panel_size >= PANEL


def _best_option(child: Child) -> bool:
    record = child.record
    return record.decision == "return" and record.options is not None and set(record.options) >= WEIGHED


def appointed_by(child: Child, moment: datetime | None) -> bool:
    """Whether the present guardian was appointed by then: only what this guardian agreed to counts, not a former one's."""
    given = child.guardian.appointed_at if child.guardian else None
    return given is not None and moment is not None and given <= moment


def _guardian_agrees(child: Child) -> bool:
    return appointed_by(child, child.record.parent_agreed_at) and _heard(child)


def _arranged(child: Child) -> bool:
    return child.record.escort not in {"", "none"} and bool(child.record.received_by_sealed)


LONG = (
    Step("BIP-01", _("Best-interests assessment"), lambda c: c.record.assessed_at is not None, "assess"),
    Step("BIP-02", _("Guardian requested or appointed"), lambda c: c.guardian is not None, "guardian"),
    Step("BIP-03", _("The child is heard"), _heard, "hear"),
    Step("R-CHI-3", _("Family traced and assessed, or care agreed with the authority"), _family, "trace"),
    Step("BIP-05", _("A panel of at least three decides, with written reasons"), _determined, "decide"),
    Step("R-CHI-1", _("Return found to be the best option, weighed against staying and another country"), _best_option,
         "decide"),
    Step("BIP-09", _("The right to a review is explained"), lambda c: c.record.review_told_at is not None, "decide"),
    Step("R-CHI-4", _("The appointed guardian agrees"), _guardian_agrees, "agree"),
    Step("R-CHI-2", _("Company on the way, reception and a named carer"), _arranged, "journey"),
    Step("R-CHI-5", _("Visits after return are planned"), lambda c: c.record.first_visit_on is not None, "journey"),
)  # fmt: skip
SHORT = (
    Step("R-CHI-1", _("It returns with the parent it lives with, and nothing speaks against it"),
         lambda c: c.record.with_parent_at is not None and not set(c.record.checked_with).isdisjoint(c.parents),
         "with_parent"),
    Step("R-CHI-4", _("The parent agrees, and the child is heard"),
         lambda c: c.record.parent_agreed_at is not None and _heard(c), "with_parent"),
)  # fmt: skip


def steps(child: Child) -> Sequence[Step]:
    """The ladder of this child. A panel asked for, and a procedure that was reopened or appealed, keep to the long one."""
    return SHORT if child.with_parent and not child.record.determination else LONG


def unmet(child: Child) -> list[str]:
    """The rules still open, in order. An appeal stops everything until the panel has decided again (BIP-09).

    Of merged records each procedure that was begun must be through: the stricter counts.
    """
    if child.elsewhere:
        begun = [child, *child.elsewhere] if child.procedure is not None else child.elsewhere
        return list(dict.fromkeys(rule for each in begun for rule in unmet(replace(each, elsewhere=()))))
    found = [step.rule for step in steps(child) if not step.met(child)]
    if child.record.stage == "appealed" and "BIP-09" not in found:
        found.insert(0, "BIP-09")
    return found


def is_decided(record: BestInterests) -> bool:
    """Whether a panel decided, or a worker found that the child goes with its own parent."""
    return record.decided_at is not None or record.with_parent_at is not None


def is_child(person: Person) -> bool:
    """In doubt about age, someone who is recorded as alone is treated as a child (BIP-10)."""
    return person.is_child or (not person.age_band and person.uasc_status in PERHAPS_ALONE)


def parent_present(person: Person, household: Iterable[Person]) -> bool:
    """Whether an own parent is said to live in the household."""
    return bool(parents_of(person, household))


def parents_of(person: Person, household: Iterable[Person]) -> list[UUID]:
    """Who of the household is said to be an own parent. `relation` is towards the principal person."""
    theirs = {"child": "principal", "principal": "parent"}.get(person.relation)
    if theirs is None or person.uasc_status in PERHAPS_ALONE:
        return []
    return [p.pk for p in household if not p.is_child and p.pk != person.pk and p.relation == theirs]


def children(people: Iterable[UUID]) -> dict[UUID, Child]:
    """The children among these people with what is on record; four queries for the whole list."""
    found = [p for p in Person.objects.filter(pk__in=list(people)).defer(*_SEALED) if is_child(p)]
    if not found:
        return {}
    households: dict[UUID, list[Person]] = defaultdict(list)
    for other in Person.objects.filter(household_id__in={p.household_id for p in found}).defer(*_SEALED):
        households[other.household_id].append(other)
    return _on_record(found, households)


def of_households(files: Files) -> dict[UUID, Child]:
    """The children of the households of these cases with what is on record; for `files.once`, three queries at most."""
    households = {case.person.household_id: files.household(case) for case in files.cases}
    found = [p for household in households.values() for p in household if is_child(p)]
    return _on_record(found, households) if found else {}


class _AnyOf(Func):
    template, arg_joiner, output_field = "%(expressions)s)", " = ANY (", BooleanField()


def _procedures_of(ids: list[UUID]) -> QuerySet[BestInterests]:
    """The own ones and those that stayed with merged records. An array, since the index of the table is used for one and
    would not be for a subquery beside a list."""
    records = Person._base_manager.filter(Q(pk__in=ids) | Q(merged_into__in=ids)).values("pk")
    rows: QuerySet[BestInterests] = BestInterests.objects.filter(_AnyOf(F("person_id"), ArraySubquery(records)))
    return rows.annotate(leads_to=F("person__merged_into_id")).order_by("recorded_at", "id")


def _guardians_of(ids: list[UUID]) -> QuerySet[GuardianRequest]:
    asked = GuardianRequest.objects.filter(person__in=ids).exclude(status="withdrawn")
    return asked.order_by("recorded_at", "id")


_procedures, _guardians = Prepared(_procedures_of), Prepared(_guardians_of)


def _on_record(found: Sequence[Person], households: Mapping[UUID, Sequence[Person]]) -> dict[UUID, Child]:
    ids = [p.pk for p in found]
    procedures: dict[UUID, dict[UUID, BestInterests]] = defaultdict(dict)
    for row in _procedures(ids=ids):
        for of in (row.person_id, row.leads_to):  # type: ignore[attr-defined]
            procedures[of][row.person_id] = row
    # A request for a guardian went along with a merge.
    kept = {p.pk: p.merged_into_id or p.pk for p in found}
    guardians = {row.person_id: row for row in _guardians(ids=[*ids, *kept.values()])}
    children = {}
    for p in found:
        parents, guardian = parents_of(p, households[p.household_id]), guardians.get(kept[p.pk])
        others = [Child(p, parents, row, guardian) for of, row in procedures[p.pk].items() if of != p.pk]
        children[p.pk] = Child(p, parents, procedures[p.pk].get(p.pk), guardian, others)
    return children


_SEALED = ("identity_sealed", "contact_sealed")


def return_blocks(people: Iterable[UUID]) -> Mapping[UUID, list[str]]:
    """For each child among these people the rules still open before a return; an empty list when nothing stands in the way.

    Grown people are not in the answer.
    """
    return {pk: unmet(child) for pk, child in children(people).items()}
