"""The long form of the trail: fifty writers at once. `make proof`."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from django.db import connection

from compass.trail.chain import veil
from compass.trail.tests.conftest import Chain, chain, register

pytestmark = pytest.mark.proof
__all__ = ["chain"]

WRITERS, EACH, ALREADY = 50, 20, 10
COLLEAGUES = ("zinder.social", "zinder.cases", "zinder.supervisor", "edo.reception", "edo.supervisor")


def write_at_once(chain: Chain) -> list[UUID]:
    """Fifty colleagues' threads, each with a connection of its own; returns who was acknowledged, counted outside."""
    failures: list[BaseException] = []
    acknowledged: list[UUID] = []
    together = threading.Barrier(WRITERS)

    def write(number: int) -> None:
        try:
            together.wait(timeout=60)
            for turn in range(EACH):
                with chain.at(COLLEAGUES[number % len(COLLEAGUES)]) as work:
                    made = register(work, {"given": f"{number} {turn}"})
                acknowledged.append(made)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return acknowledged


def test_the_chain_is_right_under_fifty_writers_at_once(chain):
    acknowledged = write_at_once(chain)

    assert len(acknowledged) == WRITERS * EACH
    assert chain.verify() is None
    assert (
        chain.owner.execute("SELECT count(*), max(seq) FROM trail_entry").fetchone() == (ALREADY + WRITERS * EACH,) * 2
    )
    noted = veil().lifted(row[0] for row in chain.owner.execute("SELECT subject_id FROM trail_subject").fetchall())
    assert set(acknowledged) <= set(noted)


def test_two_links_that_changed_places_among_them_are_named(chain):
    """The positive control: what a race could do to the chain is found."""
    write_at_once(chain)
    chain.run(
        "UPDATE trail_entry SET hash = (SELECT o.hash FROM trail_entry o WHERE o.seq = 1001 - trail_entry.seq)"
        " WHERE seq IN (500, 501)"
    )

    assert chain.verify() is not None
    assert chain.verify().seq == 500
