"""A case goes abroad with its person: without a return under way the page warns, and a reason is asked and shown."""

from __future__ import annotations

import pytest
from django.urls import reverse

from compass.access.models import Opening, Organisation
from compass.cases.journeys import leads_to, unexpected
from compass.cases.models import Handover
from compass.cases.tests.test_handover import NIGERIA, family, offer  # noqa: F401
from compass.problems import Invalid, UnknownCode

pytestmark = pytest.mark.django_db
WHY = "Y est allé, ou y va maintenant, par ses propres moyens"


def page_of(client, case):
    return client.get(reverse("cases:hand_over", args=[case.pk])).content.decode()


def test_without_a_return_a_reason_is_needed(at, told, family):  # noqa: F811
    with at("zinder.social") as work:
        case = family(work)["case"]
        with pytest.raises(Invalid):
            offer(work, told, case, without_return="")
        with pytest.raises(UnknownCode):
            offer(work, told, case, without_return="because")
        assert offer(work, told, case, without_return="other_return").without_return == "other_return"


def test_an_office_of_the_same_country_needs_none(at, family):  # noqa: F811
    with at("zinder.social") as work:
        case = family(work)["case"]

        assert leads_to(case) == {"NE"}
        assert unexpected(case, Organisation(country="NG")) and not unexpected(case, Organisation(country="NE"))


def test_the_page_warns_and_asks_and_both_offices_read_why(at, sign_in, family):  # noqa: F811
    with at("zinder.social") as work:
        case = family(work)["case"]
    client = sign_in("zinder.social")
    assert "Aucun retour n’est en cours" in page_of(client, case)

    where, said = reverse("cases:hand_over", args=[case.pk]), {"to": str(NIGERIA), "note": "Une mère et son bébé"}
    refused = client.post(where, said)
    assert refused.status_code == 200 and "Aucun retour vers ce pays" in refused.content.decode()
    assert said["note"] in refused.content.decode()
    assert client.post(where, said | {"without_return": "left_on_own"}).status_code == 302

    with at("zinder.social"):
        made = Handover.objects.get()
    shown = reverse("cases:handover", args=[made.pk])
    assert WHY in client.get(shown).content.decode()
    assert "by own means" in sign_in("edo.supervisor").get(shown).content.decode()
    # What the note says counts as opened on both sides; where it was written, the person too whom it was held beside.
    for office, opened in (("zinder.social", 2), ("edo.supervisor", 1)):
        with at(office):
            assert Opening.objects.count() == opened
