"""Who came home, when, and whose plan covers whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from compass.access.work import Work
from compass.cases.files import Files
from compass.cases.ladder import parent_present
from compass.cases.sealing import open_from
from compass.people.models import Person
from compass.reintegration.models import Action, ArrivalHome, Plan
from compass.returns.models import Journey, Member, Return
from compass.returns.queries import members

#: A return that has arrived, until it is closed.
AT_HOME = ("arrived", "reintegration", "monitoring")
_SEALED = ("identity_sealed", "contact_sealed")


@dataclass(frozen=True)
class Cover:
    """The plan that counts for a person: the own one, or for a child with a parent that of a grown person of the family.

    `planner`: whose plan it is, or whose it would be while there is none.
    """

    planner: Person
    plan: Plan | None


def covers(people: Iterable[Person]) -> dict[UUID, Cover]:
    """For each person the plan that counts; two queries for the list."""
    wanted = list(people)
    families: dict[UUID, list[Person]] = defaultdict(list)
    for other in (
        Person.objects.filter(household_id__in={p.household_id for p in wanted})
        .defer(*_SEALED)
        .order_by("recorded_at", "pk")
    ):
        families[other.household_id].append(other)
    everyone = {p.pk for group in families.values() for p in group}
    plans = {row.person_id: row for row in Plan.objects.filter(person__in=everyone).defer("goals_sealed")}
    return {p.pk: _cover(p, families[p.household_id], plans) for p in wanted}


def _cover(person: Person, family: list[Person], plans: Mapping[UUID, Plan]) -> Cover:
    own = plans.get(person.pk)
    if own is not None or not person.is_child or not parent_present(person, family):
        return Cover(person, own)
    # `relation` is towards the principal person: for a child of the household that is the parent.
    grown = sorted((p for p in family if not p.is_child), key=lambda p: (p.pk not in plans, p.relation != "principal"))
    return Cover(grown[0], plans.get(grown[0].pk))


def ended(people: Iterable[UUID]) -> set[UUID]:
    """Those whose newest return is closed: nothing more is planned with them here; one query."""
    rows = Member.objects.filter(person__in=list(people)).select_related("avr").order_by("recorded_at", "id")
    newest = {row.person_id: row.avr.state for row in rows}
    return {pk for pk, state in newest.items() if state == "closed"}


def still_to_do(work: Work, people: Collection[UUID]) -> Collection[UUID]:
    """Those whose plan has lines that are neither delivered nor cancelled, unless their return is closed."""
    rows = Action.objects.filter(person__in=list(people)).exclude(status__in=("delivered", "cancelled"))
    found = set(rows.values_list("person_id", flat=True))
    return found - ended(found) if found else found


def money_spent(work: Work, people: Collection[UUID]) -> Mapping[str, Collection[UUID]]:
    """Those for whom something of a plan was delivered: its receipts are audited."""
    rows = Action.objects.filter(person__in=list(people), status="delivered")
    return {"money": set(rows.values_list("person_id", flat=True))}


def words_at_home(work: Work, person: Person) -> list[tuple[str, date, str]]:
    """What was sealed at the reception and in the plan, opened: (what, day, words). Whoever shows it records why."""
    found = []
    for row in ArrivalHome.objects.filter(person=person).order_by("arrived_on", "recorded_at", "id"):
        said = open_from(work, row, "note_sealed") or {}
        found.append((_("What is needed tonight"), row.arrived_on, said.get("note", "")))
    for plan in Plan.objects.filter(person=person):
        said = open_from(work, plan, "goals_sealed") or {}
        for earlier in said.get("before", []):
            found.append(
                (_("What the person wanted before"), date.fromisoformat(earlier["agreed_on"]), earlier["goals"])
            )
        found.append((_("What the person wants for the coming year"), plan.agreed_on, said.get("goals", "")))
    return [row for row in found if row[2]]


def came_home(people: Iterable[UUID]) -> dict[UUID, date]:
    """The day of arrival of each person who came home: that of the newest return, else of the first reception."""
    wanted = list(people)
    arrived = Member.objects.filter(person__in=wanted, avr__state__in=AT_HOME, avr__arrived_on__isnull=False)
    return _days(
        ArrivalHome.objects.filter(person__in=wanted).defer("note_sealed"),
        arrived.select_related("avr").order_by("avr__arrived_on"),
    )


def came_home_in(files: Files) -> dict[UUID, date]:
    """`came_home` for the people of these cases; for `files.once`."""
    received = [row for case in files.cases for row in files.about(ArrivalHome, case)]
    return _days(received, [row for rows in files.once(members).values() for row in rows])


def _days(received: Iterable[ArrivalHome], members: Iterable[Member]) -> dict[UUID, date]:
    """members: of one person, the earliest arrival first."""
    found: dict[UUID, date] = {}
    for row in sorted(received, key=lambda each: each.arrived_on, reverse=True):
        found[row.person_id] = row.arrived_on
    for member in members:
        if member.avr.state in AT_HOME and member.avr.arrived_on is not None:
            found[member.person_id] = member.avr.arrived_on
    return found


def landed(work: Work) -> QuerySet[Return]:
    """Returns of the office on their way, or arrived without anyone's reception on record; the earliest first.

    `left_on`: the day of the departure, also where only the office that saw them off has recorded it.
    """
    left = Journey.objects.filter(
        avr=OuterRef("pk"), round=OuterRef("round"), status="left", to_organisation_id__in=work.actor.organisations
    )
    rows = work.allowed("reintegration.view", Return).annotate(
        left_on=Coalesce("departed_on", Subquery(left.order_by("-recorded_at", "-id").values("departed_on")[:1]))
    )
    rows = rows.filter(Q(state__in=("in_travel", "arrived")) | Q(state="ready_to_travel", left_on__isnull=False))
    return rows.select_related("person").order_by("arrived_on", "left_on", "recorded_at", "id")
