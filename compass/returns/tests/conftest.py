"""A mother who wishes to go home with her son, and a boy who is alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from compass.access.work import Work
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.handover import HandoverOffer, HandoverStep, accept_handovers, offer_handovers
from compass.cases.models import BestInterests
from compass.config.demo.world import world_id
from compass.people.actions import ConsentGiven, Registration, give_consent, register_people
from compass.people.models import Person
from compass.returns import actions
from compass.returns.models import Journey as SeeingOff
from compass.returns.models import Return
from compass.vocabulary import code_list

TOPICS = code_list("return_information_topic").values
STATEMENTS = code_list("declaration_statement").values
CRITERIA = code_list("eligibility_criterion").values
SEVEN = code_list("consent_information").values
Told = Callable[..., dict[str, Any]]


def noon(day: date) -> datetime:
    """A moment that lies on that day by the clock of every office."""
    return datetime.combine(day, time(12), UTC)


def family(work: Work, told: Told) -> tuple[Person, Person, Person]:
    """The mother (consent given), her son, and a boy of the same group who is nobody's son here."""
    mother = register_people(
        work,
        [
            Registration(
                **told(),
                relation="principal",
                sex="female",
                nationality="NG",
                languages=("en", "ha"),
                identity={"given": "Ese", "birth_year": 1994},
            )
        ],
    )[0]
    son, boy = register_people(
        work,
        [
            Registration(
                **told(),
                household_id=mother.household_id,
                relation="child",
                sex="male",
                nationality="NG",
                identity={"given": "Osas", "birth_year": 2019},
                uasc_status="accompanied",
            ),
            Registration(
                **told(),
                household_id=mother.household_id,
                relation="unrelated_child",
                sex="male",
                nationality="NG",
                identity={"given": "Efe", "birth_year": 2013},
                uasc_status="unaccompanied",
            ),
        ],
    )
    give_consent(
        work,
        [ConsentGiven(**told(id=mother.pk), certified=True, information=SEVEN, scopes={"data_processing": True})],
    )
    return mother, son, boy


def settle(work: Work, child: Person, **changes: Any) -> None:
    """The short steps for a child who returns with its parent."""
    BestInterests.objects.create(
        person=child,
        organisation_id=child.organisation_id,
        determination=False,
        heard_at=work.now,
        with_parent_at=work.now,
        checked_with=list(Person.objects.filter(household_id=child.household_id).values_list("pk", flat=True)),
        parent_agreed_at=work.now,
        basis="legal_duty",
        occurred_at=work.now,
        recorded_at=work.now,
        recorded_by=work.actor.id,
        **changes,
    )


