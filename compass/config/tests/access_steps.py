"""Every action of the rooms as one call on one record, with what it must be told when nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from compass.access.work import Work
from compass.cases.actions import (
    assessment,
    case,
    closing,
    contact,
    handover,
    plan,
    referral,
    referral_answer,
    screening,
)
from compass.cases.actions import best_interests as child
from compass.cases.closing import PREREQUISITES
from compass.commons import actions as commons
from compass.communities import actions as communities
from compass.config.demo.world import world_id
from compass.config.tests.access_world import AUTHORITY, GROWN, PDF, no, office_day, panel, secured, told
from compass.people import actions as people
from compass.programme import actions as programme
from compass.reception import actions as reception
from compass.reintegration import actions as reintegration
from compass.returns import actions as returns
from compass.returns.models import Return
from compass.ui.uploads import Attachment
from compass.vocabulary import code_list

Step = Callable[[Work, UUID | None], Any]


def _person() -> people.Registration:
    return people.Registration(**told(basis="vital_interest"), identity=GROWN)


def _consent(pk: UUID | None) -> people.ConsentGiven:
    scopes, seven = dict.fromkeys(code_list("consent_scope").values, True), code_list("consent_information").values
    return people.ConsentGiven(**told(id=pk), certified=True, information=tuple(seven), scopes=scopes)


def _right(pk: UUID | None) -> people.RightAsked:
    return people.RightAsked(**told(id=pk), kind="correction", about="identity", words="Not Amina")


def _service(pk: UUID | None) -> people.ServiceGiven:
    return people.ServiceGiven(**told(id=pk), service="FOD", service_class="H", delivered_on=office_day())


def _judge(work: Work, pk: UUID | None) -> Any:
    (other,) = people.register_people(work, [_person()])
    return people.judge(work, [people.Judged(**told(id=pk), other_id=other.pk, same=False)])


def _plan(pk: UUID | None) -> plan.PlanMade:
    day = office_day() + timedelta(days=9)
    aim = plan.GoalSaid("safety_security", "x", day, (plan.ActionPlanned("SHL", "case_manager", day),))
    return plan.PlanMade(**told(id=pk, basis="consent"), goals=(aim,))


def _closure(pk: UUID | None) -> closing.ClosureAsked:
    return closing.ClosureAsked(
        **told(id=pk), reason="client_request_withdrawal", safety_reassessed=True, explanation="x",
        prerequisites=tuple(each.code for each in PREREQUISITES),
    )  # fmt: skip


def _contact(pk: UUID | None) -> contact.Contact:
    return contact.Contact(**told(id=pk), kind="for_service", channel="in_person_office", reached=True)


def _referral(pk: UUID | None) -> referral.ReferralPrepared:
    return referral.ReferralPrepared(
        **told(id=pk, basis="consent"), service="MED", to_organisation_id=world_id("clinic"), priority="normal"
    )


def _yes(pk: UUID | None) -> assessment.Decision:
    return assessment.Decision(**told(id=pk), approve=True)


def _answer(pk: UUID | None, answer: str) -> referral_answer.ReferralAnswer:
    reason = "no_capacity" if answer == "rejected" else ""
    return referral_answer.ReferralAnswer(**told(id=pk), answer=answer, reason=reason)


def _outcome(pk: UUID | None) -> referral_answer.ReferralOutcome:
    return referral_answer.ReferralOutcome(**told(id=pk), outcome="service_completed", delivered_on=office_day())


def _journey(pk: UUID | None) -> child.JourneyArranged:
    soon = office_day() + timedelta(days=20)
    return child.JourneyArranged(**told(id=pk), escort="social", received_by="his aunt", first_visit_on=soon)


def _line(pk: UUID | None) -> reintegration.NewAction:
    return reintegration.NewAction(
        **told(id=pk), dimension="economic", level="individual", modality="in_kind", what="stall",
        expectation="income_regular", planned_on=office_day(),
    )  # fmt: skip


def _proof(pk: UUID | None) -> reintegration.Proof:
    file = Attachment(PDF, "application/pdf", "x.pdf")
    return reintegration.Proof(**told(id=pk), kind="receipt", amount=Decimal(9), issued_on=office_day(), file=file)


def _followed(pk: UUID | None) -> reintegration.Followed:
    return reintegration.Followed(
        **told(id=pk), result="yes", channel="home_visit", asked_on=office_day(), next_step="go_on"
    )


def _interview(pk: UUID | None) -> reintegration.InterviewBegun:
    return reintegration.InterviewBegun(
        **told(id=pk), round="baseline", held_on=office_day(), mode="home_visit", language="en"
    )


def _profile(pk: UUID | None) -> communities.NewProfile:
    return communities.NewProfile(
        **told(id=pk), period_from=office_day(), period_to=office_day(), priorities=("water",)
    )


def _meeting(pk: UUID | None) -> communities.MeetingHeld:
    came = {("returnee", "female", "18_59"): 3}
    return communities.MeetingHeld(**told(id=pk), kind="planning", held_on=office_day(), came=came)


def _option(pk: UUID | None) -> communities.OptionCounted:
    return communities.OptionCounted(**told(id=pk), title="x", sector="water", votes_returnees=1, votes_neighbours=0)


def _chosen(pk: UUID | None) -> communities.Chosen:
    return communities.Chosen(
        **told(id=pk), approach="new_community_based_project", dimension="social", budget=Decimal(9), currency="EUR",
        objective="x",
    )  # fmt: skip


def _to(state: str) -> Step:
    return lambda work, pk: communities.advance_projects(work, [communities.Moved(**told(id=pk), to=state)])


def _declared(work: Work, pk: UUID | None) -> Any:
    row = work.allowed("returns.view", Return).filter(pk=pk).first()
    return returns.Declared(
        **told(id=pk), person_id=row.person_id if row else uuid4(), language="ha", text_language="ha",
        statements=tuple(code_list("declaration_statement").values), mode="thumbprint", witness={"witness": "one"},
    )  # fmt: skip


def _counselled(pk: UUID | None) -> returns.Counselled:
    return returns.Counselled(
        **told(id=pk), topics=tuple(code_list("return_information_topic").values), language="ha",
        interpreter_mode="in_person", time_offered=True,
    )  # fmt: skip


def _checked(pk: UUID | None) -> returns.ChoiceChecked:
    return returns.ChoiceChecked(
        **told(id=pk), no_pressure=True, informed=True, capacity_doubted=False, detained=False,
        evidence={"pressure": "x", "information": "x"},
    )  # fmt: skip


def _eligible(pk: UUID | None) -> returns.EligibilityChecked:
    every = code_list("eligibility_criterion").values
    criteria = tuple(
        returns.CriterionChecked(criterion=c, answer="pass", evidence_kind="document", evidence="seen") for c in every
    )
    return returns.EligibilityChecked(**told(id=pk), criteria=criteria)


def _prepared(pk: UUID | None) -> returns.Prepared:
    return returns.Prepared(
        **told(id=pk), travel_on=office_day(), travel_mode="bus", document_valid_until=office_day() + timedelta(days=300),
        medical_outcome="fit", receiving_told_on=office_day(),
    )  # fmt: skip


def _departed(pk: UUID | None) -> returns.Departure:
    return returns.Departure(**told(id=pk), departed_on=office_day(), reconfirmed=True, method="in_person_alone")


def _moved(pk: UUID | None, reason: str = "") -> returns.Moved:
    return returns.Moved(**told(id=pk), reason=reason)


def _file(pk: UUID | None) -> referral_answer.FilesAdded:
    return referral_answer.FilesAdded(**told(id=pk), files=(Attachment(PDF, "application/pdf", "x.pdf"),))


def _step(pk: UUID | None) -> referral.ReferralStep:
    return referral.ReferralStep(**told(id=pk))


def _offer(pk: UUID | None) -> handover.HandoverOffer:
    return handover.HandoverOffer(
        **told(id=pk), to_organisation_id=world_id("NG"), note="One person.", without_return="left_on_own"
    )


def _pass(pk: UUID | None) -> handover.HandoverStep:
    return handover.HandoverStep(**told(id=pk))


def _merge(work: Work, pk: UUID | None) -> Any:
    (other,) = people.register_people(work, [_person()])
    people.judge(work, [people.Judged(**told(id=pk), other_id=other.pk, same=True)])
    return people.ask_merges(work, [people.MergeAsked(**told(id=pk), absorbed_id=other.pk)])


def _group(work: Work, pk: UUID | None) -> Any:
    (other,) = people.register_people(work, [_person()])
    both = ({**told(id=pk), "basis": "consent"}, told(id=other.pk))
    return people.record_groups(work, [people.GroupSaid(**each, group=other.pk, kind="travelling") for each in both])


def _voice(pk: UUID | None) -> people.VoiceRecording:
    return people.VoiceRecording(**told(), language="fr", text_key="take_back", media_type="audio/mpeg", audio=b"ID3")


def _said(command: Any, **more: Any) -> Callable[[UUID | None], Any]:
    return lambda pk: command(**{**told(id=pk), **more})


def _do(action: Callable[[Work, list[Any]], Any], command: Callable[[UUID | None], Any]) -> Step:
    return lambda work, pk: action(work, [command(pk)])


CENTRE = world_id("centre.zinder")
STEPS: dict[str, Step] = {
    "people.register": _do(people.register_people, lambda pk: _person()),
    "people.identity": _do(people.change_identity, _said(people.IdentityChange, sex="male", basis="consent")),
    "people.document": _do(
        people.record_documents,
        _said(people.DocumentSaid, type="passport", possession="lost", detail={"number": "A1234567"}),
    ),
    "people.name": _do(people.record_names, _said(people.NameSaid, kind="known_as", words="Amina the tailor")),
    "people.number": _do(people.record_numbers, _said(people.NumberSaid, kind="unhcr_individual", number="835-00012345")),
    "people.functioning": _do(
        people.record_functioning,
        _said(
            people.FunctioningAnswered,
            answers=dict.fromkeys(code_list("disability_domain").values, "refused"),
            basis="consent",
        ),
    ),
    "people.photo": _do(
        people.keep_photos,
        _said(people.PhotoTaken, picture=Attachment(b"\xff\xd8\xff", "image/jpeg", ""), basis="consent"),
    ),
    "people.photo_remove": _do(people.remove_photos, _said(people.PhotoRemoved)),
    "people.household": _do(
        people.change_households, _said(people.HouseholdChange, household_id=None, relation="principal")
    ),
    "people.group": _group,
    "people.search": _do(people.record_searches, _said(people.Searched, attributes=("name",), found=0)),
    "people.compare": _do(people.record_comparisons, _said(people.Compared, attributes=("name",), found=0)),
    "people.judge": _judge,
    "people.ask_elsewhere": _do(people.ask_elsewhere, _said(people.ElsewhereAsked, hope="go_on", basis="consent")),
    "people.confirm_elsewhere": _do(
        people.decide_elsewhere, _said(people.ElsewhereDecided, agrees=True, basis="consent")
    ),
    "people.take_back_elsewhere": _do(people.take_back_elsewhere, _said(people.ElsewhereTakenBack)),
    "people.ask_merge": _merge,
    "people.confirm_merge": _do(people.decide_merges, _said(people.MergeDecided, agrees=True)),
    "people.undo_merge": _do(people.undo_merges, _said(people.MergeUndone)),
    "people.consent": _do(people.give_consent, _consent),
    "people.withdraw": _do(people.withdraw_consent, _said(people.Withdrawal)),
    "people.copy": _do(
        people.record_copies, _said(people.CopyAsked, how="screen", talk="in_person", checked="known")
    ),
    "people.right_ask": _do(people.ask_rights, _right),
    "people.right_answer": _do(people.answer_rights, _said(people.RightAnswered, answer="corrected")),
    "people.right_answer refused": _do(
        people.answer_rights, _said(people.RightAnswered, answer="refused", ground="accurate", reason="It is right")
    ),
    "people.right_told": _do(people.tell_rights, _said(people.RightTold)),
    "people.retention_ask": _do(people.review_retention, _said(people.RetentionReviewed, step="leave")),
    "people.retention_ask erase": _do(people.review_retention, _said(people.RetentionReviewed, step="erase")),
    "people.retention_decide": _do(people.decide_retention, _said(people.RetentionDecided, agrees=True)),
    "people.retention_stop": _do(people.stop_erasing, _said(people.RetentionStep)),
    "people.retention_erase": _do(people.erase_over, _said(people.RetentionStep)),
    "people.erasure_ask": _do(people.ask_erasure, _said(people.ErasureAsked)),
    "people.erasure_confirm": _do(people.confirm_erasure, _said(people.ErasureConfirmed, talk="in_person")),
    "people.erasure_cancel": _do(people.cancel_erasure, _said(people.ErasureStep)),
    "people.erasure_keep": _do(people.keep_record, _said(people.RecordKept, ground="law")),
    "people.erase": _do(people.erase, _said(people.ErasureStep)),
    "people.guardian": _do(people.request_guardians, _said(people.GuardianAsked, authority=AUTHORITY)),
    "people.guardian_appointed": _do(people.appoint_guardians, _said(people.GuardianAppointed)),
    "people.guardian_mistaken": _do(people.take_guardians_back, _said(people.GuardianMistaken, why="another child")),
    "people.service": _do(people.record_services, _service),
    "people.service_annulled": _do(people.annul_services, _said(people.ServiceAnnulled)),
    "people.voices": _do(people.put_voices, _voice),
    "reception.arrive": _do(
        reception.add_groups, lambda pk: reception.GroupArrived(**told(), centre_id=CENTRE, people=2, language="ha")
    ),
    "reception.register": _do(
        reception.register_arrivals, lambda pk: reception.ArrivalRegistered(**told(id=pk), registration=_person())
    ),
    "reception.left": _do(reception.mark_left, _said(reception.ArrivalLeft)),
    "reception.put_back": _do(reception.put_back, _said(reception.PlacePutBack, reason="touched")),
    "reception.activity": _do(
        reception.add_activities,
        lambda pk: reception.ActivityHeld(**told(), centre_id=CENTRE, kind="sport", held_on=office_day()),
    ),
    "reception.not_there": _do(reception.correct_attendance, _said(reception.NotThere, reason="touched")),
    "cases.screen": _do(
        screening.screen_people, _said(screening.Screened, answers={"medical_now": False, "danger_now": True})
    ),
    "cases.open": _do(case.open_cases, _said(case.CaseOpening, risk_level="low")),
    "cases.risk": _do(case.set_risk, _said(case.RiskSet, level="low", reason="calm")),
    "cases.assign": _do(case.assign_cases, _said(case.Assignment, owner_id=world_id("zinder.cases"))),
    "cases.reopen": _do(case.reopen_cases, _said(case.Reopen, reason="new")),
    "cases.assess": _do(assessment.assess, _said(assessment.Assessed, needs={"safety_security": "met"}, basis="consent")),
    "cases.approve_assessment": _do(assessment.approve_assessments, _yes),
    "cases.plan": _do(plan.make_plans, _plan),
    "cases.agree": _do(plan.agree_plans, _said(plan.PlanAgreed, how="spoken", basis="consent")),
    "cases.approve_plan": _do(plan.approve_plans, _yes),
    "cases.plan_action": _do(plan.complete_plan_actions, lambda pk: plan.ActionDone(**told(id=pk), done_on=office_day())),
    "cases.follow_up": _do(contact.follow_up, _contact),
    "cases.ask_closure": _do(closing.request_closures, _closure),
    "cases.approve_closure": _do(closing.approve_closures, _yes),
    "referrals.prepare": _do(referral.prepare_referrals, _referral),
    "referrals.change": _do(referral.change_referrals, _said(referral.ReferralChanged, priority="urgent")),
    "referrals.drop": _do(referral.drop_referrals, _step),
    "referrals.send": _do(referral.send_referrals, _step),
    "referrals.revoke": _do(referral.revoke_referrals, _step),
    "referrals.review": _do(referral.review_referrals, _step),
    "referrals.note": _do(referral.note_outcomes, _step),
    "referrals.answer acknowledged": _do(referral_answer.answer_referrals, lambda pk: _answer(pk, "acknowledged")),
    "referrals.answer accepted": _do(referral_answer.answer_referrals, lambda pk: _answer(pk, "accepted")),
    "referrals.answer waitlisted": _do(referral_answer.answer_referrals, lambda pk: _answer(pk, "waitlisted")),
    "referrals.answer rejected": _do(referral_answer.answer_referrals, lambda pk: _answer(pk, "rejected")),
    "referrals.attach": _do(referral_answer.attach_files, _file),
    "referrals.outcome": _do(referral_answer.record_outcomes, _outcome),
    "handovers.offer": _do(handover.offer_handovers, _offer),
    "handovers.accept": _do(handover.accept_handovers, _pass),
    "handovers.decline": _do(handover.decline_handovers, _said(handover.HandoverDeclined, reason="no_capacity")),
    "handovers.withdraw": _do(handover.withdraw_handovers, _pass),
    "best_interests.hear": _do(child.hear_children, _said(child.Heard, view="x")),
    "best_interests.assess": _do(child.assess_children, _said(child.ChildAssessed, text="x")),
    "best_interests.trace": _do(child.trace_families, _said(child.Traced, outcome="pending")),
    "best_interests.decide": lambda work, pk: child.record_decisions(work, [panel(pk or uuid4(), "return")]),
    "best_interests.agree": _do(child.record_guardians_agreement, _said(child.GuardianAgrees)),
    "best_interests.journey": _do(child.arrange_journeys, _journey),
    "best_interests.with_parent": _do(child.check_with_parent, _said(child.WithParent, view="x")),
    "best_interests.confirm": _do(child.confirm_parents, _said(child.ParentConfirmed)),
    "best_interests.reopen": _do(child.reopen_procedures, _said(child.Reopened)),
    "returns.start": _do(returns.start_returns, _said(returns.Begin, destination="NG")),
    "returns.counsel": _do(returns.counsel, _counselled),
    "returns.declare": lambda work, pk: returns.declare(work, [_declared(work, pk)]),
    "returns.check": _do(returns.check_free_choice, _checked),
    "returns.assess": _do(returns.check_eligibility, _eligible),
    "returns.approve": _do(returns.approve_returns, lambda pk: returns.Decision(**told(id=pk), note="free")),
    "returns.send_back": _do(returns.send_back_returns, lambda pk: returns.Decision(**told(id=pk), note="ask again")),
    "returns.refuse": lambda work, pk: returns.refuse_returns(work, [no(pk or uuid4())]),
    "returns.prepare": _do(returns.prepare_returns, _prepared),
    "returns.depart": _do(returns.depart_returns, _departed),
    "returns.miss": _do(returns.miss_returns, lambda pk: _moved(pk, "no_show")),
    "returns.arrive": _do(returns.receive_returns, lambda pk: returns.Arrival(**told(id=pk), arrived_on=office_day())),
    "returns.advance": _do(returns.advance_returns, _moved),
    "returns.withdraw": _do(returns.withdraw_returns, _moved),
    "returns.suspend": _do(returns.suspend_returns, lambda pk: _moved(pk, "medical_hold")),
    "returns.resume": _do(returns.resume_returns, _moved),
    "returns.see_off": _do(
        returns.see_off, _said(returns.SeenOff, departed_on=office_day(), reconfirmed=True, method="in_person_alone")
    ),
    "returns.not_left": _do(returns.keep_back, _said(returns.NotLeft, reason="no_show")),
    "returns.take_back": _do(returns.take_back_departures, lambda pk: _moved(pk, "not_left")),
    "returns.take_back_journey": _do(returns.take_back_journeys, _said(returns.TakenBack, reason="not_left")),
    "reintegration.welcome": _do(
        reintegration.welcome_home, lambda pk: reintegration.Welcomed(**told(id=pk), arrived_on=office_day(), support=())
    ),
    "reintegration.plan": _do(
        reintegration.make_plans, lambda pk: reintegration.NewPlan(**told(id=pk), agreed_on=office_day(), goals="x")
    ),
    "reintegration.change_plan": _do(
        reintegration.change_plans,
        lambda pk: reintegration.PlanChanged(**told(id=pk), agreed_on=office_day(), goals="y"),
    ),
    "reintegration.action": _do(reintegration.add_actions, _line),
    "reintegration.receipt": _do(reintegration.add_receipts, _proof),
    "reintegration.deliver": _do(
        reintegration.deliver_actions, lambda pk: reintegration.Delivered(**told(id=pk), delivered_on=office_day())
    ),
    "reintegration.cancel": _do(reintegration.cancel_actions, _said(reintegration.Cancelled, why="moved")),
    "reintegration.follow_up": _do(reintegration.follow_up_actions, _followed),
    "reintegration.begin_interview": _do(reintegration.begin_interviews, _interview),
    "reintegration.answer": _do(
        reintegration.answer_interviews, _said(reintegration.Answered, dimension="economic", answers={})
    ),
    "reintegration.stop_interview": _do(reintegration.stop_interviews, _said(reintegration.Stopped)),
    "communities.place": _do(communities.add_places, lambda pk: communities.NewPlace(**told(), name="x", area="NE-7")),
    "communities.profile": _do(communities.add_profiles, _profile),
    "communities.meeting": _do(communities.record_meetings, _meeting),
    "communities.option": _do(communities.count_options, _option),
    "communities.choose": _do(communities.choose_projects, _chosen),
    "communities.secure": lambda work, pk: communities.secure_projects(work, [secured(pk or uuid4())]),
    "communities.approve": _do(communities.approve_projects, _said(communities.Moved, to="approved")),
    **{f"communities.advance {to}": _to(to) for to in ("approved", "ongoing", "handed_over", "checked", "cancelled")},
    "programme.count": _do(
        programme.count_figures, lambda pk: programme.Count(**told(), until=office_day().replace(day=1) - timedelta(days=1))
    ),
    "commons.publish_figures": _do(commons.publish_figures, _said(programme.Publication)),
}  # fmt: skip


def attend(work: Work, pk: UUID | None, activity: UUID) -> Any:
    """A person (`pk`) was at an activity of the asking office or of another."""
    return reception.mark_attendance(work, [reception.Attended(**told(id=pk), activity_id=activity)])
