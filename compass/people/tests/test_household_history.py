"""Who belonged together and since when: nothing is written over, and nobody learns of somebody they may not see."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from html import unescape

import pytest

from compass.people.actions import HouseholdChange, Registration, change_households, register_people
from compass.people.actions.common import belongs
from compass.people.actions.merging import MergeAsked, MergeDecided, MergeUndone, ask_merges, decide_merges, undo_merges
from compass.people.actions.searches import Judged, judge
from compass.people.households import on_day, periods, stays
from compass.people.models import HouseholdMember, Person
from compass.problems import Invalid, UnknownCode

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(at, told):
    """A mother with a boy, met ninety days ago, registered in one list."""
    household = uuid.uuid4()
    with at("zinder.social") as work:
        met = work.now - timedelta(days=90)
        told_now = [told(basis="vital_interest", occurred_at=met) for _ in range(2)]
        born = ({"birth_year": work.now.year - 30}, {"birth_year": work.now.year - 9})
        return register_people(
            work,
            [
                Registration(**each, household_id=household, identity=who | {"birth_estimated": True}, **more)
                for each, who, more in zip(
                    told_now, born, ({}, {"relation": "child", "uasc_status": "accompanied"}), strict=True
                )
            ],
        )


@pytest.fixture
def change(at, told):
    def run(person, household=None, relation="principal", username="zinder.cases", **more):
        with at(username) as work:
            row = Person.objects.get(pk=person.pk)
            said = told(basis="vital_interest", id=row.pk, version=row.version)
            (kept,) = change_households(
                work, [HouseholdChange(**said, household_id=household, relation=relation, **more)]
            )
        return kept

    return run


@pytest.fixture
def ago(at):
    with at("zinder.social") as work:
        today = work.today
    return lambda days: today - timedelta(days=days)


def seen(at, person, day=None, username="zinder.social"):
    """(since, until, relation, what changed it, codes of the others) of each time, the newest first."""
    with at(username) as work:
        shown = work.find("people.household", Person, person.pk)
        found = periods(work, shown, list(Person.objects.filter(merged_into=shown)))
        return [
            (
                each.stay.since,
                each.stay.until,
                each.stay.row.relation,
                each.stay.row.change,
                [p.code for p, _s in each.others],
            )
            for each in (on_day(found, day) if day else found)
        ]


def test_with_whom_a_child_came_and_who_was_there_on_a_day(family, make, change, at, ago):
    mother, boy = family
    aunt = make(age=40)
    change(boy, aunt.household_id, "other_relative", uasc_status="separated", care="kinship", since=ago(60))
    change(boy, None, "principal", uasc_status="unaccompanied", care="residential_care", since=ago(20))

    assert seen(at, boy) == [
        (ago(20), None, "principal", "left", []),
        (ago(60), ago(20), "other_relative", "moved", []),
        (ago(90), ago(60), "child", "arrived", [mother.code]),
    ]
    assert seen(at, boy, ago(90))[0][4] == [mother.code]
    assert seen(at, mother, ago(75))[0][4] == [boy.code] and seen(at, mother, ago(50))[0][4] == []
    # The aunt was registered today: sixty days ago she is not known to have been there.
    change(aunt, aunt.household_id, relation="spouse", since=ago(70), mistake=True)
    assert seen(at, boy, ago(30))[0][4] == [aunt.code]
    with at("zinder.social"):
        kept = Person.objects.get(pk=boy.pk)
        assert (kept.once_alone, kept.uasc_status) == (True, "unaccompanied")
        assert HouseholdMember.objects.filter(person=boy).count() == 3
    assert HouseholdMember.wall.app == "SELECT, INSERT" and HouseholdMember.wall.moves_with == "person"


def test_saving_the_same_again_is_no_change_and_a_mistake_takes_the_place_of_what_was_said(
    family, make, change, at, ago
):
    mother, boy = family
    change(boy, mother.household_id, "child")
    wrong = make(age=50)
    change(mother, wrong.household_id, "spouse", since=ago(30))
    change(mother, boy.household_id, mistake=True)

    assert seen(at, mother) == [(ago(90), None, "principal", "arrived", [boy.code])]
    assert seen(at, boy) == [(ago(90), None, "child", "arrived", [mother.code])]
    with at("zinder.social"):
        rows = HouseholdMember.objects.order_by("recorded_at", "id")
        assert [row.change for row in rows.filter(person=mother)] == ["arrived", "moved", "mistake"]
        assert rows.filter(person=boy).count() == 1


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"uasc_status": "unaccompanied"}, Invalid),
        ({"care": "kinship"}, Invalid),
        ({"care": "no_care_arrangement", "uasc_status": "accompanied"}, Invalid),
        ({"care": "an aunt", "uasc_status": "separated"}, UnknownCode),
        ({"care": "kinship", "uasc_status": "separated", "since": date(2999, 1, 1)}, Invalid),
        ({"care": "parents", "uasc_status": "separated"}, Invalid),
        ({"care": "kinship", "uasc_status": "unaccompanied"}, Invalid),
        ({"care": "kinship", "uasc_status": "separated"}, None),
        ({"mistake": True}, None),
    ],
)
def test_a_child_that_leaves_grown_people_is_asked_about(family, change, at, more, refused):
    _mother, boy = family

    if refused:
        with pytest.raises(refused):
            change(boy, None, **more)
    else:
        change(boy, None, **more)

    with at("zinder.social"):
        row = HouseholdMember.objects.filter(person=boy).order_by("recorded_at", "id").last()
        assert row.care == ("" if refused else more.get("care", ""))
        assert (row.change == "arrived") == bool(refused)


def test_a_merge_ends_the_time_of_the_other_record_and_undoing_it_puts_it_back(family, make, at, told, ago):
    mother, boy = family
    again = make(age=9)

    def run(username, action, command):
        with at(username) as work:
            return action(work, [command])[0]

    basis = {"basis": "vital_interest"}
    run("zinder.cases", judge, Judged(**told(**basis, id=again.pk), other_id=boy.pk, same=True))
    merge = run("zinder.cases", ask_merges, MergeAsked(**told(**basis, id=again.pk), absorbed_id=boy.pk))
    merge = run("zinder.supervisor", decide_merges, MergeDecided(**told(**basis, id=merge.pk, version=1), agrees=True))

    assert [each[2:] for each in seen(at, again)] == [
        ("principal", "arrived", []), ("child", "arrived", [mother.code]),
    ]  # fmt: skip
    assert seen(at, mother)[0][4] == [boy.code]
    run("zinder.supervisor", undo_merges, MergeUndone(**told(**basis, id=merge.pk, version=2)))
    assert seen(at, boy) == [(ago(90), None, "child", "arrived", [mother.code])]
    with at("zinder.social"):
        changes = (
            HouseholdMember.objects.filter(person=boy).order_by("recorded_at", "id").values_list("change", flat=True)
        )
        assert list(changes) == ["arrived", "merged", "undone"]


def test_nobody_learns_of_a_member_whom_they_may_not_see(family, make, at, sign_in):
    """A household whose people were parted by a handover goes on in both offices."""
    mother, boy = family
    abroad = make("edo.reception")
    with at("edo.reception") as work:
        told_now = {"basis": "vital_interest", "occurred_at": work.now, "recorded_at": work.now}
        row = belongs(abroad, "joined", since=work.today, recorded_by=work.actor.id, **told_now)
        row.household_id = boy.household_id
        row.save()

    page = unescape(sign_in("zinder.social").get(f"/people/{boy.pk}/household/before/").content.decode())

    assert mother.code in page and abroad.code not in page
    assert seen(at, boy)[0][4] == [mother.code]
    with at("edo.reception"):
        met = HouseholdMember.objects.filter(household_id=boy.household_id)
        assert [other.person_id for other in met] == [abroad.pk], "the control"
    assert sign_in("edo.reception").get(f"/people/{boy.pk}/household/before/").status_code == 404


def test_the_pages_ask_about_a_separation_and_show_the_times(family, make, sign_in, at, ago):
    mother, boy = family
    client = sign_in("zinder.social")
    where = f"/people/{boy.pk}/household/"
    base = {
        "version": "1",
        "household": "alone",
        "relation": "",
        "authority": "child_protection_authority",
        "ground": "child",
    }

    def sent(**more):
        return client.post(where, {"key": str(uuid.uuid4()), **base, **more}, follow=True)

    unasked = sent(uasc_status="unaccompanied")
    nothing = sent(uasc_status="accompanied")
    unlike = sent(uasc_status="separated", care="parents")
    aunt = make(age=40)
    untrue = sent(
        household=str(aunt.household_id),
        relation="other_relative",
        uasc_status="accompanied",
        care="no_care_arrangement",
    )
    day = ago(10)
    saved = sent(
        uasc_status="unaccompanied", care="no_care_arrangement",
        since_day=str(day.day), since_month=str(day.month), since_year=str(day.year),
    )  # fmt: skip
    page = unescape(client.get(f"{where}before/").content.decode())
    then = ago(50)
    on = client.get(f"{where}before/", {"on_day": then.day, "on_month": then.month, "on_year": then.year})
    left = client.post(
        f"/people/{mother.pk}/household/",
        {"key": str(uuid.uuid4()), "version": "1", "household": "", "relation": "", "ground": "child"},
    )

    assert "care" in unasked.context["form"].errors and "uasc_status" in untrue.context["form"].errors
    assert {"household", "care"} <= set(nothing.context["form"].errors), "all that is wrong is said at once"
    assert list(unlike.context["form"].errors) == ["uasc_status"]
    assert saved.redirect_chain and left.status_code == 302
    assert mother.code in page and "80 jours" in page and "Aucune prise en charge" in page
    assert mother.code in unescape(on.content.decode()) and "Aucune prise en charge" not in unescape(
        on.content.decode()
    )
    with at("zinder.social"):
        assert [stay.days for stay in stays(HouseholdMember.objects.filter(person=boy).order_by("recorded_at"))] == [
            80,
            None,
        ]


def test_children_who_stay_behind_are_named_when_the_last_grown_person_leaves(family, sign_in):
    mother, boy = family
    client = sign_in("zinder.social")
    client.cookies["compass_language"] = "en"
    before = client.get(f"/people/{boy.pk}/").content.decode()

    gone = client.post(
        f"/people/{mother.pk}/household/",
        {"key": str(uuid.uuid4()), "version": "1", "household": "alone", "relation": "", "ground": "child"},
        follow=True,
    ).content.decode()

    alone = client.get(f"/people/{boy.pk}/").content.decode()
    answered = rf'No grown person is recorded with <a href="/people/{boy.pk}/household/">.*{boy.code}'
    assert re.search(answered, unescape(gone)), "the way to where it is answered: nothing else leads there any more"
    assert "No grown person is recorded with this child" in alone
    assert "No grown person is recorded with this child" not in before, "the control"
