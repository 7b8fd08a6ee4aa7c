"""A false basis is never recorded: what rests on consent is refused when none covers it, whatever the action."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pkgutil import walk_packages
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.translation import override

import compass
from compass.access import actions as registry
from compass.cases.actions.case import CaseOpening, RiskSet, open_cases, set_risk
from compass.config.demo.world import world_id
from compass.people.actions import (
    ConsentGiven,
    IdentityChange,
    Registration,
    ServiceGiven,
    Withdrawal,
    change_identity,
    give_consent,
    record_services,
    register_people,
    withdraw_consent,
)
from compass.people.consent import allows
from compass.people.models import Consent, Service
from compass.problems import BasisMissing, ConsentMissing, StandardNotMet
from compass.reception.actions import GroupArrived, add_groups
from compass.reintegration.models import Plan
from compass.returns.actions import Begin, start_returns
from compass.returns.models import Return
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db

#: What is about no person, or done by someone who sees none, or erases on their wish: it rests on nobody's consent.
ABOUT_NOBODY = {
    "commons.publish_facts", "commons.publish_figures", "commons.publish_missing_migrants", "communities.advance",
    "communities.approve", "communities.choose", "communities.meeting", "communities.option", "communities.place",
    "communities.profile", "communities.secure", "people.compare", "people.copy", "people.erase", "people.erasure_ask",
    "people.erasure_cancel", "people.erasure_confirm", "people.erasure_keep", "people.judge",
    "people.photo_remove",
    "people.retention_ask", "people.retention_decide", "people.retention_erase", "people.retention_stop",
    "people.right_answer", "people.right_ask", "people.right_told", "people.search",
    "people.take_back_elsewhere",
    "people.voices",
    "programme.count", "reception.activity", "reception.arrive", "referrals.answer", "referrals.attach",
    "referrals.outcome", "returns.not_left", "returns.see_off", "returns.take_back_journey",
}  # fmt: skip
DAY = timedelta(days=1)


@pytest.fixture
def someone(at, told):
    """`someone(days_ago=9, **scopes)`: a person who gave these answers then; without scopes nobody has asked."""

    def make(*, days_ago=9, **scopes):
        when = timezone.now() - timedelta(days=days_ago)
        with at("zinder.social") as work:
            (row,) = register_people(
                work,
                [Registration(**told(occurred_at=when), identity={"given": "Ese", "birth_year": 1995}, sex="female")],
            )
            if scopes:
                seven = tuple(code_list("consent_information").values)
                said = ConsentGiven(
                    **told(id=row.pk, occurred_at=when), certified=True, information=seven, scopes=scopes
                )
                give_consent(work, [said])
        return row

    return make


def take_back(at, told, person):
    with at("zinder.social") as work:
        given = Consent.objects.get(person=person)
        withdraw_consent(work, [Withdrawal(**told(id=given.pk))])


EVERYTHING = {"case_management_services": True, "data_processing": True}
ACTS = {
    "identity": lambda work, told: change_identity(work, [IdentityChange(**told, sex="male")]),
    "service": lambda work, told: record_services(
        work, [ServiceGiven(**told, service="FOD", service_class="H", delivered_on=told["occurred_at"].date())]
    ),
    "case": lambda work, told: open_cases(work, [CaseOpening(**told, risk_level="low")]),
}


def test_every_action_about_a_person_says_what_its_consent_is_for():
    for module in walk_packages(compass.__path__, "compass."):
        if ".actions" in module.name:
            import_module(module.name)
    codes = set(code_list("consent_scope").values)
    named = {name: purpose for name, purpose in registry.PURPOSES.items() if not name.startswith("test.")}

    without = {name for name, purpose in named.items() if not purpose}
    assert without - ABOUT_NOBODY == set(), (
        "say in @action what consent must cover (`purpose=`, a scope of consent_scope); an act about nobody goes into"
        " ABOUT_NOBODY"
    )
    assert ABOUT_NOBODY - without == set(), "these have a purpose, or are gone: take them from ABOUT_NOBODY"
    assert {purpose for purpose in named.values() if isinstance(purpose, str) and purpose} <= codes


@pytest.mark.parametrize("act", ACTS)
def test_an_act_rests_on_consent_until_it_is_taken_back(act, at, told, someone):
    person = someone(**EVERYTHING)
    with at("zinder.social") as work:
        ACTS[act](work, told(id=person.pk, basis="consent"))
    take_back(at, told, person)

    with pytest.raises(ConsentMissing), at("zinder.social") as work:
        ACTS[act](work, told(id=person.pk, basis="consent"))
    with at("zinder.social") as work:
        ACTS[act](work, told(id=person.pk, basis="vital_interest"))


def test_what_was_refused_is_not_there_although_the_work_goes_on(at, told, someone):
    person = someone()
    with at("zinder.social") as work:
        with pytest.raises(ConsentMissing):
            ACTS["service"](work, told(id=person.pk, basis="consent"))
        assert not Service.objects.filter(person=person).exists()


def test_without_the_check_a_false_basis_would_be_recorded(at, told, someone, monkeypatch):
    """The positive control of every test here."""
    person = someone()
    monkeypatch.setattr(registry, "_covered", [])

    with at("zinder.social") as work:
        ACTS["service"](work, told(id=person.pk, basis="consent"))
        assert Service.objects.get(person=person).basis == "consent"


@pytest.mark.parametrize(
    "scopes",
    [{}, {"data_processing": True}, {"case_management_services": False, "data_processing": True}],
    ids=["nobody asked", "not for this", "no"],
)
def test_consent_covers_only_the_purpose_that_was_a_yes(scopes, at, told, someone):
    person = someone(**scopes)

    with pytest.raises(ConsentMissing), at("zinder.social") as work:
        ACTS["case"](work, told(id=person.pk, basis="consent"))


def test_consent_covers_nothing_that_was_done_on_a_day_before_it(at, told, someone):
    person = someone(days_ago=3, **EVERYTHING)
    now = timezone.now()

    with pytest.raises(ConsentMissing), at("zinder.social") as work:
        ACTS["service"](work, told(id=person.pk, basis="consent", occurred_at=now - 5 * DAY))
    with at("zinder.social") as work:
        ACTS["service"](work, told(id=person.pk, basis="consent", occurred_at=now - 2 * DAY))


def test_what_was_taken_back_covers_nothing_that_is_written_down_late(at, told, someone):
    person = someone(**EVERYTHING)
    take_back(at, told, person)

    with pytest.raises(ConsentMissing), at("zinder.social") as work:
        ACTS["service"](work, told(id=person.pk, basis="consent", occurred_at=timezone.now() - 5 * DAY))


def test_nobody_is_registered_on_a_consent_that_cannot_be_there_yet(at, told):
    with pytest.raises(ConsentMissing), at("zinder.social") as work:
        register_people(work, [Registration(**told(basis="consent"), identity={"birth_year": 1990})])


def test_an_act_about_nobody_rests_on_nobodys_consent(at, told):
    with pytest.raises(BasisMissing), at("zinder.social") as work:
        add_groups(
            work,
            [GroupArrived(**told(basis="consent"), centre_id=world_id("centre.zinder"), people=2, language="ha")],
        )


def test_a_no_is_kept_on_another_basis_than_consent(at, told, someone):
    person = someone()
    seven = tuple(code_list("consent_information").values)
    no = {"certified": True, "information": seven, "scopes": {"data_processing": False}}

    with pytest.raises(ConsentMissing), at("zinder.social") as work:
        give_consent(work, [ConsentGiven(**told(id=person.pk, basis="consent"), **no)])
    with at("zinder.social") as work:
        give_consent(work, [ConsentGiven(**told(id=person.pk, basis="legal_duty"), **no)])


def test_the_answer_says_why(at, told, someone):
    person = someone(**EVERYTHING)
    with override("en"), at("zinder.social"):
        assert str(allows(person.pk, "data_processing")).startswith("Recording and use of my data (")
        assert "said yes" in str(allows(person.pk, "data_processing"))
        assert "Not asked yet" in str(allows(person.pk, "data_processing", fields=["photo"]))
    take_back(at, told, person)

    with override("en"), at("zinder.social"):
        assert "took consent back" in str(allows(person.pk, "data_processing"))


def test_no_return_is_begun_without_consent_or_after_it(at, told, someone):
    refused = someone()
    person = someone(**EVERYTHING)
    take_back(at, told, person)

    for each in (refused, person):
        for basis in ("consent", "legal_duty", "vital_interest"):
            with pytest.raises(StandardNotMet, match="R-CON-1"), at("zinder.social") as work:
                start_returns(work, [Begin(**told(id=each.pk, basis=basis), destination="NG")])
    with at("zinder.social"):
        assert not Return.objects.exists()


def test_the_page_of_a_wish_to_return_says_what_to_do(at, told, someone, sign_in):
    person = someone()

    page = sign_in("zinder.social").get(f"/returns/new/{person.pk}/").content.decode()

    assert "R-CON-1" in page and f"/people/{person.pk}/consent/" in page and 'name="destination"' not in page


def test_help_at_home_waits_for_a_ground(at, told, someone, sign_in):
    person = someone(**EVERYTHING)
    take_back(at, told, person)
    client, where = sign_in("zinder.cases"), f"/reintegration/people/{person.pk}/plan/"
    day = timezone.localdate()
    typed = {
        "goals": "own stall",
        "agreed_on_0": day.day,
        "agreed_on_1": day.month,
        "agreed_on_2": day.year,
        "agreed_on": day.isoformat(),
    }

    refused = client.send(where, {"key": str(uuid4()), **typed})
    assert refused.status_code == 200 and 'name="ground"' in refused.content.decode()
    with at("zinder.cases"):
        assert not Plan.objects.exists()

    assert client.send(where, {"key": str(uuid4()), **typed, "ground": "law"}).status_code == 302
    with at("zinder.cases"):
        assert Plan.objects.get().basis == "legal_duty"


def test_after_72_hours_without_asking_somebody_must_say_why(at, told, someone, sign_in):
    person = someone(days_ago=4)
    with at("zinder.social") as work:
        (case,) = open_cases(work, [CaseOpening(**told(id=person.pk), risk_level="low")])
    client, where = sign_in("zinder.social"), f"/cases/{case.pk}/risk/"

    page = client.send(where, {"key": str(uuid4()), "level": "high", "reason": ""}).content.decode()

    assert 'name="ground"' in page
    with at("zinder.social") as work:
        set_risk(work, [RiskSet(**told(id=case.pk), level="high")])
