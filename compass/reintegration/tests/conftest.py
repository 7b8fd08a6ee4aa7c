"""A family that came home to Edo, with the steps of life there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from compass.cases.models import Case
from compass.communities.models import Meeting, Option, Place, Project
from compass.people.actions import ConsentGiven, Registration, give_consent, register_people
from compass.people.models import Consent
from compass.reintegration import actions
from compass.reintegration.models import Action, FollowUp, Interview, Plan, Receipt
from compass.ui.uploads import Attachment
from compass.vault.identifiers import new_id
from compass.vocabulary import code_list

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class Home:
    """A mother and her son at home in Edo, with a well that neighbours chose."""

    def __init__(self, at: Any, told: Any) -> None:
        self.at, self.told = at, told
        household = new_id()
        with at("edo.reception") as work:
            self.mother, self.son = register_people(
                work,
                [
                    Registration(
                        **told(),
                        household_id=household,
                        relation="principal",
                        sex="female",
                        nationality="NG",
                        identity={"given": "Ese", "birth_year": 1994},
                    ),
                    Registration(
                        **told(),
                        household_id=household,
                        relation="child",
                        sex="male",
                        identity={"given": "Osas", "birth_year": 2019},
                    ),
                ],
            )

    def project(self) -> Any:
        with self.at("edo.reception") as work:
            base = {
                "organisation_id": work.actor.organisation.pk,
                "basis": "public_interest",
                "occurred_at": work.now,
                "recorded_at": work.now,
                "recorded_by": work.actor.id,
            }
            place = Place.objects.create(name="Uselu", country="NG", area="NG-ED", **base)
            work.keys.create(place.organisation_id, [place.pk])
            meeting = Meeting.objects.create(place=place, kind="planning", held_on=work.today, **base)
            option = Option.objects.create(
                place=place, meeting=meeting, sector="water", votes_returnees=1, votes_neighbours=2, **base
            )
            return Project.objects.create(
                place=place,
                option=option,
                approach="new_community_based_project",
                dimension="social",
                sector="water",
                budget=9000,
                currency="EUR",
                status_since=work.today,
                **base,
            )

    def agree(self) -> Consent:
        """The mother says yes to help and to the use of her data."""
        with self.at("edo.reception") as work:
            said = {"case_management_services": True, "data_processing": True}
            seven = tuple(code_list("consent_information").values)
            given = ConsentGiven(**self.told(id=self.mother.pk), certified=True, information=seven, scopes=said)
            return give_consent(work, [given])[0]

    def plan(self) -> Plan:
        with self.at("edo.reception") as work:
            self.made = actions.make_plans(
                work, [actions.NewPlan(**self.told(id=self.mother.pk), agreed_on=work.today, goals="own stall")]
            )[0]
        return self.made

    def line(self, **changes: Any) -> Action:
        with self.at("edo.reception") as work:
            said = {
                "dimension": "economic",
                "level": "individual",
                "modality": "in_kind",
                "what": "market stall",
                "business_type": "grocery",
                "budget": Decimal("850"),
                "currency": "EUR",
                "planned_on": work.today,
                "expectation": "income_regular",
                "change": "eats twice",
                **changes,
            }
            self.stall = actions.add_actions(work, [actions.NewAction(**self.told(id=self.made.pk), **said)])[0]
        return self.stall

    def prove(self, kind: str = "receipt") -> Receipt:
        with self.at("edo.reception") as work:
            return actions.add_receipts(
                work,
                [
                    actions.Proof(
                        **self.told(id=self.stall.pk),
                        kind=kind,
                        amount=Decimal("840.50"),
                        issued_on=work.today,
                        file=Attachment(PDF, "application/pdf", "stall-ese.pdf"),
                    )
                ],
            )[0]

    def deliver(self) -> Action:
        with self.at("edo.reception") as work:
            return actions.deliver_actions(
                work, [actions.Delivered(**self.told(id=self.stall.pk), delivered_on=work.today)]
            )[0]

    def ask(self, result: str = "partly") -> FollowUp:
        with self.at("edo.monitoring") as work:
            return actions.follow_up_actions(
                work,
                [
                    actions.Followed(
                        **self.told(id=self.stall.pk),
                        result=result,
                        channel="home_visit",
                        asked_on=work.today,
                        next_step="add_help",
                        remark="rain spoils the goods",
                    )
                ],
            )[0]

    def interview(self, **changes: Any) -> Interview:
        with self.at("edo.monitoring") as work:
            said = {"round": "baseline", "held_on": work.today, "mode": "home_visit", "language": "en", **changes}
            return actions.begin_interviews(work, [actions.InterviewBegun(**self.told(id=self.mother.pk), **said)])[0]

    def case(self) -> Any:
        with self.at("edo.reception") as work:
            return Case.objects.create(
                person=self.mother,
                organisation_id=self.mother.organisation_id,
                country="NG",
                opened_at=work.now,
                basis="consent",
                occurred_at=work.now,
                recorded_at=work.now,
                recorded_by=work.actor.id,
            )


@pytest.fixture
def home(at, told) -> Home:
    return Home(at, told)
