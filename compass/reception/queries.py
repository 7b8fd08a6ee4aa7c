"""Reads of the arrival list and of activities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, IntegerField, Q, Value, When

from compass.access.work import Work
from compass.people.alerts import Alert
from compass.people.models import Person
from compass.reception.models import Activity, Arrival, ArrivalGroup, Attendance, Centre
from compass.vocabulary import label_of

RECENT = timedelta(hours=24)
MOST_GROUPS = 60
FRESH = timedelta(hours=72)  # as long as the first consent may wait
LIFE = ("medical_emergency", "safety_threat")


@dataclass(frozen=True)
class Waiting:
    """A group with the places still waiting; most urgent first."""

    group: ArrivalGroup
    places: list[Arrival]
    registered: int

    @property
    def urgent(self) -> int:
        return sum(place.urgent for place in self.places)


def centres(work: Work) -> list[Centre]:
    """The centres of this colleague's offices."""
    return list(work.allowed("reception.view", Centre).order_by("name"))


def arrival_list(work: Work) -> list[Waiting]:
    """Groups of the last 24 hours and older ones where someone still waits, urgent ones first; two queries."""
    mine = work.allowed("reception.view", ArrivalGroup)
    waiting = work.allowed("reception.view", Arrival).filter(status="waiting").values("group_id")
    groups = list(
        mine.filter(Q(occurred_at__gte=work.now - RECENT) | Q(pk__in=waiting))
        .select_related("centre")
        .order_by("-occurred_at")[:MOST_GROUPS]
    )
    urgent_last = Case(When(urgent_need="none", then=Value(1)), default=Value(0), output_field=IntegerField())
    places: dict[object, list[Arrival]] = {group.pk: [] for group in groups}
    registered = dict.fromkeys(places, 0)
    rows = work.allowed("reception.view", Arrival).filter(group_id__in=list(places)).order_by(urgent_last, "number")
    for place in rows:
        if place.status == "waiting":
            places[place.group_id].append(place)
        elif place.status == "registered":
            registered[place.group_id] += 1
    found = [Waiting(group, places[group.pk], registered[group.pk]) for group in groups]
    return sorted(found, key=lambda row: (-min(row.urgent, 1), not row.places, -row.group.occurred_at.timestamp()))


def in_danger(work: Work) -> int:
    """How many on the arrival list need a doctor or are in danger now; one query, none for who may not see the list."""
    if not work.may("reception.view"):
        return 0
    return work.allowed("reception.view", Arrival).filter(status="waiting", urgent_need__in=LIFE).count()


def needs_on_arrival(work: Work, person: Person) -> list[Alert]:
    """What was urgent at the gate, kept in sight once the person is registered; one query."""
    if not work.may("reception.view"):
        return []
    rows = work.allowed("reception.view", Arrival).filter(person=person).exclude(urgent_need__in=["", "none"])
    return [
        Alert(label_of("urgent_need", place.urgent_need), at, fresh=at >= work.now - FRESH)
        for place in rows.select_related("group")
        for at in [place.group.occurred_at]
    ]


def waiting_beside(work: Work, person: Person) -> list[Arrival]:
    """Places still waiting in the group a person came with, those without an urgent need first; two queries."""
    own = work.allowed("reception.register", Arrival).filter(person=person).first()
    if own is None:
        return []
    rows = work.allowed("reception.register", Arrival).filter(group_id=own.group_id, status="waiting")
    return sorted(rows, key=lambda place: (place.urgent, place.number))


def activities(work: Work, limit: int = 40) -> list[Activity]:
    """The newest activities; one query."""
    rows = work.allowed("reception.view", Activity).select_related("centre")
    return list(rows.order_by("-held_on", "-id")[:limit])


def attended(work: Work, activity: Activity) -> list[Attendance]:
    """Who is marked; one query."""
    rows = work.allowed("reception.attendance", Attendance).filter(activity=activity).select_related("person")
    return list(rows.order_by("person__code"))


def could_attend(work: Work, marked: Sequence[Attendance], limit: int = 60) -> list[Person]:
    """People of this office met lately who are not marked yet, children first; one query."""
    child_first = Case(
        When(age_band__in=["0-4", "5-11", "12-14", "15-17"], then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    since = work.now - timedelta(days=60)
    rows = work.allowed("reception.attendance", Person).exclude(pk__in=[row.person_id for row in marked])
    return list(
        rows.filter(recorded_at__gte=since, occurred_at__gte=since).order_by(child_first, "-recorded_at")[:limit]
    )
