"""Every row of the table of states through the rooms' own actions.

A refused step raises the problem that the table names and leaves no trace in the database, not even a receipt.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import transaction

from compass.access.actions import REGISTRY
from compass.config.tests import access_steps
from compass.config.tests.access_states import ELSEWHERE, RETURNS, STEPS_OF_A_RETURN, TABLE, THIRD
from compass.config.tests.access_world import CLINIC, SOCIAL, SUPERVISOR, WORKER, at, told
from compass.problems import Denied, NotFound, Problem, WrongState
from compass.returns.models import Return
from compass.returns.tests.conftest import Journey

DONE = None


class Witness:
    """The owner, who sees every row of every table: `seen()` is each table with the number and a digest of its rows."""

    def __init__(self, owner: psycopg.Connection) -> None:
        tables = owner.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        one = "SELECT '{0}', count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{0}\" t"
        self._owner, self._question = owner, " UNION ALL ".join(one.format(name) for (name,) in tables)

    def seen(self) -> set[tuple[Any, ...]]:
        return set(self._owner.execute(self._question).fetchall())

    def attempt(self, step: str, pk: UUID | None, who: str, before: set[tuple[Any, ...]]) -> type[Problem] | None:
        """Take a step and undo it; or the problem that refused it, after which the database is as it was `before`."""
        try:
            with transaction.atomic():
                with at(who) as work:
                    access_steps.STEPS[step](work, pk)
                transaction.set_rollback(True)
        except Problem as problem:
            assert self.seen() == before, step
            return type(problem)
        return DONE


@pytest.fixture(scope="module")
def witness(rooms) -> Iterator[Witness]:
    world, records = rooms
    with world.cluster.connect("compass_owner", world.name) as owner:
        # One offer whose time ran out.
        late = "UPDATE cases_handover SET expires_at = now() - interval '1 hour' WHERE id = %s"
        owner.execute(late, [records["handover.expired"]])
        earlier = "UPDATE people_erasurerequest SET occurred_at = now() - interval '9 days', recorded_at = occurred_at"
        for name in ("asked", "due"):
            owner.execute(f"{earlier} - interval '9 days' WHERE id = %s", [records[f"erasure.{name}"]])
        due = "UPDATE people_erasurerequest SET status = 'confirmed', due_at = now() - interval '1 hour' WHERE id = %s"
        owner.execute(due, [records["erasure.due"]])
        over = "UPDATE people_retention SET erase_at = now() - interval '1 hour' WHERE state = 'erasing' AND person_id = %s"
        owner.execute(over, [records["retention.due"]])
        yield Witness(owner)


@pytest.mark.parametrize(
    ("step", "record", "who", "outcome"), TABLE, ids=lambda value: str(getattr(value, "__name__", value))
)
def test_a_step_is_taken_or_refused_as_the_table_says(rooms, witness, step, record, who, outcome):
    _world, records = rooms
    pk = records[record] if record else None

    assert witness.attempt(step, pk, who, witness.seen()) is outcome


def test_the_table_names_every_action_of_the_rooms():
    """Each with a state that allows it and one that refuses it, or an office that may not."""
    taken = {step.split()[0] for step, _, _, outcome in TABLE if outcome is DONE}
    refused = {step.split()[0] for step, _, _, outcome in TABLE if outcome is not DONE}
    by_state = {f"returns.{step}" for step in STEPS_OF_A_RETURN}

    named, actions = taken | by_state | set(ELSEWHERE), {name for name in REGISTRY if not name.startswith("test.")}
    assert taken ^ refused == set(), "each needs a row of TABLE in which it is done and one in which it is refused"
    assert actions - named == set(), (
        "write a function into access_steps.py and rows into TABLE of access_states.py for these, or say in ELSEWHERE where"
        " they are tested"
    )
    assert named - actions == set(), "these are no action any more: take their rows away"
    assert {step.split()[0] for step in access_steps.STEPS} ^ (taken | by_state) == set(), (
        "steps without rows, or rows without"
    )


def test_attendance_joins_two_records_of_one_office(rooms, witness):
    _world, records = rooms
    before = witness.seen()

    for who, problem in ((THIRD, NotFound), (CLINIC, Denied)):
        with pytest.raises(problem), at(who) as work:
            access_steps.attend(work, records["person.grown"], records["activity.held"])
    with pytest.raises(NotFound), at(SOCIAL) as work:
        access_steps.attend(work, records["person.accepted"], records["activity.held"])
    assert witness.seen() == before


class Walk:
    """One return through all its states, and four that leave the way; `found[state][step]` is what came of each step."""

    def __init__(self, witness: Witness) -> None:
        self.witness = witness
        self.found: dict[str, dict[str, type[Problem] | None]] = {}
        going = Journey(at, told)
        # To where no office waits to take them over: else that office takes the steps after it did.
        leave = partial(going.start, destination="SN", area="")
        for steps in (
            (leave,), (going.counsel,), (going.declare,), (going.check, going.assess), (going.approve,),
            (going.prepare,), (going.depart,),
        ):  # fmt: skip
            for step in steps:
                step()
            self.look(going.pk)
        for name in ("arrive", "advance", "advance", "advance"):
            self.take(name, WORKER, going.pk)
            self.look(going.pk)
        for first, name, who in (
            ("eligibility_review", "refuse", SUPERVISOR), ("counselling", "withdraw", WORKER),
            ("ready_to_travel", "miss", WORKER), ("counselling", "suspend", WORKER),
        ):  # fmt: skip
            pk = Journey(at, told).to(first)
            self.take(name, who, pk)
            self.look(pk)

    def take(self, name: str, who: str, pk: UUID) -> None:
        with at(who) as work:
            access_steps.STEPS[f"returns.{name}"](work, pk)

    def look(self, pk: UUID) -> None:
        with at(SOCIAL) as work:
            state = work.find("returns.view", Return, pk).state
        self.found[state], before = {}, self.witness.seen()
        for step in STEPS_OF_A_RETURN:
            who = SUPERVISOR if step in {"approve", "refuse", "send_back"} else WORKER
            self.found[state][step] = self.witness.attempt(f"returns.{step}", pk, who, before)
            for stranger in (THIRD, CLINIC) if step in RETURNS[state] else ():
                came = self.witness.attempt(f"returns.{step}", pk, stranger, before)
                self.found[state][f"{step} by {stranger}"] = came


@pytest.fixture(scope="module")
def walked(witness) -> Walk:
    return Walk(witness)


@pytest.mark.parametrize("state", RETURNS)
def test_a_return_accepts_only_its_next_steps(walked, state):
    expected = {step: DONE if step in RETURNS[state] else WrongState for step in STEPS_OF_A_RETURN}
    expected |= {f"{step} by {THIRD}": NotFound for step in RETURNS[state]}
    expected |= {f"{step} by {CLINIC}": Denied for step in RETURNS[state]}

    assert walked.found[state] == expected


def test_the_walk_saw_every_state(walked):
    assert set(walked.found) == set(RETURNS)
