"""Correction, objection, copy: recorded once, answered in time with a reason, told; what rests on consent stops at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest

from compass.cases import standards
from compass.people.actions import (
    ConsentGiven,
    CopyAsked,
    RightAnswered,
    RightAsked,
    answer_rights,
    ask_rights,
    give_consent,
    record_copies,
)
from compass.people.consent import allows
from compass.people.models import DataRequest
from compass.problems import AlreadyAsked, Denied, Invalid, SecondPersonNeeded, WrongState
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
        assert row.due_on == work.today + timedelta(days=30), "a month of the office's days"
        assert SAID.encode() not in bytes(row.words_sealed)
        lines = [*standards.work_list(work).week, *standards.work_list(work).today]
        queue = next(each for each in standards.registered() if each.id == "COMPASS-RIGHTS").queue
        (due,) = queue(work)
        assert due.url == f"/people/rights/{row.pk}/"
        assert work.day(due.due_at) == row.due_on < work.day(due.due_at + timedelta(seconds=1)), "the office's midnight"
        assert not [item for item in lines if item.standard.id == "COMPASS-RIGHTS"], (
            "a month ahead it is not on the list of this week"
        )
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
            work, [RightAsked(**told(id=person.pk, basis="legal_duty"), kind="correction", about="services")]
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


def test_a_wish_for_a_copy_waits_with_a_day_and_is_settled_by_the_copy_that_is_given(at, told, make, sign_in):
    person, other = make(), make()
    client, page = sign_in("zinder.social"), f"/people/{person.pk}/rights/"
    leads = unescape(client.get(f"/people/{person.pk}/").content.decode())
    assert f'href="{page}?kind=copy"' in leads and 'value="copy" id="id_kind_2" checked' in " ".join(
        client.get(f"{page}?kind=copy").content.decode().split()
    ).replace("required ", "")

    client.send(page, {"kind": "copy", "words": SAID})
    client.send(f"/people/{other.pk}/rights/", {"kind": "copy"})

    def copied(how):
        with at("zinder.cases") as work:
            each = told(id=person.pk, basis="legal_duty")
            record_copies(work, [CopyAsked(**each, how=how, talk="in_person", checked="known")])

    def answer(who, row, **said):
        with at(who) as work:
            return answer_rights(work, [RightAnswered(**told(id=row.pk, basis="legal_duty"), **said)])[0]

    with at("zinder.social") as work:
        row, elsewhere = (DataRequest.objects.get(person=each) for each in (person, other))
        assert (row.about, row.status, row.due_on) == ("", "open", work.day(work.now + timedelta(days=30)))
        queue = next(each for each in standards.registered() if each.id == "COMPASS-RIGHTS").queue
        assert {due.url for due in queue(work)} == {f"/people/rights/{each.pk}/" for each in (row, elsewhere)}
    assert person.code in sign_in("zinder.supervisor").get("/people/rights/").content.decode()
    assert f"/people/{person.pk}/copy/" in sign_in("zinder.cases").get(f"/people/rights/{row.pk}/").content.decode()
    with pytest.raises(WrongState):
        answer("zinder.supervisor", row, answer="corrected")
    with pytest.raises(Denied):
        answer("zinder.social", row, answer="not_wanted", reason="They said so")
    with pytest.raises(Invalid):
        answer("zinder.supervisor", row, answer="refused", ground="accurate", reason="It is right")
    with pytest.raises(Invalid):
        answer("zinder.supervisor", row, answer="not_wanted")
    copied("read")
    with at("zinder.social"):
        row.refresh_from_db()
        assert row.status == "open", "going through it gives nothing"
    copied("screen")
    with at("zinder.social"):
        row.refresh_from_db()
        elsewhere.refresh_from_db()
        assert (row.status, row.answer, elsewhere.status) == ("told", "given", "open") and row.told_at is not None
    assert answer("zinder.supervisor", elsewhere, answer="not_wanted", reason="They said so").status == "answered"


def test_the_same_is_asked_once_while_it_waits_and_nothing_typed_is_lost(at, told, make, sign_in):
    person, client = make(), sign_in("zinder.social")
    page = f"/people/{person.pk}/rights/"
    said = {"kind": "objection", "concerns": "sharing", "purpose": "share_authorities", "words": "first"}
    wrong = {"kind": "correction", "concerns": "identity", "words": "first"}

    for first in (said, wrong, {"kind": "copy"}):
        client.send(page, first)
        again = client.send(page, first | {"words": SAID})
        row = again.context["same"]
        assert again.status_code == 200 and SAID in unescape(again.content.decode())
        assert f"/people/rights/{row.pk}/" in again.content.decode() and row.kind == first["kind"]
    client.send(page, wrong | {"concerns": "family"})
    client.send(page, wrong | {"words": SAID, "besides": "on"})

    with at("zinder.social") as work:
        rows = DataRequest.objects.filter(person=person)
        assert sorted(rows.values_list("kind", "about")) == [
            ("copy", ""), ("correction", "family"), ("correction", "identity"), ("correction", "identity"),
            ("objection", "sharing"),
        ]  # fmt: skip
        same = RightAsked(
            **told(id=person.pk, basis="legal_duty"), kind="objection", about="other", purpose="photo_audio"
        )
        with pytest.raises(AlreadyAsked):
            ask_rights(work, [same, replace(same, key=uuid4(), about="family")])
        consent = {"data_processing": True, "share_authorities": True}
        give_consent(
            work, [ConsentGiven(**told(id=person.pk), certified=True, information=tuple(SEVEN), scopes=consent)]
        )
        (stopped,) = ask_rights(work, [replace(same, key=uuid4(), purpose="share_authorities")])
        assert stopped.answer == "stopped" and not allows(person.pk, "share_authorities"), (
            "what stops at once waits for none"
        )


def test_the_same_words_under_the_same_key_on_the_page_of_another_person_are_not_lost_in_silence(at, make, sign_in):
    asked, other = make(), make()
    client, sent = sign_in("zinder.social"), {"key": str(uuid4()), "kind": "copy"}
    pages = [f"/people/{each.pk}/rights/" for each in (asked, asked, other)]

    assert [client.post(page, sent).status_code for page in pages] == [302, 302, 200]

    with at("zinder.social"):
        assert [row.person_id for row in DataRequest.objects.all()] == [asked.pk]
    assert client.post(pages[2], {**sent, "key": str(uuid4())}).status_code == 302


def test_the_days_are_the_countrys(monkeypatch):
    monkeypatch.setitem(rights._terms()["answer_days"]["countries"], "NG", 21)

    assert (answer_days("NG"), answer_days("NE")) == (21, 30)
