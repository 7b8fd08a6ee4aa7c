"""Two colleagues save one record: both versions are shown, what is sealed only for a reason, and what was typed stays."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from html import unescape

import pytest

from compass.people.actions import (
    ConsentGiven,
    GuardianAsked,
    HouseholdChange,
    IdentityChange,
    Registration,
    Withdrawal,
    appoint_guardians,
    change_households,
    change_identity,
    give_consent,
    on_page,
    register_people,
    request_guardians,
    withdraw_consent,
)
from compass.people.actions.consents import GuardianAppointed
from compass.people.consent import answer
from compass.people.models import Consent, GuardianRequest, Person
from compass.people.queries import opened
from compass.problems import NotFound, StaleVersion
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db
THEIRS = {"sex": "male", "nationality": "NG", "languages": ("ha",), "identity": {"given": "Eseosa", "family": "Osagie"}}


def identity(**changes):
    typed = {"given": "Ese", "family": "Osagie", "sex": "female", "nationality": "NG", "language": "ha"}
    return {"key": str(uuid.uuid4()), "version": "1", **typed, **changes}


@pytest.fixture
def overtaken(make, at, told):
    """Someone whose names and contact a colleague saved while the page was open."""
    person = make()
    with at("zinder.cases") as work:
        change = {**THEIRS, "contact": {"phone": "+22790111213", "safe_to_call": True}}
        change_identity(work, [IdentityChange(**told(basis="vital_interest", id=person.pk, version=1), **change)])
    return person


def revealed(at):
    with at("geneva.protection") as work:
        return "".join(work.allowed("trail.view", Entry).values_list("body", flat=True)).count("people.reveal")


@pytest.mark.parametrize("version", ["1", "0", "77"])
def test_without_a_reason_a_conflict_compares_only_what_was_never_sealed(overtaken, sign_in, at, version):
    client = sign_in("zinder.social")

    page = client.post(f"/people/{overtaken.pk}/identity/", identity(version=version)).content.decode()

    assert "P-2002" in page
    assert "Eseosa" not in page
    assert 'value="Ese"' in page
    differs = unescape(page.partition("<h2>")[2].partition('class="field')[0])
    assert "Prénom" not in differs and "Nom de famille" not in differs
    assert "Masculin" in differs or "Homme" in differs
    assert f'name="version" value="{version}"' in page
    assert revealed(at) == 0


def test_a_contact_in_conflict_stays_sealed(overtaken, sign_in):
    typed = {"key": str(uuid.uuid4()), "version": "1", "phone": "+22790999999", "safe_to_call": "no"}

    page = (
        sign_in("zinder.social")
        .post(f"/people/{overtaken.pk}/contact/", {**typed, "safe_to_carry_paper": "no"})
        .content.decode()
    )

    assert "P-2002" in page
    assert "90111213" not in page
    assert 'value="+22790999999"' in page


def without_what_was_typed(page):
    """The page up to its form's fields, without keys: what a reader learns who posts a guess."""
    return re.sub(
        r'(name="(?:key|csrfmiddlewaretoken|occurred_at)") value="[^"]*"', r"\1", page.partition("<details open")[0]
    )


@pytest.mark.parametrize("version", ["0", "1", "77"])
def test_a_guess_without_a_reason_is_neither_confirmed_nor_denied(overtaken, sign_in, at, version):
    """The conflict looks the same, and leaves the same in the trail, whether sealed answers were guessed or not."""
    client, learned, noted = sign_in("zinder.social"), {}, {}
    guesses = {
        "contact": [
            {"phone": "+22700000000", "safe_to_call": "no", "safe_to_carry_paper": "no"},
            {"phone": "+22790111213", "safe_to_call": "no", "safe_to_carry_paper": "no"},
            {"phone": "+22790111213", "safe_to_call": "yes", "safe_to_carry_paper": "no"},
        ],
        "identity": [identity(), identity(given="Eseosa"), identity(given="Eseosa", family="Igbinedion")],
    }
    for name, typed in guesses.items():
        for guess in typed:
            guess = {**guess, "key": str(uuid.uuid4()), "version": version}
            page = client.post(f"/people/{overtaken.pk}/{name}/", guess).content.decode()
            assert "P-2002" in page and 'name="compare"' in without_what_was_typed(page)
            learned.setdefault(name, set()).add(without_what_was_typed(page))
            with at("geneva.protection") as work:
                last = work.allowed("trail.view", Entry).filter(body__contains="2002").order_by("-seq").first()
                noted.setdefault(name, set()).add(str(json.loads(last.body)["events"]))

    assert [len(found) for found in (*learned.values(), *noted.values())] == [1, 1, 1, 1]
    assert revealed(at) == 0


