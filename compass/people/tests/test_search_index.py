"""What the blind index keeps: found again in other spellings, by nobody else, and no longer once the key is gone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from compass.access.actor import Actor
from compass.access.models import User
from compass.access.work import unit_of_work
from compass.people.actions import IdentityChange, Registration, change_identity, register_people
from compass.people.actions.index import index_people
from compass.people.matching.records import Name, Record
from compass.people.models import Person, SearchToken
from compass.people.searching.finding import find
from compass.people.searching.tokens import Tokens, asked, kept
from compass.problems import KeyAbsent


def register(at, told, *people, username="zinder.social"):
    """One person for each (identity, contact) or identity."""
    pairs = [each if isinstance(each, tuple) else (each, {}) for each in people]
    with at(username) as work:
        return register_people(
            work,
            [
                Registration(**told(basis="vital_interest"), identity=identity, contact=contact)
                for identity, contact in pairs
            ],
        )


def search(at, record, username="zinder.social"):
    with at(username) as work:
        return [each.person.pk for each in find(work, record, work.actor.organisation.pk).candidates]


def someone(given, family="", year="1990", **more):
    return Record(names=(Name(given, family),), born=year, **more)


FAMILIES = [
    ("محمد", "Mohamed", "Muhammad", "Mouhamadou"),
    ("Oumarou", "Umaru", "Oumarou"),
    ("Tesfaye", "ተስፋዬ", "Tesfay"),
    ("عبد الرحمن", "Abdurrahman", "Abdelrahmane", "Abdourahmane"),
    ("Khadija", "خديجة", "Khadidja", "Hadija"),
    ("Aïchatou", "Aishatu"),
    ("Suleiman", "Souleymane", "سليمان"),
    ("Jamila", "Djamila", "جميلة"),
]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family[1])
def test_one_name_is_found_in_each_of_its_spellings(at, told, family):
    for spelling in family:
        (person,) = register(at, told, {"given": spelling, "birth_year": 1990})
        missed = [other for other in family if person.pk not in search(at, someone(other))]
        assert missed == [], spelling


def test_a_year_is_found_up_to_three_apart(at, told):
    (person,) = register(at, told, {"given": "Ese", "birth_date": "1990-03-14"})

    assert [year for year in range(1984, 1997) if person.pk in search(at, someone("Ese", year=str(year)))] == [
        1987, 1988, 1989, 1990, 1991, 1992, 1993,
    ]  # fmt: skip


def test_each_second_attribute_finds(at, told):
    identity = {"given": "Ese", "family": "Osagie", "birth_year": 1990, "place_of_origin": "Benin City"}
    (person,) = register(at, told, (identity, {"phone": "+234 803 555 01 99"}))

    for record in (
        Record(names=(Name("Ese"),), born="1991"),
        Record(names=(Name("Osagie", "Ese"),)),
        Record(names=(Name("Osaghie"),), places=("Bénin-City",)),
        Record(names=(Name("Ese"),), phones=("08035550199",)),
    ):
        assert search(at, record) == [person.pk], record


def test_one_attribute_is_never_kept_nor_asked(at, told):
    for record in (Record(names=(Name("Ese"),)), Record(born="1990", places=("Kano",), phones=("90123456",))):
        assert kept(record) == asked(record) == []
    (person,) = register(at, told, {"given": "Ese"})

    with at("zinder.social"):
        assert not SearchToken.objects.filter(person_id=person.pk).exists()


def test_the_most_alike_comes_first(at, told):
    far, exact, near = register(
        at,
        told,
        {"given": "Mahmoud", "family": "Sani", "birth_year": 1993},
        {"given": "Mohamed", "family": "Sani", "birth_year": 1990},
        {"given": "Muhammad", "family": "Sani", "birth_year": 1991},
    )

    assert search(at, someone("Mohamed", "Sani")) == [exact.pk, near.pk, far.pk]


def test_another_organisation_finds_nothing(at, told):
    (person,) = register(at, told, {"given": "Ese", "family": "Osagie", "birth_year": 1990})

    assert search(at, someone("Ese", "Osagie")) == [person.pk]
    assert search(at, someone("Ese", "Osagie"), "edo.reception") == []
    with at("zinder.social") as mine, pytest.raises(KeyAbsent):
        find(mine, someone("Ese"), User.objects.get(username="edo.reception").organisation_id)


def test_two_organisations_keep_nothing_alike_of_one_name(at, told, owner):
    for username in ("zinder.social", "edo.reception"):
        register(at, told, {"given": "Ese", "family": "Osagie", "birth_year": 1990}, username=username)
    keys = []
    for username in ("zinder.social", "edo.reception"):
        with at(username) as work:
            keys.append(Tokens(work.keys.index_key(work.actor.organisation.pk)))

    pairs = kept(someone("Ese", "Osagie"))
    assert not {keys[0].at(pair, 0) for pair in pairs} & {keys[1].at(pair, 0) for pair in pairs}


def test_a_changed_name_is_found_and_the_old_one_too_but_no_birth_that_was_corrected(at, told):
    (person,) = register(at, told, {"given": "Ese", "birth_year": 1990})
    with at("zinder.social") as work:
        change_identity(
            work, [IdentityChange(**told(id=person.pk), identity={"given": "Blessing", "birth_year": 1990})]
        )

    assert search(at, someone("Ese")) == search(at, someone("Blessing")) == [person.pk]
    with at("zinder.social") as work:
        change_identity(work, [IdentityChange(**told(id=person.pk), identity={"birth_year": 1970})])
    assert search(at, someone("Ese")) == search(at, someone("Blessing")) == []


def test_what_did_not_change_stays_where_it_was(at, told):
    (person,) = register(at, told, {"given": "Ese", "family": "Osagie", "birth_year": 1990})

    def places():
        with at("zinder.social"):
            return set(SearchToken.objects.filter(person_id=person.pk).values_list("token"))

    before = places()
    with at("zinder.social") as work:
        change_identity(work, [IdentityChange(**told(id=person.pk), contact={"phone": "90123456"})])
    with at("zinder.social") as work:
        index_people(work, [person.pk])

    assert len(before & places()) >= len(kept(someone("Ese", "Osagie")))
    assert len(places()) == 16


def test_after_the_key_is_destroyed_nothing_is_found(at, told, owner):
    (person,) = register(at, told, {"given": "Ese", "family": "Osagie", "birth_year": 1990})
    assert search(at, someone("Ese", "Osagie")) == [person.pk]
    with at("zinder.social") as work:
        work.keys.destroy([person.pk])

    assert search(at, someone("Ese", "Osagie")) == []
    with at("zinder.social"):
        assert not SearchToken.objects.filter(person_id=person.pk).exists()


def test_a_person_without_a_key_is_taken_out_when_the_index_is_written(at, told):
    (person,) = register(at, told, {"given": "Ese", "family": "Osagie", "birth_year": 1990})
    with at("zinder.social") as work:
        work.keys.destroy([person.pk])
        work.keys = type(work.keys)(work.actor.organisations)
        index_people(work, [person.pk])

    with at("zinder.social"):
        assert not SearchToken.objects.filter(person_id=person.pk).exists()


def numbers_taken(work, upto):
    """Which numbers of "Ese, 1990" are taken; the unit of work must be open."""
    tokens = Tokens(work.keys.index_key(work.actor.organisation.pk))
    (pair,) = kept(someone("Ese"))
    return [number for number in range(upto) if SearchToken.objects.filter(token=tokens.at(pair, number)).exists()]


@pytest.mark.parametrize("first", [1, 3, 14, 17, 70])
def test_each_person_of_a_pair_has_the_next_token_and_everyone_is_found(at, told, first):
    identity = {"given": "Ese", "birth_year": 1990}
    people = [*register(at, told, *[identity] * first), *register(at, told, identity), *register(at, told, identity)]

    assert set(search(at, someone("Ese"))) == {person.pk for person in people}
    with at("zinder.social") as work:
        assert numbers_taken(work, first + 4) == list(range(first + 2))


def test_many_tokens_of_a_pair_are_those_of_each_number():
    tokens = Tokens(b"k" * 32)
    each = [tokens.at("name:s|year:1990", number) for number in range(40)]

    assert len(set(each)) == 40
    assert tokens.first("name:s|year:1990", 19) == each[:19]
    assert tokens.first("name:s|year:1990", 40, after=16) == each[16:]
    assert not set(each) & set(Tokens(b"l" * 32).first("name:s|year:1990", 40))


def test_nobody_shares_a_token(at, told):
    register(at, told, *[{"given": "Ese", "family": "Osagie", "birth_year": 1990}] * 20)

    with at("zinder.social"):
        held = list(SearchToken.objects.values_list("person_id", "token"))
    assert len(held) == len({token for _, token in held}) == 20 * 16


@pytest.mark.parametrize("gone", [slice(0, 12), slice(5, 9)], ids=["the whole head", "some of it"])
def test_places_that_were_given_up_cut_no_chain(at, told, gone):
    register(at, told, *[{"given": "Ese", "birth_year": 1990}] * 25)
    with at("zinder.social") as work:
        tokens = Tokens(work.keys.index_key(work.actor.organisation.pk))
        (pair,) = kept(someone("Ese"))
        numbered = [SearchToken.objects.get(token=tokens.at(pair, number)).person_id for number in range(25)]
        change = {"identity": {"birth_year": 1960}}
        change_identity(work, [IdentityChange(**told(id=person), **change) for person in numbered[gone]])

    assert set(search(at, someone("Ese"))) == set(numbered) - set(numbered[gone])


def test_what_is_undone_leaves_nothing_in_the_index(at, told):
    from django import forms

    from compass.problems import WrongState

    form = forms.Form({})
    with at("zinder.social") as work, work.attempt(form):
        (person,) = register_people(
            work,
            [Registration(**told(basis="vital_interest"), identity={"given": "Ese", "birth_year": 1990})],
        )
        raise WrongState

    with at("zinder.social"):
        assert not Person.objects.filter(pk=person.pk).exists()
        assert not SearchToken.objects.filter(person_id=person.pk).exists()


def test_one_person_a_token_under_eight_writers_at_once(apart, told, owner):
    """Each writer registers people of one name and year in units of work of its own; nobody fails, nobody is lost."""
    start = threading.Barrier(8)

    def write(number):
        try:
            actor = Actor.of(User.objects.get(username="zinder.social"))
            start.wait()
            made = []
            for _ in range(5):
                with unit_of_work(actor, "test") as work:
                    made += register_people(
                        work,
                        [Registration(**told(basis="vital_interest"), identity={"given": "Ese", "birth_year": 1990})],
                    )
            return [person.pk for person in made]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        people = [pk for found in pool.map(write, range(8)) for pk in found]

    with unit_of_work(Actor.of(User.objects.get(username="zinder.social")), "test") as work:
        found = find(work, someone("Ese"), work.actor.organisation.pk)
        assert {each.person.pk for each in found.candidates} == set(people)
        assert numbers_taken(work, 45) == list(range(40))


def test_a_place_taken_by_someone_else_is_tried_one_further(at, told, monkeypatch):
    """Without the lock of the office the database's own rule still holds, and reveals nothing but a taken place."""
    from compass.people.actions import index

    register(at, told, *[{"given": "Ese", "birth_year": 1990}] * 3)
    ends, blind = index._Writing._ends, [True]

    def outdated(self, pairs):
        found = ends(self, pairs)
        if blind.pop() if blind else False:
            return dict.fromkeys(found, 0)
        return found

    monkeypatch.setattr(index._Writing, "_ends", outdated)
    (late,) = register(at, told, {"given": "Ese", "birth_year": 1990})

    assert late.pk in search(at, someone("Ese"))
    assert len(search(at, someone("Ese"))) == 4


