"""A referral that was dropped or fell is over: it is not sent after all, and no key is forgotten at its receiver."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from compass.cases.actions.referral import (
    ReferralStep,
    drop_referrals,
    revoke_referrals,
    send_referrals,
)
from compass.cases.actions.referral_answer import ReferralAnswer, answer_referrals
from compass.cases.models import CaseReferral, Referral
from compass.cases.tests.test_referral import CLINIC, agreed, consent_to, prepared  # noqa: F401
from compass.config.demo.world import world_id
from compass.people.actions import Withdrawal, withdraw_consent
from compass.people.models import Consent
from compass.problems import WrongState

OFFICE = world_id("NE")


@pytest.fixture
def owned(apart, cluster):
    """`owned(sql, *values)`: what the owner finds in the database of the test, where all is committed."""
    with closing(cluster.connect("compass_owner", apart)) as owner:

        def ask(statement, *values):
            found = owner.execute(statement, values)
            return found.fetchall() if found.description else found.rowcount

        yield ask


@pytest.fixture
def holders(owned):
    """`holders(referral)`: the organisations that hold its key."""
    return lambda row: {
        pk for (pk,) in owned("SELECT organisation_id FROM vault_subjectkey WHERE subject_id = %s", row.pk)
    }


@pytest.fixture
def drafted(owned, at, told, agreed):  # noqa: F811
    with at("zinder.social") as work:
        return prepared(work, told, agreed(work))


@pytest.fixture
def delivered(drafted, at, told):
    with at("zinder.social") as work:
        return send_referrals(work, [ReferralStep(**told(id=drafted.pk))])[0]


def step(at, told, do, row, **changes):
    with at("zinder.social") as work:
        return do(work, [ReferralStep(**told(id=row.pk, **changes))])[0]


def person_of(row):
    return CaseReferral.objects.get(pk=row.origin_id).person_id


def withdrawn(at, told, row):
    with at("zinder.social") as work:
        given = Consent.objects.filter(person=person_of(row)).latest("occurred_at", "recorded_at")
        withdraw_consent(work, [Withdrawal(**told(id=given.pk))])


def agreed_again(at, told, row):
    with at("zinder.social") as work:
        consent_to(work, told, person_of(row), share_other_organizations=True)


def test_it_works(at, told, drafted, holders, owned):
    assert holders(drafted) == {OFFICE}
    step(at, told, send_referrals, drafted)
    assert holders(drafted) == {OFFICE, CLINIC}

    withdrawn(at, told, drafted)

    assert holders(drafted) == {OFFICE}
    assert owned(
        "SELECT status, revoked_at >= sent_at, recalled_at IS NOT NULL FROM cases_referral WHERE id = %s", drafted.pk
    ) == [("revoked", True, True)]


def test_a_dropped_draft_is_not_sent(at, told, drafted, holders):
    step(at, told, drop_referrals, drafted)

    with pytest.raises(WrongState):
        step(at, told, send_referrals, drafted)

    assert holders(drafted) == {OFFICE}
    with at("zinder.clinic"):
        assert not Referral.objects.exists()


@pytest.mark.parametrize("again", [False, True], ids=["without consent", "after a new consent"])
def test_a_draft_that_fell_with_its_consent_is_not_sent(at, told, drafted, holders, again):
    withdrawn(at, told, drafted)
    if again:
        agreed_again(at, told, drafted)

    with pytest.raises(WrongState):
        step(at, told, send_referrals, drafted)

    assert holders(drafted) == {OFFICE}
    with at("zinder.clinic"):
        assert not Referral.objects.exists()


def test_a_key_that_is_still_there_is_taken_whatever_the_row_says(at, told, delivered, holders, owned):
    owned("UPDATE cases_referral SET recalled_at = now() WHERE id = %s", delivered.pk)
    assert holders(delivered) == {OFFICE, CLINIC}

    withdrawn(at, told, delivered)

    assert holders(delivered) == {OFFICE}


def test_also_when_it_was_taken_back_or_dropped_before(at, told, delivered, holders, owned):
    owned(
        "UPDATE cases_referral SET status = 'revoked', revoked_at = sent_at, recalled_at = now() WHERE id = %s",
        delivered.pk,
    )

    withdrawn(at, told, delivered)

    assert holders(delivered) == {OFFICE}


def test_what_was_taken_back_is_not_taken_back_again(at, told, delivered, owned):
    withdrawn(at, told, delivered)
    before = owned("SELECT version, revoked_at, recalled_at FROM cases_referral WHERE id = %s", delivered.pk)
    agreed_again(at, told, delivered)

    withdrawn(at, told, delivered)

    assert owned("SELECT version, revoked_at, recalled_at FROM cases_referral WHERE id = %s", delivered.pk) == before


def test_taking_back_is_never_before_sending(at, told, delivered, holders, owned):
    """A telephone whose clock goes behind takes a referral back all the same."""
    step(at, told, revoke_referrals, delivered, occurred_at=timezone.now() - timedelta(days=1))

    assert holders(delivered) == {OFFICE}
    assert owned("SELECT revoked_at = sent_at FROM cases_referral WHERE id = %s", delivered.pk) == [(True,)]


def test_the_database_sends_nothing_that_was_dropped(at, told, drafted, owned):
    step(at, told, drop_referrals, drafted)
    with pytest.raises(psycopg.errors.CheckViolation):
        owned("UPDATE cases_referral SET status = 'sent', sent_at = revoked_at + interval '1 second'")


ANSWERED = [
    "status = 'accepted'", "status = 'waitlisted'", "acknowledged_at = now()", "answered_at = now()",
    "rejection_reason = 'no_capacity'", "outcome = 'service_completed'", "delivered_on = current_date",
    "done_at = now()", "answer_sealed = 'x'", "version = version + 1",
]  # fmt: skip
SENDERS = [
    "payload_sealed = 'x'", "sent_by_id = to_organisation_id", "service = 'GBV'", "service_class = 'H'",
    "revoked_at = now()", "recalled_at = now()", "sent_at = now() - interval '1 year'", "priority = 'routine'",
    "code = 'AAAA-AAAA'", "id = gen_random_uuid()", "origin_id = gen_random_uuid()", "status = 'accepted', service = 'GBV'",
    "status = 'revoked'", "status = 'nonsense'", "organisation_id = to_organisation_id",
    "to_organisation_id = organisation_id",
]  # fmt: skip


def written(said):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE cases_referral SET {said}")
        return cursor.rowcount


@pytest.mark.parametrize("said", ANSWERED)
def test_raw_sql_of_the_partner_writes_its_answer(at, delivered, said):
    with at("zinder.clinic"):
        assert written(said) == 1


@pytest.mark.parametrize("said", SENDERS)
def test_raw_sql_of_the_partner_writes_nothing_of_the_office(at, delivered, owned, said):
    before = owned("SELECT to_jsonb(r) FROM cases_referral r")
    with at("zinder.clinic"), pytest.raises(DatabaseError) as error:
        written(said)

    assert error.value.__cause__.sqlstate == "CS023"
    assert owned("SELECT to_jsonb(r) FROM cases_referral r") == before


@pytest.mark.parametrize(
    "said", ["status = 'accepted'", "answer_sealed = 'x'", "revoked_at = NULL, recalled_at = NULL, status = 'accepted'"]
)
def test_raw_sql_of_the_partner_answers_nothing_that_was_taken_back(at, told, delivered, said):
    step(at, told, revoke_referrals, delivered)
    with at("zinder.clinic"), pytest.raises(DatabaseError) as error:
        written(said)

    assert error.value.__cause__.sqlstate == "CS023"


@pytest.mark.parametrize("said", ["payload_sealed = 'x'", "priority = 'routine'", "revoked_at = now()"])
def test_the_office_writes_its_own_side(at, delivered, said):
    with at("zinder.social"):
        assert written(said) == 1


def test_an_answer_through_the_action_still_goes_through(at, told, delivered, owned):
    with at("zinder.clinic") as work:
        answer_referrals(work, [ReferralAnswer(**told(id=delivered.pk), answer="accepted")])

    assert owned("SELECT status FROM cases_referral") == [("accepted",)]
