"""Serving a database of the tests with the real programs, and driving them with a real Chromium."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from compass.config.commands.serve import gunicorn
from compass.config.embedded import Cluster
from compass.config.environment import environment

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


def browser_path() -> str:
    """The Chromium of this machine; an error in words when there is none."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    raise RuntimeError("The tests need Chromium. Run: sudo apt-get install chromium")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Live:
    """The application and the public side, served from one database."""

    cluster: Cluster
    database: str
    static: Path
    port: int = field(default_factory=free_port)
    public_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def public_url(self) -> str:
        return f"http://localhost:{self.public_port}"

    @property
    def log(self) -> Path:
        return self.cluster.folder / f"web-{self.port}.log"

    def env(self, kind: str) -> dict[str, str]:
        return {
            **{
                k: v
                for k, v in os.environ.items()
                if k == "COMPASS_TEST_FOLDER" or not k.startswith(("COMPASS_", "DJANGO_"))
            },
            **environment(self.cluster, kind, name=self.database),
            "COMPASS_DEMONSTRATION": "1",
            "COMPASS_STATIC": str(self.static),
            "COMPASS_APP_URL": self.url,
            "COMPASS_PUBLIC_URL": self.public_url,
        }

    def start(self, kind: str = "app", *, workers: int = 1) -> None:
        """Start one process and wait until it answers."""
        port = self.public_port if kind == "public" else self.port
        with self.log.open("ab") as log:
            self.processes[kind] = subprocess.Popen(
                gunicorn(f"127.0.0.1:{port}", workers=workers, threads=4),
                env=self.env(kind),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.processes[kind].poll() is not None:
                break
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2)
                return
            time.sleep(0.1)
        raise RuntimeError(f"the {kind} process did not start:\n{self.log.read_text()[-3000:]}")

    def kill(self, kind: str = "app") -> None:
        """kill -9 of the whole process group, as a crash would."""
        process = self.processes.pop(kind)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(12)
                continue
            process.kill()
        self.processes.clear()
