"""Whether another organisation knows a person: nobody sees a candidate, both are told when both asked, or nobody is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from compass.access import scope
from compass.access.models import Organisation
from compass.config.demo.world import world_id
from compass.people import elsewhere as reads
from compass.people.actions import (
    ConsentGiven,
    ElsewhereAsked,
    ElsewhereDecided,
    ElsewhereTakenBack,
    Registration,
    Withdrawal,
    ask_elsewhere,
    decide_elsewhere,
    give_consent,
    register_people,
    take_back_elsewhere,
    withdraw_consent,
)
from compass.people.actions.elsewhere import NIGHT, compare_elsewhere, end_with_keys, same_person
from compass.people.matching.records import Name, Record
from compass.people.models import Consent, ElsewhereAsk, ElsewhereMet, Person
from compass.people.queries import consent_of
from compass.people.searching.limits import ASK_LASTS, ASKS_A_DAY, ELSEWHERE_A_DAY
from compass.people.searching.review import unusual
from compass.people.shared import shared_of
from compass.people.sql import NOT_AT_NIGHT
from compass.problems import AskedTooOften, ConsentMissing, Denied, NotFound, SecondPersonNeeded, WrongState
from compass.trail.models import Entry
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db

AMINA = {"given": "Aminata", "family": "Diallo", "birth_year": 1994, "place_of_origin": "Labé"}
HERE, THERE, THIRD = "zinder", "dz", "ly"
OFFICES = {HERE: "NE", THERE: "DZ", THIRD: "LY"}


@pytest.fixture
def person(at, told):
    """`person("zinder")`: Aminata, registered there, who answered whether one may look elsewhere."""

    def make(office, *, says=True, identity=AMINA):
        with at(f"{office}.cases") as work:
            (row,) = register_people(work, [Registration(**told(), identity=identity, sex="female")])
            seven, scopes = tuple(code_list("consent_information").values), {"data_processing": True}
            told_all = ConsentGiven(
                **told(id=row.pk), certified=True, information=seven, scopes=scopes | {"duplicate_check": says}
            )
            give_consent(work, [told_all])
        return row

    return make


@pytest.fixture
def ask(at, told):
    """`ask("zinder", person)`: asked and, unless told otherwise, confirmed by a second person."""

    def make(office, person, *, confirmed=True):
        with at(f"{office}.cases") as work:
            (row,) = ask_elsewhere(work, [ElsewhereAsked(**told(id=person.pk, basis="consent"), hope="go_on")])
        if confirmed:
            with at(f"{office}.supervisor") as work:
                decide_elsewhere(work, [ElsewhereDecided(**told(id=row.pk, basis="consent"), agrees=True)])
        return row

    return make


def night():
    compare_elsewhere([Organisation.objects.get(pk=world_id(code)) for code in OFFICES.values()])


def meetings(owner_of=("zinder.cases", "dz.cases", "ly.cases"), *, at):
    """{office: [other office]} as each office sees it."""
    found = {}
    for username in owner_of:
        with at(username):
            rows = list(ElsewhereMet.objects.values_list("met_organisation", flat=True))
            if rows:
                found[username.partition(".")[0]] = sorted(map(str, rows))
    return found


@pytest.mark.parametrize("who", ["named", "not named"])
def test_whom_the_person_named_is_not_told_and_neither_is_the_one_who_asks(at, told, person, ask, who):
    here, there = person(HERE), person(THERE)
    ask(HERE, here)
    ask(THERE, there)
    with at("zinder.cases") as work:
        last = consent_of(here.pk)
        other = world_id("DZ" if who == "named" else "LY")
        withdraw_consent(work, [Withdrawal(**told(id=last.pk), not_to=(other,))])

    night()

    assert bool(meetings(at=at)) == (who == "not named")


def test_both_are_told_once_both_asked_and_nobody_before(at, told, person, ask, sign_in):
    here, there = person(HERE), person(THERE)
    person(THIRD)
    ask(HERE, here)
    before = sign_in("zinder.supervisor").get(f"/people/{here.pk}/elsewhere/").content.decode()
    night()
    alone = sign_in("zinder.supervisor").get(f"/people/{here.pk}/elsewhere/").content.decode()
    asked = ask(THERE, there, confirmed=False)
    night()
    assert meetings(at=at) == {}

    with at("dz.supervisor") as work:
        decide_elsewhere(work, [ElsewhereDecided(**told(id=asked.pk, basis="consent"), agrees=True)])
    night()
    night()
    both = {HERE: [str(world_id("DZ"))], THERE: [str(world_id("NE"))]}
    assert meetings(at=at) == both
    page = sign_in("zinder.supervisor").get(f"/people/{here.pk}/elsewhere/").content.decode()
    other = Organisation.objects.get(pk=world_id("DZ"))
    assert str(other) in page and there.code not in page and str(there.pk) not in page
    assert str(other) not in before + alone
    for office, row in ((HERE, here), (THERE, there)):
        with at(f"{office}.cases") as work:
            (shared,) = [each for each in shared_of(work, row) if each.address.endswith("/elsewhere/")]
            assert shared.open and reads.told_of(work, row)
            # Neither office sees more of the other than before.
            assert not Person.objects.filter(pk__in={here.pk, there.pk} - {row.pk}).exists()
            assert ElsewhereAsk.objects.count() == ElsewhereMet.objects.count() == 1


def test_an_office_with_a_counterpart_keeps_and_traces_the_same_as_one_without(at, person, ask):
    """THERE has the same person and has not asked; THIRD has nobody like that: both nights of HERE leave the same."""
    left = []
    for office, identity in ((HERE, AMINA), (THIRD, {**AMINA, "given": "Fatoumata", "family": "Bah"})):
        row = person(office, identity=identity)
        ask(office, row)
    asked_of_third = person(THERE)
    with at("dz.cases") as work:
        assert not ElsewhereAsk.objects.filter(person=asked_of_third).exists() and work.may("people.elsewhere")
    last = Entry.objects.order_by("-seq").values_list("seq", flat=True)
    for office in (HERE, THIRD):
        with at(f"{office}.supervisor"):
            since = last.first() or 0
        night()
        with at(f"{office}.supervisor"):
            rows = Entry.objects.filter(seq__gt=since, organisation_id=world_id(OFFICES[office]))
            bodies = [row.body for row in rows.filter(purpose="people.elsewhere").order_by("seq")]
            left.append([str(body).count("results") for body in bodies])
            assert ElsewhereAsk.objects.get().state == "confirmed" and not ElsewhereMet.objects.exists()
    assert left[0] == left[1] and left[0]


@pytest.mark.parametrize(
    "happens", ["nothing", "withdrawn", "taken_back", "expired", "locked", "erasure", "refused_there", "same_office"]
)
def test_what_happens_before_the_night_counts(at, told, person, ask, owner, happens):
    here = person(HERE)
    there = person(HERE if happens == "same_office" else THERE)
    mine = ask(HERE, here)
    other = ask(HERE if happens == "same_office" else THERE, there)
    with at("zinder.cases") as work:
        if happens == "withdrawn":
            withdraw_consent(
                work, [Withdrawal(**told(id=Consent.objects.get(person=here).pk), scopes=("duplicate_check",))]
            )
            assert ElsewhereAsk.objects.get(pk=mine.pk).state == "withdrawn"
        if happens == "taken_back":
            take_back_elsewhere(work, [ElsewhereTakenBack(**told(id=mine.pk))])
            with pytest.raises(WrongState):
                take_back_elsewhere(work, [ElsewhereTakenBack(**told(id=mine.pk))])
        if happens == "expired":
            ElsewhereAsk.objects.filter(pk=mine.pk).update(until=work.now - timedelta(minutes=1))
        if happens == "erasure":
            from compass.people.actions import ErasureAsked, ask_erasure

            ask_erasure(work, [ErasureAsked(**told(id=here.pk))])
    if happens == "refused_there":
        with at("dz.cases") as work:
            # What the application did not hear of: the row says no, the ask stands. The database looks again.
            Consent.objects.filter(person=there).update(scopes={"data_processing": True, "duplicate_check": False})
    if happens == "locked":
        owner.execute("INSERT INTO vault_lock (organisation_id, made_in) VALUES (%s, 0)", [world_id("DZ")])
    try:
        night()
    finally:
        owner.execute("DELETE FROM vault_lock")
    assert meetings(at=at) == (
        {HERE: [str(world_id("DZ"))], THERE: [str(world_id("NE"))]} if happens == "nothing" else {}
    )
    assert mine.pk != other.pk


def test_the_database_lets_nobody_but_the_night_write_a_meeting(at, person, ask):
    """Forged identifiers, also the right ones, from a colleague's unit of work: refused before anything is looked at."""
    mine, other = ask(HERE, person(HERE)), ask(THERE, person(THERE))
    for ids in ((mine.pk, other.pk), (mine.pk, world_id("NE"))):
        with at("zinder.supervisor"), pytest.raises(DatabaseError) as refused, transaction.atomic():
            _call(*ids)
        assert refused.value.__cause__.sqlstate == NOT_AT_NIGHT
    with at("zinder.supervisor"):
        assert not ElsewhereAsk.objects.filter(pk=other.pk).exists()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT compass_elsewhere_stands(%s)", [other.pk])
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE people_elsewheremet SET met_organisation = asking_organisation")
    assert meetings(at=at) == {}
    # Positive control: the same call in the scope of the night.
    with transaction.atomic():
        scope.enter(scope.sign(None, (), (), (NIGHT,), pid=scope.backend_pid()))
        assert _call(mine.pk, other.pk) in ("", None)
        assert _call(mine.pk, world_id("NE")) in ("", None)
        scope.enter("")
    assert set(meetings(at=at)) == {HERE, THERE}


