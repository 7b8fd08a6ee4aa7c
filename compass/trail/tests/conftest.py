"""A chain with real entries in a database of its own, and hands that may touch everything in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.apps import apps

from compass.config.embedded import Cluster
from compass.trail.chain import veil
from compass.trail.checkpoints import Checkpoint
from compass.trail.verify import Finding, verify
from compass.vault.identifiers import new_id

if TYPE_CHECKING:
    from compass.access.work import Work


@dataclass
class Chain:
    """Ten people registered in ten units of work, and the owner's connection."""

    name: str
    owner: psycopg.Connection
    people: list[UUID]
    key: Ed25519PrivateKey
    at: Callable[..., AbstractContextManager[Work]]

    def verify(self, *checkpoints: Checkpoint) -> Finding | None:
        return verify(self.owner, checkpoints, veil=veil())

    def checkpoint(self) -> Checkpoint:
        seq, digest = self.owner.execute("SELECT seq, hash FROM trail_head").fetchone()
        return Checkpoint(seq, bytes(digest), datetime.now(UTC))

    def run(self, statement: str, *values: object) -> None:
        """As whoever holds the database: with the references of the tables switched off."""
        with self.owner.transaction():
            self.owner.execute(statement, values)


def register(work: Work, identity: dict[str, str]) -> UUID:
    """One person straight into the table: the room `people` lies above this one."""
    person = new_id()
    work.keys.create(work.actor.organisation.pk, [person])
    apps.get_model("people", "Person").objects.create(
        id=person,
        organisation_id=work.actor.organisation.pk,
        country_met="NE",
        basis="vital_interest",
        occurred_at=work.now,
        recorded_at=work.now,
        identity_sealed=work.keys.seal(identity, table="people_person", column="identity_sealed", subject=person),
    )
    work.draft.subjects[person] = None
    return person


def rename(work: Work, person: UUID, identity: dict[str, str]) -> bytes:
    """Seal anew; returns the blob that was there before."""
    row = apps.get_model("people", "Person").objects.get(pk=person)
    before = bytes(row.identity_sealed)
    row.identity_sealed = work.keys.seal(
        identity, table="people_person", column="identity_sealed", subject=person, after=before
    )
    row.save(update_fields=["identity_sealed"])
    return before


@pytest.fixture
def chain(apart: str, at: Callable[..., AbstractContextManager[Work]], cluster: Cluster) -> Iterator[Chain]:
    people = []
    for number in range(10):
        with at("zinder.social") as work:
            people.append(register(work, {"given": f"Ese {number}"}))
    owner = cluster.connect("compass_owner", apart)
    yield Chain(apart, owner, people, Ed25519PrivateKey.generate(), at)
    owner.close()
