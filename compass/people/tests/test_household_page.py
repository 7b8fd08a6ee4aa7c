"""Who belongs together, on the page: saving it again changes nothing."""

from __future__ import annotations

import re
import uuid

import pytest

from compass.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(sign_in):
    """`save(person, **answers)`: the page of the household, as it is shown and with those answers."""
    client = sign_in("zinder.social")
    client.cookies["compass_language"] = "en"

    def run(person, **answers):
        where = f"/people/{person.pk}/household/"
        page = client.get(where).content.decode()
        chosen = {"relation": _selected(page)}
        if checked := re.search(r'name="uasc_status" value="(\w+)"[^>]*checked', page):
            chosen["uasc_status"] = checked[1]
        return client.post(where, {"key": str(uuid.uuid4()), "version": str(person.version), **chosen, **answers})

    return run


def _selected(page):
    found = re.search(r'<select name="relation".*?</select>', page, re.S)
    return re.search(r'value="(\w*)" selected', found[0])[1]


def test_saving_the_page_again_keeps_the_link_and_the_status(make, save, at):
    mother = make()
    boy = make(age=10, household_id=mother.household_id, relation="child", uasc_status="accompanied")

    saved = save(boy)

    assert saved.status_code == 302
    with at("zinder.social"):
        kept = Person.objects.get(pk=boy.pk)
        assert (kept.household_id, kept.relation, kept.uasc_status) == (mother.household_id, "child", "accompanied")
