"""The nightly matcher and the queue of pairs: within the office, by code, answered once."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from compass.access.models import Organisation, User
from compass.people.actions import IdentityChange, Judged, Withdrawal, change_identity, give_consent, judge, match
from compass.people.actions import withdraw_consent as withdraw
from compass.people.actions.consents import ConsentGiven
from compass.people.actions.match import match_office
from compass.people.models import Judgement, Pair, Person
from compass.people.tests.conftest import CORE, SEVEN
from compass.trail.chain import veil
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db

KNOWN = {"given": "Ese", "family": "Osagie", "birth_date": "1990-05-12", "place_of_origin": "Benin City"}
AGAIN = {"given": "Esse", "family": "Osaghie", "birth_date": "1990-05-12", "place_of_origin": "Benin City"}
OTHERS = [
    {"given": given, "family": family, "birth_date": f"19{year}-0{month}-11", "place_of_origin": place}
    for given, family, year, month, place in (
        ("Blessing", "Ekhator", 88, 1, "Uromi"),
        ("Mariama", "Oumarou", 79, 2, "Agadez"),
        ("Tesfaye", "Bekele", 95, 3, "Gondar"),
        ("Halima", "Sani", 92, 4, "Kano"),
        ("Youssef", "Haddad", 85, 6, "Sousse"),
        ("Amadou", "Traore", 99, 7, "Kayes"),
    )
]


@pytest.fixture
def sign_in(sign_in, client):
    """Signed in, with pages in English."""
    client.cookies["compass_language"] = "en"
    return sign_in


@pytest.fixture
def office(make):
    """Six people who are nobody else, and one who was written down twice."""
    for identity in OTHERS:
        make(identity=identity, age=None)
    return make(identity=KNOWN, age=None, sex="female"), make(identity=AGAIN, age=None, sex="female")


def night(username="zinder.social"):
    return match_office(Organisation.objects.get(users__username=username))


def pairs(at, username="zinder.supervisor"):
    with at(username):
        return list(Pair.objects.order_by("found_at", "rank"))


def ids(*people):
    return tuple(sorted(person.pk for person in people))


def answer(client, row, said):
    url = reverse("people:pair", args=[row.pk])
    return client.post(url, {"key": str(uuid.uuid4()), "other": str(row.second), "answer": said})


def test_it_works(office, at, sign_in):
    assert night() == 1

    (row,) = pairs(at)
    assert (row.first, row.second) == ids(*office) and row.rank == 1
    page = sign_in("zinder.supervisor").get(reverse("people:pairs")).content.decode()
    assert all(person.code in page for person in office)
    assert "Osagie" not in page and "Osaghie" not in page


@pytest.mark.parametrize(("other", "found"), [("female", 1), ("undisclosed", 1), ("male", 0)])
def test_brother_and_sister_of_one_name_are_two(make, at, other, found):
    """What two records say of their sex counts; what was not told speaks for neither."""
    for identity in OTHERS:
        make(identity=identity, age=None)
    slight = {"given": "Ose", "family": "Osagie", "birth_year": 1990, "place_of_origin": "Benin City"}
    make(identity=slight, age=None, sex="female")
    make(identity={**slight, "given": "Osee", "birth_year": 1991}, age=None, sex=other)

    assert night() == found


def test_the_demonstration_opens_with_the_pairs_of_the_night_before(office, at):
    from compass.config.demo.night import match

    assert match() == 1
    assert [ids(*office)] == [(row.first, row.second) for row in pairs(at)]


def test_what_is_kept_is_who_and_in_which_order(office, at):
    assert {field.name for field in Pair._meta.fields} == {
        "id", "organisation_id", "first", "second", "rank", "found_at",
    }  # fmt: skip


def test_another_night_finds_nothing_new(office, at):
    night()
    (before,) = pairs(at)

    assert night() == 0

    assert [row.pk for row in pairs(at)] == [before.pk]


def test_records_that_are_alike_no_more_wait_no_longer(office, at, told):
    night()
    known, _again = office
    with at("zinder.social") as work:
        someone = {"given": "Kadiatou", "family": "Camara", "birth_date": "1971-08-02", "place_of_origin": "Labe"}
        change_identity(work, [IdentityChange(**told(id=known.pk), identity=someone)])

    night()

    assert pairs(at) == []


def test_two_of_one_household_are_known_to_be_two(make, at):
    for identity in OTHERS:
        make(identity=identity, age=None)
    one = make(identity=KNOWN, age=None)
    make(identity=AGAIN, age=None, household_id=one.household_id)

    assert night() == 0


@pytest.mark.parametrize("known", ["household", "judged", None])
def test_what_is_known_of_twins_tells_whose_the_third_record_is(make, at, told, known):
    for identity in OTHERS:
        make(identity=identity, age=None)
    twin = {"family": "Issaka", "birth_date": "1990-05-12", "place_of_origin": "Zinder"}
    one = make(identity={"given": "Hassana"} | twin, age=None)
    home = {"household_id": one.household_id} if known == "household" else {}
    other = make(identity={"given": "Hussaina"} | twin, age=None, **home)
    again = {"given": "Hussaina", "family": "Issaka", "birth_year": 1991, "place_of_origin": "Zinder"}
    third = make(identity=again, age=None)
    if known == "judged":
        with at("zinder.supervisor") as work:
            judge(work, [Judged(**told(id=one.pk), other_id=other.pk, same=False)])

    night()

    found = {(row.first, row.second) for row in pairs(at)}
    hers = ids(other, third)
    assert found == ({hers} if known else {hers, ids(one, other), ids(one, third)})


def test_a_nationality_that_nobody_could_tell_is_none(make, monkeypatch):
    """What was not determined contradicts no country; to be stateless is an answer."""
    for code in ("NE", "XXX", "XXA", ""):
        make(identity=KNOWN, age=None, nationality=code)
    read = []
    monkeypatch.setattr(match, "link", lambda records, **_: read.extend(records) or [])

    night()

    assert sorted(record.nationalities for record in read) == [(), (), ("NE",), ("XXA",)]


def test_nobody_of_another_office_is_ever_in_a_pair(make, at):
    for identity in OTHERS:
        make(identity=identity, age=None)
    make(identity=KNOWN, age=None)
    make("edo.reception", identity=AGAIN, age=None)

    assert night() == night("edo.reception") == 0


def test_what_nobody_may_use_any_more_is_not_compared(office, at, told):
    known, _again = office
    with at("zinder.social") as work:
        said = ConsentGiven(
            **told(id=known.pk), certified=True, information=tuple(SEVEN), scopes=dict.fromkeys(CORE, True)
        )
        (given,) = give_consent(work, [said])
        withdraw(work, [Withdrawal(**told(id=given.pk))])

    assert night() == 0


def test_the_night_shows_nobody_to_anybody(office, at):
    night()

    with at("zinder.supervisor"):
        entries = list(Entry.objects.filter(purpose="people.match"))
    assert entries and all(entry.actor is None for entry in entries)
    assert all('"subjects":[]' in entry.body for entry in entries)


def test_the_work_of_the_night_may_do_nothing_that_a_rule_asks_for(office):
    from compass.access.jobs import by_itself
    from compass.access.policy import RULES, may

    nobody = by_itself(Organisation.objects.get(users__username="zinder.social"))

    assert not any(may(nobody, name) for name in RULES)


def test_not_the_same_is_remembered_and_not_asked_again(office, at, sign_in):
    night()
    (row,) = pairs(at)
    client = sign_in("zinder.supervisor")

    assert answer(client, row, "different")["Location"] == reverse("people:pairs")

    assert night() == 0
    client.get(reverse("people:pairs"))  # says once what was noted, with both codes
    assert office[0].code not in client.get(reverse("people:pairs")).content.decode()
    with at("zinder.supervisor"):
        assert Judgement.objects.get().same is False


def test_the_same_links_the_two(office, at, sign_in):
    night()
    client = sign_in("zinder.supervisor")

    answer(client, pairs(at)[0], "same")

    for one, other in (office, reversed(office)):
        page = client.get(reverse("people:person", args=[one.pk])).content.decode()
        assert f"The same person is also recorded as {other.code}" in page


def test_what_was_judged_at_registration_is_not_asked_at_night(office, at, told):
    with at("zinder.social") as work:
        judge(work, [Judged(**told(id=office[0].pk), other_id=office[1].pk, same=False)])

    assert night() == 0


def test_both_are_opened_for_a_reason_that_is_recorded(office, at, sign_in):
    night()
    url = reverse("people:pair", args=[pairs(at)[0].pk])
    client = sign_in("zinder.supervisor")
    assert "Osagie" not in client.get(url).content.decode()

    refused = client.post(url, {"key": str(uuid.uuid4()), "reveal": "1"}).content.decode()
    page = client.post(url, {"key": str(uuid.uuid4()), "reveal": "1", "reason": "correct"}).content.decode()

    assert "Osagie" not in refused and "Osagie" in page and "Osaghie" in page
    with at("zinder.supervisor"):
        body = Entry.objects.filter(purpose__startswith="people.pair").order_by("-seq").first().body
    assert body.count('"people.reveal"') == 2 and all(
        name in body for name in veil().identifiers(person.pk for person in office)
    )
    assert "Osagie" not in body


def test_the_oldest_come_first_and_a_page_is_not_endless(office, at, sign_in, monkeypatch):
    monkeypatch.setattr("compass.people.searching.pairs.PAGE", 1)
    monkeypatch.setattr("compass.people.views.pairs.PAGE", 1)
    with at("zinder.social") as work:
        people = list(Person.objects.order_by("recorded_at", "pk"))[:4]
        for number in (0, 2):
            first, second = ids(*people[number : number + 2])
            Pair.objects.create(
                organisation_id=people[0].organisation_id,
                first=first,
                second=second,
                rank=1 + number,
                found_at=work.now,
            )
    client = sign_in("zinder.supervisor")

    page = client.get(reverse("people:pairs")).content.decode()
    assert people[0].code in page and people[2].code not in page
    further = client.get(reverse("people:pairs") + f"?after={pairs(at)[0].pk}").content.decode()

    assert people[2].code in further and people[0].code not in further
    assert client.get(reverse("people:pairs") + "?after=nobody").status_code == 200


def test_a_pair_of_another_office_is_not_there(office, at, sign_in):
    night()
    (row,) = pairs(at)

    assert sign_in("dz.supervisor").get(reverse("people:pair", args=[row.pk])).status_code == 404


def test_a_social_worker_is_refused(sign_in):
    assert sign_in("zinder.social").get(reverse("people:pairs")).status_code == 403


def test_a_person_who_moved_away_is_in_no_pair(office, at, sign_in, cluster):
    from compass.people.searching.pairs import waiting

    night()
    with at("zinder.supervisor") as work:
        assert len(waiting(work)) == 1
        Pair.objects.create(
            organisation_id=work.actor.organisation.pk, first=uuid.UUID(int=1), second=office[0].pk, rank=1,
            found_at=work.now,
        )  # fmt: skip
        assert len(waiting(work)) == 1


def test_the_queue_carries_an_office_and_no_name():
    from procrastinate.contrib.django.models import ProcrastinateJob

    from compass.people.jobs import match_offices

    count = match_offices()

    jobs = list(ProcrastinateJob.objects.filter(task_name="compass.people.match_one").values_list("args", flat=True))
    assert len(jobs) == count == Organisation.objects.count()
    assert {str(pk) for pk in Organisation.objects.values_list("pk", flat=True)} == {job["office"] for job in jobs}
    assert all(set(job) == {"office"} for job in jobs)
    assert User.objects.exists()
