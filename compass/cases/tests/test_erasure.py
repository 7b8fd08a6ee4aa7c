"""What the cases keep about a person who is erased, under other keys than the person's."""

from __future__ import annotations

import pytest

from compass.cases.models import CaseReferral, Referral
from compass.cases.tests.test_referral import agreed, payload, sent  # noqa: F401 fixtures
from compass.people.models import Person
from compass.people.queries import receivers
from compass.people.registry import keys_about
from compass.problems import KeyAbsent

pytestmark = pytest.mark.django_db


def test_a_referral_opens_no_more_not_for_its_partner_either(at, sent):  # noqa: F811
    with at("zinder.clinic") as work:
        assert payload(work, Referral.objects.get(pk=sent.pk))
    with at("zinder.social") as work:
        person = Person.objects.get(pk=CaseReferral.objects.get(pk=sent.origin_id).person_id)
        assert len(receivers(work, person)) == 1
        subjects = keys_about(work, [person.pk])
        assert sent.pk in subjects
        work.keys.destroy([person.pk, *subjects])

    for name in ("zinder.clinic", "zinder.supervisor"):
        with at(name) as work, pytest.raises(KeyAbsent):
            payload(work, Referral.objects.get(pk=sent.pk))
