"""The child's ladder: what a return waits for, and that nobody skips a step."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.cases.actions.best_interests import (
    ChildAssessed,
    GuardianAgrees,
    Heard,
    JourneyArranged,
    PanelDecision,
    Reopened,
    Traced,
    WithParent,
    arrange_journeys,
    assess_children,
    check_with_parent,
    hear_children,
    record_decisions,
    record_guardians_agreement,
    reopen_procedures,
    trace_families,
)
from compass.cases.actions.case import Assignment, assign_cases
from compass.cases.models import BestInterests
from compass.cases.queries import return_blocks
from compass.cases.sealing import open_from
from compass.config.demo.world import world_id
from compass.people.actions import GuardianAppointed, GuardianAsked, appoint_guardians, request_guardians
from compass.problems import Invalid, NotFound, SecondPersonNeeded, StaleVersion, StandardNotMet, TooFarAway, WrongState

pytestmark = pytest.mark.django_db
OSAS = {"given": "Osas", "birth_date": "2019-05-01"}
BOY = {"given": "Musa", "birth_date": "2012-02-02"}
WHOLE = ["BIP-01", "BIP-02", "BIP-03", "R-CHI-3", "BIP-05", "R-CHI-1", "BIP-09", "R-CHI-4", "R-CHI-2", "R-CHI-5"]
ALL = ("local_integration", "return", "third_country")


@pytest.fixture
def boy(at, person):
    with at("zinder.social") as work:
        return person(work, identity=BOY, uasc_status="unaccompanied")


def blocks(child):
    return return_blocks([child.pk])[child.pk]


def panel(told, child, **changes):
    asked = {
        "members": ("Judge", "Doctor", "Social worker"),
        "options": ALL,
        "decision": "return",
        "reasons": "because",
        "review_told": True,
        **changes,
    }
    return [PanelDecision(**told(id=child.pk), **asked)]


def assessed(work, told, child):
    hear_children(work, [Heard(**told(id=child.pk), view="I want my mother", weight="much")])
    return assess_children(work, [ChildAssessed(**told(id=child.pk), text="safe with his aunt")])[0]


def traced(work, told, child):
    return trace_families(work, [Traced(**told(id=child.pk), outcome="unsuccessful", care_agreed=True)])[0]


def test_it_works(at, told, boy):
    with at("zinder.social") as work:
        assert blocks(boy) == WHOLE

        assessed(work, told, boy)
        (asked,) = request_guardians(work, [GuardianAsked(**told(id=boy.pk), authority="juvenile_court")])
        trace_families(work, [Traced(**told(id=boy.pk), outcome="successful", family_assessed=True)])
        assert blocks(boy) == ["BIP-05", "R-CHI-1", "BIP-09", "R-CHI-4", "R-CHI-2", "R-CHI-5"]

    with at("zinder.supervisor") as work:
        record_decisions(work, panel(told, boy))
        assert blocks(boy) == ["R-CHI-4", "R-CHI-2", "R-CHI-5"]

    with at("zinder.social") as work:
        appoint_guardians(work, [GuardianAppointed(**told(id=asked.pk))])
        record_guardians_agreement(work, [GuardianAgrees(**told(id=boy.pk))])
        soon = timezone.now().date() + timedelta(days=20)
        (row,) = arrange_journeys(
            work,
            [
                JourneyArranged(
                    **told(id=boy.pk), escort="social", received_by="his aunt in Benin City", first_visit_on=soon
                )
            ],
        )

        assert blocks(boy) == []
        assert row.stage == "panel_decision" and b"aunt" not in bytes(row.received_by_sealed)


def test_a_child_with_its_mother_needs_less(at, told, person):
    with at("zinder.social") as work:
        mother = person(work)
        child = person(
            work, identity=OSAS, relation="child", household_id=mother.household_id, uasc_status="accompanied"
        )

        assert return_blocks([mother.pk, child.pk]) == {child.pk: ["R-CHI-1", "R-CHI-4"]}
        check_with_parent(work, [WithParent(**told(id=child.pk), view="wants to go")])
        assert blocks(child) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"relation": "child", "uasc_status": "separated"}, {"relation": "unrelated_child"}, {"relation": "sibling"},
        {"relation": "child", "uasc_status": "unknown"},
    ],
)  # fmt: skip
def test_in_doubt_about_the_parent_the_long_ladder_counts(at, told, person, changes):
    with at("zinder.social") as work:
        mother = person(work)
        child = person(work, identity=OSAS, household_id=mother.household_id, **changes)

        assert blocks(child) == WHOLE
        with pytest.raises(StandardNotMet, match="BIP-05"):
            check_with_parent(work, [WithParent(**told(id=child.pk))])


def test_a_child_of_a_child_has_no_adult_parent(at, person):
    with at("zinder.social") as work:
        girl = person(work, identity={"given": "Aisha", "birth_date": "2010-01-01"}, uasc_status="unaccompanied")
        baby = person(
            work,
            identity={"given": "Ali", "birth_date": "2026-01-01"},
            relation="child",
            household_id=girl.household_id,
            uasc_status="accompanied",
        )

        assert blocks(baby) == WHOLE and blocks(girl) == WHOLE


def test_unknown_age_and_alone_is_treated_as_a_child(at, person):
    with at("zinder.social") as work:
        someone = person(work, identity={"given": "X"}, uasc_status="unaccompanied")

        assert blocks(someone) == WHOLE


def test_a_panel_asked_for_ends_the_short_way(at, told, person):
    with at("zinder.social") as work:
        mother = person(work)
        child = person(
            work, identity=OSAS, relation="child", household_id=mother.household_id, uasc_status="accompanied"
        )
        assess_children(work, [ChildAssessed(**told(id=child.pk), text="violence", determination=True)])

        assert "BIP-05" in blocks(child)
        with pytest.raises(StandardNotMet):
            check_with_parent(work, [WithParent(**told(id=child.pk))])


def test_tracing_waits_for_the_assessment(at, told, boy):
    with at("zinder.social") as work, pytest.raises(StandardNotMet, match="BIP-04"):
        trace_families(work, [Traced(**told(id=boy.pk), outcome="pending")])


def test_care_agreed_with_the_authority_stands_for_a_family_not_found(at, told, boy):
    with at("zinder.social") as work:
        assessed(work, told, boy)
        trace_families(work, [Traced(**told(id=boy.pk), outcome="unsuccessful")])
        assert "R-CHI-3" in blocks(boy)
        trace_families(work, [Traced(**told(id=boy.pk), outcome="unsuccessful", care_agreed=True)])
        assert "R-CHI-3" not in blocks(boy)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"members": ("Judge", "Judge", "judge ")}, "BIP-05"), ({"members": ("A", "B")}, "BIP-05"),
        ({"reasons": " "}, "BIP-05"),
        ({"options": ("return",)}, "R-CHI-1"), ({"options": ALL, "decision": "family_reunification"}, "R-CHI-1"),
        ({"review_told": False}, "BIP-09"),
    ],
)  # fmt: skip
def test_a_decision_without_its_safeguards_is_refused(at, told, boy, changes, rule):
    with at("zinder.social") as work:
        assessed(work, told, boy)
        request_guardians(work, [GuardianAsked(**told(id=boy.pk), authority="juvenile_court")])
    with at("zinder.supervisor") as work, pytest.raises(StandardNotMet, match=rule):
        record_decisions(work, panel(told, boy, **changes))


def test_a_return_is_not_decided_before_the_family_is_assessed_or_care_is_agreed(at, told, boy):
    with at("zinder.social") as work:
        assessed(work, told, boy)
        trace_families(work, [Traced(**told(id=boy.pk), outcome="pending")])
        request_guardians(work, [GuardianAsked(**told(id=boy.pk), authority="juvenile_court")])
    with at("zinder.supervisor") as work:
        with pytest.raises(StandardNotMet, match="R-CHI-3"):
            record_decisions(work, panel(told, boy))
        assert record_decisions(work, panel(told, boy, decision="local_integration"))[0].decided_at


def test_a_decision_before_everything_names_what_is_missing(at, told, boy):
    with at("zinder.supervisor") as work, pytest.raises(StandardNotMet, match=r"\(BIP-01\).*\(BIP-02\).*\(BIP-03\)"):
        record_decisions(work, panel(told, boy))


def test_who_assessed_does_not_record_the_decision(at, told, boy):
    with at("zinder.supervisor") as work:
        assessed(work, told, boy)
        traced(work, told, boy)
        request_guardians(work, [GuardianAsked(**told(id=boy.pk), authority="juvenile_court")])
        with pytest.raises(SecondPersonNeeded):
            record_decisions(work, panel(told, boy))


def decided(at, told, boy, **changes):
    with at("zinder.social") as work:
        assessed(work, told, boy)
        traced(work, told, boy)
        request_guardians(work, [GuardianAsked(**told(id=boy.pk), authority="juvenile_court")])
    with at("zinder.supervisor") as work:
        record_decisions(work, panel(told, boy, **changes))


def test_another_decision_than_return_keeps_the_child(at, told, boy):
    decided(at, told, boy, decision="local_integration")
    with at("zinder.social") as work:
        assert "R-CHI-1" in blocks(boy)
        soon = timezone.now().date() + timedelta(days=20)
        with pytest.raises(WrongState):
            arrange_journeys(
                work, [JourneyArranged(**told(id=boy.pk), escort="social", received_by="x", first_visit_on=soon)]
            )


def test_the_guardian_who_is_not_appointed_cannot_agree(at, told, boy):
    decided(at, told, boy)
    with at("zinder.social") as work, pytest.raises(StandardNotMet, match="BIP-02"):
        record_guardians_agreement(work, [GuardianAgrees(**told(id=boy.pk))])


def test_what_a_former_guardian_agreed_to_does_not_bind_the_next(at, told, boy):
    def appointed(work):
        (asked,) = request_guardians(work, [GuardianAsked(**told(id=boy.pk), authority="social_services")])
        appoint_guardians(work, [GuardianAppointed(**told(id=asked.pk))])

    decided(at, told, boy)
    with at("zinder.social") as work:
        earlier = timezone.now()
        appointed(work)
        with pytest.raises(StandardNotMet, match="BIP-02"):
            record_guardians_agreement(work, [GuardianAgrees(**told(id=boy.pk, occurred_at=earlier))])
        record_guardians_agreement(work, [GuardianAgrees(**told(id=boy.pk))])
        assert "R-CHI-4" not in blocks(boy)

        appointed(work)
        assert "R-CHI-4" in blocks(boy)
        record_guardians_agreement(work, [GuardianAgrees(**told(id=boy.pk))])
        assert "R-CHI-4" not in blocks(boy)


def test_a_visit_in_the_past_and_travel_alone_are_refused(at, told, boy):
    decided(at, told, boy)
    with at("zinder.social") as work:
        yesterday = timezone.now().date() - timedelta(days=1)
        with pytest.raises(TooFarAway):
            arrange_journeys(
                work, [JourneyArranged(**told(id=boy.pk), escort="social", received_by="x", first_visit_on=yesterday)]
            )
        with pytest.raises(StandardNotMet, match="R-CHI-2"):
            arrange_journeys(
                work, [JourneyArranged(**told(id=boy.pk), escort="none", received_by="x", first_visit_on=yesterday)]
            )


def test_an_appeal_stops_and_new_facts_begin_anew(at, told, boy):
    decided(at, told, boy)
    with at("zinder.social") as work:
        reopen_procedures(work, [Reopened(**told(id=boy.pk), appeal=True)])
        assert blocks(boy)[0] == "BIP-09"
        reopen_procedures(work, [Reopened(**told(id=boy.pk))])
        assert BestInterests.objects.filter(person=boy).count() == 2
        assert {"BIP-01", "BIP-03", "BIP-05"} <= set(blocks(boy))
        with pytest.raises(WrongState):
            reopen_procedures(work, [Reopened(**told(id=boy.pk))])


WRITTEN = ("view_sealed", "assessment_sealed", "tracing", "tracing_at", "family_assessed", "care_agreed", "decided_at")


@pytest.mark.parametrize("step", ["hear", "assess", "trace"])
def test_what_was_decided_is_not_written_anew_until_it_is_reopened(at, told, boy, step):
    def again(work):
        if step == "hear":
            return hear_children(work, [Heard(**told(id=boy.pk), view="other words")])[0]
        if step == "trace" and BestInterests.objects.filter(person=boy).count() == 1:
            return trace_families(work, [Traced(**told(id=boy.pk), outcome="pending")])[0]
        return assess_children(work, [ChildAssessed(**told(id=boy.pk), text="other words")])[0]

    decided(at, told, boy)
    with at("zinder.social") as work:
        before = BestInterests.objects.get(person=boy)
        with pytest.raises(WrongState):
            again(work)
        kept = BestInterests.objects.get(person=boy)
        assert [getattr(kept, name) for name in WRITTEN] == [getattr(before, name) for name in WRITTEN]

        reopen_procedures(work, [Reopened(**told(id=boy.pk), appeal=True)])
        assert again(work).stage == "appealed", "only the panel ends an appeal"
        assert blocks(boy)[0] == "BIP-09"

        reopen_procedures(work, [Reopened(**told(id=boy.pk))])
        assert again(work).pk != before.pk


def test_the_check_with_the_parent_stands_until_it_is_reopened(at, told, person, sign_in):
    with at("zinder.social") as work:
        mother = person(work)
        child = person(
            work, identity=OSAS, relation="child", household_id=mother.household_id, uasc_status="accompanied"
        )
    where, panel_asked = (
        reverse("cases:best_interests", args=[child.pk]),
        reverse("cases:best_interests_step", args=[child.pk, "assess"]),
    )
    assert panel_asked in sign_in("zinder.social").get(where).content.decode()
    with at("zinder.social") as work:
        check_with_parent(work, [WithParent(**told(id=child.pk), view="wants to go")])
        with pytest.raises(WrongState):
            hear_children(work, [Heard(**told(id=child.pk), view="other words")])
        with pytest.raises(WrongState):
            check_with_parent(work, [WithParent(**told(id=child.pk), view="other words")])
        reopen_procedures(work, [Reopened(**told(id=child.pk))])
        check_with_parent(work, [WithParent(**told(id=child.pk), view="other words")])
    assert panel_asked not in sign_in("zinder.social").get(where).content.decode()


def test_a_stale_version_is_refused(at, told, boy):
    with at("zinder.social") as work:
        assessed(work, told, boy)
        with pytest.raises(StaleVersion):
            hear_children(work, [Heard(**told(id=boy.pk, version=1), view="again")])


def test_it_is_about_children_of_the_own_office(at, told, boy, person):
    with at("zinder.social") as work, pytest.raises(Invalid):
        hear_children(work, [Heard(**told(id=person(work).pk), view="x")])
    with at("edo.supervisor") as work, pytest.raises(NotFound):
        hear_children(work, [Heard(**told(id=boy.pk), view="x")])


def test_a_whole_list_costs_few_queries(at, person, django_assert_max_num_queries):
    with at("zinder.social") as work:
        children = [person(work, identity=BOY, uasc_status="unaccompanied").pk for _ in range(5)]
        with django_assert_max_num_queries(4):
            return_blocks(children)


class TestNeedToKnow:
    """Best interests is the sealed tier (DESIGN section 5): the same role in the same office is not enough."""

    def test_who_neither_leads_the_case_nor_began_it_sees_and_writes_nothing(self, at, told, sign_in, boy, case):
        with at("zinder.social") as work:
            case(work, someone=boy)
            hear_children(work, [Heard(**told(id=boy.pk), view="I want to stay")])
        where = reverse("cases:best_interests", args=[boy.pk])

        assert sign_in("zinder.social").get(where).status_code == 200
        assert sign_in("zinder.supervisor").get(where).status_code == 200
        assert sign_in("zinder.cases").get(where).status_code == 404
        with at("zinder.cases") as work, pytest.raises(NotFound):
            hear_children(work, [Heard(**told(id=boy.pk), view="I want to leave")])

    def test_who_leads_the_case_now_sees_what_another_began(self, at, told, sign_in, boy, case):
        with at("zinder.social") as work:
            row = case(work, someone=boy)
            hear_children(work, [Heard(**told(id=boy.pk), view="I want to stay")])
        with at("zinder.supervisor") as work:
            assign_cases(work, [Assignment(**told(id=row.pk), owner_id=world_id("zinder.cases"))])

        assert sign_in("zinder.cases").get(reverse("cases:best_interests", args=[boy.pk])).status_code == 200

    def test_a_child_alone_that_nobody_leads_is_not_left_waiting(self, sign_in, boy):
        assert sign_in("zinder.cases").get(reverse("cases:best_interests", args=[boy.pk])).status_code == 200


class TestThePage:
    """The ladder leads nobody to a step that would be refused; words stand in its place."""

    @pytest.fixture
    def offers(self, sign_in, boy):
        def ask(who, part):
            step = reverse("cases:best_interests_step", args=[boy.pk, part])
            return step in sign_in(who).get(reverse("cases:best_interests", args=[boy.pk])).content.decode()

        return ask

    def test_the_decision_is_offered_to_a_supervisor_who_did_not_prepare_it(self, at, told, boy, offers):
        with at("zinder.social") as work:
            assessed(work, told, boy)

        assert offers("zinder.supervisor", "decide") and not offers("zinder.social", "decide")

    def test_who_prepared_it_is_told_that_another_decides(self, at, told, boy, offers, sign_in):
        with at("zinder.supervisor") as work:
            assessed(work, told, boy)
        step = sign_in("zinder.supervisor").get(reverse("cases:best_interests_step", args=[boy.pk, "decide"]))

        assert not offers("zinder.supervisor", "decide")
        assert step.status_code == 200 and 'name="members"' not in step.content.decode()

    def test_agreement_and_journey_wait_for_the_panel(self, at, told, boy, offers):
        with at("zinder.social") as work:
            assessed(work, told, boy)
        assert not offers("zinder.social", "agree") and not offers("zinder.social", "journey")

        with at("zinder.social") as work:
            traced(work, told, boy)
            request_guardians(work, [GuardianAsked(**told(id=boy.pk), authority="juvenile_court")])
        with at("zinder.supervisor") as work:
            record_decisions(work, panel(told, boy))
        assert offers("zinder.social", "agree") and offers("zinder.social", "journey")

    def test_what_was_decided_offers_to_reopen_only(self, at, told, boy, offers):
        decided(at, told, boy, decision="local_integration")

        assert not offers("zinder.supervisor", "decide") and not offers("zinder.social", "trace")
        assert offers("zinder.social", "reopen")


@pytest.fixture
def at_home(person):
    """`at_home(work, born)`: a child of that birth date with its mother."""

    def make(work, born):
        mother = person(work)
        own = {"relation": "child", "household_id": mother.household_id, "uasc_status": "accompanied"}
        return person(work, identity={"given": "Osas", "birth_date": born.isoformat()}, **own)

    return make


def years_ago(years, days=0):
    today = timezone.now().date()
    return today.replace(year=today.year - years, day=min(today.day, 28)) - timedelta(days=days)


def test_a_child_from_six_years_says_something_or_it_is_said_why_not(at, told, at_home):
    with at("zinder.social") as work:
        six = at_home(work, years_ago(6, 1))
        for nothing in ({}, {"view": "  ", "unheard": " "}):
            with pytest.raises(Invalid):
                check_with_parent(work, [WithParent(**told(id=six.pk), **nothing)])
        check_with_parent(work, [WithParent(**told(id=six.pk), unheard="in hospital until Monday")])
        row = BestInterests.objects.get()

        assert open_from(work, row, "view_sealed")["unheard"] == "in hospital until Monday" and blocks(six) == []


def test_a_child_below_six_need_not_be_asked(at, told, at_home):
    with at("zinder.social") as work:
        five = at_home(work, years_ago(5, 100))
        assert five.age_band == "5-11"
        check_with_parent(work, [WithParent(**told(id=five.pk))])

        assert blocks(five) == []


def alone(person, work, born):
    return person(work, identity={"given": "Musa", "birth_date": born.isoformat()}, uasc_status="unaccompanied")


def test_a_child_alone_is_heard_from_six_years(at, told, person):
    with at("zinder.social") as work:
        six, five = (alone(person, work, years_ago(*age)) for age in ((6, 1), (5, 100)))
        with pytest.raises(Invalid):
            hear_children(work, [Heard(**told(id=six.pk), view=" ")])
        hear_children(work, [Heard(**told(id=six.pk), unheard="in hospital until Monday"), Heard(**told(id=five.pk))])
        row = BestInterests.objects.get(person=six)

        assert open_from(work, row, "view_sealed")["unheard"] == "in hospital until Monday"
        assert "BIP-03" not in blocks(six) + blocks(five)


def test_the_page_of_the_long_ladder_asks_a_child_that_speaks(at, sign_in, person):
    with at("zinder.social") as work:
        six, baby = (alone(person, work, years_ago(*age)) for age in ((6, 1), (1, 0)))
    browser = sign_in("zinder.social")
    address = {child: reverse("cases:best_interests_step", args=[child.pk, "hear"]) for child in (six, baby)}
    assert 'name="unheard"' not in browser.get(address[baby]).content.decode()

    refused = browser.send(address[six], {"key": str(uuid4())})
    assert refused.status_code == 200 and "ce que dit l’enfant, avec ses mots" in refused.content.decode()
    assert browser.send(address[six], {"key": str(uuid4()), "view": "Rester"}).status_code == 302
    assert browser.send(address[baby], {"key": str(uuid4())}).status_code == 302


def test_the_page_asks_a_child_that_speaks(at, sign_in, at_home):
    with at("zinder.social") as work:
        six, five = at_home(work, years_ago(6, 1)), at_home(work, years_ago(5, 100))
    browser = sign_in("zinder.social")
    address = {child: reverse("cases:best_interests_step", args=[child.pk, "with_parent"]) for child in (six, five)}
    assert 'name="unheard"' not in browser.get(address[five]).content.decode()
    yes = {"together": "yes", "agreed": "yes", "safe": "yes", "key": str(uuid4())}

    refused = browser.send(address[six], yes)
    assert refused.status_code == 200 and "ce que dit l’enfant, avec ses mots" in refused.content.decode()
    assert browser.send(address[six], {**yes, "unheard": "À l’hôpital"}).status_code == 302
