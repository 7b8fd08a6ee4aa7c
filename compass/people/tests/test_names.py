"""Further and former names: kept, sealed, and each of them finds the person; birth and nationality with their history."""

from __future__ import annotations

import re
import uuid
from html import unescape

import pytest

from compass.people.actions import IdentityChange, NameSaid, change_identity, record_names
from compass.people.matching.scripts import script_of
from compass.people.models import FormerIdentity, Person, PersonName
from compass.people.queries import former_identities, name_words, names_of, opened
from compass.people.searching.tokens import BUCKETS, kept, record_of
from compass.problems import Invalid, NotFound, StaleVersion, UnknownCode
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db
KNOWN = "تالاتو الخياطة"
SELF = {"given": "Zakari", "family": "Ousmane", "birth_year": 1990, "birth_estimated": False}


@pytest.fixture
def person(make):
    return make(age=None, identity=SELF)


def said(at, told, person, username="zinder.cases", **what):
    with at(username) as work:
        (row,) = record_names(
            work, [NameSaid(**told(basis="vital_interest", id=person.pk), **{"kind": "known_as", **what})]
        )
    return row


def changed(at, told, person, **what):
    with at("zinder.cases") as work:
        (row,) = change_identity(work, [IdentityChange(**told(basis="vital_interest", id=person.pk), **what)])
    return row


def found(client, **asked):
    return client.post("/people/find/", asked).content.decode()


def where(person, of=None):
    return f"/people/{person.pk}/name/" + (f"?of={of.name}" if of else "")


def test_a_correction_is_a_new_row_and_what_was_written_stays(person, at, told):
    first = said(at, told, person, words="Talatou")

    said(at, told, person, name=first.name, seen=str(first.pk), words="Talatu")
    said(at, told, person, name=first.name, kind="former")

    with at("zinder.social") as work:
        (rows,) = names_of(work, person)
        assert [(row.kind, name_words(work, row)) for row in rows] == [
            ("former", "Talatu"),
            ("known_as", "Talatu"),
            ("known_as", "Talatou"),
        ]
        assert not [row for row in rows if b"Talat" in bytes(row.detail_sealed)]
    assert PersonName.wall.app == FormerIdentity.wall.app == "SELECT, INSERT"
    assert PersonName.wall.moves_with == FormerIdentity.wall.moves_with == "person"


def test_what_is_no_name_of_this_person_is_refused(person, make, at, told):
    first = said(at, told, person, words="Talatu")

    for refused, what in (
        (NotFound, {"name": uuid.uuid4(), "words": "A"}),
        (Invalid, {"words": "  "}),
        (UnknownCode, {"kind": "nickname", "words": "A"}),
        (StaleVersion, {"name": first.name, "seen": str(uuid.uuid4()), "words": "A"}),
    ):
        with pytest.raises(refused):
            said(at, told, person, **what)
    with pytest.raises(NotFound):
        said(at, told, make(), name=first.name, words="A")


def test_another_office_sees_none_and_adds_none(person, at, told):
    said(at, told, person, words="Talatu")
    changed(at, told, person, identity={"given": "Zakariya"})

    with at("edo.reception"):
        assert not PersonName.objects.exists() and not FormerIdentity.objects.exists()
    with at("zinder.social"):
        assert PersonName.objects.count() == FormerIdentity.objects.count() == 1
    with pytest.raises(NotFound):
        said(at, told, person, username="edo.reception", words="Talatu")


def test_every_name_finds_the_person_and_none_alone(person, at, told, sign_in):
    client, code = sign_in("zinder.social"), person.code
    mistaken = said(at, told, person, words="Wrongly Written")
    said(at, told, person, words=KNOWN)
    said(at, told, person, kind="mother", words="Hadiza")
    said(at, told, person, kind="father", words="Abdoulaye")
    changed(at, told, person, identity={"given": "Zakariya", "family": "Oumarou"})

    assert code in found(client, names="Talatu", birth_year="1990")
    assert code in found(client, names="Zakariya", mother="Khadija")
    assert code in found(client, names="Zakariya Abdoulaye")
    assert code in found(client, names="Ousmane", birth_year="1990"), "a former name"
    assert code not in found(client, names="Abdoulaye", birth_year="1990"), "the name of a parent alone is not theirs"
    assert code not in found(client, names="Talatu")
    assert code not in found(client, names="Talatu", birth_year="1970")
    assert code in found(client, names="Wrongly Written")
    said(at, told, person, name=mistaken.name, mistaken=True)
    assert code not in found(client, names="Wrongly Written")


def test_a_second_record_under_a_further_or_former_name_is_noticed(person, make, at, told, sign_in):
    """Though the first record holds more names than the second one knows."""
    said(at, told, person, words="Sani Garba")
    changed(at, told, person, identity={"given": "Ibrahim", "family": "Saley"})
    client = sign_in("zinder.social")

    def told_of(given, family):
        other = make(age=None, identity={"birth_year": 1990, "birth_estimated": False})
        data = {"key": str(uuid.uuid4()), "version": "1", "given": given, "family": family, "birth_year": "1990"}
        answers = {"birth_estimated": "no", "sex": "male", "nationality": "NE", "language": "ha"}
        return client.post(f"/people/{other.pk}/identity/", {**data, **answers}, follow=True).content.decode()

    assert person.code in told_of("Sani", "Garba")
    assert person.code in told_of("Zakari", "Ousmane")
    assert person.code not in told_of("Bello", "Mahamane"), "the control"


