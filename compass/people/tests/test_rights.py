"""Correction and objection: recorded, answered in time with a reason, told; what rests on consent stops at once."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from compass.cases import standards
from compass.people.actions import ConsentGiven, RightAnswered, RightAsked, answer_rights, ask_rights, give_consent
from compass.people.consent import allows
from compass.people.models import DataRequest
from compass.problems import Denied, Invalid, SecondPersonNeeded, WrongState
from compass.vocabulary import rights
from compass.vocabulary.rights import answer_days

from .conftest import SEVEN

pytestmark = pytest.mark.django_db
SAID = "My father is Idi, not Ido"


def test_a_correction_is_recorded_answered_and_told(at, make, sign_in):
    person, client = make(), sign_in("zinder.social")
    page = f"/people/{person.pk}/rights/"

    client.send(page, {"kind": "correction", "concerns": "family", "words": SAID})

    with at("zinder.social") as work:
        row = DataRequest.objects.get(person=person)
        assert row.due_on == (timezone.now() + timedelta(days=30)).date()
        assert SAID.encode() not in bytes(row.words_sealed)
        lines = [*standards.work_list(work).week, *standards.work_list(work).today]
        queue = next(each for each in standards.registered() if each.id == "COMPASS-RIGHTS").queue
        assert [due.url for due in queue(work)] == [f"/people/rights/{row.pk}/"] and not [
            item for item in lines if item.standard.id == "COMPASS-RIGHTS"
        ], "a month ahead it is not on the list of this week"
    one = f"/people/rights/{row.pk}/"
    assert SAID not in client.get(one).content.decode()
    assert SAID in client.post(one, {"reveal": "1", "reason": "correct"}).content.decode()
    client.send(one, {"answer": "annotated", "told": "no", "reason": "Both are written down"})
    assert "جانبه" in unescape(
        client.get(f"/people/{person.pk}/", headers={"accept-language": "ar"}).content.decode()
    ) or ("à côté" in unescape(client.get(f"/people/{person.pk}/").content.decode()))
    client.send(one, {})
    with at("zinder.social"):
        row.refresh_from_db()
        assert (row.status, row.answer) == ("told", "annotated") and row.told_at is not None
    listed = sign_in("geneva.protection").get("/people/rights/")
    assert listed.status_code == 200 and SAID not in listed.content.decode()


def test_what_should_stop_is_not_dropped_beside_a_correction(at, make, sign_in):
    person, client = make(), sign_in("zinder.social")
    page = f"/people/{person.pk}/rights/"
    said = {"kind": "correction", "concerns": "family", "words": SAID, "purpose": "duplicate_check"}

    refused = client.send(page, said)
    client.send(page, said | {"purpose": ""})

    assert refused.status_code == 200 and SAID in unescape(refused.content.decode())
    with at("zinder.social"):
        assert list(DataRequest.objects.filter(person=person).values_list("kind", "purpose")) == [("correction", "")]


def test_a_refusal_has_a_ground_a_reason_and_a_second_person(at, told, make):
    person = make()
    with at("zinder.supervisor") as work:
        asked = RightAsked(**told(id=person.pk, basis="legal_duty"), kind="correction", about="story")
        (row,) = ask_rights(work, [asked])

    def refuse(who, **more):
        said = {"answer": "refused", "ground": "accurate", "reason": "It was checked", **more}
        with at(who) as work:
            return answer_rights(work, [RightAnswered(**told(id=row.pk, basis="legal_duty"), **said)])

    with pytest.raises(SecondPersonNeeded):
        refuse("zinder.supervisor")
    with pytest.raises(Denied):
        refuse("zinder.social")
    with pytest.raises(WrongState):
        refuse("zinder.social", answer="stopped")
    with at("zinder.social") as work:
        (row,) = ask_rights(
            work, [RightAsked(**told(id=person.pk, basis="legal_duty"), kind="correction", about="story")]
        )
    with pytest.raises(Invalid):
        refuse("zinder.supervisor", reason=" ")
    assert refuse("zinder.supervisor")[0].answer == "refused"


def test_what_rests_on_consent_stops_at_once_and_all_else_is_weighed_by_a_second_person(at, told, make):
    person = make()
    scopes = {"data_processing": True, "photo_audio": True}
    with at("zinder.social") as work:
        give_consent(
            work, [ConsentGiven(**told(id=person.pk), certified=True, information=tuple(SEVEN), scopes=scopes)]
        )
        objections = [
            RightAsked(**told(id=person.pk, basis="legal_duty"), kind="objection", about="sharing", purpose=purpose)
            for purpose in ("photo_audio", "share_authorities")
        ]
        stopped, weighed = ask_rights(work, objections)

        assert (stopped.status, stopped.answer) == ("told", "stopped")
        assert not allows(person.pk, "photo_audio") and allows(person.pk, "data_processing")
        assert weighed.status == "open"
        with pytest.raises(Denied):
            answer_rights(work, [RightAnswered(**told(id=weighed.pk, basis="legal_duty"), answer="stopped")])
        with pytest.raises(Invalid):
            ask_rights(work, [RightAsked(**told(id=person.pk, basis="legal_duty"), kind="objection", about="sharing")])
    with at("zinder.supervisor") as work:
        (done,) = answer_rights(work, [RightAnswered(**told(id=weighed.pk, basis="legal_duty"), answer="stopped")])
        assert done.answer == "stopped"


def test_the_days_are_the_countrys(monkeypatch):
    monkeypatch.setitem(rights._terms()["answer_days"]["countries"], "NG", 21)

    assert (answer_days("NG"), answer_days("NE")) == (21, 30)