def _call(one, other):
    with connection.cursor() as cursor:
        cursor.execute("SELECT compass_met_elsewhere(%s::uuid[], %s::uuid[])", [[one], [other]])
        return cursor.fetchone()[0]


def test_who_may_ask_and_how_often(at, told, person, ask, sign_in):
    someone, unwilling = person(HERE), person(HERE, says=False)
    asked = {"hope": "go_on"}
    with at("zinder.cases") as work:
        for basis in ("consent", "vital_interest"):
            with pytest.raises(ConsentMissing), transaction.atomic():
                ask_elsewhere(work, [ElsewhereAsked(**told(id=unwilling.pk, basis=basis), **asked)])
    for username, refusal in (("zinder.social", NotFound), ("zinder.clinic", NotFound), ("dz.cases", NotFound)):
        with at(username) as work, pytest.raises((refusal, Denied)), transaction.atomic():
            ask_elsewhere(work, [ElsewhereAsked(**told(id=someone.pk), **asked)])
    row = ask(HERE, someone, confirmed=False)
    with at("zinder.supervisor") as work, pytest.raises(WrongState), transaction.atomic():
        ask_elsewhere(work, [ElsewhereAsked(**told(id=someone.pk), **asked)])
    second = person(HERE)
    with at("zinder.supervisor") as work:
        (own,) = ask_elsewhere(work, [ElsewhereAsked(**told(id=second.pk), **asked)])
        with pytest.raises(SecondPersonNeeded), transaction.atomic():
            decide_elsewhere(work, [ElsewhereDecided(**told(id=own.pk), agrees=True)])
        decide_elsewhere(work, [ElsewhereDecided(**told(id=row.pk), agrees=False)])
    with at("zinder.cases") as work:
        for _each in range(ASKS_A_DAY - 1):
            (again,) = ask_elsewhere(work, [ElsewhereAsked(**told(id=someone.pk), **asked)])
            take_back_elsewhere(work, [ElsewhereTakenBack(**told(id=again.pk))])
        with pytest.raises(AskedTooOften), transaction.atomic():
            ask_elsewhere(work, [ElsewhereAsked(**told(id=someone.pk), **asked)])
    with at("zinder.supervisor") as work:
        (line,) = unusual(work)
        assert line.asked and line.elsewhere == ASKS_A_DAY >= ELSEWHERE_A_DAY and not line.many
    assert sign_in("zinder.supervisor").get("/people/searches/").status_code == 200


