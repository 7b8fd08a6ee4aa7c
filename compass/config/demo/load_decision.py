"""The written family's decision: her question, neutral counselling, free choice, approval, and the handover to Nigeria."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from compass.access.work import record_refusal
from compass.cases.actions.best_interests import WithParent, check_with_parent
from compass.cases.actions.handover import HandoverOffer, HandoverStep, accept_handovers, offer_handovers
from compass.config.demo.load_story import COUNSELLOR, SOCIAL, SUPERVISOR, Teller
from compass.config.demo.progress import Ids
from compass.config.demo.story import FAMILY
from compass.config.demo.world import NIGERIA, world_id
from compass.problems import BestInterestsFirst
from compass.returns import actions as returns
from compass.vocabulary import code_list


class Deciding(Teller):
    """From her question to the office that takes them over."""

    def all(self) -> None:
        self.tell(self.ask, self.counsel, self.declare, self.decide, self.prepare, self.offer, self.accept)

    def ask(self) -> Ids:
        """She asks about going home. For the boy the same question is stopped, and the trail says so."""
        with contextlib.suppress(BestInterestsFirst):
            try:
                with self.at(SOCIAL) as work:
                    asked = self.told("ask.boy", self.when("question"), self.id("boy"))
                    returns.start_returns(work, [returns.Begin(**asked, destination="NG", area="NG-KN")])
            except BestInterestsFirst as problem:
                record_refusal(self.loader.actor(SOCIAL), "returns.start", problem)
                raise
        with self.at(SOCIAL) as work:
            (row,) = returns.start_returns(
                work,
                [
                    returns.Begin(
                        **self.told("ask", self.when("question"), self.id("mother")), destination="NG", area="NG-ED",
                        with_people=(self.id("daughter"), self.id("son")),
                    )
                ],
            )  # fmt: skip
        return {"return": row.pk}

    def counsel(self) -> None:
        told = FAMILY.decision
        with self.at(COUNSELLOR) as work:
            returns.counsel(
                work,
                [
                    returns.Counselled(
                        **self.told("counsel", self.when("counselling"), self.id("return")), language="pcm",
                        topics=tuple(code_list("return_information_topic").values), interpreter_mode="in_person",
                        time_offered=True, days_offered=4,
                        notes=f"{told.question} {told.counselling} {told.alternatives} {told.reasons}",
                    )
                ],
            )  # fmt: skip

    def declare(self) -> None:
        told, pk = FAMILY.decision, self.id("return")
        with self.at(COUNSELLOR) as work:
            returns.declare(
                work,
                [
                    returns.Declared(
                        **self.told("declare", self.when("declaration"), pk), person_id=self.id("mother"),
                        statements=tuple(code_list("declaration_statement").values), language="pcm", text_language="en",
                        mode="witnessed_oral", witness={"witness": FAMILY.consent.interpreter, "words": told.own_words},
                    )
                ],
            )  # fmt: skip
            returns.check_free_choice(
                work,
                [
                    returns.ChoiceChecked(
                        **self.told("check", self.when("declaration", 1), pk), no_pressure=True, informed=True,
                        capacity_doubted=False, detained=False,
                        evidence={"pressure": told.choice_check, "information": told.informed_check},
                    )
                ],
            )  # fmt: skip
            check_with_parent(
                work,
                [
                    WithParent(
                        **self.told(f"parent.{key}", self.when("declaration", 2), self.id(key), "legal_duty"), view=view
                    )
                    for key, view in (("daughter", "Elle veut revoir sa tante et aller à l’école."), ("son", ""))
                ],
            )

    def decide(self) -> None:
        pk = self.id("return")
        with self.at(COUNSELLOR) as work:
            returns.check_eligibility(
                work,
                [
                    returns.EligibilityChecked(
                        **self.told("eligible", self.when("declaration", 3), pk),
                        criteria=tuple(
                            returns.CriterionChecked(
                                criterion=each, answer="pass", evidence_kind="document", evidence="Vérifié au dossier."
                            )
                            for each in code_list("eligibility_criterion").values
                        ),
                    )
                ],
            )
        with self.at(SUPERVISOR) as work:
            returns.approve_returns(
                work,
                [returns.Decision(**self.told("approve", self.when("approval"), pk), note=FAMILY.decision.approval)],
            )

    def prepare(self) -> None:
        day = self.when("departure").date()
        with self.at(COUNSELLOR) as work:
            returns.prepare_returns(
                work,
                [
                    returns.Prepared(
                        **self.told("prepare", self.when(33), self.id("return")), travel_on=day, medical_outcome="fit",
                        travel_mode="air_commercial", document_valid_until=day + timedelta(days=150),
                        receiving_told_on=self.when(33).date(),
                    )
                ],
            )  # fmt: skip

    def offer(self) -> Ids:
        with self.at(COUNSELLOR) as work:
            (row,) = offer_handovers(
                work,
                [
                    HandoverOffer(
                        **self.told("offer", self.when("handover"), self.id("case.mother")),
                        to_organisation_id=world_id(NIGERIA), note=FAMILY.handover.open_note,
                    )
                ],
            )  # fmt: skip
        return {"handover": row.pk}

    def accept(self) -> None:
        with self.at("edo.reception") as work:
            accept_handovers(work, [HandoverStep(**self.told("taken", self.when("acceptance"), self.id("handover")))])
