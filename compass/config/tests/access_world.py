"""Records of one office in every state that the tables of access name, made through the rooms' own actions."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from PIL import Image

from compass.access.actor import Actor
from compass.access.models import User
from compass.access.work import Work, unit_of_work
from compass.access.zones import zone_of
from compass.cases.actions import best_interests as child
from compass.cases.actions import handover
from compass.cases.actions.assessment import Assessed, Decision, approve_assessments, assess
from compass.cases.actions.case import CaseOpening, RiskSet, open_cases, set_risk
from compass.cases.actions.closing import ClosureAsked, approve_closures, request_closures
from compass.cases.actions.contact import Contact, follow_up
from compass.cases.actions.plan import (
    ActionDone,
    ActionPlanned,
    GoalSaid,
    PlanAgreed,
    PlanMade,
    agree_plans,
    approve_plans,
    complete_plan_actions,
    make_plans,
)
from compass.cases.actions.referral import (
    ReferralPrepared,
    ReferralStep,
    note_outcomes,
    prepare_referrals,
    revoke_referrals,
    send_referrals,
)
from compass.cases.actions.referral_answer import ReferralAnswer, ReferralOutcome, answer_referrals, record_outcomes
from compass.cases.closing import PREREQUISITES
from compass.cases.models import Case, PlanAction, ReferralFile
from compass.communities import actions as communities
from compass.config.demo.world import world_id
from compass.people import actions as people
from compass.people.models import Pair, Person, Service
from compass.programme.actions import refresh_figures
from compass.reception import actions as reception
from compass.reception.models import Arrival
from compass.reintegration import actions as reintegration
from compass.reintegration import scoring
from compass.returns import actions as returns
from compass.returns.tests.conftest import Journey
from compass.ui.uploads import Attachment
from compass.vocabulary import code_list

SOCIAL, WORKER, SUPERVISOR, CLINIC = "zinder.social", "zinder.cases", "zinder.supervisor", "zinder.clinic"
GROWN, BOY = {"given": "Ese", "birth_date": "1995-03-14"}, {"given": "Musa", "birth_date": "2012-02-02"}


def office_day() -> date:
    """Today by the clock of the offices of this world."""
    return timezone.localdate(timezone=zone_of("NE"))


AUTHORITY = code_list("guardian_authority").values[0]
OPTIONS = ("local_integration", "return", "third_country")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(kept, "JPEG")
    return kept.getvalue()


def told(**changes: Any) -> dict[str, Any]:
    """The envelope of a command, by default said a minute ago, before anybody asked."""
    return {"key": uuid4(), "occurred_at": timezone.now() - timedelta(minutes=1), "basis": "vital_interest", **changes}


def at(username: str) -> AbstractContextManager[Work]:
    return unit_of_work(Actor.of(User.objects.get(username=username)), "test")


class Rooms:
    """`rooms["case.closed"]` is the identifier of that record; `all()` makes them."""

    def __init__(self) -> None:
        self.ids: dict[str, UUID] = {}

    def __getitem__(self, name: str) -> UUID:
        return self.ids[name]

    def keep(self, **found: Any) -> None:
        for name, row in found.items():
            self.ids[name.replace("__", ".")] = row.pk

    def all(self) -> Rooms:
        for step in (
            self.people, self.reception, self.cases, self.plans, self.closed, self.referrals, self.handovers,
            self.best_interests, self.returns, self.home, self.communities, self.figures,
        ):  # fmt: skip
            step()
        return self

    def person(self, work: Work, *, consent: bool = True, **more: Any) -> Person:
        said = {"identity": GROWN, "sex": "female", "nationality": "NG", "languages": ("en",), **more}
        contact = {"phone": "90001234", "safe_to_carry_paper": True}
        (row,) = people.register_people(
            work, [people.Registration(**told(basis="vital_interest"), contact=contact, **said)]
        )
        if consent:
            self.agree(work, row)
        return row

    def agree(self, work: Work, row: Person) -> Any:
        scopes = dict.fromkeys(code_list("consent_scope").values, True)
        seven = tuple(code_list("consent_information").values)
        giver = "guardian" if row.is_child else "individual"
        (given,) = people.give_consent(
            work,
            [
                people.ConsentGiven(
                    **told(id=row.pk), certified=True, information=seven, scopes=scopes, given_by=giver, child_agrees=True
                )
            ],
        )  # fmt: skip
        return given

    def case(self, work: Work, someone: Person | None = None, *, assessed: bool = True) -> Case:
        someone = someone or self.person(work)
        (row,) = open_cases(work, [CaseOpening(**told(id=someone.pk), risk_level="medium")])
        if assessed:
            self.keep(assessment__newest=self.assessment(work, row))
        return row

    def assessment(self, work: Work, row: Case) -> Any:
        return assess(work, [Assessed(**told(id=row.pk), needs={"safety_security": "unmet_severe"}, narrative="x")])[0]

    def plan(self, work: Work, row: Case, *, agreed: bool = True) -> Any:
        day = office_day() + timedelta(days=20)
        goal = GoalSaid("safety_security", "To sleep", day, (ActionPlanned("SHL", "case_manager", day),))
        (made,) = make_plans(work, [PlanMade(**told(id=row.pk), goals=(goal,))])
        if agreed:
            (made,) = agree_plans(work, [PlanAgreed(**told(id=made.pk), how="spoken")])
        return made

    def people(self) -> None:
        with at(SOCIAL) as work:
            grown, refused = self.person(work), self.person(work)
            self.keep(person__grown=grown, person__refused=refused, person__unasked=self.person(work, consent=False))
            self.keep(consent__given=self.agree(work, grown), consent__withdrawn=self.agree(work, refused))
            people.withdraw_consent(work, [people.Withdrawal(**told(id=self["consent.withdrawn"]))])
            seen = self.person(work)
            face = Attachment(picture(), "image/jpeg", "")
            gone, kept = (
                people.keep_photos(work, [people.PhotoTaken(**told(id=seen.pk, basis="consent"), picture=face)])[0]
                for _ in range(2)
            )
            self.keep(person__photographed=seen, photo__kept=kept, photo__gone=gone)
            boy = self.person(work, identity=BOY, uasc_status="unaccompanied", consent=False)
            asked, other = (
                people.request_guardians(work, [people.GuardianAsked(**told(id=boy.pk), authority=AUTHORITY)])[0]
                for _ in range(2)
            )
            for name in ("asked", "today", "due", "cancelled"):
                wishes = self.person(work)
                (wish,) = people.ask_erasure(work, [people.ErasureAsked(**told(id=wishes.pk))])
                self.keep(**{f"erasure__{name}": wish, f"erasure__person_{name}": wishes})
            wrong = people.RightAsked(**told(id=grown.pk), kind="correction", about="story")
            open_one, answered = people.ask_rights(work, [wrong, replace(wrong, key=uuid4(), about="services")])
            people.answer_rights(work, [people.RightAnswered(**told(id=answered.pk), answer="annotated")])
            self.keep(right__open=open_one, right__answered=answered)
            people.cancel_erasure(work, [people.ErasureStep(**told(id=self["erasure.cancelled"]))])
            self.keep(person__boy=boy, guardian__requested=asked, guardian__appointed=other)
            people.appoint_guardians(work, [people.GuardianAppointed(**told(id=other.pk))])
        self.merges()
        self.elsewhere()
        self.clocks()
        with at(SUPERVISOR) as work:
            self.keep(right__own=people.ask_rights(work, [replace(wrong, key=uuid4(), about="return")])[0])
            one, other = sorted((grown, refused), key=lambda person: person.pk)
            self.keep(
                pair__waiting=Pair.objects.create(
                    organisation_id=one.organisation_id, first=one.pk, second=other.pk, rank=1, found_at=work.now
                )
            )
            said = people.VoiceRecording(
                **told(basis="public_interest"),
                language="fr",
                text_key="take_back",
                media_type="audio/mpeg",
                audio=b"ID3",
            )
            self.keep(voice__fr=people.put_voices(work, [said])[0])

    def merges(self) -> None:
        """One that waits, one that the supervisor asked for, one that was confirmed."""
        asked = []
        for name in (WORKER, SUPERVISOR, WORKER):
            with at(name) as work:
                kept, other = self.person(work), self.person(work)
                people.judge(work, [people.Judged(**told(id=kept.pk), other_id=other.pk, same=True)])
                asked += people.ask_merges(work, [people.MergeAsked(**told(id=kept.pk), absorbed_id=other.pk)])
        self.keep(merge__asked=asked[0], merge__own=asked[1], merge__confirmed=asked[2])
        with at(SUPERVISOR) as work:
            people.decide_merges(work, [people.MergeDecided(**told(id=asked[2].pk), agrees=True)])
            self.ids["person.merged"] = asked[2].absorbed_id

    def elsewhere(self) -> None:
        """An ask that waits, one of the supervisor's own, one that was taken back."""
        asked = []
        for name in (WORKER, SUPERVISOR, WORKER):
            with at(name) as work:
                someone = self.person(work)
                asked += people.ask_elsewhere(work, [people.ElsewhereAsked(**told(id=someone.pk), hope="go_on")])
        with at(WORKER) as work:
            people.take_back_elsewhere(work, [people.ElsewhereTakenBack(**told(id=asked[2].pk))])
        self.keep(elsewhere__asked=asked[0], elsewhere__own=asked[1], elsewhere__withdrawn=asked[2])
        self.ids["elsewhere.person"] = asked[0].person_id

    def clocks(self) -> None:
        """Records with nothing open: one whose term runs, a child's, and what two colleagues decide about others."""
        names = ("running", "asked", "own", "erasing", "due", "child")
        with at(SOCIAL) as work:
            made = {name: self.person(work, **({"identity": BOY} if name == "child" else {})) for name in names}
            self.keep(**{f"retention__{name}": person for name, person in made.items()})
            people.settle_clocks(work, [person.pk for person in made.values()])
        for name, who in (("asked", WORKER), ("own", SUPERVISOR), ("erasing", WORKER), ("due", WORKER)):
            with at(who) as work:
                people.review_retention(work, [people.RetentionReviewed(**told(id=made[name].pk), step="erase")])
        with at(SUPERVISOR) as work:
            agreed = [people.RetentionDecided(**told(id=made[name].pk), agrees=True) for name in ("erasing", "due")]
            people.decide_retention(work, agreed)

    def reception(self) -> None:
        with at(SOCIAL) as work:
            centre = world_id("centre.zinder")
            came = reception.GroupArrived(
                **told(basis="vital_interest"), centre_id=centre, people=4, language="ha", urgent=()
            )
            (group,) = reception.add_groups(work, [came])
            waiting, registered, left, handed = Arrival.objects.filter(group=group).order_by("number")
            self.keep(place__waiting=waiting, place__registered=registered, place__left=left)
            self.keep(place__handed_over=handed)
            for place in (registered, handed):
                someone = people.Registration(**told(basis="vital_interest"), identity=GROWN)
                reception.register_arrivals(
                    work, [reception.ArrivalRegistered(**told(id=place.pk), registration=someone)]
                )
            reception.mark_left(work, [reception.ArrivalLeft(**told(id=left.pk))])
            self.keep(person__there=Arrival.objects.get(pk=registered.pk).person)
            day = office_day()
            held = reception.ActivityHeld(**told(), centre_id=centre, kind="sport", held_on=day)
            self.keep(activity__held=reception.add_activities(work, [held])[0])
            other = reception.add_activities(work, [replace(held, key=uuid4())])[0]
            there = [
                reception.Attended(**told(id=self["person.there"]), activity_id=activity)
                for activity in (self["activity.held"], other.pk)
            ]
            present, wrong = reception.mark_attendance(work, there)
            self.keep(attendance__present=present, attendance__absent=wrong)
            self.keep(service__given=Service.objects.get(origin=present.activity_id))
            self.keep(service__annulled=Service.objects.get(origin=other.pk))
            reception.correct_attendance(work, [reception.NotThere(**told(id=wrong.pk), reason="touched")])

    def cases(self) -> None:
        with at(SOCIAL) as work:
            fresh, opened = self.case(work, assessed=False), self.case(work)
            self.keep(case__fresh=fresh, case__open=opened, person__case=opened.person)
            self.ids["assessment.requested"] = self["assessment.newest"]
            lost = self.case(work)
            draft = self.plan(work, lost, agreed=False)
            self.keep(case__refused=lost, referral__refused=self.referral(work, lost), plan__refused=draft)
            given = self.agree(work, lost.person)
            people.withdraw_consent(work, [people.Withdrawal(**told(id=given.pk))])
            high = self.case(work)
            set_risk(work, [RiskSet(**told(id=high.pk), level="high", triggered=True)])
            self.keep(case__triggered=high)

    def plans(self) -> None:
        with at(SOCIAL) as work:
            drafted, waiting, running = (self.case(work) for _ in range(3))
            self.ids["assessment.approved"] = self["assessment.newest"]
            self.keep(plan__draft=self.plan(work, drafted, agreed=False), plan__requested=self.plan(work, waiting))
            self.keep(plan__superseded=self.plan(work, running), plan__approved=self.plan(work, running))
            self.keep(case__running=running, person__running=running.person)
        with at(SUPERVISOR) as work:
            approve_assessments(work, [Decision(**told(id=self["assessment.approved"]), approve=True)])
            approve_plans(work, [Decision(**told(id=self["plan.approved"]), approve=True)])
        with at(SOCIAL) as work:
            for name, plan in (
                ("draft", "plan.draft"),
                ("approved", "plan.approved"),
                ("superseded", "plan.superseded"),
            ):
                self.ids[f"step.{name}"] = PlanAction.objects.get(goal__plan_id=self[plan]).pk
            another = self.case(work)
            given = self.plan(work, another)
            step = PlanAction.objects.get(goal__plan=given)
            complete_plan_actions(work, [ActionDone(**told(id=step.pk), done_on=office_day())])
            self.keep(step__delivered=step)

    def closed(self) -> None:
        """A closed case with its plan, a step of it and a draft of a referral; and one whose closure waits."""
        every = tuple(each.code for each in PREREQUISITES)
        with at(SOCIAL) as work:
            done, waiting = self.case(work), self.case(work, assessed=False)
            self.keep(plan__of_closed=self.plan(work, done), referral__of_closed=self.referral(work, done))
            step = PlanAction.objects.get(goal__plan_id=self["plan.of_closed"])
            self.keep(case__closed=done, case__closing=waiting, person__closed=done.person, step__of_closed=step)
        with at(SUPERVISOR) as work:
            approve_assessments(work, [Decision(**told(id=self["assessment.newest"]), approve=True)])
            approve_plans(work, [Decision(**told(id=self["plan.of_closed"]), approve=True)])
        with at(SOCIAL) as work:
            seen = {
                "kind": "for_service",
                "channel": "in_person_office",
                "reached": True,
                "goals": {step.goal_id: "met"},
            }
            follow_up(work, [Contact(**told(id=done.pk), **seen)])
            for name, row in (("approved", done), ("requested", waiting)):
                asked = ClosureAsked(
                    **told(id=row.pk), reason="client_request_withdrawal", safety_reassessed=True, prerequisites=every,
                    explanation="Wishes to go on alone.",
                )  # fmt: skip
                self.ids[f"closure.{name}"] = request_closures(work, [asked])[0].pk
        with at(SUPERVISOR) as work:
            approve_closures(work, [Decision(**told(id=self["closure.approved"]), approve=True)])

    def referral(self, work: Work, row: Case, **more: Any) -> Any:
        said = {"service": "MED", "to_organisation_id": world_id("clinic"), "priority": "normal", **more}
        basis = "vital_interest" if "override" in said else "consent"
        return prepare_referrals(work, [ReferralPrepared(**told(id=row.pk, basis=basis), **said)])[0]

    def referrals(self) -> None:
        states = ["draft", "sent", "acknowledged", "waitlisted", "accepted", "done", "noted", "rejected", "revoked"]
        with at(SOCIAL) as work:
            row = Case.objects.get(pk=self["case.open"])
            found = {name: self.referral(work, row) for name in states}
            send_referrals(work, [ReferralStep(**told(id=found[name].pk)) for name in states if name != "draft"])
            revoke_referrals(work, [ReferralStep(**told(id=found["revoked"].pk))])
            urgent = self.referral(work, row, override="bleeds")
            self.keep(**{f"referral__{name}": one for name, one in found.items()}, referral__urgent=urgent)
            self.ids["side.unreviewed"], self.ids["side.covered"] = urgent.origin_id, found["draft"].origin_id
        answers = {"done": "accepted", "noted": "accepted"}
        with at(CLINIC) as work:
            for name in ("acknowledged", "waitlisted", "accepted", "done", "noted", "rejected"):
                why = {"reason": "no_capacity"} if name == "rejected" else {}
                said = ReferralAnswer(**told(id=self[f"referral.{name}"]), answer=answers.get(name, name), **why)
                answer_referrals(work, [said])
            file = Attachment(picture(), "image/jpeg", "x.jpg")
            for name in ("done", "noted"):
                seen = ReferralOutcome(
                    **told(id=self[f"referral.{name}"]), outcome="service_completed", files=(file,),
                    delivered_on=office_day(),
                )  # fmt: skip
                record_outcomes(work, [seen])
            self.keep(file__done=ReferralFile.objects.get(referral_id=self["referral.done"]))
        with at(SOCIAL) as work:
            note_outcomes(work, [ReferralStep(**told(id=self["referral.noted"]))])

    def handovers(self) -> None:
        for name in ("offered", "accepted", "rejected", "withdrawn", "expired"):
            with at(SOCIAL) as work:
                someone = None
                if name == "accepted":
                    someone = Arrival.objects.get(pk=self["place.handed_over"]).person
                    self.agree(work, someone)
                row = self.case(work, someone)
                said = handover.HandoverOffer(
                    **told(id=row.pk),
                    to_organisation_id=world_id("NG"),
                    note="One person.",
                    without_return="left_on_own",
                )
                (made,) = handover.offer_handovers(work, [said])
                self.keep(**{f"handover__{name}": made, f"case__{name}": row, f"person__{name}": row.person})
                if name == "withdrawn":
                    handover.withdraw_handovers(work, [handover.HandoverStep(**told(id=made.pk))])
        with at("edo.reception") as work:
            handover.accept_handovers(work, [handover.HandoverStep(**told(id=self["handover.accepted"]))])
            no = handover.HandoverDeclined(**told(id=self["handover.rejected"]), reason="other", note="No room.")
            handover.decline_handovers(work, [no])

    def best_interests(self) -> None:
        with at(SOCIAL) as work:
            for name in ("new", "assessed", "decided", "appealed", "elsewhere"):
                boy = self.person(work, identity=BOY, uasc_status="unaccompanied", consent=False)
                self.keep(**{f"child__{name}": boy})
                if name == "new":
                    continue
                child.hear_children(work, [child.Heard(**told(id=boy.pk), view="my mother", weight="much")])
                child.assess_children(work, [child.ChildAssessed(**told(id=boy.pk), text="safe")])
                child.trace_families(work, [child.Traced(**told(id=boy.pk), outcome="unsuccessful", care_agreed=True)])
                (asked,) = people.request_guardians(
                    work, [people.GuardianAsked(**told(id=boy.pk), authority=AUTHORITY)]
                )
                if name != "elsewhere":
                    people.appoint_guardians(work, [people.GuardianAppointed(**told(id=asked.pk))])
            mother = self.person(work)
            own = {"household_id": mother.household_id, "relation": "child", "uasc_status": "accompanied"}
            self.keep(child__with_mother=self.person(work, identity=BOY, consent=False, **own))
            self.keep(child__checked=self.person(work, identity=BOY, consent=False, **own))
            child.check_with_parent(work, [child.WithParent(**told(id=self["child.checked"]), view="yes")])
            alone = {"once_alone": "unaccompanied", "moved": ""}
            for name, said in alone.items():
                one = self.person(work, identity=BOY, consent=False, uasc_status=said)
                self.keep(**{f"child__{name}": one})
                people.change_households(work, [people.HouseholdChange(**told(id=one.pk), **own)])
        with at(SUPERVISOR) as work:
            for name, best in (("decided", "return"), ("appealed", "return"), ("elsewhere", "local_integration")):
                child.record_decisions(work, [panel(self[f"child.{name}"], best)])
        with at(SOCIAL) as work:
            child.reopen_procedures(work, [child.Reopened(**told(id=self["child.appealed"]), appeal=True)])

    def returns(self) -> None:
        """Somebody who asked, and somebody who may travel."""
        for state in ("counselling", "ready_to_travel"):
            walk = Journey(at, told)
            self.ids[f"return.{state}"], self.ids[f"traveller.{state}"] = walk.to(state), walk.mother.pk
        for name in ("waiting", "left"):
            walk = Journey(at, told)
            walk.ready()
            self.ids[f"journey.{name}"] = walk.hand_over()
        walk.see_off(self["journey.left"])

    def home(self) -> None:
        today = office_day()
        with at(SOCIAL) as work:
            someone = self.person(work)
            said = reintegration.NewPlan(**told(id=someone.pk), agreed_on=today, goals="own stall")
            (plan,) = reintegration.make_plans(work, [said])
            self.keep(person__home=someone, plan__home=plan)
            line = {"dimension": "economic", "level": "individual", "modality": "in_kind", "what": "stall",
                    "expectation": "income_regular", "planned_on": today}  # fmt: skip
            for name in ("planned", "bare", "delivered", "cancelled"):
                (row,) = reintegration.add_actions(work, [reintegration.NewAction(**told(id=plan.pk), **line)])
                self.keep(**{f"line__{name}": row})
            file = Attachment(PDF, "application/pdf", "x.pdf")
            for name in ("planned", "delivered"):
                proof = reintegration.Proof(
                    **told(id=self[f"line.{name}"]), kind="receipt", amount=Decimal(9), issued_on=today, file=file
                )
                self.keep(receipt__kept=reintegration.add_receipts(work, [proof])[0])
            reintegration.deliver_actions(
                work, [reintegration.Delivered(**told(id=self["line.delivered"]), delivered_on=today)]
            )
            reintegration.cancel_actions(
                work, [reintegration.Cancelled(**told(id=self["line.cancelled"]), why="moved")]
            )
            for name in ("draft", "partial", "complete"):
                begun = reintegration.InterviewBegun(
                    **told(id=someone.pk), round="other" if name != "draft" else "baseline", held_on=today,
                    mode="home_visit", language="en",
                )  # fmt: skip
                self.keep(**{f"interview__{name}": reintegration.begin_interviews(work, [begun])[0]})
            reintegration.stop_interviews(work, [reintegration.Stopped(**told(id=self["interview.partial"]))])
            for part in scoring.DIMENSIONS:
                reintegration.answer_interviews(
                    work, [reintegration.Answered(**told(id=self["interview.complete"]), dimension=part, answers={})]
                )

    def communities(self) -> None:
        today, states = office_day(), ("chosen", "ready", "approved", "ongoing", "handed_over", "checked")
        with at(SOCIAL) as work:
            (place,) = communities.add_places(work, [communities.NewPlace(**told(), name="Uselu", area="NE-7")])
            communities.add_profiles(
                work,
                [
                    communities.NewProfile(
                        **told(id=place.pk), period_from=today, period_to=today, priorities=("water",), validated_on=today
                    )
                ],
            )  # fmt: skip
            came = {("returnee", "female", "18_59"): 3}
            held = communities.MeetingHeld(**told(id=place.pk), kind="planning", held_on=today, came=came)
            (meeting,) = communities.record_meetings(work, [held])
            self.keep(place__known=place, meeting__held=meeting)
            for name in ("open", "behind", *states, "cancelled"):
                votes = {"votes_returnees": 0 if name == "behind" else 2, "votes_neighbours": 0}
                said = communities.OptionCounted(**told(id=meeting.pk), title="A well", sector="water", **votes)
                self.keep(**{f"option__{name}": communities.count_options(work, [said])[0]})
            for name in (*states, "cancelled"):
                chosen = communities.Chosen(
                    **told(id=self[f"option.{name}"]), approach="new_community_based_project", dimension="social",
                    budget=Decimal(9), currency="EUR", objective="water",
                )  # fmt: skip
                (row,) = communities.choose_projects(work, [chosen])
                self.keep(**{f"project__{name}": row})
                if name != "chosen":
                    communities.secure_projects(work, [secured(row.pk)])
        with at(SUPERVISOR) as work:
            going = [self[f"project.{name}"] for name in (*states[2:], "cancelled")]
            communities.approve_projects(work, [communities.Moved(**told(id=pk), to="approved") for pk in going])
        with at(SOCIAL) as work:
            onward = {"ongoing": ("ongoing",), "handed_over": ("ongoing", "handed_over"), "cancelled": ("cancelled",),
                      "checked": ("ongoing", "handed_over", "checked")}  # fmt: skip
            for name, steps in onward.items():
                for to in steps:
                    moved_on = communities.Moved(**told(id=self[f"project.{name}"]), to=to)
                    communities.advance_projects(work, [moved_on])

    def figures(self) -> None:
        long_ago = timezone.now() - timedelta(days=70)
        with at(SOCIAL) as work:
            given = people.ServiceGiven(
                **told(id=self["person.grown"], occurred_at=long_ago), service="FOD", service_class="H",
                delivered_on=long_ago.date(),
            )  # fmt: skip
            people.record_services(work, [given])
        snapshot = refresh_figures()
        with at("hague.desk"):
            self.keep(snapshot__newest=snapshot, figure__here=snapshot.figures.filter(country="NE").order_by("id")[0])


def panel(pk: UUID, best: str) -> child.PanelDecision:
    return child.PanelDecision(
        **told(id=pk), members=("A", "B", "C"), options=OPTIONS, decision=best, reasons="because", review_told=True
    )


def secured(pk: UUID) -> communities.Secured:
    return communities.Secured(
        **told(id=pk), returnees=2, neighbours=9, women=5, do_no_harm="open to all", maintenance="a committee",
        screened_on=office_day(),
    )  # fmt: skip


def no(pk: UUID) -> returns.Decision:
    return returns.Decision(
        **told(id=pk), note="x", reason="return_area_open", explained=True, referral_offered=True, complaint_told=True
    )
