"""What the calendar asks for once people are home, as minimum standards that make the work list of the receiving office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compass.access.prepared import Prepared
from compass.access.work import Work
from compass.cases.files import Files
from compass.cases.models import Case
from compass.cases.models.case import OPEN as OPEN_CASES
from compass.cases.standards import Due, link, standard
from compass.people.models import Person
from compass.reintegration.models import ArrivalHome
from compass.reintegration.queries import AT_HOME, came_home_in, covers
from compass.returns.deadlines import beginning
from compass.returns.models import Member, Return
from compass.vocabulary import timeline

RULES = "COMPASS domain specification, return and reintegration, section 2.7"
QUEUE_LIMIT = 40
#: For people without a case: the time of a risk that nobody assessed.
UNKNOWN = "not_assessed"


def limit(name: str, risk: str = UNKNOWN) -> timedelta:
    """A time limit of the vocabulary for a level of risk."""
    return timedelta(hours=timeline(name).hours[risk] or 0)


def _has_case(person: str) -> Exists:
    return Exists(Case.objects.filter(person=OuterRef(person), status__in=OPEN_CASES))


def _arrivals(where: Q) -> QuerySet[Return]:
    rows = Return.objects.filter(where, ~_has_case("person"), state="arrived")
    return rows.select_related("person").order_by("arrived_on")[:QUEUE_LIMIT]


def _homecomers(where: Q) -> QuerySet[Member]:
    rows = Member.objects.filter(where, ~_has_case("person"), avr__state__in=AT_HOME, avr__arrived_on__isnull=False)
    return rows.select_related("avr", "person").order_by("avr__arrived_on")[: 4 * QUEUE_LIMIT]


_arrived, _came_home = Prepared(_arrivals), Prepared(_homecomers)


def reception_due(avr: Return, allowed: timedelta) -> datetime:
    """Until when those who arrived are received: counted from the end of the day of arrival, whose hour nobody keeps."""
    return beginning((avr.arrived_on or timezone.localdate(avr.state_since)) + timedelta(days=1)) + allowed


def plan_due(day: date) -> datetime:
    """Until when a plan is made for someone who came home on that day and has no case."""
    return beginning(day) + limit("baseline_plan")


def _receive(subject: Case | Person, avr: Return, allowed: timedelta, done_at: datetime | None = None) -> Due:
    return Due(
        subject=subject,
        start_at=beginning(avr.arrived_on or timezone.localdate(avr.state_since)),
        due_at=reception_due(avr, allowed),
        done_at=done_at,
        url=link("reintegration:welcome", avr.person_id),
        action=_("Record reception"),
    )


def _not_received(work: Work) -> Iterator[Due]:
    """Those who arrived on a return and have neither a case nor a reception."""
    for avr in work.rows(_arrived, "reintegration.view"):
        yield _receive(avr.person, avr, limit("first_response"))


@standard(
    "COMPASS-RECEIVE",
    what=_("They have arrived: receive them"),
    source="COMPASS design, provisional: no source sets a time for reception; the first response to the risk of the case",
    severity="alert",
    queue=_not_received,
)
def received_in_time(files: Files) -> Iterator[Due]:
    """Whoever arrived on a return is received within the time of a first response."""
    for case in files.cases:
        for avr in files.about(Return, case)[-1:]:
            if avr.state not in AT_HOME or avr.arrived_on is None:
                continue
            received = [row for row in files.about(ArrivalHome, case) if row.avr_id == avr.pk]
            done = received[0].occurred_at if received else None
            if done is None and avr.state != "arrived":
                done = avr.state_since
            yield _receive(case, avr, files.limit("first_response", case) or limit("first_response"), done)


def _without_plan(work: Work) -> Iterator[Due]:
    """Grown people, and children alone, who came home and have neither a case nor a plan."""
    members = work.rows(_came_home, "reintegration.view")
    plans = covers([row.person for row in members])
    for row in members:
        cover = plans[row.person_id]
        if cover.plan is None and cover.planner.pk == row.person_id and row.avr.arrived_on is not None:
            yield Due(
                subject=row.person,
                start_at=beginning(row.avr.arrived_on),
                due_at=plan_due(row.avr.arrived_on),
                url=link("reintegration:plan", row.person_id),
                action=_("Make a plan"),
            )


@standard("R-PLN-1", what=_("Make the reintegration plan"), source=RULES, queue=_without_plan)
def planned_in_time(files: Files) -> Iterator[Due]:
    """A plan is made within a month of the return; a parent's plan counts for the children of the family."""
    days = files.once(came_home_in)
    home = [case for case in files.cases if case.person_id in days]
    plans = covers([case.person for case in home])
    for case in home:
        cover, start = plans[case.person_id], beginning(days[case.person_id])
        yield Due(
            subject=case,
            start_at=start,
            due_at=start + (files.limit("baseline_plan", case) or limit("baseline_plan")),
            done_at=cover.plan.occurred_at if cover.plan else None,
            url=link("reintegration:plan", cover.planner.pk),
            action=_("Make a plan"),
        )
