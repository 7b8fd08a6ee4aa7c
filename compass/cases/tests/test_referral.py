"""A referral: what the partner sees, what it never sees, and how it ends."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from compass.access.models import Organisation, OrganisationKind
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.referral import (
    ReferralPrepared,
    ReferralStep,
    note_outcomes,
    prepare_referrals,
    review_referrals,
    revoke_referrals,
    send_referrals,
)
from compass.cases.actions.referral_answer import ReferralAnswer, ReferralOutcome, answer_referrals, record_outcomes
from compass.cases.files import Files
from compass.cases.models import Case, CaseReferral, Referral, ReferralFile
from compass.cases.standards import moments
from compass.config.demo.world import world_id
from compass.people.actions import (
    ConsentGiven,
    IdentityChange,
    Withdrawal,
    change_identity,
    give_consent,
    withdraw_consent,
)
from compass.people.consent import _COVERED_BY, scope_for
from compass.people.models import Consent, Person, Service
from compass.problems import (
    ConsentMissing,
    Invalid,
    KeyAbsent,
    NotFound,
    SecondPersonNeeded,
    StandardNotMet,
    TooFarAway,
    UnknownCode,
    WrongState,
)
from compass.ui.uploads import Attachment
from compass.vault.models import SubjectKey
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
CLINIC = world_id("clinic")
SECRET = "fièvre depuis trois jours"
PHONE = "+22790001234"
PHOTO = Attachment(b"\xff\xd8\xff rest of a photo", "image/jpeg", "ordonnance de Sabha.jpg")


@pytest.fixture
def agreed(told, person):
    """Someone who agreed to share with named organisations, or was not asked (None), with a telephone and a case."""

    def make(work, *, share=True):
        row = person(work, consent=False)
        contact = {
            "phone": PHONE,
            "safe_to_call": True,
            "what_to_say": "Say it is the tailor",
            "safe_to_carry_paper": False,
        }
        change_identity(work, [IdentityChange(**told(id=row.pk, basis="vital_interest"), contact=contact)])
        consent_to(work, told, row.pk, **({} if share is None else {"share_other_organizations": share}))
        (case,) = open_cases(work, [CaseOpening(**told(id=row.pk), risk_level="medium")])
        return case

    return make


def consent_to(work, told, pk, **scopes):
    when = timezone.now()
    (row,) = give_consent(
        work,
        [
            ConsentGiven(
                **told(id=pk, occurred_at=when),
                certified=True,
                information=code_list("consent_information").values,
                scopes={"case_management_services": True, "data_processing": True, **scopes},
            )
        ],
    )
    return row


def prepared(work, told, case, **changes):
    basis = changes.pop("basis", "consent")
    asked = {
        "service": "MED",
        "to_organisation_id": CLINIC,
        "priority": "urgent",
        "share_contact": True,
        "fields": {"symptoms_as_consented": SECRET, "pregnancy": "no"},
        **changes,
    }
    return prepare_referrals(work, [ReferralPrepared(**told(id=case.pk, basis=basis), **asked)])[0]


@pytest.fixture
def sent(at, told, agreed):
    with at("zinder.social") as work:
        row = prepared(work, told, agreed(work))
        (row,) = send_referrals(work, [ReferralStep(**told(id=row.pk))])
    return row


def payload(work, row):
    return work.keys.open(row.payload_sealed, table="cases_referral", column="payload_sealed", subject=row.pk)


def done(at, told, row, **changes):
    with at("zinder.clinic") as work:
        answer_referrals(work, [ReferralAnswer(**told(id=row.pk), answer="acknowledged")])
        answer_referrals(work, [ReferralAnswer(**told(id=row.pk), answer="accepted", note="Tuesday at nine")])
        outcome = {"outcome": "service_completed", "delivered_on": timezone.now().date(), "files": (PHOTO,), **changes}
        (row,) = record_outcomes(work, [ReferralOutcome(**told(id=row.pk), **outcome)])
    return row


def test_it_works(at, told, sent):
    with at("zinder.clinic") as work:
        (row,) = work.allowed("referrals.inbox", Referral)

        assert payload(work, row) == {
            "sex": "female",
            "age_band": "30-39",
            "relation": "",
            "languages": [],
            "fields": {"symptoms_as_consented": SECRET, "pregnancy": "no"},
            "contact": {"phone": PHONE, "safe_to_call": True, "what_to_say": "Say it is the tailor"},
        }

    done(at, told, sent)

    with at("zinder.social") as work:
        (row,) = note_outcomes(work, [ReferralStep(**told(id=sent.pk))])
        service = Service.objects.get(origin=row.pk)
        file = ReferralFile.objects.get(referral=row)

        assert (service.service, service.service_class, service.provider_id, service.country) == (
            "MED",
            "C",
            CLINIC,
            "NE",
        )
        assert (
            work.keys.open_file(
                file.content_sealed, table="cases_referralfile", column="content_sealed", subject=row.pk, row=file.pk
            )
            == PHOTO.content
        )
        assert b"Sabha" not in bytes(file.name_sealed)


def test_the_partner_sees_nothing_but_the_referral(at, sent):
    with at("zinder.social"):
        person = CaseReferral.objects.get(pk=sent.origin_id).person_id
    with at("zinder.clinic") as work:
        for model in (Person, Case, CaseReferral, Consent, Service):
            assert not model.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM people_person")
            assert cursor.fetchone() == (0,)
            cursor.execute("SELECT subject_id FROM vault_subjectkey")
            assert cursor.fetchall() == [(sent.pk,)]
        with pytest.raises(KeyAbsent):
            work.keys.seal("x", table="t", column="c", subject=person)


def test_another_partner_and_another_office_see_no_referral(at, sent):
    for username in ("niger.focal", "edo.reception", "geneva.results", "hague.desk"):
        with at(username), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_referral")
            assert cursor.fetchone() == (0,)


def test_a_draft_is_not_seen_by_the_partner(at, told, agreed):
    with at("zinder.social") as work:
        row = prepared(work, told, agreed(work))

    with at("zinder.clinic") as work:
        assert not Referral.objects.exists()
        with pytest.raises(KeyAbsent):
            work.keys.seal("x", table="t", column="c", subject=row.pk)


def test_nothing_is_clear_in_the_tables(at, sent, told):
    done(at, told, sent)
    for table in ("cases_referral", "cases_casereferral", "cases_referralfile"):
        with at("zinder.social"), connection.cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM {table} t")
            text = " ".join(row[0] for row in cursor.fetchall())
        for secret in (SECRET, PHONE, "Sabha", "Osagie"):
            assert secret not in text and secret.encode().hex() not in text


def test_without_consent_it_is_refused(at, told, agreed):
    with at("zinder.social") as work:
        case = agreed(work, share=False)
        with pytest.raises(ConsentMissing):
            prepared(work, told, case)


def test_a_ministry_needs_the_consent_for_authorities(at, told, agreed):
    with at("zinder.social") as work:
        case = agreed(work)
        with pytest.raises(ConsentMissing):
            prepared(work, told, case, to_organisation_id=world_id("ministry"))


def test_unhcr_needs_the_consent_for_unhcr(at, told, agreed, monkeypatch):
    assert scope_for(Organisation(kind="unhcr")) == "share_unhcr"
    # Only the owner makes organisations; the clinic stands for it.
    monkeypatch.setitem(_COVERED_BY, OrganisationKind.PARTNER, "share_unhcr")
    with at("zinder.social") as work:
        case = agreed(work)
        with pytest.raises(ConsentMissing):
            prepared(work, told, case)
        given = Consent.objects.filter(person=case.person_id).latest("occurred_at", "recorded_at")
        again = told(id=case.person_id, occurred_at=timezone.now())
        (yes,) = give_consent(
            work,
            [ConsentGiven(**again, certified=True, information=given.information, scopes={"share_unhcr": True})],
        )
        row = prepared(work, told, case)
        send_referrals(work, [ReferralStep(**told(id=row.pk))])
        withdraw_consent(work, [Withdrawal(**told(id=yes.pk), scopes=("share_unhcr",))])
        row.refresh_from_db()
        assert row.recalled_at is not None


def test_consent_that_ended_before_sending_stops_it(at, told, agreed):
    with at("zinder.social") as work:
        row = prepared(work, told, agreed(work))
        consent = Consent.objects.get(person=row.origin.person_id)
        withdraw_consent(work, [Withdrawal(**told(id=consent.pk))])
        with pytest.raises((ConsentMissing, WrongState)):
            send_referrals(work, [ReferralStep(**told(id=row.pk))])


def test_vital_interest_needs_a_reason_and_a_supervisor(at, told, agreed):
    with at("zinder.social") as work:
        case = agreed(work, share=None)
        with pytest.raises(Invalid):
            prepared(work, told, case, basis="vital_interest")
        row = prepared(work, told, case, basis="vital_interest", override="unconscious")
        send_referrals(work, [ReferralStep(**told(id=row.pk, basis="vital_interest"))])

        items = [i for i in moments(Files(work, [case])) if i.standard.id == "CM-18"]

        assert [i.due.waits_for for i in items] == ["supervisor"]

    with at("zinder.supervisor") as work:
        review_referrals(work, [ReferralStep(**told(id=row.origin_id))])
        assert not [i for i in moments(Files(work, [Case.objects.get(pk=case.pk)])) if i.standard.id == "CM-18"]


def test_who_reviews_it_reads_why_it_could_not_wait(at, told, agreed, sign_in):
    with at("zinder.social") as work:
        row = prepared(work, told, agreed(work, share=None), basis="vital_interest", override="unconscious since noon")
        send_referrals(work, [ReferralStep(**told(id=row.pk, basis="vital_interest"))])

    page = reverse("cases:referral", args=[row.pk])
    assert "unconscious since noon" in sign_in("zinder.supervisor").get(page).content.decode()
    assert "unconscious since noon" not in sign_in("zinder.social").get(page).content.decode()


def test_who_sent_it_does_not_review_it(at, told, agreed):
    with at("zinder.supervisor") as work:
        row = prepared(work, told, agreed(work, share=False), basis="vital_interest", override="unconscious")
        with pytest.raises(SecondPersonNeeded):
            review_referrals(work, [ReferralStep(**told(id=row.origin_id))])


def test_a_field_that_the_service_does_not_need_is_refused(at, told, agreed):
    with at("zinder.social") as work, pytest.raises(StandardNotMet, match="CM-19"):
        prepared(work, told, agreed(work), fields={"legal_issue": "divorce"})


@pytest.mark.parametrize("to", [world_id("NE"), world_id("funder"), uuid.uuid4()])
def test_only_a_partner_can_receive(at, told, agreed, to):
    with at("zinder.social") as work, pytest.raises(NotFound):
        prepared(work, told, agreed(work), to_organisation_id=to)


def test_the_same_key_counts_once(at, told, sent):
    envelope = told(id=sent.pk)
    done(at, told, sent)
    with at("zinder.social") as work:
        note_outcomes(work, [ReferralStep(**envelope)])
        note_outcomes(work, [ReferralStep(**envelope)])

        assert Service.objects.filter(origin=sent.pk).count() == 1
        with pytest.raises(WrongState):
            note_outcomes(work, [ReferralStep(**told(id=sent.pk))])


def test_withdrawn_consent_takes_the_key_back(at, told, sent):
    with at("zinder.social") as work:
        consent = Consent.objects.get(person=CaseReferral.objects.get(pk=sent.origin_id).person_id)
        withdraw_consent(work, [Withdrawal(**told(id=consent.pk))])

        assert Referral.objects.get(pk=sent.pk).status == "revoked"

    with at("zinder.clinic") as work:
        row = Referral.objects.get(pk=sent.pk)
        assert row.recalled_at is not None
        with pytest.raises(KeyAbsent):
            payload(work, row)
        with pytest.raises(WrongState):
            answer_referrals(work, [ReferralAnswer(**told(id=sent.pk), answer="accepted")])


def test_a_new_answer_that_says_no_takes_the_key_back(at, told, sent):
    with at("zinder.social") as work:
        consent_to(work, told, CaseReferral.objects.get(pk=sent.origin_id).person_id, share_other_organizations=False)

    with at("zinder.clinic") as work, pytest.raises(KeyAbsent):
        payload(work, Referral.objects.get(pk=sent.pk))


def test_a_new_answer_that_says_yes_again_changes_nothing(at, told, sent):
    with at("zinder.social") as work:
        consent_to(work, told, CaseReferral.objects.get(pk=sent.origin_id).person_id, share_other_organizations=True)

    with at("zinder.clinic") as work:
        assert payload(work, Referral.objects.get(pk=sent.pk))["fields"]["pregnancy"] == "no"


def test_taking_back(at, told, sent):
    with at("zinder.social") as work:
        revoke_referrals(work, [ReferralStep(**told(id=sent.pk))])
        with pytest.raises(WrongState):
            revoke_referrals(work, [ReferralStep(**told(id=sent.pk))])

    with at("zinder.clinic") as work, pytest.raises(KeyAbsent):
        payload(work, Referral.objects.get(pk=sent.pk))


def test_the_partners_key_runs_out(at, sent):
    with at("zinder.clinic"):
        expires = SubjectKey.objects.get(subject_id=sent.pk).expires_at

    assert timedelta(days=89) < expires - timezone.now() <= timedelta(days=90)


def test_rejected_with_a_reason(at, told, sent):
    with at("zinder.clinic") as work:
        with pytest.raises(UnknownCode):
            answer_referrals(work, [ReferralAnswer(**told(id=sent.pk), answer="rejected", reason="no mood")])
        (row,) = answer_referrals(work, [ReferralAnswer(**told(id=sent.pk), answer="rejected", reason="no_capacity")])
        assert (row.status, row.rejection_reason) == ("rejected", "no_capacity")
        with pytest.raises(WrongState):
            record_outcomes(work, [ReferralOutcome(**told(id=sent.pk), outcome="service_completed")])

    with at("zinder.social") as work:
        note_outcomes(work, [ReferralStep(**told(id=sent.pk))])
        assert not Service.objects.exists()


def test_an_outcome_of_tomorrow_or_without_a_day_is_refused(at, told, sent):
    with at("zinder.clinic") as work:
        answer_referrals(work, [ReferralAnswer(**told(id=sent.pk), answer="accepted")])
        tomorrow = work.today + timedelta(days=1)
        with pytest.raises(TooFarAway):
            record_outcomes(
                work, [ReferralOutcome(**told(id=sent.pk), outcome="service_completed", delivered_on=tomorrow)]
            )
        with pytest.raises(Invalid):
            record_outcomes(work, [ReferralOutcome(**told(id=sent.pk), outcome="service_completed")])


def test_nothing_given_is_no_service(at, told, sent):
    done(at, told, sent, outcome="not_given", delivered_on=None)
    with at("zinder.social") as work:
        note_outcomes(work, [ReferralStep(**told(id=sent.pk))])

        assert not Service.objects.exists()


def test_the_standards_follow_the_referral(at, told, sent):
    def open_rules(work):
        case = CaseReferral.objects.select_related("case").get(pk=sent.origin_id).case
        return {i.standard.id for i in moments(Files(work, [case])) if i.standard.id in {"CM-18", "CM-20", "CM-21"}}

    with at("zinder.social") as work:
        assert open_rules(work) == {"CM-20", "CM-21"}
    done(at, told, sent)
    with at("zinder.social") as work:
        assert open_rules(work) == {"CM-21"}
        note_outcomes(work, [ReferralStep(**told(id=sent.pk))])
        assert open_rules(work) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_referral SET organisation_id = to_organisation_id",
        "UPDATE cases_referral SET to_organisation_id = '{niger}'",
        "UPDATE cases_referralfile SET content_sealed = ''",
        "DELETE FROM cases_referral",
        "SELECT compass_share_key('{pk}', '{niger}', 'x'::bytea, now() + interval '1 day')",
    ],
)
def test_raw_sql_of_the_partner_changes_no_bounds(at, sent, statement):
    with at("zinder.clinic"), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(pk=sent.pk, niger=world_id("NG")))


def test_raw_sql_of_another_office_recalls_nothing(at, sent):
    with at("edo.reception"), connection.cursor() as cursor:
        cursor.execute("SELECT compass_referral_recall(%s::uuid[])", [[sent.pk]])
        assert cursor.fetchone() == ([],)

    with at("zinder.clinic") as work:
        assert payload(work, Referral.objects.get(pk=sent.pk))


def test_a_persons_key_is_never_shared(at, sent):
    with at("zinder.social") as work:
        person = CaseReferral.objects.get(pk=sent.origin_id).person_id
        with pytest.raises(DatabaseError), transaction.atomic():
            work.keys.share(person, CLINIC, expires_at=timezone.now() + timedelta(days=1))
