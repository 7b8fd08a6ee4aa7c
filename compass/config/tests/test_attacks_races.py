"""Two colleagues at the same moment, committed for real in a database of its own."""

from __future__ import annotations

import threading

from django.db import connection

from compass.access import openings
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.referral import ReferralPrepared, ReferralStep, prepare_referrals, send_referrals
from compass.cases.actions.referral_answer import ReferralAnswer, answer_referrals
from compass.cases.models import Referral
from compass.config.demo.world import world_id
from compass.people import queries
from compass.people.actions import ConsentGiven, Registration, give_consent, register_people
from compass.people.models import Person
from compass.problems import OpenedTooOften, Problem
from compass.returns import actions
from compass.returns.models import Member
from compass.returns.tests.conftest import SEVEN, settle


def test_two_answers_at_once_are_one(apart, at, told, cluster):
    """Yes and no in the same moment, from two desks of the same partner."""
    with at("zinder.social") as work:
        (mother,) = register_people(work, [Registration(**told(basis="vital_interest"), identity={"given": "Ese"})])
        (case,) = open_cases(work, [CaseOpening(**told(id=mother.pk, basis="vital_interest"), risk_level="high")])
        (row,) = prepare_referrals(
            work,
            [
                ReferralPrepared(
                    **told(id=case.pk, basis="vital_interest"),
                    service="MED",
                    priority="emergency",
                    to_organisation_id=world_id("clinic"),
                    override="bleeds",
                )
            ],
        )
        send_referrals(work, [ReferralStep(**told(id=row.pk, basis="vital_interest"))])
    said, gate = [], threading.Barrier(4)

    def run(answer):
        try:
            gate.wait(20)
            with at("zinder.clinic") as work:
                reason = "no_capacity" if answer == "rejected" else ""
                wanted = ReferralAnswer(**told(id=row.pk, basis="public_interest"), answer=answer, reason=reason)
                answer_referrals(work, [wanted])
            said.append(answer)
        except Problem as problem:
            said.append(problem.number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(a,)) for a in ("accepted", "rejected", "accepted", "waitlisted")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    with at("zinder.clinic"):
        final = Referral.objects.get().status
    assert final in said and final in {"accepted", "rejected", "waitlisted"}
    # Waiting may be followed by yes or no; yes and no are final.
    assert len([each for each in said if each in {"accepted", "rejected"}]) <= 1 and len(said) == 4


def test_nobody_is_on_two_open_returns_that_were_asked_for_at_once(apart, at, told):
    """Mother and father each ask for themselves and the same child in the same moment."""
    with at("zinder.social") as work:
        first = Registration(
            **told(basis="vital_interest"),
            sex="female",
            nationality="NG",
            identity={"given": "Ese", "birth_year": 1990},
        )
        (mother,) = register_people(work, [first])
        own = {"household_id": mother.household_id, "nationality": "NG"}
        father, child = register_people(
            work,
            [
                Registration(
                    **told(basis="vital_interest"),
                    **own,
                    relation="spouse",
                    sex="male",
                    identity={"given": "Osa", "birth_year": 1989},
                ),
                Registration(
                    **told(basis="vital_interest"),
                    **own,
                    relation="child",
                    sex="male",
                    identity={"given": "Osas", "birth_year": 2019},
                    uasc_status="accompanied",
                ),
            ],
        )
        settle(work, child)
        scopes = {"data_processing": True}
        yes = [
            ConsentGiven(**told(id=each.pk), certified=True, information=SEVEN, scopes=scopes)
            for each in (mother, father)
        ]
        give_consent(work, yes)
    said, gate = [], threading.Barrier(2)

    def ask(asks):
        try:
            gate.wait(20)
            with at("zinder.social") as work:
                begin = actions.Begin(**told(id=asks.pk), destination="NG", with_people=(child.pk,))
                actions.start_returns(work, [begin])
            said.append("started")
        except Problem as problem:
            said.append(type(problem).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(parent,)) for parent in (mother, father)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(said) == ["WrongState", "started"]
    with at("zinder.social"):
        assert Member.objects.filter(person=child).count() == 1


def test_names_opened_in_several_windows_at_once_are_counted_as_several(apart, at, told, monkeypatch):
    """A script at an open session asks for four people in one moment where two may be opened."""
    monkeypatch.setattr(openings, "PEOPLE_AN_HOUR", 2)
    with at("zinder.social") as work:
        born = {"birth_year": 1990, "family": "Osagie"}
        people = [
            register_people(work, [Registration(**told(basis="vital_interest"), identity=born | {"given": given})])[0]
            for given in ("Ese", "Ijeoma", "Rakiya", "Zara")
        ]
    said, gate = [], threading.Barrier(len(people))

    def run(person):
        try:
            gate.wait(20)
            with at("zinder.social") as work:
                said.append(queries.reveal(work, work.find("people.identity", Person, person.pk), "present").name)
        except Problem as problem:
            said.append(problem.number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(said) == len(people) and said.count(OpenedTooOften.number) == 2
