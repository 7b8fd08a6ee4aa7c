"""Closed files on the disk: what a thief without keys finds of people whom an outsider knows, and that nothing is lost."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import override

from compass.access.models import Organisation, Receipt
from compass.cases.actions.case import Reopen, reopen_cases
from compass.cases.models import Case, FollowUp, Reopening
from compass.people import coarse
from compass.people.actions import Registration, register_people
from compass.people.actions.coarsening import coarsen_office
from compass.people.actions.retention import settle_clocks
from compass.people.coarse import Coarse
from compass.people.models import CHILD_BANDS, Exact, GroupMember, Person, Service
from compass.people.retention import newest
from compass.reception.models import Activity, Arrival, ArrivalGroup, Attendance, Centre
from compass.trail.chain import veil
from compass.trail.verify import verify
from compass.ui.quarters import is_coarse, quarter
from compass.ui.words import moment

BEGAN = datetime(2024, 4, 3, 9, 30, tzinfo=UTC)
BIRTHS = (
    "2019-02-01",
    "2014-02-01",
    "2009-06-01",
    "2001-01-01",
    "1996-01-01",
    "1988-05-05",
    "1979-05-05",
    "1950-01-01",
)
PEOPLE = 24


@pytest.fixture
def closed(at, told, case):
    """24 people who came on different days of a quarter two years ago, with a closed case each, and one day counted."""
    with at("zinder.social") as work:
        office = work.actor.organisation.pk
        centre = Centre.objects.filter(organisation_id=office).first()
        people = register_people(
            work,
            [
                Registration(
                    **told(occurred_at=BEGAN + timedelta(days=number, minutes=number)),
                    identity={"given": f"N{number}", "birth_date": BIRTHS[number % 8]},
                    sex=("female", "male")[number // 8 % 2],
                    nationality="NG",
                    languages=[("ha", "fr", "en")[number % 3]],
                )
                for number in range(PEOPLE)
            ],
        )
        for number, person in enumerate(people):
            then = {
                "organisation_id": office, "basis": "vital_interest", "occurred_at": person.occurred_at,
                "recorded_at": person.occurred_at + timedelta(minutes=5), "recorded_by": work.actor.id,
            }  # fmt: skip
            group = ArrivalGroup.objects.create(centre=centre, people=1, language="ha", came_by="on_foot", **then)
            Arrival.objects.create(organisation_id=office, group=group, number=1, status="registered", person=person)
            held = Activity.objects.create(
                centre=centre, kind="information_session", held_on=person.occurred_at.date(), **then
            )
            Attendance.objects.create(person=person, activity=held, **then)
            Service.objects.create(
                person=person, service="SHL", service_class="H", country="NE", provider_id=office,
                delivered_on=person.occurred_at.date(), **then,
            )  # fmt: skip
            GroupMember.objects.create(person=person, group_id=people[number - number % 2].pk, state="in_it", **then)
            row = case(work, someone=person, when=person.occurred_at)
            FollowUp.objects.create(
                person=person, case=row, kind="for_service", channel="phone", reached=True,
                next_on=person.occurred_at.date() + timedelta(days=number % 9), **then,
            )  # fmt: skip
        Person.objects.update(consent_due_at=None, recorded_at=F("occurred_at") + timedelta(minutes=5))
        end = BEGAN + timedelta(days=80)
        Case.objects.update(status="closed", closed_at=end, recorded_at=F("occurred_at") + timedelta(minutes=9))
    return people


COUNT = (
    "INSERT INTO programme_snapshot (id, as_of, version, taken_at, threshold, rounding, rules, digest)"
    " VALUES (gen_random_uuid(), current_date - 1, 99, now() + interval '1 hour', 10, 5, '1', 'x')"
)


@pytest.fixture
def counted(owner):
    """That the quarter's figures are frozen."""
    owner.execute(COUNT)
    yield
    owner.execute("DELETE FROM programme_snapshot WHERE version = 99")


def office():
    return Organisation.objects.get(users__username="zinder.social")


