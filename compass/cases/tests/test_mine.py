"""One's own caseload by name: once a session in the trail, nobody else's, nobody who does not agree."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from compass.access import openings
from compass.config.demo.accounts import PASSWORD
from compass.people.actions import Withdrawal, withdraw_consent
from compass.people.consent import newest
from compass.trail.chain import veil
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db
PAGE = "/cases/mine/"


@pytest.fixture
def lead(at, person, case, told):
    """`lead("Ese")`: a person of that name whose case the case worker leads; `agrees`: to the use of their details."""

    def run(given, username="zinder.cases", agrees=True):
        with at(username) as work:
            someone = person(work, identity={"given": given, "family": "Osagie"})
            case(work, someone=someone)
            if not agrees:
                withdraw_consent(work, [Withdrawal(**told(id=newest([someone.pk])[someone.pk].pk), scopes=())])
        return someone

    return run


def opened(at):
    """Whose names were opened, entry by entry."""
    with at("geneva.protection") as work:
        bodies = [json.loads(row.body) for row in work.allowed("trail.view", Entry).order_by("seq")]
    events = [event for body in bodies for event in body["events"] if event["action"] == "people.reveal"]
    return [set(event["results"]) for event in events]


def test_names_open_once_a_session_and_of_nobody_else(at, told, lead, sign_in):
    ese, musa = lead("Ese"), lead("Musa")
    no, other = lead("Nosa", agrees=False), lead("Ali", username="zinder.social")
    client = sign_in("zinder.cases")
    client.cookies["compass_language"] = "en"

    page = client.get(PAGE).content.decode()
    assert all(name not in page for name in ("Ese", "Musa", "Nosa", "Ali")) and "Show their names" in page
    for _ in range(3):
        page = client.post(PAGE, follow=True).content.decode()
        assert "Ese Osagie" in page and "Musa Osagie" in page and "Nosa" not in page and "Ali" not in page
        assert page.index("Ese Osagie") < page.index("Musa Osagie")
    named = veil().identifiers([ese.pk, musa.pk])
    assert opened(at) == [set(named)], "once, and only who was shown"

    with at("zinder.cases") as work:
        withdraw_consent(work, [Withdrawal(**told(id=newest([musa.pk])[musa.pk].pk), scopes=())])
    page = client.get(PAGE).content.decode()
    assert "Ese Osagie" in page and "Musa" not in page, "who takes consent back while the names are shown"

    late = lead("Bashir")
    assert "Bashir Osagie" in client.get(PAGE).content.decode()
    assert opened(at) == [set(named), set(veil().identifiers([late.pk]))]

    assert "Ese" not in client.post(PAGE, {"hide": "1"}, follow=True).content.decode()
    again = sign_in("zinder.cases")
    again.cookies["compass_language"] = "en"
    assert "Ese" not in again.get(PAGE).content.decode(), "another session asks anew"
    assert other.pk != no.pk


def test_who_leads_nothing_is_told_so_and_a_partner_sees_nothing(sign_in):
    supervisor = sign_in("zinder.supervisor")
    supervisor.cookies["compass_language"] = "en"
    assert "You lead no open case" in supervisor.get(PAGE).content.decode()
    assert sign_in("zinder.clinic").get(reverse("cases:mine")).status_code == 403


def test_a_list_that_grew_asks_first_who_sits_there_and_leads_back(lead, sign_in, monkeypatch):
    """A page that is only looked at cannot carry a password: it is asked for on a page of its own."""
    lead("Ese")
    monkeypatch.setattr(openings, "PEOPLE_ON_ONE_WORD", 1)
    client = sign_in("zinder.cases")
    client.cookies["compass_language"] = "en"
    assert "Ese Osagie" in client.post(PAGE, follow=True).content.decode()
    lead("Musa")

    asked = client.get(PAGE)
    assert asked.status_code == 302 and asked.url.startswith(reverse("account_reauthenticate"))
    page = client.get(asked.url).content.decode()
    assert "Somebody else could have sat down" in page and "Musa" not in page
    back = client.post(asked.url, {"password": PASSWORD, "next": PAGE})
    assert back.url == PAGE
    assert "Musa Osagie" in client.get(PAGE).content.decode()
