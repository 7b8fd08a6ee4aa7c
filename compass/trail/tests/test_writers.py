from __future__ import annotations

import threading

import pytest
from django.db import connection

from compass.trail.tests.conftest import register

WRITERS, EACH = 8, 15


def test_the_chain_is_right_under_eight_writers_at_once(chain):
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(EACH):
                with chain.at("zinder.social" if number % 2 else "edo.reception") as work:
                    register(work, {"given": f"{number} {turn}"})
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
    assert chain.verify() is None
    assert chain.owner.execute("SELECT count(*), max(seq) FROM trail_entry").fetchone() == (10 + WRITERS * EACH,) * 2


def test_a_unit_of_work_that_fails_leaves_neither_row_nor_entry(chain):
    with pytest.raises(RuntimeError), chain.at("zinder.social") as work:
        register(work, {"given": "Nobody"})
        raise RuntimeError

    assert chain.verify() is None
    assert chain.owner.execute("SELECT count(*) FROM people_person").fetchone() == (10,)
