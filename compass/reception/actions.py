"""The only code that writes arrivals, activities and who came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.actions import (
    Registration,
    ServiceAnnulled,
    ServiceGiven,
    annul_services,
    record_services,
    register_people,
)
from compass.people.consent import DETAILS, HELP
from compass.people.models import Person, Service
from compass.problems import Invalid, NotFound, TooFarAway, UnknownCode, WrongState
from compass.reception.models import (
    Activity,
    Arrival,
    ArrivalGroup,
    Attendance,
    AttendanceCorrection,
    Centre,
    PlaceCorrection,
)
from compass.vault.identifiers import new_id
from compass.vocabulary import code_list, known, language

MOST_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class GroupArrived(Command):
    """A group at the gate. `urgent` counts people by code of urgent_need; everyone else has nothing urgent."""

    centre_id: UUID
    people: int
    language: str
    came_by: str = "bus"
    urgent: tuple[tuple[str, int], ...] = ()


@action("reception.arrive", ArrivalGroup)
def add_groups(work: Work, groups: list[GroupArrived]) -> list[ArrivalGroup]:
    """Put groups on the arrival list, one place per person, the most urgent first.

    Raises Invalid when there are more urgent needs than people, UnknownCode, NotFound for another office's centre.
    """
    work.demand("reception.arrive")
    centres = _centres(work, groups)
    rows, places = [], []
    for each in groups:
        needs = [known("urgent_need", need) for need, count in each.urgent for _ in range(count)]
        if not 1 <= each.people <= MOST_AT_ONCE or len(needs) > each.people:
            raise Invalid(what=str(each.people))
        centre = centres[each.centre_id]
        group = ArrivalGroup(
            id=each.id or new_id(),
            organisation_id=centre.organisation_id,
            centre=centre,
            people=each.people,
            language=_spoken(each.language),
            came_by=known("arrival_means", each.came_by),
            **stamp(work, each),
        )
        rows.append(group)
        needs += ["none"] * (each.people - len(needs))
        places += [
            Arrival(id=new_id(), organisation_id=group.organisation_id, group=group, number=number, urgent_need=need)
            for number, need in enumerate(needs, 1)
        ]
    made = ArrivalGroup.objects.bulk_create(rows)
    Arrival.objects.bulk_create(places)
    return made


def _centres(work: Work, commands: Sequence[GroupArrived | ActivityHeld]) -> dict[UUID, Centre]:
    """The centres the commands name. Raises NotFound for one of another office."""
    wanted = {each.centre_id for each in commands}
    found = work.allowed("reception.view", Centre).in_bulk(list(wanted))
    if wanted - set(found):
        raise NotFound
    return found


def _spoken(code: str) -> str:
    try:
        return language(code).code
    except KeyError as error:
        raise UnknownCode(value=code[:40], list="languages") from error


@dataclass(frozen=True, kw_only=True)
class ArrivalRegistered(Command):
    """The one behind a place in a group (`id`): a person from now on. `registration` is made with it."""

    registration: Registration


@action("reception.register", Arrival, purpose=DETAILS)
def register_arrivals(work: Work, registered: list[ArrivalRegistered]) -> list[Arrival]:
    """Make a person of each place on the list. Raises WrongState when it is no longer waiting."""
    places = work.require("reception.register", Arrival, registered)
    for place in places:
        if place.status != "waiting":
            raise WrongState
    people = register_people(work, [each.registration for each in registered])
    for place, person in zip(places, people, strict=True):
        place.person = person
        place.status = "registered"
        place.version += 1
    Arrival.objects.bulk_update(places, ["person", "status", "version"])
    return places


@dataclass(frozen=True, kw_only=True)
class ArrivalLeft(Command):
    """Someone on the list (`id`) left before being registered."""


@action("reception.left", Arrival, purpose=DETAILS)
def mark_left(work: Work, left: list[ArrivalLeft]) -> list[Arrival]:
    """Take people off the list who went on without registering. Raises WrongState when registered."""
    places = work.require("reception.arrive", Arrival, left)
    for place in places:
        if place.status != "waiting":
            raise WrongState
        place.status = "left"
        place.version += 1
    Arrival.objects.bulk_update(places, ["status", "version"])
    return places


@dataclass(frozen=True, kw_only=True)
class PlacePutBack(Command):
    """A place (`id`) that was taken by mistake. `instead`: the waiting place of the same group that the person behind it
    has in truth."""

    reason: str
    instead: UUID | None = None


@action("reception.put_back", Arrival, purpose=DETAILS)
def put_back(work: Work, corrections: list[PlacePutBack]) -> list[Arrival]:
    """Put places back on the list; what each had become, and why it was wrong, is kept.

    The record of someone who was registered stays, at the place named `instead` or at none. Raises WrongState when a
    place still waits or the other one does not, or another office has taken the person over, NotFound for a
    place of another group.
    """
    places = work.require("reception.arrive", Arrival, corrections)
    rows, changed = [], []
    for place, each in zip(places, corrections, strict=True):
        if place.status == "waiting":
            raise WrongState
        if place.status == "registered":
            work.demand("reception.register")
            still_here(work, place)
        rows.append(
            PlaceCorrection(
                id=new_id(),
                organisation_id=place.organisation_id,
                place=place,
                was=place.status,
                person_id=place.person_id,
                reason=known("place_correction_reason", each.reason),
                **stamp(work, each),
            )
        )
        if each.instead is not None:
            other = _free_beside(work, place, each.instead)
            other.person_id, other.status = place.person_id, place.status
            changed.append(other)
        place.person_id, place.status = None, "waiting"
        changed.append(place)
    for row in changed:
        row.version += 1
    PlaceCorrection.objects.bulk_create(rows)
    Arrival.objects.bulk_update(changed, ["person", "status", "version"])
    return places


def still_here(work: Work, place: Arrival) -> None:
    """Raise WrongState when another office has taken over the person of this place: the correction is no longer ours."""
    if place.person_id and not work.allowed("reception.register", Person).filter(pk=place.person_id).exists():
        raise WrongState


def _free_beside(work: Work, place: Arrival, pk: UUID) -> Arrival:
    """A waiting place of the same group, locked."""
    beside = work.allowed("reception.register", Arrival).filter(pk=pk, group_id=place.group_id)
    other = beside.select_for_update().first()
    if other is None:
        raise NotFound
    if other.status != "waiting":
        raise WrongState
    return other


@dataclass(frozen=True, kw_only=True)
class ActivityHeld(Command):
    """A group activity of a centre on a day."""

    centre_id: UUID
    kind: str
    held_on: date


@action("reception.activity", Activity)
def add_activities(work: Work, held: list[ActivityHeld]) -> list[Activity]:
    """Record activities. Raises TooFarAway for a day in the future, NotFound for another office's centre."""
    work.demand("reception.activity")
    centres = _centres(work, held)
    rows = []
    for each in held:
        if each.held_on > work.today:
            raise TooFarAway(date=each.held_on.isoformat())
        centre = centres[each.centre_id]
        rows.append(
            Activity(
                id=each.id or new_id(),
                organisation_id=centre.organisation_id,
                centre=centre,
                kind=known("group_activity_kind", each.kind),
                held_on=each.held_on,
                **stamp(work, each),
            )
        )
    return Activity.objects.bulk_create(rows)


