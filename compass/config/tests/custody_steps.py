"""An operation whose root key is in the hands of three custodians, driven by its real commands and a real terminal."""

from __future__ import annotations

import base64
import contextlib
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compass.config.embedded import Cluster
from compass.config.environment import create_secrets, environment
from compass.config.serving import free_port
from compass.config.testing import FOLDER

COMPASS = (sys.executable, "-m", "compass.config.cli")
PATIENCE = 90


class Typist:
    """A command at a pseudo terminal, and somebody who answers it. `seen` is all that stood on the screen."""

    def __init__(self, *args: str, env: dict[str, str]) -> None:
        self.seen = ""
        self._read = 0
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execvpe(COMPASS[0], [*COMPASS, *args], env)  # noqa: S606 the child of a fork

    def _more(self, seconds: float) -> bool:
        if not select.select([self._fd], [], [], seconds)[0]:
            return True
        try:
            said = os.read(self._fd, 65536)
        except OSError:
            return False
        self.seen += said.decode(errors="replace")
        return bool(said)

    def expect(self, pattern: str) -> re.Match[str]:
        """Wait for words on the screen after those that were waited for before."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.seen[self._read :]):
                self._read += found.end()
                return found
            if not self._more(0.2):
                break
        raise AssertionError(f"{pattern!r} was not said:\n{self.seen[self._read :][-2000:]}")

    def type(self, text: str = "") -> None:
        os.write(self._fd, f"{text}\r".encode())

    def sheet(self) -> str:
        """Be a custodian: read the words, write them down, type two of them back. Gives the words."""
        self.expect(r"Press Enter when ready\.")
        self.type()
        shown = self.expect(r"(?s)numbers and today.s date\.(.*)Press Enter when they are written")[1]
        words = {int(number): word for number, word in re.findall(r"(\d+)  ([a-z]+)", shown)}
        self.expect(r"cleared\.")
        self.type()
        for _ in range(2):
            place = int(self.expect(r"Word (\d+):")[1])
            self.type(words[place])
        return " ".join(words[place] for place in sorted(words))

    def end(self) -> int:
        """The exit code, once it has ended by itself."""
        while self._more(1.0):
            pass
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self._fd)
        return code

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.end()


@dataclass
class Operation:
    """A prepared database of its own. `sheets`: the words of the three custodians of the key in force."""

    cluster: Cluster
    sheets: list[str] = field(default_factory=list)
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    @property
    def folder(self) -> Path:
        return self.cluster.folder

    @property
    def log(self) -> Path:
        return self.folder / "programs.log"

    def env(self, kind: str = "app", **more: str) -> dict[str, str]:
        """As an operator sets it: no root key file, no demonstration."""
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("COMPASS_", "DJANGO_"))},
            **environment(self.cluster, kind),
            "COMPASS_STATIC": str(self.folder / "static"),
            "LC_ALL": "C.UTF-8",
            **more,
        }
        del env["COMPASS_ROOT_KEY_FILE"]
        return env

    def start(
        self,
        *args: str,
        words: Sequence[str] = (),
        pin: str = "",
        kind: str = "app",
        program: Sequence[str] = COMPASS,
        **more: str,
    ) -> subprocess.Popen[bytes]:
        """Start a command that reads words, or the PIN of a token, or both from file descriptors."""
        told = {"--words-fd": "\n".join(words)} if words or not pin else {}
        told |= {"--pin-fd": pin} if pin else {}
        pipes = {option: os.pipe() for option in told}
        for option, (_, writer) in pipes.items():
            os.write(writer, told[option].encode())
            os.close(writer)
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                [*program, *args, *(part for option, (reader, _) in pipes.items() for part in (option, str(reader)))],
                env=self.env(kind, **more),
                pass_fds=[reader for reader, _ in pipes.values()],
                stdout=subprocess.PIPE if program is COMPASS and args[0] != "serve" else log,
                stderr=subprocess.PIPE if args[0] != "serve" else log,
                start_new_session=True,
            )
        for reader, _ in pipes.values():
            os.close(reader)
        return child

    def run(
        self, *args: str, words: Sequence[str] = (), pin: str = "", kind: str = "app", **more: str
    ) -> tuple[int, str]:
        """The exit code of a command and what it said."""
        said = self.start(*args, words=words, pin=pin, kind=kind, **more)
        out, err = said.communicate(timeout=PATIENCE)
        return said.returncode, (out + err).decode()

    def plain(self, *args: str, kind: str = "app", **more: str) -> tuple[int, str]:
        """A command away from any terminal, to which nobody gives words."""
        done = subprocess.run(
            [*COMPASS, *args], env={**self.env(kind), **more}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def serve(
        self, words: Sequence[str] = (), *, pin: str = "", workers: int = 2, **more: str
    ) -> subprocess.Popen[bytes]:
        """`compass serve`, until it answers."""
        child = self.start("serve", "--port", str(self.port), "--workers", str(workers), words=words, pin=pin, **more)
        self.children.append(child)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and child.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2)
                return child
            time.sleep(0.1)
        raise AssertionError(self.log.read_text()[-3000:])

    def ask(self, path: str, cookie: str) -> tuple[int, str]:
        """A page of the served application, in somebody's session."""
        request = urllib.request.Request(
            f"http://localhost:{self.port}{path}", headers={"Cookie": f"compass_session={cookie}; compass_language=en"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 our own address
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.cluster.connect("compass_owner", "compass") as owner:
            return owner.execute(statement).fetchall()

    def copy_to(self, folder: Path) -> None:
        """Copy the whole data folder, as somebody who carries the machine away has it."""
        self.cluster.stop()
        shutil.copytree(self.folder, folder, symlinks=True)
        for path in [self.folder, *self.folder.rglob("*")]:
            if not path.is_symlink():
                os.chown(folder / path.relative_to(self.folder), path.stat().st_uid, path.stat().st_gid)
        self.cluster.start(wal_recycle="off")

    def stop(self) -> None:
        for child in self.children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.children.clear()


@contextmanager
def operation() -> Iterator[Operation]:
    """A new installation: keys created at a terminal, the database prepared by two custodians, colleagues and offices."""
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="compass-keys-")))
    cluster.folder.chmod(0o755)
    made = Operation(cluster)
    try:
        cluster.create()
        # The rotation lets go of the journal; see the operator's guide.
        cluster.start(wal_recycle="off")
        cluster.create_database()
        with cluster.connect(name="compass") as root:
            root.execute("GRANT pg_checkpoint TO compass_owner")
            root.execute("GRANT EXECUTE ON FUNCTION pg_switch_wal() TO compass_owner")
        # Those of this process, which takes part in the operation (`inside`).
        for name in ("scope.key", "django.key"):
            shutil.copy2(Path(os.environ[FOLDER]) / "secrets" / name, cluster.folder / "secrets" / name)
        create_secrets(cluster.folder)
        (cluster.folder / "secrets" / "root.key").unlink()
        typist = Typist("keys", "create", env=made.env())
        made.sheets = [typist.sheet() for _ in range(3)]
        assert typist.end() == 0, typist.seen[-500:]
        code, said = made.run("migrate", "-v", "0", words=made.sheets[:2], kind="owner")
        assert code == 0, said
        with handed(made) as fd:
            subprocess.run(
                [sys.executable, "-m", "compass.config.demo.prepare", "owner", "0", "0"],
                env=made.env("owner", COMPASS_ROOT_KEY_FD=str(fd)), pass_fds=[fd], check=True,
            )  # fmt: skip
        with cluster.connect(name="compass") as root:
            root.execute("UPDATE access_user SET is_demonstration = false")
        yield made
    finally:
        made.stop()
        cluster.stop()
        shutil.rmtree(cluster.folder, ignore_errors=True)


