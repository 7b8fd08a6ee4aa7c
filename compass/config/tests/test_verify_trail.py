"""`compass verify-trail`, run as an operator or a data protection officer runs it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from compass.config.embedded import Cluster
from compass.config.environment import environment
from compass.config.testing import TEMPLATE
from compass.people.actions import Registration, register_people
from compass.trail.chain import veil
from compass.trail.verify import count, verify


@pytest.fixture
def command(cluster: Cluster, apart, at, told, tmp_path):
    for _ in range(3):
        with at("zinder.social") as work:
            register_people(work, [Registration(**told(basis="vital_interest"), identity={"given": "Ese"})])

    def run(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        base = {k: v for k, v in os.environ.items() if not k.startswith("COMPASS_")}
        env = {**base, **environment(cluster, "owner", name=apart), "COMPASS_CHECKPOINTS": str(tmp_path), **changes}
        return subprocess.run(
            [sys.executable, "-m", "compass.config.cli", "verify-trail", *arguments],
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def signed(command, settings, tmp_path, cluster):
    from compass.trail.jobs import sign_checkpoint

    settings.COMPASS_CHECKPOINT_KEY_FILE = str(cluster.folder / "secrets" / "checkpoint.key")
    settings.COMPASS_CHECKPOINTS = tmp_path
    return sign_checkpoint()


def test_it_works(command, signed):
    done = command()

    assert (done.returncode, done.stderr) == (0, "")
    assert "3 entries" in done.stdout
    assert "at entry 3" in done.stdout


def test_the_first_bad_entry_is_named(command, cluster, apart):
    with cluster.connect("compass_owner", apart) as owner:
        owner.execute("UPDATE trail_entry SET body = body || ' ' WHERE seq = 2")

    done = command()

    assert done.returncode == 1
    assert "Entry 2" in done.stdout


def test_an_officer_verifies_with_a_copy_and_the_public_key_alone(command, signed, cluster, apart, tmp_path):
    copy = tmp_path / "taken-home.jsonl"
    copy.write_bytes((tmp_path / "checkpoints.jsonl").read_bytes())
    arguments = ("--checkpoints", str(copy), "--public-key", str(cluster.folder / "checkpoint.pub"))
    assert command(*arguments).returncode == 0

    with cluster.connect("compass_owner", apart) as owner:
        owner.execute("DELETE FROM trail_subject WHERE entry_id = 3")
        owner.execute("DELETE FROM trail_entry WHERE seq = 3")
        owner.execute("UPDATE trail_head SET (seq, hash) = (SELECT seq, hash FROM trail_entry WHERE seq = 2)")

    done = command(*arguments)
    assert done.returncode == 1
    assert "cut off" in done.stdout


def test_a_false_checkpoint_is_refused(command, signed, tmp_path):
    path = tmp_path / "checkpoints.jsonl"
    path.write_text(path.read_text().replace('"seq":3', '"seq":4'))

    done = command()

    assert done.returncode == 1
    assert "cannot be trusted" in done.stderr


def test_without_an_owner_it_says_what_to_set_and_accuses_nobody(command, tmp_path):
    done = command("--data", str(tmp_path), COMPASS_OWNER_URL="")

    assert (done.returncode, done.stdout) == (2, "")
    assert "COMPASS_OWNER_URL" in done.stderr
    assert "--data" in done.stderr


def test_checkpoints_that_cannot_be_read_are_no_bad_entry(command, tmp_path):
    done = command("--checkpoints", str(tmp_path / "nowhere.jsonl"))

    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere.jsonl cannot be read" in done.stderr


def test_the_trail_of_a_data_folder_is_read_without_an_address(command, cluster):
    """As whoever tries the demonstration does it: `compass verify-trail --data data/demo`."""
    cluster.create_database("compass", template=TEMPLATE)
    try:
        done = command("--data", str(cluster.folder), COMPASS_OWNER_URL="")
    finally:
        cluster.drop_database("compass")

    assert (done.returncode, done.stderr) == (0, "")
    assert "The trail is right" in done.stdout
    assert cluster.running()


def test_what_the_rooms_write_is_right(world):
    """Every sealed value of an invented programme has its digest in the trail, and nothing else has."""
    with world.cluster.connect("compass_owner", world.name) as owner:
        assert verify(owner, veil=veil()) is None
        assert count(owner) > 20


def test_a_trail_that_cannot_be_read_is_not_called_wrong(command, cluster):
    done = command(COMPASS_OWNER_URL=cluster.url("compass_owner", "no_such_database"))

    assert (done.returncode, done.stdout) == (2, "")
    assert "could not be read" in done.stderr and "Traceback" not in done.stderr


def test_a_root_key_of_another_database_is_said_in_words(command, tmp_path):
    wrong = tmp_path / "root.key"
    for content in (bytes(32), b"short"):
        wrong.write_bytes(content)
        done = command(COMPASS_ROOT_KEY_FILE=str(wrong))
        assert (done.returncode, done.stdout) == (2, "")
        assert "does not open this database" in done.stderr and "Traceback" not in done.stderr
