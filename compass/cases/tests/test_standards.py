"""Each minimum standard, with a case that meets it and one that does not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.access.prepared import Prepared
from compass.cases import standards
from compass.cases.actions.assessment import Decision, approve_assessments
from compass.cases.actions.case import RiskSet, set_risk
from compass.cases.actions.closing import ClosureAsked, request_closures
from compass.cases.actions.contact import Contact, follow_up
from compass.cases.actions.screening import Screened, screen_people
from compass.cases.files import Files
from compass.cases.models import Assessment, Case, Closure, Plan
from compass.cases.standards import minimum
from compass.cases.standards.minimum import ON_ARRIVAL
from compass.people.models import Consent, Person
from compass.reception.actions import GroupArrived, add_groups
from compass.reception.models import Arrival, Centre
from compass.vocabulary import timelines

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def dues(work, name, *rows, now=None):
    cases = list(Case.objects.filter(pk__in=[row.pk for row in rows]))
    return list(standards.get(name).due(Files(work, cases, now)))


def open_for(work, name, *rows, now=None):
    """The codes of the cases for which the standard is open."""
    return {due.subject.code for due in dues(work, name, *rows, now=now) if due.done_at is None}


def change(model, **values):
    assert model.objects.update(**values)


@pytest.mark.parametrize("name", [each.id for each in standards.registered()])
def test_each_is_registered_with_a_source_and_a_known_severity(name):
    found = standards.get(name)

    assert found.source and found.statement and found.severity in {"block", "alert", "warn"}


def test_each_is_named_by_a_test():
    rooms = Path(standards.__file__).parents[2]
    tests = "".join(path.read_text() for path in rooms.glob("*/tests/**/*.py"))

    untested = [each.id for each in standards.registered() if f'"{each.id}"' not in tests]
    assert untested == [], "write two tests of each: a case that meets it, and one that does not"


def test_a_taken_identifier_is_refused():
    with pytest.raises(ValueError, match="CM-10"):
        standards.register(standards.get("CM-10"))


def test_consent_is_completed_within_three_days(at, case, person):
    with at("zinder.social") as work:
        asked, not_asked = case(work), case(work, someone=person(work, consent=False))

        assert open_for(work, "COMPASS-72H", asked, not_asked) == {not_asked.code}
        (due,) = dues(work, "COMPASS-72H", not_asked)
        assert due.due_at - due.start_at == 72 * HOUR


def test_people_without_a_case_wait_for_consent_then_for_screening(at, person):
    with at("zinder.social") as work:
        new, agreed = person(work, consent=False), person(work)

        waiting = {item.due.subject.code: item.standard.id for item in standards.work_list(work).week}
        waiting |= {item.due.subject.code: item.standard.id for item in standards.work_list(work).today}
        assert waiting == {new.code: "COMPASS-72H", agreed.code: "CM-10"}


def test_who_needed_a_doctor_on_arrival_is_said_until_screened(at, person, told):
    with at("zinder.social") as work:
        agreed, calm = person(work), person(work)
        arrived = GroupArrived(
            **told(basis="vital_interest"), centre_id=Centre.objects.get().pk, people=2, language="ha",
            urgent=(("medical_emergency", 1),),
        )  # fmt: skip
        (group,) = add_groups(work, [arrived])
        for need, who in (("medical_emergency", agreed), ("none", calm)):
            Arrival.objects.filter(group=group, urgent_need=need).update(person=who, status="registered")

        listed = standards.work_list(work)
        words = {item.due.subject.code: str(item.due.what) for item in (*listed.today, *listed.week)}
    assert words == {agreed.code: str(ON_ARRIVAL["medical_emergency"]), calm.code: ""}


def test_a_full_queue_keeps_the_most_urgent_and_not_the_oldest(at, person, told, monkeypatch):
    monkeypatch.setattr(minimum, "QUEUE_LIMIT", 2)
    monkeypatch.setattr(minimum, "_without_consent", Prepared(minimum._unasked))
    monkeypatch.setattr(minimum, "_not_screened", Prepared(minimum._unscreened))
    with at("zinder.social") as work:
        people = [person(work) for _ in range(3)]
        alone = person(work, identity={"given": "Musa", "birth_year": 2014}, uasc_status="unaccompanied")
        arrived = GroupArrived(
            **told(basis="vital_interest"), centre_id=Centre.objects.get().pk, people=1, language="ha",
            urgent=(("safety_threat", 1),),
        )  # fmt: skip
        (group,) = add_groups(work, [arrived])
        Arrival.objects.filter(group=group).update(person=people[-1], status="registered")

        listed = standards.work_list(work)
    assert {item.due.subject.code for item in (*listed.today, *listed.week)} == {people[-1].code, alone.code}


def test_no_story_before_consent(at, case, person, assessed):
    with at("zinder.social") as work:
        before, after = case(work), case(work)
        assessed(work, after)
        assessed(work, before, when=timezone.now() - 5 * DAY)
        # No action writes this any more; the standard still finds it where it came in from elsewhere.
        Assessment.objects.update(basis="consent")

        assert open_for(work, "CM-01", before, after) == {before.code}


@pytest.mark.parametrize(
    ("name", "fault"),
    [("CM-02", {"information": []}), ("CM-03", {"certified": False})],
)
def test_consent_is_informed_and_certified(at, case, name, fault):
    with at("zinder.social") as work:
        row = case(work)
        assert open_for(work, name, row) == set()

        change(Consent, **fault)
        assert open_for(work, name, row) == {row.code}


def test_a_childs_consent_says_its_step(at, case, person):
    with at("zinder.social") as work:
        row = case(work, someone=person(work, identity={"given": "Osas", "birth_year": timezone.now().year - 13}))
        assert open_for(work, "CM-04", row) == set()

        change(Consent, ladder="")
        assert open_for(work, "CM-04", row) == {row.code}


def test_whose_yes_ends_is_on_the_list_of_the_week_before_and_late_after(at, case):
    with at("zinder.social") as work:
        row = case(work)

        def listed() -> set[str]:
            found = standards.work_list(work)
            return {
                when for when, lines in (("week", found.week), ("today", found.today), ("late", found.late))
                for line in lines if line.standard.id == "COMPASS-RENEW"
            }  # fmt: skip

        for days, wanted in ((300, set()), (5, {"week"}), (-2, {"late"})):
            change(Consent, expires_on=work.today + timedelta(days=days))
            assert listed() == wanted, days
        change(Consent, withdrawn_at=timezone.now())
        assert listed() == set() and row.code


def test_who_is_old_enough_now_is_asked_themselves(at, case, person):
    """What an adult said for a child is no answer of the young person's own."""
    with at("zinder.social") as work:
        row = case(work, someone=person(work, identity={"given": "Osas", "birth_year": timezone.now().year - 13}))
        grown = case(work)
        asked = Consent.objects.filter(person=row.person)
        asked.update(given_by="caregiver", ladder="12-14", child_agrees=True)
        assert open_for(work, "COMPASS-GROWN", row, grown) == set()

        for band, child_agrees, wanted in (
            ("15-17", True, set()), ("15-17", None, {row.code}), ("18-24", True, {row.code}), ("", True, set()),
        ):  # fmt: skip
            asked.update(child_agrees=child_agrees)
            Person.objects.filter(pk=row.person_id).update(age_band=band)
            row.person.age_band = band
            assert open_for(work, "COMPASS-GROWN", row, grown) == wanted, (band, child_agrees)
        asked.update(given_by="individual", ladder="15-17")
        Person.objects.filter(pk=row.person_id).update(age_band="18-24")
        assert open_for(work, "COMPASS-GROWN", row, grown) == set(), "who answered at 16 has answered"


