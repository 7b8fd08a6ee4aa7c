"""The written family at home in Edo: journey, reception, plan, stall, well, follow-up, closure."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from compass.cases.actions.assessment import Assessed, Decision, approve_assessments, assess
from compass.cases.actions.case import Assignment, assign_cases
from compass.cases.actions.closing import approve_closures, request_closures
from compass.cases.actions.contact import Contact, follow_up
from compass.cases.actions.plan import ActionDone, PlanAgreed, agree_plans, approve_plans, complete_plan_actions
from compass.cases.models import Goal, PlanAction
from compass.communities import actions as communities
from compass.config.demo.load_story import GOING, Teller, asked
from compass.config.demo.picture import paper
from compass.config.demo.progress import Ids
from compass.config.demo.story import FAMILY
from compass.config.demo.world import world_id
from compass.reintegration import actions as reintegration
from compass.reintegration import scoring
from compass.returns import actions as returns
from compass.returns.models import Journey

OFFICER, SUPERVISOR, MONITOR = "edo.reception", "edo.supervisor", "edo.monitoring"
#: Niger sees them off.
MOVEMENT = "zinder.travel"
PUBLIC = "public_interest"
SECTORS = ("water", "roads_transport", "energy")
#: Hands of returnees for each option; the others are neighbours'.
RETURNEES = (8, 2, 1)
CAME = {
    ("returnee", "female", "18_59"): 7, ("returnee", "male", "18_59"): 4, ("non_returnee", "female", "18_59"): 36,
    ("non_returnee", "female", "60_over"): 2, ("non_returnee", "male", "18_59"): 24, ("authority", "male", "60_over"): 5,
}  # fmt: skip
#: What she answered where it is not simply "rather good".
ANSWERS: dict[str, Any] = {
    "EC05": "no_debt", "EC07": "yes", "EC08": ["equipment_tools"], "EC09": "no", "SO14": "all", "SO16": "yes",
    "PS28": ["stressed"], "PS29": "no", "PS30": "yes",
}  # fmt: skip


class AtHome(Teller):
    """Nigeria: everything after the handover was accepted."""

    def all(self) -> None:
        self.tell(
            self.lead, self.travel, self.receive, self.assess_again, self.plan_home, self.neighbours, self.choose,
            self.stall, self.well, self.children, self.interview, self.stay_in_touch, self.follow, self.close,
        )  # fmt: skip

    def lead(self) -> None:
        with self.at(SUPERVISOR) as work:
            assign_cases(
                work,
                [
                    Assignment(
                        **self.told("lead.home", self.when("acceptance", 2), self.id("case.mother")),
                        owner_id=world_id(OFFICER),
                    )
                ],
            )

    def travel(self) -> None:
        day = self.when("departure")
        with self.at(MOVEMENT) as work:
            journey = work.allowed("returns.see_off", Journey).get(avr=self.id("return"))
            seen = returns.SeenOff(
                **self.told("depart", day, journey.pk, PUBLIC), departed_on=day.date(), reconfirmed=True,
                method="phone_interpreter",
            )  # fmt: skip
            returns.see_off(work, [seen])
        with self.at(OFFICER) as work:
            landed = self.when("reception")
            returns.receive_returns(
                work, [returns.Arrival(**self.told("land", landed, self.id("return")), arrived_on=landed.date())]
            )

    def receive(self) -> None:
        day = self.when("reception", 2)
        with self.at(OFFICER) as work:
            reintegration.welcome_home(
                work,
                [
                    reintegration.Welcomed(
                        **self.told(f"welcome.{key}", day, self.id(key)), arrived_on=day.date(),
                        support=FAMILY.home.support if key == "mother" else ("meet_and_greet", "food", "onward_transport"),
                        note=FAMILY.home.reception if key == "mother" else "",
                    )
                    for key in GOING
                ],
            )  # fmt: skip

    def assess_again(self) -> None:
        with self.at(OFFICER) as work:
            (row,) = assess(
                work,
                [
                    Assessed(
                        **self.told("assess.home", self.when(58), self.id("case.mother")), narrative=FAMILY.home.plan,
                        needs={"education": "unmet_moderate", "skills_employment_livelihood": "unmet_severe",
                               "mental_health_psychosocial": "unmet_moderate", "shelter_accommodation": "met"},
                    )
                ],
            )  # fmt: skip
        with self.at(SUPERVISOR) as work:
            approve_assessments(work, [Decision(**self.told("assessed.home", self.when(60), row.pk), approve=True)])

    def plan_home(self) -> Ids:
        pk = self.planned(OFFICER, "mother", FAMILY.home.plan_goals, "home_plan")
        day = self.when("home_plan")
        with self.at(OFFICER) as work:
            agree_plans(work, [PlanAgreed(**self.told("agree.home", self.when("home_plan", 1), pk), how="signed")])
            (home,) = reintegration.make_plans(
                work,
                [
                    reintegration.NewPlan(
                        **self.told("reintegration", day, self.id("mother")),
                        agreed_on=day.date(),
                        goals=FAMILY.home.plan,
                    )
                ],
            )
        with self.at(SUPERVISOR) as work:
            approve_plans(work, [Decision(**self.told("planned.home", self.when(63), pk), approve=True)])
        return {"plan.home": home.pk, "caseplan.home": pk}

    def neighbours(self) -> Ids:
        well, day = FAMILY.home.well, self.when("community_meeting")
        with self.at(OFFICER) as work:
            (place,) = communities.add_places(
                work,
                [
                    communities.NewPlace(
                        **self.told("place", self.when(60), basis=PUBLIC),
                        name=well.place,
                        area="NG-ED",
                        high_return=True,
                    )
                ],
            )
            heard = self.when(70).date()
            communities.add_profiles(
                work,
                [
                    communities.NewProfile(
                        **self.told("profile", self.when(70), place.pk, PUBLIC), period_from=self.when(55).date(),
                        period_to=self.when(68).date(), priorities=SECTORS, residents=2_400, returnees=60,
                        validated_on=heard, summary=well.problem,
                    )
                ],
            )  # fmt: skip
            (meeting,) = communities.record_meetings(
                work,
                [
                    communities.MeetingHeld(
                        **self.told("meeting", day, place.pk, PUBLIC), kind="planning", held_on=day.date(), came=CAME,
                        minutes=well.decision,
                    )
                ],
            )  # fmt: skip
            options = communities.count_options(
                work,
                [
                    communities.OptionCounted(
                        **self.told(f"option.{sector}", day, meeting.pk, PUBLIC), title=title, sector=sector,
                        votes_returnees=returnees, votes_neighbours=votes - returnees,
                    )
                    for sector, returnees, (title, votes) in zip(SECTORS, RETURNEES, well.options, strict=True)
                ],
            )  # fmt: skip
        return {"option": options[0].pk, "place": place.pk}

    def choose(self) -> Ids:
        well = FAMILY.home.well
        with self.at(OFFICER) as work:
            (project,) = communities.choose_projects(
                work,
                [
                    communities.Chosen(
                        **self.told("choose", self.when("community_meeting", 3), self.id("option"), PUBLIC),
                        approach="new_community_based_project", dimension="social", budget=Decimal("5200000"),
                        currency="NGN", objective=well.problem, contribution="labour",
                    )
                ],
            )  # fmt: skip
            communities.secure_projects(
                work,
                [
                    communities.Secured(
                        **self.told("secure", self.when(78), project.pk, PUBLIC), returnees=11, neighbours=67, women=45,
                        do_no_harm=well.do_no_harm, maintenance=f"{well.upkeep} {well.contribution}",
                        screened_on=self.when(78).date(),
                    )
                ],
            )  # fmt: skip
        with self.at(SUPERVISOR) as work:
            moved = self.told("well.approved", self.when(82), project.pk, PUBLIC)
            communities.approve_projects(work, [communities.Moved(**moved, to="approved")])
        return {"project": project.pk}

    def stall(self) -> Ids:
        stall, day = FAMILY.home.stall, self.when("stall")
        with self.at(OFFICER) as work:
            (line,) = reintegration.add_actions(
                work,
                [
                    reintegration.NewAction(
                        **self.told("stall", self.when("home_plan", 2), self.id("plan.home")), dimension="economic",
                        level="individual", modality="in_kind", what=stall.title, expectation="income_regular",
                        change=stall.expected, planned_on=day.date(), budget=stall.cost, currency=stall.currency,
                        pathway="income_generating", business_type="retail_wholesale",
                    )
                ],
            )  # fmt: skip
            prices = [f"{what}: {stall.currency} {price:,.0f}" for what, price in stall.items]
            reintegration.add_receipts(
                work,
                [
                    reintegration.Proof(
                        **self.told("receipt", day, line.pk), kind="receipt", amount=stall.cost, issued_on=day.date(),
                        file=paper(
                            "Receipt",
                            [stall.supplier, *prices, f"Total: {stall.currency} {stall.cost:,.0f}", stall.receipt],
                            "receipt.jpg",
                        ),
                    )
                ],
            )  # fmt: skip
            reintegration.deliver_actions(
                work, [reintegration.Delivered(**self.told("stall.given", day, line.pk), delivered_on=day.date())]
            )
        return {"stall": line.pk}

    def well(self) -> Ids:
        well, day = FAMILY.home.well, self.when("well")
        with self.at(OFFICER) as work:
            (line,) = reintegration.add_actions(
                work,
                [
                    reintegration.NewAction(
                        **self.told("well", self.when(84), self.id("plan.home")), dimension="social", level="community",
                        modality="service", what=well.title, expectation="water_near", change=well.problem,
                        planned_on=day.date(), project_id=self.id("project"), currency="NGN",
                    )
                ],
            )  # fmt: skip
            for to, when in (("ongoing", self.when(86)), ("handed_over", day)):
                moved = self.told(f"well.{to}", when, self.id("project"), PUBLIC)
                communities.advance_projects(work, [communities.Moved(**moved, to=to)])
            reintegration.deliver_actions(
                work, [reintegration.Delivered(**self.told("well.given", day, line.pk), delivered_on=day.date())]
            )
        return {"well": line.pk}

    def children(self) -> Ids:
        """Each child has a plan of its own, agreed with the mother: one line each, delivered."""
        agreed, lines = self.when("home_plan"), {}
        with self.at(OFFICER) as work:
            plans = reintegration.make_plans(
                work,
                [
                    reintegration.NewPlan(
                        **self.told(f"reintegration.{child.key}", agreed, self.id(child.key)),
                        agreed_on=agreed.date(),
                        goals=child.goals,
                    )
                    for child in FAMILY.home.children
                ],
            )
            for child, plan in zip(FAMILY.home.children, plans, strict=True):
                day = self.when(child.day)
                (line,) = reintegration.add_actions(
                    work,
                    [
                        reintegration.NewAction(
                            **self.told(f"line.{child.key}", self.when("home_plan", 3), plan.pk), dimension=child.dimension,
                            level="individual", modality="service", what=child.what, expectation=child.expectation,
                            change=child.change, planned_on=day.date(), currency="NGN",
                        )
                    ],
                )  # fmt: skip
                given = self.told(f"given.{child.key}", day, line.pk)
                reintegration.deliver_actions(work, [reintegration.Delivered(**given, delivered_on=day.date())])
                lines[f"line.{child.key}"] = line.pk
        return lines

    def interview(self) -> Ids:
        day = self.when("survey")
        with self.at(MONITOR) as work:
            (row,) = reintegration.begin_interviews(
                work,
                [
                    reintegration.InterviewBegun(
                        **self.told("interview", day, self.id("mother")), round="baseline", held_on=day.date(),
                        mode="home_visit", language="pcm",
                    )
                ],
            )  # fmt: skip
            for part in scoring.DIMENSIONS:
                said = self.told(f"interview.{part}", day, row.pk)
                reintegration.answer_interviews(
                    work, [reintegration.Answered(**said, dimension=part, answers=answers_for(part))]
                )
        return {"interview": row.pk}

    def stay_in_touch(self) -> None:
        case = self.id("case.mother")
        with self.at(OFFICER) as work:
            goals = list(Goal.objects.filter(plan_id=self.id("caseplan.home")).values_list("pk", flat=True))
            for days, risk in ((75, ""), (95, ""), (125, "low"), (155, ""), (185, ""), (215, "")):
                seen = self.told(f"seen.home.{days}", self.when(days), case)
                follow_up(
                    work,
                    [
                        Contact(**seen, kind="after_return", channel="home_visit", reached=True, plan_reviewed=True,
                                risk_after=risk, note=FAMILY.home.survey_note if risk else "",
                                goals=dict.fromkeys(goals, "met" if days == 215 else "in_progress"))
                    ],
                )  # fmt: skip
            steps = PlanAction.objects.filter(goal__plan_id=self.id("caseplan.home")).order_by("recorded_at", "id")
            complete_plan_actions(
                work,
                [
                    ActionDone(**self.told(f"done.home.{number}", self.when(80 + 5 * number), row.pk),
                               done_on=self.when(80 + 5 * number).date())
                    for number, row in enumerate(steps)
                ],
            )  # fmt: skip

    def follow(self) -> None:
        home, day = FAMILY.home, self.when("follow_up")
        with self.at(MONITOR) as work:
            reintegration.follow_up_actions(
                work,
                [
                    reintegration.Followed(
                        **self.told(f"followed.{line}", day, self.id(line)), result=home.follow_up_code,
                        channel="home_visit", asked_on=day.date(), next_step="go_on",
                        remark=f"{home.follow_up} {home.follow_up_result}" if line == "stall" else "",
                    )
                    for line in ("stall", "well", *(f"line.{child.key}" for child in home.children))
                ],
            )  # fmt: skip

    def close(self) -> None:
        case, home = self.id("case.mother"), FAMILY.home
        with self.at(OFFICER) as work:
            watched = self.told("return.watched", self.when(139), self.id("return"))
            returns.advance_returns(work, [returns.Moved(**watched)])
            told = self.told("close.home", self.when("closure"), case)
            (row,) = request_closures(work, [asked(told, home.closure_reason, home.closure)])
        with self.at(SUPERVISOR) as work:
            told = self.told("closed.home", self.when("closure") + timedelta(days=1), row.pk)
            approve_closures(work, [Decision(**told, approve=True, remark=home.closure_approval)])
        with self.at(OFFICER) as work:
            ended = self.told("return.ended", self.when("closure", 30), self.id("return"))
            returns.advance_returns(work, [returns.Moved(**ended)])


def answers_for(dimension: str) -> dict[str, Any]:
    """Her answers, and otherwise the option scored nearest to three quarters."""
    answers: dict[str, Any] = {}
    for item in scoring.items(dimension):
        scored = [(abs(float(o.extra["score"]) - 0.75), o.value) for o in scoring.options(item) if o.extra.get("score")]
        if item.value in ANSWERS:
            answers[item.value] = ANSWERS[item.value]
        elif scored and item.extra["scored"] and not scoring.takes_many(item):
            answers[item.value] = min(scored)[1]
    return answers
