"""Each page of a return: that it works, and one refusal each."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse

from compass.people.models import Person
from compass.returns.models import Return
from compass.trail.models import Entry
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
PAGES = {
    "counselling": "enquiry",
    "declaration": "counselling",
    "free_choice": "application",
    "eligibility": "eligibility_review",
    "preparation": "pre_return",
    "departure": "ready_to_travel",
    "missed": "ready_to_travel",
    "arrival": "in_travel",
    "withdraw": "enquiry",
    "suspend": "enquiry",
}


def url(name: str, journey: Any) -> str:
    return reverse(f"returns:{name}", args=[journey.pk])


def test_it_works_the_list(journey, sign_in):
    journey.start()

    page = sign_in("zinder.social").get(reverse("returns:list")).content.decode()

    with journey.at("zinder.social"):
        assert Return.objects.get().code in page
    assert "Ese" not in page


def test_the_list_of_another_office_is_empty(journey, sign_in):
    journey.start()

    assert url("show", journey) not in sign_in("edo.reception").get(reverse("returns:list")).content.decode()


def test_a_desk_officer_sees_no_list(sign_in):
    assert sign_in("hague.desk").get(reverse("returns:list")).status_code == 403


@pytest.mark.parametrize(("name", "state"), PAGES.items())
def test_it_works_each_step_shows_an_empty_form(journey, sign_in, name, state):
    journey.to(state)

    answer = sign_in("zinder.cases").get(url(name, journey))

    assert answer.status_code == 200
    assert " checked" not in answer.content.decode()


@pytest.mark.parametrize(("name", "state"), PAGES.items())
def test_each_step_of_another_office_is_not_there(journey, sign_in, name, state):
    journey.start()

    assert sign_in("edo.reception").get(url(name, journey)).status_code == 404


def test_the_languages_of_the_office_stand_first(journey, sign_in):
    journey.to("enquiry")
    page = sign_in("zinder.cases").get(url("counselling", journey)).content.decode()

    here, others = page.split("<optgroup")[1:3]
    assert 'value="ha"' in here and 'value="pcm"' not in here and 'value="pcm"' in others


@pytest.mark.parametrize(
    "name", ["counselling", "declaration", "free_choice", "eligibility", "preparation", "departure", "arrival"]
)
def test_each_step_answers_bad_input_with_the_form(journey, sign_in, name):
    journey.to("enquiry")
    bad = {
        "days_offered": "many",
        "travel_on": "31/2/x",
        "language": "xx",
        "version": "z",
        "reconfirmed": "perhaps",
        "topics": "no-such-topic",
        "mode": "\x00",
        "arrived_on_day": "99",
        "no_means": "nothing",
    }

    answer = sign_in("zinder.cases").post(url(name, journey), bad)

    assert answer.status_code == 200
    assert "data-errors" in answer.content.decode()


def test_the_steps_by_their_pages(journey, sign_in):
    journey.start()
    client = sign_in("zinder.cases")

    def send(name: str, **said: Any) -> Any:
        version = client.get(url(name, journey)).context["form"].initial["version"]
        answer = client.send(url(name, journey), {"key": uuid.uuid4(), "version": version, **said})
        assert answer.status_code == 302, answer.content.decode()
        shown = client.get(answer["Location"])
        assert 'role="status"' in shown.content.decode(), name
        return shown

    send(
        "counselling",
        topics=code_list("return_information_topic").values,
        language="ha",
        interpreter_mode="in_person",
        time_offered="yes",
        days_offered="٧",
    )
    send("declaration", statements=code_list("declaration_statement").values, language="ha", mode="thumbprint")
    send(
        "free_choice",
        no_pressure="yes",
        pressure="alone",
        informed="yes",
        information="asked back",
        capacity_doubted="no",
        detained="no",
    )
    answers: dict[str, str] = {}
    for criterion in code_list("eligibility_criterion").values:
        answers |= {criterion: "pass", f"{criterion}_kind": "document", f"{criterion}_evidence": "seen"}
    send("eligibility", **answers)

    client = sign_in("zinder.supervisor")
    page = client.get(url("decision", journey)).content.decode()
    shown = send("decision", decision="approve", note="free and informed")

    assert "R-ELI-1" not in page
    assert journey.state() == "pre_return"
    assert shown.status_code == 200


def test_the_decision_of_someone_who_took_part_is_refused_on_the_page(journey, sign_in):
    journey.to("eligibility_review")
    with journey.at("zinder.supervisor") as work:
        Return.objects.update(recorded_by=work.actor.id)

    said = {"decision": "approve", "note": "kept words", "version": 6}
    answer = sign_in("zinder.supervisor").post(url("decision", journey), said)

    assert answer.status_code == 200
    assert "kept words" in answer.content.decode()
    assert "R-ELI-2" in answer.content.decode()
    assert journey.state() == "eligibility_review"


def test_a_social_worker_cannot_open_the_decision(journey, sign_in):
    journey.to("eligibility_review")

    assert sign_in("zinder.social").get(url("decision", journey)).status_code == 403


def test_the_text_is_shown_in_her_language_and_marked(journey, sign_in):
    journey.start()
    journey.counsel()

    page = sign_in("zinder.cases").get(url("declaration", journey), {"text": "ha"}).content.decode()

    assert "Ina so in koma gida" in page
    assert 'lang="ha" dir="ltr"' in page


def test_a_stale_page_is_refused_and_keeps_the_words(journey, sign_in):
    journey.start()
    journey.counsel()

    answer = sign_in("zinder.social").post(
        url("withdraw", journey), {"key": uuid.uuid4(), "version": "1", "note": "I wish to stay"}
    )

    assert answer.status_code == 200
    assert "I wish to stay" in answer.content.decode()
    assert journey.state() == "counselling"


def test_sealed_words_are_shown_after_a_reason_and_the_trail_says_so(journey, sign_in):
    journey.to("eligibility_review")
    client = sign_in("zinder.supervisor")

    closed = client.get(url("show", journey)).content.decode()
    refused = client.post(url("show", journey), {}).content.decode()
    opened = client.post(url("show", journey), {"reason": "decision"}).content.decode()

    assert "misses-her-mother" not in closed + refused
    assert "misses-her-mother" in opened
    with journey.at("geneva.protection") as work:
        assert work.allowed("trail.view", Entry).filter(body__contains="notes_read").exists()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_pages_speak_the_language(journey, sign_in, language):
    journey.to("eligibility_review")
    client = sign_in("zinder.supervisor")
    client.cookies["compass_language"] = language

    page = client.get(url("decision", journey)).content.decode()

    assert "Decision by a second person" not in page


def test_a_child_who_becomes_alone_is_shown_on_the_page_of_the_return(journey, sign_in):
    journey.to("eligibility_review")
    with journey.at("zinder.cases"):
        Person.objects.filter(pk=journey.son.pk).update(uasc_status="separated")

    client = sign_in("zinder.supervisor")
    page = client.get(url("show", journey)).content.decode()
    version = client.get(url("decision", journey)).context["form"].initial["version"]
    answer = client.send(url("decision", journey), {"decision": "approve", "note": "yes", "version": version})

    assert "R-CHI-1" in page
    assert answer.status_code == 200
    with journey.at("geneva.protection") as work:
        assert work.allowed("trail.view", Entry).filter(body__contains="3004").exists()


def test_a_declaration_in_a_language_not_on_the_record_says_so_at_the_field(journey, sign_in):
    journey.to("counselling")
    address = url("declaration", journey)
    sent = {"key": uuid.uuid4(), "statements": ["own_free_will"], "language": "bin", "mode": "thumbprint"}

    answer = sign_in("zinder.cases").post(address, sent)

    errors = answer.context["form"].errors
    assert set(errors) == {"statements", "language"}


def test_the_stop_names_the_child_and_leads_to_the_steps(journey, sign_in):
    page = sign_in("zinder.social").get(reverse("returns:start", args=[journey.boy.pk])).content.decode()

    assert reverse("cases:best_interests", args=[journey.boy.pk]) in page


def test_a_step_of_another_function_is_not_offered(journey, sign_in):
    journey.to("eligibility_review")

    hers = sign_in("zinder.social").get(url("show", journey)).content.decode()
    theirs = sign_in("zinder.supervisor").get(url("show", journey)).content.decode()

    assert url("decision", journey) not in hers
    assert url("decision", journey) in theirs
