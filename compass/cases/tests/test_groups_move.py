"""A group when one of its people is referred to a partner, and when some of them go to another office."""

from __future__ import annotations

import uuid

import pytest

from compass.cases.tests.test_handover import accept, family, offered, referred  # noqa: F401 fixtures
from compass.people.actions import GroupSaid, record_groups
from compass.people.groups import groups_of
from compass.people.models import GroupMember, Person

pytestmark = pytest.mark.django_db
WORDS = "A house behind the bus station"


def there(at, username, person):
    """(kind, words, codes of the others) of the person's one group."""
    with at(username) as work:
        (group,) = groups_of(work, work.find("people.group", Person, person.pk))
        return group.kind, group.own.now.remark, {each.person.code for each in group.others}


def test_it_goes_to_no_partner_and_each_office_keeps_its_own_people(at, told, offered):  # noqa: F811
    mother, child, boy = offered["mother"], offered["child"], offered["boy"]
    which = uuid.uuid4()
    with at("zinder.social") as work:
        same = {"group": which, "kind": "held", "remark": WORDS}
        record_groups(
            work,
            [GroupSaid(**told(id=each.pk, basis="vital_interest"), **same) for each in (mother, child, boy)],
        )
    row = referred(at, told, offered["case"])

    with at("zinder.clinic") as work:
        sent = str(work.keys.open(row.payload_sealed, table="cases_referral", column="payload_sealed", subject=row.pk))
        assert "cough" in sent and not [what for what in (WORDS, "held", boy.code, str(which)) if what in sent]
        assert not GroupMember.objects.exists()
    assert there(at, "zinder.social", boy) == ("held", WORDS, {mother.code, child.code})
    accept(at, told, offered["offer"])

    assert there(at, "edo.supervisor", mother) == ("held", WORDS, {child.code})
    assert there(at, "zinder.social", boy) == ("held", WORDS, set())
