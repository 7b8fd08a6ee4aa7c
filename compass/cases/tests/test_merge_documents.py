"""Documents, further names and earlier contact of two records that were made one: they stay where they were, and are read
as one."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from compass.config.demo.world import world_id
from compass.people import actions as people
from compass.people import functioning
from compass.people.copies import gather
from compass.people.models import IdentityDocument
from compass.people.queries import document_detail, documents_of, names_of, number_detail, numbers_of
from compass.people.searching.also import Also
from compass.people.searching.finding import find
from compass.people.searching.tokens import record_of
from compass.problems import NotFound
from compass.trail.chain import veil
from compass.trail.models import Entry
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
NUMBER, PHONE = "NE 0712 3456X", "+227 90 11 22 33"
OTHER = {"given": "Kadiatou", "family": "Barry"}


@pytest.fixture
def said(at, told):
    def write(someone, **what):
        with at("zinder.cases") as work:
            (row,) = people.record_documents(
                work, [people.DocumentSaid(**told(basis="vital_interest", id=someone.pk), **what)]
            )
        return row

    return write


@pytest.fixture
def both(at, told, person, said):
    """Two records by different names; under the second a passport, and a phone that was changed."""
    with at("zinder.social") as work:
        kept = person(work)
        absorbed = person(work, identity=OTHER, contact={"phone": PHONE})
        changed = people.IdentityChange(**told(id=absorbed.pk, basis="vital_interest"), contact={"phone": "+227 1"})
        people.change_identity(work, [changed])
    detail = {"number": NUMBER, "name": "Kadiatou Barry"}
    passport = said(absorbed, type="passport", country="NE", possession="held_by_client", detail=detail)
    return kept, absorbed, passport


def found(at, given, number):
    """By one name and a number."""
    with at("zinder.social") as work:
        asked = record_of({"given": given}, {}, Also(documents=(number,)))
        return {each.person.pk for each in find(work, asked, world_id("NE")).candidates}


def test_a_document_is_read_changed_and_found_under_the_kept_record_and_goes_back_whole(
    at, both, said, ask, decide, undo
):
    kept, absorbed, passport = both
    assert found(at, "Kadiatou", NUMBER) == {absorbed.pk} and found(at, "Ese", NUMBER) == set()

    row = decide(ask(kept, absorbed))

    assert found(at, "Kadiatou", NUMBER) == found(at, "Ese", NUMBER) == {kept.pk}
    taken = said(kept, document=passport.document, seen=str(passport.pk), possession="confiscated_by_employer")
    lost = said(kept, type="passport", possession="lost", detail={"number": "A 1"})
    assert found(at, "Kadiatou", "A 1") == {kept.pk}
    with at("zinder.social") as work:
        newest, before = next(rows for rows in documents_of(work, kept) if rows[0].document == passport.document)
        assert (newest.pk, before.pk) == (taken.pk, passport.pk) and newest.was_taken
        assert document_detail(work, newest)["number"] == NUMBER

    undo(row)

    with at("zinder.social") as work:
        assert [[each.pk for each in rows] for rows in documents_of(work, kept)] == [[lost.pk]]
        assert [[each.pk for each in rows] for rows in documents_of(work, absorbed)] == [[taken.pk, passport.pk]]
        assert document_detail(work, IdentityDocument.objects.get(pk=taken.pk))["number"] == NUMBER
    assert found(at, "Kadiatou", NUMBER) == {absorbed.pk} and found(at, "Ese", NUMBER) == set() == found(
        at, "Kadiatou", "A 1"
    )


def test_nobody_says_anything_of_a_document_of_a_record_that_was_not_merged_into_it(both, said, ask, decide, undo):
    kept, absorbed, passport = both
    with pytest.raises(NotFound):
        said(kept, document=passport.document, possession="lost")
    row = decide(ask(kept, absorbed))
    said(kept, document=passport.document, possession="lost")

    undo(row)

    with pytest.raises(NotFound):
        said(kept, document=passport.document, possession="lost")


def test_a_further_name_is_corrected_and_found_under_both_and_goes_back_whole(at, told, both, ask, decide, undo):
    kept, absorbed, _passport = both

    def named(someone, **what):
        with at("zinder.cases") as work:
            said = people.NameSaid(**told(basis="vital_interest", id=someone.pk), kind="known_as", **what)
            return people.record_names(work, [said])[0]

    first = named(absorbed, words="Fanta Keita")
    assert found(at, "Fanta", NUMBER) == {absorbed.pk}
    with pytest.raises(NotFound):
        named(kept, words="Fanta Kouyate", name=first.name)
    row = decide(ask(kept, absorbed))

    assert found(at, "Fanta", NUMBER) == {kept.pk}
    corrected = named(kept, words="Fanta Kouyate", name=first.name, seen=str(first.pk))

    with at("zinder.cases") as work:
        assert [[each.pk for each in rows] for rows in names_of(work, kept)] == [[corrected.pk, first.pk]]
    undo(row)
    with at("zinder.cases") as work:
        assert names_of(work, kept) == []
        assert [[each.pk for each in rows] for rows in names_of(work, absorbed)] == [[corrected.pk, first.pk]]
    assert found(at, "Kouyate", NUMBER) == {absorbed.pk}


def test_a_number_of_another_organisation_is_read_changed_and_found_under_both_and_goes_back_whole(
    at, told, both, ask, decide, undo
):
    kept, absorbed, _passport = both

    def numbered(someone, **what):
        with at("zinder.cases") as work:
            said = people.NumberSaid(**told(basis="vital_interest", id=someone.pk), kind="unhcr_individual", **what)
            return people.record_numbers(work, [said])[0]

    first = numbered(absorbed, number="835-00012345")
    with pytest.raises(NotFound):
        numbered(kept, reference=first.reference, state="ended")
    row = decide(ask(kept, absorbed))

    ended = numbered(kept, reference=first.reference, seen=str(first.pk), state="ended")

    assert found(at, "Ese", "835 00012345") == {kept.pk}
    with at("zinder.cases") as work:
        assert [[each.pk for each in rows] for rows in numbers_of(work, kept)] == [[ended.pk, first.pk]]
        assert "835-00012345" in str(gather(work, kept).tables["people.AgencyNumber"])
    undo(row)
    with at("zinder.cases") as work:
        assert numbers_of(work, kept) == []
        assert [number_detail(work, each) for each in numbers_of(work, absorbed)[0]] == [{"number": "835-00012345"}] * 2
    assert found(at, "Ese", "835 00012345") == set() and found(at, "Kadiatou", "835 00012345") == {absorbed.pk}


def test_answers_to_the_six_questions_are_read_under_both_and_a_mistake_goes_back_with_them(
    at, told, both, ask, decide, undo
):
    kept, absorbed, _passport = both
    six = dict.fromkeys(code_list("disability_domain").values, "cannot")

    def say(someone, answers, basis):
        with at("zinder.cases") as work:
            said = people.FunctioningAnswered(**told(basis=basis, id=someone.pk), answers=answers)
            return people.record_functioning(work, [said])[0]

    def read(work, someone):
        return [dict(functioning.opened(work, row)) for row in functioning.answers_of(work, someone)]

    with at("zinder.cases") as work:
        scopes = {"data_processing": True, "share_non_identifiable_reporting": True}
        seven = tuple(code_list("consent_information").values)
        given = [
            people.ConsentGiven(**told(id=each.pk), certified=True, information=seven, scopes=scopes)
            for each in (kept, absorbed)
        ]
        people.give_consent(work, given)
        aged = people.IdentityChange(**told(id=absorbed.pk, basis="consent"), identity={**OTHER, "birth_year": 1990})
        people.change_identity(work, [aged])
    say(absorbed, six, "consent")
    row = decide(ask(kept, absorbed))

    with at("zinder.cases") as work:
        assert read(work, kept) == [six], "the control"
        assert "people.Functioning" in gather(work, kept).tables
    say(kept, {}, "legal_duty")
    undo(row)

    with at("zinder.cases") as work:
        assert (read(work, kept), read(work, absorbed)) == ([], [{}, six])


def test_pages_show_kinds_beside_each_other_and_open_both_for_a_reason(at, both, said, ask, decide, sign_in, client):
    kept, absorbed, passport = both
    client.cookies["compass_language"] = "en"
    said(kept, type="passport", possession="lost", detail={"number": "ne-0712 3456 x"})
    said(absorbed, type="national_id_card", possession="lost")
    asked = ask(kept, absorbed)

    beside = sign_in("zinder.supervisor").get(reverse("people:merge", args=[asked.pk])).content.decode()

    assert "Recorded, with its number" in beside and "0712" not in beside
    assert 'Passport <span class="chip good">same' in beside
    decide(asked)
    assert client.get(reverse("people:merge", args=[asked.pk])).content.decode().count("Not recorded here") == 1
    page = reverse("people:person", args=[kept.pk])
    client = sign_in("zinder.social")
    assert "0712" not in client.get(page).content.decode()
    opened = client.post(page, {"key": str(uuid.uuid4()), "reveal": "1", "reason": "correct"}).content.decode()
    assert NUMBER in opened and PHONE in opened and f"?of={passport.document}" in opened
    with at("zinder.supervisor"):
        body = Entry.objects.filter(body__contains='"people.reveal"').latest("seq").body
        assert all(name in body for name in veil().identifiers([kept.pk, absorbed.pk]))


def test_a_copy_for_the_person_tells_what_is_held_under_both(at, both, ask, decide, undo):
    kept, absorbed, _passport = both

    def numbers():
        with at("zinder.cases") as work:
            return str(gather(work, kept).tables.get("people.IdentityDocument"))

    assert NUMBER not in numbers()
    row = decide(ask(kept, absorbed))
    assert NUMBER in numbers()
    undo(row)
    assert NUMBER not in numbers()
