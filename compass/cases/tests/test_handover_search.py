"""After a handover a person is found by the office that has them now, and by nobody else."""

from __future__ import annotations

import pytest

from compass.cases.tests.test_handover import accept, family, offered  # noqa: F401 fixtures
from compass.people.matching.records import Name, Record
from compass.people.models import SearchToken
from compass.people.searching.finding import find

pytestmark = pytest.mark.django_db


def found(at, username):
    with at(username) as work:
        record = Record(names=(Name("Osass", "Osaghie"),), born="2018")
        return [each.person.pk for each in find(work, record, work.actor.organisation.pk).candidates]


def test_the_receiver_finds_who_was_accepted_and_the_sender_no_longer(at, told, offered, owner):  # noqa: F811
    child = offered["child"].pk
    assert child in found(at, "zinder.social")
    assert child not in found(at, "edo.supervisor"), "an offer is no acceptance"

    accept(at, told, offered["offer"])

    assert child in found(at, "edo.supervisor")
    assert found(at, "zinder.social") == []
    with at("zinder.social"):
        assert not SearchToken.objects.filter(person_id=child).exists()


def test_who_stayed_is_still_found(at, told, offered):  # noqa: F811
    accept(at, told, offered["offer"])

    with at("zinder.social") as work:
        record = Record(names=(Name("Moussa"),), born="2012")
        assert [each.person.pk for each in find(work, record, work.actor.organisation.pk).candidates] == [
            offered["boy"].pk
        ]
