"""One colleague alone takes no child out of the long ladder: whoever brought child and grown person together is not the one
who answers for the parent. Page, ladder and the owner's function of the handover say the same."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.cases.actions.best_interests import (
    GuardianAgrees,
    Heard,
    JourneyArranged,
    ParentConfirmed,
    Reopened,
    WithParent,
    arrange_journeys,
    check_with_parent,
    confirm_parents,
    hear_children,
    record_decisions,
    record_guardians_agreement,
    reopen_procedures,
)
from compass.cases.ladder import LONG, children, return_blocks, steps
from compass.cases.models import BestInterests
from compass.cases.tests.test_best_interests import assessed, panel, traced
from compass.cases.tests.test_handover import accept, consents, offer
from compass.people.actions import (
    GuardianAppointed,
    GuardianAsked,
    HouseholdChange,
    appoint_guardians,
    change_households,
    request_guardians,
)
from compass.people.models import GuardianRequest, Person
from compass.problems import BestInterestsFirst, Denied, SecondPersonNeeded, StandardNotMet, WrongState

BOY = {"given": "Musa", "birth_date": "2015-02-02"}
SOCIAL, COLLEAGUE, SUPERVISOR = "zinder.social", "zinder.cases", "zinder.supervisor"


@pytest.fixture
def woman(at, told, person):
    with at(SOCIAL) as work:
        row = person(work, nationality="NG")
        consents(work, told, row.pk)
    return row


@pytest.fixture
def led(at, case, woman):
    """The woman's case, led by the colleague who checks."""
    with at(COLLEAGUE) as work:
        return case(work, someone=woman)


@pytest.fixture
def boy(at, told, person, woman):
    with at(SOCIAL) as work:
        row = person(work, identity=BOY, consent=False, uasc_status="unaccompanied", nationality="NG")
        request_guardians(work, [GuardianAsked(**told(id=row.pk), authority="juvenile_court")])
    return row


@pytest.fixture
def move(at, told):
    def run(who, someone, household, relation="child", uasc="accompanied"):
        with at(who) as work:
            where = {"household_id": household, "relation": relation, "uasc_status": uasc, "care": "kinship"}
            said = HouseholdChange(**told(id=someone.pk), **where)
            change_households(work, [said])

    return run


@pytest.fixture
def confirm(at, told):
    def run(who, child):
        with at(who) as work:
            return confirm_parents(work, [ParentConfirmed(**told(id=child.pk))])[0]

    return run


@pytest.fixture
def check(at, told):
    def run(who, child):
        with at(who) as work:
            return check_with_parent(work, [WithParent(**told(id=child.pk), view="wants to stay with her")])[0]

    return run


@pytest.fixture
def is_long(at):
    def answer(child):
        with at(SOCIAL):
            return steps(children([child.pk])[child.pk]) is LONG

    return answer


@pytest.fixture
def agree(apart, at, cluster):
    """What the ladder leaves open; the database, where only the owner may ask, has to answer like it."""

    def answer(child):
        with at(SOCIAL):
            blocks = return_blocks([child.pk])[child.pk]
        with cluster.connect("compass_owner", apart) as owner:
            may_go = owner.execute("SELECT compass_child_may_go(%s)", [child.pk]).fetchone()[0]
        assert may_go is (not blocks), blocks
        return blocks

    return answer


