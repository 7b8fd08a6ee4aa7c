"""One purpose taken back: what was shared under it is recalled, what was shared under another purpose is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.referral import ReferralPrepared, ReferralStep, prepare_referrals, send_referrals
from compass.cases.files import Files
from compass.cases.models import Referral
from compass.cases.shared import at_the_latest
from compass.cases.views.common import agrees
from compass.config.demo.world import world_id
from compass.people.actions import ConsentGiven, Withdrawal, give_consent, withdraw_consent
from compass.people.queries import consent_of
from compass.problems import Invalid
from compass.vault.models import SubjectKey
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
PARTNERS = {"share_other_organizations": world_id("clinic"), "share_authorities": world_id("ministry")}
SHARED = dict.fromkeys(PARTNERS, True)


@pytest.fixture
def sent(at, told, person):
    """Someone with one referral to a clinic and one to a ministry: `(person, {scope: referral})`."""
    with at("zinder.social") as work:
        row = person(work)
        asked = {"certified": True, "information": code_list("consent_information").values}
        give_consent(work, [ConsentGiven(**told(id=row.pk), **asked, scopes=dict.fromkeys(PARTNERS, True))])
        (case,) = open_cases(work, [CaseOpening(**told(id=row.pk), risk_level="medium")])
        made = {}
        for scope, partner in PARTNERS.items():
            shared = {"service": "MED", "priority": "urgent", "fields": {"pregnancy": "no"}}
            (draft,) = prepare_referrals(
                work, [ReferralPrepared(**told(id=case.pk, basis="consent"), to_organisation_id=partner, **shared)]
            )
            (made[scope],) = send_referrals(work, [ReferralStep(**told(id=draft.pk))])
    return row, made


def recalled(at, made):
    with at("zinder.social"):
        rows = Referral.objects.in_bulk([row.pk for row in made.values()])
    return {scope for scope, row in made.items() if rows[row.pk].status == "revoked"}


def readable(at, made):
    names = {"share_other_organizations": "zinder.clinic", "share_authorities": "niger.focal"}
    found = set()
    for scope, row in made.items():
        with at(names[scope]):
            found |= {scope} if SubjectKey.objects.filter(subject_id=row.pk).exists() else set()
    return found


@pytest.mark.parametrize("scope", PARTNERS)
def test_only_what_was_shared_under_the_purpose_taken_back_is_recalled(at, told, sent, scope):
    row, made = sent
    assert (recalled(at, made), readable(at, made)) == (set(), set(PARTNERS))

    with at("zinder.social") as work:
        withdraw_consent(work, [Withdrawal(**told(id=consent_of(row.pk).pk), scopes=(scope,))])

    assert recalled(at, made) == {scope}
    assert readable(at, made) == set(PARTNERS) - {scope}


def test_asking_again_about_something_else_recalls_nothing(at, told, sent):
    row, made = sent

    with at("zinder.social") as work:
        asked = {"certified": True, "information": code_list("consent_information").values}
        give_consent(work, [ConsentGiven(**told(id=row.pk), **asked, scopes={"photo_audio": False})])

    assert recalled(at, made) == set()
    assert readable(at, made) == set(PARTNERS)


def test_a_sooner_end_ends_what_runs_and_a_later_one_makes_nothing_longer(at, told, sent):
    """The partner reads no longer than the yes holds; nobody else ends it; what the person is told says the same day."""
    row, made = sent
    today = timezone.now().date()  # consent counts by UTC

    def until(days):
        with at("zinder.social") as work:
            asked = {"certified": True, "information": code_list("consent_information").values, "scopes": SHARED}
            end = None if days is None else today + timedelta(days=days)
            give_consent(work, [ConsentGiven(**told(id=row.pk), **asked, until=end)])

    def ends():
        with at("zinder.clinic"):
            return SubjectKey.objects.get(subject_id=clinic.pk).expires_at.date()

    clinic, before = made["share_other_organizations"], today + timedelta(days=90)
    assert ends() == before
    until(None)
    assert ends() == before
    with at("edo.reception"), connection.cursor() as cursor:
        cursor.execute("SELECT compass_referral_until(%s, %s)", [[clinic.pk], [timezone.now()]])
        assert cursor.fetchone() == (0,)
    until(20)
    assert ends() == today + timedelta(days=21), "the moment at which the last day is over"
    until(300)

    assert ends() == today + timedelta(days=21)
    assert (recalled(at, made), readable(at, made)) == (set(), set(PARTNERS))
    with at("zinder.social"):
        assert at_the_latest(row, [Referral.objects.get(pk=clinic.pk)])[clinic.pk].date() == today + timedelta(days=21)
    with pytest.raises(Invalid):
        until(-1)


@pytest.mark.parametrize("first_a_part", [False, True], ids=["asked twice", "a part, then all"])
def test_an_older_consent_does_not_come_back_to_life(at, told, person, first_a_part):
    with at("zinder.social") as work:
        row = person(work)
        (case,) = open_cases(work, [CaseOpening(**told(id=row.pk), risk_level="medium")])
        if first_a_part:
            withdraw_consent(work, [Withdrawal(**told(id=consent_of(row.pk).pk), scopes=("data_processing",))])
        else:
            asked = {"certified": True, "information": code_list("consent_information").values}
            give_consent(work, [ConsentGiven(**told(id=row.pk), **asked, scopes={"case_management_services": True})])
    with at("zinder.social") as work:
        assert Files(work, [case]).consent(case) is not None and agrees(Files(work, [case]), case)
        withdraw_consent(work, [Withdrawal(**told(id=consent_of(row.pk).pk))])

    with at("zinder.social") as work:
        files = Files(work, [case])
        assert files.consent(case) is None
        assert not agrees(files, case)
