"""Where a return leads, the case may follow without another word; anywhere else it may not."""

from __future__ import annotations

import pytest
from django.urls import reverse

from compass.access.models import Organisation
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.journeys import leads_to, unexpected
from compass.cases.models import Handover

pytestmark = pytest.mark.django_db


def test_a_return_under_way_is_reason_enough_for_its_country_alone(journey, at, told, sign_in):
    journey.start()
    with at("zinder.social") as work:
        (case,) = open_cases(work, [CaseOpening(**told(id=journey.mother.pk), risk_level="medium")])
        assert leads_to(case) == {"NE", "NG"}
        assert not unexpected(case, Organisation(country="NG")) and unexpected(case, Organisation(country="TD"))

    page = sign_in("zinder.social").get(reverse("cases:hand_over", args=[case.pk])).content.decode()
    assert "Un retour est en cours vers" in page and "Nigéria" in page


def test_what_was_said_for_nothing_is_not_kept(journey, at):
    journey.ready()
    journey.hand_over()

    with at("edo.supervisor"):
        assert Handover.objects.get().without_return == ""
