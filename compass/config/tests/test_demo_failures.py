"""What can go wrong at `make demo`: each time one clear sentence, and nothing left running."""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compass.config import embedded
from compass.config.cli import main
from compass.config.commands import demo
from compass.config.embedded import Cluster, EmbeddedError
from compass.config.serving import free_port

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that an ordinary user can reach."""
    made = Path(tempfile.mkdtemp(prefix="cd-"))
    made.chmod(0o755)
    yield made
    Cluster(made).stop()
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(autouse=True)
def signals_stay() -> Iterator[None]:
    """The command takes the signals of its process; a test gives them back."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def free_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        port = free_port()
        with contextlib.suppress(OSError, EmbeddedError):
            demo._free(port + 1)
            return port


def said(capsys: Any, *arguments: str) -> str:
    """What the command says when it refuses."""
    assert main(["demo", *arguments]) == 1
    return str(capsys.readouterr().err)


class Running:
    """`compass demo` in a process group of its own, as a terminal runs it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder, self.port, self.log = folder, free_ports(), folder / "said.log"
        env = {key: value for key, value in os.environ.items() if not key.startswith("COMPASS_")}
        command = [sys.executable, "-m", "compass.config.cli", "demo", "--data", str(folder), "--port", str(self.port)]
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, *arguments], env=env, cwd=ROOT, stdout=out, stderr=out, start_new_session=True
            )

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + 120
        while text not in self.log.read_text():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def interrupt(self) -> int:
        """Ctrl-C: the signal goes to the whole group."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(40)

    def left(self) -> list[str]:
        """What still runs of it."""
        deadline = time.monotonic() + 15
        while (found := processes_of(self.folder)) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found


def processes_of(folder: Path) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environ = (path / "environ").read_bytes().decode(errors="replace")
            if path.name != str(os.getpid()) and (f"{folder}" in line or f"COMPASS_DATA={folder}\0" in environ):
                found.append(line)
    return found


# Before anything is started


def test_a_port_in_use(capsys, folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        text = said(capsys, "--data", str(folder), "--port", str(port))

    assert f"Port {port} is in use. Stop the program that uses it, or start with --port {port + 10}." in text


def test_a_number_that_is_no_port(capsys, folder):
    assert "99999 is not a port" in said(capsys, "--data", str(folder), "--port", "99999")


def test_fewer_people_than_none(capsys):
    with pytest.raises(SystemExit):
        main(["demo", "--people", "-1"])
    assert "give 0 or more" in capsys.readouterr().err


def test_another_demonstration_on_the_same_folder(capsys, folder):
    with (folder / "demo.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        text = said(capsys, "--data", str(folder), "--port", str(free_ports()))

    assert f"Another demonstration already uses {folder}. Stop it, or choose another --data." in text


def test_a_folder_that_may_not_be_written(capsys, folder, monkeypatch):
    """Root may write anywhere; the refusal is the system's own, for a file that no one may write."""
    monkeypatch.setattr(Cluster, "create", lambda self: Path("/proc/self/mem").chmod(0o700))

    text = said(capsys, "--data", str(folder), "--port", str(free_ports()))

    assert f"COMPASS may not write to {folder}: choose another folder with --data." in text


def test_a_disk_that_is_nearly_full(capsys, folder, monkeypatch):
    usage = shutil.disk_usage(folder)
    monkeypatch.setattr(embedded.shutil, "disk_usage", lambda path: usage._replace(free=embedded.NEEDED - 1))

    text = said(capsys, "--data", str(folder), "--port", str(free_ports()))

    assert f"The disk that holds {folder} is nearly full: COMPASS needs 300 MB free." in text


def test_a_disk_that_fills_up_meanwhile(capsys, folder, monkeypatch):
    """/dev/full answers every write with the error of a full disk."""

    def write(self: Cluster) -> bool:
        with Path("/dev/full").open("w") as out:
            out.write("x" * 100_000)
        return True

    monkeypatch.setattr(Cluster, "create", write)

    text = said(capsys, "--data", str(folder), "--port", str(free_ports()))

    assert f"The disk that holds {folder} is full. Free some space, then start again." in text


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), type("DiskFull", (Exception,), {"sqlstate": "53100"})()]
)
def test_a_disk_that_fills_up_while_people_are_loaded(error):
    from compass.config.demo.prepare import _full

    try:
        raise RuntimeError("wrapped") from error
    except RuntimeError as wrapped:
        assert _full(wrapped)
    assert not _full(RuntimeError("another"))


# The folder of the socket


def test_a_folder_whose_path_is_too_long_for_a_socket_gets_a_short_one(folder):
    deep = folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    cluster = Cluster(deep)
    try:
        cluster.create()
        cluster.start()
        with cluster.connect() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert not cluster.socket.is_relative_to(deep)
        assert stat.S_IMODE(cluster.socket.stat().st_mode) == 0o750
    finally:
        cluster.stop()
        shutil.rmtree(cluster.socket, ignore_errors=True)


def test_a_short_folder_that_someone_else_made_is_refused(folder, monkeypatch):
    cluster = Cluster(folder / ("d" * 120))
    trap = folder / "trap"
    trap.symlink_to("/tmp")
    monkeypatch.setattr(Cluster, "socket", property(lambda self: trap))

    with pytest.raises(EmbeddedError, match="belongs to someone else"):
        cluster._make_socket_folder()


# Root below a private home


def test_root_below_a_private_home_keeps_the_data_elsewhere(capsys, monkeypatch):
    usual = Path("/root/project/data/demo")
    monkeypatch.setattr(demo, "within_reach", lambda path: False)

    other = demo._folder(usual)

    assert other.parent == demo.ELSEWHERE
    assert f"cannot reach {usual}; the data is kept in {other}." in capsys.readouterr().out


