"""Who was there: chosen from those at the centre whom the activity is for, by arrival group, or by code."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from compass.people.actions import IdentityChange, Registration, change_identity, register_people
from compass.people.models import Service
from compass.reception import views
from compass.reception.actions import (
    ActivityHeld,
    ArrivalRegistered,
    GroupArrived,
    add_activities,
    add_groups,
    register_arrivals,
)
from compass.reception.models import Attendance, Centre
from compass.trail.chain import veil
from compass.trail.models import Entry
from compass.vocabulary import label_of


class Day:
    """A day at the centre of Zinder: who came, and what was held."""

    def __init__(self, at, told, sign_in):
        self.at, self.told, self.sign_in = at, told, sign_in

    def person(self, *, sex="female", age=30, days_ago=0, office="zinder.social"):
        with self.at(office) as work:
            when = work.now - timedelta(days=days_ago, minutes=1)
            born = {"birth_year": when.year - age, "birth_estimated": True}
            (made,) = register_people(
                work, [Registration(**self.told(basis="vital_interest", occurred_at=when), sex=sex, identity=born)]
            )
            return made

    def group(self, size, centre=None):
        """Everybody of a group, registered."""
        with self.at("zinder.social") as work:
            where = centre or Centre.objects.get(name__contains="Zinder").pk
            (arrived,) = add_groups(
                work, [GroupArrived(**self.told(basis="vital_interest"), centre_id=where, people=size, language="ha")]
            )
            places = list(arrived.arrivals.order_by("number"))
            born = {"birth_year": work.now.year - 30, "birth_estimated": True}
            told = [
                ArrivalRegistered(
                    **self.told(basis="vital_interest", id=place.pk),
                    registration=Registration(**self.told(basis="vital_interest"), sex="female", identity=born),
                )
                for place in places
            ]
            return arrived, [place.person for place in register_arrivals(work, told)]

    def held(self, kind, days_ago=0):
        with self.at("zinder.social") as work:
            (made,) = add_activities(
                work,
                [
                    ActivityHeld(
                        **self.told(basis="public_interest"),
                        centre_id=Centre.objects.get(name__contains="Zinder").pk,
                        kind=kind,
                        held_on=timezone.localdate() - timedelta(days=days_ago),
                    )
                ],
            )
            return f"/arrivals/activities/{made.pk}/"

    def listed(self, address, **asked):
        page = self.sign_in("zinder.social").get(address, asked)
        assert page.status_code == 200
        field = page.context["form"].fields.get("present")
        return {key for key, _label in field.choices} if field else set()

    def there(self):
        with self.at("zinder.social"):
            return set(Attendance.objects.values_list("person_id", flat=True))


@pytest.fixture
def day(at, told, sign_in):
    with at("zinder.social"):
        assert Centre.objects.count() == 1
    return Day(at, told, sign_in)


def keys(*people):
    return {str(person.pk) for person in people}


def test_it_works(day):
    woman = day.person()
    address = day.held("psychosocial_group")
    client = day.sign_in("zinder.social")

    data = {"key": str(uuid.uuid4()), "present": [str(woman.pk)]}
    assert client.post(address, data).status_code == 302
    assert 'role="status"' in client.get(address).content.decode()
    assert client.post(address, data).status_code == 302

    with day.at("zinder.social"):
        assert [row.service for row in Service.objects.all()] == ["PSS"]
    assert day.listed(address) == set()


def test_a_womens_group_lists_women_and_grown_girls(day):
    woman, girl = day.person(age=34), day.person(age=16)
    day.person(sex="male", age=34)
    day.person(age=9)
    address = day.held("womens_group")

    assert day.listed(address) == keys(woman, girl)
    assert len(day.listed(address, everyone="on")) == 4


@pytest.mark.parametrize("kind", ["children_recreation", "children_learning"])
def test_a_childrens_activity_lists_children(day, kind):
    boy, girl = day.person(sex="male", age=4), day.person(age=17)
    day.person(age=40)

    assert day.listed(day.held(kind)) == keys(boy, girl)


def test_an_activity_for_everyone_lists_everyone(day):
    people = [day.person(sex="male"), day.person(age=5)]

    assert day.listed(day.held("information_session")) == keys(*people)


def test_who_came_together_can_be_listed_alone(day):
    day.person()
    arrived, together = day.group(3)
    address = day.held("information_session")

    assert day.listed(address, group=str(arrived.pk)) == keys(*together)
    assert len(day.listed(address)) == 4
    assert len(day.listed(address, group="x")) == 4


def test_who_came_later_or_long_ago_was_not_there(day):
    day.person(days_ago=0)
    day.person(days_ago=90)
    before = day.person(days_ago=5)

    assert day.listed(day.held("sport", days_ago=3)) == keys(before)


def test_a_code_adds_nobody_who_came_after_the_day(day):
    """Nobody counts as helped on a day before this office knew them."""
    today, before = day.person(), day.person(days_ago=5)
    address, client = day.held("sport", days_ago=3), day.sign_in("zinder.social")

    refused = client.post(address, {"key": str(uuid.uuid4()), "codes": f"{before.code} {today.code}"})

    assert refused.status_code == 200 and today.code in refused.content.decode()
    assert day.there() == set()
    assert client.post(address, {"key": str(uuid.uuid4()), "codes": before.code}).status_code == 302
    assert day.there() == {before.pk}


@pytest.mark.parametrize(("days", "status"), [(31, 302), (32, 200), (900, 200)])
def test_an_activity_is_written_down_within_a_month(day, days, status):
    held_on = timezone.localdate() - timedelta(days=days)
    with day.at("zinder.social"):
        centre = str(Centre.objects.get().pk)
    told = {"key": str(uuid.uuid4()), "kind": "sport", "held_on": held_on.isoformat(), "centre": centre}

    answer = day.sign_in("zinder.social").post("/arrivals/activities/", told)

    assert answer.status_code == status
    assert status == 302 or list(answer.context["form"].errors) == ["held_on"]


def test_who_arrived_at_another_centre_was_not_there(apart, cluster, day):
    with day.at("zinder.social"):
        here = Centre.objects.get()
    there = uuid.uuid4()
    with cluster.connect("compass_owner", apart) as owner:
        owner.execute(
            "INSERT INTO reception_centre (id, organisation_id, name, country, area) VALUES (%s, %s, %s, 'NE', '')",
            [there, here.organisation_id, "Agadez"],
        )
    day.group(2, centre=there)
    _group, mine = day.group(2)

    assert day.listed(day.held("sport")) == keys(*mine)


def test_a_code_adds_anyone_of_the_office(day):
    man, old = day.person(sex="male"), day.person(days_ago=200)
    address = day.held("womens_group")
    client = day.sign_in("zinder.social")

    sent = client.post(address, {"key": str(uuid.uuid4()), "codes": f"{man.code.lower().replace('-', '')}، {old.code}"})

    assert sent.status_code == 302
    assert day.there() == {man.pk, old.pk}


def test_a_code_of_another_office_is_one_of_nobody_and_what_was_ticked_stays(day, client):
    client.cookies["compass_language"] = "en"
    woman, foreign = day.person(), day.person(office="edo.reception")
    address = day.held("womens_group")
    client = day.sign_in("zinder.social")

    pages = [
        client.post(
            address,
            {"key": str(uuid.uuid4()), "present": [str(woman.pk)], "codes": code},
        )
        for code in (foreign.code, "0000-0000")
    ]

    for page in pages:
        assert page.status_code == 200
        assert "Nobody of this office has this code" in page.content.decode()
        assert page.context["form"]["present"].value() == [str(woman.pk)]
    assert day.there() == set()


@pytest.mark.parametrize("data", [{}, {"present": ["x"]}, {"codes": ", ;"}, {"codes": "\x00"}, {"codes": "²²²²-²²²²"}])
def test_nothing_said_is_told_in_words(day, data):
    day.person()
    address = day.held("sport")

    page = day.sign_in("zinder.social").post(address, {"key": str(uuid.uuid4()), **data})

    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()


def test_a_long_list_has_pages_and_marking_can_go_on_to_the_next(day, monkeypatch):
    monkeypatch.setattr(views, "PER_PAGE", 2)
    people = [day.person(days_ago=days) for days in range(5)]
    address = day.held("sport")
    client = day.sign_in("zinder.social")

    assert day.listed(address) == keys(*people[:2])
    sent = client.post(address, {"key": str(uuid.uuid4()), "present": [str(people[0].pk)], "next": "1"})
    assert day.listed(sent["Location"]) == keys(*people[2:4])
    assert day.listed(address, after=str(people[3].pk)) == keys(people[4])
    assert day.listed(address) == keys(people[1])
    assert day.listed(address, after="x") == keys(people[1])


def test_the_list_asks_little_of_the_database(day, django_assert_max_num_queries):
    for _n in range(6):
        day.person()
    day.group(4)
    address = day.held("sport")
    client = day.sign_in("zinder.social")

    with django_assert_max_num_queries(30):
        client.get(address)


def test_two_who_register_one_place_see_both_versions(day, at, client):
    client.cookies["compass_language"] = "en"
    arrived, (person,) = day.group(1)
    with at("zinder.social"):
        place = arrived.arrivals.get()
    page = day.sign_in("zinder.social").post(
        f"/arrivals/{place.pk}/register/",
        {"key": str(uuid.uuid4()), "age": "12", "language": "fr"},
    )

    assert "P-2003" in page.content.decode()
    assert page.context["compared"][0]["left"] == "12 years"
    assert page.context["compared"][0]["right"].startswith("30")
    assert person.code in page.content.decode()


def test_names_are_shown_for_a_reason_once_and_what_was_ticked_stays(day, at, told):
    who, marked = day.person(sex="female", age=9), day.person(sex="male", age=8)
    with at("zinder.social") as work:
        born = {"birth_year": work.now.year - 9, "birth_estimated": True}
        called = [("Ese", who), ("Musa", marked)]
        change_identity(
            work,
            [IdentityChange(**told(id=row.pk, version=1), identity={**born, "given": name}) for name, row in called],
        )
    where = day.held("children_recreation")
    client = day.sign_in("zinder.social")
    client.post(where, {"key": str(uuid.uuid4()), "present": [str(marked.pk)]})
    typed = {"key": str(uuid.uuid4()), "present": [str(who.pk)], "codes": "XXXX", "reveal": "1"}

    before = client.get(where).content.decode()
    unreasoned = client.post(where, typed).content.decode()
    shown = client.post(where, {**typed, "reason": "service"}).content.decode()
    after = client.get(where).content.decode()

    for page in (before, unreasoned, after):
        assert "Ese" not in page and "Musa" not in page
    assert "<bdi><b>Ese</b></bdi>" in shown and "<bdi><b>Musa</b></bdi>" in shown
    for page in (unreasoned, shown):
        assert re.search(rf'value="{who.pk}"[^>]* checked', page) and 'value="XXXX"' in page
    with at("zinder.social"):
        assert Attendance.objects.count() == 1
    with at("geneva.protection") as work:
        bodies = "".join(work.allowed("trail.view", Entry).values_list("body", flat=True))
    assert "people.reveal" in bodies and "service" in bodies


def test_names_are_shown_of_the_list_and_of_nobody_whose_number_was_posted(day, at, told):
    """The office knows many people; a list of their numbers does not open their names, whatever is ticked."""
    here, away = day.person(sex="female", age=9), day.person(sex="female", age=9, days_ago=300)
    with at("zinder.social") as work:
        for name, row in (("Ese", here), ("Musa", away)):
            named = {"given": name, "birth_year": work.now.year - 9}
            change_identity(work, [IdentityChange(**told(id=row.pk, version=1), identity=named)])
    where = day.held("children_recreation")
    client = day.sign_in("zinder.social")
    assert str(away.pk) not in client.get(where).content.decode()
    typed = {"key": str(uuid.uuid4()), "present": [str(here.pk), str(away.pk)], "reveal": "1", "reason": "service"}

    shown = client.post(where, typed).content.decode()

    assert "<bdi><b>Ese</b></bdi>" in shown and "Musa" not in shown
    with at("geneva.protection") as work:
        (body,) = (row.body for row in work.allowed("trail.view", Entry).order_by("seq") if "people.reveal" in row.body)
    revealed = next(each for each in json.loads(body)["events"] if each["action"] == "people.reveal")
    assert revealed["results"] == veil().identifiers([here.pk])


def test_without_names_sex_and_age_tell_who_is_who(day):
    who = day.person(sex="female", age=9)
    where = day.held("children_recreation")
    client = day.sign_in("zinder.social")
    client.post(where, {"key": str(uuid.uuid4()), "present": [str(who.pk)]})

    there = client.get(where).content.decode().partition('aria-labelledby="there"')[2]

    assert str(label_of("age_band", "5-11")) in there and str(label_of("sex", "female")) in there
    assert not re.search(r"<input[^>]* (checked|required)", client.get(where).content.decode())
