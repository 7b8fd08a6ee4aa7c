"""A handover: sealed until accepted, then everything moves, and only what may."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from compass.cases import standards
from compass.cases.actions.best_interests import WithParent, check_with_parent
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.handover import (
    HandoverDeclined,
    HandoverOffer,
    HandoverStep,
    accept_handovers,
    decline_handovers,
    offer_handovers,
    withdraw_handovers,
)
from compass.cases.actions.referral import ReferralPrepared, ReferralStep, prepare_referrals, send_referrals
from compass.cases.files import Files
from compass.cases.models import Case, Handover, HandoverKey, HandoverPerson, Referral
from compass.config.demo.world import world_id
from compass.people.actions import (
    ConsentGiven,
    ServiceGiven,
    Withdrawal,
    give_consent,
    record_services,
    withdraw_consent,
)
from compass.people.models import AboutPerson, Consent, Person, Service
from compass.problems import BestInterestsFirst, ConsentMissing, Invalid, KeyAbsent, NotFound, WrongState
from compass.vault.models import SubjectKey
from compass.vocabulary import code_list

NIGER, NIGERIA = world_id("NE"), world_id("NG")
OSAS = {"given": "Osas", "family": "Osagie", "birth_date": "2019-05-01"}
BOY = {"given": "Musa", "birth_date": "2012-02-02"}
YES = {
    "case_management_services": True, "data_processing": True, "share_other_organizations": True,
    "return_country_sharing": True,
}  # fmt: skip


def consents(work, told, pk, **changes):
    (row,) = give_consent(
        work,
        [
            ConsentGiven(
                **told(id=pk),
                certified=True,
                information=code_list("consent_information").values,
                scopes={**YES, **changes},
            )
        ],
    )
    return row


def child_of(work, person, mother):
    own = {"household_id": mother.household_id, "relation": "child", "uasc_status": "accompanied"}
    return person(work, identity=OSAS, consent=False, **own)


@pytest.fixture
def family(told, person, case, assessed, planned):
    """A mother with a case, a plan and a service, her child, and a boy alone in a household of his own."""

    def make(work, *, checked=True, **scopes):
        mother = person(work, nationality="NG")
        consents(work, told, mother.pk, **scopes)
        child = child_of(work, person, mother)
        boy = person(work, identity=BOY, uasc_status="unaccompanied")
        if checked:
            check_with_parent(work, [WithParent(**told(id=child.pk), view="laughs")])
        row = case(work, someone=mother)
        open_cases(work, [CaseOpening(**told(id=boy.pk), risk_level="high")])
        assessed(work, row)
        planned(work, row)
        given = ServiceGiven(**told(id=mother.pk), service="FOD", service_class="H", delivered_on=timezone.now().date())
        record_services(work, [given])
        return {"mother": mother, "child": child, "boy": boy, "case": row}

    return make


@pytest.fixture
def offered(at, told, family):
    with at("zinder.social") as work:
        made = family(work)
        made["offer"] = offer(work, told, made["case"])
    return made


def offer(work, told, case, **changes):
    asked = {
        "to_organisation_id": NIGERIA, "note": "A mother with a baby; arrival in two weeks",
        "without_return": "left_on_own", **changes,
    }  # fmt: skip
    return offer_handovers(work, [HandoverOffer(**told(id=case.pk), **asked)])[0]


def referred(at, told, case):
    """A referral to the clinic that was sent."""
    asked = {"service": "MED", "to_organisation_id": world_id("clinic"), "priority": "urgent"}
    with at("zinder.social") as work:
        said = ReferralPrepared(**told(id=case.pk, basis="consent"), **asked, fields={"symptoms_as_consented": "cough"})
        (row,) = prepare_referrals(work, [said])
        return send_referrals(work, [ReferralStep(**told(id=row.pk))])[0]


def accept(at, told, offer, username="edo.supervisor"):
    with at(username) as work:
        return accept_handovers(work, [HandoverStep(**told(id=offer.pk))])[0]


def identity(work, person):
    return work.keys.open(person.identity_sealed, table="people_person", column="identity_sealed", subject=person.pk)


@pytest.mark.django_db
class TestOffer:
    def test_it_works(self, at, offered):
        with at("edo.supervisor") as work:
            (row,) = work.allowed("handovers.answer", Handover)

            assert (row.stage, row.needs, row.people_count) == ("planned", [], 2)
            assert row.age_bands == ["5-11", "30-39"], "the youngest first"
            assert "mother" in work.keys.open(
                row.note_sealed, table="cases_handover", column="note_sealed", subject=row.pk
            )

    def test_needs_come_from_the_approved_assessment(self, at, told, family, approved):
        from compass.cases.models import Assessment

        with at("zinder.social") as work:
            made = family(work)
            assessment = Assessment.objects.get(case=made["case"])
        approved(assessment)
        with at("zinder.social") as work:
            assert offer(work, told, made["case"]).needs == ["safety_security"]

    def test_until_accepted_the_receiver_can_read_no_identity(self, at, offered):
        with at("edo.supervisor") as work, connection.cursor() as cursor:
            for model in (Person, Case, Consent, Service, HandoverPerson):
                assert not model.objects.exists()
            cursor.execute("SELECT subject_id FROM vault_subjectkey")
            assert cursor.fetchall() == [(offered["offer"].pk,)]
            with pytest.raises(KeyAbsent):
                work.keys.seal("x", table="t", column="c", subject=offered["mother"].pk)

    @pytest.mark.parametrize("username", ["edo.supervisor", "zinder.social"])
    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT wrapped FROM cases_handoverkey",
            "UPDATE cases_handoverkey SET subject = subject",
            "DELETE FROM cases_handoverkey",
        ],
    )
    def test_held_back_keys_are_read_by_nobody(self, at, offered, username, statement):
        with at(username), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    @pytest.mark.parametrize("username", ["zinder.social", "zinder.clinic", "td.supervisor"])
    def test_raw_sql_of_anyone_else_accepts_nothing(self, at, offered, username):
        with at(username), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT compass_handover(%s)", [offered["offer"].pk])

    def test_another_office_does_not_see_the_offer(self, at, offered):
        with at("td.supervisor") as work:
            assert not Handover.objects.exists()
            with pytest.raises(NotFound):
                work.find("handovers.view", Handover, offered["offer"].pk)

    def test_without_consent_it_is_refused(self, at, told, family):
        with at("zinder.social") as work, pytest.raises(ConsentMissing):
            offer(work, told, family(work, return_country_sharing=False)["case"])

    def test_an_own_child_that_is_not_checked_keeps_all_here(self, at, told, family):
        with at("zinder.social") as work, pytest.raises(BestInterestsFirst):
            offer(work, told, family(work, checked=False)["case"])

    def test_a_child_alone_is_not_handed_over(self, at, told, family):
        with at("zinder.social") as work:
            boys = Case.objects.get(person=family(work)["boy"])
            with pytest.raises(BestInterestsFirst):
                offer(work, told, boys)

    def test_a_second_offer_is_refused(self, at, told, offered):
        with at("zinder.social") as work, pytest.raises(WrongState):
            offer(work, told, offered["case"])

    @pytest.mark.parametrize("to", [NIGER, world_id("clinic"), world_id("ministry")])
    def test_only_another_office_can_receive(self, at, told, family, to):
        with at("zinder.social") as work, pytest.raises(NotFound):
            offer(work, told, family(work)["case"], to_organisation_id=to)

    def test_a_note_is_needed(self, at, told, family):
        with at("zinder.social") as work, pytest.raises(Invalid):
            offer(work, told, family(work)["case"], note=" ")

    def test_withdrawn_consent_ends_the_offer(self, at, told, offered):
        with at("zinder.social") as work:
            consent = Consent.objects.filter(person=offered["mother"]).latest("occurred_at")
            withdraw_consent(work, [Withdrawal(**told(id=consent.pk))])

            assert Handover.objects.get(pk=offered["offer"].pk).status == "withdrawn"
        with pytest.raises(WrongState):
            accept(at, told, offered["offer"])

    def test_the_database_checks_consent_again(self, at, told, offered):
        with at("zinder.social"):
            Consent.objects.filter(person=offered["mother"]).update(
                expires_on=timezone.now().date() - timedelta(days=1)
            )
        with pytest.raises(ConsentMissing):
            accept(at, told, offered["offer"])

    def test_a_no_of_the_child_counts(self, at, told, offered):
        with at("zinder.social") as work:
            give_consent(
                work,
                [
                    ConsentGiven(
                        **told(id=offered["child"].pk),
                        certified=True,
                        given_by="caregiver",
                        child_agrees=False,
                        information=code_list("consent_information").values,
                        scopes=YES,
                    )
                ],
            )
            assert Handover.objects.get(pk=offered["offer"].pk).status == "withdrawn"

    def test_a_child_from_fifteen_on_is_asked_too(self, at, told, family, sign_in):
        with at("zinder.social") as work:
            made = family(work)
            Person.objects.filter(pk=made["child"].pk).update(age_band="15-17")
            with pytest.raises(ConsentMissing):
                offer(work, told, made["case"])
        page = sign_in("zinder.social").get(f"/cases/{made['case'].pk}/hand-over/").content.decode()
        assert f"/people/{made['child'].pk}/consent/" in page and f"/people/{made['mother'].pk}/consent/" not in page

        with at("zinder.social") as work:
            consents(work, told, made["child"].pk)
            assert offer(work, told, made["case"]).people_count == 2

    def test_the_database_asks_a_child_from_fifteen_on_again(self, at, told, offered):
        with at("zinder.social"):
            Person.objects.filter(pk=offered["child"].pk).update(age_band="15-17")

        with pytest.raises(ConsentMissing):
            accept(at, told, offered["offer"])

    def test_declined(self, at, told, offered):
        with at("edo.supervisor") as work:
            with pytest.raises(Invalid):
                decline_handovers(work, [HandoverDeclined(**told(id=offered["offer"].pk), reason="other")])
            told_why = HandoverDeclined(**told(id=offered["offer"].pk), reason="no_capacity", note="Full until May")
            decline_handovers(work, [told_why])
        with at("zinder.social") as work:
            row = Handover.objects.get(pk=offered["offer"].pk)
            assert row.status == "rejected"
            assert (
                work.keys.open(row.answer_sealed, table="cases_handover", column="answer_sealed", subject=row.pk)
                == "Full until May"
            )
            assert identity(work, Person.objects.get(pk=offered["mother"].pk))["family"] == "Osagie"
        with pytest.raises(WrongState):
            accept(at, told, offered["offer"])

    def test_withdrawn(self, at, told, offered):
        with at("zinder.social") as work:
            withdraw_handovers(work, [HandoverStep(**told(id=offered["offer"].pk))])
        with pytest.raises(WrongState):
            accept(at, told, offered["offer"])

    def test_the_sender_cannot_accept(self, at, told, offered):
        with pytest.raises(NotFound):
            accept(at, told, offered["offer"], "zinder.supervisor")

    def test_an_offer_runs_out(self, at, told, offered):
        with at("zinder.social"):
            Handover.objects.filter(pk=offered["offer"].pk).update(expires_at=timezone.now() - timedelta(minutes=1))
        with pytest.raises(WrongState):
            accept(at, told, offered["offer"])

    def test_after_it_ran_out_the_case_says_so_and_offers_the_handover_again(self, at, sign_in, offered):
        case, again, both = (
            *(reverse(f"cases:{name}", args=[offered["case"].pk]) for name in ("case", "hand_over")),
            reverse("cases:handovers"),
        )
        browser = sign_in("zinder.social")
        assert again not in browser.get(case).content.decode()
        with at("zinder.social"):
            Handover.objects.filter(pk=offered["offer"].pk).update(expires_at=timezone.now() - timedelta(minutes=1))
        page = browser.get(case).content.decode()
        assert again in page and "Expiré sans réponse" in page
        assert "Expiré sans réponse" in browser.get(both).content.decode()


@pytest.mark.django_db
class TestTimes:
    """Devices and paper come late: what counts is when it happened."""

    THEN = timezone.now() - timedelta(minutes=20)

    def test_an_acceptance_is_dated_by_what_happened(self, at, told, offered):
        with at("edo.supervisor") as work:
            (row,) = accept_handovers(work, [HandoverStep(**told(id=offered["offer"].pk, occurred_at=self.THEN))])
            assert row.answered_at == self.THEN

    def test_so_is_a_withdrawal(self, at, told, offered):
        with at("zinder.social") as work:
            (row,) = withdraw_handovers(work, [HandoverStep(**told(id=offered["offer"].pk, occurred_at=self.THEN))])
            assert row.answered_at == self.THEN

    def test_so_is_a_no(self, at, told, offered):
        with at("edo.supervisor") as work:
            told_then = told(id=offered["offer"].pk, occurred_at=self.THEN)
            (row,) = decline_handovers(work, [HandoverDeclined(**told_then, reason="no_capacity")])
            assert row.answered_at == self.THEN


def test_an_offer_waits_on_the_work_list_of_who_may_answer(sign_in, at, told, offered):
    where = reverse("cases:handover", args=[offered["offer"].pk])
    with at("edo.reception") as work:
        assert [due.subject for due in standards.get("COMPASS-HANDOVER").queue(work)] == [offered["offer"]]

    page = sign_in("edo.reception").get(reverse("cases:today")).content.decode()
    assert where in page and offered["offer"].code in page
    assert where not in sign_in("zinder.cases").get(reverse("cases:today")).content.decode()
    accept(at, told, offered["offer"])
    assert where not in sign_in("edo.reception").get(reverse("cases:today")).content.decode()


class TestAcceptance:
    def test_it_works(self, at, told, offered):
        row = accept(at, told, offered["offer"])

        assert row.status == "accepted"
        with at("edo.supervisor") as work:
            people = {p.pk: p for p in Person.objects.all()}
            assert set(people) == {offered["mother"].pk, offered["child"].pk}
            assert identity(work, people[offered["mother"].pk])["family"] == "Osagie"
            assert identity(work, people[offered["child"].pk])["given"] == "Osas"
            case = Case.objects.get()
            assert (case.pk, case.owner_id) == (offered["case"].pk, None)
            assert Service.objects.get().country == "NE"

    def test_open_cases_take_the_country_of_the_office_and_its_time_limits(self, at, told, offered, owner):
        limit = "INSERT INTO cases_countrylimit (country, timeline, risk_level, hours) VALUES (%s, %s, %s, %s)"
        closed = {"id": uuid4(), "status": "closed", "code": "CLSD-0001"}
        with at("zinder.social"):
            row = Case.objects.get(pk=offered["case"].pk)
            level, before = row.risk_level, row.country
            for name, value in closed.items():
                setattr(row, name, value)
            row.save(force_insert=True)
        owner.execute(limit, ["NG", "follow_up_contact", level, 5])

        accept(at, told, offered["offer"])

        with at("edo.supervisor") as work:
            taken, done = Case.objects.get(pk=offered["case"].pk), Case.objects.get(pk=closed["id"])
            assert (before, taken.country, done.country) == ("NE", "NG", "NE")
            assert Files(work, [taken]).limit("follow_up_contact", taken) == timedelta(hours=5)

    def test_every_record_about_them_moved_and_the_sender_sees_none(self, at, told, offered):
        models = [m for m in apps.get_models() if issubclass(m, AboutPerson)]
        moving = [offered["mother"].pk, offered["child"].pk]
        with at("zinder.social"):
            before = {m: m.objects.filter(person__in=moving).count() for m in models}
            stays = {m: m.objects.filter(person=offered["boy"]).count() for m in models}

        accept(at, told, offered["offer"])

        with at("edo.supervisor"):
            assert {m: m.objects.filter(person__in=moving).count() for m in models} == before
            assert not any(m.objects.filter(person=offered["boy"]).exists() for m in models)
        with at("zinder.social") as work:
            assert not any(m.objects.filter(person__in=moving).exists() for m in models)
            assert {m: m.objects.filter(person=offered["boy"]).count() for m in models} == stays
            assert not SubjectKey.objects.filter(subject_id__in=moving).exists()
            assert identity(work, Person.objects.get(pk=offered["boy"].pk))["given"] == "Musa"
            with pytest.raises(NotFound):
                work.find("people.view", Person, offered["mother"].pk)
            assert Handover.objects.get(pk=offered["offer"].pk).status == "accepted"
        assert sum(before.values()) > 8

    def test_referrals_go_along_also_those_made_after_the_offer(self, at, told, offered):
        row = referred(at, told, offered["case"])

        accept(at, told, offered["offer"])

        def fields(work):
            found = Referral.objects.get(pk=row.pk)
            return work.keys.open(found.payload_sealed, table="cases_referral", column="payload_sealed", subject=row.pk)

        with at("edo.supervisor") as work:
            assert fields(work)["fields"] == {"symptoms_as_consented": "cough"}
        with at("zinder.clinic") as work:
            assert fields(work)["fields"] == {"symptoms_as_consented": "cough"}
        with at("zinder.social"):
            assert not Referral.objects.exists()

    def test_the_partner_does_not_learn_where_the_person_went(self, at, told, offered, sign_in):
        row = referred(at, told, offered["case"])

        accept(at, told, offered["offer"])

        clinic = sign_in("zinder.clinic")
        for address in (reverse("cases:referral", args=[row.pk]), reverse("cases:referrals")):
            page = clinic.get(address).content.decode()
            assert "OIM Niger" in page
            assert "IOM Nigeria" not in page

    def test_twice_is_once(self, at, told, offered):
        envelope = told(id=offered["offer"].pk)
        with at("edo.supervisor") as work:
            accept_handovers(work, [HandoverStep(**envelope)])
        with at("edo.supervisor") as work:
            (row,) = accept_handovers(work, [HandoverStep(**envelope)])
            assert row.status == "accepted"
            with pytest.raises(WrongState):
                accept_handovers(work, [HandoverStep(**told(id=offered["offer"].pk))])

    def test_the_new_office_can_go_on_working(self, at, told, offered):
        accept(at, told, offered["offer"])
        with at("edo.supervisor") as work:
            consents(work, told, offered["mother"].pk)
            given = ServiceGiven(
                **told(id=offered["mother"].pk), service="FOD", service_class="H", delivered_on=timezone.now().date()
            )
            (service,) = record_services(work, [given])
            assert service.country == "NG"


def test_two_colleagues_accept_at_once_and_one_is_told(apart, at, told, family, cluster):
    """Committed for real in a database of its own: the second waits for the first, then is refused."""
    with at("zinder.social") as work:
        made = family(work)
        row = offer(work, told, made["case"])
    results: list[str] = []
    start = threading.Barrier(2)

    def take(username):
        try:
            with at(username) as work:
                start.wait(timeout=10)
                accept_handovers(work, [HandoverStep(**told(id=row.pk))])
            results.append("accepted")
        except WrongState:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(name,)) for name in ("edo.supervisor", "edo.reception")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(results) == ["accepted", "refused"]
    with at("edo.supervisor"):
        assert Person.objects.count() == 2
    with cluster.connect("compass_owner", apart) as everything:
        assert everything.execute("SELECT count(*) FROM cases_handoverkey").fetchone() == (0,)


def test_a_key_held_back_cannot_be_added_to_another_offices_offer(db, at, told, offered):
    with at("td.supervisor") as work, pytest.raises(DatabaseError), transaction.atomic():
        HandoverKey.objects.bulk_create(
            [
                HandoverKey(
                    organisation_id=work.actor.organisation.pk,
                    handover_id=offered["offer"].pk,
                    subject=offered["mother"].pk,
                    organisation_key_version=1,
                    wrapped=b"x",
                )
            ]
        )
