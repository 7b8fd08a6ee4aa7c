"""An organisation that the person named is told nothing, whatever they agreed to, and does not learn that it was named."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from compass.access.models import Organisation
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.handover import HandoverOffer, HandoverStep, accept_handovers, offer_handovers
from compass.cases.actions.referral import (
    ReferralPrepared,
    ReferralStep,
    SentAtOnce,
    prepare_referrals,
    send_referrals,
)
from compass.cases.models import Handover, Referral
from compass.config.demo.world import world_id
from compass.people import consent
from compass.people.actions import ConsentGiven, Withdrawal, give_consent, withdraw_consent
from compass.people.models import Consent
from compass.people.queries import consent_of
from compass.problems import ConsentMissing, NotFound, SaidNo
from compass.vault.models import SubjectKey
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db

CLINIC, MINISTRY, HOME = world_id("clinic"), world_id("ministry"), world_id("NG")
EVERYTHING = dict.fromkeys(
    ("data_processing", "share_other_organizations", "share_authorities", "return_country_sharing"), True
)


@pytest.fixture
def say(at, told):
    """`say(person, *named)`: everything is agreed to, and these must not know; without a name that was not asked."""

    def answer(person, *named, **more):
        seven = tuple(code_list("consent_information").values)
        asked = {"not_to": named} if named else {}
        with at("zinder.social") as work:
            spoken = ConsentGiven(
                **told(id=person.pk) | {"certified": True, "information": seven, "scopes": EVERYTHING} | asked | more
            )
            return give_consent(work, [spoken])[0]

    return answer


@pytest.fixture
def case(at, told, person, say):
    with at("zinder.social") as work:
        row = person(work)
        (opened,) = open_cases(work, [CaseOpening(**told(id=row.pk), risk_level="medium")])
    say(row)
    return opened


@pytest.fixture
def refer(at, told, case):
    def prepared(to, basis="consent"):
        why = "unconscious" if basis == "vital_interest" else ""
        fields = {"service": "MED", "priority": "urgent", "fields": {"pregnancy": "no"}, "override": why}
        with at("zinder.social") as work:
            asked = ReferralPrepared(**told(id=case.pk, basis=basis), to_organisation_id=to, **fields)
            return prepare_referrals(work, [asked])[0]

    return prepared


def send(at, told, row, step=ReferralStep, basis="consent", **more):
    with at("zinder.social") as work:
        return send_referrals(work, [step(**told(id=row.pk, basis=basis), **more)])[0]


def partner_reads(at, row):
    with at("zinder.clinic" if row.to_organisation_id == CLINIC else "niger.focal"):
        return SubjectKey.objects.filter(subject_id=row.pk).exists()


def test_what_runs_to_whoever_is_named_is_taken_back_and_nothing_else(at, told, case, refer, say, sign_in):
    clinic, ministry = (send(at, told, refer(to)) for to in (CLINIC, MINISTRY))
    draft = refer(CLINIC)
    assert partner_reads(at, clinic)

    say(case.person, CLINIC)

    with at("zinder.social"):
        rows = Referral.objects.in_bulk([clinic.pk, ministry.pk, draft.pk])
        answer = consent.allows(case.person_id, recipient=_organisation(CLINIC), service="MED")
    assert (rows[clinic.pk].status, rows[ministry.pk].status) == ("revoked", "sent")
    assert not partner_reads(at, clinic) and rows[draft.pk].standing == "revoked"
    assert (answer.allowed, answer.reason) == (False, "named")
    assert "ne veut pas que cette organisation" in answer.why
    with pytest.raises(ConsentMissing, match="dire quoi que ce soit"):
        refer(CLINIC)
    refer(MINISTRY)
    theirs = sign_in("zinder.clinic").get(f"/referrals/{clinic.pk}/").content.decode()
    say(case.person, not_to=())
    withdrawn = send(at, told, refer(CLINIC))
    with at("zinder.social") as work:
        withdraw_consent(work, [Withdrawal(**told(id=consent_of(case.person_id).pk), scopes=tuple(EVERYTHING))])
    other = sign_in("zinder.clinic").get(f"/referrals/{withdrawn.pk}/").content.decode()
    assert _words(theirs) == _words(other), "the partner sees the same as where everything was taken back"


def _organisation(pk):
    return Organisation.objects.get(pk=pk)


def _words(page):
    """What a page says between its tags, without codes and times."""
    main = page.partition('<main id="main"')[2].partition("</main>")[0]
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<(time|bdi)[^>]*>.*?</\1>", " ", main))
    return " ".join(word for word in text.split() if not re.search(r"\d", word))


def test_a_name_outlives_the_yes_and_ends_only_by_the_persons_word(at, told, case, refer, say):
    say(case.person, CLINIC)
    say(case.person)
    with at("zinder.social") as work:
        withdraw_consent(work, [Withdrawal(**told(id=consent_of(case.person_id).pk))])
    again = say(case.person)

    assert list(again.not_to) == [CLINIC]
    old = Consent(occurred_at=timezone.now(), expires_on=timezone.localdate() - timedelta(days=9), not_to=[CLINIC])
    with at("zinder.social"):
        assert consent.answer(old, "share_other_organizations", receiver=_organisation(CLINIC)).reason == "named"
    say(case.person, not_to=())
    refer(CLINIC)


def test_a_name_that_is_written_down_late_counts_beside_what_was_said_since(at, told, case, refer, say):
    """The paper of yesterday comes after the answers of today, in which nobody asked about the clinic."""

    def stands():
        with at("zinder.social"):
            said = consent_of(case.person_id)
            return set(said.not_to), said.scopes, said.expires_on

    _nobody, *agreed = stands()
    clinic, ministry = (send(at, told, refer(to)) for to in (CLINIC, MINISTRY))

    say(case.person, CLINIC, occurred_at=timezone.now() - timedelta(days=1))

    assert stands() == ({CLINIC}, *agreed), "and all else as it was said since"
    assert not partner_reads(at, clinic) and partner_reads(at, ministry)
    # Positive control: what is written down late and names nobody changes nothing.
    say(case.person, not_to=())
    say(case.person, occurred_at=timezone.now() - timedelta(days=2))
    assert stands() == (set(), *agreed)


def test_to_name_somebody_beside_a_no_takes_nothing_back(at, told, case, say):
    """Positive control: where the last yes goes with it, the consent is taken back, and the name stays."""
    with at("zinder.social"):
        nothing = dict.fromkeys(consent_of(case.person_id).scopes, False)

    def name_beside(answers, *gone):
        given = say(case.person, scopes=answers)
        with at("zinder.social") as work:
            step = Withdrawal(**told(id=given.pk), scopes=gone, not_to=(CLINIC,))
            return withdraw_consent(work, [step])[0]

    kept = name_beside(nothing)
    assert (kept.withdrawn_at, list(kept.not_to)) == (None, [CLINIC])
    assert not any(kept.scopes.values())

    back = name_beside(nothing | {"share_authorities": True}, "share_authorities")
    assert back.withdrawn_at is not None and list(back.not_to) == [CLINIC]


def test_danger_asks_a_second_person_as_after_any_no(at, told, case, refer, say):
    draft = refer(CLINIC, basis="vital_interest")
    say(case.person, CLINIC)

    with pytest.raises(SaidNo, match="dire quoi que ce soit"):
        send(at, told, draft, basis="vital_interest")

    assert send(at, told, draft, SentAtOnce, basis="vital_interest", why="bleeding").status == "sent"
    # Positive control: towards the ministry nothing was said.
    assert send(at, told, refer(MINISTRY, basis="vital_interest"), basis="vital_interest").status == "sent"


def test_nobody_is_handed_over_to_an_office_they_named(at, told, case, say):
    def offer():
        with at("zinder.social") as work:
            step = HandoverOffer(
                **told(id=case.pk, basis="consent"),
                to_organisation_id=HOME,
                note="One person.",
                without_return="not_safe_here",
            )
            return offer_handovers(work, [step])[0]

    offered = offer()
    say(case.person, HOME)

    with at("zinder.social"):
        assert Handover.objects.get(pk=offered.pk).status == "withdrawn"
    with pytest.raises(ConsentMissing, match="dire quoi que ce soit"):
        offer()
    # The database asks by itself, also where the application did not: a name said beside an offer that stands.
    say(case.person, not_to=())
    late = offer()
    with at("zinder.social"):
        Consent.objects.filter(person=case.person).update(not_to=[HOME])
    with at("edo.reception") as work, pytest.raises(ConsentMissing):
        accept_handovers(work, [HandoverStep(**told(id=late.pk, basis="consent"))])
    with at("zinder.social"):
        Consent.objects.filter(person=case.person).update(not_to=[])
    with at("edo.reception") as work:
        accept_handovers(work, [HandoverStep(**told(id=late.pk, basis="consent"))])


@pytest.mark.parametrize("named", [uuid4(), world_id("NE")], ids=["no organisation", "the office itself"])
def test_only_another_organisation_can_be_named(case, say, named):
    with pytest.raises(NotFound):
        say(case.person, named)
