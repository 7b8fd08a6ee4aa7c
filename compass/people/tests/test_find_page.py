"""Finding a person: two attributes, codes first, throttled, recorded without the words, and no way to learn who is known."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse

from compass.people.matching.records import Name, Record
from compass.people.models import Search
from compass.people.searching import limits
from compass.people.searching.finding import Found, find
from compass.trail.chain import veil
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(sign_in, client):
    """Signed in, with pages in English."""
    client.cookies["compass_language"] = "en"
    return sign_in


IDENTITY = {"given": "Ese", "family": "Osagie", "birth_year": 1990}


def ask(client, **typed):
    return client.post(reverse("people:find"), {"key": str(uuid.uuid4()), **typed})


def text_of(response):
    """The page without what differs with every request."""
    return re.sub(r'(csrfmiddlewaretoken|name="key")[^>]*>', "", response.content.decode())


def test_it_works(sign_in, make):
    person = make(identity=IDENTITY, age=None, sex="female")
    client = sign_in("zinder.social")
    assert client.get(reverse("people:find")).status_code == 200

    page = ask(client, names="Osaghie Esse", birth_year="1991").content.decode()

    assert person.code in page and "Female" in page
    assert "Osagie" not in page


def test_the_place_of_each_result_is_by_how_alike_it_is(sign_in, make):
    near = make(identity={"given": "Muhammad", "family": "Sani", "birth_year": 1991}, age=None)
    exact = make(identity={"given": "Mohamed", "family": "Sani", "birth_year": 1990}, age=None)

    page = ask(sign_in("zinder.social"), names="Mohamed Sani", birth_year="1990").content.decode()

    assert page.index(exact.code) < page.index("Agrees exactly") < page.index(near.code) < page.index("Agrees closely")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Write a name, and one thing more"),
        ({"birth_year": "1990", "phone": "90123456"}, "Write a name, and one thing more"),
        ({"names": "Ese"}, "One name alone fits too many people"),
        ({"names": "1234", "birth_year": "1990"}, "Write a name as well"),
        ({"names": "Ese", "birth_year": "199"}, "Write a year from"),
    ],
)
def test_one_attribute_is_refused_and_says_what_helps(sign_in, make, typed, said):
    make(identity=IDENTITY, age=None)

    response = ask(sign_in("zinder.social"), **typed)

    assert response.status_code == 200 and said in response.content.decode()
    for value in typed.values():
        assert f'value="{value}"' in response.content.decode()


@pytest.mark.parametrize("username", ["zinder.clinic", "edo.monitoring", "niger.focal", "geneva.protection"])
def test_who_does_not_work_with_people_cannot_search(sign_in, username):
    assert ask(sign_in(username), names="Ese Osagie").status_code == 403


def test_a_name_is_never_in_an_address(sign_in, make):
    make(identity=IDENTITY, age=None)
    client = sign_in("zinder.social")

    page = client.get(reverse("people:find"), {"names": "Ese Osagie", "birth_year": "1990"}).content.decode()

    assert 'value="Ese Osagie"' not in page and "may be meant" not in page
    assert '<form method="post" class="sheet' in page


def test_absent_elsewhere_and_erased_are_answered_alike(sign_in, make, at):
    make("edo.reception", identity=IDENTITY, age=None)
    erased = make(identity={"given": "Blessing", "family": "Ekhator", "birth_year": 1990}, age=None)
    with at("zinder.social") as work:
        work.keys.destroy([erased.pk])
    client = sign_in("zinder.social")

    def answer(names):
        return text_of(ask(client, names=names, birth_year="1990")).replace(names, "")

    absent = answer("Nosakhare Uwaifo")
    assert "Nobody of your office was found" in absent
    assert answer("Ese Osagie") == absent == answer("Blessing Ekhator")


def test_the_work_is_the_same_for_absent_elsewhere_and_erased(at, make, django_assert_num_queries):
    """The same statements with as many digests: what time tells is only about the own office."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make("edo.reception", identity=IDENTITY, age=None)
    mine = make(identity={"given": "Osas", "family": "Iyamu", "birth_year": 1990}, age=None)
    seen = {}
    for given, family in (("Osaze", "Igbinedion"), ("Ese", "Osagie"), ("Osas", "Iyamu")):
        with at("zinder.social") as work:
            find(work, Record(names=(Name("Warm", "Up"),), born="1990"), work.actor.organisation.pk)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                find(work, Record(names=(Name(given, family),), born="1990"), work.actor.organisation.pk)
        seen[given] = [re.sub(r"'\{?[^']*'|-?\d+", "", query["sql"]) for query in queries]
    assert mine.code
    assert len(seen["Osaze"]) == len(seen["Ese"])
    assert [len(sql) // 50 for sql in seen["Ese"]] == [len(sql) // 50 for sql in seen["Osaze"]]
    assert len(seen["Osas"]) > len(seen["Ese"]), "the positive control: a person of the office adds work"


def test_the_trail_says_that_and_how_and_never_what(sign_in, make, at):
    person = make(identity=IDENTITY, age=None)
    ask(sign_in("zinder.social"), names="Ese Osagie", birth_year="1990")

    with at("geneva.protection") as work:
        entry = work.allowed("trail.view", Entry).get(purpose="people.find.write")
    assert veil().identifiers([person.pk])[0] in entry.body
    assert '"people.found"' in entry.body and '"attributes":"name year"' in entry.body.replace(": ", ":")
    assert not re.search("Osagie|Ese|1990", entry.body)
    with at("zinder.social"):
        assert Search.objects.values_list("kind", "attributes", "found").get() == ("search", ["name", "year"], 1)


def test_too_many_searches_are_refused_in_words_and_what_was_typed_stays(sign_in, make, at, monkeypatch):
    person = make(identity=IDENTITY, age=None)
    client = sign_in("zinder.social")
    monkeypatch.setattr("compass.people.actions.searches.SEARCHES_AN_HOUR", 3)
    for _ in range(3):
        assert person.code in ask(client, names="Ese Osagie").content.decode()

    page = ask(client, names="Ese Osagie").content.decode()

    assert "You have made 3 searches within an hour" in page and "5003" in page
    assert 'value="Ese Osagie"' in page and person.code not in page
    with at("zinder.social"):
        assert Search.objects.count() == 3
    assert person.code in ask(sign_in("zinder.cases"), names="Ese Osagie").content.decode(), (
        "each colleague for himself"
    )


def test_the_same_page_sent_twice_counts_once(sign_in, make, at):
    person = make(identity=IDENTITY, age=None)
    client, key = sign_in("zinder.social"), str(uuid.uuid4())

    for _ in range(2):
        page = client.post(reverse("people:find"), {"key": key, "names": "Ese Osagie"}).content.decode()
        assert person.code in page
    with at("zinder.social"):
        assert Search.objects.count() == 1


def test_a_key_used_again_for_other_words_is_refused(sign_in, make):
    person = make(identity=IDENTITY, age=None)
    client, key = sign_in("zinder.social"), str(uuid.uuid4())
    client.post(reverse("people:find"), {"key": key, "names": "Uwaifo Nosa"})

    assert person.code not in client.post(reverse("people:find"), {"key": key, "names": "Ese Osagie"}).content.decode()


def test_nothing_is_looked_for_under_a_key_that_was_used(sign_in, make, monkeypatch):
    """Else how long a refused search takes would answer it, and nobody would count it."""
    looked = []
    monkeypatch.setattr(
        "compass.people.actions.searches.find", lambda work, record, office: looked.append(record) or Found(())
    )
    client, key = sign_in("zinder.social"), str(uuid.uuid4())

    for names in ("Uwaifo Nosa", "Ese Osagie", "Uwaifo Nosa"):
        client.post(reverse("people:find"), {"key": key, "names": names})

    assert len(looked) == 2


def test_too_many_who_agree_equally_are_not_shown(sign_in, at, told, monkeypatch):
    from compass.people.actions import Registration, register_people

    monkeypatch.setattr("compass.people.searching.finding.MOST_OPENED", 5)
    with at("zinder.social") as work:
        people = register_people(
            work, [Registration(**told(basis="vital_interest"), identity=dict(IDENTITY, family="")) for _ in range(7)]
        )
    client = sign_in("zinder.social")

    page = ask(client, names="Ese", birth_year="1990").content.decode()

    assert "Too many people agree equally" in page
    assert not any(person.code in page for person in people)


def test_who_agrees_in_most_is_found_among_more_than_are_opened(at, told, monkeypatch):
    from compass.people.actions import Registration, register_people

    monkeypatch.setattr("compass.people.searching.finding.MOST_OPENED", 5)
    families = ["Uwaifo", "Iyamu", "Ekhator", "Osaze", "Igbinedion", "Obaseki", "Osagie", "Osagie", "Osagie"]
    with at("zinder.social") as work:
        people = register_people(
            work,
            [
                Registration(
                    **told(basis="vital_interest"), identity={**IDENTITY, "family": family, "birth_year": 1990}
                )
                for family in families
            ],
        )

    def found():
        with at("zinder.social") as work:
            record = Record(names=(Name("Ese", "Osagie"),), born="1990")
            return find(work, record, work.actor.organisation.pk)

    few = found()
    assert {each.person.pk for each in few.candidates} == {person.pk for person in people[6:]} and few.cut
    monkeypatch.setattr("compass.people.searching.finding.MOST_OPENED", 9)
    assert len(found().candidates) == 9 and not found().cut, "the positive control: all of them agree in something"


def registered(at, told, number, **identity):
    from compass.people.actions import Registration, register_people

    with at("zinder.social") as work:
        return register_people(
            work,
            [Registration(**told(basis="vital_interest"), identity=dict(IDENTITY, **identity)) for _ in range(number)],
        )


def test_a_search_that_did_not_look_at_everybody_says_so(sign_in, at, told, monkeypatch):
    monkeypatch.setattr("compass.people.searching.chains.ENDS", (8,))
    client, missing = sign_in("zinder.social"), "not all of them were looked at"
    registered(at, told, 8, family="", birth_year=1990)
    assert missing not in ask(client, names="Ese", birth_year="1990").content.decode(), "a chain of eight is read"
    (meant,) = registered(at, told, 1, family="Osagie", birth_year=1990)

    page = ask(client, names="Ese Osagie", birth_year="1990").content.decode()
    assert meant.code in page and missing in page
    page = ask(client, names="Ese", birth_year="1990").content.decode()
    assert meant.code not in page and "Too many people agree" in page
    monkeypatch.setattr("compass.people.actions.searches.find", lambda *_, **__: Found((), cut=True))
    page = ask(client, names="Ese Iyamu", birth_year="1990").content.decode()
    assert missing in page and "Nobody of your office" not in page


def test_among_many_of_each_two_attributes_whoever_has_all_three_is_found(at, told, monkeypatch):
    monkeypatch.setattr("compass.people.searching.chains.ENDS", (8,))
    registered(at, told, 9, family="Osagie", birth_year=1960)
    registered(at, told, 9, family="Iyamu", birth_year=1990)
    registered(at, told, 9, given="Blessing", family="Osagie", birth_year=1990)
    (meant,) = registered(at, told, 1, family="Osagie", birth_year=1990)

    def found():
        with at("zinder.social") as work:
            answer = find(work, Record(names=(Name("Ese", "Osagie"),), born="1990"), work.actor.organisation.pk)
            return [each.person.pk for each in answer.candidates], answer.cut

    assert found() == ([meant.pk], True)
    monkeypatch.setattr("compass.people.searching.chains.narrower", lambda record, wide: [])
    assert found() == ([], True), "the positive control: by two attributes alone nobody is told apart"


def test_unusual_searching_is_listed_for_who_watches(sign_in, make, monkeypatch):
    client = sign_in("zinder.social")
    assert client.get(reverse("people:searches")).status_code == 403
    monkeypatch.setattr("compass.people.actions.searches.SEARCHES_AN_HOUR", 100)
    for number in range(limits.EMPTY_A_DAY):
        for watcher in ("zinder.supervisor", "geneva.protection"):
            page = sign_in(watcher).get(reverse("people:searches")).content.decode()
            assert "No searching or opening out of the ordinary" in page, number
        ask(sign_in("zinder.social"), names=f"Nobody {'abcdefghij'[number]}ka")

    for watcher in ("zinder.supervisor", "geneva.protection"):
        page = sign_in(watcher).get(reverse("people:searches")).content.decode()
        assert "Many without a result" in page and "Nobody" not in page
    assert (
        "No searching or opening out of the ordinary"
        in sign_in("edo.supervisor").get(reverse("people:searches")).content.decode()
    )
