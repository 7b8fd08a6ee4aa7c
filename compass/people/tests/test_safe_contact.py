"""How a person may be reached without harm: said first, kept when it changes, and never more than was answered."""

from __future__ import annotations

import uuid
from html import unescape

import pytest

from compass.access.scope import ScopedManager
from compass.people.actions import IdentityChange, change_identity
from compass.people.models import FormerContact, Person
from compass.people.queries import former_contacts, opened, reach_of
from compass.people.reach import dialled, is_unsafe, may_be_called, reach
from compass.problems import UnknownCode

pytestmark = pytest.mark.django_db
PHONE, OLD = "+227 90 12 34 56", "+227 96 00 00 01"
SAFE = {"phone": PHONE, "safe_to_call": True, "safe_contact": "phone_call"}


def change(at, told, person, **changes):
    with at("zinder.cases") as work:
        return change_identity(work, [IdentityChange(**told(basis="vital_interest", id=person.pk), **changes)])


def sealed(at, person):
    with at("zinder.social") as work:
        return opened(work, Person.objects.get(pk=person.pk))


def page_of(client, person, **post):
    where = f"/people/{person.pk}/"
    answer = client.post(where, {"reveal": "1", **post}) if post else client.get(where)
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("contact", "callable_"),
    [
        (SAFE, True),
        ({**SAFE, "safe_contact": "sms"}, True),
        ({"phone": PHONE, "safe_to_call": True}, True),
        ({"phone": PHONE}, False),
        ({**SAFE, "safe_to_call": False}, False),
        ({**SAFE, "phone": " "}, False),
        ({**SAFE, "safe_contact": "no_contact"}, False),
        ({**SAFE, "safe_contact": "at_the_centre"}, False),
        ({**SAFE, "safe_contact": "through_trusted_person"}, False),
        ({**SAFE, "unsafe_numbers": ["0022790123456"]}, False),
        ({**SAFE, "unsafe_numbers": [OLD]}, True),
        ({}, False),
    ],
)
def test_a_number_is_called_only_after_a_yes_that_nothing_takes_back(contact, callable_):
    assert may_be_called(contact) is callable_


def test_no_answer_is_no_yes():
    nothing = reach({})

    assert (nothing.known, nothing.calls, nothing.paper) == (False, None, None)
    assert reach({"safe_contact": "no_contact", "safe_to_call": True}).calls is False


def test_a_number_is_told_from_another_with_and_without_its_country():
    assert is_unsafe("90 12 34 56", [PHONE]) and is_unsafe("٩٠١٢٣٤٥٦", [PHONE])
    assert not is_unsafe(OLD, [PHONE])
    assert (dialled(PHONE), dialled("٩٠ ١٢ ٣٤ ٥٦")) == ("+22790123456", "90123456")


def test_what_is_replaced_is_kept_sealed(make, at, told):
    person = make(contact={**SAFE, "phone": OLD})

    change(at, told, person, contact={"phone": PHONE})
    change(at, told, person, contact={"phone": PHONE})
    change(at, told, person, contact={"safe_to_call": False, "safe_contact": None})

    with at("zinder.social") as work:
        kept = Person.objects.get(pk=person.pk)
        assert opened(work, kept).contact == {"phone": PHONE, "safe_to_call": False}
        before = [contact for _row, contact in former_contacts(work, kept)]
        assert before == [SAFE, {**SAFE, "phone": OLD}]
        rows = list(FormerContact.objects.filter(person=person))
        assert all(
            row.recorded_by == rows[0].recorded_by and PHONE.encode() not in bytes(row.contact_sealed) for row in rows
        )


def test_what_was_reached_before_cannot_be_changed(make, at, told):
    person = make(contact=SAFE)
    change(at, told, person, contact={"phone": OLD})

    assert isinstance(FormerContact.objects, ScopedManager)
    assert FormerContact.wall.app == "SELECT, INSERT"


def test_another_office_sees_nothing_of_it(make, at, told):
    person = make(contact=SAFE)
    change(at, told, person, contact={"phone": OLD})

    with at("edo.reception"):
        assert not FormerContact.objects.exists()
    with at("zinder.social"):
        assert FormerContact.objects.count() == 1


def test_a_change_that_asks_less_drops_nothing(make, at, told):
    """Each part of the sealed blob that a change does not name stays: also what no form of today knows."""
    born = {"birth_date": "1994-11-03", "given": "Ese"}
    person = make(age=None, identity={**born, "father": "Osagie"}, contact={**SAFE, "from_elsewhere": "word"})

    change(at, told, person, identity={"given": "Eseosa"}, contact={"what_to_say": "Later."})

    kept = sealed(at, person)
    assert kept.identity == {**born, "given": "Eseosa", "father": "Osagie"}
    assert kept.contact == {**SAFE, "from_elsewhere": "word", "what_to_say": "Later."}