class Journey:
    """Drives one return through its steps, each by the colleague whose work it is."""

    def __init__(self, at: Any, told: Told) -> None:
        self.at, self.told = at, told
        with at("zinder.social") as work:
            self.mother, self.son, self.boy = family(work, told)
            settle(work, self.son)

    def start(self, **changes: Any) -> UUID:
        with self.at("zinder.social") as work:
            avr = actions.start_returns(
                work,
                [
                    actions.Begin(
                        **self.told(id=self.mother.pk),
                        **{"destination": "NG", "area": "NG-ED", "with_people": (self.son.pk,), **changes},
                    )
                ],
            )[0]
        self.pk: UUID = avr.pk
        return self.pk

    def counsel(self, topics: tuple[str, ...] = TOPICS, who: str = "zinder.cases") -> None:
        with self.at(who) as work:
            actions.counsel(
                work,
                [
                    actions.Counselled(
                        **self.told(id=self.pk),
                        topics=topics,
                        language="ha",
                        interpreter_mode="in_person",
                        time_offered=True,
                        days_offered=7,
                        notes="misses-her-mother",
                    )
                ],
            )

    def declare(self, **changes: Any) -> None:
        said = {
            "person_id": self.mother.pk,
            "statements": STATEMENTS,
            "language": "ha",
            "text_language": "ha",
            "mode": "thumbprint",
            "witness": {"witness": "interpreter-one"},
            **changes,
        }
        with self.at("zinder.cases") as work:
            actions.declare(work, [actions.Declared(**self.told(id=self.pk), **said)])

    def check(self, **changes: Any) -> None:
        said = {
            "no_pressure": True,
            "informed": True,
            "capacity_doubted": False,
            "detained": False,
            "evidence": {"pressure": "spoke-alone", "information": "asked-back"},
            **changes,
        }
        with self.at("zinder.cases") as work:
            actions.check_free_choice(work, [actions.ChoiceChecked(**self.told(id=self.pk), **said)])

    def assess(self, **answers: str) -> None:
        criteria = tuple(
            actions.CriterionChecked(
                criterion=c, answer=answers.get(c, "pass"), evidence_kind="document", evidence="seen"
            )
            for c in CRITERIA
        )
        with self.at("zinder.cases") as work:
            actions.check_eligibility(work, [actions.EligibilityChecked(**self.told(id=self.pk), criteria=criteria)])

    def approve(self, who: str = "zinder.supervisor") -> None:
        with self.at(who) as work:
            actions.approve_returns(work, [actions.Decision(**self.told(id=self.pk), note="free and informed")])

    def prepare(self, **changes: Any) -> None:
        with self.at("zinder.cases") as work:
            today = work.today
            said = {
                "travel_on": today,
                "travel_mode": "bus",
                "document_valid_until": today.replace(year=today.year + 1),
                "medical_outcome": "fit",
                "receiving_told_on": today,
                **changes,
            }
            actions.prepare_returns(work, [actions.Prepared(**self.told(id=self.pk), **said)])

    def depart(self, *, reconfirmed: bool = True) -> None:
        with self.at("zinder.cases") as work:
            actions.depart_returns(
                work,
                [
                    actions.Departure(
                        **self.told(id=self.pk),
                        departed_on=work.today,
                        reconfirmed=reconfirmed,
                        method="in_person_alone",
                    )
                ],
            )

    def hand_over(self) -> UUID:
        """The office in Nigeria takes mother and son over: the departure that Niger still has to record."""
        with self.at("zinder.social") as work:
            scopes = dict.fromkeys(code_list("consent_scope").values, True)
            given = ConsentGiven(**self.told(id=self.mother.pk), certified=True, information=SEVEN, scopes=scopes)
            give_consent(work, [given])
            (case,) = open_cases(work, [CaseOpening(**self.told(id=self.mother.pk), risk_level="medium")])
            asked = HandoverOffer(**self.told(id=case.pk), to_organisation_id=world_id("NG"), note="A mother, a child")
            (offer,) = offer_handovers(work, [asked])
        with self.at("edo.reception") as work:
            accept_handovers(work, [HandoverStep(**self.told(id=offer.pk))])
        with self.at("zinder.travel") as work:
            return work.allowed("returns.see_off", SeeingOff).get(avr=self.pk).pk

    def see_off(self, pk: UUID, **changes: Any) -> None:
        with self.at("zinder.travel") as work:
            said = {
                "departed_on": work.today, "reconfirmed": True, "method": "in_person_interpreter", **changes,
            }  # fmt: skip
            actions.see_off(work, [actions.SeenOff(**self.told(id=pk), **said)])

    def ready(self) -> None:
        """Ready to travel to Nigeria, where an office of COMPASS waits."""
        for step in (self.start, self.counsel, self.declare, self.check, self.assess, self.approve, self.prepare):
            step()

    def to(self, state: str) -> UUID:
        """Walk until the return is in that state; whoever leaves goes where no office of COMPASS waits to take them over."""
        leaving = {} if state not in {"ready_to_travel", "in_travel"} else {"destination": "SN", "area": ""}
        for step in (
            partial(self.start, **leaving),
            self.counsel,
            self.declare,
            self.check,
            self.assess,
            self.approve,
            self.prepare,
            self.depart,
        ):
            step()
            if self.state() == state and not (state == "eligibility_review" and step == self.check):
                break
        return self.pk

    def state(self) -> str:
        with self.at("zinder.social") as work:
            return str(work.allowed("returns.view", Return).get(pk=self.pk).state)


@pytest.fixture
def journey(at: Any, told: Told) -> Journey:
    return Journey(at, told)