@pytest.mark.usefixtures("apart")
class TestPageLadderAndDatabaseAgree:
    def test_it_works_with_three_people(self, at, told, led, boy, woman, move, confirm, check, agree):
        move(SOCIAL, boy, woman.household_id)
        assert len(agree(boy)) > 2
        confirm(SUPERVISOR, boy)
        assert agree(boy) == ["R-CHI-1", "R-CHI-4"]
        check(COLLEAGUE, boy)
        assert agree(boy) == []
        with at(SOCIAL) as work:
            row = offer(work, told, led)
        accept(at, told, row)

        with at("edo.supervisor"):
            assert Person.objects.filter(pk=boy.pk).exists()

    def test_the_long_way(self, at, told, boy, agree):
        with at(SOCIAL) as work:
            assessed(work, told, boy)
            traced(work, told, boy)
        agree(boy)
        with at(SUPERVISOR) as work:
            record_decisions(work, panel(told, boy))
        agree(boy)
        soon = timezone.now().date() + timedelta(days=20)
        arranged = JourneyArranged(**told(id=boy.pk), escort="social", received_by="his aunt", first_visit_on=soon)
        with at(SOCIAL) as work:
            arrange_journeys(work, [arranged])
            asked = GuardianRequest.objects.get(person=boy)
            appoint_guardians(work, [GuardianAppointed(**told(id=asked.pk))])
        assert agree(boy) == ["R-CHI-4"]
        with at(SOCIAL) as work:
            record_guardians_agreement(work, [GuardianAgrees(**told(id=boy.pk))])
        assert agree(boy) == []
        with at(SOCIAL) as work:
            reopen_procedures(work, [Reopened(**told(id=boy.pk), appeal=True)])
        assert agree(boy) == ["BIP-09"]

    @pytest.mark.parametrize("what", ["guardian", "alone", "moved", "appeal", "facts"])
    def test_what_happens_after_the_offer_stops_the_child(
        self, at, told, person, case, woman, move, check, agree, what
    ):
        with at(SOCIAL) as work:
            own = {"household_id": woman.household_id, "relation": "child", "uasc_status": "accompanied"}
            child = person(work, identity=BOY, consent=False, **own)
            other = person(work)
        check(SOCIAL, child)
        assert agree(child) == []
        with at(SOCIAL) as work:
            row = offer(work, told, case(work, someone=woman))
        with at(SOCIAL) as work:
            if what == "guardian":
                request_guardians(work, [GuardianAsked(**told(id=child.pk), authority="juvenile_court")])
            elif what in ("appeal", "facts"):
                reopen_procedures(work, [Reopened(**told(id=child.pk), appeal=what == "appeal")])
        if what == "alone":
            move(SOCIAL, child, woman.household_id, "other_relative", "separated")
        elif what == "moved":
            move(SOCIAL, child, other.household_id)

        assert agree(child)
        with pytest.raises(BestInterestsFirst):
            accept(at, told, row)
        with at("edo.supervisor"):
            assert not Person.objects.exists()


@pytest.mark.parametrize("way", ["child", "woman"])
def test_who_brought_them_together_neither_confirms_nor_checks(at, boy, woman, move, confirm, check, is_long, way):
    if way == "child":
        move(SUPERVISOR, boy, woman.household_id)
    else:
        move(SOCIAL, boy, boy.household_id, "principal")
        move(SUPERVISOR, woman, boy.household_id, "parent", None)
    assert is_long(boy)
    with pytest.raises(StandardNotMet):
        check(SUPERVISOR, boy)
    with pytest.raises(SecondPersonNeeded):
        confirm(SUPERVISOR, boy)
    assert is_long(boy)
    with at(SOCIAL):
        assert GuardianRequest.objects.get(person=boy).status == "requested"


def test_the_mover_does_not_check_what_was_confirmed(at, case, boy, woman, move, confirm, check, is_long):
    with at(COLLEAGUE) as work:
        case(work, someone=boy)
    move(COLLEAGUE, boy, woman.household_id)
    confirm(SUPERVISOR, boy)
    assert not is_long(boy)
    with pytest.raises(SecondPersonNeeded):
        check(COLLEAGUE, boy)

    assert check(SUPERVISOR, boy).checked_with == [woman.pk]


def test_a_child_never_alone_that_was_moved_is_checked_by_a_second_person(at, person, woman, move, check):
    with at(SOCIAL) as work:
        child = person(work, identity=BOY, consent=False)
    move(SOCIAL, child, woman.household_id)
    with pytest.raises(SecondPersonNeeded):
        check(SOCIAL, child)

    assert check(COLLEAGUE, child).with_parent_at is not None


