"""The pages of referral, handover and the child's ladder, and what each refuses."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compass.cases.actions.best_interests import WithParent, check_with_parent
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.forms import PlanForm
from compass.cases.models import BestInterests, Handover, Referral, ReferralFile
from compass.cases.offered import ANSWERS_NEED, for_needs
from compass.cases.tests.pages import said, url
from compass.cases.tests.test_handover import BOY, child_of
from compass.cases.tests.test_handover import consents as agreed_to
from compass.cases.tests.test_uploads import SCRIPT, picture
from compass.config.demo.world import world_id
from compass.people.models import Person, Service
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
CLINIC, NIGERIA = str(world_id("clinic")), str(world_id("NG"))
SECRET = "fièvre depuis trois jours"


@pytest.fixture
def made(at, told, person):
    with at("zinder.social") as work:
        mother = person(work, nationality="NG", contact={"phone": "+22790001234"})
        agreed_to(work, told, mother.pk)
        child = child_of(work, person, mother)
        boy = person(work, identity=BOY, uasc_status="unaccompanied")
        (case,) = open_cases(work, [CaseOpening(**told(id=mother.pk), risk_level="medium")])
        open_cases(work, [CaseOpening(**told(id=boy.pk), risk_level="high")])
    return {"case": case, "child": child, "boy": boy, "mother": mother}


def first(**changes):
    return {"service": "MED", "to": CLINIC, **changes}


def second(**changes):
    return first(
        key=str(uuid.uuid4()),
        priority="urgent",
        symptoms_as_consented=SECRET,
        pregnancy="no",
        share_contact="no",
        **changes,
    )


@pytest.fixture
def sent(sign_in, made, at):
    browser = sign_in("zinder.social")
    browser.post(url("refer", made["case"].pk), second())
    with at("zinder.social"):
        row = Referral.objects.get()
    browser.post(url("referral_step", row.pk, "send"), {"key": str(uuid.uuid4())})
    return row


def test_the_worker_is_told_to_give_the_person_the_code(sign_in, made, at):
    browser = sign_in("zinder.social")
    browser.cookies["compass_language"] = "en"
    browser.post(url("refer", made["case"].pk), second())
    with at("zinder.social"):
        row = Referral.objects.get()
    drafted = said(browser.get(url("referral", row.pk)))

    answer = browser.post(url("referral_step", row.pk, "send"), {"key": str(uuid.uuid4())}, follow=True)

    assert "Give the person" not in drafted
    assert f"Give the person this code to say there, and no name: {row.code}" in said(answer)
    again = said(browser.get(url("referral", row.pk)))
    assert f'Give the person the code <bdi class="code">{row.code}</bdi>' in again
    assert "Give the person" not in said(sign_in("zinder.clinic").get(url("referral", row.pk)))


def accepted(sign_in, row):
    browser = sign_in("zinder.clinic")
    browser.send(url("referral_step", row.pk, "acknowledge"), {"key": str(uuid.uuid4())})
    browser.send(url("referral", row.pk), {"key": str(uuid.uuid4()), "answer": "accepted"})
    return browser


def outcome(**changes):
    today = timezone.now().date()
    return {
        "key": str(uuid.uuid4()), "outcome": "service_completed", "delivered_on_day": today.day,
        "delivered_on_month": today.month, "delivered_on_year": today.year, "note": "Paracetamol", **changes,
    }  # fmt: skip


def test_referring_works(sign_in, made, at):
    browser = sign_in("zinder.social")
    start = browser.get(url("refer", made["case"].pk))
    asked = browser.post(url("refer", made["case"].pk), first())
    prepared = browser.post(url("refer", made["case"].pk), second(), follow=True)

    assert "Clinique Garin Lafiya" in said(start)
    assert 'name="symptoms_as_consented"' in said(asked) and 'name="legal_issue"' not in said(asked)
    assert SECRET in said(prepared) and "Osagie" not in said(prepared) and "90001234" not in said(prepared)


@pytest.mark.parametrize(("priority", "within"), [("urgent", "72 heures"), ("normal", "2 semaines")])
def test_the_time_to_acknowledge_is_said_in_whole_weeks(sign_in, sent, at, priority, within):
    with at("zinder.social"):
        Referral.objects.update(priority=priority)

    page = said(sign_in("zinder.clinic").get(url("referral", sent.pk)))

    assert f"Accusez réception dans un délai de {within}" in page


def test_the_whole_way(sign_in, sent, at):
    browser = accepted(sign_in, sent)
    page = browser.get(url("referral", sent.pk))
    assert SECRET in said(page) and "Osagie" not in said(page)

    photo = SimpleUploadedFile("ordonnance.jpg", picture(), "image/jpeg")
    answered = browser.send(url("referral", sent.pk), outcome(photo=photo), follow=True)
    assert answered.status_code == 200 and "ordonnance.jpg" in said(answered)

    browser = sign_in("zinder.social")
    browser.send(url("referral_step", sent.pk, "note"), {"key": str(uuid.uuid4())})
    with at("zinder.social"):
        assert Service.objects.get().provider_id == world_id("clinic")
        file = ReferralFile.objects.get()
    returned = said(browser.get(url("referral", sent.pk)))
    assert str(file.pk) in returned and "ordonnance.jpg" not in returned
    given = browser.get(url("referral_file", sent.pk, file.pk))
    assert given.status_code == 200 and given.content.startswith(b"\xff\xd8\xff")
    assert given.headers["Content-Disposition"].startswith("inline") and "ordonnance" not in str(given.headers)
    assert given.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert given.headers["X-Content-Type-Options"] == "nosniff" and "no-store" in given.headers["Cache-Control"]


@pytest.mark.parametrize("username", ["niger.focal", "edo.reception", "geneva.results", "hague.desk"])
def test_someone_elses_referral_is_not_there(sign_in, sent, username):
    response = sign_in(username).get(url("referral", sent.pk))

    assert response.status_code in (403, 404) and SECRET not in said(response)


def test_the_partner_opens_no_other_page(sign_in, made, sent):
    browser = sign_in("zinder.clinic")
    for address in (
        url("case", made["case"].pk),
        url("refer", made["case"].pk),
        url("hand_over", made["case"].pk),
        url("handovers"),
        url("best_interests", made["boy"].pk),
        url("today"),
        url("list"),
    ):
        assert browser.get(address).status_code in (403, 404), address
    inbox = said(browser.get(url("referrals")))
    assert sent.code in inbox and made["case"].code not in inbox and made["mother"].code not in inbox


@pytest.mark.parametrize(
    ("name", "content"), [("a.svg", b"<svg onload='x'/>"), ("a.jpg", SCRIPT), ("a.html", b"<html>" + picture())]
)
def test_a_hostile_file_is_refused_and_the_rest_is_kept(sign_in, sent, name, content):
    browser = accepted(sign_in, sent)

    response = browser.send(url("referral", sent.pk), outcome(photo=SimpleUploadedFile(name, content)))

    assert response.status_code == 200 and "Paracetamol" in said(response) and "2006" in said(response)


def test_a_file_too_large_is_said_and_nothing_is_saved(sign_in, sent, at):
    browser = accepted(sign_in, sent)

    response = browser.send(
        url("referral", sent.pk), outcome(photo=SimpleUploadedFile("a.jpg", b"x" * (7 * 1024 * 1024)))
    )

    assert response.status_code == 200 and "Paracetamol" in said(response)
    with at("zinder.clinic"):
        assert Referral.objects.get().status == "accepted"


def test_an_answer_without_a_reason_is_refused(sign_in, sent):
    response = sign_in("zinder.clinic").post(url("referral", sent.pk), {"answer": "rejected", "note": "Plein"})

    assert response.status_code == 200 and "Plein" in said(response)


def test_taken_back_says_so_to_both(sign_in, sent):
    browser = sign_in("zinder.social")
    browser.post(url("referral_step", sent.pk, "revoke"), {"key": str(uuid.uuid4())})
    assert browser.get(url("referral", sent.pk)).status_code == 200

    page = sign_in("zinder.clinic").get(url("referral", sent.pk))
    assert page.status_code == 200 and SECRET not in said(page)


def test_without_consent_the_page_asks_for_a_reason(sign_in, made, at, told):
    with at("zinder.social") as work:
        agreed_to(work, told, made["mother"].pk, share_other_organizations=False)
    browser = sign_in("zinder.social")

    refused = browser.post(url("refer", made["case"].pk), second())
    assert "CM-18" in said(refused) and SECRET in said(refused)
    with at("zinder.social"):
        assert not Referral.objects.exists()
    assert browser.post(url("refer", made["case"].pk), second(override="sans connaissance")).status_code == 302


@pytest.mark.parametrize("posted", [{"service": "XXX", "to": CLINIC}, {"service": "MED", "to": "x"}, {"key": "x"}, {}])
def test_bad_input_is_no_fault_of_the_machine(sign_in, made, posted):
    assert sign_in("zinder.social").post(url("refer", made["case"].pk), posted).status_code == 200


def test_handing_over_works(sign_in, made, at, told):
    browser = sign_in("zinder.social")
    stopped = said(browser.get(url("hand_over", made["case"].pk)))
    assert "3004" in stopped and made["child"].code in stopped
    with at("zinder.social") as work:
        check_with_parent(work, [WithParent(**told(id=made["child"].pk), view="laughs")])
    assert made["child"].code in said(browser.get(url("hand_over", made["case"].pk)))

    browser.post(
        url("hand_over", made["case"].pk),
        {"key": str(uuid.uuid4()), "to": NIGERIA, "note": "Un bébé", "without_return": "left_on_own"},
    )
    with at("zinder.social"):
        row = Handover.objects.get()
    assert browser.get(url("handover", row.pk)).status_code == 200
    again = url("hand_over", made["case"].pk)
    assert browser.get(again).url == url("handover", row.pk)
    twice = {"key": str(uuid.uuid4()), "to": NIGERIA, "note": "Un bébé", "without_return": "left_on_own"}
    assert f'href="{url("handover", row.pk)}"' in said(browser.post(again, twice))

    browser = sign_in("edo.supervisor")
    page = said(browser.get(url("handover", row.pk)))
    assert "Un bébé" in page and made["case"].code not in page and made["mother"].code not in page
    assert row.code in said(browser.get(url("handovers")))
    taken = browser.post(url("handover_step", row.pk, "accept"), {"key": str(uuid.uuid4())}, follow=True)
    assert made["case"].code in said(taken)
    assert browser.get(url("case", made["case"].pk)).status_code == 200
    assert sign_in("zinder.social").get(url("case", made["case"].pk)).status_code == 404


def test_declining_asks_for_a_reason(sign_in, made, at, told):
    with at("zinder.social") as work:
        check_with_parent(work, [WithParent(**told(id=made["child"].pk), view="laughs")])
    sign_in("zinder.social").send(
        url("hand_over", made["case"].pk), {"to": NIGERIA, "note": "Un bébé", "without_return": "left_on_own"}
    )
    with at("zinder.social"):
        row = Handover.objects.get()
    browser = sign_in("edo.supervisor")

    assert browser.send(url("handover", row.pk), {"note": "Full"}).status_code == 200
    assert browser.send(url("handover", row.pk), {"reason": "no_capacity"}).status_code == 302
    refused = browser.send(url("handover_step", row.pk, "accept"), {})
    assert refused.status_code == 200 and "2003" in said(refused)


@pytest.mark.parametrize("username", ["zinder.clinic", "niger.focal", "td.supervisor"])
def test_someone_elses_handover_is_not_there(sign_in, made, at, told, username):
    with at("zinder.social") as work:
        check_with_parent(work, [WithParent(**told(id=made["child"].pk), view="laughs")])
    sign_in("zinder.social").post(
        url("hand_over", made["case"].pk), {"to": NIGERIA, "note": "Un bébé", "without_return": "left_on_own"}
    )
    with at("zinder.social"):
        row = Handover.objects.get()

    assert sign_in(username).get(url("handover", row.pk)).status_code in (403, 404)
    assert sign_in(username).post(url("handover_step", row.pk, "accept"), {}).status_code in (403, 404)


def test_the_ladder_shows_what_is_missing(sign_in, made):
    page = said(sign_in("zinder.social").get(url("best_interests", made["boy"].pk)))

    for rule in ("BIP-01", "BIP-02", "BIP-03", "BIP-05", "R-CHI-1", "R-CHI-2", "R-CHI-3", "R-CHI-4", "R-CHI-5"):
        assert rule in page
    assert "Musa" not in page


def test_a_step_of_the_ladder(sign_in, made, at):
    browser = sign_in("zinder.social")
    heard = browser.send(url("best_interests_step", made["boy"].pk, "hear"), {"view": "Je veux ma mère"})

    assert heard.status_code == 302
    with at("zinder.social"):
        assert BestInterests.objects.get().heard_at is not None
    assert "ma mère" not in said(browser.get(url("best_interests", made["boy"].pk)))


def test_every_step_has_a_page(sign_in, made):
    browser = sign_in("zinder.supervisor")
    for part in ("hear", "assess", "trace", "decide", "agree", "journey", "with_parent", "reopen"):
        assert browser.get(url("best_interests_step", made["boy"].pk, part)).status_code == 200
        assert browser.post(url("best_interests_step", made["boy"].pk, part), {"x": "y"}).status_code == 200


def test_a_small_panel_is_refused_and_kept(sign_in, made):
    response = sign_in("zinder.supervisor").post(
        url("best_interests_step", made["boy"].pk, "decide"),
        {"members": "A\nB", "options": ["return"], "decision": "return", "reasons": "parce que", "review_told": "yes"},
    )

    assert response.status_code == 200 and "parce que" in said(response)


def test_the_ladder_refuses_others(sign_in, made):
    assert sign_in("edo.reception").get(url("best_interests", made["boy"].pk)).status_code == 404
    assert sign_in("zinder.social").get(url("best_interests", made["mother"].pk)).status_code == 404
    assert sign_in("zinder.social").get(url("best_interests_step", made["boy"].pk, "nothing")).status_code == 404
    assert sign_in("zinder.social").get(url("best_interests_step", made["boy"].pk, "decide")).status_code == 403


def test_the_case_page_has_the_chapters(sign_in, made, sent):
    page = said(sign_in("zinder.social").get(url("case", made["case"].pk)))

    assert url("referral", sent.pk) in page and url("hand_over", made["case"].pk) in page
    assert url("best_interests", made["child"].pk) in page


def asked_with(sign_in, case, **chosen):
    return said(sign_in("zinder.social").post(url("refer", case.pk), {"to": CLINIC, **chosen}))


def test_the_partner_comes_first_and_only_one_that_can_read(sign_in, made):
    start = said(sign_in("zinder.social").get(url("refer", made["case"].pk)))

    assert "Clinique Garin Lafiya" in start and 'name="service"' not in start
    assert "Action humanitaire" not in start  # the ministry reads no referral: nobody there holds a role for it
    services = asked_with(sign_in, made["case"])
    assert services.count("<optgroup") == 6 and 'value="MED"' in services


def test_what_a_partner_was_asked_for_before_comes_first(sign_in, made, sent):
    services = asked_with(sign_in, made["case"])

    assert services.count("<optgroup") == 7
    assert services.index('value="MED"') < services.index('value="GBV"')


def test_what_the_plan_and_the_needs_ask_for_comes_first(sign_in, made, at, assessed, planned, approved):
    with at("zinder.social") as work:
        assessment = assessed(work, made["case"], needs={"education": "unmet_moderate", "food_nutrition": "met"})
        planned(work, made["case"])  # a safe place to sleep, SHL
    approved(assessment=assessment)
    services = asked_with(sign_in, made["case"])
    order = re.findall(r'<option value="(...)"', services)

    assert order[:3] == ["SHL", "EDU", "VOC"] and set(order) == set(code_list("service").values)
    assert order.index("FOD") > order.index("MED"), "a need that is met asks for nothing"


def test_a_plan_offers_first_what_answers_the_need():
    form = PlanForm(severe=("education",))
    groups = [codes for _label, codes in form.fields["g1_service_1"].choices if isinstance(codes, list)]

    assert [code for code, _label in groups[0]] == ["EDU", "VOC"]
    assert {code for codes in groups for code, _label in codes} == set(code_list("service").values)
    assert len(form.fields["g2_service_1"].choices) == len(groups), "the free block begins with the kinds"


def test_every_need_has_services_that_answer_it():
    assert set(ANSWERS_NEED) == set(code_list("need_domain").values)
    assert set(for_needs(ANSWERS_NEED)) <= set(code_list("service").values)


def test_nobody_asks_a_man_or_a_small_child_about_pregnancy(sign_in, at, told, made, person):
    assert 'name="pregnancy"' in asked_with(sign_in, made["case"], service="MED")
    with at("zinder.social") as work:
        girl, man = made["child"], person(work, sex="male")
        Person.objects.filter(pk=girl.pk).update(sex="female")
        cases = [open_cases(work, [CaseOpening(**told(id=each.pk))])[0] for each in (girl, man)]
    for case in cases:
        page = asked_with(sign_in, case, service="MED")
        assert 'name="symptoms_as_consented"' in page and 'name="pregnancy"' not in page


def test_who_is_ill_is_plain_for_the_office_and_for_the_partner(sign_in, at, told, made):
    page = asked_with(sign_in, made["case"])
    assert made["mother"].code in page and made["child"].code in page  # the other may be chosen instead

    with at("zinder.social") as work:
        (case,) = open_cases(work, [CaseOpening(**told(id=made["child"].pk, basis="vital_interest"))])
    browser = sign_in("zinder.social")
    browser.post(url("refer", case.pk), second(override="fièvre"))
    with at("zinder.social"):
        row = Referral.objects.get()
    assert made["child"].code in said(browser.get(url("referral", row.pk)))
    browser.post(url("referral_step", row.pk, "send"), {"key": str(uuid.uuid4())})

    seen = said(sign_in("zinder.clinic").get(url("referral", row.pk)))
    assert "Pour un enfant" in seen and "Fils ou fille" in seen and made["child"].code not in seen


def drafted(sign_in, made, at):
    sign_in("zinder.social").post(url("refer", made["case"].pk), second())
    with at("zinder.social"):
        return Referral.objects.get()


def test_a_draft_is_changed_by_its_writer_alone(sign_in, made, at):
    row, browser = drafted(sign_in, made, at), sign_in("zinder.social")
    where = url("referral_change", row.pk)
    assert SECRET in said(browser.get(where))

    changed = second(version=str(row.version)) | {"symptoms_as_consented": "toux", "priority": "emergency"}
    assert browser.post(where, changed).status_code == 302
    page = said(browser.get(url("referral", row.pk)))
    assert "toux" in page and SECRET not in page
    assert sign_in("zinder.cases").get(where).status_code == 404

    browser = sign_in("zinder.social")
    stale = said(browser.post(where, second(version=str(row.version)) | {"symptoms_as_consented": "vertiges"}))
    assert "P-2002" in stale and "vertiges" in stale and "toux" in stale

    browser.post(url("referral_step", row.pk, "send"), {"key": str(uuid.uuid4())})
    assert browser.get(where).status_code == 404


def test_a_draft_is_dropped_by_its_writer_alone(sign_in, made, at):
    row = drafted(sign_in, made, at)
    where = url("referral_step", row.pk, "drop")
    assert "P-1001" in said(sign_in("zinder.cases").post(where, {"key": str(uuid.uuid4())}))

    browser = sign_in("zinder.social")
    assert browser.post(where, {"key": str(uuid.uuid4())}).status_code == 302
    assert "Abandonnée avant l’envoi" in said(browser.get(url("referral", row.pk)))
    assert sign_in("zinder.clinic").get(url("referral", row.pk)).status_code == 404