def days(person):
    """Every day that a table about people shows of somebody, and through the groups and activities it names."""
    found = set()
    for each in coarse.tables():
        columns = [c.attname for c in each.table._meta.concrete_fields if isinstance(c, models.DateField)]
        for row in each.table._default_manager.filter(**{each.person: person.pk}).values_list(*columns or ["pk"]):
            found |= {v.date() if isinstance(v, datetime) else v for v in row if isinstance(v, date)}
    found |= {row.group.occurred_at.date() for row in Arrival.objects.filter(person=person)}
    return found | {row.activity.held_on for row in Attendance.objects.filter(person=person, activity__isnull=False)}


def known(person):
    """What a thief holds against what an outsider knows: sex, age, nationality, area, the day of arrival or its quarter."""
    seen = days(person)
    first = quarter(min(seen))
    place = Arrival.objects.filter(person=person).first()
    area = place.group.centre.area if place else person.country_met
    fine = [day for day in seen if quarter(day) == first != day]
    return person.sex, person.age_band, person.nationality, area, min(fine, default=first)


def alone(people):
    kinds = Counter(known(person) for person in people)
    return sum(number == 1 for number in kinds.values()) / len(people)


def everything(people):
    """All clear columns about these people, as they stand."""
    return {
        each.model: list(
            each.table._default_manager.filter(**{f"{each.person}__in": [p.pk for p in people]})
            .order_by("pk")
            .values_list("pk", *each.columns())
        )
        for each in coarse.tables()
        if each.model != "people.Search"
    }


def test_every_clear_column_about_a_person_says_what_is_left_of_it(monkeypatch):
    assert coarse.unsaid() == [], "declare the table or column in narrowing.py of its room, see compass.people.coarse"

    field = models.CharField(max_length=8)
    field.set_attributes_from_name("dialect")
    person = apps.get_model("people", "Person")
    monkeypatch.setattr(person._meta, "concrete_fields", (*person._meta.concrete_fields, field))
    assert coarse.unsaid() == ["people.Person.dialect"]


def test_of_closed_files_at_most_one_in_twenty_is_alone(at, closed, counted):
    with at("zinder.social"):
        before = everything(closed[:4])
        assert alone(Person.objects.all()) > 0.9

    assert coarsen_office(office()) == PEOPLE

    with at("zinder.social"):
        now = Person.objects.in_bulk([p.pk for p in closed])
        left = [now[p.pk] for p in closed]
        assert alone(left) <= 0.05
        assert {p.age_band for p in left} == {"child", "adult"}
        assert [p.is_child for p in left] == [p.age_band in CHILD_BANDS for p in closed]
        assert not any(p.languages for p in left)
        # Somebody whose file is open would say when the others of the group came.
        assert GroupMember.objects.count() == PEOPLE and not GroupMember.objects.filter(group_id__isnull=False).exists()
        # What was done to a row, a case for example, tells no more than the row.
        done = Receipt.objects.filter(result_id__in=Case.objects.values("pk"), action="cases.open")
        assert done.count() == PEOPLE
        assert all(is_coarse(row.recorded_at) and is_coarse(row.occurred_at) for row in done)
        # The order of what happened to one person stays.
        for person in left[:5]:
            case = Case.objects.get(person=person)
            assert person.occurred_at < person.recorded_at < case.recorded_at < case.closed_at
    assert coarsen_office(office()) == 0
    # Of a quarter in which a file is coarse only the whole is counted.
    with connection.cursor() as cursor, pytest.raises(DatabaseError) as refused, transaction.atomic():
        cursor.execute("SELECT compass_take_snapshot('2024-05-31')")
    assert refused.value.__cause__.sqlstate == "CS042"

    with at("zinder.social") as work:
        # Opened for more than looking, everything is as it was; by itself it is not touched again on that day.
        for person in closed[:4]:
            work.find("people.identity", Person, person.pk)
        assert everything(closed[:4]) == before
    assert coarsen_office(office()) == 0