@pytest.mark.parametrize("said", ["unaccompanied", "separated", "unknown"])
def test_once_alone_stays_whatever_is_said_later(at, person, woman, move, is_long, said):
    with at(SOCIAL) as work:
        registered = person(work, identity=BOY, consent=False, uasc_status=said)
        changed = person(work, identity=BOY, consent=False)
    move(SOCIAL, changed, None, "principal", said)
    for child in (registered, changed):
        for uasc in ("", "accompanied"):
            move(SOCIAL, child, woman.household_id, "child", uasc)
            assert is_long(child)


def test_a_confirmation_is_about_this_parent_and_this_request(at, told, person, boy, woman, move, confirm, is_long):
    with at(SOCIAL) as work:
        other = person(work)
    move(SOCIAL, boy, woman.household_id)
    confirm(SUPERVISOR, boy)
    with at(SOCIAL):
        assert GuardianRequest.objects.get(person=boy).status == "withdrawn"
    move(SOCIAL, boy, other.household_id)
    assert is_long(boy)
    move(SOCIAL, boy, woman.household_id)
    assert not is_long(boy)
    with at(SOCIAL) as work:
        request_guardians(work, [GuardianAsked(**told(id=boy.pk), authority="juvenile_court")])

    assert is_long(boy)


def test_a_worker_confirms_nobody(boy, woman, move, confirm):
    move(SUPERVISOR, boy, woman.household_id)
    with pytest.raises(Denied):
        confirm(COLLEAGUE, boy)


@pytest.mark.parametrize("why", ["nobody", "appointed", "begun", "twice"])
def test_nobody_is_confirmed_when_it_does_not_fit(at, told, boy, woman, move, confirm, why):
    with at(SOCIAL) as work:
        if why == "begun":
            hear_children(work, [Heard(**told(id=boy.pk), view="I want to stay")])
        elif why == "appointed":
            asked = GuardianRequest.objects.get(person=boy)
            appoint_guardians(work, [GuardianAppointed(**told(id=asked.pk))])
    if why != "nobody":
        move(SOCIAL, boy, woman.household_id)
    if why == "twice":
        confirm(SUPERVISOR, boy)
    with pytest.raises(WrongState):
        confirm(SUPERVISOR, boy)


class TestThePages:
    @pytest.fixture
    def page(self, sign_in, boy):
        def ask(who, *part):
            name = "best_interests_step" if part else "best_interests"
            client = sign_in(who)
            client.cookies["compass_language"] = "en"
            return client, client.get(reverse(f"cases:{name}", args=[boy.pk, *part])).content.decode()

        return ask

    def test_it_works(self, at, boy, woman, move, page, is_long):
        move(SOCIAL, boy, woman.household_id)
        where = reverse("cases:best_interests_step", args=[boy.pk, "confirm"])
        client, shown = page(SUPERVISOR)
        assert where in shown
        refused = client.send(where, {"key": str(uuid4()), "heard": "no"})
        assert refused.status_code == 200 and is_long(boy)

        assert client.send(where, {"key": str(uuid4()), "heard": "yes"}).status_code == 302
        assert not is_long(boy) and where not in page(SUPERVISOR)[1]

    def test_no_page_lets_one_colleague_alone_take_the_boy_out(self, at, boy, woman, sign_in, is_long):
        client = sign_in(SOCIAL)
        moved = {"household": str(woman.household_id), "relation": "child", "uasc_status": "accompanied"}
        assert (
            client.send(reverse("people:household", args=[boy.pk]), {"key": str(uuid4()), **moved}).status_code == 302
        )
        answers = {"together": "yes", "agreed": "yes", "safe": "yes", "heard": "yes"}
        for part in ("with_parent", "confirm"):
            where = reverse("cases:best_interests_step", args=[boy.pk, part])
            assert client.send(where, {"key": str(uuid4()), **answers}).status_code != 302
        with at(SOCIAL):
            assert not BestInterests.objects.filter(person=boy).exists()
        assert is_long(boy)

    def test_who_brought_them_together_reads_why(self, boy, woman, move, page):
        move(SUPERVISOR, boy, woman.household_id)
        assert 'name="heard"' not in page(SUPERVISOR, "confirm")[1]
        assert "a colleague answers for it" in page(SUPERVISOR, "confirm")[1]
        assert 'name="together"' not in page(SUPERVISOR, "with_parent")[1]
