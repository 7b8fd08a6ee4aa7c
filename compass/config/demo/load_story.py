"""The written family loaded through the same list actions as everyone else: from the bus at Zinder to the return.

What follows at home is in `load_home`. Every step is done by the colleague whose work it is, on the day that `DAYS` gives.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from compass.cases.actions.assessment import Assessed, Decision, approve_assessments, assess
from compass.cases.actions.best_interests import (
    ChildAssessed,
    Heard,
    Traced,
    assess_children,
    hear_children,
    trace_families,
)
from compass.cases.actions.case import Assignment, RiskSet, assign_cases, set_risk
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
    send_referrals,
)
from compass.cases.actions.referral_answer import ReferralAnswer, ReferralOutcome, answer_referrals, record_outcomes
from compass.cases.actions.screening import Screened, screen_people
from compass.cases.closing import PREREQUISITES
from compass.cases.models import Goal as CaseGoal
from compass.cases.models import PlanAction
from compass.config.demo.chapters import Goal, Member
from compass.config.demo.picture import paper
from compass.config.demo.progress import Ids, Progress
from compass.config.demo.story import DAYS, FAMILY
from compass.config.demo.world import CLINIC, world_id
from compass.people.actions import (
    ConsentGiven,
    GuardianAppointed,
    GuardianAsked,
    IdentityChange,
    Registration,
    appoint_guardians,
    change_identity,
    give_consent,
    request_guardians,
)
from compass.reception.actions import (
    ActivityHeld,
    ArrivalRegistered,
    Attended,
    GroupArrived,
    add_activities,
    add_groups,
    mark_attendance,
    register_arrivals,
)
from compass.reception.models import Arrival
from compass.vocabulary import code_list

if TYPE_CHECKING:
    from compass.config.demo.load import Loader

BEGAN = timedelta(days=245)
GOING = ("mother", "daughter", "son")
SOCIAL, COUNSELLOR, SUPERVISOR = "zinder.social", "zinder.cases", "zinder.supervisor"
#: How many days ago the boy was seen; the third time was after the question of going home. The day his workshop ended.
SEEN_BOY, WORKSHOP = (239, 232, 222, 208, 194, 180, 165, 150, 135, 118, 102, 90, 74, 60, 45, 33, 20, 9, 3.2), 145
UNCLE, RADIOS = "« Retrouver mon oncle à Kano. »", "« Apprendre à réparer les radios, pour de vrai. »"
BOY_GOALS = (
    Goal("family_links", UNCLE, "Recherche de l’oncle, avec l’accord de l’adolescent.", "FTR", 300),
    Goal("skills_employment_livelihood", RADIOS, "Atelier de réparation, deux matins par semaine.", "VOC", 150),
)


class Teller:
    """Tells the family's story day by day; `when(days, hours)` is a moment after the arrival."""

    def __init__(self, loader: Loader, progress: Progress) -> None:
        self.loader, self.progress = loader, progress
        self.start = (progress.now - BEGAN).replace(hour=8, minute=10, second=0, microsecond=0)

    def when(self, day: str | int, hours: float = 0) -> datetime:
        days = DAYS[day] if isinstance(day, str) else day
        return self.start + timedelta(days=days, hours=hours)

    def told(self, name: str, when: datetime, id: UUID | None = None, basis: str = "consent") -> dict[str, Any]:
        return self.loader.told(when, "story", name, basis=basis, id=id)

    def at(self, username: str) -> Any:
        return self.loader.at(username)

    def id(self, key: str) -> UUID:
        return self.progress.id(key)

    def tell(self, *steps: Callable[[], Ids | None]) -> None:
        for step in steps:
            self.progress.step(f"story.{step.__name__}", step)

    def planned(self, who: str, key: str, goals: tuple[Goal, ...], day: str) -> UUID:
        when = self.when(day)
        with self.at(who) as work:
            (row,) = make_plans(
                work,
                [
                    PlanMade(
                        **self.told(f"{day}.{key}", when, self.id(f"case.{key}")),
                        goals=tuple(
                            GoalSaid(
                                goal.domain, goal.statement, (when + timedelta(days=goal.days)).date(),
                                (
                                    ActionPlanned(
                                        goal.service, "provider" if goal.service == "MED" else "case_manager",
                                        (when + timedelta(days=goal.days)).date(), goal.action,
                                    ),
                                ),
                            )
                            for goal in goals
                        ),
                    )
                ],
            )  # fmt: skip
        return row.pk