def test_the_database_refuses_a_token_to_a_second_person(at, told):
    from django.db import IntegrityError, transaction

    one, other = register(at, told, {"given": "Ese"}, {"given": "Osas"})
    with at("zinder.social") as work:
        office = work.actor.organisation.pk
        SearchToken.objects.create(organisation_id=office, token=1, person_id=one.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            SearchToken.objects.create(organisation_id=office, token=1, person_id=other.pk)


def test_the_whole_index_is_written_anew(at, told):
    from compass.people.actions.reindex import reindex

    people = register(at, told, *[{"given": name, "birth_year": 1990} for name in ("Ese", "Blessing", "Osas")])
    with at("zinder.social") as work:
        SearchToken.objects.all().delete()
        work.keys.destroy([people[2].pk])
    assert search(at, someone("Ese")) == []

    done = reindex(Actor.of(User.objects.get(username="zinder.supervisor")))

    assert (done.found, done.keyless) == (2, 1)
    assert search(at, someone("Ese")) == [people[0].pk]
    assert search(at, someone("Osas")) == []


def test_only_a_supervisor_writes_the_index_anew(at, told):
    from compass.people.actions.reindex import reindex
    from compass.problems import Denied

    (person,) = register(at, told, {"given": "Ese", "birth_year": 1990})
    for username in ("zinder.social", "geneva.protection"):
        with pytest.raises(Denied):
            reindex(Actor.of(User.objects.get(username=username)))

    assert search(at, someone("Ese")) == [person.pk]


def test_after_the_key_of_the_organisation_changed_the_index_is_written_anew(at, told, owner):
    """The tokens follow the newest key: the old ones find nobody, and are gone afterwards."""
    from compass.people.actions.reindex import reindex
    from compass.vault.crypto import new_key
    from compass.vault.keys import forget_keys
    from compass.vault.root import root_key

    (person,) = register(at, told, {"given": "Ese", "birth_year": 1990})
    office = User.objects.get(username="zinder.social").organisation_id
    with at("zinder.social"):
        before = set(SearchToken.objects.values_list("token", flat=True))
    wrapped = root_key().wrap(new_key(), f"organisation|{office}|2")
    owner.execute(
        "INSERT INTO vault_organisationkey (organisation_id, version, wrapped, created_at) VALUES (%s, 2, %s, now())",
        [office, wrapped],
    )
    try:
        forget_keys()
        assert search(at, someone("Ese")) == []

        reindex(Actor.of(User.objects.get(username="zinder.supervisor")))

        assert search(at, someone("Ese")) == [person.pk]
        with at("zinder.social"):
            assert not before & set(SearchToken.objects.values_list("token", flat=True))
    finally:
        owner.execute("DELETE FROM vault_organisationkey WHERE organisation_id = %s AND version = 2", [office])
        forget_keys()
