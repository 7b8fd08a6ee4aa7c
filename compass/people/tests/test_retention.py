"""The retention clock: one world through every state, what is refused, and that nobody is forgotten or erased in silence."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from html import unescape
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.translation import override

from compass.access.models import Organisation
from compass.cases import standards
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.models import Case
from compass.people import retention
from compass.people.actions import (
    ErasureAsked,
    ErasureStep,
    RetentionDecided,
    RetentionReviewed,
    RetentionStep,
    RightAsked,
    ask_erasure,
    ask_rights,
    cancel_erasure,
    decide_retention,
    review_retention,
    settle_clocks,
    start_clocks,
    stop_erasing,
)
from compass.people.jobs import clock_one, erase_terms_over
from compass.people.models import Person, Retention, SearchToken
from compass.people.queries import opened
from compass.problems import Denied, Invalid, KeyAbsent, NotYetErased, SecondPersonNeeded, StaleVersion, WrongState
from compass.trail.models import Entry
from compass.ui.quarters import rounded_up
from compass.ui.words import moment
from compass.vault.models import Erasure
from compass.vocabulary import retention as terms

pytestmark = pytest.mark.django_db
WORKER, SUPERVISOR = "zinder.cases", "zinder.supervisor"
#: Days after which a record is surely looked at: a year, from the beginning of the next quarter.
YEAR = 366 + 92


@pytest.fixture
def clock(at, told):
    """`clock(person)` moves on by day, as the office sees it; each step of a colleague by its short name."""

    class Clock:
        ahead = timedelta()

        @contextmanager
        def work(self, by):
            with self.then(), at(by) as work:
                yield work

        def then(self):
            return patch.object(timezone, "now", lambda: datetime.now(tz=UTC) + self.ahead)

        def night(self, days=0):
            self.ahead += timedelta(days=days)
            office = Organisation.objects.get(name="OIM Niger").pk
            with self.then():
                return clock_one(str(office))

        def row(self, person):
            with at(SUPERVISOR):
                return retention.newest([person.pk]).get(person.pk)

        def _told(self, work, person, **more):
            return told(id=person.pk, basis="legal_duty", occurred_at=work.now, **more)

        def asks(self, person, step, by=WORKER, ground="", until=None, **more):
            with self.work(by) as work:
                told = self._told(work, person, **more)
                return review_retention(work, [RetentionReviewed(**told, step=step, ground=ground, until=until)])[0]

        def says(self, person, agrees, by=SUPERVISOR):
            with self.work(by) as work:
                return decide_retention(work, [RetentionDecided(**self._told(work, person), agrees=agrees)])[0]

        def stops(self, person, by=WORKER):
            with self.work(by) as work:
                return stop_erasing(work, [RetentionStep(**self._told(work, person))])[0]

        def hour(self):
            with self.then():
                return erase_terms_over()

    return Clock()


def name_of(at, person):
    with at("zinder.social") as work:
        return opened(work, Person.objects.get(pk=person.pk)).identity.get("given")


class TestOneRecordThroughEveryState:
    def test_it_works(self, at, told, make, clock, sign_in):
        someone, other = make(identity={"given": "Ese", "family": "Osagie"}), make(identity={"given": "Amina"})
        with at(SUPERVISOR) as work:
            assert retention.unclocked(work) >= 2, "the control: records without a clock are found"

        clock.night()
        first = clock.row(someone)
        with at(SUPERVISOR) as work:
            assert retention.unclocked(work) == 0
            began = rounded_up(work.today)
            assert (first.state, first.began_on) == ("running", began)
            assert first.due_on == rounded_up(terms.later(began, terms.term("NE", "registered")))
            assert first.review_on == rounded_up(terms.later(began, 12))
            assert first.recorded_by is None, "the deployment did it by itself"
        assert clock.night() == 0, "a night in which nothing happened writes nothing"

        clock.night(YEAR)
        assert clock.row(someone).state == "review"
        listed = unescape(sign_in(SUPERVISOR).get("/people/retention/").content.decode())
        assert someone.code in listed
        for who, wanted in ((SUPERVISOR, {someone.pk, other.pk}), (WORKER, set())):
            with clock.work(who) as work:
                assert {due.subject.pk for due in standards.get("CM-31").queue(work)} & {someone.pk, other.pk} == wanted
        assert clock.asks(someone, "leave").state == "running"

        clock.night(YEAR)
        row = clock.row(someone)
        assert row.state == "review", "at the end of the term"
        with pytest.raises(WrongState):
            clock.asks(someone, "leave")
        clock.night(400)
        assert (clock.row(someone), name_of(at, someone)) == (row, "Ese"), "silence neither erases nor forgets"
        with clock.work("geneva.protection") as work:
            waits = {
                each.person_id: retention.is_late(work, each)
                for each in retention.waiting(work, "people.retention_list")
            }
            assert waits[someone.pk], "the alert climbs"

        until = clock.row(someone).due_on + timedelta(days=900)
        clock.asks(someone, "keep", ground="claim", until=until)
        assert clock.says(someone, True).state == "kept"
        assert clock.row(someone).ends_on == rounded_up(until)
        clock.night(YEAR)
        assert clock.row(someone).state == "review", "what is kept is looked at each year too"

        clock.asks(someone, "erase")
        assert clock.says(someone, False).state == "review"
        clock.asks(someone, "erase")
        assert clock.says(someone, True).state == "erasing"
        assert clock.hour() == 0, "the delay"
        assert clock.stops(someone).state == "review"
        clock.asks(someone, "erase")
        clock.says(someone, True)
        clock.ahead += timedelta(days=8)
        assert clock.hour() == 1
        assert clock.hour() == 0

        row = clock.row(someone)
        assert row.state == "ended"
        with pytest.raises(KeyAbsent):
            name_of(at, someone)
        assert name_of(at, other) == "Amina", "the control: nobody else is erased"
        with at(SUPERVISOR) as work:
            assert list(Erasure.objects.values_list("subject_id", flat=True)) == [someone.pk]
            assert not SearchToken.objects.filter(person_id=someone.pk).exists()
            assert SearchToken.objects.filter(person_id=other.pk).exists()
            assert Person.objects.filter(pk=someone.pk).exists(), "figures keep their row"
            assert "people.retention_erase" in Entry.objects.order_by("-seq").values_list("purpose", flat=True)[:6]
            assert Retention.objects.filter(person=someone).count() == row.version, "each step stays"
        clock.night()
        assert clock.row(someone).state == "ended"


class TestWhatStopsAClock:
    def test_a_case_stops_it_a_closure_starts_it_and_a_service_lengthens_it(self, at, told, make, clock):
        someone = make()
        clock.night()
        before = clock.row(someone)
        with at(WORKER) as work:
            (case,) = open_cases(work, [CaseOpening(**told(id=someone.pk, basis="vital_interest"))])
        clock.night()
        assert (clock.row(someone).state, clock.row(someone).due_on) == ("stopped", None)
        with pytest.raises(WrongState):
            clock.asks(someone, "erase")

        with at(SUPERVISOR) as work:
            Case.objects.filter(pk=case.pk).update(status="closed")
            start_clocks(work, [someone.pk])
        after = clock.row(someone)
        assert (after.state, after.due_on) == ("running", terms.later(after.began_on, terms.term("NE", "case")))
        assert after.due_on > before.due_on

    def test_what_is_done_during_the_delay_ends_the_erasure(self, at, told, make, clock):
        someone = make()
        clock.night()
        clock.night(YEAR)
        clock.asks(someone, "erase")
        clock.says(someone, True)
        clock.ahead += timedelta(days=8)
        with clock.work(WORKER) as work:
            told_then = told(id=someone.pk, basis="legal_duty", occurred_at=work.now)
            ask_rights(work, [RightAsked(**told_then, kind="correction", about="story")])

        clock.hour()

        assert clock.row(someone).state == "running"
        with at(SUPERVISOR):
            assert not Erasure.objects.filter(subject_id=someone.pk).exists()


class TestWhatIsRefused:
    def test_one_person_alone_another_role_and_an_old_page(self, at, make, clock):
        someone = make()
        clock.night()
        shown = clock.row(someone).version
        clock.asks(someone, "erase", by=SUPERVISOR, version=shown)

        with pytest.raises(SecondPersonNeeded):
            clock.says(someone, True, by=SUPERVISOR)
        for by in (WORKER, "geneva.protection"):
            with pytest.raises(Denied):
                clock.says(someone, True, by=by)
        with pytest.raises(StaleVersion):
            clock.asks(someone, "leave", version=shown)
        assert clock.hour() == 0

    def test_a_day_that_is_no_day_to_keep_it(self, make, clock):
        someone = make()
        clock.night()
        row = clock.row(someone)
        for until in (None, date.today(), row.due_on, row.due_on + timedelta(days=4000)):
            with pytest.raises(Invalid):
                clock.asks(someone, "keep", ground="audit", until=until)

    def test_a_child_before_its_term_and_whoever_waits_for_an_answer(self, at, told, make, clock, sign_in):
        child, grown = make(age=6), make()
        clock.night()
        with at(SUPERVISOR) as work:
            grown_up = terms.later(work.today, 12 * 13 + terms.term("NE", "registered"))
        assert clock.row(child).due_on == rounded_up(grown_up), (
            "from the youngest of the age band, never from the birth"
        )
        with pytest.raises(NotYetErased):
            clock.asks(child, "erase")

        with at(WORKER) as work:
            (wish,) = ask_erasure(work, [ErasureAsked(**told(id=grown.pk, basis="legal_duty"))])
        with pytest.raises(NotYetErased):
            clock.asks(grown, "erase")
        with at(WORKER) as work:
            cancel_erasure(work, [ErasureStep(**told(id=wish.pk, basis="legal_duty"))])
        assert clock.asks(grown, "erase").state == "erase_asked"

    def test_a_child_who_is_missing_stays_whatever_two_people_say(self, at, told, make, clock):
        child = make(age=16, uasc_status="unaccompanied")
        with at(WORKER) as work:
            (case,) = open_cases(work, [CaseOpening(**told(id=child.pk, basis="vital_interest"))])
            closed = {"status": "closed", "closed_at": work.now, "closure_reason": "lost_contact"}
            Case.objects.filter(pk=case.pk).update(**closed)
        clock.night()
        clock.ahead = timedelta(days=365 * 10)
        clock.night()

        with pytest.raises(NotYetErased):
            clock.asks(child, "erase")

        with at(SUPERVISOR):
            Case.objects.filter(pk=case.pk).update(closure_reason="goals_achieved")
        assert clock.asks(child, "erase").state == "erase_asked", "the control"


class TestTerms:
    def test_a_shorter_term_shortens_nothing_that_runs_and_a_longer_one_lengthens(self, at, make, clock, monkeypatch):
        someone = make()
        clock.night()
        before = clock.row(someone)
        countries = terms._terms()["months"]["registered"]["countries"]
        monkeypatch.setitem(countries, "NE", 12)
        assert clock.night() == 0
        assert clock.row(someone).due_on == before.due_on
        monkeypatch.setitem(countries, "NE", 36)
        clock.night()
        assert clock.row(someone).due_on == terms.later(before.began_on, 36)

    @pytest.mark.parametrize("wrong", [0, -1, 11, 601, "24", True, None, 24.0])
    def test_a_term_that_cannot_be_is_refused(self, monkeypatch, wrong):
        monkeypatch.setitem(terms._terms()["months"]["case"]["countries"], "NE", wrong)
        with pytest.raises(ValueError):
            terms.term("NE", "case")

    def test_months_end_with_their_month(self):
        assert terms.later(date(2028, 2, 29), 12) == date(2029, 2, 28)
        assert terms.later(date(2026, 11, 30), 3) == date(2027, 2, 28)
        assert all(terms.term(country, kind) >= terms.SHORTEST for country in ("NE", "NG") for kind in terms.kinds())


def test_by_pages_two_colleagues_decide(at, make, clock, sign_in):
    someone = make()
    clock.night()
    page = f"/people/{someone.pk}/retention/"
    assert sign_in("zinder.social").get(page).status_code in {403, 404}

    assert 'value="erase"' in sign_in(WORKER).get(page).content.decode()
    sign_in(WORKER).send(page, {"key": str(uuid4()), "step": "erase"})
    own = unescape(sign_in(WORKER).get(page).content.decode())
    assert 'name="answer"' not in own
    sign_in(SUPERVISOR).send(page, {"key": str(uuid4()), "answer": "yes"})

    assert clock.row(someone).state == "erasing"
    with override("fr"), timezone.override("Africa/Niamey"):
        until = moment(clock.row(someone).erase_at)
    for told in (page, "/people/retention/"):
        said = unescape(sign_in(SUPERVISOR).get(told).content.decode())
        assert until in said, "the last moment at which it can be stopped"
    sign_in(WORKER).send(page, {"key": str(uuid4()), "answer": "stop"})
    assert clock.row(someone).state == "review"


def test_a_merged_record_has_one_clock(at, make, clock):
    kept, absorbed = make(), make()
    clock.night()
    with at(SUPERVISOR):
        Person.objects.filter(pk=absorbed.pk).update(merged_into=kept)
    clock.ahead = timedelta(days=YEAR)
    clock.night()

    assert (clock.row(kept).state, clock.row(absorbed).state) == ("review", "running")
    with at(SUPERVISOR) as work:
        assert settle_clocks(work, [absorbed.pk]) == []
        assert absorbed.pk not in {row.person_id for row in retention.waiting(work, "people.retention_list")}
