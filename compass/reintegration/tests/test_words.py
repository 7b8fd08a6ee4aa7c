"""What is sealed at the reception and in a plan can be read again after a reason, and the plan changed."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.problems import StaleVersion, WrongState
from compass.reintegration import actions
from compass.reintegration.queries import words_at_home
from compass.reintegration.tests.test_deadlines import landing
from compass.returns.models import Return
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db


def change(home, at, told, goals, **more):
    with at("edo.reception") as work:
        said = actions.PlanChanged(**told(id=home.made.pk, **more), agreed_on=work.today, goals=goals)
        return actions.change_plans(work, [said])[0]


def test_what_was_written_is_read_again_after_a_reason(home, sign_in, at):
    home.plan()
    client, address = sign_in("edo.reception"), reverse("reintegration:person", args=[home.mother.pk])
    with at("edo.reception") as work:
        ((_title, _day, wish),) = words_at_home(work, home.mother)
    assert wish
    assert wish not in client.get(address).content.decode()
    assert wish not in client.post(address, {"reason": ""}).content.decode()

    assert wish in client.send(address, {"reason": "present"}).content.decode()
    with at("geneva.protection") as work:
        assert work.allowed("trail.view", Entry).filter(body__contains="words_read").exists()


def test_whoever_only_monitors_reads_no_words(home, sign_in):
    home.plan()

    answer = sign_in("edo.monitoring").post(
        reverse("reintegration:person", args=[home.mother.pk]), {"reason": "present"}
    )

    assert answer.status_code == 403


def test_a_plan_is_changed_and_what_was_wanted_before_is_kept(home, at, told, sign_in):
    home.plan()
    page = sign_in("edo.reception").get(reverse("reintegration:person", args=[home.mother.pk])).content.decode()
    assert reverse("reintegration:change_plan", args=[home.made.pk]) in page

    change(home, at, told, "a school for the daughter")

    with at("edo.reception") as work:
        words = [text for _, _, text in words_at_home(work, home.mother)]
        assert words[-1] == "a school for the daughter"
        assert len(words) == 2


def test_two_who_change_a_plan_at_once_see_both(home, at, told):
    home.plan()
    change(home, at, told, "first", version=1)

    with pytest.raises(StaleVersion):
        change(home, at, told, "second", version=1)


def test_the_page_changes_a_plan(home, sign_in):
    home.plan()
    client, address = sign_in("edo.reception"), reverse("reintegration:change_plan", args=[home.made.pk])
    form = client.get(address).context["form"]

    answer = client.send(
        address,
        {"key": form["key"].value(), "version": 1, "goals": "a bakery", "agreed_on": timezone.localdate()},
    )

    assert answer.status_code == 302


def test_the_plan_of_another_office_is_not_there(home, sign_in):
    home.plan()

    assert sign_in("zinder.cases").get(reverse("reintegration:change_plan", args=[home.made.pk])).status_code == 404


def test_a_closed_return_leaves_its_plan_as_it_is(home, at, told):
    home.plan()
    landing(home)
    with at("edo.reception"):
        Return.objects.update(state="closed")

    with pytest.raises(WrongState):
        change(home, at, told, "too late")
