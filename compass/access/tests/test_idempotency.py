from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from compass.access.actions import REGISTRY, action
from compass.access.models import Receipt
from compass.access.work import Command, Work
from compass.problems import BasisMissing, Denied, Invalid, KeyReused, TooFarAway
from compass.trail.models import Entry
from compass.vault.identifiers import new_id


@dataclass(frozen=True, kw_only=True)
class Note(Command):
    country: str = "NE"


@pytest.fixture
def note():
    """An action of the tests that registers a person without a name."""
    person = apps.get_model("people", "Person")

    @action("test.note", person)
    def run(work: Work, notes: list[Note]) -> list[object]:
        return person.objects.bulk_create(
            person(
                id=new_id(),
                organisation_id=work.actor.organisation.pk,
                country_met=each.country,
                basis=each.basis,
                occurred_at=each.occurred_at,
                recorded_at=work.now,
            )
            for each in notes
        )

    yield run
    del REGISTRY["test.note"]


def people(work: Work) -> int:
    return apps.get_model("people", "Person").objects.count()


def test_it_works(at, told, note):
    with at("zinder.social") as work:
        (row,) = note(work, [Note(**told())])

        assert people(work) == 1
        assert Receipt.objects.get().result_id == row.pk


def test_the_same_action_sent_twice_counts_once(at, told, note):
    command = Note(**told())
    with at("zinder.social") as work:
        first = note(work, [command])
    with at("zinder.social") as work:
        again = note(work, [command])

        assert [r.pk for r in first] == [r.pk for r in again]
        assert people(work) == 1


def test_one_key_twice_in_one_list_counts_once(at, told, note):
    command, other = Note(**told()), Note(**told())
    with at("zinder.social") as work:
        rows = note(work, [command, other, command])

        assert [r.pk for r in rows] == [rows[0].pk, rows[1].pk, rows[0].pk]
        assert rows[0].pk != rows[1].pk
        assert people(work) == 2


def test_a_list_that_is_partly_known_does_only_the_rest(at, told, note):
    known = Note(**told())
    with at("zinder.social") as work:
        (first,) = note(work, [known])
    with at("zinder.social") as work:
        rows = note(work, [Note(**told()), known, Note(**told())])

        assert rows[1].pk == first.pk
        assert people(work) == 3


def test_a_key_of_a_colleague_is_refused(at, told, note):
    command = Note(**told())
    with at("zinder.social") as work:
        note(work, [command])

    for other in ("zinder.cases", "edo.reception"):
        with pytest.raises(KeyReused), at(other) as work:
            note(work, [command])


def test_a_key_of_another_action_is_refused(at, told, note):
    command = Note(**told())
    with at("zinder.social") as work:
        note(work, [command])
        Receipt.objects.update(action="test.other")
        with pytest.raises(KeyReused):
            note(work, [command])


def test_a_step_that_failed_can_be_sent_again(at, told, note):
    command = Note(**told())
    with pytest.raises(Denied), at("zinder.social") as work:
        note(work, [command])
        raise Denied

    with at("zinder.social") as work:
        note(work, [command])
        assert people(work) == 1


class Form:
    problem = None

    def add_error(self, field, text):
        self.text = text


def test_a_form_that_was_refused_can_be_sent_again_and_leaves_no_event(at, told, note):
    command, form = Note(**told()), Form()
    with at("zinder.social", "test.form") as work:
        with work.attempt(form):
            note(work, [command])
            raise Invalid(what="a test")
        assert people(work) == 0
    with at("zinder.social", "test.form") as work:
        note(work, [command])

    with at("geneva.protection") as work:
        entries = list(work.allowed("trail.view", Entry).filter(purpose="test.form").order_by("seq"))
    assert form.problem.number == Invalid.number
    assert '"test.note"' not in entries[0].body
    assert '"test.note"' in entries[1].body


def test_without_a_legal_basis_nothing_is_done(at, told, note):
    with at("zinder.social") as work:
        with pytest.raises(BasisMissing):
            note(work, [Note(**told(basis=""))])
        with pytest.raises(BasisMissing):
            note(work, [Note(**told(basis="curiosity"))])


def test_the_future_is_refused_but_a_clock_may_be_a_little_fast(at, told, note):
    with at("zinder.social") as work:
        note(work, [Note(**told(occurred_at=timezone.now() + timedelta(minutes=5)))])
        with pytest.raises(TooFarAway):
            note(work, [Note(**told(occurred_at=timezone.now() + timedelta(minutes=30)))])


def test_two_senders_at_once_do_it_once(apart, at, told, note):
    command = Note(**told())
    start = threading.Barrier(4)
    made: list[object] = []

    def send() -> None:
        start.wait()
        with at("zinder.social") as work:
            made.append(note(work, [command])[0].pk)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 4
    assert len(set(made)) == 1
    with at("zinder.social") as work:
        assert people(work) == 1


def test_an_action_of_nothing_asks_nothing(at, note, django_assert_num_queries):
    with at("zinder.social") as work, django_assert_num_queries(0):
        assert note(work, []) == []


def test_a_receipt_of_another_office_is_not_seen(at, told, note):
    with at("zinder.social") as work:
        note(work, [Note(**told(key=uuid4()))])
    with at("edo.reception"):
        assert Receipt.objects.count() == 0


def test_a_page_that_was_gone_back_to_and_changed_is_not_lost_in_silence(at, told, note):
    envelope = told(said="a" * 64)
    with at("zinder.social") as work:
        note(work, [Note(**envelope)])
    with at("zinder.social") as work, pytest.raises(KeyReused):
        note(work, [Note(**envelope | {"said": "b" * 64})])


def test_what_was_typed_cannot_be_guessed_from_the_receipt(at, told, note):
    typed = hashlib.sha256(b"guess").hexdigest()
    with at("zinder.social") as work:
        note(work, [Note(**told(said=typed))])
        kept = Receipt.objects.get().digest

    assert kept
    assert typed not in kept
    assert hashlib.sha256(typed.encode()).hexdigest() != kept
