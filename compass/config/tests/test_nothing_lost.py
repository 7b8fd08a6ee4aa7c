"""Nothing that was acknowledged is lost, and nothing counts twice: kill -9 of the web process and of PostgreSQL, ten times.

The client counts outside: it notes a write only when the answer said so, and sends again with the same key when it is not
sure. PostgreSQL runs with fsync on. A killed process is not a power cut: what the disk itself loses is not tested here.
"""

from __future__ import annotations

import http.client
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from compass.config.embedded import Cluster
from compass.config.environment import create_secrets
from compass.config.serving import Live
from compass.trail.verify import verify
from compass.vault.veil import Veil

ARRIVALS = "/arrivals/"
SENDERS = 3


@pytest.fixture
def machine() -> Iterator[Live]:
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="compass-kill-")))
    cluster.folder.chmod(0o755)
    cluster.create()
    cluster.start(fsync="on", synchronous_commit="on")
    cluster.create_database()
    create_secrets(cluster.folder)
    live = Live(cluster, "compass", cluster.folder / "static")
    subprocess.run(
        [sys.executable, "-m", "compass.config.demo.prepare", "owner", "0", "0"], env=live.env("owner"), check=True
    )
    live.start()
    yield live
    live.stop()
    cluster.stop()
    shutil.rmtree(cluster.folder, ignore_errors=True)


@dataclass
class Sender:
    """One colleague's browser. A form is sent again, with the same key, until the answer is a redirect."""

    port: int
    acknowledged: list[str] = field(default_factory=list)
    repeated: int = 0
    cookies: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    said: str = ""

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        headers = {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Host": f"localhost:{self.port}",
        }
        try:
            link.request("POST" if data else "GET", path, urllib.parse.urlencode(data) if data else None, headers)
            response = link.getresponse()
            text = response.read().decode()
            for line in response.headers.get_all("Set-Cookie") or []:
                name, _, value = line.split(";")[0].partition("=")
                self.cookies[name] = value
            return response.status, text
        finally:
            link.close()

    def sign_in(self) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask("/accounts/signin/")[1])
        assert token
        status, self.said = self.ask(
            "/accounts/signin/",
            {"csrfmiddlewaretoken": token[1], "login": "zinder.social", "password": "compass-demonstration"},
        )
        assert status == 302, self.said[:2000]
        self.form = self._form(self.ask(ARRIVALS)[1])

    @staticmethod
    def _form(text: str) -> dict[str, str]:
        values = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
        assert "key" in values, text[:3000]
        return values

    def write(self, answers: dict[str, str], until: float) -> bool:
        """Send one form until it is acknowledged or the time is over."""
        key = str(uuid4())
        data = {**self.form, **answers, "key": key}
        first = True
        while time.monotonic() < until:
            try:
                status, self.said = self.ask(ARRIVALS, data)
            except (OSError, http.client.HTTPException):
                status = 0
            if status in {302, 303}:
                self.acknowledged.append(key)
                self.repeated += not first
                return True
            assert status in {0, 500, 502, 503}, (status, self.said[:3000])
            first = False
            time.sleep(0.05)
        return False


def answers_of(text: str) -> dict[str, str]:
    """One person, and the first language that the arrival form offers."""
    select = re.search(r'<select[^>]*name="language"[^>]*>(.*?)</select>', text, re.S)
    choices = re.findall(r'<option value="([^"]+)"', select[1]) if select else []
    choices += re.findall(r'<input[^>]*name="language"[^>]*value="([^"]+)"', text)
    assert choices, text[:3000]
    return {"people": "1", "language": choices[0]}


def storm(machine: Live, rounds: int, pause: float) -> list[Sender]:
    """Kill the web process and the database in turn while others write; returns the senders with their counts."""
    senders = [Sender(machine.port) for _ in range(SENDERS)]
    for sender in senders:
        sender.sign_in()
    answers = answers_of(senders[0].ask(ARRIVALS)[1])
    stop = threading.Event()
    failures: list[BaseException] = []

    def send(sender: Sender) -> None:
        try:
            while not stop.is_set():
                sender.write(answers, time.monotonic() + 60)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=send, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        for turn in range(rounds):
            time.sleep(pause)
            if turn % 2:
                machine.cluster.kill()
                machine.cluster.start(fsync="on", synchronous_commit="on")
            else:
                machine.kill()
                machine.start()
        time.sleep(pause)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    return senders


def check(machine: Live, senders: list[Sender]) -> int:
    acknowledged = [key for sender in senders for key in sender.acknowledged]
    root = machine.cluster.folder / "secrets" / "root.key"
    with machine.cluster.connect("compass_owner", "compass") as owner:
        rows = owner.execute("SELECT key::text, result_id FROM access_receipt").fetchall()
        groups = [row[0] for row in owner.execute("SELECT id FROM reception_arrivalgroup").fetchall()]
        written = dict(rows)
        lost = [key for key in acknowledged if key not in written]
        results = [written[key] for key in acknowledged if key in written]

        assert lost == []
        assert set(results) <= set(groups), "each acknowledged write is there"
        assert len(set(results)) == len(results), "each once"
        assert len(groups) == len(rows), "no write without its receipt"
        assert verify(owner, veil=Veil.by_root(owner, root.read_bytes())) is None
    return len(acknowledged)


def test_acknowledged_writes_survive_ten_kills(machine: Live) -> None:
    """Five of the web and five of PostgreSQL, in turn."""
    senders = storm(machine, rounds=10, pause=0.6)

    assert check(machine, senders) >= 15
    assert sum(sender.repeated for sender in senders) >= 1, "some forms had to be sent again"


@pytest.mark.proof
def test_acknowledged_writes_survive_a_hundred_kills(
    machine: Live, record_property: Callable[[str, object], None]
) -> None:
    senders = storm(machine, rounds=100, pause=1.5)

    acknowledged = check(machine, senders)
    assert acknowledged >= 1000
    record_property("writes acknowledged and found", f"{acknowledged:,}")
