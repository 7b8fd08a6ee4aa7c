"""Each page works, and each refuses what it must."""

from __future__ import annotations

import gzip
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from compass.access import policy
from compass.access.work import Work
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.screening import Screened, screen_people
from compass.cases.models import Assessment, Case, Closure, FollowUp, Goal, Plan, PlanAction, Screening
from compass.config.demo.world import world_id
from compass.people.actions import Registration, register_people
from compass.people.models import Consent, Person

pytestmark = pytest.mark.django_db
CASE_PAGES = ["case", "risk", "assess", "plan", "follow_up", "close"]
SECRET = "Ce qui est arrivé à Sabha"


@pytest.fixture
def made(at, case):
    with at("zinder.social") as work:
        return case(work)


@pytest.fixture
def whole(at, case, assessed, planned, approved):
    """A case with an approved assessment and plan."""
    with at("zinder.social") as work:
        row = case(work)
        assessment = assessed(work, row, narrative=SECRET)
        plan = planned(work, row)
    approved(assessment, plan)
    return row


def url(name, *args):
    return reverse(f"cases:{name}", args=args)


def said(response):
    return response.content.decode()


def test_today_works(sign_in, made):
    page = said(sign_in("zinder.social").get(url("today")))

    assert made.code in page and "CM-16" in page and "CM-12" in page


def test_today_is_someones_own(sign_in, made):
    assert made.code not in said(sign_in("zinder.cases").get(url("today")))


def test_today_is_filtered_without_a_script(sign_in, made):
    client = sign_in("zinder.social")

    assert made.code not in said(client.get(url("today"), {"risk": "high"}))
    assert '<bdi class="std">CM-16</bdi>' not in said(client.get(url("today"), {"standard": "CM-12"}))
    assert client.get(url("today"), {"risk": "nonsense"}).status_code == 200


def test_today_asks_for_consent_of_whom_was_helped_without(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work, consent=False)

    page = said(sign_in("zinder.social").get(url("today")))
    assert row.code in page and "COMPASS-72H" in page


def test_today_for_sixty_cases_is_small_and_takes_few_queries(sign_in, at, told, case):
    then = timezone.now() - timedelta(days=3)
    with at("zinder.social") as work:
        told_then = [told(basis="vital_interest", occurred_at=then) for _ in range(60)]
        people = register_people(work, [Registration(**each, identity={"given": "A"}) for each in told_then])
        open_cases(work, [CaseOpening(**told(id=p.pk, occurred_at=then), risk_level="high") for p in people])
    client = sign_in("zinder.social")
    client.get(url("today"))

    with CaptureQueriesContext(connection) as asked:
        response = client.get(url("today"))

    rooms = [q["sql"] for q in asked if "cases_" in q["sql"] or "people_" in q["sql"]]
    assert len(rooms) <= 14, "\n".join(rooms)
    assert len(gzip.compress(response.content)) < 30_000


def test_a_partner_has_no_work_list(sign_in):
    assert sign_in("zinder.clinic").get(url("today")).status_code == 403


def test_the_list_opens_a_case_by_its_code(sign_in, made):
    client = sign_in("zinder.social")

    assert made.code in said(client.get(url("list")))
    assert client.post(url("list"), {"code": made.code.lower().replace("-", " ")}).url == url("case", made.pk)
    assert client.post(url("list"), {"code": "nothing"}).status_code == 200


def test_the_page_of_the_person_leads_to_the_case(sign_in, made):
    where = reverse("people:person", args=[made.person_id])
    page = said(sign_in("zinder.social").get(where))

    assert url("case", made.pk) in page and made.code in page


def test_who_may_not_view_cases_sees_no_link_to_one(sign_in, made, monkeypatch):
    where = reverse("people:person", args=[made.person_id])
    monkeypatch.setattr(Work, "may", lambda work, name: name != "cases.view" and policy.may(work.actor, name))

    assert url("case", made.pk) not in said(sign_in("zinder.social").get(where))


def test_the_list_opens_a_case_by_the_persons_code(sign_in, at, made, person):
    with at("zinder.social") as work:
        uncased = person(work)
        code = made.person.code
    client = sign_in("zinder.social")

    assert client.post(url("list"), {"code": code.lower()}).url == url("case", made.pk)
    assert client.post(url("list"), {"code": uncased.code}).url == reverse("people:person", args=[uncased.pk])


