"""The work list and the list of cases: what they show, whom they find, what they refuse."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from compass.access import policy
from compass.access.work import Work
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.tests.pages import said, url
from compass.people.actions import Registration, register_people
from compass.people.models import Person

pytestmark = pytest.mark.django_db


def test_today_works(sign_in, made):
    page = said(sign_in("zinder.social").get(url("today")))

    assert made.code in page and "CM-16" in page and "CM-12" in page


def test_today_is_someones_own(sign_in, made):
    assert made.code not in said(sign_in("zinder.cases").get(url("today")))


def test_today_is_filtered_without_a_script(sign_in, made):
    client = sign_in("zinder.social")

    assert made.code not in said(client.get(url("today"), {"risk": "high"}))
    assert '<bdi class="std">CM-16</bdi>' not in said(client.get(url("today"), {"standard": "CM-12"}))
    assert client.get(url("today"), {"risk": "nonsense"}).status_code == 200


def test_today_asks_for_consent_of_whom_was_helped_without(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work, consent=False)

    page = said(sign_in("zinder.social").get(url("today")))
    assert row.code in page and "COMPASS-72H" in page


def test_today_for_sixty_cases_is_small_and_takes_few_queries(sign_in, at, told, case):
    then = timezone.now() - timedelta(days=3)
    with at("zinder.social") as work:
        told_then = [told(basis="vital_interest", occurred_at=then) for _ in range(60)]
        people = register_people(work, [Registration(**each, identity={"given": "A"}) for each in told_then])
        open_cases(work, [CaseOpening(**told(id=p.pk, occurred_at=then), risk_level="high") for p in people])
    client = sign_in("zinder.social")
    client.get(url("today"))

    with CaptureQueriesContext(connection) as asked:
        response = client.get(url("today"))

    rooms = [q["sql"] for q in asked if "cases_" in q["sql"] or "people_" in q["sql"]]
    assert len(rooms) <= 15, "\n".join(rooms)
    assert len(gzip.compress(response.content)) < 30_000


def test_a_partner_has_no_work_list(sign_in):
    assert sign_in("zinder.clinic").get(url("today")).status_code == 403


def test_the_list_opens_a_case_by_its_code(sign_in, made):
    client = sign_in("zinder.social")

    assert made.code in said(client.get(url("list")))
    assert client.post(url("list"), {"code": made.code.lower().replace("-", " ")}).url == url("case", made.pk)
    assert client.post(url("list"), {"code": "nothing"}).status_code == 200


def test_the_page_of_the_person_leads_to_the_case(sign_in, made):
    where = reverse("people:person", args=[made.person_id])
    page = said(sign_in("zinder.social").get(where))

    assert url("case", made.pk) in page and made.code in page


def test_who_may_not_view_cases_sees_no_link_to_one(sign_in, made, monkeypatch):
    where = reverse("people:person", args=[made.person_id])
    monkeypatch.setattr(Work, "may", lambda work, name: name != "cases.view" and policy.may(work.actor, name))

    assert url("case", made.pk) not in said(sign_in("zinder.social").get(where))


def test_the_list_opens_a_case_by_the_persons_code(sign_in, at, made, person):
    with at("zinder.social") as work:
        uncased = person(work)
        code = made.person.code
    client = sign_in("zinder.social")

    assert client.post(url("list"), {"code": code.lower()}).url == url("case", made.pk)
    assert client.post(url("list"), {"code": uncased.code}).url == reverse("people:person", args=[uncased.pk])


@pytest.mark.parametrize("typed", ["nothing", "Ese Osagie, la mère de trois enfants"])
def test_the_list_says_why_a_name_finds_nobody(sign_in, made, typed):
    page = said(sign_in("zinder.social").post(url("list"), {"code": typed}))

    assert 'role="status"' in page and reverse("people:find") in page


def test_the_list_opens_nobody_of_another_office(sign_in, at, made):
    with at("zinder.social"):
        code = made.person.code
    client = sign_in("edo.reception")

    assert client.post(url("list"), {"code": made.code}).status_code == 200
    assert client.post(url("list"), {"code": code}).status_code == 200
    assert reverse("people:person", args=[made.person_id]) not in said(client.get(url("list")))


def test_the_list_shows_whom_the_office_registered_since_yesterday(sign_in, at, person):
    with at("zinder.social") as work:
        fresh, old = person(work), person(work)
        Person.objects.filter(pk=old.pk).update(recorded_at=timezone.now() - timedelta(hours=25))
    page = said(sign_in("zinder.social").get(url("list")))

    assert reverse("people:person", args=[fresh.pk]) in page and fresh.code in page
    assert reverse("people:person", args=[old.pk]) not in page
