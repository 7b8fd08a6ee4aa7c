"""What is made of the records on the machine whose disk is searched: papers, sounds, exports, backups, nightly jobs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compass.config.tests.disk_search import Canaries, Wanted, pieces_of, read_pdf
from compass.config.tests.disk_steps import Browser

if TYPE_CHECKING:
    from compass.config.serving import Live

COMPASS = (sys.executable, "-m", "compass.config.cli")
#: How an Ogg file with Opus begins.
SOUND = b"OggS" + b"\0" * 24 + b"OpusHead"


def papers(machine: Live, case: Any, typed: Canaries) -> list[bytes]:
    """A copy on each way and a summary, for the person; what each of those files would be known by on a disk.

    The copies tell what was typed: what is looked for on the disk can be read in them.
    """
    office = Browser.of(machine, "zinder.cases")
    at, wanted = f"/people/{case.person_id}", Wanted({"given": typed["typed given"], "address": typed["typed address"]})
    pieces: list[bytes] = []
    for how in ("screen", "paper", "file"):
        second = office.post(f"{at}/copy/", talk="in_person", checked="known").text
        answer = office.post(f"{at}/copy/", second, how=how, language="en")
        assert answer.status == 200, how
        if how == "screen":
            assert wanted.within(office.bytes) == {"given", "address"}
        if how == "paper":
            assert wanted.within(read_pdf(office.bytes).encode()) == {"given", "address"}
            pieces += pieces_of(office.bytes)
        if how == "file":
            assert wanted.within(office.bytes) == set()
            pieces.append(office.bytes.partition(b'"sealed"')[2][1000:1040])
    office.ask(f"{at}/summary/en.pdf")
    assert case.person.code in read_pdf(office.bytes)
    return [*pieces, *pieces_of(office.bytes)]


def voice(machine: Live, typed: Canaries) -> None:
    """An office's recording of the notice, which speaks of nobody and is kept as it is; the name of its file is not."""
    content = SOUND + typed["voice"].encode()
    Browser.of(machine, "zinder.supervisor").save(
        "/people/voices/ha/who_we_are/", audio=(f"{typed['voice name']}.ogg", content)
    )


def night(machine: Live) -> None:
    """The real worker does what it does at night, until nothing waits any more; the exports of the trail are fetched."""
    from procrastinate.contrib.django import app

    names = {name for name, _id in app.periodic_registry.periodic_tasks}
    assert len(names) >= 5
    with machine.cluster.connect("compass_owner", "compass") as owner, machine.log.open("ab") as log:
        for name in sorted(names):
            owner.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
                " VALUES ('default', %s, 0, '{}', 'todo') ON CONFLICT DO NOTHING",
                [name],
            )
        worker = subprocess.Popen(
            [*COMPASS, "worker"], env=machine.env("app"), stdout=log, stderr=log, start_new_session=True
        )
        try:
            deadline, waiting = time.monotonic() + 60, 1
            while waiting and time.monotonic() < deadline:
                time.sleep(0.2)
                row = owner.execute(
                    "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
                    " AND (scheduled_at IS NULL OR scheduled_at < now())"
                ).fetchone()
                waiting = row[0] if row else 0
        finally:
            with contextlib.suppress(ProcessLookupError):
                worker.send_signal(signal.SIGTERM)
            worker.wait(30)
        states = dict(
            owner.execute("SELECT task_name, min(status::text) FROM procrastinate_jobs GROUP BY 1").fetchall()
        )
    assert {states.get(name) for name in names} == {"succeeded"}, states
    officer = Browser.of(machine, "geneva.protection")
    assert officer.ask("/accounts/trail/checkpoints.jsonl").text, "the worker signed one"


def backup(machine: Live, target: Path) -> bytes:
    """A backup of the machine; what it says in SQL to whoever opens it."""
    import pyrage

    from compass.config import archive
    from compass.config.embedded import programs

    identity = pyrage.x25519.Identity.generate()
    subprocess.run(
        [*COMPASS, "backup", target, "--recipient", str(identity.to_public())],
        env=machine.env("owner"), check=True, capture_output=True,
    )  # fmt: skip
    dump = bytearray()
    small = archive.read(target, [identity], dump.extend)
    said = subprocess.run([programs(18) / "pg_restore", "--file=-"], input=bytes(dump), capture_output=True, check=True)
    return said.stdout + b"".join(small.values())


def shown_by_processes() -> bytes:
    """Arguments and environments of every process of this machine that may be looked at."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            for name in ("cmdline", "environ"):
                with contextlib.suppress(OSError):
                    found.append((process / name).read_bytes())
    return b"\n".join(found)