def test_one_column_that_stays_fine_is_found(at, closed, counted, monkeypatch):
    left_fine = Coarse("cases.FollowUp", coarse.table_of("cases.FollowUp").kept, fine={"recorded_at": "by mistake"})
    monkeypatch.setitem(coarse._coarse, "cases.FollowUp", left_fine)

    coarsen_office(office())

    with at("zinder.social"):
        assert alone(Person.objects.all()) > 0.05


def test_what_is_open_waits_or_is_not_counted_stays_exact(at, told, closed, counted, owner):
    one, two, three, *_ = closed
    with at("zinder.social"):
        Case.objects.filter(person=one).update(status="open", closed_at=None)
        Person.objects.filter(pk=two.pk).update(household_id=one.household_id)
        Case.objects.filter(person=three).update(closed_at=timezone.now() - timedelta(days=2))
    owner.execute("UPDATE programme_snapshot SET taken_at = '2024-01-01' WHERE version = 99")
    assert coarsen_office(office()) == 0
    owner.execute("UPDATE programme_snapshot SET taken_at = now() + interval '1 hour' WHERE version = 99")
    assert coarsen_office(office()) == PEOPLE - 3

    with at("zinder.social"):
        assert set(Person.objects.filter(coarse=False)) == {one, two, three}
        assert Exact.objects.count() == PEOPLE - 3


def test_whoever_writes_about_a_closed_file_gets_its_exact_values_first(at, told, closed, counted, monkeypatch):
    one, two, *others = closed
    with at("zinder.social"):
        before = everything([one, two])
    coarsen_office(office())

    with at("zinder.social") as work:
        # Past all actions: the database refuses.
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            Case.objects.filter(person=one).update(risk_level="high")
        assert refused.value.__cause__.sqlstate == "CS040"
        with pytest.raises(DatabaseError), transaction.atomic():
            Person.objects.filter(pk=one.pk).update(sex="male")
        with pytest.raises(DatabaseError), transaction.atomic():
            FollowUp.objects.create(
                person=one, case=Case.objects.get(person=one), kind="for_service", channel="phone", reached=True,
                organisation_id=one.organisation_id, basis="legal_duty", occurred_at=BEGAN, recorded_at=BEGAN,
                recorded_by=work.actor.id,
            )  # fmt: skip

        case = Case.objects.get(person=one)
        reopen_cases(work, [Reopen(**told(id=case.pk, version=case.version), reason="She is in danger again.")])
        assert Case.objects.get(pk=case.pk).status == "reopened"
        assert not Person.objects.get(pk=one.pk).coarse
        assert Person.objects.get(pk=two.pk).coarse
        shown = work.find("people.view", Person, two.pk)
        with override("en"):
            assert moment(shown.occurred_at) == "quarter 2 of 2024"
        # Looking alone puts nothing back.
        assert work.find("people.view", Person, two.pk).age_band in {"child", "adult"}
        assert work.find("people.identity", Person, two.pk).age_band == two.age_band
        # Where an act does not say beforehand whom it is about, the database asks, and the act is done again.
        with monkeypatch.context() as blind:
            blind.setattr("compass.access.work._taking_up", [])
            other = Case.objects.get(person=others[0])
            again = Reopen(**told(id=other.pk, version=other.version), reason="She is in danger again.")
            (row,) = reopen_cases(work, [again])
            assert row.closed_at is None or not is_coarse(row.closed_at)
            assert Reopening.objects.get(case=row).closed_at == BEGAN + timedelta(days=80)
            assert [event["action"] for event in work.draft.events].count("cases.reopen") == 2
        now, was = everything([one, two]), {label: dict_of(rows) for label, rows in before.items()}
        for label in ("people.Person", "people.Service", "people.Consent", "reception.Arrival", "reception.Attendance"):
            assert dict_of(now[label]) == was[label], label


def dict_of(rows):
    return {row[0]: row[1:] for row in rows}


