"""Whoever said no to being counted in reports is in no figure; nobody new is seen through them."""

from __future__ import annotations

from compass.people.actions import ConsentGiven, Withdrawal, give_consent, withdraw_consent
from compass.people.consent import says_no
from compass.people.models import Consent, Person
from compass.programme.actions import refresh_figures
from compass.programme.tests.rows import record
from compass.programme.tests.test_differencing import age, rows, shown  # noqa: F401
from compass.vocabulary import code_list

REPORTS = "share_non_identifiable_reporting"


def answer(at, told, people, said, **more):
    with at("zinder.social") as work:
        scopes = {"data_processing": True, REPORTS: said}
        informed = {"certified": True, "information": code_list("consent_information").values, "scopes": scopes}
        return give_consent(work, [ConsentGiven(**told(id=pk), **informed, **more) for pk in people])


def test_a_no_and_consent_taken_back_are_left_out_of_every_figure(age, at, told):  # noqa: F811
    record(at, told, rows(range(60)))
    with at("zinder.social"):
        people = list(Person.objects.order_by("code").values_list("pk", flat=True))
    answer(at, told, people[:20], False)
    answer(at, told, people[10:15], True)
    taken = answer(at, told, people[30:35], True)
    with at("zinder.social") as work:
        withdraw_consent(work, [Withdrawal(**told(id=row.pk)) for row in taken])
    answer(at, told, people[40:45], True)

    first = refresh_figures()

    # 60 without 15 who say no and 5 who took it back; a yes after a no, a yes and nobody having asked are counted.
    assert set(shown().values()) == {40}, "in each period, country and part"
    with at("zinder.social"):
        said = {pk: list(Consent.objects.filter(person=pk).order_by("occurred_at", "recorded_at")) for pk in people}
        assert sum(not says_no(rows, REPORTS) for rows in said.values()) == 40, "the same in Python"

    # Nine who may be counted and one who may not: no new count, which would show the nine.
    age()
    record(at, told, rows(range(10), sex="male"))
    with at("zinder.social"):
        new = Person.objects.filter(sex="male").order_by("code").values_list("pk", flat=True)
        one = [new[0]]
    answer(at, told, one, False)
    assert refresh_figures() == first
    record(at, told, rows(range(1), sex="male"))
    assert refresh_figures().version == 2


def test_what_is_left_out_is_counted_where_nobody_leaves_it_out(age, at, told, apart, cluster):  # noqa: F811
    """The control: without the function's answer all sixty are in the figure."""
    record(at, told, rows(range(60)))
    with at("zinder.social"):
        people = list(Person.objects.values_list("pk", flat=True))
    answer(at, told, people[:20], False)
    with cluster.connect("compass_owner", apart) as owner:
        owner.execute(
            "CREATE OR REPLACE FUNCTION compass_left_out() RETURNS TABLE (left_out uuid)"
            " LANGUAGE sql STABLE AS 'SELECT NULL::uuid WHERE false'"
        )

    refresh_figures()

    assert set(shown().values()) == {60}