def session_of(username: str) -> str:
    """A session of a colleague who has a second factor, made in this process."""
    from django.test import Client

    from compass.access.models import User
    from compass.access.signin import FLAG

    client = Client()
    client.force_login(User.objects.get(username=username), "allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[FLAG] = True
    session.save()
    return session.session_key


def opened(folder: Path, keys: Sequence[bytes]) -> int:
    """How many organisation keys a thief opens with a copied data folder and these root keys."""
    from compass.problems import Unreadable
    from compass.vault.root import HeldKey, context

    copy = Cluster(folder)
    copy.start()
    try:
        with copy.connect("compass_owner", "compass") as owner:
            rows = owner.execute("SELECT organisation_id, version, wrapped FROM vault_organisationkey").fetchall()
    finally:
        copy.stop()
    assert rows
    count = 0
    for key in keys:
        for organisation, version, wrapped in rows:
            with contextlib.suppress(Unreadable):
                HeldKey(key).unwrap(wrapped, context(organisation, version))
                count += 1
    return count


def key_of(sheets: Sequence[str]) -> bytes:
    from compass.vault import shares

    return shares.join(shares.read(sheets[0]), shares.read(sheets[1]))


@contextmanager
def handed(made: Operation, number: int = 1) -> Iterator[int]:
    """The number of an anonymous file with the key in force, as a command hands it on."""
    from compass.vault.ring import Ring

    held = Ring.shared({number: key_of(made.sheets)})
    assert held.fd is not None
    yield held.fd
    os.close(held.fd)


@contextmanager
def inside(made: Operation, settings: Any, number: int = 1) -> Iterator[None]:
    """This process as one of the operation's: its database, its root key."""
    from django.db import connection

    from compass.vault import root
    from compass.vault.keys import forget_keys

    before = dict(connection.settings_dict)
    earlier = settings.COMPASS_ROOT_KEY_FD
    connection.close()
    connection.settings_dict.update(
        NAME="compass",
        HOST=str(made.cluster.socket),
        USER="compass_app",
        PASSWORD=made.cluster.password("compass_app"),
    )
    with handed(made, number) as fd:
        settings.COMPASS_ROOT_KEY_FD = str(fd)
        root.ring.cache_clear()
        forget_keys()
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(before)
            settings.COMPASS_ROOT_KEY_FD = earlier
            root.ring.cache_clear()
            forget_keys()


def traces(secret: Iterable[bytes]) -> set[bytes]:
    """Every way in which bytes may stand in an argument, an environment or a file."""
    found = set()
    for raw in secret:
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode()}
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")
            found |= {coded[4:-2], coded[4:-2].replace(b"+", b"-").replace(b"/", b"_")}
    return found


