"""`compass demo`: everything a newcomer needs, from an empty folder to a page that opens."""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from compass.config.commands.serve import gunicorn
from compass.config.embedded import Cluster, EmbeddedError
from compass.config.environment import create_secrets, environment

PEOPLE, PORT, SEED = 1000, 8000, 20210401


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many invented people to load (default 1000)")
    parser.add_argument(
        "--port", type=int, default=PORT, help="port of the application; the public side takes the next"
    )
    parser.add_argument("--data", type=Path, help="folder for the database and keys (default ./data/demo)")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same people")
    parser.add_argument("--prepare", action="store_true", help="prepare the data and stop")


def run(options: argparse.Namespace) -> int:
    folder = (options.data or Path("data/demo")).resolve()
    if not options.prepare:
        for port in (options.port, options.port + 1):
            _free(port)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _only_one(folder):
            return _run(options, Cluster(folder))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise EmbeddedError(f"The disk that holds {folder} is full. Free some space, then start again.") from error
        if error.errno in {errno.EACCES, errno.EROFS}:
            raise EmbeddedError(f"COMPASS may not write to {folder}: choose another folder with --data.") from error
        raise


def _free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
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
    _say("Preparing the database ...")
    cluster.create()
    cluster.start()
    try:
        create_secrets(cluster.folder)
        _prepare(options, cluster)
        if options.prepare:
            return 0
        return _serve(options, cluster, started)
    finally:
        cluster.stop()


def _process(cluster: Cluster, kind: str, port: int) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("COMPASS_")},
        **environment(cluster, kind),
        "COMPASS_DEMONSTRATION": "1",
        "COMPASS_STATIC": str(cluster.folder / "static"),
        "COMPASS_APP_URL": f"http://localhost:{port}",
        "COMPASS_PUBLIC_URL": f"http://localhost:{port + 1}",
    }


def _prepare(options: argparse.Namespace, cluster: Cluster) -> None:
    """Migrate and load in steps of their own, each with the rights it needs and no more."""
    new = cluster.create_database()
    steps = (
        [("owner", "owner"), ("app", "people")]
        if new or not (cluster.folder / "loaded").exists()
        else [("owner", "owner")]
    )
    for kind, step in steps:
        env = _process(cluster, kind, options.port)
        command = [sys.executable, "-m", "compass.config.demo.prepare", step, str(options.people), str(options.seed)]
        if subprocess.run(command, env=env, check=False).returncode:
            raise EmbeddedError(f"The demonstration data could not be loaded; remove {cluster.folder} and start again.")
    (cluster.folder / "loaded").write_text(f"{options.people} {options.seed}\n")


def _serve(options: argparse.Namespace, cluster: Cluster, started: float) -> int:
    app = _process(cluster, "app", options.port)
    public = _process(cluster, "public", options.port)
    children = [
        subprocess.Popen(gunicorn(f"127.0.0.1:{options.port}", workers=2, threads=4), env=app, start_new_session=True),
        subprocess.Popen(
            gunicorn(f"127.0.0.1:{options.port + 1}", workers=1, threads=4), env=public, start_new_session=True
        ),
        subprocess.Popen([sys.executable, "-m", "compass.config.cli", "worker"], env=app, start_new_session=True),
    ]
    stop = {"now": False}

    def end(*_: object) -> None:
        stop["now"] = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        for port in (options.port, options.port + 1):
            _wait(port, children, stop)
        if not stop["now"]:
            _table(options.port, time.monotonic() - started)
        while not stop["now"]:
            time.sleep(0.3)
            if any(child.poll() is not None for child in children):
                raise EmbeddedError("A part of the demonstration stopped by itself; its last words are above.")
        return 0
    finally:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGTERM)
        for child in children:
            try:
                child.wait(12)
            except subprocess.TimeoutExpired:
                child.kill()


def _wait(port: int, children: list[subprocess.Popen[bytes]], stop: dict[str, bool]) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and not stop["now"]:
        if any(child.poll() is not None for child in children):
            raise EmbeddedError("A part of the demonstration did not start; its last words are above.")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2)
            return
        time.sleep(0.1)
    if not stop["now"]:
        raise EmbeddedError(f"Nothing answers at port {port} after 40 seconds.")


def _table(port: int, seconds: float) -> None:
    from compass.config.demo.accounts import table

    _say(f"\nCOMPASS is ready at http://localhost:{port}")
    _say(f"The public side is at http://localhost:{port + 1} (ready after {seconds:.0f} s)\n")
    _say(table())
    _say("\nEvery person here is invented. Press Ctrl-C to stop.")