def test_birth_is_one_answer(make, at, told):
    person = make(age=None, identity={"birth_date": "1994-11-03"})

    change(at, told, person, identity={"birth_year": 1980})

    assert sealed(at, person).identity == {"birth_year": 1980}


@pytest.mark.parametrize("name", ["identity", "contact"])
def test_no_form_drops_what_it_does_not_show(make, sign_in, at, name):
    """Every address that writes names or contact: saved as it opens, and saved empty."""
    person = make(
        identity={"given": "Ese", "father": "Osagie", "agency_number": "K-1"},
        contact={**SAFE, "from_elsewhere": "word", "trusted_person": "Her sister"}, nationality="NG", sex="female",
    )  # fmt: skip
    client, where = sign_in("zinder.social"), f"/people/{person.pk}/{name}/"
    before = sealed(at, person)

    form = client.post(where, {"reveal": "1", "reason": "correct"}).context["form"]
    typed = {field.html_name: field.value() for field in form if field.value() not in (None, "")}
    typed = {key: ("yes" if value else "no") if isinstance(value, bool) else value for key, value in typed.items()}
    typed |= {"key": str(uuid.uuid4())}
    assert client.post(where, typed).status_code == 302
    unchanged = sealed(at, person)
    empty = {"key": str(uuid.uuid4()), "version": "2", "sex": "female", "nationality": "NG", "language": "ha"}
    assert client.post(where, empty).status_code == 302
    emptied = sealed(at, person)

    assert getattr(unchanged, name) == getattr(before, name)
    other = "contact" if name == "identity" else "identity"
    assert getattr(emptied, other) == getattr(before, other)
    hidden = {"identity": {"father": "Osagie", "agency_number": "K-1"}, "contact": {"from_elsewhere": "word"}}
    assert getattr(emptied, name) == hidden[name]


def test_the_page_says_before_anything_is_opened_what_is_safe(make, sign_in):
    client = sign_in("zinder.social")
    stays = make(contact={**SAFE, "safe_to_call": False, "safe_contact": "at_the_centre", "safe_to_carry_paper": False})
    rings = make(contact={**SAFE, "safe_times": "before 11", "safe_to_carry_paper": True})

    closed, open_, nothing = (page_of(client, person) for person in (stays, rings, make()))

    assert "Ne pas appeler" in closed and "Ne pas donner de papier" in closed
    assert "Seulement quand la personne vient au centre" in closed
    assert "seulement aux moments notés" in open_ and "Papier sûr" in open_
    assert "Contact sûr non noté" in nothing
    for page in (closed, open_):
        assert "90 12 34 56" not in page and "tel:" not in page and "before 11" not in page


def test_only_who_may_see_contact_is_told(make, sign_in, at):
    person = make("edo.reception", contact={**SAFE, "safe_to_carry_paper": True})

    watched, worked = (page_of(sign_in(who), person) for who in ("edo.monitoring", "edo.reception"))

    assert "Paper is safe" in worked
    assert person.code in watched and "Paper is safe" not in watched
    with at("edo.monitoring") as work:
        assert reach_of(work, work.find("people.view", Person, person.pk)) is None


def test_a_number_is_a_link_only_while_it_is_safe(make, sign_in, at, told):
    client, person = sign_in("zinder.social"), make(contact=SAFE)

    safe = page_of(client, person, reason="contact")
    change(at, told, person, contact={"safe_to_call": False, "safe_contact": None})
    unsafe = page_of(client, person, reason="contact")
    change(at, told, person, contact={"phone": OLD, "safe_to_call": True, "unsafe_numbers": [PHONE]})
    after = page_of(client, person, reason="contact")

    assert 'href="tel:+22790123456"' in safe
    assert "tel:" not in unsafe and PHONE in unsafe
    assert 'href="tel:+22796000001"' in after and "tel:+22790123456" not in after
    assert "ne jamais appeler" in after.partition("Comment on pouvait joindre la personne avant")[2]


def test_a_number_that_became_unsafe_is_not_taken_for_safe_again(make, sign_in):
    person = make(contact={"unsafe_numbers": [PHONE]})
    typed = {"key": str(uuid.uuid4()), "version": "1", "phone": "90123456", "safe_to_call": "yes"}

    page = sign_in("zinder.social").post(f"/people/{person.pk}/contact/", {**typed, "unsafe_numbers": PHONE})

    assert page.status_code == 200
    assert "ne sont plus sûrs" in unescape(page.content.decode()).partition('id="id_phone"')[0]


