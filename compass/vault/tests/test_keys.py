from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from compass.problems import KeyAbsent, Unreadable
from compass.vault.identifiers import new_id
from compass.vault.models import Erasure, OrganisationKey, SubjectKey

PLACE = {"table": "people_person", "column": "identity_sealed"}
STORY = {"given": "Ese", "family": "Osagie"}


def organisation_of(at, username):
    with at(username) as work:
        return work.actor.organisation.pk


@pytest.fixture
def sealed(at):
    """A subject of Niger with one blob."""
    subject = new_id()
    with at("zinder.social") as work:
        work.keys.create(work.actor.organisation.pk, [subject])
        blob = work.keys.seal(STORY, subject=subject, **PLACE)
    return subject, blob


def test_it_works(at, sealed):
    subject, blob = sealed
    with at("zinder.cases") as work:
        assert work.keys.open(blob, subject=subject, **PLACE) == STORY
        assert work.keys.open(b"", subject=subject, **PLACE) is None


def test_another_organisation_does_not_hold_the_key(at, sealed):
    subject, blob = sealed
    with at("edo.reception") as work, pytest.raises(KeyAbsent):
        work.keys.open(blob, subject=subject, **PLACE)


def test_a_blob_does_not_open_for_another_subject_of_the_same_office(at, sealed):
    _, blob = sealed
    other = new_id()
    with at("zinder.social") as work:
        work.keys.create(work.actor.organisation.pk, [other])
        with pytest.raises(Unreadable):
            work.keys.open(blob, subject=other, **PLACE)


def test_a_blob_does_not_open_in_another_row_of_the_same_subject(at, sealed):
    subject, _ = sealed
    first, second = new_id(), new_id()
    with at("zinder.social") as work:
        blob = work.keys.seal(STORY, subject=subject, row=first, **PLACE)
        assert work.keys.open(blob, subject=subject, row=first, **PLACE) == STORY
        with pytest.raises(Unreadable):
            work.keys.open(blob, subject=subject, row=second, **PLACE)


def test_a_wrapped_key_moved_to_another_organisation_or_subject_does_not_open(at, sealed, owner):
    subject, blob = sealed
    nigeria = organisation_of(at, "edo.reception")
    other = new_id()
    with connection.cursor() as cursor, at("zinder.social") as work:
        row = SubjectKey.objects.get(subject_id=subject)
        cursor.execute(
            "INSERT INTO vault_subjectkey (subject_id, organisation_id, organisation_key_version, wrapped, created_at)"
            " VALUES (%s, %s, 1, %s, now())",
            [other, row.organisation_id, bytes(row.wrapped)],
        )
        with pytest.raises(Unreadable):
            work.keys.open(blob, subject=other, **PLACE)
        work.keys.share(subject, nigeria, expires_at=work.now + timedelta(days=1))
        wrapped = bytes(row.wrapped)
        cursor.execute(
            "SELECT compass_share_key(%s, %s, %s, %s)", [subject, nigeria, wrapped, work.now + timedelta(days=1)]
        )

    with at("edo.reception") as work, pytest.raises(Unreadable):
        work.keys.open(blob, subject=subject, **PLACE)


def test_a_shared_key_opens_until_it_expires(at, sealed):
    subject, blob = sealed
    clinic = organisation_of(at, "zinder.clinic")
    with at("zinder.social") as work:
        work.keys.share(subject, clinic, expires_at=work.now + timedelta(hours=1))
    with at("zinder.clinic") as work:
        assert work.keys.open(blob, subject=subject, **PLACE) == STORY

    with at("zinder.social") as work:
        work.keys.share(subject, clinic, expires_at=work.now - timedelta(seconds=1))
    with at("zinder.clinic") as work, pytest.raises(KeyAbsent):
        work.keys.open(blob, subject=subject, **PLACE)


def test_erasure_destroys_the_key_and_every_share(at, sealed):
    subject, blob = sealed
    clinic = organisation_of(at, "zinder.clinic")
    with at("zinder.supervisor") as work:
        work.keys.share(subject, clinic, expires_at=work.now + timedelta(days=1))
        assert work.keys.open(blob, subject=subject, **PLACE) == STORY

        assert work.keys.destroy([subject]) == 2
        with pytest.raises(KeyAbsent):
            work.keys.open(blob, subject=subject, **PLACE)

    with at("zinder.clinic") as work, pytest.raises(KeyAbsent):
        work.keys.open(blob, subject=subject, **PLACE)


