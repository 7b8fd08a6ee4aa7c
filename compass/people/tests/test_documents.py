"""Documents that name a person: what is known of each, what it was before, and that its number is nowhere in clear."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from compass.people.actions import DocumentSaid, record_documents
from compass.people.models import IdentityDocument, Person
from compass.people.queries import document_detail, documents_of
from compass.problems import NotFound, StaleVersion, UnknownCode
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db
NUMBER = "NE 0712 3456X"
DETAIL = {"number": NUMBER, "name": "Ousmane Zakari", "valid_until": "2031-05-01"}


@pytest.fixture
def passport(make, at, told):
    """A passport that the person holds."""
    person = make(identity={"given": "Zakari", "family": "Ousmane"})
    return said(at, told, person, type="passport", country="NE", possession="held_by_client", detail=DETAIL)


def said(at, told, person, username="zinder.cases", **what):
    with at(username) as work:
        (row,) = record_documents(work, [DocumentSaid(**told(basis="vital_interest", id=person.pk), **what)])
    return row


def where(person, of=None):
    return f"/people/{person.pk}/document/" + (f"?of={of.document}" if of else "")


def typed(**more):
    return {"key": str(uuid.uuid4()), **more}


def test_a_change_is_a_new_row_and_what_was_known_stays(passport, at, told):
    person = passport.person

    taken = {"possession": "confiscated_by_employer", "detail": {"kept_by": "The owner of the garage", "number": ""}}
    said(at, told, person, document=passport.document, seen=str(passport.pk), **taken)

    with at("zinder.social") as work:
        ((now, before),) = documents_of(work, person)
        assert (now.type, now.country, now.possession) == ("passport", "NE", "confiscated_by_employer")
        assert (before.pk, before.possession) == (passport.pk, "held_by_client")
        assert now.was_taken and not before.was_taken
        assert document_detail(work, now) == {**DETAIL, "kept_by": "The owner of the garage"}
        assert document_detail(work, before) == DETAIL
        assert not [row for row in (now, before) if NUMBER.encode() in bytes(row.detail_sealed)]
    assert IdentityDocument.wall.app == "SELECT, INSERT"


def test_who_had_it_is_not_said_of_whoever_has_it_now(passport, at, told):
    person = passport.person
    taken = {"kept_by": "The owner of the garage", "since": "2026-05-01"}
    said(at, told, person, document=passport.document, possession="confiscated_by_employer", detail=taken)

    back = said(at, told, person, document=passport.document, possession="held_by_client")
    again = said(at, told, person, document=passport.document, possession="held_by_client", country="NG")

    with at("zinder.social") as work:
        assert document_detail(work, back) == document_detail(work, again) == DETAIL
    assert (back.country, again.country) == ("NE", "NG")


def test_nobody_says_anything_of_somebody_elses_document(passport, make, at, told):
    with pytest.raises(NotFound):
        said(at, told, make(), document=passport.document, possession="lost")
    with pytest.raises(NotFound):
        said(at, told, passport.person, document=uuid.uuid4(), possession="lost")


def test_another_office_sees_none_and_adds_none(passport, at, told):
    with at("edo.reception"):
        assert not IdentityDocument.objects.exists()
    with pytest.raises(NotFound):
        said(at, told, passport.person, username="edo.reception", type="passport", possession="lost")


@pytest.mark.parametrize(
    "what", [{"type": "scroll"}, {"possession": "eaten"}, {"country": "Niger"}, {"country": "XXA"}]
)
def test_only_codes_are_taken(make, at, told, what):
    with pytest.raises(UnknownCode):
        said(at, told, make(), **{"type": "passport", "possession": "lost", **what})


def test_what_a_colleague_said_meanwhile_is_not_written_over(passport, at, told, sign_in):
    person, client = passport.person, sign_in("zinder.social")
    said(at, told, person, document=passport.document, possession="lost")

    with pytest.raises(StaleVersion):
        said(at, told, person, document=passport.document, possession="stolen", seen=str(passport.pk))
    page = client.post(where(person, passport), typed(seen=str(passport.pk), possession="stolen", number="X-1"))
    both = unescape(page.content.decode()).partition('class="cmp"')[2].partition("</dl>")[0]

    assert "Volé" in both and "Perdu" in both and NUMBER not in page.content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page.content.decode())[1]
    assert client.post(where(person, passport), typed(seen=seen, possession="stolen")).status_code == 302


def test_the_pages(make, sign_in, at):
    person, client = make(), sign_in("zinder.social")

    begun = client.get(where(person))
    saved = client.post(where(person), typed(type="passport", country="NE", possession="held_by_client", number=NUMBER))
    closed = unescape(client.get(f"/people/{person.pk}/").content.decode())
    with at("zinder.social"):
        first = IdentityDocument.objects.get(person=person)
    asked = unescape(client.get(where(person, first)).content.decode())
    changed = client.post(
        where(person, first), typed(seen=str(first.pk), possession="confiscated_by_employer", kept_by="Le patron")
    )
    taken = unescape(client.get(f"/people/{person.pk}/").content.decode())
    opened = client.post(f"/people/{person.pk}/", {"reveal": "1", "reason": "present"}).content.decode()

    assert (begun.status_code, saved.status_code, changed.status_code) == (200, 302, 302)
    assert "Passeport" in closed and NUMBER not in closed
    assert "Passeport" in asked and NUMBER not in asked and 'name="type"' not in asked
    assert "DOC-05" in taken and NUMBER not in taken and "Le patron" not in taken
    assert NUMBER in opened and "Le patron" in opened


def test_the_number_is_in_no_address_and_no_trail(make, sign_in, at):
    person, client = make(), sign_in("zinder.social")

    answer = client.post(where(person), typed(type="passport", possession="lost", number=NUMBER), follow=True)

    assert all(NUMBER not in address for address, _status in answer.redirect_chain)
    with at("geneva.protection") as work:
        noted = "".join(work.allowed("trail.view", Entry).values_list("body", flat=True))
    assert "people.document" in noted and NUMBER not in noted and NUMBER.replace(" ", "") not in noted


def test_a_day_that_has_not_come_is_refused(make, sign_in):
    day = timezone.localdate() + timedelta(days=2)
    parts = {f"since_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}

    page = sign_in("zinder.social").post(where(make()), typed(type="passport", possession="lost", **parts))

    assert page.status_code == 200 and "futur" in unescape(page.content.decode())


@pytest.mark.parametrize(
    ("typed_day", "kept", "said"),
    [
        ({"year": "2024"}, "2024", "2024"),
        ({"month": "mai", "year": "2024"}, "2024-05", "mai 2024"),
        ({"day": "7", "month": "5", "year": "٢٠٢٤"}, "2024-05-07", "7 mai 2024"),
        ({"day": "7", "month": "5"}, None, ""),
        ({"day": "7", "year": "2024"}, None, ""),
        ({"month": "13", "year": "2024"}, None, ""),
        ({"year": "24"}, None, ""),
        ({"year": "2999"}, None, ""),
    ],
)
def test_since_when_is_said_as_far_as_the_person_knows(make, sign_in, at, typed_day, kept, said):
    person, client = make(), sign_in("zinder.social")
    parts = {f"since_{part}": value for part, value in typed_day.items()}

    answer = client.post(where(person), typed(type="passport", possession="lost", **parts))

    with at("zinder.social") as work:
        details = [document_detail(work, row) for row in IdentityDocument.objects.filter(person=person)]
    assert [detail.get("since") for detail in details] == ([kept] if kept else [])
    if kept is None:
        page = unescape(answer.content.decode())
        assert "l’année" in page and all(f'value="{value}"' in page for value in typed_day.values())
    else:
        assert said in client.post(f"/people/{person.pk}/", {"reveal": "1", "reason": "present"}).content.decode()


@pytest.mark.parametrize("number", [NUMBER, "ne07123456x"])
def test_a_person_is_found_by_a_name_and_the_number_and_by_nothing_less(passport, sign_in, number):
    client, code = sign_in("zinder.social"), passport.person.code

    def found(**asked):
        return client.post("/people/find/", asked).content.decode()

    assert code in found(names="Zakari", document=number)
    assert code not in found(names="Zakari", document="NE 0712 3457X")
    assert code not in found(names="Zakari")
    assert code not in found(names="", document=number)


def test_a_second_record_with_the_same_document_is_noticed(passport, make, sign_in):
    second = make(identity={"given": "Zakari"}, age=None)
    client = sign_in("zinder.social")

    page = client.post(where(second), typed(type="passport", possession="held_by_client", number=NUMBER), follow=True)

    assert passport.person.code in page.content.decode()


def test_documents_go_along_to_the_office_that_takes_the_person_over():
    assert IdentityDocument.wall.moves_with == "person"
    assert Person in {field.related_model for field in IdentityDocument._meta.concrete_fields}