def secrets_of(sheets: Sequence[str]) -> set[bytes]:
    """What must be nowhere: the key, and any four words of a sheet that follow each other."""
    words = [sheet.split() for sheet in sheets]
    runs = {" ".join(sheet[place : place + 4]).encode() for sheet in words for place in range(len(sheet) - 3)}
    return traces([key_of(sheets)]) | runs


def in_files(folder: Path, wanted: set[bytes]) -> set[str]:
    """Files below a folder that hold any of these."""
    found = set()
    for path in folder.rglob("*"):
        # A file may go while the server runs.
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and not path.is_symlink() and "programs" not in path.parts:
                content = path.read_bytes()
                if any(each in content for each in wanted):
                    found.add(str(path.relative_to(folder)))
    return found


def family(pid: int) -> list[int]:
    """A process, its children and theirs."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in family(int(child)))]


def in_memory(pid: int, wanted: Mapping[str, bytes]) -> set[str]:
    """Which of these, by name, lie in the memory of a process or in the anonymous files that it holds open; as root."""
    found = set()

    def look(part: bytes) -> None:
        found.update(name for name, value in wanted.items() if value in part)

    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights = line.split()[:2]
            if rights.startswith("rw"):
                first, last = (int(each, 16) for each in place.split("-"))
                with contextlib.suppress(OSError), Path(f"/proc/{pid}/mem").open("rb") as memory:
                    memory.seek(first)
                    look(memory.read(last - first))
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if "memfd:" in str(link.readlink()):
                    look(link.read_bytes())
    return found


def in_processes(pids: Iterable[int], wanted: set[bytes]) -> set[str]:
    """Places of /proc, readable to root, that hold any of these: arguments and environment."""
    places = [Path(f"/proc/{pid}/{name}") for pid in pids for name in ("cmdline", "environ")]
    return {str(place) for place in places if any(each in place.read_bytes() for each in wanted)}