def test_of_who_was_erased_nothing_exact_is_left_and_the_trail_stays_right(apart, cluster, at, closed):
    one, two, *_ = closed
    with cluster.connect("compass_owner", apart) as everything:
        everything.execute(COUNT)
        everything.commit()
        with at("zinder.social") as work:
            Person.objects.filter(pk=two.pk).update(household_id=one.household_id)
            work.keys.destroy([two.pk])
        assert coarsen_office(office()) == PEOPLE

        with at("zinder.social") as work:
            work.find("people.identity", Person, one.pk)
            assert not Person.objects.get(pk=one.pk).coarse
            gone = Person.objects.get(pk=two.pk)
            assert gone.coarse and gone.age_band in {"child", "adult"} and not Exact.objects.filter(person=two).exists()
            Exact.objects.filter(person=one).update(restored_on="2024-12-01")
        assert coarsen_office(office()) == 1
        everything.rollback()
        assert verify(everything, veil=veil()) is None


def test_the_clock_of_a_coarse_file_tells_no_day_and_goes_on(at, closed, counted):
    ids = [person.pk for person in closed]

    def settle(later=timedelta()):
        now = timezone.now() + later
        with patch.object(timezone, "now", lambda: now), at("zinder.supervisor") as work:
            return len(settle_clocks(work, ids))

    assert settle() == PEOPLE
    with at("zinder.supervisor"):
        before = {pk: (row.began_on, row.due_on, row.review_on) for pk, row in newest(ids).items()}
    assert coarsen_office(office()) == PEOPLE

    with at("zinder.supervisor"):
        assert {pk: (row.began_on, row.due_on, row.review_on) for pk, row in newest(ids).items()} == before
        assert all(day == quarter(day) for days_ in before.values() for day in days_)
    assert settle() == 0
    with at("zinder.supervisor"):
        assert Person.objects.filter(pk__in=ids, coarse=True).count() == PEOPLE, (
            "a night without a step leaves it coarse"
        )
    steps = settle(timedelta(days=460))
    with at("zinder.supervisor"):
        assert steps == PEOPLE
        assert {row.state for row in newest(ids).values()} == {"review"}
        assert {pk: row.due_on for pk, row in newest(ids).items()} == {pk: due for pk, (_, due, _) in before.items()}
        assert Person.objects.filter(pk__in=ids, coarse=True).count() == PEOPLE, "its clock moves by quarters"
        assert all(is_coarse(row.recorded_at) and is_coarse(row.occurred_at) for row in newest(ids).values())
        assert all(day == quarter(day) for person in closed for day in days(person))
    with pytest.raises(DatabaseError, match="the exact values come first"), at("zinder.supervisor") as work:
        step = newest(ids[:1])[ids[0]]
        step.pk, step.version, step.recorded_at = uuid4(), step.version + 1, work.now
        step.save(force_insert=True)
    told = pytest.raises(DatabaseError, match="only a trigger asks this")
    with told, at("zinder.supervisor"), connection.cursor() as cursor:
        cursor.execute("SELECT compass_says_quarters(%s)", [ids[0]])


def test_whoever_was_erased_leaves_the_household_coarse(at, closed, counted):
    one, two, three, four, *_ = closed
    ids = [person.pk for person in closed]
    with at("zinder.supervisor") as work:
        Person.objects.filter(pk=two.pk).update(household_id=one.household_id)
        Person.objects.filter(pk=four.pk).update(household_id=three.household_id)
        settle_clocks(work, ids)
        work.keys.destroy([two.pk])
    assert coarsen_office(office()) == PEOPLE - 2, "first the clock is ended"
    with at("zinder.supervisor") as work:
        assert [(row.person_id, row.state) for row in settle_clocks(work, ids)] == [(two.pk, "ended")]
    assert coarsen_office(office()) == 2

    # What a restored backup may hold: a clock that runs, of a coarse record whose key is gone.
    with at("zinder.supervisor") as work:
        work.keys.destroy([four.pk])
        assert settle_clocks(work, ids) == []
        assert Person.objects.filter(pk__in=ids, coarse=False).count() == 0
        assert work.find("people.identity", Person, three.pk).pk == three.pk
        assert not Person.objects.get(pk=three.pk).coarse, "control: the household can be made exact"
