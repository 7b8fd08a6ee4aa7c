from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from django.utils.translation import override

from compass.people.actions import (
    ConsentGiven,
    GuardianAsked,
    Registration,
    give_consent,
    register_people,
    request_guardians,
)
from compass.people.content.consent import notice
from compass.people.documents import FOLDER
from compass.people.forms.common import language_choices
from compass.people.models import GuardianRequest, Person
from compass.people.queries import opened
from compass.problems import UnknownCode
from compass.trail.models import Entry
from compass.vocabulary import code_list, languages
from compass.vocabulary.nationalities import nationalities

pytestmark = pytest.mark.django_db


def identity(**changes):
    data = {
        "key": str(uuid.uuid4()),
        "version": "1",
        "given": "Ese",
        "family": "Osagie",
        "birth_date_0": "",
        "sex": "female",
        "nationality": "NG",
        "language": "ha",
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def names(at, person):
    with at("zinder.social") as work:
        return opened(work, Person.objects.get(pk=person.pk)).identity


def test_it_works(make, sign_in):
    page = sign_in("zinder.social").get(f"/people/{make().pk}/").content.decode()

    assert 'class="dial' in page
    assert "<title>" in page


def test_a_name_is_shown_on_one_response_and_recorded(make, sign_in, at):
    person = make(identity={"given": "Ese", "family": "Osagie"})
    client = sign_in("zinder.social")
    where = f"/people/{person.pk}/"

    before = client.get(where).content.decode()
    unreasoned = client.post(where, {"reveal": "1"}).content.decode()
    shown = client.post(where, {"reveal": "1", "reason": "present"}).content.decode()
    after = client.get(where).content.decode()

    assert "Osagie" in shown
    assert all("Osagie" not in page for page in (before, unreasoned, after))
    with at("geneva.protection") as work:
        bodies = "".join(work.allowed("trail.view", Entry).values_list("body", flat=True))
    assert "people.reveal" in bodies
    assert "present" in bodies


def test_arabic_digits_are_read_as_a_date(make, sign_in, at):
    person = make()

    data = identity(birth_date_day="١٤", birth_date_month="٣", birth_date_year="١٩٩٥")
    response = sign_in("zinder.social").post(f"/people/{person.pk}/identity/", data)

    assert response.status_code == 302, response.content.decode()
    assert names(at, person)["birth_date"] == "1995-03-14"


def test_a_birth_in_the_future_is_refused_and_typed_answers_stay(make, sign_in, at):
    person = make()
    soon = timezone.localdate() + timedelta(days=3)

    data = identity(birth_date=soon.isoformat())
    page = sign_in("zinder.social").post(f"/people/{person.pk}/identity/", data)
    year = sign_in("zinder.social").post(f"/people/{person.pk}/identity/", identity(birth_year="2089"))

    assert page.status_code == year.status_code == 200
    assert 'value="Osagie"' in page.content.decode()
    assert "family" not in names(at, person)


@pytest.mark.parametrize(
    ("age", "estimated", "day", "taken"),
    [
        (30, "", "1999-05-02", True),
        (30, "no", "1999-05-02", False),
        (30, "", "{year}-01-02", False),
        (9, "", "1999-05-02", False),
        (9, "", "{nine}-01-01", True),
    ],
)
def test_a_date_of_birth_beside_another_year_is_refused_in_words(make, sign_in, at, age, estimated, day, taken):
    """Only the estimate of the gate, untouched, gives way, and never so that a grown person becomes a child."""
    person, this = make(age=age), timezone.localdate().year
    day = day.format(year=this - 12, nine=this - 9)
    shown = {"birth_year": str(this - age), "initial-birth_year": str(this - age)}

    told = identity(birth_date=day, birth_estimated=estimated, **shown)
    response = sign_in("zinder.social").post(f"/people/{person.pk}/identity/", told)

    assert (response.status_code == 302) is taken
    assert names(at, person).get("birth_date", "") == (day if taken else "")
    if not taken:
        assert (
            f"{this - age}. Effacez" in unescape(response.content.decode())
            and 'value="Osagie"' in response.content.decode()
        )


def test_a_year_typed_beside_another_date_is_refused(make, sign_in, at):
    person = make()

    told = identity(birth_date="1999-05-02", birth_year="1998")
    page = unescape(sign_in("zinder.social").post(f"/people/{person.pk}/identity/", told).content.decode())

    assert "La date de naissance indique 1999" in page
    assert "birth_date" not in names(at, person)


def test_nobody_says_estimate_before_the_worker_does(make, sign_in, at):
    person, client = make(), sign_in("zinder.social")
    where = f"/people/{person.pk}/identity/"

    page = client.get(where).content.decode()
    unsaid = client.post(where, identity(birth_year="1995"))
    said = client.post(where, identity(birth_year="1995", birth_estimated="yes"))
    again = client.post(where, {"reveal": "1", "reason": "correct"}).content.decode()

    assert not re.search(r"<input[^>]* checked", page)
    assert (unsaid.status_code, said.status_code) == (200, 302)
    assert names(at, person)["birth_estimated"] is True
    assert re.search(r'name="birth_estimated" value="yes"[^>]* checked', again)


def test_the_estimate_of_the_gate_stays_one_without_another_question(make, sign_in, at):
    person = make(age=30)
    year = str(timezone.localdate().year - 30)
    client, where = sign_in("zinder.social"), f"/people/{person.pk}/identity/"

    assert f'name="initial-birth_year" value="{year}"' in client.get(where).content.decode()
    told = identity(**{"birth_year": year, "initial-birth_year": year})
    assert client.post(where, told).status_code == 302

    assert names(at, person)["birth_estimated"] is True


def test_a_recorded_identity_opens_for_correction_only_with_a_reason(make, sign_in):
    person = make(identity={"given": "Ese"})
    client = sign_in("zinder.social")
    where = f"/people/{person.pk}/identity/"

    closed = client.get(where).content.decode()
    open_ = client.post(where, {"reveal": "1", "reason": "correct"}).content.decode()

    assert "Ese" not in closed.replace("Ese ", "")
    assert 'value="Ese"' in open_


def test_contact_and_paper(make, sign_in, at):
    person = make()
    client = sign_in("zinder.social")
    data = {
        "key": str(uuid.uuid4()),
        "version": "1",
        "phone": "+227 90 00 00 00",
        "safe_to_call": "no",
        "safe_to_carry_paper": "no",
    }

    unasked = client.get(f"/people/{person.pk}/summary/fr.pdf")
    saved = client.post(f"/people/{person.pk}/contact/", data)
    printed = client.get(f"/people/{person.pk}/summary/fr.pdf")

    assert saved.status_code == 302
    assert (unasked.status_code, printed.status_code) == (409, 409)
    assert client.get(f"/people/{person.pk}/summary/").status_code == 200


def test_a_contact_without_a_word_about_paper_is_kept_and_nothing_is_printed(make, sign_in):
    """The question is asked before something is printed; an intake need not wait for it."""
    person = make()
    client = sign_in("zinder.social")
    data = {"key": str(uuid.uuid4()), "version": "1", "phone": "+227 90 00 00 00", "safe_to_call": "no"}

    saved = client.post(f"/people/{person.pk}/contact/", data)

    assert saved.status_code == 302
    assert client.get(f"/people/{person.pk}/summary/fr.pdf").status_code == 409


@pytest.mark.parametrize("country", ["NE", "NG"])
def test_the_languages_of_the_country_stand_first_in_a_group_of_their_own(country):
    (_, empty), (here, spoken), (others, rest) = language_choices(country, empty="-")

    with override("en"):
        assert (str(here), str(others), empty) == ("Languages spoken here", "Other languages", "-")
    codes = {code for code, _label in spoken}
    assert codes == {row.code for row in languages() if country in row.countries} != set()
    assert codes | {code for code, _label in rest} == {row.code for row in languages()}


def test_one_group_alone_has_no_heading():
    assert [code for code, _label in language_choices("NE", only=["ha"])] == ["ha"]


@pytest.mark.parametrize("typed", ["abc 12", "12345", "1234567890123456", "++22790000000", "90 00 00 00 poste 4"])
def test_a_number_that_cannot_be_dialled_is_refused_and_stays(make, sign_in, typed):
    data = {"key": str(uuid.uuid4()), "version": "1", "phone": typed, "safe_to_call": "no", "safe_to_carry_paper": "no"}
    page = sign_in("zinder.social").post(f"/people/{make().pk}/contact/", data)

    assert page.status_code == 200
    assert "6 à 15 chiffres" in page.content.decode() and f'value="{typed}"' in page.content.decode()


@pytest.mark.parametrize(
    "typed", ["+227 90-00.00 00", "(0227) 900000", "٩٠ ١٢ ٣٤ ٥٦", "+۲۲۷۹۰۱۲۳۴۵۶", "\u200e90\u00a012\u00a034"]
)
def test_a_number_is_kept_as_typed(make, sign_in, at, typed):
    person = make()
    data = {"key": str(uuid.uuid4()), "version": "1", "phone": typed, "safe_to_call": "no", "safe_to_carry_paper": "no"}
    response = sign_in("zinder.social").post(f"/people/{person.pk}/contact/", data)

    assert response.status_code == 302
    with at("zinder.social") as work:
        assert opened(work, Person.objects.get(pk=person.pk)).contact["phone"] == typed


def test_whether_to_call_is_asked_only_with_a_number(make, sign_in):
    where, client = f"/people/{make().pk}/contact/", sign_in("zinder.social")
    data = {"key": str(uuid.uuid4()), "version": "1", "safe_to_carry_paper": "no"}

    assert client.post(where, {**data, "phone": "90 12 34 56"}).status_code == 200
    assert client.post(where, data).status_code == 302


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ha", "bm"])
def test_the_printed_summary_names_nobody(make, sign_in, language):
    person = make(identity={"given": "Ese"}, contact={"safe_to_carry_paper": True}, nationality="NG")

    response = sign_in("zinder.social").get(f"/people/{person.pk}/summary/{language}.pdf")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert b"Ese" not in response.content
    assert b"IOM" not in response.content
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("language", "band", "country"),
    [
        ("ha", "Rukunin shekarunku: shekara 30 zuwa 39", "Ƙasarku: Nijeriya"),
        ("bm", "Aw si kulu: san 30 fo san 39", "Aw ka jamana: Nizeriya"),
    ],
)
def test_a_summary_in_a_language_without_lists_is_in_it_and_says_that_nobody_checked_it(
    make, sign_in, language, band, country
):
    person = make(age=35, nationality="NG", languages=(language,))
    page = unescape(sign_in("zinder.social").get(f"/people/{person.pk}/summary/").content.decode())

    assert f">{band}</p>" in page and f">{country}</p>" in page
    assert "Votre groupe d’âge : 30 à 39 ans" in page.replace("\xa0", " "), "the worker reads along"
    assert "Ce texte doit encore être vérifié" in page and "Ne vous fiez pas à ce texte seul" in page