@pytest.mark.parametrize("typed", ["nothing", "Ese Osagie, la mère de trois enfants"])
def test_the_list_says_why_a_name_finds_nobody(sign_in, made, typed):
    page = said(sign_in("zinder.social").post(url("list"), {"code": typed}))

    assert "Les noms sont scellés" in page


def test_the_list_opens_nobody_of_another_office(sign_in, at, made):
    with at("zinder.social"):
        code = made.person.code
    client = sign_in("edo.reception")

    assert client.post(url("list"), {"code": made.code}).status_code == 200
    assert client.post(url("list"), {"code": code}).status_code == 200
    assert reverse("people:person", args=[made.person_id]) not in said(client.get(url("list")))


def test_the_list_shows_whom_the_office_registered_since_yesterday(sign_in, at, person):
    with at("zinder.social") as work:
        fresh, old = person(work), person(work)
        Person.objects.filter(pk=old.pk).update(recorded_at=timezone.now() - timedelta(hours=25))
    page = said(sign_in("zinder.social").get(url("list")))

    assert reverse("people:person", args=[fresh.pk]) in page and fresh.code in page
    assert reverse("people:person", args=[old.pk]) not in page


def test_the_case_page_works(sign_in, whole):
    page = said(sign_in("zinder.social").get(url("case", whole.pk)))

    assert whole.code in page and "CM-16" in page and SECRET not in page and "Osagie" not in page


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

    assert SECRET not in said(client.post(url("case", whole.pk), {"reveal": "1"}))
    assert SECRET in said(client.post(url("case", whole.pk), {"reveal": "1", "why": "plan"}))
    assert SECRET not in said(client.get(url("case", whole.pk)))


def test_screening_works_in_three_steps(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)
    client, page = sign_in("zinder.social"), url("screen", row.pk)
    urgent = {"medical_now": "no", "danger_now": "no"}
    routing = {"basic_needs": "no", "harmed": "yes", "controlled": "no", "fears_return": "no", "no_nationality": "no"}

    assert "medical_now" in said(client.get(page))
    second = said(client.post(page, {"step": "1", **urgent}))
    assert 'name="harmed"' in second and "refer/" not in second
    with at("zinder.social"):
        assert not Screening.objects.exists()
    third = said(client.post(page, {"step": "2", **urgent, **routing}))
    assert 'name="note"' in third
    key = str(uuid.uuid4())
    last = client.post(page, {"step": "3", **urgent, **routing, "note": "Des bleus", "key": key})

    with at("zinder.social"):
        made = Case.objects.get()
        assert last.url == url("case", made.pk) and made.risk_level == "medium"
        assert Screening.objects.get().computed == ["protection_case"]


def test_an_urgent_yes_is_recorded_before_anything_else_is_asked(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)
    client, page = sign_in("zinder.social"), url("screen", row.pk)
    urgent = {"medical_now": "yes", "danger_now": "no", "key": str(uuid.uuid4())}

    second = said(client.post(page, {"step": "1", **urgent}))
    client.post(page, {"step": "1", **urgent})
    with at("zinder.social"):
        made, kept = Case.objects.get(), Screening.objects.get()
    assert (made.risk_level, kept.medical_now) == ("high", True)
    assert made.code in second and "Rakia Abdou Moumouni" in second and url("refer", made.pk) in second

    routing = dict.fromkeys(("basic_needs", "harmed", "controlled", "fears_return", "no_nationality"), "no")
    last = client.post(page, {"step": "3", **urgent, **routing, "note": "Partie avec le médecin"})
    assert last.url == url("case", made.pk)
    with at("zinder.social"):
        assert (Case.objects.count(), Screening.objects.count()) == (1, 2)


def test_screening_keeps_what_was_typed(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)
    page = said(sign_in("zinder.social").post(url("screen", row.pk), {"step": "1", "medical_now": "yes"}))

    assert 'value="yes"' in page and "checked" in page and 'role="alert"' in page


def test_screening_goes_back_with_its_answers(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)
    typed = {"step": "2", "medical_now": "yes", "danger_now": "no", "harmed": "yes", "back": "1"}
    page = said(sign_in("zinder.social").post(url("screen", row.pk), typed))

    assert "checked" in page and 'value="1"' in page