@dataclass(frozen=True, kw_only=True)
class Attended(Command):
    """A person (`id`) was at an activity."""

    activity_id: UUID
    status: str = "present"


@action("reception.attendance", Attendance, purpose=HELP)
def mark_attendance(work: Work, attended: list[Attended]) -> list[Attendance]:
    """Mark who was there; each person present receives the activity's service, once per activity.

    Someone already marked stays as marked; who had been corrected to absent was there after all, and the correction
    stays readable. Raises NotFound for people or activities of another office, Invalid for who came after its day.
    """
    people = work.require("reception.attendance", Person, attended)
    wanted = {each.activity_id for each in attended}
    activities = {a.pk: a for a in work.allowed("reception.view", Activity).filter(pk__in=wanted)}
    if wanted - set(activities):
        raise NotFound
    there = {
        (row.activity_id, row.person_id): row
        for row in Attendance.objects.filter(
            activity_id__in=wanted, person_id__in=[p.pk for p in people]
        ).select_for_update()
    }
    fresh, again, corrections, services = [], [], [], []
    for person, each in zip(people, attended, strict=True):
        status = known("attendance", each.status)
        earlier = there.get((each.activity_id, person.pk))
        if earlier is not None and (earlier.status != "absent" or status == "absent"):
            continue
        activity = activities[each.activity_id]
        if work.day(person.occurred_at) > activity.held_on:
            raise Invalid(what=_("%(code)s came after the day of this activity") % {"code": person.code})
        if earlier is None:
            row = Attendance(
                id=new_id(),
                person=person,
                organisation_id=person.organisation_id,
                activity=activity,
                status=status,
                **stamp(work, each),
            )
            there[(each.activity_id, person.pk)] = row
            fresh.append(row)
        else:
            corrections.append(_corrected(work, earlier, each, status, "was_there"))
            again.append(earlier)
        if status != "absent":
            services.append(
                ServiceGiven(
                    key=uuid5(each.key, "service"),
                    occurred_at=each.occurred_at,
                    basis=each.basis,
                    id=person.pk,
                    service=activity.service,
                    service_class=code_list("service").require(activity.service).extra["service_class"][0],
                    delivered_on=activity.held_on,
                    origin=activity.pk,
                )
            )
    Attendance.objects.bulk_create(fresh)
    Attendance.objects.bulk_update(again, ["status", "version"])
    AttendanceCorrection.objects.bulk_create(corrections)
    record_services(work, services)
    return [there[(each.activity_id, each.id)] for each in attended if each.id]