@pytest.mark.parametrize("language", ["bm", "ha"])
@pytest.mark.parametrize("list_id", ["age_band", "service", "nationality"])
def test_every_label_of_a_summary_exists_where_the_lists_have_no_language(list_id, language):
    french = nationalities() if list_id == "nationality" else code_list(list_id)
    drafts = json.loads((FOLDER / f"labels.{language}.json").read_text(encoding="utf-8"))

    assert drafts["status"] == "to_be_checked_by_speaker" and notice(language).must_be_checked
    # A summary is made of exact values only.
    said = {code.value for code in french if not getattr(code, "extra", None) or not code.extra.get("coarse")}
    assert set(drafts[list_id]) == said and all(drafts[list_id].values())


def test_the_summary_exists_in_five_languages_only(make, sign_in):
    person = make(contact={"safe_to_carry_paper": True})

    assert sign_in("zinder.social").get(f"/people/{person.pk}/summary/xx.pdf").status_code == 404


def test_a_child_alone_needs_an_authority_for_a_guardian(make, sign_in, at):
    boy = make(age=13)
    client = sign_in("zinder.social")
    data = {
        "key": str(uuid.uuid4()),
        "version": "1",
        "household": str(boy.household_id),
        "relation": "",
        "uasc_status": "unaccompanied",
    }

    refused = client.post(f"/people/{boy.pk}/household/", data)
    saved = client.post(f"/people/{boy.pk}/household/", {**data, "authority": "juvenile_court"})
    twice = client.post(f"/people/{boy.pk}/household/", {**data, "authority": "juvenile_court"})

    assert (refused.status_code, saved.status_code, twice.status_code) == (200, 302, 302)
    with at("zinder.social"):
        assert GuardianRequest.objects.count() == 1
        assert Person.objects.get(pk=boy.pk).uasc_status == "unaccompanied"


