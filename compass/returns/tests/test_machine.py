"""Every transition and every refusal of a return, through the actions."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from compass.people.models import Consent, Person, Service
from compass.problems import BestInterestsFirst, Denied, NotFound, SecondPersonNeeded, StandardNotMet, WrongState
from compass.returns import actions, machine
from compass.returns.content import declaration_texts
from compass.returns.forms import EligibilityForm
from compass.returns.models import Counselling, Declaration, FreeChoice, Member, Return, Step
from compass.returns.tests.conftest import TOPICS
from compass.vocabulary import code_list, label_of

pytestmark = pytest.mark.django_db


def test_it_works_from_the_wish_to_the_arrival(journey, at, told):
    journey.to("in_travel")

    with at("zinder.social") as work:
        actions.receive_returns(work, [actions.Arrival(**told(id=journey.pk), arrived_on=work.today)])
        avr = Return.objects.get(pk=journey.pk)

        assert avr.state == "arrived"
        assert avr.approved_by is not None
        assert list(Service.objects.values_list("service", "service_class").distinct()) == [("AVR", "R")]
        assert set(Service.objects.values_list("person_id", flat=True)) == {journey.mother.pk, journey.son.pk}


def test_every_state_is_in_the_vocabulary():
    states = set(code_list("return_state").values)

    assert {s for t in machine.TRANSITIONS.values() for s in (*t.sources, t.target)} <= states


def test_what_she_said_is_sealed(journey, at):
    journey.to("in_travel")

    with at("zinder.cases"):
        blobs = [bytes(Counselling.objects.get().notes_sealed), bytes(FreeChoice.objects.get().evidence_sealed)]
        assert all(blob and b"misses" not in blob and b"spoke" not in blob for blob in blobs)


def test_the_same_start_counts_once(journey, at, told):
    envelope = told(id=journey.mother.pk)
    for _ in range(2):
        with at("zinder.social") as work:
            actions.start_returns(work, [actions.Begin(**envelope, destination="NG")])

    with at("zinder.social"):
        assert Return.objects.count() == 1


def test_the_return_of_the_boy_is_stopped_and_nothing_is_written(journey, at, told):
    with at("zinder.social") as work, pytest.raises(BestInterestsFirst):
        actions.start_returns(work, [actions.Begin(**told(id=journey.boy.pk), destination="NG")])
    with at("zinder.social") as work, pytest.raises(BestInterestsFirst):
        actions.start_returns(
            work, [actions.Begin(**told(id=journey.mother.pk), destination="NG", with_people=(journey.boy.pk,))]
        )

    with at("zinder.social"):
        assert not Return.objects.exists()
        assert not Member.objects.exists()


def test_a_child_who_becomes_alone_stops_the_approval(journey, at):
    journey.to("eligibility_review")
    with at("zinder.cases"):
        Person.objects.filter(pk=journey.son.pk).update(uasc_status="unaccompanied")

    with pytest.raises(BestInterestsFirst):
        journey.approve()

    assert journey.state() == "eligibility_review"


def test_a_child_of_the_family_does_not_travel_without_an_adult(journey, at, told):
    with at("zinder.social") as work, pytest.raises(StandardNotMet, match="R-CHI-4"):
        actions.start_returns(work, [actions.Begin(**told(id=journey.son.pk), destination="NG")])


def test_one_open_return_at_a_time(journey):
    journey.start()

    with pytest.raises(WrongState):
        journey.start()


def test_a_declaration_needs_all_the_information_first(journey):
    journey.start()
    journey.counsel(TOPICS[1:])

    with pytest.raises(StandardNotMet, match=r": \w.{20,} \(R-INF-1\)") as refused:
        journey.declare()

    assert label_of("return_information_topic", TOPICS[0]) in str(refused.value)


def test_what_two_talks_told_together_counts(journey):
    journey.start()
    journey.counsel(TOPICS[:3])
    journey.counsel(TOPICS[3:])

    journey.declare()

    assert journey.state() == "application"


def test_a_declaration_needs_consent_to_the_use_of_data(journey, at):
    journey.start()
    journey.counsel()
    with at("zinder.cases") as work:
        Consent.objects.update(withdrawn_at=work.now)

    with pytest.raises(StandardNotMet, match="R-CON-1"):
        journey.declare()


@pytest.mark.parametrize("changes", [{"statements": ("informed",)}, {"language": "tr"}])
def test_a_declaration_is_whole_and_in_her_language(journey, changes):
    journey.start()
    journey.counsel()

    with pytest.raises(StandardNotMet, match="R-VOL-1"):
        journey.declare(**changes)


def test_the_guardian_must_agree_for_a_child(journey, at):
    journey.start()
    journey.counsel()

    with pytest.raises(StandardNotMet, match="R-VOL-1"):
        journey.declare(statements=tuple(s for s in code_list("declaration_statement").values if s != "guardian_signs"))


@pytest.mark.parametrize(
    "found",
    [
        {"no_pressure": False},
        {"informed": False},
        {"capacity_doubted": True},
        {"detained": True, "independent_counsel": False, "private_talk": True},
    ],
)
def test_a_choice_that_is_not_free_goes_no_further(journey, at, found):
    journey.start()
    journey.counsel()
    journey.declare()

    journey.check(**found)

    assert journey.state() == "application"
    with at("zinder.cases"):
        assert FreeChoice.objects.count() == 1


def test_a_held_person_with_independent_counsel_goes_on_and_the_flag_stays(journey, at):
    journey.start()
    journey.counsel()
    journey.declare()

    journey.check(detained=True, independent_counsel=True, private_talk=True)

    assert journey.state() == "eligibility_review"
    with at("zinder.cases"):
        assert Return.objects.get().detained


def test_the_counsellor_cannot_approve(journey, at, told):
    journey.start()
    journey.counsel()
    journey.declare()
    journey.check()
    with at("zinder.supervisor") as work:
        actions.check_eligibility(
            work,
            [
                actions.EligibilityChecked(
                    **told(id=journey.pk),
                    criteria=tuple(
                        actions.CriterionChecked(criterion=c, answer="pass", evidence_kind="document", evidence="seen")
                        for c in code_list("eligibility_criterion").values
                    ),
                )
            ],
        )

    with pytest.raises(SecondPersonNeeded):
        journey.approve()


def test_only_a_supervisor_approves(journey):
    journey.to("eligibility_review")

    with pytest.raises(Denied):
        journey.approve("zinder.cases")


def test_every_criterion_needs_to_hold(journey):
    journey.start()
    journey.counsel()
    journey.declare()
    journey.check()
    journey.assess(travel_document="pending")

    with override("en"), pytest.raises(StandardNotMet, match=r"travel document”: Not checked yet \(R-ELI-1\)"):
        journey.approve()


def test_what_does_not_apply_is_no_criterion_that_is_missing(journey):
    journey.start()
    journey.counsel()
    journey.declare()
    journey.check()
    journey.assess(ends_procedure="n_a", no_objection="n_a")
    journey.approve()

    assert journey.state() == "pre_return"


@pytest.mark.parametrize("criterion", ["return_area_open", "travel_document", "no_means"])
def test_what_applies_to_everyone_is_never_without_meaning(journey, criterion):
    journey.start()
    journey.counsel()
    journey.declare()
    journey.check()

    with override("en"), pytest.raises(StandardNotMet, match=r"applies to everyone \(R-ELI-1\)"):
        journey.assess(**{criterion: "n_a"})


def test_the_form_says_does_not_apply_where_that_can_be_true():
    form = EligibilityForm(criteria=code_list("eligibility_criterion").values)
    offered = {name for name in form.criteria if "n_a" in dict(form.fields[name].choices)}

    assert offered == {"ends_procedure", "no_objection"}
    sent = EligibilityForm({"no_objection": "n_a"}, criteria=["no_objection"])
    assert set(sent.errors) == {"no_objection_kind", "no_objection_evidence"}, "what that rests on is written too"


def test_a_suspended_area_cannot_be_waived(journey):
    journey.start()
    journey.counsel()
    journey.declare()
    journey.check()

    with pytest.raises(StandardNotMet, match="R-SAF-1"):
        journey.assess(return_area_open="waived")


def test_a_refusal_is_explained(journey, at, told):
    journey.to("eligibility_review")
    with at("zinder.supervisor") as work, pytest.raises(StandardNotMet, match="R-ELI-3"):
        actions.refuse_returns(work, [actions.Decision(**told(id=journey.pk), note="no", reason="no_means")])

    with at("zinder.supervisor") as work:
        actions.refuse_returns(
            work,
            [
                actions.Decision(
                    **told(id=journey.pk),
                    note="no",
                    reason="no_means",
                    explained=True,
                    referral_offered=True,
                    complaint_told=True,
                )
            ],
        )

    assert journey.state() == "not_eligible"


def test_unfit_to_travel_waits(journey):
    journey.to("pre_return")
    journey.prepare(medical_outcome="unfit")

    assert journey.state() == "pre_return"


def test_nobody_leaves_without_a_last_yes(journey, at):
    journey.to("ready_to_travel")

    with pytest.raises(StandardNotMet, match="R-VOL-4"):
        journey.depart(reconfirmed=False)

    with at("zinder.cases"):
        assert not Service.objects.exists()


def test_an_old_declaration_does_not_carry_her_over_the_border(journey, at):
    journey.to("ready_to_travel")
    with at("zinder.cases"):
        Declaration.objects.update(valid_until="2020-01-01")

    with pytest.raises(StandardNotMet, match="R-VOL-1"):
        journey.depart()


@pytest.mark.parametrize(
    "state",
    ["enquiry", "counselling", "application", "eligibility_review", "pre_return", "ready_to_travel", "suspended"],
)
def test_she_may_withdraw_in_every_state_before_travel(journey, at, told, state):
    if state == "suspended":
        journey.to("counselling")
        with at("zinder.social") as work:
            actions.suspend_returns(work, [actions.Moved(**told(id=journey.pk), reason="insecurity")])
    else:
        journey.to(state)

    with at("zinder.social") as work:
        actions.withdraw_returns(work, [actions.Moved(**told(id=journey.pk), note="I wish to stay")])

    assert journey.state() == "withdrawn"


def test_after_departure_a_withdrawal_is_too_late(journey, at, told):
    journey.to("in_travel")

    with at("zinder.social") as work, pytest.raises(WrongState):
        actions.withdraw_returns(work, [actions.Moved(**told(id=journey.pk))])


def test_back_to_counselling_everything_is_declared_again(journey, at, told):
    journey.to("pre_return")
    with at("zinder.social") as work:
        actions.withdraw_returns(work, [actions.Moved(**told(id=journey.pk))])
        actions.resume_returns(work, [actions.Moved(**told(id=journey.pk))])
        avr = Return.objects.get(pk=journey.pk)

        assert (avr.state, avr.round, avr.approved_by) == ("counselling", 2, None)
    with pytest.raises(StandardNotMet, match="R-INF-1"):
        journey.declare()


def test_who_does_not_come_is_not_punished(journey, at, told):
    journey.to("ready_to_travel")

    with at("zinder.cases") as work:
        actions.miss_returns(work, [actions.Moved(**told(id=journey.pk), reason="no_show")])
        actions.resume_returns(work, [actions.Moved(**told(id=journey.pk))])

    assert journey.state() == "counselling"


def test_another_office_finds_nothing(journey, at, told):
    journey.start()

    with at("edo.reception") as work, pytest.raises(NotFound):
        actions.withdraw_returns(work, [actions.Moved(**told(id=journey.pk))])


def test_every_step_is_kept(journey, at):
    journey.to("in_travel")

    with at("zinder.cases"):
        names = list(Step.objects.order_by("recorded_at", "id").values_list("transition", flat=True))
        assert names == ["counsel", "declare", "check", "submit", "assess", "approve", "prepare", "ready", "depart"]
        assert Declaration.objects.get().text_language == "ha"


def test_each_text_has_every_statement_and_says_whether_a_speaker_checked_it():
    texts = declaration_texts()

    assert set(texts) == {"en", "fr", "ar", "ha", "pcm"}
    assert not texts["ha"].checked
    assert not texts["pcm"].checked
    for text in texts.values():
        assert set(text.statements) == set(code_list("declaration_statement").values)