def _corrected(work: Work, row: Attendance, each: Command, status: str, reason: str) -> AttendanceCorrection:
    """Change the status of a row and keep what it had said."""
    kept = AttendanceCorrection(
        id=new_id(),
        person_id=row.person_id,
        organisation_id=row.organisation_id,
        attendance=row,
        was=row.status,
        became=status,
        reason=known("attendance_correction_reason", reason),
        **stamp(work, each),
    )
    row.status = status
    row.version += 1
    return kept


@dataclass(frozen=True, kw_only=True)
class NotThere(Command):
    """Someone was marked by mistake (`id`: the attendance)."""

    reason: str


@action("reception.not_there", Attendance, purpose=HELP)
def correct_attendance(work: Work, corrections: list[NotThere]) -> list[Attendance]:
    """Take back that someone was there, and the service they did not receive; both rows stay, with the reason.

    Raises WrongState when the row says absent already, NotFound for a person of another office.
    """
    rows = work.require("reception.attendance", Attendance, corrections)
    kept = []
    for row, each in zip(rows, corrections, strict=True):
        if row.status == "absent":
            raise WrongState
        kept.append(_corrected(work, row, each, "absent", each.reason))
    told = {(row.activity_id, row.person_id): each for row, each in zip(rows, corrections, strict=True)}
    services = work.allowed("people.service", Service).filter(
        origin__in=[row.activity_id for row in rows], person__in=[row.person_id for row in rows], annulled_at=None
    )
    annul_services(
        work,
        [
            ServiceAnnulled(key=uuid5(why.key, "service"), occurred_at=why.occurred_at, basis=why.basis, id=service.pk)
            for service in services
            if service.origin and (why := told.get((service.origin, service.person_id)))
        ],
    )
    Attendance.objects.bulk_update(rows, ["status", "version"])
    AttendanceCorrection.objects.bulk_create(kept)
    return rows
