"""An open session opens one record after the other: it is asked again who sits there, refused at last, and listed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from compass.access import openings
from compass.access.again import FIELD
from compass.access.models import Opening
from compass.config.demo.accounts import PASSWORD
from compass.people import queries
from compass.people.models import Person
from compass.people.searching import review
from compass.problems import OpenedTooOften, TooManyTries
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db

QUESTION = "Show that it is you"
GIVEN = ("Esohe", "Ijeoma", "Blessing", "Halima", "Rakiya", "Zara")


@pytest.fixture
def clerk(sign_in, client, monkeypatch):
    """Signed in, in English, where three people may be opened on one word."""
    monkeypatch.setattr(openings, "PEOPLE_ON_ONE_WORD", 3)
    client.cookies["compass_language"] = "en"
    return sign_in("zinder.social")


@pytest.fixture
def people(make) -> list[Person]:
    return [make(identity={"given": given, "family": "Osagie"}) for given in GIVEN]


def opens(client, person: Person, **more: str):
    path = reverse("people:person", args=[person.pk])
    return client.post(path, {"reveal": "1", "reason": "present", **more})


def shows(response, person: Person, people: list[Person]) -> bool:
    return GIVEN[people.index(person)] in response.content.decode()


def carried(response) -> dict[str, str]:
    """What the question sends back with the password, as a browser reads it."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.content.decode())
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def test_after_some_people_the_colleague_shows_that_it_is_them(clerk, people, at):
    for person in people[:3]:
        assert shows(opens(clerk, person), person, people)

    asked = opens(clerk, people[3])

    assert asked.status_code == 403 and QUESTION in asked.content.decode()
    assert not shows(asked, people[3], people)
    assert "records of 4 people" in asked.content.decode()
    assert asked["Cache-Control"].count("no-store") == 1
    # Who was opened already stays open: that is no new name.
    assert shows(opens(clerk, people[0]), people[0], people)
    wrong = clerk.post(asked.request["PATH_INFO"], {**carried(asked), FIELD: "another password of somebody"})
    assert QUESTION in wrong.content.decode() and "This is not your password" in wrong.content.decode()
    assert "records of 4 people" in wrong.content.decode() and not shows(wrong, people[3], people)
    right = clerk.post(asked.request["PATH_INFO"], {**carried(wrong), FIELD: PASSWORD})
    assert right.status_code == 200 and shows(right, people[3], people)
    # Now it begins anew; the control of the figure is the fourth, which is asked about once more.
    assert shows(opens(clerk, people[4]), people[4], people)
    assert shows(opens(clerk, people[5]), people[5], people)
    assert QUESTION in opens(clerk, people[0]).content.decode()
    with at("zinder.supervisor") as work:
        refused = [entry.body for entry in Entry.objects.filter(purpose="people.person.write")]
        assert sum('"problem":1012' in body for body in refused) == 2
        # Written down under the veil: no opened person stands in the table by the identifier of their record.
        assert not Opening.objects.filter(veiled__in=[person.pk for person in people]).exists()
        assert Opening.objects.filter(recorded_by=work.actor.id).count() == 0
        assert Opening.objects.values("veiled").distinct().count() == len(people)


def test_wrong_passwords_are_counted(clerk, people):
    for person in people[:3]:
        opens(clerk, person)
    asked = opens(clerk, people[3])
    tries = [clerk.post(asked.request["PATH_INFO"], {**carried(asked), FIELD: f"guess {at}"}) for at in range(12)]

    assert tries[0].status_code == 403 and tries[-1].status_code == TooManyTries.status
    late = clerk.post(asked.request["PATH_INFO"], {**carried(asked), FIELD: PASSWORD})
    assert late.status_code == TooManyTries.status and not shows(late, people[3], people)


def test_there_is_a_most_for_an_hour(people, at, monkeypatch):
    monkeypatch.setattr(openings, "PEOPLE_AN_HOUR", 4)

    def reveal(person: Person) -> str:
        with at("zinder.social") as work:
            return queries.reveal(work, work.find("people.identity", Person, person.pk), "present").name

    names = [reveal(person) for person in people[:4]]
    assert names == [f"{given} Osagie" for given in GIVEN[:4]]
    with pytest.raises(OpenedTooOften):
        reveal(people[4])
    # The same four again, and somebody else's hour.
    assert reveal(people[0]) == names[0]
    with at("zinder.cases") as work:
        assert queries.reveal(work, work.find("people.identity", Person, people[4].pk), "present").name
    # A list is opened as a whole or not at all.
    with pytest.raises(OpenedTooOften), at("zinder.social") as work:
        queries.reveal_names(work, people, "service")
    monkeypatch.setattr(openings, "HOUR", timedelta(0))
    assert reveal(people[4]) == f"{GIVEN[4]} Osagie"


def test_the_first_list_may_be_as_long_as_the_caseload(people, at, monkeypatch):
    monkeypatch.setattr(openings, "PEOPLE_ON_ONE_WORD", 3)
    with at("zinder.social") as work:
        work.draft.session = "0123456789ab"
        assert len(queries.reveal_names(work, people[:5], "service", caseload=True)) == 5
        assert len(queries.reveal_names(work, people[:5], "service")) == 5
        with pytest.raises(openings.ConfirmAgain):
            queries.reveal_names(work, people[5:], "service")


def test_a_list_filled_with_whom_one_likes_is_no_caseload(people, at, monkeypatch):
    """Whoever sits down at an open session marks everybody as present somewhere and opens the names of that list."""
    monkeypatch.setattr(openings, "PEOPLE_ON_ONE_WORD", 3)
    with at("zinder.social") as work:
        work.draft.session = "0123456789ab"
        for since in (None, work.now - timedelta(hours=2)):
            work.confirmed_at = since
            with pytest.raises(openings.ConfirmAgain):
                queries.reveal_names(work, people, "service")
        # Positive controls: a short list, and the long one right after the password.
        work.confirmed_at = None
        assert len(queries.reveal_names(work, people[:3], "service")) == 3
        work.confirmed_at = work.now
        assert len(queries.reveal_names(work, people, "service")) == len(people)


def test_a_day_with_many_is_listed_for_those_who_watch(people, at, monkeypatch, sign_in, client):
    for person in people[:4]:
        with at("zinder.social") as work:
            queries.reveal(work, work.find("people.identity", Person, person.pk), "present")
    with at("zinder.supervisor") as work:
        assert review.unusual(work) == []
    monkeypatch.setattr(review, "PEOPLE_A_DAY", 4)
    with at("zinder.supervisor") as work:
        (line,) = review.unusual(work)
    assert (line.opened, line.searches, line.many) == (4, 0, False)
    client.cookies["compass_language"] = "en"
    page = sign_in("zinder.supervisor").get(reverse("people:searches")).content.decode()
    assert "Opened the words of many people" in page
