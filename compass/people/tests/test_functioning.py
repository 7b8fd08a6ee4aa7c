"""Six questions for figures only: asked where an office does and of whom they suit, with consent; sealed, no label."""

from __future__ import annotations

import uuid
from html import unescape

import pytest

from compass.people import functioning
from compass.people.actions import (
    ConsentGiven,
    FunctioningAnswered,
    give_consent,
    record_functioning,
)
from compass.people.models import Functioning
from compass.people.tests.conftest import SEVEN
from compass.problems import (
    ConsentMissing,
    Invalid,
    NotFound,
    ShortSetNotAsked,
    ShortSetNotForAge,
    StaleVersion,
    UnknownCode,
)
from compass.trail.models import Entry
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
SIX = dict.fromkeys(code_list("disability_domain").values, "none")
MANY = SIX | {"walking": "cannot", "seeing": "a_lot", "hearing": "refused"}


@pytest.fixture
def agree(at, told):
    def run(person, **scopes):
        with at("zinder.social") as work:
            scopes = {"data_processing": True, "share_non_identifiable_reporting": True, **scopes}
            give_consent(work, [ConsentGiven(**told(id=person.pk), certified=True, information=SEVEN, scopes=scopes)])

    return run


@pytest.fixture
def say(at, told):
    def run(person, answers=MANY, basis="consent", username="zinder.social", **more):
        with at(username) as work:
            said = FunctioningAnswered(**told(basis=basis, id=person.pk), answers=answers, **more)
            return record_functioning(work, [said])[0]

    return run


def where(person):
    return f"/people/{person.pk}/functioning/"


def test_answers_are_sealed_each_asking_stays_and_a_mistake_takes_all_of_it_away(make, agree, say, at):
    person = make()
    agree(person)
    first = say(person, seen="")
    second = say(person, SIX, seen=str(first.pk))

    for refused, what in (
        (StaleVersion, {"seen": str(first.pk)}),
        (StaleVersion, {"seen": ""}),
        (Invalid, {"answers": {"seeing": "none"}}),
        (UnknownCode, {"answers": SIX | {"seeing": "eaten"}}),
        (UnknownCode, {"answers": SIX | {"flying": "none"}}),
        (NotFound, {"username": "edo.reception"}),
    ):
        with pytest.raises(refused):
            say(person, **what)
    mistaken = say(person, {}, "legal_duty", seen=str(second.pk))

    with at("zinder.social") as work:
        rows = functioning.answers_of(work, person)
        assert [dict(functioning.opened(work, row)) for row in rows] == [{}, SIX, MANY]
        assert [row.pk for row in rows] == [mistaken.pk, second.pk, first.pk]
        assert not [row for row in rows if b"cannot" in bytes(row.answers_sealed)]
    with at("edo.reception"):
        assert not Functioning.objects.exists()
    # The three blobs say nothing by their length either.
    assert len({len(bytes(row.answers_sealed)) for row in rows[1:]}) == 1
    assert (Functioning.wall.app, Functioning.wall.moves_with) == ("SELECT, INSERT", "person")
    with pytest.raises(Invalid):
        say(make(), {}, "legal_duty")


def test_they_are_asked_where_they_are_turned_on_of_grown_people_who_agree(make, agree, say, settings):
    person, child, ageless = make(), make(age=16), make(age=None)
    for each in (person, child, ageless):
        agree(each)
    for basis in ("vital_interest", "legal_duty", "public_interest"):
        with pytest.raises(ConsentMissing):
            say(person, SIX, basis)
    for each in (child, ageless, make(age=3)):
        with pytest.raises(ShortSetNotForAge):
            say(each)
    for scopes in ({"share_non_identifiable_reporting": False}, {"data_processing": False}):
        other = make()
        agree(other, **scopes)
        with pytest.raises(ConsentMissing):
            say(other)
    with pytest.raises(ConsentMissing):
        say(make())

    row = say(person, seen="")
    settings.COMPASS_SHORT_SET = frozenset({"ML"})
    with pytest.raises(ShortSetNotAsked):
        say(person, seen=str(row.pk))
    assert say(person, {}, "legal_duty").pk, "a mistake can be mended where nobody asks any more"


def test_the_page_opens_answers_for_a_reason_and_never_says_what_they_add_up_to(
    make, agree, say, sign_in, at, settings
):
    person, child = make(), make(age=9)
    client = sign_in("zinder.social")
    client.cookies["compass_language"] = "en"
    unasked = client.get(where(person)).content.decode()
    agree(person)
    begun = unescape(client.get(where(person)).content.decode())
    key = str(uuid.uuid4())
    lacking = client.post(where(person), {"key": key, "seen": "", **MANY, "walking": ""})
    saved = client.post(where(person), {"key": key, "seen": "", **MANY}, follow=True).content.decode()
    stale = client.post(where(person), {"key": str(uuid.uuid4()), "seen": "", **SIX}).content.decode()
    closed = client.get(where(person)).content.decode() + client.get(f"/people/{person.pk}/").content.decode()
    opened = unescape(client.post(where(person), {"reveal": "1", "reason": "present"}).content.decode())

    assert 'name="walking"' not in unasked and "may not be asked" in unasked
    assert all(code.description in begun for code in code_list("disability_domain")) and "walking" in begun
    assert lacking.status_code == 200 and "Choose an answer." in lacking.content.decode()
    assert "saved and sealed" in saved and "cmp" in stale
    assert "<dd" in opened and "Cannot do at all" in opened.split("take part")[0]
    assert not [word for word in ("isab", "andicap") if word in begun + saved + opened], "nobody is called by it"
    assert "Six questions" in closed and "<dt>Walking" not in closed
    child_page = unescape(client.get(where(child)).content.decode())
    assert "18 years and more" in child_page and 'name="walking"' not in child_page
    assert "Six questions" not in client.get(f"/people/{child.pk}/").content.decode()
    settings.COMPASS_SHORT_SET = frozenset()
    assert "does not ask" in client.get(where(person)).content.decode(), "what was answered is still there"
    assert "Six questions" not in client.get(f"/people/{make().pk}/").content.decode()
    settings.COMPASS_SHORT_SET = frozenset({"NE"})
    client.post(where(person), {"mistaken": "1", "key": str(uuid.uuid4()), "seen": newest(at, person)})
    assert "was a mistake" in unescape(
        client.post(where(person), {"reveal": "1", "reason": "present"}).content.decode()
    )
    with at("geneva.protection") as work:
        noted = "".join(work.allowed("trail.view", Entry).values_list("body", flat=True))
    assert "people.functioning" in noted and "people.reveal" in noted and "walking" not in noted


def newest(at, person):
    with at("zinder.social") as work:
        return str(functioning.answers_of(work, person)[0].pk)
