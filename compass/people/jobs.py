"""Background work of the room; arguments are identifiers only."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from compass.access import policy
from compass.access.actor import Actor
from compass.access.jobs import by_itself
from compass.access.models import Grant, Organisation, User
from compass.access.work import unit_of_work
from compass.people.actions import ErasureStep, RetentionStep, erase, erase_over, settle_clocks
from compass.people.actions.ages import age_office
from compass.people.actions.coarsening import coarsen_office
from compass.people.actions.elsewhere import compare_elsewhere
from compass.people.actions.match import match_office
from compass.people.models import Person
from compass.trail.jobs import export_erasures

RULE = "people.erasure"
DECIDES = "people.retention_decide"
#: Clocks looked at in one unit of work: many closed files are made exact on one day, and a scope lives for two minutes.
AT_A_TIME = 50


@app.periodic(cron="23 1 * * *")
@app.task(name="compass.people.match", queueing_lock="compass.people.match", pass_context=False)
def match_offices(timestamp: int = 0) -> int:
    """Each night: one job for each organisation, so that what goes wrong with one stops no other. How many."""
    offices = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    for office in offices:
        match_one.defer(office=str(office))
    return len(offices)


@app.task(name="compass.people.match_one", pass_context=False)
def match_one(office: str) -> int:
    """Lay the records of one organisation beside each other. How many pairs are new. Raises ValueError, DoesNotExist."""
    return match_office(Organisation.objects.get(pk=UUID(office)))


@app.periodic(cron="41 3 * * *")
@app.task(name="compass.people.coarsen", queueing_lock="compass.people.coarsen", pass_context=False)
def coarsen_offices(timestamp: int = 0) -> int:
    """Each night: one job for each organisation that makes files closed for long enough coarse. How many."""
    offices = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    for office in offices:
        coarsen_one.defer(office=str(office))
    return len(offices)


@app.task(name="compass.people.coarsen_one", pass_context=False)
def coarsen_one(office: str) -> int:
    """Make closed files of one organisation coarse. How many people. Raises ValueError, DoesNotExist."""
    return coarsen_office(Organisation.objects.get(pk=UUID(office)))


@app.periodic(cron="7 0 * * *")
@app.task(name="compass.people.ages", queueing_lock="compass.people.ages", pass_context=False)
def age_offices(timestamp: int = 0) -> int:
    """Each night: one job for each organisation that brings age bands to the day. How many."""
    offices = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    for office in offices:
        age_one.defer(office=str(office))
    return len(offices)


@app.task(name="compass.people.age_one", pass_context=False)
def age_one(office: str) -> int:
    """Bring the age bands of one organisation to its day. How many changed. Raises ValueError, DoesNotExist."""
    return age_office(Organisation.objects.get(pk=UUID(office)))


@app.periodic(cron="53 2 * * *")
@app.task(name="compass.people.elsewhere", queueing_lock="compass.people.elsewhere", pass_context=False)
def elsewhere(timestamp: int = 0) -> None:
    """Each night: whether two organisations asked about the same person. It says nothing of what it found."""
    compare_elsewhere(list(Organisation.objects.order_by("pk")))


def _in_whose_name(organisation: UUID, confirmed_by: UUID, rule: str = RULE) -> Actor | None:
    """Who confirmed it, while they work there; else a supervisor of the office that holds the record now."""
    supervisors = Grant.objects.filter(organisation_id=organisation, role="supervisor").order_by("user_id")
    for pk in (confirmed_by, *supervisors.values_list("user_id", flat=True)):
        user = User.objects.filter(pk=pk, is_active=True).first()
        if user is not None:
            actor = Actor.of(user, organisation)
            if actor.organisation.pk == organisation and actor.in_roles(policy.RULES[rule].roles):
                return actor
    return None


@app.periodic(cron="23 * * * *")
@app.task(name="compass.people.erase_due", queueing_lock="compass.people.erase_due", pass_context=False)
def erase_due(timestamp: int = 0) -> int:
    """Every hour: carry out the requests whose delay is over, each in a unit of work of its own, and export the ledger at
    once. Returns how many; one for which nobody works at the office waits until somebody does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT request, organisation, confirmed_by FROM compass_erasures_due()")
        due = cursor.fetchall()
    count = 0
    for request, organisation, confirmed_by in due:
        actor = _in_whose_name(organisation, confirmed_by)
        if actor is not None:
            with unit_of_work(actor, "people.erase") as work:
                erase(work, [ErasureStep(key=uuid4(), occurred_at=timezone.now(), basis="legal_duty", id=request)])
            count += 1
    export_erasures()
    return count


@app.periodic(cron="41 2 * * *")
@app.task(name="compass.people.clocks", queueing_lock="compass.people.clocks", pass_context=False)
def clock_offices(timestamp: int = 0) -> int:
    """Each night: one job for each organisation. How many."""
    offices = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    for office in offices:
        clock_one.defer(office=str(office))
    return len(offices)


@app.task(name="compass.people.clock_one", pass_context=False)
def clock_one(office: str) -> int:
    """Bring the retention clocks of one organisation up to what is true. How many moved; nothing is decided or erased.
    Raises ValueError, DoesNotExist."""
    actor, moved, last = by_itself(Organisation.objects.get(pk=UUID(office))), 0, None
    while True:
        with unit_of_work(actor, "people.retention") as work:
            rows = Person.objects.filter(organisation_id=actor.organisation.pk, merged_into__isnull=True).order_by("pk")
            batch = list((rows.filter(pk__gt=last) if last else rows).values_list("pk", flat=True)[:AT_A_TIME])
            moved += len(settle_clocks(work, batch))
        if len(batch) < AT_A_TIME:
            return moved
        last = batch[-1]


@app.periodic(cron="29 * * * *")
@app.task(name="compass.people.erase_over", queueing_lock="compass.people.erase_over", pass_context=False)
def erase_terms_over(timestamp: int = 0) -> int:
    """Every hour: carry out what two people decided once its delay is over, and export the ledger at once. How many were
    looked at; one for which nobody works at the office waits until somebody does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, organisation, agreed_by FROM compass_terms_over(%s)", [timezone.now()])
        due = cursor.fetchall()
    count = 0
    for person, organisation, agreed_by in due:
        actor = _in_whose_name(organisation, agreed_by, DECIDES)
        if actor is not None:
            with unit_of_work(actor, "people.retention_erase") as work:
                erase_over(
                    work, [RetentionStep(key=uuid4(), occurred_at=timezone.now(), basis="legal_duty", id=person)]
                )
            count += 1
    if count:
        export_erasures()
    return count