def test_the_age_is_known(at, case, person):
    with at("zinder.social") as work:
        known, unknown = case(work), case(work, someone=person(work, identity={"given": "Ese"}))

        assert open_for(work, "CM-05", known, unknown) == {unknown.code}


def test_the_urgent_questions_are_asked(at, told, case, person):
    with at("zinder.social") as work:
        row = case(work)
        assert open_for(work, "CM-09", row) == {row.code}

        screen_people(work, [Screened(**told(id=row.person_id), answers={"medical_now": False, "danger_now": False})])
        assert open_for(work, "CM-09", row) == set()


def test_the_risk_is_set_in_time(at, case):
    with at("zinder.social") as work:
        known, unknown = case(work), case(work, risk_level="not_assessed")

        assert open_for(work, "CM-10", known, unknown) == {unknown.code}
        (due,) = dues(work, "CM-10", unknown)
        assert due.due_at == unknown.opened_at + 24 * HOUR


def test_a_high_risk_case_is_led_within_three_hours(at, case):
    with at("zinder.social") as work:
        led, unled = case(work, risk_level="high"), case(work, risk_level="high", unled=True)
        calm = case(work, risk_level="low", unled=True)

        assert open_for(work, "CM-11", led, unled, calm) == {unled.code}
        (due,) = dues(work, "CM-11", unled)
        assert due.due_at - due.start_at == 3 * HOUR


@pytest.mark.parametrize(("level", "days"), [("high", 7), ("medium", 7), ("low", 14)])
def test_the_assessment_is_written_in_the_time_of_its_risk(at, case, assessed, level, days):
    with at("zinder.social") as work:
        done, waiting = case(work, risk_level=level), case(work, risk_level=level)
        assessed(work, done)

        assert open_for(work, "CM-12", done, waiting) == {waiting.code}
        (due,) = dues(work, "CM-12", waiting)
        assert due.due_at - due.start_at == days * DAY


