"""Raw SQL as the application's role under a valid scope: neither side of an offer writes what the other one says."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from compass.cases.actions.handover import HandoverStep, withdraw_handovers
from compass.cases.models import Handover
from compass.cases.tests.test_handover import accept, family, offered  # noqa: F401

pytestmark = pytest.mark.django_db
ANSWERED = [
    "status = 'rejected', rejection_reason = 'no_capacity', answered_at = now()", "answered_by = gen_random_uuid()",
    "answer_sealed = 'x'", "version = version + 1",
]  # fmt: skip
SENDERS = [
    "note_sealed = 'x'", "stage = 'closed'", "needs = '{food_nutrition}'", "age_bands = '{}'", "people_count = 1",
    "offered_at = now() - interval '1 year'", "offered_by = gen_random_uuid()", "expires_at = now() + interval '9 years'",
    "code = 'AAAA-AAAA'", "id = gen_random_uuid()", "organisation_id = to_organisation_id",
    "to_organisation_id = organisation_id", "status = 'accepted'", "status = 'withdrawn'", "status = 'expired'",
    "status = 'rejected', note_sealed = 'x'",
]  # fmt: skip
RECEIVERS = [
    "status = 'accepted'", "status = 'rejected'", "rejection_reason = 'no_capacity'", "answer_sealed = 'x'",
    "status = 'withdrawn', answer_sealed = 'x'",
]  # fmt: skip


def written(said):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE cases_handover SET {said}")
        return cursor.rowcount


def refused(said):
    """Whether the database says whose side this is, and nothing was written."""
    before = list(Handover.objects.values())
    with pytest.raises(DatabaseError) as error:
        written(said)
    return error.value.__cause__.sqlstate == "CS023" and list(Handover.objects.values()) == before


@pytest.mark.parametrize("said", ANSWERED)
def test_it_works(at, offered, said):  # noqa: F811
    with at("edo.supervisor"):
        assert written(said) == 1


@pytest.mark.parametrize("said", SENDERS)
def test_the_receiver_writes_nothing_of_the_sender(at, offered, said):  # noqa: F811
    with at("edo.supervisor"):
        assert refused(said)


@pytest.mark.parametrize("said", RECEIVERS)
def test_the_sender_writes_no_answer(at, offered, said):  # noqa: F811
    with at("zinder.social"):
        assert refused(said)


@pytest.mark.parametrize(
    "said", ["note_sealed = 'x'", "status = 'withdrawn', answered_at = now()", "status = 'expired'"]
)
def test_the_sender_writes_its_own_side(at, offered, said):  # noqa: F811
    with at("zinder.social"):
        assert written(said) == 1


@pytest.mark.parametrize(
    "said", ["status = 'offered'", "status = 'rejected'", "answer_sealed = 'x'", "answered_at = now()"]
)
def test_nobody_answers_what_was_withdrawn(at, told, offered, said):  # noqa: F811
    with at("zinder.social") as work:
        withdraw_handovers(work, [HandoverStep(**told(id=offered["offer"].pk))])
        assert refused(said)
    with at("edo.supervisor"):
        assert refused(said)


def test_what_was_accepted_stays_accepted(at, told, offered):  # noqa: F811
    accept(at, told, offered["offer"])
    with at("zinder.social"):
        assert refused("status = 'withdrawn'")
    with at("edo.supervisor"):
        assert refused("status = 'rejected'")
        assert refused("rejection_reason = 'no_capacity'")
