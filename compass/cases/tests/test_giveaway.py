"""What another organisation reads before it may know names nobody; nobody is called who asked not to be."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest
from django.urls import reverse

from compass.access.models import Opening
from compass.cases.actions.handover import HandoverOffer, offer_handovers
from compass.cases.actions.referral import ReferralPrepared, prepare_referrals
from compass.cases.giveaway import giveaways
from compass.cases.models import Handover, Referral
from compass.config.demo.world import world_id
from compass.people.actions import (
    DocumentSaid,
    IdentityChange,
    NameSaid,
    NumberSaid,
    change_identity,
    record_documents,
    record_names,
    record_numbers,
)
from compass.people.models import Person
from compass.problems import Invalid

CLINIC = str(world_id("clinic"))


@pytest.fixture
def opened(at, case):
    with at("zinder.social") as work:
        return case(work)


@pytest.fixture
def browse(sign_in):
    def make(login):
        browser = sign_in(login)
        browser.cookies["compass_language"] = "en"
        return browser

    return make


def family(row):
    return Person.objects.filter(pk=row.person_id)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mother and one child, on the way home.", []),
        ("Two people, 3 and 27 years, leave on 22 11 2026 or 2026-11-22.", []),
        ("Ask ESE about it", ["ESE"]),
        ("Osagié is waiting", ["Osagié"]),
        ("Call +227 90 12 34 56 first", ["+227 90 12 34 56"]),
        ("Call ٩٠١٢٣٤٥٦", ["90123456"]),
        ("Room 12345", []),
    ],
)
def test_what_tells_who_it_is(at, opened, text, found):
    with at("zinder.social") as work:
        assert giveaways(work, family(opened), text) == found


def test_further_and_former_names_tell_who_it_is_too(at, told, opened):
    with at("zinder.social") as work:
        record_names(
            work,
            [
                NameSaid(**told(basis="vital_interest", id=opened.person_id), kind=kind, words=words)
                for kind, words in (("known_as", "Hajia the tailor"), ("mother", "أم أحمد"))
            ],
        )
        was = IdentityChange(**told(basis="vital_interest", id=opened.person_id), identity={"given": "Eseosa"})
        change_identity(work, [was])
    with at("zinder.social") as work:
        assert giveaways(work, family(opened), "Ask Hajia, or Ahmad: احمد; Ese; the tailor") == ["Hajia", "احمد", "Ese"]


def test_a_number_with_another_organisation_or_of_a_document_tells_who_it_is_too(at, told, opened):
    with at("zinder.social") as work:
        said = told(basis="vital_interest", id=opened.person_id)
        document = DocumentSaid(**said, type="passport", possession="lost", detail={"number": "AB12C3D"})
        record_documents(work, [document])
        numbers = (("icrc", "NER-4A5B6"), ("unhcr_group", "835-20C0099"))
        record_numbers(
            work,
            [
                NumberSaid(**told(basis="vital_interest", id=opened.person_id), kind=kind, number=n)
                for kind, n in numbers
            ],
        )
    with at("zinder.social") as work:
        text = "Ask for ner 4a5b6 or 835 20C0099, passport AB-12-C3D, not for NER-4A5B7"
        assert giveaways(work, family(opened), text) == ["AB-12-C3D", "ner 4a5b6", "835 20C0099"]


VILLAGE = "village Uromi-Ubiaja, near Benin City, Edo State, Nigeria"


@pytest.mark.parametrize(
    ("origin", "text", "found"),
    [
        (VILLAGE, "She comes from uromi ubiaja. Call first", ["uromi ubiaja"]),
        (VILLAGE, "From the village Uromi, then on", ["Uromi"]),
        (VILLAGE, "Goes home to Edo, in Nigeria, by way of Benin", []),
        ("Benin City", "a mother from benin city, Nigeria", ["benin city"]),
        ("Benin City", "to a city of Benin", []),
        ("Village d’Ikpoba, Edo", "elle rentre à Ikpoba avec ses enfants", ["Ikpoba"]),
        ("Wadi al-Rahma", "back to WADI AL RAHMA", ["WADI AL RAHMA"]),
        ("قرية بئر النور، إيدو", "سيعود إلى قرية بعيدة", []),
        ("قرية بئر النور، إيدو", "من بئر النور إلى الحدود", ["بئر النور"]),
        ("Région de Zinder", "vient de la région de Zinder", []),
        ("", "on the road to Uromi", []),
    ],
)
def test_the_place_somebody_comes_from_tells_who_it_is(at, told, opened, origin, text, found):
    identity = {"given": "Ese", "family": "Osagie", "place_of_origin": origin}
    with at("zinder.social") as work:
        change_identity(work, [IdentityChange(**told(id=opened.person_id), identity=identity)])
        assert giveaways(work, family(opened), text) == found


def test_a_code_is_found_also_without_its_hyphen(at, opened):
    with at("zinder.social") as work:
        code = opened.code
        assert giveaways(work, family(opened), f"see {code}, {code.replace('-', ' ').lower()}")[0] == code
        assert not giveaways(work, [SimpleNamespace(pk=uuid.uuid4(), identity_sealed=b"")], "children of the same road")


def test_the_handover_note_is_refused_with_its_word_and_kept(browse, at, told, opened):
    typed = "Reach Ese at the market"
    answer = browse("zinder.social").post(
        reverse("cases:hand_over", args=[opened.pk]),
        {"key": str(uuid.uuid4()), "to": str(world_id("NG")), "note": typed, "without_return": "left_on_own"},
    )
    page = answer.content.decode()

    assert "“Ese”" in page and typed in page
    with at("zinder.social") as work:
        assert Opening.objects.count() == 1
        assert not Handover.objects.exists()
        with pytest.raises(Invalid) as refused:
            offer_handovers(
                work,
                [
                    HandoverOffer(
                        **told(id=opened.pk),
                        to_organisation_id=world_id("NG"),
                        note=typed,
                        without_return="left_on_own",
                    )
                ],
            )
    assert "Ese" not in str(refused.value)


def referral(told, case, **changes):
    said = {"service": "MED", "to_organisation_id": world_id("clinic"), "priority": "urgent", "override": "bleeding"}
    return ReferralPrepared(**told(id=case.pk, basis="vital_interest"), **{**said, **changes})


def test_a_referral_names_nobody(browse, at, told, opened):
    typed = "Osagie has a fever"
    answer = browse("zinder.social").post(
        reverse("cases:refer", args=[opened.pk]),
        {"service": "MED", "to": CLINIC, "key": str(uuid.uuid4()), "priority": "urgent", "override": "bleeding",
         "symptoms_as_consented": typed},
    )  # fmt: skip
    page = answer.content.decode()

    assert "“Osagie”" in page and typed in page
    with at("zinder.social") as work:
        # Whoever sends names learns which is the right one, or that none is: it counts as opening the record does.
        assert Opening.objects.count() == 1
        with pytest.raises(Invalid):
            prepare_referrals(work, [referral(told, opened, fields={"symptoms_as_consented": typed})])
        assert not Referral.objects.exists()


def test_that_a_name_is_not_theirs_counts_too(browse, at, opened):
    where, sent = reverse("cases:refer", args=[opened.pk]), {"service": "MED", "to": CLINIC, "priority": "urgent"}
    client = browse("zinder.social")

    for text, counted in (("", 0), ("Blessing has a fever", 1)):
        said = {**sent, "key": str(uuid.uuid4()), "override": "bleeding", "symptoms_as_consented": text}
        assert client.post(where, said).status_code == 302
        with at("zinder.social"):
            assert Opening.objects.count() == counted


@pytest.mark.parametrize(
    ("contact", "words"),
    [({}, "No telephone number that is safe"), ({"phone": "+227 90123456", "safe_to_call": False}, "no calls")],
)
def test_nobody_is_called_who_gave_no_safe_number(browse, at, told, opened, contact, words):
    if contact:
        with at("zinder.social") as work:
            change_identity(work, [IdentityChange(**told(id=opened.person_id), contact=contact)])

    page = browse("zinder.social").post(
        reverse("cases:refer", args=[opened.pk]), {"service": "MED", "to": CLINIC}
    ).content.decode()  # fmt: skip

    assert words in page and "share_contact" not in page
    with at("zinder.social") as work, pytest.raises(Invalid):
        prepare_referrals(work, [referral(told, opened, share_contact=True)])