def test_the_first_names_keep_their_place_in_the_index():
    from compass.people.searching.also import Also

    own, also = {"given": "Zakari", "family": "Ousmane", "birth_year": 1990}, Also()
    for words in ("Garba Mutari Dogo", "Kasim Fodi", "Laraba Bichi", "Nuhu Tanko Rabo", "Sule Lere", "Hamza Wada Yusi"):
        also.add("known_as", words, of=uuid.uuid4())

    pairs = kept(record_of(own, {}, also))

    assert len(pairs) == BUCKETS[-1]
    assert {pair for pair in kept(record_of(own, {})) if pair.count("|") == 1} <= set(pairs)


def test_who_the_person_was_said_to_be_is_kept_with_who_changed_it(person, at, told, sign_in):
    changed(at, told, person, identity={"place_of_origin": "Gouré"})  # nothing was there before: nothing is replaced
    changed(at, told, person, identity={"birth_unknown": True}, nationality="NE")
    changed(at, told, person, nationality="NG", languages=("fr",))

    client = sign_in("zinder.social")
    closed = unescape(client.get(f"/people/{person.pk}/former/").content.decode())
    page = unescape(client.post(f"/people/{person.pk}/former/", {"reveal": "1", "reason": "present"}).content.decode())

    with at("zinder.social") as work:
        row = Person.objects.get(pk=person.pk)
        before = [identity for _row, identity in former_identities(work, row)]
        assert row.age_band == "" and opened(work, row).identity["birth_unknown"] is True
    assert before == [
        {**{k: SELF[k] for k in ("given", "family")}, "place_of_origin": "Gouré", "birth_unknown": True,
         "nationality": "NE", "languages": ["ha"]},
        {**SELF, "place_of_origin": "Gouré", "languages": ["ha"]},
    ]  # fmt: skip
    assert (
        "1990" not in closed and "1990" in page and "Niger" in page and "Haoussa" in page.replace("haoussa", "Haoussa")
    )
    assert "Modifié par" in page and len(re.findall("<article", page)) == 2


def test_the_pages(person, sign_in, at):
    client = sign_in("zinder.social")
    typed = {"key": str(uuid.uuid4()), "kind": "known_as", "words": KNOWN}

    begun = client.get(where(person))
    saved = client.post(where(person), typed, follow=True)
    with at("zinder.social"):
        row = PersonName.objects.get(person=person)
    asked = client.get(where(person, row)).content.decode()
    wrong = {"key": str(uuid.uuid4()), "kind": "known_as", "words": "", "mistaken": "on"}
    shown = client.post(f"/people/{person.pk}/", {"reveal": "1", "reason": "present"}).content.decode()
    struck = client.post(where(person, row), {**wrong, "seen": str(row.pk)}, follow=True).content.decode()
    stale = client.post(where(person, row), {**wrong, "key": str(uuid.uuid4()), "seen": str(row.pk)})
    former = client.post(f"/people/{person.pk}/former/", {"reveal": "1", "reason": "present"}).content.decode()

    assert begun.status_code == 200 and KNOWN not in saved.content.decode() + asked
    assert all(KNOWN not in address for address, _status in saved.redirect_chain)
    assert "Connu sous le nom de" in unescape(saved.content.decode())
    assert KNOWN in shown and "arabe" in shown
    assert "Connu sous le nom de" not in struck and KNOWN in former and "par erreur" in former
    assert "cmp" in stale.content.decode() and KNOWN not in stale.content.decode()
    with at("geneva.protection") as work:
        noted = "".join(work.allowed("trail.view", Entry).values_list("body", flat=True))
    assert "people.name" in noted and KNOWN not in noted


def test_one_name_and_an_unknown_birth_are_said_as_such(make, sign_in, at):
    person, client = make(age=None), sign_in("zinder.social")
    base = {
        "version": "1",
        "given": "Talatu",
        "sex": "female",
        "nationality": "NE",
        "language": "ha",
        "one_name": "yes",
    }

    def sent(**more):
        return client.post(f"/people/{person.pk}/identity/", {"key": str(uuid.uuid4()), **base, **more})

    assert sent(family="Garba").status_code == 200
    assert sent(birth_unknown="on", birth_year="1990", birth_estimated="yes").status_code == 200
    assert sent(birth_unknown="on").status_code == 302

    page = unescape(client.post(f"/people/{person.pk}/", {"reveal": "1", "reason": "present"}).content.decode())
    assert "Personne ne sait quand" in page and "qu’un seul nom" in page
    with at("zinder.social") as work:
        kept_now = opened(work, Person.objects.get(pk=person.pk)).identity
    assert kept_now == {"given": "Talatu", "one_name": True, "birth_unknown": True}


def test_the_script_is_that_of_most_letters():
    texts = {"Ṣani Garɓa": "Latn", KNOWN: "Arab", "ተስፋዬ": "Ethi", "ⴰⵎⵉⵏⴰ": "Tfng", "ߡߊߡߊߘߎ߫": "Nkoo", "12": "Zyyy"}

    assert {text: script_of(text) for text in texts} == texts