@pytest.mark.parametrize("lines", ["abc", "12345", f"{PHONE}\nhis brother", "\n".join([PHONE] * 13)])
def test_a_line_that_is_no_number_is_refused(make, sign_in, lines):
    typed = {"key": str(uuid.uuid4()), "version": "1", "unsafe_numbers": lines}

    page = sign_in("zinder.social").post(f"/people/{make().pk}/contact/", typed)

    assert page.status_code == 200 and "un numéro par ligne" in unescape(page.content.decode())


@pytest.mark.parametrize(
    ("way", "calls"),
    [("no_contact", "yes"), ("at_the_centre", "yes"), ("through_trusted_person", "yes"), ("phone_call", "no")],
)
def test_two_answers_that_cannot_both_be_true_are_asked_again(make, sign_in, way, calls):
    client, where = sign_in("zinder.social"), f"/people/{make().pk}/contact/"
    typed = {"key": str(uuid.uuid4()), "version": "1", "phone": PHONE, "safe_contact": way, "trusted_person": "Zouera"}

    refused = client.post(where, {**typed, "safe_to_call": calls})
    taken = client.post(where, {**typed, "safe_to_call": "no" if calls == "yes" else "yes"})

    assert refused.status_code == 200 and "Cela ne va pas avec" in unescape(refused.content.decode())
    assert taken.status_code == 302


@pytest.mark.parametrize(
    ("answers", "missing", "given"),
    [
        ({"safe_contact": "through_trusted_person"}, "trusted_person", "Zouera, la voisine"),
        ({"interpreter_needed": "yes"}, "interpreter_language", "ff"),
    ],
)
def test_what_an_answer_cannot_be_used_without_is_asked_for(make, sign_in, answers, missing, given):
    client, where = sign_in("zinder.social"), f"/people/{make().pk}/contact/"
    typed = {"key": str(uuid.uuid4()), "version": "1", **answers}

    refused = client.post(where, typed)
    assert refused.status_code == 200 and f'href="#id_{missing}' in refused.content.decode()
    assert client.post(where, {**typed, missing: given}).status_code == 302


def test_an_unknown_way_is_refused(make, at, told):
    with pytest.raises(UnknownCode):
        change(at, told, make(), contact={"safe_contact": "by_drum"})


NEED = {"interpreter_needed": True, "interpreter_language": "ff", "interpreter_sex": "female"}


def test_who_plans_a_talk_sees_the_interpreter_before_anything_is_opened(make, sign_in, at, told):
    client = sign_in("zinder.social")
    needs, alone, unasked = make(contact={**SAFE, **NEED}), make(contact={"interpreter_needed": False}), make()

    page = page_of(client, needs)
    others = [page_of(client, person) for person in (alone, unasked)]
    change(at, told, needs, contact={"interpreter_language": "ha", "interpreter_sex": "any"})

    assert "Prévoir les entretiens avec un interprète" in page
    assert "Peul (fulfulde)" in page and "Une femme" in page and PHONE not in page
    assert not any("interprète" in other.partition('id="consent"')[0] for other in others)
    with at("zinder.social") as work:
        kept = Person.objects.get(pk=needs.pk)
        found = reach_of(work, kept)
        assert [contact for _row, contact in former_contacts(work, kept)] == [{**SAFE, **NEED}]
        assert b"interpreter" not in bytes(kept.contact_sealed)
    assert (found.interpreter, found.interpreter_language, found.interpreter_sex) == (True, "ha", "any")
    assert found.calls is True


@pytest.mark.parametrize("answer", ["", "no"])
def test_a_preference_without_the_need_is_asked_again(make, sign_in, answer):
    client, where = sign_in("zinder.social"), f"/people/{make().pk}/contact/"
    typed = {"key": str(uuid.uuid4()), "version": "1", "interpreter_language": "ff", "interpreter_sex": "female"}

    refused = client.post(where, {**typed, "interpreter_needed": answer})
    taken = client.post(where, {**typed, "interpreter_needed": "yes"})

    assert refused.status_code == 200 and "ou répondez oui" in unescape(refused.content.decode())
    assert taken.status_code == 302


@pytest.mark.parametrize("wrong", [{"interpreter_sex": "loud"}, {"interpreter_language": "xx-none"}])
def test_an_unknown_interpreter_is_refused(make, at, told, wrong):
    with pytest.raises(UnknownCode):
        change(at, told, make(), contact={**NEED, **wrong})