def test_the_guardian_is_appointed_once(make, sign_in, at):
    boy = make(age=13, uasc_status="unaccompanied")
    client = sign_in("zinder.social")

    page = client.get(f"/people/{boy.pk}/").content.decode()
    client.send(f"/people/{boy.pk}/guardian/", {"key": str(uuid.uuid4()), "authority": "juvenile_court"})
    done = client.send(f"/people/{boy.pk}/guardian/appointed/", {"key": str(uuid.uuid4())})
    again = client.send(f"/people/{boy.pk}/guardian/appointed/", {"key": str(uuid.uuid4())})

    assert "BIP-02" in page
    assert done.status_code == 302
    assert "P-2003" in again.content.decode()


def test_a_household_is_joined(make, sign_in, at):
    mother, child = make(), make(age=3)
    client = sign_in("zinder.social")

    response = client.post(
        f"/people/{child.pk}/household/",
        {
            "key": str(uuid.uuid4()),
            "version": "1",
            "household": str(mother.household_id),
            "relation": "child",
            "uasc_status": "accompanied",
        },
    )

    assert response.status_code == 302
    assert child.code in client.get(f"/people/{mother.pk}/").content.decode()


def test_consent_taken_back_allows_nothing(make, sign_in, answers):
    person = make()
    client = sign_in("zinder.social")
    client.post(f"/people/{person.pk}/consent/", answers())

    asked = client.get(f"/people/{person.pk}/withdraw/")
    done = client.post(f"/people/{person.pk}/withdraw/", {"key": str(uuid.uuid4()), "purposes": "everything"})
    page = client.get(f"/people/{person.pk}/").content.decode()

    assert (asked.status_code, done.status_code) == (200, 302)
    assert 'class="chip good"' not in page


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize(
    ("day", "month", "year", "words"),
    [
        ("31", "2", "1995", {"en": "has only 28 days", "fr": "28 jours en février 1995", "ar": "28"}),
        ("29", "2", "2024", None),
        ("5", "13", "1995", {"en": "from 1 to 12", "fr": "de 1 à 12", "ar": "من 1 إلى 12"}),
        ("", "3", "1995", {"en": "only the year", "fr": "seule l’année", "ar": "السنة وحدها"}),
    ],
)
def test_a_day_that_does_not_exist_says_what_to_do_and_stays(make, sign_in, language, day, month, year, words):
    client = sign_in("zinder.social")
    client.cookies["compass_language"] = language
    typed = identity(birth_date_day=day, birth_date_month=month, birth_date_year=year)

    response = client.post(f"/people/{make().pk}/identity/", typed)

    assert response.status_code == (302 if words is None else 200)
    if words:
        page = unescape(response.content.decode())
        assert words[language] in page.partition('id="id_birth_date"')[2].partition("</fieldset>")[0]
        assert f'value="{year}"' in page and f'value="{month}"' in page