class AwayFromHome(Teller):
    """Zinder: arrival, consent, screening, case, care, the decision, the handover."""

    def all(self) -> None:
        self.tell(
            self.arrive, self.consent, self.screen, self.refer, self.assess, self.plan, self.activity, self.settle_son,
            self.stay,
        )  # fmt: skip

    def arrive(self) -> Ids:
        list_at = self.when("arrival")
        vital = "vital_interest"
        with self.at(SOCIAL) as work:
            told = FAMILY.arrival
            (group,) = add_groups(
                work,
                [
                    GroupArrived(
                        **self.told("group", list_at, basis=vital), centre_id=world_id("centre.zinder"),
                        people=told.people, language=told.language, came_by="bus", urgent=((told.urgent_need, 1),),
                    )
                ],
            )  # fmt: skip
            places = list(Arrival.objects.filter(group=group).order_by("number"))
            order = sorted(FAMILY.members, key=lambda member: member.key != "son")
            placed = register_arrivals(
                work,
                [
                    ArrivalRegistered(
                        **self.told(f"place.{member.key}", self.when("arrival", 1), place.pk, vital),
                        registration=self._registration(member),
                    )
                    for member, place in zip(order, places, strict=True)
                ],
            )
            return {member.key: row.subject_id for member, row in zip(order, placed, strict=True)}

    def _registration(self, member: Member) -> Registration:
        return Registration(
            **self.told(
                f"register.{member.key}", self.when("arrival", 1), self.loader.key("story", member.key), "vital_interest"
            ),
            household_id=self.loader.key("story", "household"), relation=member.relation, sex=member.sex,
            nationality=member.nationality, languages=member.languages, uasc_status=member.uasc,
            country_met=FAMILY.arrival.country,
            identity={"birth_year": (self.start - timedelta(days=365.25 * member.age)).year, "birth_estimated": True},
        )  # fmt: skip

    def consent(self) -> Ids:
        scopes = code_list("consent_scope").values
        said = FAMILY.consent
        givers = {"mother": "individual", "daughter": "caregiver", "son": "caregiver", "boy": "other"}
        with self.at(SOCIAL) as work:
            give_consent(
                work,
                [
                    ConsentGiven(
                        **self.told(f"consent.{key}", self.when("consent"), self.id(key)), given_by=giver,
                        mode=said.mode, language=said.language, interpreter_mode="in_person",
                        certified=True, information=tuple(code_list("consent_information").values),
                        scopes={scope: scope not in said.refused for scope in scopes},
                        child_agrees=None if key in {"mother", "son"} else True,
                        detail={"interpreter": said.interpreter, "remark": said.child_note if key == "boy" else said.note},
                    )
                    for key, giver in givers.items()
                ],
            )  # fmt: skip
            change_identity(
                work,
                [
                    IdentityChange(
                        **self.told(f"identity.{member.key}", self.when("consent", 0.4), self.id(member.key)),
                        identity=self._identity(member),
                        contact=_contact(member),
                    )
                    for member in FAMILY.members
                ],
            )
            (asked,) = request_guardians(
                work,
                [
                    GuardianAsked(
                        **self.told("guardian", self.when("consent", 0.6), self.id("boy"), "legal_duty"),
                        authority="child_protection_authority",
                        detail={"remark": said.guardian_request},
                    )
                ],
            )
        return {"guardian": asked.pk}

    def _identity(self, member: Member) -> dict[str, Any]:
        born = (
            {"birth_date": (self.start - timedelta(days=member.born)).date().isoformat()}
            if member.born
            else {"birth_year": (self.start - timedelta(days=365.25 * member.age)).year, "birth_estimated": True}
        )
        return {
            "given": member.names.given, "family": member.names.family, "other": member.names.other,
            "place_of_origin": member.origin, **born,
        }  # fmt: skip

    def screen(self) -> Ids:
        told = FAMILY.screening
        heard: dict[str, dict[str, Any]] = {
            "mother": {
                "answers": {"basic_needs": True},
                "added": (told.result,),
                "risk_level": told.risk,
                "note": told.reason,
            },
            "daughter": {"answers": {"basic_needs": True}},
            "son": {"answers": {"medical_now": True, "basic_needs": True}},
            "boy": {"answers": {"child_alone": True}, "note": told.child_reason},
        }
        with self.at(SOCIAL) as work:
            rows = screen_people(
                work,
                [
                    Screened(
                        **self.told(f"screen.{key}", self.when("screening", 1), self.id(key)),
                        **{**said, "answers": {"medical_now": False, "danger_now": False, **said["answers"]}},
                        identification_source=FAMILY.arrival.source,
                    )
                    for key, said in heard.items()
                ],
            )
            cases = {f"case.{key}": row.case_id for key, row in zip(heard, rows, strict=True) if row.case_id}
        with self.at(SUPERVISOR) as work:
            assign_cases(
                work,
                [
                    Assignment(
                        **self.told(f"lead.{key}", self.when(2), cases[f"case.{key}"]), owner_id=world_id(COUNSELLOR)
                    )
                    for key in ("mother", "son")
                ],
            )
        return cases

    def refer(self) -> Ids:
        told = FAMILY.referral
        with self.at(SOCIAL) as work:
            (row,) = prepare_referrals(
                work,
                [
                    ReferralPrepared(
                        **self.told("refer", self.when("referral", 2), self.id("case.son")), service=told.service,
                        to_organisation_id=world_id(CLINIC), priority="emergency",
                        fields={"symptoms_as_consented": told.symptoms},
                    )
                ],
            )  # fmt: skip
            send_referrals(work, [ReferralStep(**self.told("send", self.when("referral", 2.1), row.pk))])
        with self.at("zinder.clinic") as work:
            answer_referrals(
                work,
                [
                    ReferralAnswer(
                        **self.told("accept", self.when("referral", 3), row.pk, "public_interest"), answer="accepted"
                    )
                ],
            )
            record_outcomes(
                work,
                [
                    ReferralOutcome(
                        **self.told("outcome", self.when("referral_reply"), row.pk, "public_interest"),
                        outcome="service_completed",
                        delivered_on=self.when("referral").date(), note=told.reply,
                        files=(paper("Ordonnance", told.prescription.split(". "), "ordonnance.jpg"),),
                    )
                ],
            )  # fmt: skip
        with self.at(SOCIAL) as work:
            note_outcomes(work, [ReferralStep(**self.told("noted", self.when("referral_reply", 3), row.pk))])
        return {"referral": row.pk}

    def assess(self) -> None:
        told = FAMILY.screening
        found = {
            "mother": (
                COUNSELLOR,
                {"health_physical": "unmet_moderate", "identity_documentation": "unmet_severe",
                 "education": "unmet_moderate", "skills_employment_livelihood": "unmet_moderate",
                 "shelter_accommodation": "met"},
                told.assessment,
            ),
            "son": (COUNSELLOR, {"health_physical": "met", "food_nutrition": "met"}, FAMILY.referral.reply),
            "boy": (
                SOCIAL,
                {"child_protection_care": "met", "family_links": "unmet_severe",
                 "skills_employment_livelihood": "unmet_moderate"},
                told.child_assessment,
            ),
        }  # fmt: skip
        rows = []
        for key, (who, needs, text) in found.items():
            with self.at(who) as work:
                told_so = self.told(f"assess.{key}", self.when("assessment"), self.id(f"case.{key}"))
                rows += assess(work, [Assessed(**told_so, needs=needs, vulnerable="yes", narrative=text)])
        with self.at(SUPERVISOR) as work:
            approve_assessments(
                work,
                [
                    Decision(**self.told(f"assessed.{key}", self.when(4), row.pk), approve=True)
                    for key, row in zip(found, rows, strict=True)
                ],
            )

    def plan(self) -> Ids:
        made = {
            "mother": self.planned(COUNSELLOR, "mother", FAMILY.goals, "plan"),
            "boy": self.planned(SOCIAL, "boy", BOY_GOALS, "plan"),
        }
        with self.at(COUNSELLOR) as work:
            agree_plans(work, [PlanAgreed(**self.told("agree", self.when("plan", 1), made["mother"]), how="spoken")])
        with self.at(SUPERVISOR) as work:
            approve_plans(work, [Decision(**self.told("planned", self.when(6), made["mother"]), approve=True)])
        with self.at(COUNSELLOR) as work:
            steps = PlanAction.objects.filter(goal__plan_id=made["mother"]).order_by("recorded_at", "id")
            complete_plan_actions(
                work,
                [
                    ActionDone(**self.told(f"done.{number}", self.when(8 + 4 * number), row.pk),
                               done_on=self.when(8 + 4 * number).date())
                    for number, row in enumerate(steps)
                ],
            )  # fmt: skip
        return {f"plan.{key}": pk for key, pk in made.items()}

    def activity(self) -> Ids:
        day = self.when("activity", 1)
        with self.at(SOCIAL) as work:
            (row,) = add_activities(
                work,
                [
                    ActivityHeld(
                        **self.told("activity", day, basis="public_interest"), centre_id=world_id("centre.zinder"),
                        kind=FAMILY.activity.kind, held_on=day.date(),
                    )
                ],
            )  # fmt: skip
            mark_attendance(
                work,
                [
                    Attended(**self.told(f"attend.{key}", day, self.id(key)), activity_id=row.pk)
                    for key in FAMILY.activity.attended
                ],
            )
        return {"activity": row.pk}

    def settle_son(self) -> None:
        """He is well again: his own case needs no more, and his mother's goes on."""
        case = self.id("case.son")
        with self.at(SUPERVISOR) as work:
            calm = self.told("calm.son", self.when(10), case)
            set_risk(work, [RiskSet(**calm, level="low", reason="Guéri ; contrôle fait au centre.")])
        with self.at(COUNSELLOR) as work:
            (row,) = request_closures(
                work, [asked(self.told("close.son", self.when(14), case), "no_longer_meets_criteria")]
            )
        with self.at(SUPERVISOR) as work:
            approve_closures(work, [Decision(**self.told("closed.son", self.when(15), row.pk), approve=True)])

    def stay(self) -> None:
        """The boy stays cared for in Zinder: heard, a guardian, an assessment, tracing under way."""
        boy, case = self.id("boy"), self.id("case.boy")
        law = "legal_duty"
        with self.at(SOCIAL) as work:
            heard = self.told("hear.boy", self.when(24), boy, law)
            hear_children(work, [Heard(**heard, view=FAMILY.consent.child_note, weight="Avis clair et constant.")])
            appoint_guardians(
                work, [GuardianAppointed(**self.told("appointed", self.when(60), self.id("guardian"), law))]
            )
            agree_plans(
                work, [PlanAgreed(**self.told("agree.boy", self.when(62), self.id("plan.boy")), how="guardian")]
            )
            assessed = self.told("bia.boy", self.when(70), boy, law)
            assess_children(work, [ChildAssessed(**assessed, text=FAMILY.screening.child_assessment)])
            trace_families(work, [Traced(**self.told("trace.boy", self.when(75), boy, law), outcome="pending")])
        with self.at(SUPERVISOR) as work:
            approve_plans(
                work, [Decision(**self.told("planned.boy", self.when(63), self.id("plan.boy")), approve=True)]
            )
        with self.at(SOCIAL) as work:
            goals = {row.domain: row.pk for row in CaseGoal.objects.filter(plan_id=self.id("plan.boy"))}
            learnt = PlanAction.objects.filter(goal_id=goals["skills_employment_livelihood"])
            ended = self.when(WORKSHOP)
            complete_plan_actions(
                work, [ActionDone(**self.told("done.boy", ended, row.pk), done_on=ended.date()) for row in learnt]
            )
            for ago in SEEN_BOY:
                when = self.progress.now - timedelta(days=ago)
                # His plan was approved on the 63rd day; the workshop ended, his uncle is still looked for.
                progress = (
                    {
                        goals["family_links"]: "in_progress",
                        goals["skills_employment_livelihood"]: "met" if when > ended else "in_progress",
                    }
                    if when > self.when(63, 1)
                    else {}
                )
                follow_up(
                    work,
                    [
                        Contact(
                            **self.told(f"seen.boy.{ago}", when, case), kind="in_care", channel="in_person_office",
                            reached=True, plan_reviewed=bool(progress), goals=progress,
                            note=FAMILY.decision.child_stop if ago == SEEN_BOY[2] else "",
                        )
                    ],
                )  # fmt: skip


def _contact(member: Member) -> dict[str, Any]:
    if member.key != "mother":
        return {"safe_contact": member.safe_contact}
    return {
        "phone": member.phone, "safe_contact": member.safe_contact, "safe_to_call": False, "safe_to_carry_paper": True,
        "trusted_person": FAMILY.handover.go_between, "safe_times": FAMILY.handover.safe_times,
        "what_to_say": FAMILY.handover.sealed_note,
    }  # fmt: skip


def asked(told: dict[str, Any], reason: str, explanation: str = "") -> ClosureAsked:
    return ClosureAsked(
        **told, reason=reason, safety_reassessed=True, prerequisites=tuple(each.code for each in PREREQUISITES),
        explanation=explanation,
    )  # fmt: skip