def test_a_country_may_set_its_own_time(at, case, owner):
    with at("zinder.social") as work:
        row = case(work, risk_level="high")
    owner.execute(
        "INSERT INTO cases_countrylimit (country, timeline, risk_level, hours) VALUES"
        " ('NE', 'comprehensive_assessment', 'high', 48)"
    )
    try:
        with at("zinder.social") as work:
            (due,) = dues(work, "CM-12", row)
            assert due.due_at - due.start_at == 2 * DAY
    finally:
        owner.execute("DELETE FROM cases_countrylimit")


def test_every_severe_need_is_answered(at, case, assessed, planned):
    with at("zinder.social") as work:
        aimed, refused, forgotten = case(work), case(work), case(work)
        for row in (aimed, refused, forgotten):
            assessed(work, row)
        planned(work, aimed)
        planned(work, refused, domain="family_links", unanswered={"safety_security": "refused"})
        planned(work, forgotten, domain="family_links")

        assert open_for(work, "CM-13", aimed, refused, forgotten) == {forgotten.code}


def test_the_plan_is_agreed(at, case, assessed, planned):
    with at("zinder.social") as work:
        agreed, only_written, none = case(work), case(work), case(work)
        for row in (agreed, only_written, none):
            assessed(work, row)
        planned(work, agreed)
        planned(work, only_written, agreed=False)

        assert open_for(work, "CM-14", agreed, only_written, none) == {only_written.code, none.code}


def test_a_second_person_decides(at, told, case, assessed, approved):
    with at("zinder.social") as work:
        approved_one, waiting, sent_back = case(work), case(work), case(work)
        rows = [assessed(work, row) for row in (approved_one, waiting, sent_back)]
    approved(rows[0])
    with at("zinder.supervisor") as work:
        approve_assessments(work, [Decision(**told(id=rows[2].pk), approve=False, remark="Say more on safety")])
    with at("zinder.social") as work:
        assert open_for(work, "CM-15", approved_one, waiting, sent_back) == {waiting.code, sent_back.code}
        whose = {due.subject.code: due.waits_for for due in dues(work, "CM-15", waiting, sent_back)}
        assert whose == {waiting.code: "supervisor", sent_back.code: "owner"}


@pytest.mark.parametrize(("level", "hours"), [("high", 84), ("medium", 336), ("low", 720)])
def test_contact_is_kept_as_often_as_the_risk_asks(at, told, case, level, hours):
    with at("zinder.social") as work:
        kept, late = (
            case(work, risk_level=level, when=timezone.now() - 60 * DAY),
            case(work, risk_level=level, when=timezone.now() - 60 * DAY),
        )
        follow_up(work, [Contact(**told(id=kept.pk), kind="for_service", channel="phone", reached=True)])
        follow_up(work, [Contact(**told(id=late.pk), kind="for_service", channel="phone", reached=False)])

        by_code = {due.subject.code: due for due in dues(work, "CM-16", kept, late)}
        assert by_code[kept.code].due_at > work.now > by_code[late.code].due_at
        assert by_code[kept.code].due_at - by_code[kept.code].start_at == hours * HOUR


def test_the_plan_is_reviewed(at, told, case, assessed, planned):
    with at("zinder.social") as work:
        when = timezone.now() - 60 * DAY
        reviewed, forgotten = case(work, when=when), case(work, when=when)
        for row in (reviewed, forgotten):
            assessed(work, row, when=when + DAY)
            planned(work, row, when=when + 2 * DAY)
        follow_up(
            work,
            [Contact(**told(id=reviewed.pk), kind="for_service", channel="phone", reached=True, plan_reviewed=True)],
        )

        late = {due.subject.code for due in dues(work, "CM-17", reviewed, forgotten) if due.due_at < work.now}
        assert late == {forgotten.code}
        assert Plan.objects.get(case=reviewed).reviewed_at is not None


def asked(work, told, row, **changes):
    reason = {"reason": "client_request_withdrawal", "safety_reassessed": True, **changes}
    return request_closures(work, [ClosureAsked(**told(id=row.pk), **reason)])[0]


def test_a_closure_is_complete_and_decided(at, told, case):
    with at("zinder.social") as work:
        none, waiting = case(work), case(work)
        asked(work, told, waiting)

        assert open_for(work, "CM-24", none, waiting) == {waiting.code}
        blocked = {(each.case.code, each.standard.id) for each in standards.unmet([none, waiting], "closure")}
        assert blocked == {(none.code, "CM-24")}


