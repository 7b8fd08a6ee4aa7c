"""A family comes from a bus one after the other: the first of them is not alone, and what comes next is said."""

from __future__ import annotations

import re
import uuid
from html import unescape

import pytest

from compass.cases.ladder import parent_present
from compass.people.models import Person

pytestmark = pytest.mark.django_db


def url(person):
    return f"/people/{person.pk}/household/?intake"


def said(household, **more):
    return {"key": str(uuid.uuid4()), "version": "1", "household": str(household), **more}


def offered(page):
    return re.findall(r'name="household" value="([^"]*)"', page)


def again(at, person):
    with at("zinder.social"):
        return Person.objects.get(pk=person.pk)


def test_it_works(make, sign_in, at):
    """A mother with children: her household stays hers, she is its principal person, the children are next."""
    mother = make()
    client = sign_in("zinder.social")

    page = client.get(url(mother)).content.decode()
    response = client.post(url(mother), said("children"))
    after = unescape(client.get(response["Location"]).content.decode())

    assert offered(page) == ["children", "first", str(mother.household_id)]
    assert not re.search(r"<input[^>]* checked", page)
    assert response["Location"] == f"/arrivals/children/{mother.pk}/"
    assert "À suivre : inscrire ses enfants." in after
    kept = again(at, mother)
    assert (kept.household_id, kept.relation) == (mother.household_id, "principal")


def test_who_comes_first_is_joined_by_the_others(make, sign_in, at):
    """A child registered before its mother is with her once she has joined it."""
    child, client = make(age=9), sign_in("zinder.social")

    assert "children" not in offered(client.get(url(child)).content.decode())
    first = client.post(url(child), said("first", uasc_status="accompanied"))
    mother = make()
    joined = client.post(url(mother), said(child.household_id, relation="parent"))

    assert first["Location"] == f"/people/{child.pk}/"
    assert joined.status_code == 302
    child, mother = again(at, child), again(at, mother)
    assert parent_present(child, [mother])
    assert offered(client.get(url(mother)).content.decode())[-2:] == ["children", "alone"]


def test_the_first_of_a_family_is_its_principal_person(make, sign_in, at):
    """A mother written down as "mother" of nobody would leave her child without a parent on the ladder."""
    mother = make()

    page = sign_in("zinder.social").post(url(mother), said("children", relation="parent"))

    assert page.status_code == 200 and 'href="#id_relation"' in page.content.decode()
    assert 'value="parent" selected' in page.content.decode()
    assert again(at, mother).version == 1


@pytest.mark.parametrize(("status", "relation"), [("unaccompanied", "unrelated_child"), ("accompanied", None)])
def test_a_child_who_joins_a_household_is_not_its_principal_person(make, sign_in, at, status, relation):
    mother, child = make(), make(age=13)

    answer = sign_in("zinder.social").post(
        url(child), said(mother.household_id, uasc_status=status, authority="child_protection_authority")
    )

    kept = again(at, child)
    if relation is None:
        assert answer.status_code == 200 and "relation" in answer.context["form"].errors
        assert kept.household_id == child.household_id
    else:
        assert (kept.household_id, kept.relation) == (mother.household_id, relation)


@pytest.mark.parametrize(
    ("household", "status", "relation", "field"),
    [
        ("alone", "accompanied", "", "household"),
        ("own", "accompanied", "", "household"),
        ("", "accompanied", "", "household"),
        ("mother", "unaccompanied", "child", "uasc_status"),
        ("mother", "unaccompanied", "grandparent", "uasc_status"),
        ("mother", "separated", "child", "uasc_status"),
        ("mother", "unaccompanied", "sibling", ""),
        ("mother", "separated", "grandparent", ""),
        ("mother", "accompanied", "child", ""),
        ("first", "accompanied", "", ""),
        ("own", "unaccompanied", "", ""),
    ],
)
def test_answers_about_a_child_that_cannot_both_be_true_are_refused(
    make, sign_in, at, household, status, relation, field
):
    """A child written down as alone and with a parent would have no guardian asked for and no parent on the ladder."""
    mother, child = make(), make(age=13)
    chosen = {"own": child.household_id, "mother": mother.household_id}.get(household, household)

    answer = sign_in("zinder.social").post(
        url(child),
        said(chosen, uasc_status=status, relation=relation, authority="child_protection_authority"),
    )

    assert (list(answer.context["form"].errors) if field else answer.status_code) == ([field] if field else 302)
    assert again(at, child).uasc_status == ("" if field else status)


def test_a_child_who_stays_with_the_household_needs_no_new_answer(make, sign_in, at):
    mother, child = make(), make(age=13)
    client = sign_in("zinder.social")
    client.post(url(child), said(mother.household_id, uasc_status="accompanied", relation="child"))

    assert (
        client.post(url(child), said("", uasc_status="accompanied", relation="child", version="2")).status_code == 302
    )
    refused = client.post(url(child), said("alone", uasc_status="accompanied", relation="child", version="3"))
    assert set(refused.context["form"].errors) == {"household", "care"}, "all that is wrong at once"
