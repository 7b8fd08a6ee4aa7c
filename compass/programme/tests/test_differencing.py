"""Who knows that one person arrived, and counts before and after, learns nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from compass.people.actions import ServiceAnnulled, ServiceGiven, annul_services, record_services
from compass.people.models import Person, Service
from compass.programme.actions import refresh_figures, yesterday
from compass.programme.models import Figure, Snapshot
from compass.programme.tests.rows import record

MARCH = date(2024, 3, 5)


def rows(numbers, sex="female", day=MARCH):
    return [(n, sex, "adult", "NE", "H", day) for n in numbers]


def shown() -> dict[tuple[str, ...], int | None]:
    """Every figure of the newest count."""
    newest = Snapshot.objects.order_by("-taken_at").first()
    return {
        (f.granularity, f"{f.starts}", f.country, f.service_class, f.part): f.people
        for f in Figure.objects.filter(snapshot=newest)
    }


@pytest.fixture
def age(apart, cluster):
    """`age()` makes every count and every service so far two days older, as the owner."""

    def run() -> None:
        with cluster.connect("compass_owner", apart) as owner:
            owner.execute("UPDATE programme_snapshot SET taken_at = taken_at - interval '2 days'")
            owner.execute("UPDATE people_service SET recorded_at = recorded_at - interval '2 days'")

    return run


@pytest.mark.django_db
def test_today_is_not_counted(at, told):
    record(at, told, rows(range(30)) + rows(range(30, 50), day=yesterday()))
    record(at, told, rows(range(20), day=yesterday() + timedelta(days=1)))

    refresh_figures()

    assert Snapshot.objects.get().as_of == yesterday()
    assert shown()["all", "2021-01-01", "", "", ""] == 50


@pytest.mark.django_db
def test_a_second_count_on_the_same_day_shows_the_same(at, told):
    record(at, told, rows(range(32)))
    first = refresh_figures()
    before = shown()

    record(at, told, rows(range(20), sex="male") + rows(range(20, 21), day=yesterday()))
    with at("zinder.social"):
        Person.objects.filter(sex="female").update(sex="male")

    months = [date(2024, 12, 31), date(2024, 3, 31), yesterday().replace(day=1) - timedelta(days=1)]
    assert {refresh_figures(day).pk for day in (yesterday(), *months)} == {first.pk}
    assert shown() == before


def test_without_the_bound_one_person_would_show(age, at, told):
    """The control: one more in Niger, nine in Nigeria, and the first count taken two days ago."""
    nigeria = [(n, "male", "adult", "NG", "C", MARCH) for n in range(100, 130)]
    niger = ("all", "2021-01-01", "NE", "", "")
    record(at, told, rows(range(32)) + nigeria)
    refresh_figures()
    assert shown()[niger] == 30
    age()
    record(at, told, rows(range(1)) + nigeria[:9])

    refresh_figures()

    assert shown()[niger] == 35


def test_fewer_than_ten_more_people_make_no_new_count(age, at, told):
    record(at, told, rows(range(32)))
    first = refresh_figures()
    age()
    record(at, told, rows([n for n in range(9) for _service in range(3)], sex="male"))

    assert refresh_figures() == first

    record(at, told, rows(range(1), sex="male"))
    assert refresh_figures().version == 2


def again(at, told, people, day=MARCH):
    """One more service for people who have had one."""
    with at("zinder.social") as work:
        given = {"service": "FOD", "service_class": "H", "country": "NE", "delivered_on": day}
        record_services(work, [ServiceGiven(**told(basis="vital_interest", id=pk), **given) for pk in people])


def test_people_counted_already_hide_nobody_who_is_new(age, at, told):
    """Ten counted already and one new: the two counts would differ by that one person."""
    record(at, told, rows(range(32)))
    with at("zinder.social"):
        counted = list(Person.objects.values_list("pk", flat=True))
    first = refresh_figures()
    before = shown()
    age()
    again(at, told, counted)
    record(at, told, rows(range(1), sex="male"))

    assert refresh_figures() == first
    assert shown() == before

    record(at, told, rows(range(8), sex="male"))
    assert refresh_figures() == first

    record(at, told, rows(range(1), sex="male"))
    assert refresh_figures().version == 2


def test_who_was_counted_up_to_a_later_day_is_not_new_after_an_earlier_count(age, at, told):
    """Up to yesterday, up to an earlier month, up to yesterday again: the first and the third differ by ten or nobody."""
    record(at, told, rows(range(20)) + rows(range(20, 40), day=yesterday()))
    refresh_figures()
    age()
    record(at, told, rows(range(10), sex="male"))
    second = refresh_figures(date(2024, 12, 31))
    assert (second.as_of, Snapshot.objects.count()) == (date(2024, 12, 31), 2)
    age()
    record(at, told, rows(range(1), day=yesterday()))

    assert refresh_figures() == second


def test_who_was_recorded_before_the_count_but_helped_after_its_day_is_new(age, at, told):
    record(at, told, rows(range(30)) + rows(range(30, 40), day=yesterday()))
    first = refresh_figures(date(2024, 12, 31))
    age()

    second = refresh_figures()

    assert (first.as_of, second.as_of) == (date(2024, 12, 31), yesterday())
    assert shown()["all", "2021-01-01", "", "", ""] == 40


def test_a_day_must_pass_between_two_counts(age, at, told):
    record(at, told, rows(range(32)))
    first = refresh_figures()
    record(at, told, rows(range(40)))
    assert refresh_figures() == first

    age()
    record(at, told, rows(range(40)))
    second = refresh_figures()
    record(at, told, rows(range(40)))

    assert (second.version, Snapshot.objects.count()) == (2, 2)
    assert refresh_figures() == second


def test_what_lies_after_the_day_makes_no_new_count(age, at, told):
    record(at, told, rows(range(50)))
    first = refresh_figures(date(2024, 12, 31))
    age()
    record(at, told, rows(range(20), day=date(2025, 2, 3)))

    assert refresh_figures(date(2024, 12, 31)) == first


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["today", "today + 1", "DATE '2022-06-29'", "DATE '2999-12-31'", "NULL"])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati"])
def test_no_other_day_can_be_counted(day, zone):
    """Not today and none in between, and a caller in another time zone has no other today."""
    with (
        pytest.raises(DatabaseError, match="counted up to yesterday"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SET LOCAL timezone = '{zone}'")
        cursor.execute(f"SELECT compass_take_snapshot({day}) FROM (SELECT (now() AT TIME ZONE 'UTC')::date AS today) t")


def test_what_was_annulled_is_no_service_and_makes_nobody_new(age, at, told):
    record(at, told, rows(range(32)))
    refresh_figures()
    everything = ("all", "2021-01-01", "", "", "")
    assert shown()[everything] == 30
    age()
    record(at, told, rows(range(40), sex="male"))
    with at("zinder.social") as work:
        wrong = Service.objects.filter(recorded_at__gt=work.now - timedelta(days=1))[:31]
        annul_services(work, [ServiceAnnulled(**told(basis="vital_interest", id=row.pk)) for row in wrong])

    assert refresh_figures().version == 1, "nine are new"

    record(at, told, rows(range(1), sex="male"))
    assert refresh_figures().version == 2
    assert shown()[everything] == 40