def test_lost_contact_rests_on_three_attempts(at, told, case):
    with at("zinder.social") as work:
        lost, tried = case(work), case(work)
        for days in (3, 2, 1):
            work.now = timezone.now() - days * DAY
            missed = told(id=tried.pk, occurred_at=work.now)
            follow_up(work, [Contact(**missed, kind="for_service", channel="phone", reached=False)])
        work.now = timezone.now()
        asked(work, told, lost)
        asked(work, told, tried, reason="lost_contact")
        Closure.objects.filter(case=lost).update(reason="lost_contact")

        assert open_for(work, "CM-25", lost, tried) == {lost.code}
        assert [each.case.code for each in standards.unmet([lost, tried], "closure")] == [lost.code]


@pytest.mark.parametrize(("name", "code"), [("CM-26", "complaint_told"), ("CM-27", "survey_offered")])
def test_before_closing_the_person_is_told_and_asked(at, told, case, name, code):
    with at("zinder.social") as work:
        done, missing, dead = case(work), case(work), case(work)
        asked(work, told, done, prerequisites=(code,))
        asked(work, told, missing)
        asked(work, told, dead, reason="deceased")

        assert open_for(work, name, done, missing, dead) == {missing.code}


def test_a_need_of_international_protection_is_referred_or_decided(at, told, person, assessed, planned):
    answers = {"medical_now": False, "danger_now": False, "fears_return": True}
    with at("zinder.social") as work:
        waiting, decided = (
            screen_people(work, [Screened(**told(id=person(work).pk), answers=answers)])[0].case for _ in range(2)
        )
        assessed(work, decided)
        planned(work, decided, unanswered={"legal_status_asylum": "refused"})

        assert open_for(work, "CM-28", waiting, decided) == {waiting.code}


def test_a_risk_that_rises_leads_to_a_new_assessment(at, told, case, assessed):
    with at("zinder.social") as work:
        calm, risen, seen_again = case(work), case(work), case(work)
        for row in (calm, risen, seen_again):
            assessed(work, row, when=timezone.now() - HOUR)
        for row in (risen, seen_again):
            set_risk(work, [RiskSet(**told(id=row.pk), level="high", reason="Menaces")])
        assessed(work, seen_again, when=timezone.now() + timedelta(seconds=1))

        assert open_for(work, "CM-29", calm, risen, seen_again) == {risen.code}


def test_files_read_each_kind_once_for_all_cases(at, case, assessed, django_assert_max_num_queries):
    with at("zinder.social") as work:
        rows = [case(work) for _ in range(5)]
        for row in rows:
            assessed(work, row)
        files = Files(work, list(Case.objects.select_related("person")))

        with django_assert_max_num_queries(12):
            assert len(list(standards.moments(files))) > 20
        assert files.of(Assessment, rows[0])[0].get_deferred_fields() == {"narrative_sealed", "remark_sealed"}


def test_every_time_limit_is_read_by_the_code_or_named_here():
    rooms = Path(standards.__file__).parents[2]
    code = "".join(path.read_text() for path in rooms.glob("*/**/*.py") if "tests" not in path.parts)
    used = {name for name in timelines() if f'"{name}"' in code}

    assert set(timelines()) - used == {"initial_assessment", "referral_default", "case_conference"}


def test_the_work_list_of_another_office_is_empty(at, case):
    with at("zinder.social") as work:
        case(work, risk_level="high")
    with at("edo.reception") as work:
        listed = standards.work_list(work)

        assert not (listed.late or listed.today or listed.week or listed.cases)
        assert not Person.objects.exists()


def test_an_urgent_yes_stands_first_until_someone_acted(at, told, case):
    with at("zinder.social") as work:
        made = case(work)
        assert dues(work, "COMPASS-URGENT", made) == []

        answers = {"medical_now": True, "danger_now": False}
        screen_people(work, [Screened(**told(id=made.person_id), answers=answers)])
        (due,) = dues(work, "COMPASS-URGENT", made)
        assert due.done_at is None and due.due_at - due.start_at == HOUR
        assert str(made.pk) in due.url and "refer" in due.url

        follow_up(work, [Contact(**told(id=made.pk), reached=True, kind="for_service", channel="phone")])
        (due,) = dues(work, "COMPASS-URGENT", made)
        assert due.done_at is not None


@pytest.mark.parametrize(("username", "led"), [("zinder.supervisor", True), ("zinder.social", False)])
def test_only_who_decides_is_led_to_a_decision(at, made, assessed, username, led):
    with at("zinder.social") as work:
        assessment = assessed(work, made)

    with at(username) as work:
        (due,) = dues(work, "CM-15", made)

    assert due.url == (reverse("cases:decide_assessment", args=[assessment.pk]) if led else "")