def test_the_page_asks_confirms_and_takes_back(person, sign_in, at):
    someone, unwilling = person(HERE), person(HERE, says=False)
    where = f"/people/{someone.pk}/elsewhere/"
    colleague = sign_in("zinder.cases")
    assert "Ask a supervisor" not in colleague.get(f"/people/{unwilling.pk}/elsewhere/").content.decode()
    assert where in colleague.get(f"/people/{someone.pk}/").content.decode()
    for username, data, state in (
        ("zinder.cases", {"hope": "family"}, "asked"),
        ("zinder.supervisor", {"answer": "confirm", "version": "1"}, "confirmed"),
        ("zinder.cases", {"answer": "back", "version": "2"}, "withdrawn"),
    ):
        colleague = sign_in(username)
        form = colleague.get(where).context["form"]
        sent = {name: form[name].value() for name in ("key", "occurred_at")} | data
        response = colleague.post(where, {name: str(value) for name, value in sent.items()})
        assert response.status_code == 302, response.context["form"].errors
        assert (where in sign_in("zinder.supervisor").get("/cases/team/").content.decode()) is (state == "asked")
        with at("zinder.cases"):
            row = ElsewhereAsk.objects.get()
            assert row.state == state and row.until - row.recorded_at == ASK_LASTS
    assert sign_in("dz.supervisor").get(where).status_code == 404