def test_the_right_answers_sent_on_an_overtaken_page_are_not_confirmed(overtaken, sign_in):
    """All answers as saved, the clear ones too: nothing says so before a reason."""
    same = identity(given="Eseosa", sex="male", version="0")

    page = unescape(sign_in("zinder.social").post(f"/people/{overtaken.pk}/identity/", same).content.decode())

    assert 'name="compare"' in page and 'class="cmp"' not in page
    assert "peuvent aussi différer" in page


def test_a_reason_on_the_page_of_the_conflict_opens_both_and_then_it_saves(overtaken, sign_in, at):
    client, where = sign_in("zinder.social"), f"/people/{overtaken.pk}/identity/"

    unreasoned = client.post(where, {**identity(), "compare": "1"}).content.decode()
    page = client.post(where, {**identity(), "compare": "1", "reason": "correct"}).content.decode()

    assert "Eseosa" not in unreasoned and 'value="Ese"' in unreasoned
    assert "Eseosa" in page and 'value="Ese"' in page
    assert revealed(at) == 1
    assert 'name="version" value="2"' in page
    assert client.post(where, identity(version="2")).status_code == 302
    with at("zinder.social") as work:
        assert opened(work, Person.objects.get(pk=overtaken.pk)).identity["given"] == "Ese"


def test_opening_both_versions_saves_nothing(overtaken, sign_in, at):
    data = {**identity(version="2"), "compare": "1", "reason": "correct"}

    sign_in("zinder.social").post(f"/people/{overtaken.pk}/identity/", data)

    with at("zinder.social") as work:
        assert opened(work, Person.objects.get(pk=overtaken.pk)).identity["given"] == "Eseosa"


def moved(at, told, person, household, **more):
    with at("zinder.cases") as work:
        envelope = told(basis="vital_interest", id=person.pk, version=1)
        change_households(work, [HouseholdChange(**envelope, household_id=household, relation="child", **more)])


def test_a_household_changed_by_a_colleague_shows_both(make, sign_in, at, told):
    mother, boy = make(), make(age=9)
    moved(at, told, boy, mother.household_id, uasc_status="accompanied")
    client, where = sign_in("zinder.social"), f"/people/{boy.pk}/household/"
    typed = {"household": str(boy.household_id), "relation": "sibling", "uasc_status": "separated"}
    typed |= {"authority": "juvenile_court", "key": str(uuid.uuid4())}

    page = unescape(client.post(where, {**typed, "version": "1"}).content.decode())
    both = page.partition('class="cmp"')[2].partition("</dl>")[0]

    assert "P-2002" in page
    assert "Séparé de ses parents" in both and "Avec un parent" in both
    assert 'name="version" value="2"' in page
    chosen = re.search(r'name="household" value="([^"]+)"', page)[1]
    again = client.post(where, {**typed, "household": chosen, "version": "2"})
    assert again.status_code == 302
    with at("zinder.social"):
        kept = Person.objects.get(pk=boy.pk)
        assert (kept.household_id, kept.uasc_status) == (mother.household_id, "separated")


@pytest.fixture
def abroad(at, told):
    """A household of another office."""
    with at("edo.reception") as work:
        (someone,) = register_people(work, [Registration(**told(basis="vital_interest"), identity={"given": "Ivie"})])
        return someone.household_id


@pytest.mark.parametrize("version", ["01", "1.0", " 1", "\u0661", "+1", "1"])
def test_a_padded_version_makes_no_page_overtaken(make, sign_in, at, abroad, version):
    """Only the number counts: what was posted is never offered back on a page that nobody overtook."""
    boy = make(age=9)
    typed = {"relation": "child", "uasc_status": "accompanied", "key": str(uuid.uuid4()), "version": version}
    client, where = sign_in("zinder.social"), f"/people/{boy.pk}/household/"

    for household in (str(abroad), str(uuid.uuid4()), "zzz", "\u0661" * 32, f"{{{abroad}}}", "None"):
        page = client.post(where, {**typed, "household": household})
        assert page.status_code == 200
        assert "P-2002" not in (said := page.content.decode()) and f'value="{household}"' not in said

    with at("zinder.social"):
        kept = Person.objects.get(pk=boy.pk)
        assert (kept.household_id, kept.version) == (boy.household_id, 1)


@pytest.mark.parametrize("version", ["0", "77", "-1", "", "x"])
@pytest.mark.parametrize("household", ["foreign", "zzz"])
def test_an_overtaken_page_brings_no_household_of_another_office(make, sign_in, at, abroad, version, household):
    boy = make(age=9)
    sent = str(abroad) if household == "foreign" else household
    typed = {"household": sent, "relation": "child", "uasc_status": "accompanied", "key": str(uuid.uuid4())}
    client, where = sign_in("zinder.social"), f"/people/{boy.pk}/household/"

    page = client.post(where, {**typed, "version": version})

    assert page.status_code == 200
    assert f'value="{sent}"' not in page.content.decode()
    assert client.post(where, {**typed, "version": "1"}).status_code == 200
    with at("zinder.social"):
        assert Person.objects.get(pk=boy.pk).household_id == boy.household_id


