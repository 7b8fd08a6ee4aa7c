from __future__ import annotations

import pytest

from compass.cases.actions.best_interests import WithParent, check_with_parent
from compass.cases.queries import return_blocks

pytestmark = pytest.mark.django_db


def test_it_works(at, told, person):
    with at("zinder.social") as work:
        mother = person(work)
        child = person(work, identity={"given": "Osas", "birth_date": "2019-05-01"}, relation="child",
                       household_id=mother.household_id, uasc_status="accompanied")

        assert return_blocks([mother.pk, child.pk]) == {child.pk: ["R-CHI-1", "R-CHI-4"]}

        check_with_parent(work, [WithParent(**told(id=child.pk), view="wants to go")])

        assert return_blocks([child.pk]) == {child.pk: []}
