"""Erasure on a person's own request: two private talks on two days, a delay, a quiet way out, a destroyed key."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone, translation

from compass.access.models import Grant
from compass.cases import standards
from compass.people.actions import (
    ErasureAsked,
    ErasureConfirmed,
    GuardianAppointed,
    GuardianAsked,
    RecordKept,
    Registration,
    appoint_guardians,
    ask_erasure,
    confirm_erasure,
    keep_record,
    register_people,
    request_guardians,
)
from compass.people.jobs import erase_due
from compass.people.models import ErasureRequest, Person, SearchToken
from compass.people.queries import opened
from compass.problems import KeyAbsent, SecondPersonNeeded, StandardNotMet, TalkInPrivate, WrongState
from compass.trail.models import Entry
from compass.ui.words import day
from compass.vault.models import Erasure
from compass.vocabulary import code_list, label_of

pytestmark = pytest.mark.django_db
IDENTITY = {"given": "Ese", "family": "Osagie", "birth_year": 1995}


@pytest.fixture
def person(at, told):
    def make(**changes) -> Person:
        said = {"identity": IDENTITY, "sex": "female", "languages": ("ar",), **changes}
        with at("zinder.social") as work:
            return register_people(work, [Registration(**told(basis="vital_interest"), **said)])[0]

    return make


@pytest.fixture
def asked(at, told):
    """A request, as of two days ago."""

    def make(person, by="zinder.social") -> ErasureRequest:
        with at(by) as work:
            (row,) = ask_erasure(work, [ErasureAsked(**told(id=person.pk, basis="legal_duty"))])
            ErasureRequest.objects.filter(pk=row.pk).update(
                occurred_at=F("occurred_at") - timedelta(days=2), recorded_at=F("recorded_at") - timedelta(days=2)
            )
        return row

    return make


@pytest.fixture
def confirmed(at, told, asked):
    """Confirmed, and the delay is over."""

    def make(person, by="zinder.cases") -> ErasureRequest:
        row = asked(person)
        with at(by) as work:
            confirm_erasure(work, [ErasureConfirmed(**told(id=row.pk, basis="legal_duty"), talk="in_person")])
        return row

    return make


def over(at, row) -> None:
    with at("zinder.social"):
        ErasureRequest.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(minutes=1))


def name_of(at, person) -> str:
    with at("zinder.social") as work:
        return opened(work, Person.objects.get(pk=person.pk)).identity["given"]


def test_it_works_by_pages(at, sign_in, person):
    someone, other = person(), person(identity={**IDENTITY, "given": "Amina"})
    page = f"/people/{someone.pk}/erasure/"
    sign_in("zinder.social").send(page, {})
    client = sign_in("zinder.cases")
    today = unescape(client.get(page).content.decode())
    assert "à partir de demain" in today and f"{page}confirm/" not in today
    assert "Nous en reparlons un autre jour" in today
    again = client.send(f"{page}confirm/", {"talk": "in_person", "still": "yes"})
    with translation.override("fr"):
        assert "un autre jour" in unescape(again.content.decode()), "on the day it was asked nothing is confirmed"
    with at("zinder.social"):
        ErasureRequest.objects.update(
            occurred_at=F("occurred_at") - timedelta(days=1), recorded_at=F("recorded_at") - timedelta(days=1)
        )
    # What is read aloud promises no talk that will not be, and names the day on which it happens.
    second = unescape(client.get(f"{page}confirm/").content.decode())
    assert "C’est notre dernier entretien" in second and "Nous en reparlons" not in second
    client.send(f"{page}confirm/", {"talk": "own_contact", "still": "yes"})
    settled = unescape(client.get(page).content.decode())
    assert "Votre dossier sera effacé le" in settled
    assert "Nous en reparlons" not in settled and "dernier entretien" not in settled
    with at("zinder.social"):
        row = ErasureRequest.objects.get()
        assert row.status == "confirmed"
        assert timedelta(days=6, hours=23) < row.due_at - timezone.now() <= timedelta(days=7)
    assert erase_due() == 0
    assert name_of(at, someone) == "Ese"
    over(at, row)

    assert erase_due() == 1

    with pytest.raises(KeyAbsent):
        name_of(at, someone)
    assert name_of(at, other) == "Amina"
    assert list(Erasure.objects.values_list("subject_id", flat=True)) == [someone.pk]
    with at("zinder.social"):
        assert not SearchToken.objects.filter(person_id=someone.pk).exists()
        assert "people.erase" in Entry.objects.order_by("-seq").values_list("purpose", flat=True)[:3]
    shown = unescape(client.get(f"/people/{someone.pk}/").content.decode())
    assert "Ce dossier est effacé" in shown
    assert f"/people/{someone.pk}/identity/" not in shown
    assert client.get(page).status_code == 200
    assert erase_due() == 0


def test_a_second_talk_after_a_night_in_greenwich_alone_is_the_same_day(at, told, person, asked):
    row, night = asked(person()), timezone.now().replace(hour=23, minute=30) - timedelta(days=3)
    with at("zinder.cases") as work:
        # Half past midnight in Zinder.
        ErasureRequest.objects.update(occurred_at=night, recorded_at=night)

        def confirm(hours: int) -> None:
            envelope = told(id=row.pk, basis="legal_duty", occurred_at=night + timedelta(hours=hours))
            confirm_erasure(work, [ErasureConfirmed(**envelope, talk="in_person")])

        with pytest.raises(TalkInPrivate):
            confirm(23)
        confirm(24)


def test_the_person_can_let_it_fall_until_the_last_moment(at, sign_in, person, confirmed):
    someone = person()
    row = confirmed(someone)
    over(at, row)
    client = sign_in("zinder.cases")

    client.send(f"/people/{someone.pk}/erasure/cancel/", {})

    assert erase_due() == 0
    assert name_of(at, someone) == "Ese"
    shown = unescape(client.get(f"/people/{someone.pk}/").content.decode())
    assert "Ce dossier est effacé" not in shown


def test_a_doubt_in_the_second_talk_lets_it_fall(at, sign_in, person, asked):
    someone = person()
    asked(someone)

    sign_in("zinder.cases").send(f"/people/{someone.pk}/erasure/confirm/", {"talk": "not_private", "still": "no"})

    with at("zinder.social"):
        row = ErasureRequest.objects.get()
        assert (row.status, row.talk, row.due_at) == ("cancelled", "", None)


@pytest.mark.parametrize(
    ("page", "said"), [("confirm", {"talk": "in_person", "still": "no"}), ("cancel", {})], ids=["a no", "let it fall"]
)
def test_a_no_counts_also_on_a_page_that_was_opened_before_a_colleague_recorded_a_yes(
    at, told, sign_in, person, asked, page, said
):
    someone = person()
    row = asked(someone)
    client, where = sign_in("zinder.supervisor"), f"/people/{someone.pk}/erasure/{page}/"
    shown = re.search(r'name="version" value="(\d+)"', client.get(where).content.decode())
    assert shown is not None
    with at("zinder.cases") as work:
        confirm_erasure(work, [ErasureConfirmed(**told(id=row.pk, basis="legal_duty"), talk="in_person")])

    answer = client.post(where, {**said, "key": str(uuid4()), "version": shown[1]})

    assert answer.status_code == 302
    with at("zinder.social"):
        assert ErasureRequest.objects.get().status == "cancelled"


@pytest.mark.parametrize("talk", code_list("erasure_talk").values)
def test_only_a_private_talk_confirms(at, told, person, asked, talk):
    row = asked(person())
    with at("zinder.cases") as work:
        told_then = ErasureConfirmed(**told(id=row.pk, basis="legal_duty"), talk=talk)
        if talk == "not_private":
            with pytest.raises(TalkInPrivate):
                confirm_erasure(work, [told_then])
        else:
            assert confirm_erasure(work, [told_then])[0].status == "confirmed"


def test_a_talk_that_is_dated_back_does_not_shorten_the_two_days(at, told, person):
    someone = person()
    with at("zinder.social") as work:
        early = told(id=someone.pk, basis="legal_duty", occurred_at=timezone.now() - timedelta(days=3))
        (row,) = ask_erasure(work, [ErasureAsked(**early)])
    with at("zinder.cases") as work, pytest.raises(TalkInPrivate):
        confirm_erasure(work, [ErasureConfirmed(**told(id=row.pk, basis="legal_duty"), talk="in_person")])


def test_asking_twice_is_one_request_and_the_erased_cannot_ask(at, told, person, confirmed):
    someone = person()
    row = confirmed(someone)
    with at("zinder.social") as work, pytest.raises(WrongState):
        ask_erasure(work, [ErasureAsked(**told(id=someone.pk, basis="legal_duty"))])
    over(at, row)
    erase_due()

    with at("zinder.social") as work, pytest.raises(WrongState):
        ask_erasure(work, [ErasureAsked(**told(id=someone.pk, basis="legal_duty"))])


def test_for_a_child_another_colleague_confirms_and_a_guardian_speaks(at, told, person, asked):
    boy = person(identity={**IDENTITY, "birth_year": timezone.now().year - 13}, uasc_status="unaccompanied")
    row = asked(boy)

    def confirm(by):
        with at(by) as work:
            return confirm_erasure(work, [ErasureConfirmed(**told(id=row.pk, basis="legal_duty"), talk="in_person")])

    with pytest.raises(SecondPersonNeeded):
        confirm("zinder.social")
    with pytest.raises(StandardNotMet):
        confirm("zinder.cases")
    with at("zinder.social") as work:
        authority = code_list("guardian_authority").values[0]
        (asked_for,) = request_guardians(work, [GuardianAsked(**told(id=boy.pk), authority=authority)])
        appoint_guardians(work, [GuardianAppointed(**told(id=asked_for.pk))])

    assert confirm("zinder.cases")[0].status == "confirmed"


def test_what_must_be_kept_is_refused_by_a_supervisor_with_the_ground(at, told, sign_in, person, asked):
    someone = person()
    row = asked(someone)
    assert sign_in("zinder.social").get(f"/people/{someone.pk}/erasure/keep/").status_code in {403, 404}
    with at("zinder.supervisor") as work:
        keep_record(work, [RecordKept(**told(id=row.pk, basis="legal_duty"), ground="proceedings")])

    shown = unescape(sign_in("zinder.social").get(f"/people/{someone.pk}/erasure/").content.decode())
    assert "Un tribunal" in shown
    for language, words in (("en", "A court or an authority"), ("ar", "محكمة")):
        with translation.override(language):
            assert words in label_of("erasure_ground", "proceedings")
    assert erase_due() == 0


def test_what_it_means_stands_in_the_language_of_the_person(sign_in, person):
    someone = person()

    shown = unescape(sign_in("zinder.social").get(f"/people/{someone.pk}/erasure/").content.decode())

    assert '<ul class="stack" lang="ar" dir="rtl"><li>اسمكم' in shown
    assert '<ul class="stack" lang="fr" dir="ltr"><li>Votre nom' in shown


def test_when_who_confirmed_has_left_a_supervisor_stands_for_the_office(at, person, confirmed, owner, monkeypatch):
    someone = person()
    row = confirmed(someone, by="zinder.cases")
    over(at, row)
    from compass.access.models import User
    from compass.people import jobs

    who = User.objects.get(username="zinder.cases")
    monkeypatch.setattr(jobs.User.objects, "filter", lambda **k: User._base_manager.filter(**k).exclude(pk=who.pk))

    assert erase_due() == 1
    with at("zinder.supervisor"):
        entry = Entry.objects.filter(purpose="people.erase").order_by("-seq").first()
    assert Grant.objects.filter(user_id=entry.actor, role="supervisor").exists()


def test_nobody_makes_a_person_vanish_alone(at, told, sign_in, person, asked):
    """A clerk who is paid to make somebody vanish says, on two days, that they asked for it."""
    someone = person()
    row = asked(someone)
    page, client = f"/people/{someone.pk}/erasure/", sign_in("zinder.social")
    client.cookies["compass_language"] = "en"
    before = unescape(client.get(page).content.decode())
    assert "another colleague talks with the person" in before and f"{page}confirm/" not in before
    assert re.search(r"this time: \w[\w ,-]+\.", before), "the names stand as in a sentence"
    client.send(f"{page}confirm/", {"talk": "in_person", "still": "yes"})
    with at("zinder.social") as work, pytest.raises(SecondPersonNeeded):
        confirm_erasure(work, [ErasureConfirmed(**told(id=row.pk, basis="legal_duty"), talk="in_person")])

    with at("zinder.social"):
        assert ErasureRequest.objects.get().status == "asked"
    beside = sign_in("zinder.cases")
    assert f"{page}confirm/" in beside.get(page).content.decode()
    beside.send(f"{page}confirm/", {"talk": "in_person", "still": "yes"})
    with at("zinder.social"):
        row = ErasureRequest.objects.get()
        assert row.status == "confirmed" and not row.by_one
        assert row.due_at - timezone.now() <= timedelta(days=7)


def test_where_nobody_else_could_the_right_waits_for_nobody_but_longer_and_in_sight(
    at, told, sign_in, person, asked, monkeypatch
):
    alone, by_two, other = person(), person(), person()
    row, second = asked(alone), asked(by_two)
    with at("zinder.cases") as work:
        confirm_erasure(work, [ErasureConfirmed(**told(id=second.pk, basis="legal_duty"), talk="in_person")])
    monkeypatch.setattr("compass.people.queries.names_in", lambda *_, **__: [])
    told_to = sign_in("zinder.social").get(f"/people/{alone.pk}/erasure/confirm/").content.decode()
    with translation.override("fr"):
        when = day(timezone.now() + timedelta(days=30), form="year")
    assert when in unescape(told_to), "what is read to the person says how long it is"
    with at("zinder.social") as work:
        confirm_erasure(work, [ErasureConfirmed(**told(id=row.pk, basis="legal_duty"), talk="in_person")])
        row = ErasureRequest.objects.get(pk=row.pk)
    assert row.by_one and row.due_at - timezone.now() > timedelta(days=29)
    monkeypatch.undo()
    settled = sign_in("zinder.cases").get(f"/people/{alone.pk}/erasure/").content.decode()
    assert when in unescape(settled), "also where a colleague joined the office since"
    for colleague in ("zinder.supervisor", "geneva.protection"):
        page = unescape(sign_in(colleague).get("/people/rights/").content.decode())
        with translation.override("fr"):
            mark = translation.gettext("One colleague recorded both talks")
        rows = page.split("<tr ")
        assert [mark in line for line in rows if alone.code in line] == [True], colleague
        assert [mark in line for line in rows if by_two.code in line] == [False], colleague
        assert other.code not in page
    assert alone.code not in sign_in("edo.supervisor").get("/people/rights/").content.decode()


def test_the_second_talk_stands_on_the_list_of_whoever_may_hold_it(at, told, person, asked):
    """From the day after, in words that give nobody away to whoever looks over the shoulder."""
    someone, today = person(), person()
    asked(someone)
    with at("zinder.social") as work:
        ask_erasure(work, [ErasureAsked(**told(id=today.pk, basis="legal_duty"))])

    def lines(colleague):
        with at(colleague) as work:
            found = standards.work_list(work)
            shown = [*found.today, *found.week]
            return [
                (str(each.standard.what), each.due.subject.code) for each in shown if each.standard.id == "COMPASS-TALK"
            ]

    for colleague in ("zinder.cases", "zinder.supervisor"):
        ((what, code),) = lines(colleague)
        assert code == someone.code and "eras" not in what.lower()
    assert lines("zinder.social") == [] and lines("edo.supervisor") == []


def test_where_the_text_is_not_in_the_persons_language_the_page_says_so(person, sign_in):
    client = sign_in("zinder.social")
    for languages, missing in ((("ha",), True), (("ha", "fr"), True), (("ar",), False)):
        page = unescape(client.get(f"/people/{person(languages=languages).pk}/erasure/").content.decode())
        assert ("Haoussa" in page.partition("Lisez ceci")[2] or "haoussa" in page.partition("Lisez ceci")[2]) == missing
