"""Taking back one answer leaves the others; asking again carries over what was not asked; children when it is said."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from compass.people.actions import (
    ConsentGiven,
    Registration,
    Withdrawal,
    give_consent,
    on_page,
    register_people,
    withdraw_consent,
)
from compass.people.consent import answer, carried
from compass.people.models import Consent
from compass.people.queries import consent_of, reveal, reveal_names
from compass.problems import ConsentMissing, StaleVersion, UnknownCode
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
GIVEN = {
    "case_management_services": True,
    "data_processing": True,
    "share_other_organizations": True,
    "share_family": True,
    "share_authorities": False,
}


@pytest.fixture
def consents(told):
    """`consents(work, person, hours_ago=1, given_by=...)`: what was answered, by default `GIVEN`."""

    def make(work, person, *, hours_ago=1.0, **changes):
        when = timezone.now() - timedelta(hours=hours_ago)
        more = {"scopes": GIVEN, "certified": True, "information": code_list("consent_information").values, **changes}
        return give_consent(work, [ConsentGiven(**told(id=person.pk, occurred_at=when), **more)])[0]

    return make


@pytest.fixture
def family(make, at, told, consents):
    """A mother with a boy and a girl for whom she answered in the same talk, and a nephew for whom she did later."""
    mother, kin = make(), {}
    with at("zinder.social") as work:
        consents(work, mother, hours_ago=48)
        for name, age, relation, hours in (
            ("boy", 3, "child", 47),
            ("girl", 4, "child", 47),
            ("nephew", 2, "other", 9),
        ):
            (row,) = register_people(
                work,
                [
                    Registration(
                        **told(basis="vital_interest"),
                        household_id=mother.household_id,
                        relation="child" if relation == "child" else "other_relative",
                        identity={"birth_year": work.now.year - age, "birth_estimated": True},
                        languages=("ha",),
                    )
                ],
            )
            consents(work, row, hours_ago=hours, given_by="caregiver")
            kin[name] = row
    return mother, kin


def taken(*purposes, **more):
    return {"key": str(uuid.uuid4()), "purposes": list(purposes), **more}


def said(at, person):
    with at("zinder.social"):
        return consent_of(person.pk)


def test_it_works(make, sign_in, at, consents):
    """One purpose is taken back: a new consent, every other answer as it was, until the day it would have ended."""
    person = make()
    with at("zinder.social") as work:
        before = consents(work, person, detail={"interpreter": "Zouera"})
    client, where = sign_in("zinder.social"), f"/people/{person.pk}/withdraw/"
    once = taken("share_family")

    assert [client.post(where, once).status_code for _ in range(2)] == [302, 302]

    after = said(at, person)
    assert after.pk != before.pk and after.withdrawn_at is None
    assert after.scopes == {**GIVEN, "share_family": False}
    assert after.expires_on == before.expires_on
    with at("zinder.social") as work:
        kept = Consent.objects.filter(person=person)
        assert {row.pk for row in kept} == {before.pk, after.pk}
        detail = {"table": "people_consent", "column": "detail_sealed", "subject": person.pk, "row": after.pk}
        assert work.keys.open(after.detail_sealed, **detail) == {"interpreter": "Zouera"}
    page = unescape(client.get(f"/people/{person.pk}/").content.decode())
    assert "Toutes les autres réponses restent inchangées" in page


def test_the_page_offers_what_is_in_force_and_chooses_nothing(make, sign_in, at, consents):
    person = make()
    with at("zinder.social") as work:
        consents(work, person)
    client, where = sign_in("zinder.social"), f"/people/{person.pk}/withdraw/"

    page = client.get(where).content.decode()
    nothing = client.post(where, taken())

    offered = re.findall(r'name="purposes"[^>]*value="(\w+)"|value="(\w+)"[^>]*name="purposes"', page)
    assert [a or b for a, b in offered] == [scope for scope, yes in GIVEN.items() if yes] + ["everything"]
    assert not re.search(r"<input[^>]* checked", page)
    assert 'name="children"' not in page
    assert nothing.status_code == 200 and "data-errors" in nothing.content.decode()
    assert said(at, person).scopes == GIVEN


@pytest.mark.parametrize("chosen", [["everything"], [scope for scope, yes in GIVEN.items() if yes]])
def test_everything_takes_the_whole_consent_back(make, sign_in, at, consents, chosen):
    person = make()
    with at("zinder.social") as work:
        given = consents(work, person)

    assert sign_in("zinder.social").post(f"/people/{person.pk}/withdraw/", taken(*chosen)).status_code == 302

    after = said(at, person)
    assert after.pk == given.pk and after.withdrawn_at is not None


def test_what_was_typed_while_a_colleague_took_all_of_it_back_is_not_lost_in_silence(family, sign_in, at):
    """A name or a child on the second page is more than the first said; the first one, sent again, is done."""
    mother, kin = family
    client, where = sign_in("zinder.social"), f"/people/{mother.pk}/withdraw/"
    all_of_it, more = taken("everything"), taken("share_family", children=[str(kin["boy"].pk)])

    assert [client.post(where, each).status_code for each in (all_of_it, all_of_it, more)] == [302, 302, 200]

    page = unescape(client.post(where, more).content.decode())
    assert "P-2003" in page and re.search(rf'value="{kin["boy"].pk}"[^>]* checked', page)
    assert said(at, kin["boy"]).scopes == GIVEN


def test_what_nobody_can_take_back_is_refused(make, sign_in, at, consents, told):
    person = make()
    with at("zinder.social") as work:
        first = consents(work, person, hours_ago=3)
        consents(work, person, hours_ago=1)
    client, where = sign_in("zinder.social"), f"/people/{person.pk}/withdraw/"

    assert client.post(where, taken("share_moon")).status_code == 200
    assert client.post(where, taken("consular_contact")).status_code == 200
    for scopes, problem in ((("share_moon",), UnknownCode), (("share_family",), StaleVersion), ((), StaleVersion)):
        with at("zinder.social") as work, pytest.raises(problem):
            withdraw_consent(work, [Withdrawal(**told(id=first.pk), scopes=scopes)])
    assert said(at, person).scopes == GIVEN


def test_an_earlier_moment_does_not_hide_what_was_taken_back(make, at, consents, told):
    """A page kept offline may say an hour before the consent: the answer taken back still counts."""
    person = make()
    with at("zinder.social") as work:
        given = consents(work, person)
        earlier = told(id=given.pk, occurred_at=timezone.now() - timedelta(hours=9))
        withdraw_consent(work, [Withdrawal(**earlier, scopes=("share_family",))])

    assert answer(said(at, person), "share_family").reason == "refused"


def test_a_yes_from_a_clock_that_runs_ahead_does_not_outlast_the_no_said_after_it(make, at, consents):
    person = make()
    with at("zinder.social") as work:
        assert consents(work, person, hours_ago=-0.1).occurred_at <= timezone.now()
    with at("zinder.cases") as work:
        consents(work, person, hours_ago=0, scopes={**GIVEN, "data_processing": False})

    assert answer(said(at, person), "data_processing").reason == "refused"


def test_asked_again_keeps_the_answers_not_asked_today(make, sign_in, at, consents, answers):
    person = make()
    with at("zinder.social") as work:
        before = consents(work, person, hours_ago=24 * 30)
    client, where = sign_in("zinder.social"), f"/people/{person.pk}/consent/"

    page = unescape(client.get(where).content.decode())
    assert client.send(where, answers(scope_photo_audio="no")).status_code == 302

    assert "Ce que vous ne redemandez pas aujourd’hui" in page
    assert re.findall(r'<input[^>]* name="(\w+)"[^>]* checked', page) == ["term"]
    after = said(at, person)
    assert (after.scopes["share_family"], after.scopes["share_authorities"]) == (True, False)
    assert after.scopes["photo_audio"] is False and after.scopes["duplicate_check"] is True
    assert after.expires_on == before.expires_on


def test_what_is_asked_again_is_answered_anew(make, sign_in, at, consents, answers):
    person = make()
    with at("zinder.social") as work:
        before = consents(work, person, hours_ago=24 * 30)
    told = answers(scope_share_family="no", scope_share_authorities="yes")

    assert sign_in("zinder.social").send(f"/people/{person.pk}/consent/", told).status_code == 302

    after = said(at, person)
    assert (after.scopes["share_family"], after.scopes["share_authorities"]) == (False, True)
    assert after.expires_on > before.expires_on


def test_nothing_is_carried_over_from_what_is_not_in_force(make, sign_in, at, consents, answers):
    person = make()
    with at("zinder.social") as work:
        consents(work, person)
    client = sign_in("zinder.social")
    client.send(f"/people/{person.pk}/withdraw/", taken("everything"))

    page = unescape(client.get(f"/people/{person.pk}/consent/").content.decode())
    client.send(f"/people/{person.pk}/consent/", answers())

    assert "restent inchangées" not in page
    assert "share_family" not in said(at, person).scopes
    now = timezone.now()
    old = Consent(scopes=GIVEN, occurred_at=now - timedelta(days=400), expires_on=(now - timedelta(days=35)).date())
    fresh = {"scopes": GIVEN, "expires_on": (now + timedelta(days=9)).date()}
    refused = Consent(**fresh, occurred_at=now, child_agrees=False)
    assert carried(None, (), now) == carried(old, (), now) == {}
    assert carried(refused, (), now) == {"share_authorities": False}
    assert carried(Consent(**fresh, occurred_at=now), (), now - timedelta(days=1)) == {}


def test_the_children_she_answered_for_follow_when_she_says_so(family, sign_in, at):
    mother, kin = family
    client, where = sign_in("zinder.social"), f"/people/{mother.pk}/withdraw/"

    page = client.get(where).content.decode()
    children = page.partition('name="children"')
    assert children[1] and not re.search(r"<input[^>]* checked", page)
    assert {name: kin[name].code in page for name in kin} == {"boy": True, "girl": True, "nephew": False}
    assert client.post(where, taken("share_family", children=[str(kin["boy"].pk)])).status_code == 302

    answered = {name: said(at, row).scopes["share_family"] for name, row in {"mother": mother, **kin}.items()}
    assert answered == {"mother": False, "boy": False, "girl": True, "nephew": True}
    assert said(at, kin["boy"]).scopes["share_other_organizations"] is True


def test_a_child_answered_for_in_another_talk_is_not_taken_along(family, sign_in, at):
    mother, kin = family

    page = sign_in("zinder.social").post(
        f"/people/{mother.pk}/withdraw/", taken("share_family", children=[str(kin["nephew"].pk)])
    )

    assert page.status_code == 200
    assert said(at, mother).scopes == said(at, kin["nephew"]).scopes == GIVEN


def test_everything_for_a_child_is_everything(family, sign_in, at):
    mother, kin = family

    sign_in("zinder.social").post(f"/people/{mother.pk}/withdraw/", taken("everything", children=[str(kin["girl"].pk)]))

    ended = {name: said(at, row).withdrawn_at is not None for name, row in {"mother": mother, **kin}.items()}
    assert ended == {"mother": True, "boy": False, "girl": True, "nephew": False}


def no(answers, family, *ticked, **more):
    """What the consent page posts for the mother: share_family is a no today, for the children ticked too."""
    _mother, kin = family
    return answers(**{"scope_share_family": "no", **more}, children=[str(kin[name].pk) for name in ticked])


def test_a_no_on_the_page_that_asks_is_asked_for_the_children_too(family, sign_in, at, answers):
    mother, kin = family
    client, where = sign_in("zinder.social"), f"/people/{mother.pk}/consent/"

    page = client.get(where).content.decode()
    assert {name: kin[name].code in page for name in kin} == {"boy": True, "girl": True, "nephew": False}
    assert re.findall(r'<input[^>]* name="(\w+)"[^>]* checked', page) == ["term"]
    sent = no(answers, family, "boy", seen=re.search(r'name="seen" value="([^"]*)"', page)[1])
    assert [client.post(where, sent).status_code for _ in range(2)] == [302, 302]

    answered = {name: said(at, row).scopes["share_family"] for name, row in {"mother": mother, **kin}.items()}
    assert answered == {"mother": False, "boy": False, "girl": True, "nephew": True}
    assert said(at, kin["boy"]).scopes["share_other_organizations"] is True
    assert "pour 1 enfant" in unescape(client.get(f"/people/{mother.pk}/").content.decode())


def test_a_no_that_leaves_a_child_no_yes_ends_its_consent(family, sign_in, at, answers):
    mother, kin = family
    client, where = sign_in("zinder.social"), f"/people/{mother.pk}/consent/"
    every = {f"scope_{scope}": "no" for scope, yes in GIVEN.items() if yes}
    sent = no(answers, family, "girl", **every, seen=on_page(said(at, mother)))

    assert [client.post(where, sent).status_code for _ in range(2)] == [302, 302]

    assert said(at, kin["girl"]).withdrawn_at is not None and said(at, kin["boy"]).withdrawn_at is None


@pytest.mark.parametrize(("ticked", "more"), [("nephew", {}), ("boy", {"scope_share_family": "yes"})])
def test_a_no_for_another_child_or_no_no_at_all_is_refused(family, sign_in, at, answers, ticked, more):
    mother, kin = family
    sent = no(answers, family, ticked, **more, seen=on_page(said(at, mother)))

    page = sign_in("zinder.social").post(f"/people/{mother.pk}/consent/", sent)

    assert page.status_code == 200 and 'href="#id_children"' in page.content.decode()
    assert said(at, mother).scopes == said(at, kin[ticked]).scopes == GIVEN


@pytest.mark.parametrize("reason", ["service", "contact"])
@pytest.mark.parametrize("page", ["", "identity/", "contact/"])
def test_a_name_opens_no_more_for_what_rested_on_consent(make, sign_in, at, told, consents, page, reason):
    person, client = make(identity={"given": "Nafissatou"}), sign_in("zinder.social")
    with at("zinder.social") as work:
        given = consents(work, person)
        withdraw_consent(work, [Withdrawal(**told(id=given.pk))])
        with pytest.raises(ConsentMissing):
            reveal(work, person, reason)
        assert reveal_names(work, [person], reason) == {} and reveal_names(work, [person], "danger")
    where = f"/people/{person.pk}/{page}"

    offered = client.get(where).content.decode()
    refused = client.send(where, {"reason": reason, "reveal": "1"}).content.decode()

    assert f'value="{reason}"' not in offered
    assert "Nafissatou" not in refused
    if not page:
        assert "n’accepte plus l’utilisation de ses données" in refused
        assert "Nafissatou" in client.send(where, {"reason": "danger", "reveal": "1"}).content.decode()
