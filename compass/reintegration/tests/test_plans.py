"""Reception, plan, proof, delivery, follow-up and closure."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from compass.access.models import Opening
from compass.cases import standards
from compass.people.models import Service
from compass.problems import Invalid, NotFound, StandardNotMet, WrongState
from compass.reintegration import actions
from compass.reintegration.models import Action, Receipt
from compass.reintegration.tests.conftest import PDF

pytestmark = pytest.mark.django_db


def test_it_works_from_reception_to_the_follow_up(home, at, told):
    with at("edo.reception") as work:
        actions.welcome_home(
            work,
            [
                actions.Welcomed(
                    **told(id=home.mother.pk),
                    arrived_on=work.today,
                    support=("meet_and_greet", "food"),
                    note="a bed for three",
                )
            ],
        )
    home.plan()
    home.line()
    home.prove()
    home.deliver()
    home.ask()

    with at("edo.reception"):
        counted = sorted(Service.objects.values_list("service", "service_class"))
        assert counted == [("BUS", "RI"), ("FOD", "H"), ("REI", "RI")]


def test_words_file_and_file_name_are_sealed(home, at):
    home.plan()
    home.line()
    kept = home.prove()

    with at("edo.reception") as work:
        row = Receipt.objects.get(pk=kept.pk)
        assert b"%PDF" not in bytes(row.file_sealed)
        assert b"ese" not in bytes(row.name_sealed)
        assert actions.receipt_file(work, row) == PDF
        assert Opening.objects.count() == 1
        assert b"stall" not in bytes(Action.objects.get().words_sealed)


def test_something_in_kind_needs_a_proof(home):
    home.plan()
    home.line()

    with pytest.raises(StandardNotMet, match="R-BUD-2"):
        home.deliver()


def test_a_quotation_is_no_proof(home):
    home.plan()
    home.line()
    home.prove("quotation")

    with pytest.raises(StandardNotMet, match="R-BUD-2"):
        home.deliver()


def test_one_plan_per_person(home):
    home.plan()

    with pytest.raises(WrongState):
        home.plan()


def test_nobody_agreed_to_a_plan_before_they_were_registered(home, at, told):
    home.plan()
    with at("edo.reception") as work:
        before = work.today - timedelta(days=1)
        with pytest.raises(Invalid, match=f"{home.son.code} n’a été enregistrée qu’après le jour de ce plan"):
            actions.make_plans(work, [actions.NewPlan(**told(id=home.son.pk), agreed_on=before, goals="school")])
        change = actions.PlanChanged(**told(id=home.made.pk, version=1), agreed_on=before, goals="a bakery")
        with pytest.raises(Invalid, match=f"{home.mother.code} n’a été enregistrée"):
            actions.change_plans(work, [change])
        actions.make_plans(work, [actions.NewPlan(**told(id=home.son.pk), agreed_on=work.today, goals="school")])


def test_a_community_line_names_its_project(home):
    home.plan()
    with pytest.raises(Invalid):
        home.line(level="community")

    assert home.line(level="community", project_id=home.project().pk, business_type="").project_id


def test_a_project_of_another_office_is_not_there(home):
    home.plan()

    with pytest.raises(Invalid):
        home.line(level="community", project_id=uuid.uuid4())


def test_before_delivery_nobody_asks_whether_it_helped(home):
    home.plan()
    home.line()

    with pytest.raises(WrongState):
        home.ask()


def test_a_cancelled_line_keeps_its_reason_and_cannot_be_delivered(home, at, told):
    home.plan()
    home.line()
    with at("edo.reception") as work:
        actions.cancel_actions(work, [actions.Cancelled(**told(id=home.stall.pk), why="she found work")])

    with pytest.raises(WrongState):
        home.deliver()


def test_the_case_closes_only_when_the_plan_is_settled_and_followed_up(home, at):
    case = home.case()
    home.plan()
    home.line()

    def stopping() -> set[str]:
        with at("edo.supervisor") as work:
            return {u.standard.id for u in standards.unmet([case], at="closure", work=work)} & {"R-CLO-1", "R-CLO-2"}

    assert stopping() == {"R-CLO-1"}
    home.prove()
    home.deliver()
    assert stopping() == {"R-CLO-2"}
    home.ask()
    assert stopping() == set()


def test_another_office_finds_nothing(home, at, told):
    home.plan()

    with at("zinder.cases") as work, pytest.raises(NotFound):
        actions.make_plans(work, [actions.NewPlan(**told(id=home.mother.pk), agreed_on=work.today, goals="x")])
