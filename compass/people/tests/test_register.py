from __future__ import annotations

import pytest

from compass.people.actions import IdentityChange, Registration, change_identity, register_people
from compass.people.models import Person
from compass.problems import NoScope, NotFound, StaleVersion
from compass.trail.chain import veil
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db
IDENTITY = {"given": "Ese", "family": "Osagie", "birth_date": "1995-03-14"}


def register(work, told, **changes):
    envelope = told(basis="vital_interest", **changes)
    return register_people(work, [Registration(**envelope, identity=IDENTITY, sex="female")])


def test_it_works(at, told):
    with at("zinder.social") as work:
        (person,) = register(work, told)

        assert person.age_band == "30-39"
        assert (
            work.keys.open(person.identity_sealed, table="people_person", column="identity_sealed", subject=person.pk)
            == IDENTITY
        )
        assert b"Osagie" not in bytes(person.identity_sealed)


def test_the_same_key_counts_once(at, told, owner):
    envelope = told(basis="vital_interest")
    with at("zinder.social") as work:
        first = register_people(work, [Registration(**envelope, identity=IDENTITY)])
    with at("zinder.social") as work:
        again = register_people(work, [Registration(**envelope, identity=IDENTITY)])

        assert [p.pk for p in first] == [p.pk for p in again]
        assert Person.objects.count() == 1


def test_another_office_does_not_see_the_person(at, told):
    with at("zinder.social") as work:
        (person,) = register(work, told)

    with at("edo.reception") as work:
        assert not Person.objects.filter(pk=person.pk).exists()
        with pytest.raises(NotFound):
            work.find("people.view", Person, person.pk)


def test_a_stale_version_shows_the_present_one(at, told):
    with at("zinder.social") as work:
        (person,) = register(work, told)
        change = {"sex": "female", "nationality": "NG", "languages": ("en",), "identity": IDENTITY, "contact": {}}
        change_identity(work, [IdentityChange(**told(id=person.pk, version=1), **change)])

        with pytest.raises(StaleVersion) as refused:
            change_identity(work, [IdentityChange(**told(id=person.pk, version=1), **change)])

        assert refused.value.current.version == 2


def test_reading_without_a_unit_of_work_fails_loudly(db):
    with pytest.raises(NoScope):
        list(Person.objects.all())


def test_the_trail_names_the_subject_once(at, told):
    with at("zinder.social", "people.register") as work:
        (person,) = register(work, told)

    with at("geneva.protection") as work:
        entry = work.allowed("trail.view", Entry).get(purpose="people.register")

        assert entry.body.count(veil().identifiers([person.pk])[0]) > 0
        assert str(person.pk) not in entry.body and person.pk.hex not in entry.body
        assert "Osagie" not in entry.body


def test_a_code_that_somebody_has_is_drawn_anew(at, told, monkeypatch):
    """Among a million people it happens every day somewhere, and a whole list would be lost with it."""
    with at("zinder.social") as work:
        (first,) = register(work, told)
    drawn = iter([*first.code.replace("-", "")[:7], *"A1C2D3E4F5G6H7J8K9L0M"])
    monkeypatch.setattr("compass.access.codes.secrets.choice", lambda _letters: next(drawn))

    with at("zinder.social") as work:
        listed = [Registration(**told(), identity={"given": name}) for name in ("Ese", "Osas")]
        people = register_people(work, listed)
        assert len({first.code, *(person.code for person in people)}) == 3
        assert [work.keys.open(p.identity_sealed, table="people_person", column="identity_sealed", subject=p.pk)["given"]
                for p in people] == ["Ese", "Osas"]  # fmt: skip
    assert not list(drawn), "the list was begun again"