def test_each_step_says_what_was_saved_and_what_comes_next(make, sign_in, answers):
    client, at_ = sign_in("zinder.social"), f"/people/{make(age=13).pk}"
    contact = {"key": str(uuid.uuid4()), "version": "2", "safe_to_carry_paper": "no"}
    consent = answers(given_by="caregiver", child_agrees="yes")

    steps = [
        (f"{at_}/consent/?intake", consent, "oui, 5 fois"),
        (f"{at_}/identity/?intake", identity(birth_year="2012", birth_estimated="no"), "comment joindre"),
        (f"{at_}/contact/?intake", contact, "À suivre : qui"),
        (
            f"{at_}/household/?intake",
            {"key": str(uuid.uuid4()), "version": "3", "uasc_status": "separated", "authority": "juvenile_court"},
            "Tribunal ou juge des mineurs",
        ),
    ]
    for where, told, words in steps:
        page = unescape(client.post(where, told, follow=True).content.decode())
        said = page.partition('role="status"')[2].partition("</div>")[0]
        assert words in said.replace("\u00a0", " "), where


def test_what_a_baby_was_told_in_months_survives_a_correction(make, sign_in, at):
    baby = make(age=None, identity={"birth_year": 2025, "birth_month": 7, "birth_estimated": True, "given": "Efe"})
    client, where = sign_in("zinder.social"), f"/people/{baby.pk}/identity/"

    page = client.post(where, {"reveal": "1", "reason": "correct"}).content.decode()
    told = identity(birth_year="2025", birth_estimated="yes", birth_month="2025-7")
    assert client.post(where, told).status_code == 302

    assert 'name="birth_month" value="2025-7"' in page
    assert names(at, baby)["birth_month"] == 7


