"""A colleague of another country mixes real numbers of others with their own."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from compass.cases.models import Case, PlanAction
from compass.cases.tests.conftest import assessed, case, person, planned  # noqa: F401 fixtures
from compass.cases.tests.test_handover import consents
from compass.config.demo.world import world_id
from compass.people.models import Person
from compass.reception.actions import ActivityHeld, add_activities
from compass.reception.models import Attendance
from compass.returns.models import Return

pytestmark = pytest.mark.django_db
HERE, THERE = "edo.reception", "zinder.cases"
BOY = {"given": "Musa", "birth_date": "2015-02-02"}


def key():
    return {"key": str(uuid.uuid4())}


@pytest.fixture
def both(at, told, person, case, assessed, planned):  # noqa: F811
    """The same in two offices: a mother, her child, a case with a plan, an activity of a centre."""

    def make(username):
        with at(username) as work:
            mother = person(work, nationality="NG")
            consents(work, told, mother.pk)
            child = person(
                work,
                identity=BOY,
                relation="child",
                household_id=mother.household_id,
                consent=False,
                uasc_status="accompanied",
            )
            row = case(work, someone=mother)
            assessed(work, row)
            planned(work, row)
            step = PlanAction.objects.get(case=row)
            centre = {"edo.reception": "centre.benin", "zinder.cases": "centre.zinder"}[username]
            held = ActivityHeld(
                **told(basis="public_interest"), centre_id=world_id(centre), kind="sport", held_on=work.today
            )
            return {
                "mother": mother,
                "child": child,
                "case": row,
                "step": step,
                "activity": add_activities(work, [held])[0],
            }

    return make(HERE), make(THERE)


def test_a_person_of_another_office_cannot_be_marked_at_my_activity(sign_in, at, both):
    mine, theirs = both
    browser, url = sign_in(HERE), reverse("reception:activity", args=[mine["activity"].pk])

    for present in ([str(theirs["child"].pk)], [str(mine["child"].pk), str(theirs["child"].pk)], ["\x00"], [""]):
        assert browser.post(url, {**key(), "present": present}).status_code == 200
    with at(HERE):
        assert Attendance.objects.count() == 0
    assert browser.post(url, {**key(), "present": [str(mine["child"].pk)]}).status_code == 302
    with at(HERE):
        assert Attendance.objects.get().person_id == mine["child"].pk
    other = reverse("reception:activity", args=[theirs["activity"].pk])
    assert browser.post(other, {**key(), "present": [str(mine["child"].pk)]}).status_code == 404


def test_their_child_does_not_travel_on_my_return(sign_in, at, both):
    mine, theirs = both
    browser, url = sign_in(HERE), reverse("returns:start", args=[mine["mother"].pk])
    said = {"destination": "NG", "asked_for": "NG", "detained": "no"}

    assert browser.post(url, {**key(), **said, "with_people": [str(theirs["child"].pk)]}).status_code in {200, 409}
    with at(HERE):
        assert not Return.objects.exists()
    assert browser.post(reverse("returns:start", args=[theirs["mother"].pk]), {**key(), **said}).status_code == 404


def test_nobody_is_put_into_a_household_of_another_office(sign_in, at, both):
    mine, theirs = both
    browser, url = sign_in(HERE), reverse("people:household", args=[mine["mother"].pk])
    sent = {**key(), "version": mine["mother"].version, "relation": ""}

    assert browser.post(url, {**sent, "household": str(theirs["mother"].household_id)}).status_code == 200
    with at(HERE):
        assert Person.objects.get(pk=mine["mother"].pk).household_id == mine["mother"].household_id
    assert browser.post(url, {**sent, "household": str(mine["mother"].household_id)}).status_code == 302


def test_a_case_is_not_given_to_a_colleague_of_another_office(sign_in, at, both):
    mine, _theirs = both
    browser, url = sign_in("edo.supervisor"), reverse("cases:assign", args=[mine["case"].pk])

    for owner in ("zinder.cases", "zinder.clinic", "geneva.protection", "hague.desk", "edo.monitoring"):
        assert browser.send(url, {**key(), "owner": str(world_id(owner))}).status_code == 200, owner
    with at(HERE):
        assert Case.objects.get(pk=mine["case"].pk).owner_id == world_id(HERE)
    assert browser.send(url, {**key(), "owner": str(world_id("edo.supervisor"))}).status_code == 302


def test_a_step_of_their_plan_is_not_there(sign_in, both):
    mine, theirs = both
    browser = sign_in(HERE)
    sent = {**key(), "done_on_day": "1", "done_on_month": "1", "done_on_year": "2025", "delivered": "yes"}

    for method, more in ((browser.get, {}), (browser.post, sent)):
        assert method(reverse("cases:done", args=[theirs["step"].pk]), more).status_code == 404
        assert method(reverse("cases:done", args=[mine["case"].pk]), more).status_code == 404
    assert browser.get(reverse("cases:done", args=[mine["step"].pk])).status_code == 200


PAGES = ("cases:case", "cases:risk", "cases:assess", "cases:plan", "cases:refer", "cases:hand_over", "cases:close",
         "people:person", "people:identity", "people:summary", "people:consent", "reintegration:person",
         "best_interests", "returns:start", "reception:children")  # fmt: skip


@pytest.mark.parametrize(
    "username",
    [
        "edo.reception",
        "edo.supervisor",
        "edo.monitoring",
        "zinder.clinic",
        "niger.focal",
        "hague.desk",
        "geneva.results",
        "geneva.protection",
    ],
)
def test_no_answer_tells_whether_a_number_exists(sign_in, both, username):
    """Real numbers of another office and numbers of nobody: the same status, the same page, the same headers."""
    _mine, theirs = both
    browser = sign_in(username)

    for name in PAGES:
        name = "cases:best_interests" if name == "best_interests" else name
        for method in (browser.get, browser.post):
            real, none = (
                method(reverse(name, args=[pk]))
                for pk in ((theirs["case"] if name.startswith("cases") else theirs["mother"]).pk, uuid.uuid4())
            )
            assert real.status_code == none.status_code and real.status_code in {403, 404, 405}, name
            if real.status_code != 405:
                assert len(real.content) == len(none.content), name
                assert {k for k, _ in real.items()} == {k for k, _ in none.items()}, name


def test_a_code_of_another_office_is_answered_like_a_code_of_nobody(sign_in, both):
    mine, theirs = both
    browser, url = sign_in(HERE), reverse("cases:list")

    real, none = (browser.post(url, {"code": code}) for code in (theirs["case"].code, "ZZZZ-ZZZZ"))
    assert (real.status_code, none.status_code) == (200, 200)
    assert len(real.content) == len(none.content)
    assert browser.post(url, {"code": mine["case"].code}).status_code == 302


def test_an_unknown_step_of_a_handover_withdraws_nothing(sign_in, at, told, both):
    from compass.cases.actions.best_interests import WithParent, check_with_parent
    from compass.cases.actions.handover import HandoverOffer, offer_handovers
    from compass.cases.models import Handover

    _mine, theirs = both
    with at(THERE) as work:
        check_with_parent(work, [WithParent(**told(id=theirs["child"].pk), view="laughs")])
        offer = HandoverOffer(
            **told(id=theirs["case"].pk),
            to_organisation_id=world_id("NG"),
            note="two people",
            without_return="left_on_own",
        )
        (row,) = offer_handovers(work, [offer])
    browser = sign_in(THERE)

    for word in ("show", "decline", "accepted"):
        assert browser.post(reverse("cases:handover_step", args=[row.pk, word]), key()).status_code == 404
    browser.post(reverse("cases:handover_step", args=[row.pk, "accept"]), key())
    for username in ("dz.cases", "zinder.clinic", "niger.focal"):
        outsider = sign_in(username)
        for word in ("accept", "withdraw"):
            assert outsider.post(reverse("cases:handover_step", args=[row.pk, word]), key()).status_code in {403, 404}
    with at(THERE):
        assert Handover.objects.get().status == "offered"
    assert sign_in(THERE).post(reverse("cases:handover_step", args=[row.pk, "withdraw"]), key()).status_code == 302


@pytest.mark.parametrize("username", ["hague.desk", "niger.focal", "geneva.protection", "zinder.supervisor"])
def test_publishing_refuses_before_it_looks(sign_in, username):
    from compass.programme.actions import refresh_figures

    snapshot = refresh_figures()
    browser = sign_in(username)

    for pk in (snapshot.pk, uuid.uuid4()):
        assert browser.post(reverse("programme:publish", args=[pk]), key()).status_code == 403
