"""Background work: a real worker as the app role, and a job that asks anew what its colleague may."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from compass.access.jobs import REFUSED, for_colleague
from compass.config.environment import environment


@pytest.fixture
def worker(cluster: Any, fresh_database: Any, tmp_path: Any) -> Iterator[Any]:
    """A worker process on a database of its own; gives the database's name."""
    name = fresh_database()
    env = {
        **{key: value for key, value in os.environ.items() if not key.startswith("COMPASS_")},
        **environment(cluster, "app", name=name), "COMPASS_DEMONSTRATION": "1", "COMPASS_CHECKPOINTS": str(tmp_path),
    }  # fmt: skip
    log = (tmp_path / "worker.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "compass.config.cli", "worker"], env=env, stdout=log, stderr=log, start_new_session=True
    )
    yield name
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def wait_for(cluster: Any, name: str, task: str) -> str:
    """The state of a task's newest job once it is no longer waiting; at most half a minute."""
    deadline = time.monotonic() + 30
    state = "none"
    while time.monotonic() < deadline and state not in {"succeeded", "failed", "aborted"}:
        with cluster.connect("compass_owner", name) as owner:
            row = owner.execute(
                "SELECT status::text FROM procrastinate_jobs WHERE task_name = %s ORDER BY id DESC LIMIT 1", [task]
            ).fetchone()
        state = row[0] if row else "none"
        time.sleep(0.2)
    return state


def test_a_worker_runs_what_was_deferred_with_the_rights_of_the_application(cluster, worker):
    with cluster.connect("compass_app", worker) as app:
        app.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
            " VALUES ('default', 'compass.programme.count_last_month', 0, '{}', 'todo')"
        )

    assert wait_for(cluster, worker, "compass.programme.count_last_month") == "succeeded"
    with cluster.connect("compass_owner", worker) as owner:
        assert owner.execute("SELECT count(*) FROM programme_snapshot").fetchone() == (1,)


def test_the_periodic_work_of_the_rooms_is_known():
    from procrastinate.contrib.django import app

    periodic = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}

    assert {"compass.programme.count_last_month", "compass.trail.checkpoint"} <= periodic


@for_colleague("people.register")
def note(work: Any, pk: str) -> str:
    work.record("test.note", results=[uuid.UUID(pk)])
    return "done"


def entries(at: Any) -> list[Any]:
    from compass.trail.models import Entry

    with at("zinder.social"):
        return list(Entry.objects.filter(purpose="people.register").values_list("body", flat=True))


def test_a_job_runs_in_the_name_of_who_asked(at):
    from compass.access.models import User

    with at("zinder.social"):
        user = User.objects.get(username="zinder.social")

    assert note(actor=str(user.pk), office=str(user.organisation_id), pk=str(uuid.uuid4())) == "done"
    assert "test.note" in entries(at)[0]


def test_a_job_of_who_lost_the_role_meanwhile_is_refused_and_recorded(apart, at, cluster):
    from compass.access.models import User

    user = User.objects.get(username="zinder.social")
    with cluster.connect("compass_owner", apart) as owner:
        owner.execute("UPDATE access_grant SET valid_to = now() WHERE user_id = %s", [user.pk])

    assert note(actor=str(user.pk), office=str(user.organisation_id), pk=str(uuid.uuid4())) == REFUSED
    with cluster.connect("compass_owner", apart) as owner:
        bodies = owner.execute("SELECT body FROM trail_entry WHERE purpose = 'people.register'").fetchall()
    assert len(bodies) == 1 and '"refused"' in bodies[0][0]


def test_a_job_carries_identifiers_only(at):
    from compass.access.models import User

    with at("zinder.social"):
        user = User.objects.get(username="zinder.social")

    with pytest.raises(ValueError):
        note(actor=str(user.pk), office=str(user.organisation_id), pk="Isoken")
