"""A referral on vital interest after a spoken no: the second person comes first, unless minutes count; all are told."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from compass.cases.actions.referral import (
    ReferralChanged,
    ReferralStep,
    SentAtOnce,
    change_referrals,
    review_referrals,
    send_referrals,
)
from compass.cases.files import Files
from compass.cases.models import Case, CaseReferral, Referral
from compass.cases.sealing import open_from
from compass.cases.standards import moments
from compass.cases.tests.test_referral import agreed, consent_to, prepared  # noqa: F401
from compass.cases.vital import NOT_TOLD, waiting_vital
from compass.people.actions import Withdrawal, withdraw_consent
from compass.people.consent import says_no
from compass.people.models import Consent
from compass.problems import Invalid, SaidNo, SecondPersonNeeded, WrongState

pytestmark = pytest.mark.django_db
SHARE = "share_other_organizations"
VITAL = {"basis": "vital_interest", "override": "unconscious"}


@pytest.fixture
def send(at, told):
    def run(row, why=None, who="zinder.social"):
        step = told(id=row.pk, basis="vital_interest")
        with at(who) as work:
            return send_referrals(work, [ReferralStep(**step) if why is None else SentAtOnce(**step, why=why)])[0]

    return run


@pytest.fixture
def review(at, told):
    def run(row, who="zinder.supervisor"):
        with at(who) as work:
            return review_referrals(work, [ReferralStep(**told(id=row.origin_id, basis="vital_interest"))])

    return run


def waiting(at, who="zinder.supervisor"):
    with override("en"), at(who) as work:
        return [(str(each.asked), each.urgent, each.mine) for each in waiting_vital(work)]


def open_on(at, case, *ids):
    with override("en"), at("zinder.social") as work:
        files = Files(work, [Case.objects.select_related("person").get(pk=case.pk)])
        return {
            str(item.what): item.due.due_at - timezone.now() < timedelta(0)
            for item in moments(files)
            if item.standard.id in ids
        }


def test_after_a_no_the_second_person_comes_first(at, told, agreed, send, review, sign_in):  # noqa: F811
    with at("zinder.social") as work:
        case = agreed(work, share=False)
        row = prepared(work, told, case, **VITAL)
    with pytest.raises(SaidNo, match="organisations nommées"):
        send(row)
    ((asked, urgent, mine),) = waiting(at)
    assert "before it is sent" in asked and urgent and not mine
    assert list(open_on(at, case, "CM-18", "COMPASS-VITAL").values()) == [True], "due at once, and nothing to tell yet"
    assert "send/" in (page := sign_in("zinder.social").get(reverse("cases:referral", args=[row.pk])).content.decode())
    assert 'name="at_once"' in page and 'class="stop"' in page
    assert "unconscious" in sign_in("zinder.supervisor").get(reverse("cases:referral", args=[row.pk])).content.decode()

    review(row)
    # What was agreed to was rewritten, and then said no to once more: each time it is read again.
    with at("zinder.social") as work:
        change_referrals(work, [ReferralChanged(**told(id=row.pk, basis="vital_interest"), priority="normal")])
    with pytest.raises(SaidNo):
        send(row)
    review(row)
    with at("zinder.social") as work:
        consent_to(work, told, case.person_id, **{SHARE: False})
    with pytest.raises(SaidNo):
        send(row)
    review(row)
    with pytest.raises(WrongState):
        review(row)

    assert send(row).sent_at is not None
    assert waiting(at) == []
    assert open_on(at, case, "CM-18", "COMPASS-VITAL") == {
        "This was shared without consent: tell the person, and ask": False
    }
    with at("zinder.social") as work:
        side = CaseReferral.objects.get()
        assert side.after_no and side.at_once_by is None
        consent_to(work, told, case.person_id, **{SHARE: False})
    assert open_on(at, case, "CM-18", "COMPASS-VITAL") == {}, "told and asked, whatever the answer"


def test_where_minutes_count_the_supervisors_see_it_at_once(at, told, agreed, send, review, sign_in):  # noqa: F811
    with at("zinder.social") as work:
        case = agreed(work)
        row = prepared(work, told, case, **VITAL)
        (newest,) = Consent.objects.filter(person_id=case.person_id)
        withdraw_consent(work, [Withdrawal(**told(id=newest.pk))])
    with pytest.raises(Invalid):
        send(row, why=" ")
    client = sign_in("zinder.social")
    posted = {"key": str(uuid.uuid4()), "at_once": "she bleeds to death"}
    page = reverse("cases:referral", args=[row.pk])
    client.post(
        reverse("cases:referral_step", args=[row.pk, "send"]), {**posted, "at_once": "", "key": str(uuid.uuid4())}
    )
    with at("zinder.social"):
        assert Referral.objects.get().sent_at is None, "the button alone does not send"
    client.post(reverse("cases:referral_step", args=[row.pk, "send"]), posted)

    with at("zinder.social") as work:
        side = CaseReferral.objects.get()
        assert side.at_once_by == work.actor.id and side.after_no and side.reviewed_at is None
        assert open_from(work, side, "at_once_sealed") == "she bleeds to death"
    ((asked, urgent, mine),) = waiting(at)
    assert "at once" in asked and urgent and not mine
    assert "she bleeds" in sign_in("zinder.supervisor").get(page).content.decode()
    assert "she bleeds" not in sign_in("zinder.social").get(page).content.decode()
    assert (
        reverse("cases:referral", args=[row.pk])
        in sign_in("zinder.supervisor").get(reverse("cases:team")).content.decode()
    )
    review(row)
    assert waiting(at) == []

    # Nobody told the person in time: it is the supervisor's now.
    with at("zinder.social"):
        Consent.objects.filter(person_id=case.person_id).update(occurred_at=timezone.now() - timedelta(days=5))
        Referral.objects.filter(pk=row.pk).update(sent_at=timezone.now() - timedelta(days=4))
    with override("en"):
        assert [each[0] for each in waiting(at)] == [str(NOT_TOLD)]
    with at("zinder.social") as work:
        consent_to(work, told, case.person_id, **{SHARE: False})
    assert waiting(at) == []


def test_whoever_sends_at_once_is_no_second_person(at, told, agreed, send, review):  # noqa: F811
    with at("zinder.social") as work:
        row = prepared(work, told, agreed(work, share=False), **VITAL)
    send(row, why="he stopped breathing", who="zinder.supervisor")

    assert waiting(at)[0][2], "theirs: someone else decides"
    with pytest.raises(SecondPersonNeeded):
        review(row)


@pytest.mark.parametrize("share", [None, True])
def test_without_a_no_nothing_waits(at, told, agreed, send, share):  # noqa: F811
    with at("zinder.social") as work:
        row = prepared(work, told, agreed(work, share=share), **VITAL)

    assert send(row).sent_at is not None
    assert [each[1] for each in waiting(at)] == [False], "a supervisor looks at it within 72 hours"


def test_a_no_does_not_grow_old():
    then = timezone.now() - timedelta(days=500)
    row = {"occurred_at": then, "recorded_at": then, "expires_on": then.date() + timedelta(days=365)}

    assert says_no([Consent(**row, scopes={SHARE: False})], SHARE)
    assert says_no([Consent(**row, scopes={SHARE: True}, withdrawn_at=then)], SHARE)
    assert says_no([Consent(**row, scopes={SHARE: True}, child_agrees=False)], SHARE)
    assert not says_no([Consent(**row, scopes={SHARE: True})], SHARE), "a yes that ended is no no"
    assert not says_no([Consent(**row, scopes={})], SHARE) and not says_no([], SHARE)