def test_the_action_puts_nobody_into_a_household_without_anyone_of_the_office(make, at, told, abroad):
    mother, boy = make(), make(age=9)

    def change(household):
        with at("zinder.cases") as work:
            envelope = told(basis="vital_interest", id=boy.pk)
            said = {"relation": "child", "care": "kinship", "uasc_status": "separated"}
            change_households(work, [HouseholdChange(**envelope, household_id=household, **said)])

    for household in (abroad, uuid.uuid4()):
        with pytest.raises(NotFound):
            change(household)
    for household in (boy.household_id, mother.household_id, None):
        change(household)


def test_two_requests_for_a_guardian_show_both(make, sign_in, at, told):
    boy = make(age=13, uasc_status="unaccompanied")
    client, where = sign_in("zinder.social"), f"/people/{boy.pk}/guardian/"
    typed = {"authority": "social_services", "remark": "Il connaît son oncle"}
    with at("zinder.cases") as work:
        first = GuardianAsked(
            **told(basis="legal_duty", id=boy.pk), authority="juvenile_court", detail={"remark": "Oye"}
        )
        request_guardians(work, [first])

    page = unescape(client.post(where, {"key": str(uuid.uuid4()), "seen": "", **typed}).content.decode())
    both = page.partition('class="cmp"')[2].partition("</dl>")[0]

    assert "Services sociaux" in both and "juge des mineurs" in both
    assert "Oye" not in page and "Il connaît son oncle" in page
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    assert client.post(where, {"key": str(uuid.uuid4()), "seen": seen, **typed}).status_code == 302
    with at("zinder.social"):
        assert GuardianRequest.objects.count() == 2


def test_an_appointment_recorded_by_a_colleague_is_said(make, sign_in, at, told):
    boy = make(age=13, uasc_status="unaccompanied")
    with at("zinder.cases") as work:
        (asked,) = request_guardians(
            work, [GuardianAsked(**told(basis="legal_duty", id=boy.pk), authority="juvenile_court")]
        )
        appoint_guardians(work, [GuardianAppointed(**told(basis="legal_duty", id=asked.pk))])

    page = (
        sign_in("zinder.social")
        .post(f"/people/{boy.pk}/guardian/appointed/", {"key": str(uuid.uuid4()), "version": "1"})
        .content.decode()
    )

    assert "P-2002" in page and 'class="cmp"' in page


def test_answers_recorded_by_a_colleague_meanwhile_are_shown_beside_mine(make, sign_in, answers, at):
    person = make()
    mine, colleague, where = sign_in("zinder.social"), sign_in("zinder.cases"), f"/people/{person.pk}/consent/"
    assert colleague.post(where, answers(seen="", scope_duplicate_check="no")).status_code == 302

    page = unescape(mine.post(where, answers(seen="")).content.decode())
    both = page.partition('class="cmp"')[2].partition("</dl>")[0]

    assert "P-2002" in page and both.count("<dt>") >= 6
    assert page.count('name="information"') == page.count(" checked") - len(
        re.findall(r'name="(?!information)\w+"[^>]* checked', page)
    )
    with at("zinder.social"):
        (kept,) = Consent.objects.filter(person=person)
    assert f'name="seen" value="{on_page(kept)}"' in page
    assert mine.post(where, answers(seen=on_page(kept))).status_code == 302


def test_a_page_from_before_consent_was_taken_back_does_not_give_it_again(make, sign_in, answers, at, told):
    person = make()
    mine, where = sign_in("zinder.social"), f"/people/{person.pk}/consent/"
    assert mine.post(where, answers(seen="")).status_code == 302
    seen = re.search(r'name="seen" value="([^"]+)"', mine.get(where).content.decode())[1]
    with at("zinder.cases") as work:
        (given,) = Consent.objects.filter(person=person)
        withdraw_consent(work, [Withdrawal(**told(id=given.pk))])

    page = mine.post(where, answers(seen=seen)).content.decode()

    assert "P-2002" in page and "Retiré" in page
    with at("zinder.social"):
        assert Consent.objects.filter(person=person).count() == 1


def test_a_talk_held_before_consent_was_taken_back_comes_too_late(make, sign_in, answers, at, told):
    person = make()
    assert sign_in("zinder.social").post(f"/people/{person.pk}/consent/", answers(seen="")).status_code == 302
    with at("zinder.social") as work:
        (given,) = Consent.objects.filter(person=person)
        withdraw_consent(work, [Withdrawal(**told(id=given.pk))])
        again = {"scopes": given.scopes, "certified": True, "information": tuple(given.information)}
        late = told(id=person.pk, occurred_at=work.now - timedelta(minutes=5))
        with pytest.raises(StaleVersion):
            give_consent(work, [ConsentGiven(**late, **again)])

        (new,) = give_consent(work, [ConsentGiven(**told(id=person.pk), **again)])
        assert answer(new, "data_processing")
