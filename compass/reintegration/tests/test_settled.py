"""What is settled is not offered again, what is missing is said first, and days that cannot be are refused in words."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.people.models import Person
from compass.problems import Invalid
from compass.reintegration import actions
from compass.reintegration.models import Action, Plan

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"reintegration:{name}", args=args)


def day(ahead: int) -> Any:
    return timezone.localdate() + timedelta(days=ahead)


def test_a_person_with_a_plan_is_not_asked_for_another(home, sign_in):
    home.plan()

    page = sign_in("edo.reception").get(url("plan", home.mother.pk)).content.decode()

    assert 'id="typed"' not in page and url("person", home.mother.pk) in page


@pytest.mark.parametrize("name", ["delivered", "receipt", "cancel"])
def test_a_line_that_is_settled_asks_nothing_more(home, sign_in, name):
    home.plan()
    home.line()
    home.prove()
    home.deliver()

    page = sign_in("edo.reception").get(url(name, home.stall.pk)).content.decode()

    assert 'id="typed"' not in page and url("action", home.stall.pk) in page


def test_nobody_asks_whether_it_helped_before_anything_was_delivered(home, sign_in):
    home.plan()
    home.line()

    assert 'id="typed"' not in sign_in("edo.reception").get(url("follow_up", home.stall.pk)).content.decode()


def test_something_in_kind_asks_for_its_proof_first(home, sign_in):
    home.plan()
    home.line()
    client, line = sign_in("edo.reception"), url("action", home.stall.pk)
    before = client.get(line).content.decode()
    warned = client.get(url("delivered", home.stall.pk)).content.decode()
    home.prove()

    after = client.get(line).content.decode()

    assert url("delivered", home.stall.pk) not in before and url("receipt", home.stall.pk) in before
    assert "R-BUD-2" in warned and url("receipt", home.stall.pk) in warned
    assert url("delivered", home.stall.pk) in after


def test_what_was_saved_is_said(home, sign_in):
    said = {"key": uuid.uuid4(), "goals": "a stall", "agreed_on": day(0)}

    page = sign_in("edo.reception").post(url("plan", home.mother.pk), said, follow=True).content.decode()

    assert 'role="status"' in page


def test_the_language_on_the_record_stands_at_the_interview(home, sign_in):
    with home.at("edo.reception"):
        Person.objects.filter(pk=home.mother.pk).update(languages=["pcm", "en"])

    page = sign_in("edo.monitoring").get(url("interview", home.mother.pk)).content.decode()

    assert '<option value="pcm" selected>' in page


def test_a_first_interview_is_offered_once(home, sign_in):
    client = sign_in("edo.monitoring")
    before = client.get(url("interview", home.mother.pk)).content.decode()
    home.interview()

    after = client.get(url("interview", home.mother.pk)).content.decode()

    assert 'value="baseline"' in before and 'value="baseline"' not in after


def test_nothing_is_delivered_or_planned_before_the_plan(home, at, told):
    home.plan()
    home.line()
    home.prove()

    with pytest.raises(Invalid) as delivered, at("edo.reception") as work:
        actions.deliver_actions(work, [actions.Delivered(**told(id=home.stall.pk), delivered_on=day(-9))])
    with pytest.raises(Invalid) as planned:
        home.line(planned_on=day(-9))

    for refused in (delivered, planned):
        assert day(-9).isoformat() not in refused.value.what and "plan" in refused.value.what
    with at("edo.reception"):
        assert Action.objects.count() == 1 and Action.objects.get().delivered_on is None


def test_a_line_planned_for_2090_is_refused_at_its_field(home, sign_in):
    home.plan()
    said = {"key": uuid.uuid4(), "planned_on": "2090-01-01"}

    form = sign_in("edo.reception").post(url("new_action", home.made.pk), said).context["form"]

    assert str(timezone.localdate().year + 3) in form.errors["planned_on"][0]


def test_a_plan_of_tomorrow_is_refused_in_words(home, at, told):
    with pytest.raises(Invalid) as refused, at("edo.reception") as work:
        actions.make_plans(work, [actions.NewPlan(**told(id=home.mother.pk), agreed_on=day(9), goals="x")])

    assert day(9).isoformat() not in refused.value.what
    with at("edo.reception"):
        assert not Plan.objects.exists()


def test_the_page_of_a_person_at_home_says_what_comes_next(home, sign_in, at, told):
    client, seen = sign_in("edo.reception"), []

    def look() -> None:
        ahead = client.get(url("person", home.mother.pk)).context["next"]
        seen.append(ahead.url if ahead else "")

    look()
    with at("edo.reception") as work:
        arrived = actions.Welcomed(**told(id=home.mother.pk), arrived_on=work.today, support=("food",))
        actions.welcome_home(work, [arrived])
    look()
    home.plan()
    look()
    home.line()
    look()
    home.prove()
    look()
    home.deliver()
    look()
    home.ask()
    look()

    assert seen == [
        url("welcome", home.mother.pk),
        url("plan", home.mother.pk),
        url("new_action", home.made.pk),
        url("receipt", home.stall.pk),
        url("delivered", home.stall.pk),
        url("follow_up", home.stall.pk),
        "",
    ]
