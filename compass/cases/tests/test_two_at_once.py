"""Two colleagues save one record: the second sees both versions, keeps what was typed, and may then save."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from compass.cases.actions.best_interests import Heard, hear_children
from compass.cases.models import Assessment, BestInterests, Case, Goal, Plan, PlanAction
from compass.cases.tests.pages import url
from compass.config.demo.world import world_id
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db
DAY = (timezone.now().date() + timedelta(days=30)).isoformat()
HIDDEN = re.compile(r'name="(version|seen)"(?: value="([^"]*)")?')


def page_of(client, where):
    """What the page carries hidden to know which version was on the screen."""
    found = dict(HIDDEN.findall(client.get(where).content.decode()))
    assert found, where
    return found


def both(client, where, first, second, kept, sealed=""):
    """Two save from the same page; answers with the page the second one gets, after a reason where words are `sealed`."""
    shown = page_of(client, where)
    assert client.post(where, {**shown, **first, "key": str(uuid.uuid4())}).status_code == 302
    page = ""
    for why in ("", "invented", "plan") if sealed else ("",):
        answer = client.post(where, {**shown, **second, "opened_for": why, "key": str(uuid.uuid4())})
        page = answer.content.decode()
        assert answer.status_code == 200 and "P-2002" in page and 'class="cmp"' in page
        assert kept in page
        if sealed and why != "plan":
            assert sealed not in page and 'id="opened_for"' in page
            assert dict(HIDDEN.findall(page)) == shown, "nothing is replaced unseen"
    assert sealed in page and 'id="opened_for"' not in page
    now = dict(HIDDEN.findall(page))
    assert now != shown
    return page, lambda: client.post(where, {**now, **second, "key": str(uuid.uuid4())})


def test_the_risk(sign_in, made):
    typed = {"level": "low", "reason": "Plus calme"}
    _page, again = both(
        sign_in("zinder.social"),
        url("risk", made.pk),
        {"level": "high", "reason": "Menaces"},
        typed,
        "Plus calme",
        "Menaces",
    )
    assert again().status_code == 302


def test_an_assessment(sign_in, at, made):
    first = {"need_education": "met", "vulnerable": "no", "experienced": "no", "narrative": "Récit de l’un"}
    second = {
        "need_education": "unmet_severe",
        "vulnerable": "yes",
        "experienced": "no",
        "narrative": "Récit de l’autre",
    }
    _page, again = both(
        sign_in("zinder.social"), url("assess", made.pk), first, second, "Récit de l’autre", "Récit de l’un"
    )
    with at("zinder.social"):
        assert Assessment.objects.count() == 1
    assert again().status_code == 302


def test_a_plan_and_its_agreement(sign_in, at, made, assessed):
    with at("zinder.social") as work:
        assessed(work, made)

    def typed(words):
        return {
            "g1_answer": "goal", "g1_statement": words, "g1_target": DAY, "g1_service_1": "SHL",
            "g1_who_1": "case_manager",
        }  # fmt: skip

    client = sign_in("zinder.social")
    _page, again = both(
        client, url("plan", made.pk), typed("Dormir sans peur"), typed("Une porte"), "Une porte", "Dormir sans peur"
    )
    with at("zinder.social"):
        assert Plan.objects.count() == 1
    assert again().status_code == 302

    both(client, url("agree", made.pk), {"how": "spoken"}, {"how": "signed"}, "apposé son empreinte")


def test_a_step_of_the_plan(sign_in, at, made, assessed, planned, approved):
    with at("zinder.social") as work:
        assessment, plan = assessed(work, made), planned(work, made)
    approved(assessment, plan)
    with at("zinder.social"):
        step = PlanAction.objects.get()
    today = timezone.now().date().isoformat()
    first = {"delivered": "yes", "done_on": today, "note": "Fait hier"}
    both(
        sign_in("zinder.social"),
        url("done", step.pk),
        first,
        {**first, "delivered": "no", "note": "Refusé"},
        "Refusé",
        "Fait hier",
    )


def test_the_progress_of_goals_at_a_contact(sign_in, at, made, assessed, planned):
    with at("zinder.social") as work:
        assessed(work, made)
        planned(work, made)
        goal = f"goal_{Goal.objects.get().pk.hex}"
    typed = {"reached": "yes", "kind": "for_service", "channel": "phone"}
    client, where = sign_in("zinder.social"), url("follow_up", made.pk)
    both(client, where, {**typed, goal: "met"}, {**typed, goal: "in_progress", "note": "à garder"}, "à garder")

    shown = page_of(client, where)
    for _ in range(2):  # a contact that changes nothing for others stands beside them
        assert client.post(where, {**shown, **typed, "key": str(uuid.uuid4())}).status_code == 302


def test_a_request_to_close(sign_in, made):
    typed = {"reason": "client_request_withdrawal", "safety_reassessed": "yes", "explanation": "Elle part"}
    both(
        sign_in("zinder.social"),
        url("close", made.pk),
        typed,
        {**typed, "reason": "deceased", "explanation": "Non"},
        "Non",
        "Elle part",
    )


def test_a_decision(sign_in, at, made, assessed):
    with at("zinder.social") as work:
        row = assessed(work, made)
    where, first = url("decide_assessment", row.pk), {"approve": "no", "remark": "Trop court"}
    page, _again = both(sign_in("zinder.supervisor"), where, first, {"approve": "yes"}, "Approuver")
    assert "Trop court" not in page


def test_who_leads_a_case(sign_in, at, made):
    one, other = {"owner": str(world_id("zinder.cases"))}, {"owner": str(world_id("zinder.supervisor"))}
    _page, again = both(sign_in("zinder.supervisor"), url("assign", made.pk), one, other, "Ibrahim Sani Oumarou")
    with at("zinder.social"):
        assert Case.objects.get().owner_id == world_id("zinder.cases")
    assert again().status_code == 302


def test_the_ladder_of_a_child(sign_in, at, told, person):
    with at("zinder.social") as work:
        boy = person(work, identity={"given": "Musa", "birth_date": "2012-02-02"}, uasc_status="unaccompanied")
    client, where = sign_in("zinder.social"), url("best_interests_step", boy.pk, "hear")
    _page, again = both(client, where, {"view": "Rester"}, {"view": "Rentrer"}, "Rentrer", "Rester")
    assert again().status_code == 302
    with at("zinder.social") as work:
        hear_children(work, [Heard(**told(id=boy.pk), view="Rester")])
        assert BestInterests.objects.get().version == 3


def test_what_is_compared_is_opened_for_a_reason_on_record(sign_in, at, made):
    typed = {"level": "low", "reason": "Plus calme"}
    first = {"level": "high", "reason": "Menaces"}
    both(sign_in("zinder.social"), url("risk", made.pk), first, typed, "Plus calme", "Menaces")

    with at("zinder.social"):
        bodies = list(Entry.objects.values_list("body", flat=True))
    assert [body for body in bodies if '"compared":1' in body and '"why":"plan"' in body]
    assert not [body for body in bodies if '"compared":1' in body and '"why":"plan"' not in body]
