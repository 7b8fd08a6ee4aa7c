"""The steps for a child are linked for who may open them; others read who takes them, and what must happen first."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from compass.access.roles import ROLES
from compass.cases.actions.best_interests import Heard, WithParent, check_with_parent, hear_children
from compass.cases.actions.case import Assignment, assign_cases
from compass.cases.queries import ladder_access
from compass.cases.tests.test_handover import BOY, child_of
from compass.config.demo.world import world_id
from compass.vocabulary import standard

pytestmark = pytest.mark.django_db


@pytest.fixture
def boy(at, told, person, case):
    """A boy alone, led and heard by the social worker."""
    with at("zinder.social") as work:
        row = person(work, identity=BOY, uasc_status="unaccompanied", nationality="NG")
        made = case(work, someone=row)
        hear_children(work, [Heard(**told(id=row.pk), view="I want to stay")])
    return row, made


def ladder(person):
    return reverse("cases:best_interests", args=[person.pk])


def read(client, name, *args):
    client.cookies["compass_language"] = "en"
    return client.get(reverse(name, args=args)).content.decode()


@pytest.mark.parametrize("page", ["returns:start", "cases:hand_over", "cases:case"])
def test_it_works(at, sign_in, boy, page):
    child, case = boy
    where = child.pk if page == "returns:start" else case.pk
    leads = read(sign_in("zinder.social"), page, where)
    other = read(sign_in("zinder.cases"), page, where)

    assert ladder(child) in leads
    assert ladder(child) not in other, "nobody is led to a page that refuses"
    with at("zinder.cases") as work, override("en"):
        said = escape(ladder_access(work, [child.pk]).lead)
    assert said in other and said not in leads


def test_who_leads_is_said_by_role_and_office_never_by_name(at, told, boy):
    child, case = boy
    with at("zinder.cases") as work:
        told_lead = ladder_access(work, [child.pk])
        assert not told_lead.open and told_lead.lead.count(f"{ROLES['social_worker'].label}, OIM Niger") == 1
    with at("zinder.supervisor") as work:
        assert ladder_access(work, [child.pk]).open == {child.pk}
        assign_cases(work, [Assignment(**told(id=case.pk), owner_id=world_id("zinder.cases"))])
    with at("zinder.cases") as work:
        assert ladder_access(work, [child.pk]).lead == ""


def test_the_stopped_handover_speaks_of_a_handover(sign_in, boy):
    child, case = boy
    page = read(sign_in("zinder.social"), "cases:hand_over", case.pk)

    assert "This handover is stopped" in page and "This return is stopped" not in page
    with override("en"):
        assert escape(standard("BIP-01").label) in page, "sentences, the rule behind"
    assert '<form method="post" class="stack"' not in page


def test_a_child_that_parts_from_nobody_is_named_with_its_own_steps_only(at, told, person, case, sign_in):
    with at("zinder.social") as work:
        mother = person(work, nationality="NG")
        ready, waits = child_of(work, person, mother), child_of(work, person, mother)
        check_with_parent(work, [WithParent(**told(id=ready.pk), view="laughs")])
        made = case(work, someone=mother)
    page = read(sign_in("zinder.social"), "cases:hand_over", made.pk)

    assert ladder(waits) in page and ladder(ready) not in page
