"""`compass demo`: everything a newcomer needs, from an empty folder to a page that opens."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

from compass.config.commands.serve import gunicorn
from compass.config.embedded import Cluster, EmbeddedError, within_reach
from compass.config.environment import create_secrets, environment

PEOPLE, PORT, SEED = 1000, 8000, 20210401
LOADED, PREPARED = "loaded", "prepared"
#: After so many days a demonstration says that its deadlines went on.
FRESH = 3
#: Where root keeps a demonstration whose own folder the database server cannot reach.
ELSEWHERE = Path("/var/lib/compass")
PARTS = ("application", "public side", "worker")
_END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("give 0 or more")
    return number


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", type=_count, default=PEOPLE, help="how many invented people to load (default 1000)")
    parser.add_argument(
        "--port", type=int, default=PORT, help="port of the application; the public side takes the next"
    )
    parser.add_argument("--data", type=Path, help="folder for the database and keys (default ./data/demo)")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same people")
    parser.add_argument("--prepare", action="store_true", help="prepare the data and stop")


def run(options: argparse.Namespace) -> int:
    _stop_on_signals()
    folder = options.data.resolve() if options.data else _folder(Path("data/demo").resolve())
    if not options.prepare:
        for port in (options.port, options.port + 1):
            _free(port)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _only_one(folder):
            return _run(options, Cluster(folder))
    except KeyboardInterrupt:
        _say("\nStopped." if (folder / LOADED).exists() else "\nStopped. The next start goes on from here.")
        return 130
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise EmbeddedError(f"The disk that holds {folder} is full. Free some space, then start again.") from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise EmbeddedError(f"COMPASS may not write to {folder}: choose another folder with --data.") from error
        raise


def _stop_on_signals() -> None:
    """However the end is asked for, everything that was started is stopped."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(each, stop)


def _folder(usual: Path) -> Path:
    """The usual folder; as root below a private home another one, because the database server may not go there."""
    above = next(path for path in (usual, *usual.parents) if path.exists())
    if within_reach(above):
        return usual
    other = ELSEWHERE / hashlib.sha256(os.fsencode(usual)).hexdigest()[:12]
    _say(f"The database server runs as an ordinary user and cannot reach {usual}; the data is kept in {other}.")
    return other


def _free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OverflowError as error:
            raise EmbeddedError(f"{port} is not a port: choose one between 1024 and 65534.") from error
        except OSError as error:
            if error.errno == errno.EACCES:
                raise EmbeddedError(f"Port {port} needs more rights: start with --port {PORT}.") from error
            raise EmbeddedError(
                f"Port {port} is in use. Stop the program that uses it, or start with --port {port + 10}."
            ) from error


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """A lock that the system frees when the holder dies, so that a crash leaves none behind."""
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EmbeddedError(
                f"Another demonstration already uses {folder}. Stop it, or choose another --data."
            ) from error
        yield


def _say(text: str) -> None:
    print(text, flush=True)


def _run(options: argparse.Namespace, cluster: Cluster) -> int:
    started = time.monotonic()
    _say("Starting the database ...")
    try:
        cluster.create()
        cluster.start()
        create_secrets(cluster.folder)
        _prepare(options, cluster)
        if options.prepare:
            return 0
        return _serve(options, cluster, started)
    finally:
        cluster.stop()


def _process(cluster: Cluster, kind: str, port: int) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if k == "COMPASS_DEBUG" or not k.startswith("COMPASS_")},
        **environment(cluster, kind),
        "COMPASS_DEMONSTRATION": "1",
        "COMPASS_STATIC": str(cluster.folder / "static"),
        # One office asks the six questions, the others do not.
        "COMPASS_SHORT_SET": "NE",
        "COMPASS_APP_URL": f"http://localhost:{port}",
        "COMPASS_PUBLIC_URL": f"http://localhost:{port + 1}",
    }