def test_a_withdrawal_says_what_stops_what_may_go_on_and_what_partners_have(make, sign_in, answers):
    client, where = sign_in("zinder.social"), f"/people/{make().pk}/"
    client.post(f"{where}consent/", answers())
    before = client.get(where).content.decode()
    client.post(f"{where}withdraw/", {"key": str(uuid.uuid4()), "purposes": "everything"})

    page = unescape(client.get(where).content.decode())

    for words in ("Ce qui s’arrête", "l’intérêt vital", "l’obligation légale", "partenaires"):
        assert words in page and words not in unescape(before).partition("</header>")[2].partition('id="consent"')[0]


@pytest.mark.parametrize("field", ["authority", "relation", "uasc_status"])
def test_words_in_place_of_a_code_are_refused(make, sign_in, at, field):
    boy = make(age=13)
    typed = {"key": str(uuid.uuid4()), "version": "1", "uasc_status": "separated", "authority": "juvenile_court"}

    page = sign_in("zinder.social").post(f"/people/{boy.pk}/household/", {**typed, field: "chez Idrissa"})

    assert page.status_code == 200
    with at("zinder.social"):
        assert not GuardianRequest.objects.exists()


def test_no_action_keeps_words_in_the_clear(make, at, told):
    boy = make(age=13)
    with at("zinder.social") as work, pytest.raises(UnknownCode):
        request_guardians(work, [GuardianAsked(**told(basis="legal_duty", id=boy.pk), authority="Juge Amadou")])
    for changes in ({"relation": "chez Idrissa"}, {"uasc_status": "perdu"}, {"nationality": "XQZ"}):
        with at("zinder.social") as work, pytest.raises(UnknownCode):
            register_people(work, [Registration(**told(basis="vital_interest"), **changes)])
    with at("zinder.social") as work, pytest.raises(UnknownCode):
        register_people(work, [Registration(**told(basis="vital_interest"), languages=("Idrissa",))])


@pytest.mark.parametrize(
    "words",
    [
        {"mode": "oncle"}, {"language": "Idrissa"}, {"interpreter_mode": "oncle Idrissa"}, {"given_by": "oncle"},
        {"notice_version": "Idrissa"}, {"information": ("Idrissa",)}, {"scopes": {"chez Idrissa": True}},
        {"scopes": {"data_processing": "chez Idrissa"}},
    ],
)  # fmt: skip
def test_no_consent_keeps_words_in_the_clear(make, at, told, words):
    person = make()

    with at("zinder.social") as work, pytest.raises(UnknownCode):
        give_consent(work, [ConsentGiven(**told(basis="consent", id=person.pk), **words)])