def test_going_back_twice_loses_no_answer(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)
    client, page = sign_in("zinder.social"), url("screen", row.pk)
    typed = {
        "medical_now": "no", "danger_now": "no", "harmed": "yes", "triggers": ["recent_assault"], "note": "des-bleus",
        "risk_level": "high",
    }  # fmt: skip

    second = said(client.post(page, {"step": "3", "back": "1", **typed}))
    first = said(client.post(page, {"step": "2", "back": "1", **typed}))

    for hidden in ('name="note" value="des-bleus"', 'name="risk_level" value="high"'):
        assert hidden in second and hidden in first
    assert 'name="harmed" value="yes"' in first and 'name="triggers" value="recent_assault"' in first
    assert first.count('name="medical_now"') == 2, "what is on the page does not travel beside it"


def test_an_urgent_answer_of_before_is_shown_to_whoever_screens_again(sign_in, at, told, person):
    with at("zinder.social") as work:
        row, calm = person(work), person(work)
        screen_people(work, [Screened(**told(id=row.pk), answers={"medical_now": True, "danger_now": False})])
        screen_people(work, [Screened(**told(id=calm.pk), answers={"medical_now": False, "danger_now": False})])
    client = sign_in("zinder.social")

    page = said(client.get(url("screen", row.pk)))

    assert "Déjà répondu" in page and "Quelqu’un a besoin d’un médecin tout de suite." in page
    assert "Déjà répondu" not in said(client.get(url("screen", calm.pk)))


def test_screening_elsewhere_is_not_there(sign_in, at, person):
    with at("zinder.social") as work:
        row = person(work)

    assert sign_in("edo.reception").get(url("screen", row.pk)).status_code == 404


def test_an_assessment_is_written(sign_in, at, made):
    typed = {
        "need_safety_security": "unmet_severe",
        "vulnerable": "yes",
        "experienced": "undetermined",
        "narrative": SECRET,
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


def test_the_team_sees_what_waits_and_who_carries_what(sign_in, at, made, assessed):
    with at("zinder.social") as work:
        row = assessed(work, made)
    client = sign_in("zinder.supervisor")

    page = said(client.get(url("team")))
    assert url("decide_assessment", row.pk) in page and "Ibrahim Sani Oumarou" in page
    decide = url("decide_assessment", row.pk)
    assert client.get(decide).status_code == 200
    assert 'role="alert"' in said(client.send(decide, {"approve": "no"}))
    assert client.send(decide, {"approve": "yes"}).status_code == 302


def test_a_social_worker_has_no_team_page(sign_in):
    assert sign_in("zinder.social").get(url("team")).status_code == 403


def test_nobody_decides_on_their_own_work(sign_in, at, case, assessed):
    with at("zinder.supervisor") as work:
        row = assessed(work, case(work))
    client = sign_in("zinder.supervisor")

    assert "CM-15" in said(client.get(url("decide_assessment", row.pk)))
    assert "P-1004" in said(client.post(url("decide_assessment", row.pk), {"approve": "yes", "version": row.version}))


@pytest.mark.parametrize("name", ["decide_assessment", "decide_plan", "decide_closure"])
def test_a_social_worker_decides_nothing(sign_in, name):
    assert sign_in("zinder.social").get(url(name, uuid.uuid4())).status_code == 403


def test_a_case_nobody_leads_is_assigned(sign_in, at, case):
    with at("zinder.social") as work:
        row = case(work, unled=True, risk_level="high")
    client = sign_in("zinder.supervisor")

    assert row.code in said(client.get(url("team")))
    assert client.send(url("assign", row.pk), {"owner": str(world_id("zinder.cases"))}).status_code == 302
    assert client.send(url("assign", row.pk), {"owner": "nobody"}).status_code == 200


def test_a_plan_waits_for_the_supervisor(sign_in, at, case, assessed, planned):
    with at("zinder.social") as work:
        row = case(work)
        assessed(work, row)
        plan = planned(work, row)
    client = sign_in("zinder.supervisor")

    page = said(client.send(url("decide_plan", plan.pk), {"reveal": "1", "why": "decide"}))
    assert "To sleep without fear" in page
    assert client.send(url("decide_plan", plan.pk), {"approve": "yes"}).status_code == 302


def test_what_rooms_above_add_stands_on_the_page(sign_in, made, monkeypatch):
    from compass.cases import chapters

    monkeypatch.setattr(chapters, "_REGISTRY", {})

    def journey(work: Work, case: Case) -> chapters.Chapter:
        return chapters.Chapter(facts=[("Etat", "Conseil")], links=[("Ouvrir", "/x/")], panel=("bad", "Stop", "Why"))

    chapters.register("Retour", journey)
    page = said(sign_in("zinder.social").get(url("case", made.pk)))

    assert "Retour" in page and "/x/" in page and "Stop" in page
