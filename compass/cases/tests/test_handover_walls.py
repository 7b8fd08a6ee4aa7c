"""Raw SQL as the application's role under a valid scope: nobody but the sender puts anything into an offer, and an offer
moves or destroys no key but the sender's own of what goes along."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from compass.cases.models import Handover
from compass.cases.tests.test_handover import NIGER, NIGERIA, family, offered, referred  # noqa: F401
from compass.vault.identifiers import new_id

pytestmark = pytest.mark.django_db
SENDER, RECEIVER = "zinder.social", "edo.reception"


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def add_key(offer, organisation, subject):
    return run(
        "INSERT INTO cases_handoverkey (id, organisation_id, handover_id, subject, organisation_key_version, wrapped)"
        " VALUES (%s, %s, %s, %s, 1, 'false key')",
        new_id(), organisation, offer.pk, subject,
    )  # fmt: skip


def add_person(offer, person, organisation):
    return run(
        "INSERT INTO cases_handoverperson (id, organisation_id, basis, occurred_at, recorded_at, recorded_by, version,"
        " person_id, handover_id) VALUES (%s, %s, 'consent', now(), now(), %s, 1, %s, %s)",
        new_id(), organisation, new_id(), person.pk, offer.pk,
    )  # fmt: skip


def add_offer(organisation, to, status="offered"):
    return run(
        "INSERT INTO cases_handover (id, organisation_id, to_organisation_id, code, status, stage, needs, age_bands,"
        " people_count, note_sealed, answer_sealed, without_return, rejection_reason, offered_at, offered_by,"
        " expires_at, version)"
        " VALUES (%s, %s, %s, %s, %s, 'identified', '{}', '{30-39}', 1, '', '', '', '', now(), %s,"
        " now() + interval '1 day', 1)",
        new_id(), organisation, to, str(new_id())[-9:], status, new_id(),
    )  # fmt: skip


def refused(write, *args):
    """Whether PostgreSQL says that the application may not."""
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        write(*args)
    return error.value.__cause__.sqlstate == "42501"


def keys_of(*subjects):
    """How many of these keys this office holds."""
    return run("SELECT count(*) FROM vault_subjectkey WHERE subject_id = ANY (%s::uuid[])", list(subjects))[0][0]


def test_it_works(at, offered, person):  # noqa: F811
    with at(SENDER) as work:
        someone = person(work)
        assert add_key(offered["offer"], NIGER, someone.pk) == 1
        assert add_person(offered["offer"], someone, NIGER) == 1
        assert add_offer(NIGER, NIGERIA) == 1


def test_the_receiver_puts_nothing_into_the_offer(at, offered, person):  # noqa: F811
    with at(RECEIVER) as work:
        own = person(work)
        assert Handover.objects.count() == 1
        assert refused(add_key, offered["offer"], NIGERIA, offered["boy"].pk)
        assert refused(add_key, offered["offer"], NIGER, offered["boy"].pk)
        assert refused(add_person, offered["offer"], own, NIGERIA)


def test_an_offer_begins_open_and_goes_to_another_office(at, offered):  # noqa: F811
    with at(SENDER):
        for status in ("accepted", "rejected", "withdrawn", "expired"):
            assert refused(add_offer, NIGER, NIGERIA, status)
        assert refused(add_offer, NIGER, NIGER)
        assert refused(add_offer, NIGERIA, NIGER)


def test_nothing_is_added_to_an_offer_that_was_settled(at, offered, person):  # noqa: F811
    with at(SENDER) as work:
        someone = person(work)
        run("UPDATE cases_handover SET status = 'withdrawn' WHERE id = %s", offered["offer"].pk)
        assert refused(add_key, offered["offer"], NIGER, offered["mother"].pk)
        assert refused(add_person, offered["offer"], someone, NIGER)


def test_people_are_not_pointed_at_another_offer(at, offered):  # noqa: F811
    with at(SENDER):
        assert refused(run, "UPDATE cases_handoverperson SET handover_id = handover_id")


def test_an_offer_moves_the_keys_of_what_goes_along_only(at, told, offered):  # noqa: F811
    """The key of the child who stays does not go, whatever the sender puts in; a referral's partner keeps its share."""
    sent = referred(at, told, offered["case"])
    mother, boy = offered["mother"].pk, offered["boy"].pk
    with at(SENDER):
        add_key(offered["offer"], NIGER, boy)
        add_key(offered["offer"], NIGER, new_id())
    with at("zinder.clinic"):
        assert keys_of(sent.pk) == 1
    with at(RECEIVER):
        assert run("SELECT compass_handover(%s)", offered["offer"].pk) == [(2,)]
        assert keys_of(mother, offered["child"].pk, sent.pk) == 3, "control: what goes along came"
        assert keys_of(boy) == 0
        assert run("SELECT compass_destroy_keys(%s::uuid[])", [boy]) == [(0,)]
    with at(SENDER):
        assert keys_of(boy) == 1 and keys_of(mother, sent.pk) == 0
    with at("zinder.clinic"):
        assert keys_of(sent.pk) == 1
