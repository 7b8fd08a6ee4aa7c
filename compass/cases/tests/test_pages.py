"""Each page of a case works, and each refuses what it must."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from compass.access.work import Work
from compass.cases.models import Assessment, Case, Closure, FollowUp, Goal, Plan, PlanAction
from compass.cases.tests.conftest import STORY
from compass.cases.tests.pages import said, url
from compass.people.models import Consent
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db
CASE_PAGES = ["case", "risk", "assess", "plan", "follow_up", "close"]


def test_the_case_page_works(sign_in, whole):
    page = said(sign_in("zinder.social").get(url("case", whole.pk)))

    assert whole.code in page and "CM-16" in page and STORY not in page and "Osagie" not in page


@pytest.mark.parametrize("name", CASE_PAGES)
def test_another_offices_case_is_not_there(sign_in, made, name):
    assert sign_in("edo.reception").get(url(name, made.pk)).status_code == 404


@pytest.mark.parametrize("name", CASE_PAGES)
def test_each_page_opens(sign_in, whole, name):
    assert sign_in("zinder.social").get(url(name, whole.pk)).status_code == 200


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("name", ["case", "assess", "plan", "agree", "follow_up", "close"])
def test_each_page_speaks_three_languages(sign_in, whole, name, language):
    page = sign_in("zinder.social").get(url(name, whole.pk), headers={"accept-language": language})

    assert page.status_code == 200 and f'lang="{language}"' in said(page)


def test_the_story_opens_only_for_a_reason(sign_in, whole):
    client = sign_in("zinder.social")

    assert STORY not in said(client.post(url("case", whole.pk), {"reveal": "1"}))
    assert STORY in said(client.post(url("case", whole.pk), {"reveal": "1", "why": "plan"}))
    assert STORY not in said(client.get(url("case", whole.pk)))


def test_an_assessment_is_written(sign_in, at, made):
    typed = {
        "need_safety_security": "unmet_severe",
        "vulnerable": "yes",
        "experienced": "undetermined",
        "narrative": STORY,
        "factor_1": "ind.literacy",
        "direction_1": "protective",
        "severity_1": "2",
    }
    response = sign_in("zinder.social").send(url("assess", made.pk), typed)

    assert response.status_code == 302
    with at("zinder.social"):
        assert Assessment.objects.get().severe == ["safety_security"]


def test_an_empty_assessment_is_refused_in_words(sign_in, made):
    page = said(sign_in("zinder.social").post(url("assess", made.pk), {"narrative": "à garder", "factor_1": "ind.age"}))

    assert "à garder" in page and 'role="alert"' in page


def test_no_assessment_without_consent(sign_in, at, case, person):
    with at("zinder.social") as work:
        row = case(work, someone=person(work, consent=False))
    page = said(sign_in("zinder.social").get(url("assess", row.pk)))

    assert "CM-01" in page and "narrative" not in page


def test_a_plan_is_made_and_agreed(sign_in, at, made, assessed):
    with at("zinder.social") as work:
        assessed(work, made)
    client = sign_in("zinder.social")
    day = timezone.now().date() + timedelta(days=30)
    typed = {
        "g1_answer": "goal",
        "g1_statement": "Dormir sans peur",
        "g1_target": day.isoformat(),
        "g1_service_1": "SHL",
        "g1_who_1": "case_manager",
    }

    assert client.send(url("plan", made.pk), typed).url == url("agree", made.pk)
    assert client.send(url("agree", made.pk), {"how": "spoken"}).url == url("case", made.pk)
    with at("zinder.social"):
        assert (Plan.objects.get().state, Goal.objects.count()) == ("requested", 1)


def test_a_plan_is_changed_from_what_stands_and_its_words_open_for_a_reason(sign_in, at, made, assessed):
    with at("zinder.social") as work:
        assessed(work, made)
    client, day = sign_in("zinder.social"), timezone.now().date() + timedelta(days=30)
    typed = {"g1_answer": "goal", "g1_statement": "Dormir sans peur", "g1_service_1": "SHL", "g1_who_1": "case_manager"}
    client.send(url("plan", made.pk), {**typed, "g1_target": day.isoformat()})

    again = client.get(url("plan", made.pk))
    kept = again.context["form"]
    assert [kept[name].value() for name in ("g1_answer", "g1_target", "g1_service_1")] == ["goal", day, "SHL"]
    assert "Dormir sans peur" not in said(again)

    opened = client.post(url("plan", made.pk), {"reveal": "1", "why": "plan"})
    assert opened.context["form"]["g1_statement"].value() == "Dormir sans peur"
    with at("geneva.protection") as work:
        bodies = "".join(work.allowed("trail.view", Entry).values_list("body", flat=True))
    assert bodies.count('"cases.reveal"') == 1


def test_a_plan_must_answer_each_severe_need(sign_in, at, made, assessed):
    with at("zinder.social") as work:
        assessed(work, made)
    page = said(sign_in("zinder.social").post(url("plan", made.pk), {"g1_answer": "goal", "g1_statement": "Rester"}))

    assert "Rester" in page and 'role="alert"' in page


def test_a_plan_without_assessment_says_what_comes_first(sign_in, made):
    assert url("assess", made.pk) in said(sign_in("zinder.social").get(url("plan", made.pk)))


def test_a_step_of_the_plan_is_settled(sign_in, at, whole):
    with at("zinder.social"):
        step = PlanAction.objects.get()
    client = sign_in("zinder.social")
    today = timezone.now().date().isoformat()

    assert client.get(url("done", step.pk)).status_code == 200
    assert client.send(url("done", step.pk), {"delivered": "yes", "done_on": "2026-13-45"}).status_code == 200
    assert client.send(url("done", step.pk), {"delivered": "yes", "done_on": today}).status_code == 302


def test_a_contact_is_recorded(sign_in, at, whole):
    with at("zinder.social"):
        goal = Goal.objects.get()
    typed = {"reached": "yes", "kind": "for_service", "channel": "phone", f"goal_{goal.pk.hex}": "in_progress"}

    assert sign_in("zinder.social").send(url("follow_up", whole.pk), typed).status_code == 302
    with at("zinder.social"):
        assert FollowUp.objects.get().reached and Goal.objects.get().progress == "in_progress"


def test_a_contact_without_an_answer_keeps_what_was_typed(sign_in, made):
    page = said(sign_in("zinder.social").post(url("follow_up", made.pk), {"note": "à garder", "kind": "x"}))

    assert "à garder" in page and 'role="alert"' in page


def test_an_attempt_that_reached_nobody_is_confirmed_and_stands_in_the_journey(sign_in, made):
    client = sign_in("zinder.social")
    typed = {"reached": "no", "kind": "for_service", "channel": "phone", "plan_reviewed": "no"}

    page = said(client.post(url("follow_up", made.pk), typed, follow=True))
    assert "Tentative enregistrée" in page and "sans réponse" in page
    assert "sans réponse" in said(client.get(url("follow_up", made.pk)))


@pytest.mark.parametrize("kind", ["withdrawn", "expired", "refused"])
def test_without_consent_the_page_says_what_stops_and_what_may_go_on(sign_in, at, told, made, kind):
    client = sign_in("zinder.social")
    assert "Ce qui peut continuer" not in said(client.get(url("case", made.pk)))
    with at("zinder.social"):
        given = Consent.objects.filter(person_id=made.person_id)
        if kind == "withdrawn":
            given.update(withdrawn_at=timezone.now())
        elif kind == "expired":
            given.update(expires_on=timezone.now().date() - timedelta(days=1))
        else:
            given.update(scopes={"case_management_services": False})

    page = said(client.get(url("case", made.pk)))
    assert "Ce qui peut continuer" in page and ("Les partenaires ne peuvent plus" in page) == (kind != "refused")


def test_the_assessment_shows_one_group_of_needs_at_a_time(sign_in, made):
    client = sign_in("zinder.social")
    page = said(client.get(url("assess", made.pk)))
    assert page.count("<details open>") == 1

    wrong = said(client.post(url("assess", made.pk), {"need_education": "unheard", "vulnerable": "yes"}))
    assert wrong.count("<details open>") == 2


def test_the_risk_is_set(sign_in, at, made):
    typed = {"version": made.version, "level": "high"}

    assert sign_in("zinder.social").post(url("risk", made.pk), typed).status_code == 302
    with at("zinder.social"):
        assert Case.objects.get().risk_level == "high"


def test_two_who_set_the_risk_see_both(sign_in, made):
    client = sign_in("zinder.social")
    client.post(url("risk", made.pk), {"version": made.version, "level": "high"})
    page = said(client.post(url("risk", made.pk), {"version": made.version, "level": "low", "reason": "Plus calme"}))

    assert "P-2002" in page and "Plus calme" in page and 'class="cmp"' in page


def test_closing_asks_a_second_person(sign_in, at, told, made):
    typed = {"reason": "client_request_withdrawal", "safety_reassessed": "yes", "prerequisites": ["complaint_told"]}
    assert sign_in("zinder.social").send(url("close", made.pk), typed).status_code == 302
    with at("zinder.social"):
        closure = Closure.objects.get()

    client = sign_in("zinder.supervisor")
    assert client.get(url("decide_closure", closure.pk)).status_code == 200
    assert client.send(url("decide_closure", closure.pk), {"approve": "yes"}).url == url("team")
    page = said(sign_in("zinder.social").get(url("case", made.pk)))
    assert url("reopen", made.pk) in page
    assert sign_in("zinder.social").send(url("reopen", made.pk), {"reason": "Elle est revenue"}).status_code == 302


def test_closing_too_early_is_refused_in_words(sign_in, made):
    page = said(
        sign_in("zinder.social").send(
            url("close", made.pk),
            {"reason": "support_duration_ended", "safety_reassessed": "yes", "explanation": "à garder"},
        )
    )

    assert "CM-24" in page and "Le risque n’est pas faible" in page and "à garder" in page


def test_an_open_case_has_no_reopening(sign_in, made):
    assert sign_in("zinder.social").get(url("reopen", made.pk)).status_code == 404


def test_what_rooms_above_add_stands_on_the_page(sign_in, made, monkeypatch):
    from compass.cases import chapters

    monkeypatch.setattr(chapters, "_REGISTRY", {})

    def journey(work: Work, case: Case) -> chapters.Chapter:
        return chapters.Chapter(facts=[("Etat", "Conseil")], links=[("Ouvrir", "/x/")], panel=("bad", "Stop", "Why"))

    chapters.register("Retour", journey)
    page = said(sign_in("zinder.social").get(url("case", made.pk)))

    assert "Retour" in page and "/x/" in page and "Stop" in page


@pytest.mark.parametrize(("days", "kept"), [(0, True), (2, True), (6, False), (40, False)])
def test_a_contact_is_written_down_on_another_day_than_it_took_place(sign_in, at, made, days, kept):
    """A visit of yesterday counts from yesterday; none lies before the case or a month back."""
    with at("zinder.social"):
        Case.objects.filter(pk=made.pk).update(opened_at=timezone.now() - timedelta(days=5))
    day = timezone.now().date() - timedelta(days=days)
    typed = {"contacted_on": day.isoformat(), "reached": "yes", "kind": "for_service", "channel": "phone"}

    answer = sign_in("zinder.social").send(url("follow_up", made.pk), typed)

    assert answer.status_code == (302 if kept else 200)
    with at("zinder.social"):
        assert [row.occurred_at.date() for row in FollowUp.objects.all()] == ([day] if kept else [])