def someone(given="Aminata", family="Diallo", year="1994", **more):
    return Record(names=(Name(given, family),), born=year, **{"places": ("Labé",), "sex": "female", **more})


@pytest.mark.parametrize(
    ("other", "met"),
    [
        (someone("Aminatou", "Diallo"), True),
        (someone("أميناتا", "Diallo"), True),
        (someone(places=(), phones=("90123456",)), False),
        (someone(places=()), False),
        (someone("Mariama"), False),
        (someone("Mariama", phones=("90123456",)), False),
        (someone(sex="male"), False),
        (someone(year="1970"), False),
        (someone("Aminata", "Bah", places=(), documents=("P1",)), False),
        (someone(places=(), documents=("A 12-34",)), True),
    ],
)
def test_only_two_records_that_surely_are_of_one_person_meet(other, met):
    mine = someone(phones=("+227 90 12 34 57",), documents=("A1234",))
    assert same_person(mine, other) is same_person(other, mine) is met


def test_who_is_erased_meets_nobody(at, person, ask):
    """Erasing ends an ask, and an ask that stands meets nobody once the key is gone."""
    here = person(HERE)
    row = ask(HERE, here)
    ask(THERE, person(THERE))
    night()
    assert set(meetings(at=at)) == {HERE, THERE}
    with at("zinder.cases") as work:
        assert list(end_with_keys(work, [here.pk])) == []
        assert ElsewhereAsk.objects.get(pk=row.pk).state == "withdrawn"
    again = ask(HERE, here)
    with at("zinder.cases") as work:
        work.keys.destroy([here.pk])
    ask(THIRD, person(THIRD))
    night()
    with at("zinder.cases"):
        assert ElsewhereAsk.objects.get(pk=again.pk).state == "confirmed"
        assert ElsewhereMet.objects.count() == 1
    # The positive control: the two whose keys are there meet.
    assert meetings(at=at)[THIRD] == [str(world_id("DZ"))]
