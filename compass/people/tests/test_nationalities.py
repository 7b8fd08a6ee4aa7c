"""Several nationalities, or none: the one said first is clear for figures, the others are sealed and nowhere forgotten."""

from __future__ import annotations

import uuid
from html import unescape

import pytest

from compass.cases.screening import recorded
from compass.people.actions import IdentityChange, change_identity
from compass.people.copies import gather
from compass.people.models import Person
from compass.people.queries import former_identities, nationalities_of, opened
from compass.problems import Invalid, UnknownCode

pytestmark = pytest.mark.django_db
BASE = {"given": "Zakari", "sex": "male", "language": "ha", "birth_unknown": "on"}


def changed(at, told, person, **what):
    with at("zinder.cases") as work:
        (row,) = change_identity(work, [IdentityChange(**told(basis="vital_interest", id=person.pk), **what)])
    return row


def test_further_ones_are_sealed_kept_when_changed_and_told(make, sign_in, at, told):
    person, client = make(age=None), sign_in("zinder.social")

    def sent(version, **said):
        typed = {"key": str(uuid.uuid4()), "version": version, **BASE, **said}
        return client.post(f"/people/{person.pk}/identity/", typed)

    assert sent("1", nationality="NE", second_nationality="TD", third_nationality="LY").status_code == 302
    shown = unescape(client.post(f"/people/{person.pk}/", {"reveal": "1", "reason": "present"}).content.decode())
    closed = unescape(client.get(f"/people/{person.pk}/").content.decode())
    with at("zinder.social") as work:
        row = Person.objects.get(pk=person.pk)
        assert row.nationality == "NE" and nationalities_of(row, opened(work, row).identity) == ["NE", "TD", "LY"]
        assert b"TD" not in bytes(row.identity_sealed)
    assert "Tchad" in shown and "Libye" in shown and "Nationalité dite en premier" in shown and "Tchad" not in closed
    told_them = unescape(client.get(f"/people/{person.pk}/summary/").content.decode())
    assert "Niger" in told_them and "Vos autres pays" in told_them and "Tchad" not in told_them
    with at("zinder.cases") as work:
        assert "Tchad" in str(gather(work, person).tables["people.Person"]) or "TD" in str(gather(work, person).tables)

    assert sent("2", nationality="TD").status_code == 302
    with at("zinder.social") as work:
        row = Person.objects.get(pk=person.pk)
        assert nationalities_of(row, opened(work, row).identity) == ["TD"]
        ((_row, before),) = former_identities(work, row)
        assert (before["nationality"], before["second_nationality"], before["third_nationality"]) == ("NE", "TD", "LY")
    former = client.post(f"/people/{person.pk}/former/", {"reveal": "1", "reason": "present"}).content.decode()
    assert "Libye" in former and "Niger" in former


def test_what_cannot_be_is_refused_where_it_is_said(make, sign_in, at, told):
    person, client = make(age=None), sign_in("zinder.social")
    for said, words in (
        ({"nationality": "NE", "second_nationality": "NE"}, "déjà dite"),
        ({"nationality": "NE", "second_nationality": "TD", "third_nationality": "TD"}, "déjà dite"),
        ({"nationality": "XNC", "second_nationality": "TD"}, "n’y en a aucune"),
    ):
        typed = {"key": str(uuid.uuid4()), "version": "1", **BASE, **said}
        page = client.post(f"/people/{person.pk}/identity/", typed)
        assert page.status_code == 200 and words in unescape(page.content.decode())

    changed(at, told, person, nationality="NE", identity={"second_nationality": "TD"})
    for refused, what in (
        (UnknownCode, {"identity": {"second_nationality": "XXA"}}),
        (UnknownCode, {"identity": {"third_nationality": "ZZ"}}),
        (Invalid, {"identity": {"third_nationality": "TD"}}),
        (Invalid, {"nationality": "TD"}),
        (Invalid, {"nationality": "XNC"}),
    ):
        with pytest.raises(refused):
            changed(at, told, person, **what)
    changed(at, told, person, nationality="XNC", identity={"second_nationality": None})


def test_who_claims_none_is_not_who_was_not_asked_and_is_asked_at_the_screening(make, sign_in, at, told):
    person = make(age=None)
    client = sign_in("zinder.social")
    before = unescape(client.post(f"/people/{person.pk}/", {"reveal": "1", "reason": "present"}).content.decode())
    changed(at, told, person, nationality="XNC")
    after = unescape(client.post(f"/people/{person.pk}/", {"reveal": "1", "reason": "present"}).content.decode())

    assert "Ne revendique aucune nationalité" in after and "Ne revendique" not in before
    assert recorded(uasc_status="", nationality="XNC", child=False) == {}
    assert recorded(uasc_status="", nationality="NE", child=False) == {"no_nationality": False}, "the control"