def test_who_is_not_root_reaches_the_own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded.os, "geteuid", lambda: 1000)

    assert demo._folder(tmp_path / "data" / "demo") == tmp_path / "data" / "demo"


def test_a_private_folder_is_out_of_reach_of_the_database_server(folder):
    if os.geteuid() != 0:
        assert embedded.within_reach(folder)
        return
    folder.chmod(0o700)

    assert not embedded.within_reach(folder)
    folder.chmod(0o755)
    assert embedded.within_reach(folder)


# The virtual environment


def python_that(folder: Path, script: str) -> Path:
    made = folder / "python3"
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o755)
    return made


def venv(folder: Path, python: object, lock: object = "requirements.txt") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(ROOT / "tools" / "venv.sh"), str(python), str(folder / "venv"), str(lock)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_no_python(folder):
    done = venv(folder, "/nowhere/python3")

    assert done.returncode == 1
    assert "COMPASS needs Python 3.11 or newer; '/nowhere/python3' was not found." in done.stderr


def test_a_python_that_is_too_old(folder):
    done = venv(folder, python_that(folder, 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac'))

    assert done.returncode == 1
    assert "COMPASS needs Python 3.11 or newer" in done.stderr
    assert "is Python 3.9.2." in done.stderr


def test_a_python_without_the_venv_module(folder):
    done = venv(folder, python_that(folder, 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac'))

    assert done.returncode == 1
    assert "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv" in done.stderr


def test_an_environment_that_was_stopped_halfway_is_made_anew(folder):
    """Its python is made before its pip: whoever stopped in between was told ever after to look at the network."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    (folder / "none.txt").touch()

    done = venv(folder, sys.executable, folder / "none.txt")
    again = venv(folder, sys.executable, folder / "none.txt")

    assert (done.returncode, again.returncode) == (0, 0), done.stderr + again.stderr
    assert "Making the virtual environment" in done.stdout
    assert "Making the virtual environment" not in again.stdout, "a whole one is left as it is"


@pytest.mark.parametrize("fails", ["update", "install"])
def test_where_what_the_tests_need_cannot_be_installed_one_line_says_how(folder, fails):
    """With nothing on the way to programs but what the script itself needs, and a root who may install."""
    (folder / "id").write_text("#!/bin/sh\necho 0\n")
    (folder / "apt-get").write_text(f'#!/bin/sh\n[ "$1" != {fails} ]\n')
    for name in ("id", "apt-get"):
        (folder / name).chmod(0o755)

    done = subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "machine.sh")],
        env={"PATH": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == "The tests need what is not on this machine. Run: sudo apt-get install chromium softhsm2\n"


# Locks that a crash left


@pytest.fixture
def prepared(folder: Path) -> Cluster:
    cluster = Cluster(folder)
    cluster.create()
    return cluster


def test_a_power_cut_leaves_locks_that_the_next_start_removes(prepared):
    prepared.start()
    prepared.kill()
    assert (prepared.data / "postmaster.pid").exists()

    assert prepared.start()

    with prepared.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(
    "pid", ["1", str(os.getpid()), "999999999", "nonsense", ""], ids=["init", "own", "nobody", "nonsense", "empty"]
)
def test_a_lock_whose_number_is_another_program_s_now(prepared, pid):
    (prepared.data / "postmaster.pid").write_text(f"{pid}\n{prepared.data}\n")
    (prepared.socket / ".s.PGSQL.5432").touch()
    (prepared.socket / ".s.PGSQL.5432.lock").write_text(f"{pid}\n")

    assert not prepared.running()
    assert prepared.start()


# A whole demonstration


def test_one_start_from_nothing_to_ctrl_c_and_a_quick_second_one(folder):
    first = Running(folder, "--people", "20")
    first.wait_for("Loading 20 invented people")
    time.sleep(0.8)
    assert first.interrupt() == 130
    assert not first.left()
    assert "The next start goes on from here." in first.log.read_text()

    second = Running(folder, "--people", "20")
    second.wait_for("Press Ctrl-C to stop.")
    text = second.log.read_text()
    assert text.count("COMPASS is ready at http://localhost:") == 1
    assert "2021: 30,392 published = 29,117 + 1,110 + 165; loaded 1/" in text
    assert second.interrupt() == 0
    assert not second.left()
    assert not Cluster(folder).running()

    assert "days ago" not in text
    before = (folder / "prepared").read_text()
    ten_days_ago = time.time() - 10 * 86_400
    os.utime(folder / demo.LOADED, (ten_days_ago, ten_days_ago))
    third = Running(folder)
    third.wait_for("COMPASS is ready")
    assert "Loaded 10 days ago, and its deadlines went on: much is late by now." in third.log.read_text()
    # What is prepared is prepared again only for other code, which may be edited while the tests run.
    assert ("Preparing tables" in third.log.read_text()) == (before != (folder / "prepared").read_text())
    victim = next(pid for pid in children(third.process.pid) if b"gunicorn" in cmdline(pid))
    os.kill(victim, signal.SIGKILL)
    assert third.process.wait(40) == 1
    assert "The application stopped by itself; its last words are above. Start again." in third.log.read_text()
    assert not third.left()

    fourth = Running(folder)
    fourth.wait_for("COMPASS is ready")
    fourth.process.kill()
    fourth.process.wait(10)
    Cluster(folder).stop()
    assert not fourth.left()


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cmdline(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_the_arguments_have_the_documented_defaults():
    parser = argparse.ArgumentParser()
    demo.arguments(parser)

    options = parser.parse_args([])

    assert (options.people, options.port, options.data) == (1000, 8000, None)
