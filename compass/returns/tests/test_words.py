"""What the pages of a return say: two languages at the declaration, refusals that name what is missing, days that can be."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from compass.people.models import Person
from compass.problems import Invalid, StandardNotMet
from compass.returns import actions
from compass.returns.content import declaration_texts
from compass.returns.tests.conftest import CRITERIA, STATEMENTS, TOPICS
from compass.vocabulary import label_of

pytestmark = pytest.mark.django_db


def url(name: str, journey: Any) -> str:
    return reverse(f"returns:{name}", args=[journey.pk])


def fill(client: Any, name: str, journey: Any, **said: Any) -> Any:
    """Send the form of a step as the page gave it."""
    version = client.get(url(name, journey)).context["form"].initial["version"]
    return client.post(url(name, journey), {"key": uuid.uuid4(), "version": version, **said})


@pytest.mark.parametrize(("reader", "hers"), [("fr", "ha"), ("ar", "pcm"), ("en", "ha")])
def test_the_declaration_stands_in_her_language_and_beneath_in_the_counsellor_s(journey, sign_in, reader, hers):
    journey.to("counselling")
    client = sign_in("zinder.cases")
    client.cookies["compass_language"] = reader

    page = client.get(url("declaration", journey), {"text": hers}).content.decode()

    said, own = declaration_texts()[hers], declaration_texts()[reader]
    for code in STATEMENTS:
        first, second = (page.find(escape(text.statements[code])) for text in (said, own))
        assert 0 < first < second, code
        assert f'class="lead-in" lang="{hers}"' in page[:first]
        assert page[:second].endswith(f'<span class="hint" lang="{reader}" dir="{own.direction}">')
    assert escape(said.opening) in page and escape(own.opening) in page


def test_one_language_is_shown_once(journey, sign_in):
    journey.to("counselling")
    client = sign_in("zinder.cases")
    client.cookies["compass_language"] = "fr"

    page = client.get(url("declaration", journey), {"text": "fr"}).content.decode()

    assert page.count(escape(declaration_texts()["fr"].statements["informed"])) == 1


def test_without_a_text_in_her_language_the_worker_s_stands_there_and_an_interpreter_is_asked_for(journey, sign_in):
    journey.to("counselling")
    with journey.at("zinder.cases"):
        Person.objects.filter(pk=journey.mother.pk).update(languages=["bin"])
    client = sign_in("zinder.cases")
    client.cookies["compass_language"] = "fr"

    answer = client.get(url("declaration", journey))

    assert answer.context["text"].language == "fr" and not answer.context["in_their_language"]


def test_both_versions_say_the_same_number_of_things():
    for code in STATEMENTS:
        assert len({text.statements[code].count(".") for text in declaration_texts().values()}) == 1, code


def test_the_language_on_her_record_stands_at_the_talk_and_can_be_changed(journey, sign_in):
    journey.start()
    client = sign_in("zinder.cases")

    page = client.get(url("counselling", journey)).content.decode()
    changed = fill(
        client, "counselling", journey, topics=TOPICS, language="ha", interpreter_mode="phone", time_offered="no"
    )

    assert '<option value="en" selected>' in page
    assert changed.status_code == 302
    assert '<option value="ha" selected>' in client.get(url("counselling", journey)).content.decode()


def test_a_second_talk_says_what_was_told_before(journey, sign_in):
    journey.start()
    journey.counsel(TOPICS[:2])

    form = sign_in("zinder.cases").get(url("counselling", journey)).context["form"]

    assert set(form.fields["topics"].widget.hints) == set(TOPICS[:2])


def test_an_error_of_eligibility_names_the_criterion_and_what_is_missing(journey, sign_in):
    journey.to("eligibility_review")
    rest = dict.fromkeys(CRITERIA[2:], "pending")
    said = {CRITERIA[0]: "pass", f"{CRITERIA[0]}_kind": "document", **rest}

    form = fill(sign_in("zinder.cases"), "eligibility", journey, **said).context["form"]

    assert set(form.errors) == {f"{CRITERIA[0]}_evidence", CRITERIA[1]}
    said = {link.target: f"{link.label} {link.message}" for link in form.summary}
    for name, criterion in ((f"id_{CRITERIA[0]}_evidence", CRITERIA[0]), (f"id_{CRITERIA[1]}", CRITERIA[1])):
        assert label_of("eligibility_criterion", criterion) in said[f"#{name}"]
        assert label_of("eligibility_answer", "pending") in said[f"#{name}"]


def test_a_refusal_of_the_step_names_the_criterion_too(journey):
    journey.to("eligibility_review")

    with pytest.raises(StandardNotMet) as refused, journey.at("zinder.cases") as work:
        one = actions.CriterionChecked(criterion=CRITERIA[0], answer="pass", evidence_kind="document", evidence=" ")
        actions.check_eligibility(work, [actions.EligibilityChecked(**journey.told(id=journey.pk), criteria=(one,))])

    assert label_of("eligibility_criterion", CRITERIA[0]) in refused.value.what


def test_the_second_person_sees_which_criterion_is_not_fulfilled_and_where_to_mend_it(journey, sign_in):
    journey.start()
    journey.counsel()
    journey.declare()
    journey.check()
    journey.assess(no_objection="fail")

    page = sign_in("zinder.supervisor").get(url("decision", journey)).content.decode()

    assert escape(label_of("eligibility_criterion", "no_objection")) in page
    assert url("eligibility", journey) in page


def test_a_child_who_would_travel_alone_is_refused_in_words(journey):
    with pytest.raises(StandardNotMet) as refused, journey.at("zinder.social") as work:
        actions.start_returns(work, [actions.Begin(**journey.told(id=journey.son.pk), destination="NG")])

    assert refused.value.what.count("R-CHI-4") == 1
    assert "(R-CHI-4)" in refused.value.what and "famille" in refused.value.what


def test_a_decision_against_says_at_each_field_what_is_missing(journey, sign_in):
    journey.to("eligibility_review")

    form = fill(sign_in("zinder.supervisor"), "decision", journey, decision="refuse", note="kept words").context["form"]

    assert set(form.errors) == {"reason", "explained", "referral_offered", "complaint_told"}


def test_a_doubt_or_a_held_person_asks_the_questions_that_follow(journey, sign_in):
    journey.to("application")
    said = {"no_pressure": "yes", "pressure": "p", "informed": "yes", "information": "i"}

    answer = fill(sign_in("zinder.cases"), "free_choice", journey, **said, capacity_doubted="yes", detained="yes")

    assert set(answer.context["form"].errors) == {"capacity_assessed", "independent_counsel", "private_talk"}


def test_a_no_at_the_last_question_leads_to_the_page_for_those_who_stay(journey, sign_in):
    journey.to("ready_to_travel")
    today = timezone.localdate()

    answer = fill(
        sign_in("zinder.cases"), "departure", journey, reconfirmed="no", method="in_person_alone", departed_on=today
    )

    assert set(answer.context["form"].errors) == {"reconfirmed"}
    assert url("missed", journey) in answer.content.decode()


READY = {"travel_mode": "bus", "medical_outcome": "fit"}


def test_a_journey_in_2090_is_refused_in_words_and_its_example_lies_ahead(journey, sign_in):
    journey.to("pre_return")
    client, year = sign_in("zinder.cases"), timezone.localdate().year

    far = fill(client, "preparation", journey, **READY, travel_on="2090-01-01", document_valid_until="x")

    errors = far.context["form"].errors
    assert str(year + 1) in errors["travel_on"][0]
    assert "1999" not in errors["document_valid_until"][0] and str(year)[:2] in errors["document_valid_until"][0]
    assert journey.state() == "pre_return"


@pytest.mark.parametrize(
    "changes",
    [{"travel_on": timedelta(days=4000)}, {"travel_on": -timedelta(days=4000)}, {"receiving_told_on": timedelta(9)}],
)
def test_a_day_that_cannot_be_is_refused_by_the_step_in_words(journey, changes):
    journey.to("pre_return")
    days = {name: timezone.localdate() + length for name, length in changes.items()}

    with pytest.raises(Invalid) as refused:
        journey.prepare(**days)

    assert not any(day.isoformat() in refused.value.what for day in days.values())


def test_what_was_prepared_stands_there_when_it_is_opened_again(journey, sign_in):
    journey.to("pre_return")
    journey.prepare(medical_outcome="temporarily_unfit")

    page = sign_in("zinder.cases").get(url("preparation", journey)).content.decode()
    shown = sign_in("zinder.cases").get(url("show", journey)).content.decode()

    assert '<option value="temporarily_unfit" selected>' in page
    assert escape(label_of("medical_outcome", "temporarily_unfit")) in shown


def test_nobody_arrives_before_leaving(journey):
    journey.to("in_travel")
    before = timezone.localdate() - timedelta(days=3)

    with pytest.raises(Invalid) as refused, journey.at("zinder.cases") as work:
        actions.receive_returns(work, [actions.Arrival(**journey.told(id=journey.pk), arrived_on=before)])

    assert before.isoformat() not in refused.value.what
