"""After consent was taken back, refused or ran out a page records only on a ground that somebody chose."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.cases.models import Case, FollowUp, Screening
from compass.people.models import Consent
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db

ENDS = {
    "withdrawn": lambda: {"withdrawn_at": timezone.now()},
    "refused": lambda: {"scopes": {"case_management_services": False}},
    "expired": lambda: {"expires_on": timezone.localdate() - timedelta(days=2)},
}
CONTACT = {
    "reached": "no", "kind": "for_service", "channel": "phone", "plan_reviewed": "no", "note": "kept-words",
}  # fmt: skip


@pytest.fixture
def made(at, case):
    with at("zinder.social") as work:
        return case(work)


def ended(at, row, how="withdrawn"):
    with at("zinder.social"):
        Consent.objects.filter(person=row.person_id).update(**ENDS[how]())


def send(client, name, row, **typed):
    pk = row.person_id if name == "screen" else row.pk
    address = reverse(f"cases:{name}", args=[pk])
    return client.send(address, {"key": str(uuid.uuid4()), **typed}, headers={"accept-language": "en"})


@pytest.mark.parametrize("how", ENDS)
def test_a_contact_waits_for_a_ground_and_what_was_typed_stays(sign_in, at, made, how):
    ended(at, made, how)
    client = sign_in("zinder.social")

    refused = send(client, "follow_up", made, **CONTACT)

    page = refused.content.decode()
    assert refused.status_code == 200 and "kept-words" in page and 'name="ground"' in page and "3001" in page
    with at("zinder.social"):
        assert not FollowUp.objects.exists()

    assert send(client, "follow_up", made, **CONTACT, ground="life").status_code == 302
    with at("zinder.social"):
        assert FollowUp.objects.get().basis == "vital_interest"


def test_the_law_is_a_basis_of_its_own_and_the_choice_is_on_record(sign_in, at, made):
    ended(at, made)

    send(sign_in("zinder.social"), "follow_up", made, **CONTACT, ground="law")

    with at("zinder.social"):
        assert FollowUp.objects.get().basis == "legal_duty"
    with at("geneva.protection") as work:
        assert "people.without_consent" in "".join(work.allowed("trail.view", Entry).values_list("body", flat=True))


def test_the_risk_waits_for_a_ground(sign_in, at, made):
    ended(at, made)
    client = sign_in("zinder.social")

    assert send(client, "risk", made, level="high", reason="", version=made.version).status_code == 200
    with at("zinder.social"):
        assert Case.objects.get(pk=made.pk).risk_level == made.risk_level
    assert send(client, "risk", made, level="high", reason="", version=made.version, ground="child").status_code == 302


def test_an_urgent_yes_waits_for_a_ground_that_goes_along(sign_in, at, made):
    ended(at, made)
    client = sign_in("zinder.social")
    urgent = {"step": "1", "medical_now": "yes", "danger_now": "no"}

    assert 'name="ground"' in send(client, "screen", made, **urgent).content.decode()
    with at("zinder.social"):
        assert not Screening.objects.exists()

    page = send(client, "screen", made, **urgent, ground="life").content.decode()
    assert '<input type="hidden" name="ground" value="life"' in page
    with at("zinder.social"):
        assert Screening.objects.get().basis == "vital_interest"


def test_a_case_may_be_ended_without_keeping_the_person_in_it(sign_in, at, made):
    ended(at, made)

    page = sign_in("zinder.social").get(reverse("cases:close", args=[made.pk])).content.decode()

    assert 'value="ending"' in page


def test_nobody_is_asked_where_the_person_agrees_or_nobody_has_asked(sign_in, at, made):
    client = sign_in("zinder.social")
    assert 'name="ground"' not in client.get(reverse("cases:follow_up", args=[made.pk])).content.decode()
    with at("zinder.social"):
        Consent.objects.filter(person=made.person_id).update(scopes={"data_processing": True})

    assert send(client, "follow_up", made, **CONTACT).status_code == 302
    with at("zinder.social"):
        assert FollowUp.objects.get().basis == "vital_interest"