def _prepare(options: argparse.Namespace, cluster: Cluster) -> None:
    """Migrate and load in steps of their own, each with the rights it needs and no more; skip what is already done."""
    from compass.config.demo.fingerprint import fingerprint

    new = cluster.create_database()
    loaded, prepared = cluster.folder / LOADED, cluster.folder / PREPARED
    if new:
        # Marks of a database that is no more.
        for name in (LOADED, PREPARED, "loading.json", "story.json"):
            (cluster.folder / name).unlink(missing_ok=True)
    now = fingerprint(cluster.folder / "secrets" / "scope.key")
    if not prepared.exists() or prepared.read_text() != now:
        _say("Preparing tables, keys and pages ...")
        _step(options, cluster, "owner", "owner")
        prepared.write_text(now)
    wanted = f"{options.people} {options.seed}\n"
    if not loaded.exists():
        _step(options, cluster, "app", "people")
        loaded.write_text(wanted)
        (cluster.folder / "loading.json").unlink(missing_ok=True)
        return
    if loaded.read_text() != wanted and (options.people, options.seed) != (PEOPLE, SEED):
        people, seed = loaded.read_text().split()
        _say(f"{cluster.folder} holds {people} people (seed {seed}) already; --data with a new folder loads others.")
    if (days := int(time.time() - loaded.stat().st_mtime) // 86_400) >= FRESH:
        _say(
            f"Loaded {days} days ago, and its deadlines went on: much is late by now. --data with a new folder begins today."
        )


def _step(options: argparse.Namespace, cluster: Cluster, kind: str, step: str) -> None:
    command = [sys.executable, "-m", "compass.config.demo.prepare", step, str(options.people), str(options.seed)]
    child = _start(command, _process(cluster, kind, options.port))
    try:
        code = child.wait()
    except BaseException:
        _end([child])
        raise
    if code == 28:
        raise EmbeddedError(f"The disk that holds {cluster.folder} is full. Free some space, then start again.")
    if code:
        cluster.say_when_full()
        raise EmbeddedError(
            f"The demonstration could not be prepared. Start again to go on; if that fails too, remove {cluster.folder}."
        )


def _start(command: list[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A process of ours: out of reach of the terminal's Ctrl-C, and ended by the system should we be killed."""
    return subprocess.Popen(command, env=env, start_new_session=True, preexec_fn=_end_with_parent)


def _end_with_parent() -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGTERM)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
    for child in children:
        try:
            child.wait(12)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _serve(options: argparse.Namespace, cluster: Cluster, started: float) -> int:
    app = _process(cluster, "app", options.port)
    public = _process(cluster, "public", options.port)
    children: list[subprocess.Popen[bytes]] = []
    try:
        for command, env in (
            (gunicorn(f"127.0.0.1:{options.port}", workers=2, threads=4), app),
            (gunicorn(f"127.0.0.1:{options.port + 1}", workers=1, threads=4), public),
            ([sys.executable, "-m", "compass.config.cli", "worker"], app),
        ):
            children.append(_start(command, env))
        for port in (options.port, options.port + 1):
            _wait(port, children)
        _table(options.port, time.monotonic() - started)
        while True:
            time.sleep(0.3)
            _all_there(children)
    except KeyboardInterrupt:
        _say("\nStopping ...")
        return 0
    finally:
        _end(children)


def _all_there(children: list[subprocess.Popen[bytes]]) -> None:
    for part, child in zip(PARTS, children, strict=False):
        if child.poll() is not None:
            raise EmbeddedError(f"The {part} stopped by itself; its last words are above. Start again.")


def _wait(port: int, children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        _all_there(children)
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2)
            return
        time.sleep(0.05)
    raise EmbeddedError(f"Nothing answers at port {port} after 40 seconds.")


def _table(port: int, seconds: float) -> None:
    from compass.config.demo.accounts import table

    _say(f"\nCOMPASS is ready at http://localhost:{port}")
    _say(f"The public side is at http://localhost:{port + 1} (ready after {seconds:.0f} s)\n")
    _say(table())
    _say("\nEvery person here is invented. Press Ctrl-C to stop.")
