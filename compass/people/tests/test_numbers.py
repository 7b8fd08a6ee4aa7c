"""Numbers with other organisations: kept with what they were before, sealed, and each that names one person finds them."""

from __future__ import annotations

import uuid
from html import unescape

import pytest

from compass.people.actions import NumberSaid, record_numbers
from compass.people.models import AgencyNumber
from compass.people.queries import number_detail, numbers_of
from compass.problems import Invalid, NotFound, StaleVersion, UnknownCode
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db
NUMBER = "835-00C12345"


@pytest.fixture
def person(make):
    return make(age=None, identity={"given": "Zakari", "family": "Ousmane"})


def said(at, told, person, username="zinder.cases", **what):
    with at(username) as work:
        command = NumberSaid(**told(basis="vital_interest", id=person.pk), **{"kind": "unhcr_individual", **what})
        (row,) = record_numbers(work, [command])
    return row


def found(client, **asked):
    return client.post("/people/find/", asked).content.decode()


def where(person, of=None):
    return f"/people/{person.pk}/number/" + (f"?of={of.reference}" if of else "")


def test_a_change_is_a_new_row_what_was_known_stays_and_what_is_not_theirs_is_refused(person, make, at, told):
    first = said(at, told, person, number=NUMBER, issued_by="Agadez")
    said(at, told, person, reference=first.reference, seen=str(first.pk), state="ended")

    for refused, what in (
        (NotFound, {"reference": uuid.uuid4(), "number": "A"}),
        (Invalid, {"number": "  "}),
        (UnknownCode, {"kind": "lottery", "number": "A"}),
        (UnknownCode, {"state": "eaten", "number": "A"}),
        (StaleVersion, {"reference": first.reference, "seen": str(first.pk), "number": "A"}),
        (NotFound, {"username": "edo.reception", "number": "A"}),
    ):
        with pytest.raises(refused):
            said(at, told, person, **what)
    with pytest.raises(NotFound):
        said(at, told, make(), reference=first.reference, number="A")
    with at("zinder.social") as work:
        ((now, before),) = numbers_of(work, person)
        assert (now.state, before.state) == ("ended", "in_use")
        assert number_detail(work, now) == number_detail(work, before) == {"number": NUMBER, "issued_by": "Agadez"}
        assert not [row for row in (now, before) if b"C12345" in bytes(row.detail_sealed)]
    with at("edo.reception"):
        assert not AgencyNumber.objects.exists()
    assert (AgencyNumber.wall.app, AgencyNumber.wall.moves_with) == ("SELECT, INSERT", "person")


def test_a_name_and_the_number_find_the_person_until_it_was_a_mistake_and_that_of_a_family_finds_nobody(
    person, make, at, told, sign_in
):
    client, code = sign_in("zinder.social"), person.code
    first = said(at, told, person, number=NUMBER)
    said(at, told, person, kind="unhcr_group", number="835-20C99999")

    assert code in found(client, names="Zakari", document="835 00c12345")
    assert code not in found(client, names="Zakari", document="835 00c12346")
    assert code not in found(client, names="", document=NUMBER)
    assert code not in found(client, names="Zakari", document="835-20C99999"), "a sister has it too"
    noticed = make(identity={"given": "Zakari"}, age=None)
    typed = {"key": str(uuid.uuid4()), "kind": "unhcr_individual", "number": NUMBER}
    assert code in client.post(where(noticed), typed, follow=True).content.decode()

    said(at, told, person, reference=first.reference, number="835-00C54321")
    assert code in found(client, names="Zakari", document=NUMBER), "what it was said to be"
    said(at, told, person, reference=first.reference, state="mistaken")
    assert code not in found(client, names="Zakari", document=NUMBER)
    assert code not in found(client, names="Zakari", document="835-00C54321")


def test_the_pages_show_kinds_and_open_a_number_only_for_a_reason(person, sign_in, at):
    client = sign_in("zinder.social")
    typed = {"key": str(uuid.uuid4()), "kind": "unhcr_individual", "number": NUMBER, "issued_by": "Agadez"}

    begun = client.get(where(person))
    saved = client.post(where(person), typed, follow=True)
    with at("zinder.social"):
        row = AgencyNumber.objects.get(person=person)
    asked = unescape(client.get(where(person, row)).content.decode())
    ended = {"key": str(uuid.uuid4()), "kind": "unhcr_individual", "number": "", "state": "ended"}
    closed = client.post(where(person, row), {**ended, "seen": str(row.pk)}, follow=True).content.decode()
    stale = client.post(where(person, row), {**ended, "key": str(uuid.uuid4()), "seen": str(row.pk)}).content.decode()
    opened = client.post(f"/people/{person.pk}/", {"reveal": "1", "reason": "present"}).content.decode()

    assert begun.status_code == 200 and not [page for page in (asked, closed, stale) if NUMBER in page]
    assert all(NUMBER not in address for address, _status in saved.redirect_chain)
    assert "HCR, de la personne" in unescape(closed) and "plus valable" in unescape(closed) and "cmp" in stale
    assert NUMBER in opened and "Agadez" in opened
    with at("geneva.protection") as work:
        noted = "".join(work.allowed("trail.view", Entry).values_list("body", flat=True))
    assert "people.number" in noted and NUMBER not in noted
