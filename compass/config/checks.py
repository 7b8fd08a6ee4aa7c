"""What must be right before real people's records are served: `compass check`, and the first step of `compass serve`.

Each problem is a sentence that says what is wrong and a sentence that says what to do.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

Ask = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
APP, PUBLIC, COUNTS, OWNER = "compass_app", "compass_public", "compass_counts", "compass_owner"
SECRET_LENGTH, DIFFERENT_CHARACTERS = 40, 10
#: Of 32 bytes made at random fewer than twenty are different once in more than 10^12 times.
KEY_BYTES, DIFFERENT_BYTES = 32, 20
OLDEST_SERVER = 160000
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", ""})
KEY_SETTINGS = {
    "COMPASS_SCOPE_KEY_FILE": "scope key",
    "COMPASS_CHECKPOINT_KEY_FILE": "checkpoint key",
}
ROOT_KEY = ("COMPASS_ROOT_KEY_FILE", "COMPASS_ROOT_KEY_FD")


def setting_problems(settings: Any) -> Iterator[str]:
    """Debugging, demonstration mode and the secret key."""
    if settings.DEBUG:
        yield "COMPASS_DEBUG is on: error pages would show records. Unset it."
    if settings.COMPASS_DEMONSTRATION:
        yield "COMPASS_DEMONSTRATION is on: anyone could sign in at any post. Unset it."
    secret = settings.SECRET_KEY
    if len(secret) < SECRET_LENGTH or len(set(secret)) < DIFFERENT_CHARACTERS:
        yield (
            f"The secret key is the default or shorter than {SECRET_LENGTH} characters. Put a long random text into"
            " a file of mode 0400 and name it in COMPASS_SECRET_KEY_FILE."
        )


def host_problems(hosts: Sequence[str], *, secure: bool, bind: str = "") -> Iterator[str]:
    """Hosts and HTTPS: whatever is not this machine alone needs both."""
    if "*" in hosts:
        yield "COMPASS_HOSTS is '*': name the hosts that this process answers for, with commas between them."
    address = bind.rpartition(":")[0] if bind else ""
    beyond = any(host not in LOCAL_HOSTS for host in (*hosts, address))
    if beyond and not secure:
        yield "Other machines can reach this process without HTTPS. Set COMPASS_HTTPS=1 behind a proxy that ends TLS."


def key_file_problems(files: Mapping[str, str]) -> Iterator[str]:
    """Key files by the setting that names them: there, and read by their owner only."""
    for name, what in KEY_SETTINGS.items():
        path = Path(files.get(name) or "")
        if not files.get(name):
            yield f"There is no {what}. Name its file in {name}."
        elif not path.is_file():
            yield f"The file of the {what} does not exist. Correct {name}."
        elif _others_read(path):
            yield f"Others can read the file of the {what}. Run: chmod 0400 on the file that {name} names."
        elif not os.access(path, os.R_OK):
            yield f"The file of the {what} cannot be read. Give the file that {name} names to the user that runs COMPASS."
        elif not _is_a_key(name, path.read_bytes()):
            yield f"The file of the {what} holds no key that was made at random. Make a new one and name it in {name}."


def _is_a_key(name: str, content: bytes) -> bool:
    if name != "COMPASS_CHECKPOINT_KEY_FILE":
        return len(content) == KEY_BYTES and len(set(content)) >= DIFFERENT_BYTES
    try:
        return isinstance(load_pem_private_key(content, None), Ed25519PrivateKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False


def secret_file_problems(file: str) -> Iterator[str]:
    """Django's secret key signs cookies; both sides have one, given as a file or in the environment."""
    if file and _others_read(Path(file)):
        yield "Others can read the file of the secret key. Run: chmod 0400 on the file that COMPASS_SECRET_KEY_FILE names."


