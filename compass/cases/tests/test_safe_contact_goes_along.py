"""How a person may be reached without harm: beside the page that records a call, and in a referral that shares it."""

from __future__ import annotations

import uuid
from html import unescape

import pytest
from django.urls import reverse

from compass.cases.actions.referral import ReferralPrepared, ReferralStep, prepare_referrals, send_referrals
from compass.cases.tests.test_handover import accept, family, offered  # noqa: F401 fixtures
from compass.cases.tests.test_referral import CLINIC, PHONE, agreed, consent_to  # noqa: F401 a fixture
from compass.people.actions import IdentityChange, change_identity
from compass.people.models import Person
from compass.people.queries import former_contacts, opened

pytestmark = pytest.mark.django_db
HUSBAND = "Her husband, at the garage"
SAID = {"safe_contact": "sms", "safe_times": "before eleven", "speak_as": "the tailor", "must_not_know": HUSBAND,
        "trusted_person": "Zouera", "interpreter_needed": True, "interpreter_language": "ff"}  # fmt: skip


@pytest.fixture
def browse(sign_in):
    def make(login):
        browser = sign_in(login)
        browser.cookies["compass_language"] = "en"
        return browser

    return make


@pytest.fixture
def referred(at, told, agreed):  # noqa: F811
    """A case with a referral that a clinic reads, the safe contact shared or not."""

    def make(*, share):
        with at("zinder.social") as work:
            case = agreed(work)
            change_identity(work, [IdentityChange(**told(id=case.person_id), contact=SAID)])
            asked = {"service": "MED", "to_organisation_id": CLINIC, "priority": "urgent", "share_contact": share,
                     "fields": {"symptoms_as_consented": "fever", "pregnancy": "no"}}  # fmt: skip
            (row,) = prepare_referrals(work, [ReferralPrepared(**told(id=case.pk, basis="consent"), **asked)])
            (row,) = send_referrals(work, [ReferralStep(**told(id=row.pk))])
        return case, row

    return make


def read(browse, row):
    return unescape(browse("zinder.clinic").get(reverse("cases:referral", args=[row.pk])).content.decode())


def test_a_partner_that_may_call_reads_how(browse, referred):
    _case, row = referred(share=True)

    page = read(browse, row)

    assert PHONE in page and "before eleven" in page and "the tailor" in page
    assert "husband" not in page and "Zouera" not in page and "Fula" not in page


def test_a_partner_that_may_not_call_reads_nothing_of_it(browse, referred):
    _case, row = referred(share=False)

    page = read(browse, row)

    for word in (PHONE, "before eleven", "the tailor", "husband", "Zouera"):
        assert word not in page


def test_who_changes_a_contact_that_a_partner_has_is_told_whom_to_tell(browse, referred):
    case, _row = referred(share=True)
    client, where = browse("zinder.social"), reverse("people:contact", args=[case.person_id])
    typed = {"key": str(uuid.uuid4()), "version": "3", "unsafe_numbers": PHONE}

    page = unescape(client.post(where, typed, follow=True).content.decode())

    assert "may still use the former contact" in page
    assert "former contact" not in unescape(
        client.get(reverse("people:person", args=[case.person_id])).content.decode()
    )


def test_before_a_call_is_recorded_the_page_says_whether_to_call(browse, at, told, referred):
    case, _row = referred(share=False)
    where, client = reverse("cases:follow_up", args=[case.pk]), browse("zinder.social")

    open_ = unescape(client.get(where).content.decode())
    with at("zinder.social") as work:
        change = {"safe_contact": "no_contact", "safe_to_call": False}
        change_identity(work, [IdentityChange(**told(id=case.person_id), contact=change)])
        assert Person.objects.get(pk=case.person_id).version == 4
    closed = unescape(client.get(where).content.decode())

    assert "only at the recorded times" in open_ and "Give no paper" in open_
    assert "Do not call" in closed and "Do not contact" in closed
    assert PHONE not in open_ + closed and "before eleven" not in open_


def test_after_a_handover_the_new_office_knows_how_it_was_before_too(at, told, offered):  # noqa: F811
    pk, first = offered["mother"].pk, {"phone": PHONE, "safe_to_call": True}
    with at("zinder.social") as work:
        for contact in (first, {"phone": None, "safe_to_call": None, "unsafe_numbers": [PHONE]}):
            change_identity(work, [IdentityChange(**told(id=pk), contact=contact)])

    accept(at, told, offered["offer"])

    with at("edo.reception") as work:
        mother = work.find("people.identity", Person, pk)
        assert opened(work, mother).contact["unsafe_numbers"] == [PHONE]
        assert next(contact["phone"] for _row, contact in former_contacts(work, mother)) == PHONE
    with at("zinder.social") as work:
        assert former_contacts(work, mother) == []


def test_the_page_of_a_case_says_that_talks_need_an_interpreter(browse, referred):
    case, _row = referred(share=False)

    page = unescape(browse("zinder.social").get(reverse("cases:case", args=[case.pk])).content.decode())

    assert "Plan talks with an interpreter" in page and "Fula (Fulfulde)" in page
    assert PHONE not in page and "Zouera" not in page