def test_an_erased_subject_gets_no_key_again(at, sealed):
    subject, _ = sealed
    with at("zinder.supervisor") as work:
        work.keys.destroy([subject])
        with pytest.raises(DatabaseError), transaction.atomic():
            work.keys.create(work.actor.organisation.pk, [subject])

        assert Erasure.objects.get().subject_id == subject


def test_what_is_erased_is_numbered_without_a_gap_and_once(at, sealed):
    subject, _ = sealed
    others = [new_id() for _ in range(3)]
    with at("zinder.social") as work:
        work.keys.create(work.actor.organisation.pk, others)
        work.keys.destroy(others[:2])
        work.keys.destroy([subject, *others])

        assert list(Erasure.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
        assert set(Erasure.objects.values_list("subject_id", flat=True)) == {subject, *others}


def test_who_holds_a_share_only_erases_nothing(at, sealed):
    subject, blob = sealed
    clinic = organisation_of(at, "zinder.clinic")
    with at("zinder.social") as work:
        work.keys.share(subject, clinic, expires_at=work.now + timedelta(days=1))

    with at("zinder.clinic") as work:
        assert work.keys.destroy([subject]) == 0
        assert not Erasure.objects.exists()
    with at("zinder.social") as work:
        assert work.keys.open(blob, subject=subject, **PLACE) == STORY


def refused(run) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        run()
    assert isinstance(error.value.__cause__, psycopg.Error)
    return error.value.__cause__.sqlstate


def test_who_holds_a_share_neither_prolongs_it_nor_passes_it_on(at, sealed):
    subject, _ = sealed
    clinic, nigeria = organisation_of(at, "zinder.clinic"), organisation_of(at, "edo.reception")
    with at("zinder.social") as work:
        work.keys.share(subject, clinic, expires_at=work.now + timedelta(days=1))

    with at("zinder.clinic") as work:
        assert refused(lambda: work.keys.share(subject, clinic, expires_at=None)) == "CS005"
        assert refused(lambda: work.keys.share(subject, nigeria, expires_at=None)) == "CS005"


def test_a_made_up_key_for_a_subject_of_another_office_is_refused(at, sealed):
    """It would pass for the right to replace, share or destroy the real one."""
    subject, blob = sealed
    with at("edo.reception") as work:
        assert refused(lambda: work.keys.create(work.actor.organisation.pk, [subject])) == "42501"

    with at("zinder.social") as work:
        assert work.keys.open(blob, subject=subject, **PLACE) == STORY


def test_a_key_held_for_good_is_not_replaced_by_a_share(at, sealed):
    subject, blob = sealed
    nigeria = organisation_of(at, "edo.reception")
    with at("zinder.social") as work:
        work.keys.share(subject, nigeria, expires_at=None)
    with at("edo.reception") as work, connection.cursor() as cursor:
        niger = organisation_of_row(cursor, "zinder.social")
        cursor.execute("SELECT compass_share_key(%s, %s, %s, NULL)", [subject, niger, b"false"])

    with at("zinder.social") as work:
        assert work.keys.open(blob, subject=subject, **PLACE) == STORY


def organisation_of_row(cursor, username):
    cursor.execute("SELECT organisation_id FROM access_user WHERE username = %s", [username])
    return cursor.fetchone()[0]


def test_the_app_makes_no_organisation_keys(at):
    with at("zinder.social") as work:
        organisation = work.actor.organisation.pk
        assert (
            refused(lambda: OrganisationKey.objects.create(organisation_id=organisation, version=2, wrapped=b"x"))
            == "42501"
        )


def test_files_come_back_and_do_not_move(at, sealed):
    subject, _ = sealed
    first, second = new_id(), new_id()
    place = {"table": "cases_evidence", "column": "content_sealed", "subject": subject}
    with at("zinder.social") as work:
        blob = work.keys.seal_file(b"%PDF-1.7 prescription", row=first, **place)
        assert work.keys.open_file(blob, row=first, **place) == b"%PDF-1.7 prescription"
        with pytest.raises(Unreadable):
            work.keys.open_file(blob, row=second, **place)


def test_the_trail_learns_the_digest_of_every_blob(at, sealed):
    subject, _ = sealed
    with at("zinder.social") as work:
        work.keys.seal(STORY, subject=subject, **PLACE)
        work.keys.seal_file(b"x", subject=subject, row=subject, **PLACE)

        assert [place[:3] for place in work.keys.sealed] == [("people_person", "identity_sealed", str(subject))] * 2
