"""What a data protection officer sees of the trail."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

import compass
from compass.access import words
from compass.access.codes import new_code
from compass.access.roles import ROLES
from compass.trail.models import Entry, touching
from compass.vault.identifiers import new_id

pytestmark = pytest.mark.django_db
TRAIL = "/accounts/trail/"


@pytest.fixture
def officer(sign_in):
    return sign_in("geneva.protection")


@pytest.fixture
def person(at):
    """Someone whose record two colleagues opened."""
    person = new_id()
    for username in ("zinder.cases", "zinder.supervisor"):
        with at(username, "cases.read") as work:
            work.draft.subjects[person] = None
    return person


def test_it_works(officer, person):
    page = officer.get(TRAIL).content.decode()

    assert "zinder.supervisor" in page
    assert "cases.read" in page
    assert str(person) in page


def test_search_by_a_persons_number(officer, person, at):
    with at("edo.supervisor", "cases.read") as work:
        work.draft.subjects[new_id()] = None

    page = officer.get(TRAIL, {"person": str(person)}).content.decode()

    assert "zinder.cases" in page
    assert "edo.supervisor" not in page


def test_the_search_itself_is_recorded(officer, person, at):
    officer.get(TRAIL, {"person": str(person)})

    with at("geneva.protection"):
        purposes = list(Entry.objects.filter(seq__in=touching([person])).values_list("purpose", flat=True))
    assert "trail.read" in purposes


def test_search_by_the_code_of_a_person_or_of_a_case(officer, at, told):
    from compass.cases.actions.case import CaseOpening, open_cases
    from compass.people.actions import Registration, register_people

    def known(username):
        with at(username, "people.register") as work:
            (row,) = register_people(
                work, [Registration(**told(basis="vital_interest"), identity={"given": "Ese", "birth_year": 1990})]
            )
            (case,) = open_cases(work, [CaseOpening(**told(id=row.pk, basis="vital_interest"), risk_level="low")])
            return row, case

    def asked(code):
        return officer.get(TRAIL, {"person": code}).content.decode().partition("<h1>")[2]

    row, case = known("zinder.social")
    for code in (row.code, row.code.lower().replace("-", " "), case.code, str(row.pk)):
        assert "zinder.social" in asked(code), code
    for code in (new_code(), "AAAA-AAAA"):
        page = asked(code)
        assert "zinder.social" not in page and code in page


def test_signing_in_and_out_is_folded_until_it_is_asked_for(officer, at):
    with at("zinder.cases", "access.signin"):
        pass
    folded, whole = (officer.get(TRAIL, query).content.decode() for query in ({}, {"all": "1"}))

    assert "access.signin<" not in folded and "access.signin<" in whole
    assert "UTC" in folded


@pytest.mark.parametrize("asked", ["Aminata", "018f", "' OR 1=1", "x" * 3000, "٠١٢"])
def test_what_is_no_number_is_said_and_kept(officer, asked):
    response = officer.get(TRAIL, {"person": asked})

    assert response.status_code == 200
    assert 'id="person-err"' in response.content.decode()


@pytest.mark.parametrize("after", ["-1", "x", "9" * 40, "²", "0"])
def test_a_damaged_place_in_the_list_is_no_crash(officer, after):
    assert officer.get(TRAIL, {"after": after}).status_code == 200


def test_further_in_the_list(officer, at):
    for _ in range(55):
        with at("zinder.cases", "cases.read"):
            pass

    first = officer.get(TRAIL).context
    rest = officer.get(TRAIL, {"after": first["after"]}).context

    assert len(first["lines"]) == 50
    assert rest["lines"][0]["seq"] == first["after"] - 1


@pytest.mark.parametrize("username", ["zinder.cases", "zinder.supervisor", "hague.desk", "geneva.results"])
def test_other_roles_are_refused(sign_in, username):
    assert sign_in(username).get(TRAIL).status_code == 403


def test_another_organisations_entries_stay_out_of_sight(at):
    with at("zinder.cases", "cases.read"):
        pass

    with at("edo.supervisor"):
        assert not Entry.objects.filter(purpose="cases.read", actor__isnull=False).exists()


def test_a_list_of_fifty_needs_few_queries(officer, at, django_assert_max_num_queries):
    for _ in range(20):
        with at("zinder.cases", "cases.read"):
            pass
    officer.get(TRAIL)

    with django_assert_max_num_queries(16):
        officer.get(TRAIL)


def test_each_code_has_words():
    assert words.purpose("cases.read") != "cases.read"
    assert words.purpose("cases.step.write") != words.purpose("cases.step")
    assert words.action("returns.something_new")
    assert words.role("supervisor") == str(ROLES["supervisor"].label)
    assert words.role("gone") == "gone"


def test_opening_a_page_is_not_told_as_what_the_page_is_for(officer, at):
    told = words.action("people.withdraw")
    with at("zinder.social", "people.withdraw"):
        pass

    looked = unescape(officer.get(TRAIL).content.decode())
    with at("zinder.social", "people.withdraw") as work:
        work.record("people.withdraw")
    done = unescape(officer.get(TRAIL).content.decode())

    assert "people.withdraw" in looked and told not in looked
    assert told in done


def test_the_checkpoints_leave_the_machine_with_the_officer(sign_in, settings, tmp_path):
    (tmp_path / "checkpoints.jsonl").write_text("signed\n")
    settings.COMPASS_CHECKPOINTS = tmp_path

    answer = sign_in("geneva.protection").get("/accounts/trail/checkpoints.jsonl")

    assert answer.content == b"signed\n"
    assert "attachment" in answer["Content-Disposition"]


def test_nobody_else_takes_them(sign_in):
    assert sign_in("zinder.supervisor").get("/accounts/trail/checkpoint.pub").status_code == 403


def test_every_purpose_and_every_action_has_words_for_its_room():
    sources = [
        path.read_text(encoding="utf-8")
        for path in Path(compass.__file__).parent.rglob("*.py")
        if not {"tests", "bench"} & set(path.parts)
    ]
    used = {room for text in sources for room in re.findall(r'@(?:page|action)\(\s*"([a-z_]+)\.', text)}
    opened = {said for text in sources for said in re.findall(r'unit_of_work\([^\n"]*"([a-z_]+\.[a-z_.]+)"', text)}

    assert used == set(words.ROOMS)
    assert "demonstration.load" in opened
    assert not [said for said in opened if said not in words.PURPOSES and said.partition(".")[0] not in words.ROOMS]
