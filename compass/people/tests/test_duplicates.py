"""The warning at registration: within the office, by code, asked once."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from compass.people.models import Judgement, Search

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(sign_in, client):
    """Signed in, with pages in English."""
    client.cookies["compass_language"] = "en"
    return sign_in


KNOWN = {"given": "Ese", "family": "Osagie", "birth_year": 1990}
TYPED = {
    "given": "Esse", "family": "Osaghie", "birth_year": "1991", "birth_estimated": "yes", "sex": "female",
    "nationality": "NG", "language": "en",
}  # fmt: skip


@pytest.fixture
def twice(make):
    """The record that is known and the new one, of which only the age was told."""
    return make(identity=KNOWN, age=None, sex="female"), make(age=None)


def write(client, person, **changes):
    url = reverse("people:identity", args=[person.pk])
    return client.send(f"{url}?intake", {"key": str(uuid.uuid4()), **TYPED, **changes})


def answer(client, person, other, said, then="contact"):
    url = reverse("people:same", args=[person.pk]) + f"?intake&then={then}"
    return client.post(url, {"key": str(uuid.uuid4()), "other": str(other.pk), "answer": said})


def test_it_works(sign_in, twice):
    known, new = twice
    client = sign_in("zinder.social")

    response = write(client, new)
    assert response["Location"] == reverse("people:same", args=[new.pk]) + "?intake&then=contact"
    page = client.get(response["Location"]).content.decode()

    assert known.code in page and new.code in page and "Is it the same person?" in page
    assert "Osagie" not in page and "Osaghie" not in page


def test_somebody_else_goes_straight_on(sign_in, twice):
    _known, new = twice

    response = write(sign_in("zinder.social"), new, given="Blessing", family="Ekhator")

    assert response["Location"] == reverse("people:contact", args=[new.pk]) + "?intake"


def test_not_the_same_is_remembered_and_not_asked_again(sign_in, twice):
    known, new = twice
    client = sign_in("zinder.social")
    write(client, new)

    response = answer(client, new, known, "different")
    assert response["Location"] == reverse("people:contact", args=[new.pk]) + "?intake"

    assert str(known.pk) not in client.get(reverse("people:same", args=[new.pk])).content.decode()
    again = write(client, new, version="2")
    assert "/same/" not in again.get("Location", "")


def test_the_same_leads_to_the_record_that_is_known(sign_in, twice, at):
    known, new = twice
    client = sign_in("zinder.social")
    write(client, new)

    response = answer(client, new, known, "same")

    assert response["Location"] == reverse("people:person", args=[known.pk])
    for one, other in ((known, new), (new, known)):
        page = client.get(reverse("people:person", args=[one.pk])).content.decode()
        assert f"The same person is also recorded as {other.code}" in page
    with at("zinder.social"):
        assert Judgement.objects.get().same is True


def test_a_judgement_can_be_corrected(sign_in, twice, at):
    known, new = twice
    client = sign_in("zinder.social")
    answer(client, new, known, "same")

    answer(client, known, new, "different")

    with at("zinder.social"):
        row = Judgement.objects.get()
        assert (row.same, row.version) == (False, 2)


def test_nobody_of_another_office_is_ever_beside(sign_in, make):
    make("edo.reception", identity=KNOWN, age=None)
    new = make(age=None)

    response = write(sign_in("zinder.social"), new)

    assert response["Location"] == reverse("people:contact", args=[new.pk]) + "?intake"


def test_nobody_of_another_office_can_be_judged(sign_in, make, at):
    theirs = make("edo.reception", identity=KNOWN, age=None)
    mine = make(identity=KNOWN, age=None)

    page = answer(sign_in("zinder.social"), mine, theirs, "same")

    assert page.status_code == 200 and "There is no such record" in page.content.decode()
    with at("zinder.social"):
        assert not Judgement.objects.exists()
    assert sign_in("edo.reception").get(reverse("people:same", args=[mine.pk])).status_code == 404


def test_a_wrong_role_is_refused(sign_in, twice):
    assert sign_in("zinder.clinic").get(reverse("people:same", args=[twice[1].pk])).status_code in {403, 404}


def test_bad_input_is_no_error(sign_in, twice):
    client = sign_in("zinder.social")
    url = reverse("people:same", args=[twice[1].pk])

    assert client.post(f"{url}?then=https://elsewhere", {"other": "x", "answer": "perhaps"}).status_code == 200
    assert answer(client, twice[1], twice[1], "same").status_code == 200


def test_people_of_one_household_are_not_asked_about(sign_in, make):
    known = make(identity=KNOWN, age=None, sex="female")
    new = make(age=None, household_id=known.household_id)

    assert "/same/" not in write(sign_in("zinder.social"), new)["Location"]


def test_a_number_written_later_is_compared_too(sign_in, make):
    known = make(identity={"given": "Ese", "family": "Osagie"}, age=None, contact={"phone": "+234 803 555 0199"})
    new = make(identity={"given": "Ese"}, age=None)
    client = sign_in("zinder.social")

    response = client.send(
        reverse("people:contact", args=[new.pk]),
        {"key": str(uuid.uuid4()), "phone": "0803 5550199", "safe_to_call": "yes", "safe_to_carry_paper": "no"},
    )

    assert response["Location"] == reverse("people:same", args=[new.pk]) + "?then=person"
    assert known.code in client.get(response["Location"]).content.decode()


def test_too_many_comparisons_stop_no_intake(sign_in, twice, at, monkeypatch):
    known, new = twice
    monkeypatch.setattr("compass.people.actions.searches.COMPARISONS_AN_HOUR", 0)
    client = sign_in("zinder.social")

    response = write(client, new)

    assert response["Location"] == reverse("people:contact", args=[new.pk]) + "?intake"
    assert "It was not compared" in client.get(response["Location"]).content.decode()
    with at("zinder.social"):
        assert not Search.objects.exists()


def test_looking_beside_a_record_counts_and_stops_with_the_comparisons(sign_in, twice, at, monkeypatch):
    """Writing an invented record anew and opening the page beside it would else be a search without a limit."""
    known, new = twice
    client = sign_in("zinder.social")
    write(client, new)
    url = reverse("people:same", args=[new.pk]) + "?then=contact"
    monkeypatch.setattr("compass.people.actions.searches.COMPARISONS_AN_HOUR", 3)

    pages = [client.get(url) for _ in range(3)]

    assert [page.status_code for page in pages] == [200, 200, 302]
    assert known.code in pages[1].content.decode()
    assert pages[2]["Location"] == reverse("people:contact", args=[new.pk])
    said = client.get(pages[2]["Location"]).content.decode()
    assert "It was not compared" in said and known.code not in said
    with at("zinder.social"):
        kinds = list(Search.objects.order_by("recorded_at", "id").values_list("kind", "about", "found"))
    assert kinds == [("comparison", new.pk, 1), ("look", new.pk, 1), ("look", new.pk, 1)]


def test_a_judgement_tells_nothing_more_once_the_hour_is_full(sign_in, make, monkeypatch):
    known, also, new = make(identity=KNOWN, age=None), make(identity=KNOWN, age=None), make(age=None)
    client = sign_in("zinder.social")
    write(client, new)
    here = reverse("people:same", args=[new.pk])
    assert answer(client, new, known, "different")["Location"].startswith(here), also.code
    monkeypatch.setattr("compass.people.actions.searches.COMPARISONS_AN_HOUR", 0)

    response = answer(client, new, known, "different")

    assert response["Location"] == reverse("people:contact", args=[new.pk]) + "?intake"


def test_a_record_compared_again_and_again_is_listed(sign_in, twice, at, told):
    from compass.people.actions import IdentityChange, change_identity, compare_person

    _known, new = twice
    for year in range(1985, 1989):
        with at("zinder.social") as work:
            change = IdentityChange(**told(id=new.pk), identity={"given": "Ese", "birth_year": year})
            change_identity(work, [change])
            compare_person(work, change)

    page = sign_in("zinder.supervisor").get(reverse("people:searches")).content.decode()

    assert "One record compared again and again" in page