def _others_read(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def root_key_problems() -> Iterator[str]:
    """In operation two of three custodians open the root key; a file of it is stolen with the machine."""
    from compass.vault import custody

    if custody.is_file():
        yield (
            "The root key is a file, as in a demonstration: one copied disk would open every record. Put it into the hands"
            " of three custodians: `compass keys create` for a new installation, `compass rotate-keys` for one in use; then"
            " destroy the file and unset COMPASS_ROOT_KEY_FILE."
        )
    elif not custody.in_hands():
        yield "There is no root key. Run `compass keys create` with three custodians."


def environment_problems(environment: Mapping[str, str], *, public: bool) -> Iterator[str]:
    """What a web process must never be told."""
    if environment.get("COMPASS_OWNER_URL"):
        yield "COMPASS_OWNER_URL is set, and a web process must not hold it. Set it only for `compass migrate`."
    if public:
        for name in (*ROOT_KEY, *KEY_SETTINGS, "COMPASS_DATABASE_URL", "COMPASS_COUNTS_URL"):
            if environment.get(name):
                yield f"{name} is set for the public side, which holds no key and reads no case. Unset it there."


def server_problems(ask: Ask) -> Iterator[str]:
    """The server's version."""
    ((version,),) = ask("SELECT current_setting('server_version_num')::integer", [])
    if version < OLDEST_SERVER:
        yield f"PostgreSQL {version // 10000} is too old: row-level security is relied on as of 16. Upgrade to 16 or later."


def sign_in_problems(ask: Ask, setting: str, wanted: str) -> Iterator[str]:
    """The role by which a process reaches the database: with any other the second wall is not there, or another's."""
    ((role,),) = ask("SELECT current_user::text", [])
    if role != wanted:
        yield f"{setting} signs in as {role}. Name the role {wanted} there."


def role_problems(ask: Ask) -> Iterator[str]:
    """Roles that serve: ordinary, owning nothing, not the owner in disguise."""
    for role, powerful, bypasses in ask(
        "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication, rolbypassrls FROM pg_roles"
        " WHERE rolname = ANY (%s) ORDER BY rolname",
        [[APP, PUBLIC, COUNTS]],
    ):
        if powerful:
            wanted = f"ALTER ROLE {role} NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION"
            yield f"The role {role} has rights over the whole server. Run: {wanted}"
        if bypasses:
            yield f"The role {role} passes row-level security by. Run: ALTER ROLE {role} NOBYPASSRLS"
    for role, count in ask(
        "SELECT r.rolname, count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE r.rolname = ANY (%s) AND n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S')"
        " GROUP BY r.rolname ORDER BY r.rolname",
        [[APP, PUBLIC, COUNTS]],
    ):
        yield f"The role {role} owns {count} tables and could lift their walls. Run: REASSIGN OWNED BY {role} TO {OWNER}"
    for (role,) in ask(
        "SELECT m.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid"
        " WHERE m.rolname = ANY (%s) AND (g.rolname = %s OR g.rolname LIKE 'pg\\_%%') ORDER BY m.rolname",
        [[APP, PUBLIC, COUNTS], OWNER],
    ):
        yield f"The role {role} is a member of a role that may more than it does. Revoke that membership."


def public_problems(ask: Ask, allowed: Sequence[str]) -> Iterator[str]:
    """Tables that the public role can read or write although they are not of the public side."""
    found = ask(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relname <> ALL (%s)"
        " AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)"
        " AND (has_table_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
        "      OR has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')) ORDER BY c.relname",
        [list(allowed), PUBLIC, PUBLIC, PUBLIC],
    )
    if found:
        names = ", ".join(name for (name,) in found)
        yield f"The public role reaches tables that are not for the public: {names}. Run `compass migrate` as the owner."


def wall_problems(ask: Ask, declared: Sequence[str]) -> Iterator[str]:
    """Tables that declare row-level security and do not have it, or have no policy."""
    found = ask(
        "SELECT wanted FROM unnest(%s::text[]) AS wanted"
        " LEFT JOIN pg_class c ON c.relname = wanted AND c.relnamespace = 'public'::regnamespace"
        " WHERE c.oid IS NULL OR NOT c.relrowsecurity OR NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)"
        " ORDER BY wanted",
        [list(declared)],
    )
    if found:
        names = ", ".join(name for (name,) in found)
        yield f"Row-level security is missing on: {names}. Run `compass migrate` as the owner."


def account_problems(ask: Ask) -> Iterator[str]:
    """Accounts whose password is published."""
    ((count,),) = ask("SELECT count(*) FROM access_user WHERE is_demonstration", [])
    if count:
        yield (
            f"{count} accounts of the demonstration are in this database; their password is published."
            " Serve a database that was never a demonstration."
        )


def _asking(alias: str) -> Ask:
    from django.db import connections

    def asked(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, list(values))
            return list(cursor.fetchall())

    return asked


def _database_problems(*, public: bool) -> Iterator[str]:
    from django.db import connections

    from compass.access.walls import walled_models

    ask = _asking("default")
    yield from server_problems(ask)
    yield from role_problems(ask)
    if public:
        yield from sign_in_problems(ask, "COMPASS_PUBLIC_DATABASE_URL", PUBLIC)
        # The public process knows only the models of its own side; the other process compares all of them.
        return
    yield from sign_in_problems(ask, "COMPASS_DATABASE_URL", APP)
    if "counts" in connections:
        yield from sign_in_problems(_asking("counts"), "COMPASS_COUNTS_URL", COUNTS)
    walls = [(model._meta.db_table, wall) for model, wall in walled_models()]
    yield from public_problems(ask, [table for table, wall in walls if wall.public])
    yield from wall_problems(ask, [table for table, wall in walls if wall.using is not None])
    yield from account_problems(ask)


def problems(public: bool, *, bind: str = "") -> list[str]:
    """Everything that makes it unsafe to serve, with what to do; empty when nothing does. Needs `django.setup()`.

    `bind` is the address and port to listen at, for example 0.0.0.0:8000.
    """
    from django.conf import settings
    from django.db import Error

    found = [
        *setting_problems(settings),
        *host_problems(settings.ALLOWED_HOSTS, secure=settings.SECURE, bind=bind),
        *environment_problems(os.environ, public=public),
        *secret_file_problems(settings.COMPASS_SECRET_KEY_FILE),
    ]
    if not public:
        found += key_file_problems({name: str(getattr(settings, name)) for name in KEY_SETTINGS})
        found += root_key_problems()
    try:
        found += _database_problems(public=public)
    except Error:
        name = "COMPASS_PUBLIC_DATABASE_URL" if public else "COMPASS_DATABASE_URL"
        found.append(f"The database does not answer or is not prepared. Check {name} and run `compass migrate`.")
    return found


def refuse_unsafe(public: bool, *, bind: str = "") -> bool:
    """Print each problem; True when there is any. Prepares Django itself."""
    import django

    django.setup()
    return say(problems(public, bind=bind))


def say(found: Iterable[str]) -> bool:
    """Print each problem; True when there is any."""
    said = [print(f"compass: {line}", file=sys.stderr) for line in found]  # noqa: T201 the answer of a command
    return bool(said)
