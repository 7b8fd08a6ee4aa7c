"""Reads of the arrival list and of activities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compass.access.work import Work
from compass.people.alerts import Alert
from compass.people.models import CHILD_BANDS, Person
from compass.reception.models import (
    Activity,
    Arrival,
    ArrivalGroup,
    Attendance,
    AttendanceCorrection,
    Centre,
    PlaceCorrection,
)
from compass.vocabulary import code_list, label_of

RECENT = timedelta(hours=24)
MOST_GROUPS = 60
FRESH = timedelta(hours=72)  # as long as the first consent may wait
STAYS = timedelta(days=60)  # nobody's way out of a centre is recorded; who came earlier is found by code
LIFE = ("medical_emergency", "safety_threat")


@dataclass(frozen=True)
class Waiting:
    """A group with the places still waiting, most urgent first, those that are taken, and what was put back."""

    group: ArrivalGroup
    places: list[Arrival]
    taken: list[Arrival]
    corrections: list[PlaceCorrection]

    @property
    def registered(self) -> int:
        return sum(place.status == "registered" for place in self.taken)

    @property
    def urgent(self) -> int:
        return sum(place.urgent for place in self.places)


def centres(work: Work) -> list[Centre]:
    """The centres of this colleague's offices."""
    return list(work.allowed("reception.view", Centre).order_by("name"))


def arrival_list(work: Work) -> list[Waiting]:
    """Groups of the last 24 hours and older ones where someone still waits, urgent ones first; three queries."""
    mine = work.allowed("reception.view", ArrivalGroup)
    waiting = work.allowed("reception.view", Arrival).filter(status="waiting").values("group_id")
    groups = list(
        mine.filter(Q(occurred_at__gte=work.now - RECENT) | Q(pk__in=waiting))
        .select_related("centre")
        .order_by("-occurred_at")[:MOST_GROUPS]
    )
    urgent_last = Case(When(urgent_need="none", then=Value(1)), default=Value(0), output_field=IntegerField())
    places: dict[object, list[Arrival]] = {group.pk: [] for group in groups}
    taken: dict[object, list[Arrival]] = {group.pk: [] for group in groups}
    corrections: dict[object, list[PlaceCorrection]] = {group.pk: [] for group in groups}
    rows = work.allowed("reception.view", Arrival).filter(group_id__in=list(places)).order_by(urgent_last, "number")
    for place in rows.select_related("person"):
        (places if place.status == "waiting" else taken)[place.group_id].append(place)
    wrong = work.allowed("reception.view", PlaceCorrection).filter(place__group_id__in=list(places))
    for row in wrong.select_related("place").order_by("-occurred_at", "-recorded_at", "-id"):
        corrections[row.place.group_id].append(row)
    found = [Waiting(group, places[group.pk], taken[group.pk], corrections[group.pk]) for group in groups]
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


def still_waiting(work: Work, group: UUID) -> list[Arrival]:
    """Places of a group that still wait, by number; one query."""
    rows = work.allowed("reception.arrive", Arrival).filter(group_id=group, status="waiting")
    return list(rows.order_by("number"))


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
    return list(rows.order_by("-held_on", "-recorded_at", "-id")[:limit])


def attended(work: Work, activity: Activity) -> list[Attendance]:
    """Who is marked as having been there; one query."""
    rows = work.allowed("reception.attendance", Attendance).filter(activity=activity).exclude(status="absent")
    return list(rows.select_related("person").order_by("person__code"))


def corrected(work: Work, activity: Activity) -> list[AttendanceCorrection]:
    """What was corrected of an activity's list, the last first; one query."""
    rows = work.allowed("reception.attendance", AttendanceCorrection).filter(attendance__activity=activity)
    return list(rows.select_related("person").order_by("-occurred_at", "-recorded_at", "-id"))


@dataclass(frozen=True)
class Audience:
    """Whom a kind of activity is for. `sexes` and `bands` are codes; empty means any."""

    words: Promise
    sexes: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()


#: By the code that the list group_activity_kind gives as `audience`; a kind without one is for everyone.
AUDIENCES = {
    "children": Audience(_("children under 18"), bands=CHILD_BANDS),
    "women": Audience(
        _("women, and girls from 15 years"),
        sexes=("female",),
        bands=("", "15-17", "18-24", "25-29", "30-39", "40-49", "50-59", "60+"),
    ),
}


def audience(activity: Activity) -> Audience | None:
    """Whom the activity is for; None for everyone."""
    return AUDIENCES.get(str(code_list("group_activity_kind").require(activity.kind).extra.get("audience", "")))


def present(work: Work, activity: Activity, *, group: UUID | None = None, everyone: bool = False) -> QuerySet[Person]:
    """People of the office who had come to the activity's centre by its day, in the 60 days before, the last first.

    Only those the activity is for, unless `everyone`; only those of one arrival group with `group`. Someone whose place
    was on the list of another centre was not there.
    """
    ends = timezone.make_aware(datetime.combine(activity.held_on + timedelta(days=1), time.min))
    since = ends - STAYS
    places = work.allowed("reception.view", Arrival).filter(person__isnull=False)
    rows = work.allowed("reception.attendance", Person).filter(
        merged_into__isnull=True, recorded_at__gte=since, occurred_at__gte=since, occurred_at__lt=ends
    )
    rows = rows.exclude(pk__in=places.exclude(group__centre_id=activity.centre_id).values("person_id"))
    if group is not None:
        rows = rows.filter(pk__in=places.filter(group_id=group).values("person_id"))
    meant = audience(activity)
    if meant is not None and not everyone:
        rows = rows.filter(**({"sex__in": meant.sexes} if meant.sexes else {}), age_band__in=meant.bands)
    return rows.order_by("-occurred_at", "recorded_at", "pk")


def after(rows: QuerySet[Person], pk: UUID | None) -> QuerySet[Person]:
    """The rows of `present` behind a person; all of them for None or for someone who is not among them."""
    last = rows.filter(pk=pk).first() if pk else None
    if last is None:
        return rows
    later = Q(recorded_at__gt=last.recorded_at) | Q(recorded_at=last.recorded_at, pk__gt=last.pk)
    return rows.filter(Q(occurred_at__lt=last.occurred_at) | Q(later, occurred_at=last.occurred_at))


def groups_there(work: Work, activity: Activity) -> list[ArrivalGroup]:
    """Groups of the activity's centre that someone was registered from, the last first; one query."""
    since = timezone.make_aware(datetime.combine(activity.held_on, time.min)) - STAYS
    registered = work.allowed("reception.view", Arrival).filter(status="registered").values("group_id")
    rows = work.allowed("reception.view", ArrivalGroup).filter(
        centre_id=activity.centre_id, occurred_at__gte=since, pk__in=registered
    )
    return list(rows.order_by("-occurred_at")[:MOST_GROUPS])


def by_codes(work: Work, codes: Sequence[str]) -> dict[str, Person]:
    """People of this office by their codes; one query."""
    rows = work.allowed("reception.attendance", Person).filter(code__in=codes)
    return {person.code: person for person in rows}
