"""A few written neighbours of the family, so that each desk of the story has work in the smallest demonstration too.

Three came home to Edo: one this week, one five weeks ago, one half a year ago, so that receptions, plans and interviews
stand at different steps. Five are in Zinder, one of whom wishes to go on with her case at home; another came back to a
colleague who wrote her name as he heard it, so that two records wait to be judged whatever else is loaded. Like the family
they stand beside the people who are counted for the published totals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from compass.config.demo.load_home import MONITOR, OFFICER, SUPERVISOR, answers_for
from compass.config.demo.load_story import COUNSELLOR, SOCIAL, Teller
from compass.config.demo.load_story import SUPERVISOR as ZINDER
from compass.config.demo.progress import Ids
from compass.config.demo.shapes import Household, Kind, Names, Person, Sex
from compass.reintegration import actions as reintegration
from compass.reintegration import scoring

#: Above every number that is counted.
FIRST = 1_000_000_001


@dataclass(frozen=True)
class Neighbour:
    """`ago`: days since this person was met; `country`: by which office."""

    key: str
    given: str
    family: str
    sex: Sex
    age: int
    ago: float
    worker: str
    origin: str
    risk: str
    nationality: str = "NG"
    languages: tuple[str, ...] = ("bin", "pcm", "en")
    phone: str = ""

    @property
    def country(self) -> str:
        """The office that met this person."""
        return "NG" if self.worker == OFFICER else "NE"


NEIGHBOURS = (
    Neighbour("neighbour.new", "Aimuamwosa", "Osarumen", "male", 33, 3.2, OFFICER, "Uromi", "low"),
    Neighbour("neighbour.course", "Osaze", "Uwadiae", "male", 27, 36.2, OFFICER, "Benin City", "medium"),
    Neighbour("neighbour.sewing", "Itohan", "Iyekekpolor", "female", 24, 204.2, OFFICER, "Igueben", "low"),
    Neighbour("neighbour.going", "Esosa", "Omorogieva", "female", 29, 43.2, COUNSELLOR, "Benin City", "medium"),
    Neighbour("neighbour.camp", "Nantènin", "Doumbouya", "female", 26, 24.2, COUNSELLOR, "Sikasso", "medium", "ML",
              ("bm", "fr")),
    Neighbour("neighbour.mine", "Lansana", "Kandia", "male", 22, 66.2, COUNSELLOR, "Siguiri", "high", "GN", ("man", "fr")),
    Neighbour("neighbour.market", "Mariama", "Issaka Dodo", "female", 35, 31.2, SOCIAL, "Magaria", "medium", "NE", ("ha",),
              "+227 90 55 01 37"),
    Neighbour("neighbour.again", "Mariam", "Issaka Dodo", "female", 36, 9.2, COUNSELLOR, "Magaria", "medium", "NE", ("ha",),
              "90 55 01 37"),
    Neighbour("neighbour.road", "Dommo", "Tembiné", "male", 38, 52.2, SOCIAL, "Bankass", "medium", "ML", ("bm", "fr")),
)  # fmt: skip


class Neighbours(Teller):
    """Beside the family, relative to the moment that counts as now."""

    def all(self) -> None:
        self.tell(self.meet_neighbours, self.welcome_neighbours, self.plan_with_neighbours, self.ask_neighbours)

    def ago(self, days: float) -> datetime:
        return self.progress.now - timedelta(days=days)

    def day(self, days: float) -> date:
        return self.ago(days).date()

    def meet_neighbours(self) -> Ids:
        from compass.config.demo.load import load_desk

        homes = [self._household(number, each) for number, each in enumerate(NEIGHBOURS)]
        for worker, second in ((OFFICER, SUPERVISOR), (COUNSELLOR, ZINDER), (SOCIAL, ZINDER)):
            here = [home for home, each in zip(homes, NEIGHBOURS, strict=True) if each.worker == worker]
            load_desk(self.loader, here, self.progress.now, worker, second)
        return {each.key: self.loader.person_id(home.members[0]) for each, home in zip(NEIGHBOURS, homes, strict=True)}

    def _household(self, number: int, each: Neighbour) -> Household:
        met = self.ago(each.ago)
        person = Person(
            number=FIRST + number, names=Names(each.given, each.family, "", "Latn"), sex=each.sex, birth_date=None,
            birth_year=met.year - each.age, age=each.age, age_basis="stated_age", nationality=each.nationality,
            languages=each.languages, relation="principal", uasc="accompanied", phone=each.phone,
            safe_contact="at_the_centre", origin=each.origin, urgent_needs=(), disability=(),
            risk_triggers=(), risk=each.risk, screening="protection_case", refused=(), main_class=None,
            services=(), returned=None, reintegrated=False, duplicate_of=None,
        )  # fmt: skip
        kind: Kind = "single_woman" if each.sex == "female" else "single_man"
        area = "NG-ED" if each.country == "NG" else "NE-7"
        return Household(FIRST + number, kind, each.country, area, met, "self_referral", "regular", (person,))

    def welcome_neighbours(self) -> None:
        came = {"neighbour.new": 3.0, "neighbour.course": 36.0, "neighbour.sewing": 204.0}
        with self.at(OFFICER) as work:
            reintegration.welcome_home(
                work,
                [
                    reintegration.Welcomed(
                        **self.told(f"welcome.{key}", self.ago(days), self.id(key)), arrived_on=self.day(days),
                        support=("meet_and_greet", "food", "onward_transport"),
                    )
                    for key, days in came.items()
                ],
            )  # fmt: skip

    def plan_with_neighbours(self) -> Ids:
        wanted = {
            "neighbour.course": ("To work with his hands again, and not far from his mother.", 20.0),
            "neighbour.sewing": ("Her own machine, and customers who come back.", 190.0),
        }
        with self.at(OFFICER) as work:
            rows = reintegration.make_plans(
                work,
                [
                    reintegration.NewPlan(
                        **self.told(f"reintegration.{key}", self.ago(days), self.id(key)),
                        agreed_on=self.day(days), goals=goals,
                    )
                    for key, (goals, days) in wanted.items()
                ],
            )  # fmt: skip
            lines = reintegration.add_actions(
                work,
                [
                    self._line("course", rows[0].pk, 19.0, self.day(-10), "Welding course of eight weeks, Benin City",
                               "After the course he earns at least twice a week with what he learnt."),
                    self._line("sewing", rows[1].pk, 189.0, self.day(170), "Sewing course and a place in a shared workshop",
                               "Within three months she sews for customers of her own every week."),
                ],
            )  # fmt: skip
            given = self.told("sewing.given", self.ago(168), lines[1].pk)
            reintegration.deliver_actions(work, [reintegration.Delivered(**given, delivered_on=self.day(168))])
        return {"plan.course": rows[0].pk, "plan.sewing": rows[1].pk, "line.sewing": lines[1].pk}

    def _line(self, name: str, plan: Any, ago: float, on: date, what: str, change: str) -> reintegration.NewAction:
        return reintegration.NewAction(
            **self.told(f"line.{name}", self.ago(ago), plan), dimension="economic", level="individual",
            modality="service", what=what, change=change, expectation="skill_used", planned_on=on, currency="NGN",
            pathway="training_education",
        )  # fmt: skip

    def ask_neighbours(self) -> None:
        """She was asked once; the interview halfway is due. Of the two others, one is due for the first."""
        when = self.ago(176)
        with self.at(MONITOR) as work:
            (row,) = reintegration.begin_interviews(
                work,
                [
                    reintegration.InterviewBegun(
                        **self.told("interview.sewing", when, self.id("neighbour.sewing")), round="baseline",
                        held_on=when.date(), mode="home_visit", language="pcm",
                    )
                ],
            )  # fmt: skip
            for part in scoring.DIMENSIONS:
                said = self.told(f"interview.sewing.{part}", when, row.pk)
                reintegration.answer_interviews(
                    work, [reintegration.Answered(**said, dimension=part, answers=answers_for(part))]
                )
