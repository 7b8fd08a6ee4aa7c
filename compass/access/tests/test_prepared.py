"""A query whose text is kept gives what the same query gives when it is made anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from compass.access import policy
from compass.access.models import Grant, Organisation, User
from compass.access.prepared import Prepared
from compass.people.models import Person
from compass.problems import NoScope

pytestmark = pytest.mark.django_db


def _grants(where: Q, users: list[UUID], roles: list[str], kind: str, since: datetime) -> QuerySet[Grant]:
    rows = Grant.objects.filter(where, user_id__in=users, role__in=roles, valid_from__lte=since)
    rows = rows.exclude(organisation__kind=kind).select_related("organisation").defer("country")
    return rows.annotate(
        said=Concat(F("role"), Value(" %s "), F("organisation__name"), output_field=CharField())
    ).order_by("id")


grants = Prepared(_grants)
CONDITIONS = [
    Q(),
    Q(valid_to__isnull=True),
    Q(valid_to__isnull=True) | Q(valid_to__gt=timezone.now()),
    ~Q(organisation__name="IOM Niger") & Q(role__in=["case_worker", "supervisor"]),
    Q(organisation_id__in=()),
    Q(organisation_id__in=[uuid4()]) | ~Q(user__is_active=False),
    Q(Exists(User.objects.filter(pk=OuterRef("user_id"), is_active=True))),
]


def seen(rows):
    return [
        (g.pk, g.role, g.organisation.name, g.get_deferred_fields(), g.said, g.valid_from, g.valid_to) for g in rows
    ]


@pytest.fixture
def values():
    users = list(User.objects.values_list("pk", flat=True))
    return {"users": users, "roles": ["case_worker", "supervisor", "clerk"], "kind": "none", "since": timezone.now()}


@pytest.mark.parametrize("where", CONDITIONS, ids=range(len(CONDITIONS)))
def test_the_rows_are_those_of_the_query_made_anew(values, where):
    anew = _grants(where, **values)
    assert seen(grants(where=where, **values)) == seen(anew)
    assert seen(grants(where=where, **{**values, "users": values["users"][:2]})) == seen(
        _grants(where, **{**values, "users": values["users"][:2]})
    )
    assert grants(where=where, **{**values, "users": []}) == []
    assert grants(where=where, **{**values, "since": values["since"] - timedelta(days=9999)}) == []


def test_there_is_something_to_compare(values):
    assert len(grants(where=Q(), **values)) > 4


def test_a_condition_of_another_shape_is_another_text(values):
    shown = Prepared(_grants)
    shown(where=Q(valid_to__isnull=True), **values)
    shown(where=Q(valid_to__isnull=False), **values)
    shown(where=Q(role="supervisor"), **values)
    shown(where=Q(role="case_worker"), **values)

    assert len(shown._texts) == 3
    assert {g.role for g in shown(where=Q(role="supervisor"), **values)} == {"supervisor"}


def test_the_text_is_made_once_and_read_with_one_query(values, django_assert_num_queries):
    made: list[int] = []

    def counted(users: list[UUID]) -> QuerySet[Grant]:
        made.append(1)
        return Grant.objects.filter(user_id__in=users)

    shown = Prepared(counted)
    with django_assert_num_queries(3):
        for _ in range(3):
            assert shown(users=values["users"])
    assert made == [1]


def test_what_a_value_contains_is_never_part_of_the_text(values):
    evil = "case_worker') OR true --"

    assert grants(where=Q(role=evil), **values) == []
    assert grants(where=Q(), **{**values, "roles": [evil, "%s", '{"a"}']}) == []
    assert grants(where=Q(), **{**values, "users": [UUID(int=0)]}) == []


def test_a_list_elsewhere_than_behind_in_is_refused():
    def twisted(codes: list[str]) -> QuerySet[Organisation]:
        return Organisation.objects.filter(name=codes[0])

    with pytest.raises(TypeError, match="__in"):
        Prepared(twisted)(codes=["IOM Niger"])


def test_an_argument_that_is_not_asked_for_is_refused():
    def forgetful(code: str) -> QuerySet[Organisation]:
        return Organisation.objects.all()

    with pytest.raises(TypeError, match="each of its arguments"):
        Prepared(forgetful)(code="IOM Niger")


def _people(where: Q) -> QuerySet[Person]:
    return Person.objects.filter(where)


def test_people_are_shown_inside_a_unit_of_work_only(at):
    people = Prepared(_people)
    with at("zinder.social") as work:
        where = policy.where(work.actor, "people.view")
        assert len(people(where=where)) == Person.objects.filter(where).count()

    with pytest.raises(NoScope):
        people(where=where)


def test_a_value_of_another_type_than_the_field_is_refused(values):
    """Django would turn it into the field's type, and what stands in for it would not be found again."""
    with pytest.raises(TypeError, match="each of its arguments"):
        grants(where=Q(user_id=str(values["users"][0])), **values)
