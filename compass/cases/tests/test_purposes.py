"""A service that is an act of its own is asked for by name: looking for the family, telling it, the consulate."""

from __future__ import annotations

import pytest
from django.urls import reverse

from compass.cases.actions.referral import ReferralStep, send_referrals
from compass.cases.actions.screening import Screened, screen_people
from compass.cases.models import Referral
from compass.cases.screening import URGENT
from compass.cases.tests.test_referral import CLINIC, agreed, consent_to, prepared  # noqa: F401
from compass.problems import ConsentMissing, NoConsulate, SaidNo

pytestmark = pytest.mark.django_db
SHARE = "share_other_organizations"
ASKED = [("FTR", "tracing_disclosure"), ("FRE", "share_family"), ("CON", "consular_contact")]
VITAL = {"basis": "vital_interest", "override": "danger"}


@pytest.mark.parametrize(("service", "scope"), ASKED)
def test_each_is_referred_only_with_its_own_yes_and_taken_back_with_it(at, told, agreed, sign_in, service, scope):  # noqa: F811
    what = {"service": service, "fields": {}}
    with at("zinder.social") as work:
        case = agreed(work)
        assert prepared(work, told, case, fields={}).status == "draft", "the control: the receiver itself is covered"
        with pytest.raises(ConsentMissing):
            prepared(work, told, case, **what)
        consent_to(work, told, case.person_id, **{SHARE: True, scope: False})
        with pytest.raises(ConsentMissing):
            prepared(work, told, case, **what)
    asked = {"to": str(CLINIC), "service": service}
    page = sign_in("zinder.social").post(reverse("cases:refer", args=[case.pk]), asked).content.decode()
    assert "CM-18" in page and 'name="override"' in page, "said before anything is typed"
    with at("zinder.social") as work:
        if service == "CON":
            with pytest.raises(ConsentMissing):
                prepared(work, told, case, **what, **VITAL)
        else:
            urgent = prepared(work, told, case, **what, **VITAL)
            with pytest.raises(SaidNo):
                send_referrals(work, [ReferralStep(**told(id=urgent.pk, basis="vital_interest"))])
        consent_to(work, told, case.person_id, **{SHARE: True, scope: True})
        row = prepared(work, told, case, **what)
        send_referrals(work, [ReferralStep(**told(id=row.pk))])

        consent_to(work, told, case.person_id, **{SHARE: True, scope: False})

        row.refresh_from_db()
        assert row.status == "revoked" and row.recalled_at is not None


def test_the_consulate_of_whoever_may_need_protection_hears_nothing(at, told, agreed, sign_in):  # noqa: F811
    with at("zinder.social") as work:
        case = agreed(work)
        consent_to(work, told, case.person_id, **{SHARE: True, "consular_contact": True})
        draft = prepared(work, told, case, service="CON", fields={})
        answers = {question.code: False for question in URGENT} | {"fears_return": True}
        screen_people(work, [Screened(**told(id=case.person_id), answers=answers)])
        with pytest.raises(NoConsulate):
            prepared(work, told, case, service="CON", fields={})
        with pytest.raises(NoConsulate):
            send_referrals(work, [ReferralStep(**told(id=draft.pk))])
        assert prepared(work, told, case, service="LEG", fields={}).pk, "the control: other papers"
    page = sign_in("zinder.social").post(reverse("cases:refer", args=[case.pk]), {"to": str(CLINIC), "service": "CON"})
    assert 'name="nationality"' not in page.content.decode()
    with at("zinder.social"):
        assert not Referral.objects.filter(sent_at__isnull=False).exists()
