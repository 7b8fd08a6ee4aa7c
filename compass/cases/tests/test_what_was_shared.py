"""What the page says was shared: from the records and the trail, with what was called back and what could not be."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.referral import ReferralStep, revoke_referrals, send_referrals
from compass.cases.models import CaseReferral, Referral
from compass.cases.shared import at_the_latest, referred
from compass.cases.tests.test_handover import accept, family, offered  # noqa: F401
from compass.cases.tests.test_referral import (  # noqa: F401
    PHONE,
    SECRET,
    agreed,
    consent_to,
    done,
    prepared,
    sent,
)
from compass.people.actions import IdentityChange, Withdrawal, change_identity, withdraw_consent
from compass.people.models import Consent, Person
from compass.people.queries import explanations
from compass.vault.models import SubjectKey

pytestmark = pytest.mark.django_db
NOTHING = "Nothing about this person was shared"


@pytest.fixture
def read(sign_in):
    """`read(person, "zinder.cases")`: the words of the page; `path` another one of the same person."""

    def page(person, username="zinder.cases", path="shared/"):
        client = sign_in(username)
        client.cookies["compass_language"] = "en"
        return unescape(client.get(f"/people/{person}/{path}").content.decode())

    return page


@pytest.fixture
def about(at, sent):  # noqa: F811
    """Whom the referral is about."""
    with at("zinder.social"):
        return CaseReferral.objects.get(pk=sent.origin_id).person_id


def take_back(at, told, person, *scopes):
    with at("zinder.social") as work:
        given = Consent.objects.filter(person=person).latest("occurred_at")
        withdraw_consent(work, [Withdrawal(**told(id=given.pk), scopes=scopes)])


def test_it_works(read, about):
    page = read(about)

    assert "we told" in page and "that this help is needed" in page
    assert "They can read it until" in page and "They were not told the name." in page
    assert "Consent of the person" in page and "Telephone" in page
    assert SECRET not in page and PHONE not in page and "Ese" not in page


def test_a_draft_was_never_shared(at, told, agreed, read):  # noqa: F811
    with at("zinder.social") as work:
        case = agreed(work)
        prepared(work, told, case)

    assert NOTHING in read(case.person_id)


def test_before_consent_is_taken_back_the_page_says_what_becomes_of_what_was_shared(read, about):
    page = read(about, path="withdraw/")

    assert "What becomes of what was shared" in page
    assert "When consent to this sharing is taken back, it is taken back from them at once." in page


def test_afterwards_it_says_when_the_partner_lost_it_and_what_stays(at, told, sent, about, read):  # noqa: F811
    done(at, told, sent)
    take_back(at, told, about)

    page = read(about)

    assert "It was taken back on" in page and "They can read it until" not in page
    assert "keep their own record of it" in page
    assert "What was shared, what was called back and what could not be" in read(about, path="")


def test_what_rests_on_vital_interest_stays(at, told, agreed, read):  # noqa: F811
    with at("zinder.social") as work:
        case = agreed(work, share=None)
        row = prepared(work, told, case, basis="vital_interest", override="unconscious")
        send_referrals(work, [ReferralStep(**told(id=row.pk))])
    take_back(at, told, case.person_id)

    page = read(case.person_id)

    assert "It stays when consent is taken back." in page and "They can read it until" in page


@pytest.mark.parametrize("vital", [False, True])
def test_nobody_is_said_to_have_lost_what_they_can_still_read(at, told, agreed, vital):  # noqa: F811
    why = {"basis": "vital_interest", "override": "unconscious"} if vital else {}
    earlier = {"occurred_at": timezone.now() - timedelta(hours=20)}
    with at("zinder.social") as work:
        case = agreed(work)
        row = prepared(work, told, case, **why)
        send_referrals(work, [ReferralStep(**told(id=row.pk, **earlier))])
    with at("zinder.clinic"):
        lost = SubjectKey.objects.get(subject_id=row.pk).expires_at

    with at("zinder.social"):
        person = Person.objects.get(pk=case.person_id)
        rows = list(Referral.objects.select_related("origin").filter(pk=row.pk))
        said = at_the_latest(person, rows)[row.pk]

    assert lost <= said <= lost + timedelta(days=1)


def test_what_the_office_took_back_is_closed(at, told, sent, about, read):  # noqa: F811
    with at("zinder.social") as work:
        revoke_referrals(work, [ReferralStep(**told(id=sent.pk))])

    assert "It was taken back on" in read(about) and "Closed to them" in read(about)


def test_an_offer_names_nobody_and_falls(at, told, offered, read):  # noqa: F811
    mother = offered["mother"].pk
    assert "They can accept it until" in read(mother)

    take_back(at, told, mother)

    assert "The offer ended on" in read(mother) and "They can accept it until" not in read(mother)


def test_what_was_accepted_abroad_is_not_handed_back(at, told, offered, read):  # noqa: F811
    accept(at, told, offered["offer"])

    page = read(offered["mother"].pk, "edo.supervisor")

    assert "handed the whole record over to" in page and "is not handed back when consent is taken back" in page


def test_a_paper_that_was_handed_out_comes_from_the_trail(at, told, person, sign_in, read):
    with at("zinder.social") as work:
        someone = person(work)
        contact = {"safe_to_carry_paper": True}
        change_identity(work, [IdentityChange(**told(id=someone.pk), contact=contact)])
    assert NOTHING in read(someone.pk)

    printed = sign_in("zinder.social").get(f"/people/{someone.pk}/summary/fr.pdf")

    assert printed.status_code == 200
    page = read(someone.pk)
    assert "a summary was printed on paper" in page and "cannot be called back" in page and NOTHING not in page


def test_each_purpose_says_until_when_since_when_or_that_nobody_asked(at, told, person, read):
    with at("zinder.social") as work:
        someone = person(work, consent=False)
        open_cases(work, [CaseOpening(**told(id=someone.pk), risk_level="low")])
    assert "Never asked, so it is not allowed." in read(someone.pk)

    with at("zinder.social") as work:
        given = consent_to(work, told, someone.pk, share_family=False)
        consent_to(work, told, someone.pk, share_family=False)
    said = {}
    with at("zinder.social"):
        Consent.objects.filter(pk=given.pk).update(occurred_at=timezone.now() - timedelta(days=40))
        said = {row.scope: row.answer for row in explanations(someone.pk)}

    assert said["data_processing"].until is not None and "Yes, until" in read(someone.pk)
    assert (timezone.now().date() - said["share_family"].on).days in {39, 40, 41}, "since the first no"
    assert "No, since" in read(someone.pk)

    take_back(at, told, someone.pk)
    assert "consent was taken back" in read(someone.pk)


def test_a_monitoring_officer_does_not_read_it(about, sign_in):
    assert sign_in("edo.monitoring").get(f"/people/{about}/shared/").status_code in {403, 404}


def test_no_more_queries_for_more_referrals(at, told, agreed, django_assert_max_num_queries):  # noqa: F811
    with at("zinder.social") as work:
        case = agreed(work)
        for _ in range(4):
            send_referrals(work, [ReferralStep(**told(id=prepared(work, told, case).pk))])
        person = Person.objects.get(pk=case.person_id)
    with at("zinder.social") as work, django_assert_max_num_queries(9):
        assert len(referred(work, person)) == 4
    with at("zinder.social"):
        assert Referral.objects.count() == 4
