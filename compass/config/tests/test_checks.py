"""Each thing that makes serving unsafe is found, and a sound deployment passes."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from compass.config import checks
from compass.config.environment import environment

PEM = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
GOOD = SimpleNamespace(DEBUG=False, COMPASS_DEMONSTRATION=False, SECRET_KEY=secrets.token_urlsafe(50))


def _with(**changes):
    return SimpleNamespace(**{**vars(GOOD), **changes})


@pytest.fixture
def ask(cluster, fresh_database):
    """Questions to a database of its own, as the server's superuser, in a transaction that is rolled back."""
    name = fresh_database()
    with psycopg.connect(
        host=str(cluster.socket), user="postgres", password=cluster.password("postgres"), dbname=name
    ) as connection:

        def asked(sql, values=()):
            cursor = connection.execute(sql, list(values) or None)
            return cursor.fetchall() if cursor.description else []

        yield asked
        connection.rollback()


@pytest.fixture
def keys(tmp_path):
    files = {}
    for name in checks.KEY_SETTINGS:
        path = tmp_path / name
        path.write_bytes(PEM if "CHECKPOINT" in name else os.urandom(32))
        path.chmod(0o400)
        files[name] = str(path)
    return files


def _walls():
    from compass.access.walls import walled_models

    return [(model._meta.db_table, wall) for model, wall in walled_models()]


def test_good_settings_pass():
    assert list(checks.setting_problems(GOOD)) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"DEBUG": True}, "COMPASS_DEBUG"),
        ({"COMPASS_DEMONSTRATION": True}, "COMPASS_DEMONSTRATION"),
        ({"SECRET_KEY": "not-for-serving"}, "COMPASS_SECRET_KEY_FILE"),
        ({"SECRET_KEY": "a" * 80}, "COMPASS_SECRET_KEY_FILE"),
    ],
)
def test_a_bad_setting_is_named(change, word):
    (said,) = checks.setting_problems(_with(**change))

    assert word in said


@pytest.mark.parametrize(
    ("hosts", "secure", "bind", "count"),
    [
        (["localhost", "127.0.0.1"], False, "127.0.0.1:8000", 0),
        (["compass.example.org"], True, "0.0.0.0:8000", 0),
        (["compass.example.org"], False, "127.0.0.1:8000", 1),
        (["localhost"], False, "0.0.0.0:8000", 1),
        (["*"], True, "", 1),
        (["*"], False, "", 2),
    ],
)
def test_other_machines_need_named_hosts_and_https(hosts, secure, bind, count):
    assert len(list(checks.host_problems(hosts, secure=secure, bind=bind))) == count


def test_good_keys_pass(keys):
    assert list(checks.key_file_problems(keys)) == []


@pytest.mark.parametrize(("mode", "found"), [(0o400, 0), (0o440, 1), (0o604, 1)])
def test_a_secret_key_that_others_can_read_is_named(tmp_path, mode, found):
    path = tmp_path / "django.key"
    path.write_text("x" * 60)
    path.chmod(mode)

    assert len(list(checks.secret_file_problems(str(path)))) == found


@pytest.mark.parametrize("name", list(checks.KEY_SETTINGS))
@pytest.mark.parametrize("fault", ["unset", "missing", "group", "others", "zeros", "empty", "letter"])
def test_a_key_that_is_missing_or_open_is_named(keys, name, fault):
    path = Path(keys[name])
    if fault == "unset":
        keys[name] = ""
    elif fault == "missing":
        path.unlink()
    elif fault in ("zeros", "empty", "letter"):
        path.chmod(0o600)
        path.write_bytes({"zeros": bytes(32), "empty": b"", "letter": b"x"}[fault])
        path.chmod(0o400)
    else:
        path.chmod(0o440 if fault == "group" else 0o404)

    (said,) = checks.key_file_problems(keys)

    assert name in said


HANDED_OVER = (
    "INSERT INTO vault_rootkeyrecord (number, check_value, before, wrapped, before_wrapped, created_at, finished_at)"
    " VALUES (1, '\\x00112233445566778899aabbccddeeff', 0, '', '', now(), now())"
)


def test_a_root_key_in_a_file_is_named_wherever_it_lies(cluster, settings, tmp_path):
    for path in (cluster.folder / "secrets" / "root.key", tmp_path / "other medium" / "root.key"):
        settings.COMPASS_ROOT_KEY_FILE = str(path)
        (said,) = checks.root_key_problems()
        assert "rotate-keys" in said


@pytest.mark.django_db
def test_without_custodians_there_is_no_root_key(settings, tmp_path):
    settings.COMPASS_ROOT_KEY_FILE = ""
    settings.COMPASS_CUSTODIANS_FILE = tmp_path / "custodians.json"

    (said,) = checks.root_key_problems()

    assert "keys create" in said


def test_a_root_key_of_custodians_passes(cluster, apart, settings):
    settings.COMPASS_ROOT_KEY_FILE = ""
    with cluster.connect("compass_owner", apart) as owner:
        owner.execute(HANDED_OVER)

    assert list(checks.root_key_problems()) == []


def test_a_process_that_knows_too_much_is_named():
    assert list(checks.environment_problems({"COMPASS_DATABASE_URL": "x"}, public=False)) == []
    assert list(checks.environment_problems({"COMPASS_PUBLIC_DATABASE_URL": "x"}, public=True)) == []
    assert len(list(checks.environment_problems({"COMPASS_OWNER_URL": "x"}, public=False))) == 1
    assert len(list(checks.environment_problems({"COMPASS_ROOT_KEY_FILE": "x"}, public=True))) == 1
    assert len(list(checks.environment_problems({"COMPASS_DATABASE_URL": "x"}, public=True))) == 1


def test_an_old_server_is_named(ask):
    assert list(checks.server_problems(ask)) == []
    assert "15" in next(checks.server_problems(lambda sql, values: [(150004,)]))


def test_sound_roles_and_walls_pass(ask):
    walls = _walls()

    assert list(checks.role_problems(ask)) == []
    assert list(checks.public_problems(ask, [table for table, wall in walls if wall.public])) == []
    assert list(checks.wall_problems(ask, [table for table, wall in walls if wall.using is not None])) == []


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("ALTER ROLE compass_app BYPASSRLS", "NOBYPASSRLS"),
        ("ALTER ROLE compass_app SUPERUSER", "NOSUPERUSER"),
        ("ALTER ROLE compass_counts CREATEROLE", "NOCREATEROLE"),
        ("ALTER TABLE access_session OWNER TO compass_app", "REASSIGN"),
        ("GRANT compass_owner TO compass_app", "membership"),
        ("GRANT pg_read_all_data TO compass_public", "membership"),
    ],
)
def test_a_role_that_may_too_much_is_named(ask, fault, word):
    ask(fault)

    (said,) = checks.role_problems(ask)

    assert word in said


@pytest.mark.parametrize(
    "fault",
    [
        "GRANT SELECT ON access_user TO compass_public",
        "GRANT SELECT (username) ON access_user TO compass_public",
        "GRANT SELECT ON access_user TO PUBLIC",
        "GRANT DELETE ON access_user TO compass_public",
    ],
)
def test_a_table_that_the_public_reaches_is_named(ask, fault):
    ask(fault)

    (said,) = checks.public_problems(ask, [table for table, wall in _walls() if wall.public])

    assert "access_user" in said


@pytest.mark.parametrize(
    "fault",
    ["ALTER TABLE trail_entry DISABLE ROW LEVEL SECURITY", "DROP POLICY trail_entry_read ON trail_entry"],
)
def test_a_missing_wall_is_named(ask, fault):
    ask(fault)
    if fault.startswith("DROP"):
        for (name,) in ask("SELECT polname FROM pg_policy WHERE polrelid = 'trail_entry'::regclass"):
            ask(f"DROP POLICY {name} ON trail_entry")

    (said,) = checks.wall_problems(ask, [table for table, wall in _walls() if wall.using is not None])

    assert "trail_entry" in said


def test_published_accounts_are_named(ask):
    assert len(list(checks.account_problems(ask))) == 1
    ask("UPDATE access_user SET is_demonstration = false")
    assert list(checks.account_problems(ask)) == []


def _check(cluster, name, keys, *args, command="check", **more):
    """A command, with these key files and without the demonstration's root key."""
    env = {
        **{key: value for key, value in os.environ.items() if not key.startswith("COMPASS_")},
        **environment(cluster, "public" if "--public" in args else "app", name=name),
        **({} if "--public" in args else keys),
        **more,
    }
    env.pop("COMPASS_ROOT_KEY_FILE", None)
    return subprocess.run(
        [sys.executable, "-m", "compass.config.cli", command, *args],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("flag", ["0", "1", "false"])
@pytest.mark.parametrize(
    ("command", "args", "word"),
    [
        ("serve", ("--port", "1"), "COMPASS_DEBUG"),
        ("serve", ("--bind", "0.0.0.0:1"), "COMPASS_HTTPS"),
        ("serve", ("--public", "--port", "1"), "COMPASS_DEBUG"),
        ("worker", (), "COMPASS_DEBUG"),
    ],
)
def test_no_word_in_the_environment_makes_it_serve_unsafe(cluster, fresh_database, keys, command, args, word, flag):
    if command == "worker" and flag == "1":
        flag = "no"
    answer = _check(
        cluster, fresh_database(), keys, *args, command=command, COMPASS_DEBUG="1", COMPASS_DEMONSTRATION=flag
    )

    assert answer.returncode == 1
    assert word in answer.stderr


@pytest.mark.parametrize(
    ("setting", "other", "args"),
    [
        ("COMPASS_DATABASE_URL", "COMPASS_OWNER_URL", ()),
        ("COMPASS_COUNTS_URL", "COMPASS_DATABASE_URL", ()),
        ("COMPASS_PUBLIC_DATABASE_URL", "COMPASS_DATABASE_URL", ("--public",)),
    ],
)
def test_the_wrong_role_in_an_address_is_named(cluster, fresh_database, keys, setting, other, args):
    name = fresh_database()
    kind = "owner" if other == "COMPASS_OWNER_URL" else "app"
    answer = _check(cluster, name, keys, *args, **{setting: environment(cluster, kind, name=name)[other]})

    assert answer.returncode == 1
    assert f"{setting} signs in as" in answer.stderr


def test_the_command_passes_a_sound_deployment_and_refuses_an_unsound_one(cluster, fresh_database, keys):
    name = fresh_database()
    with cluster.connect(name=name) as connection:
        connection.execute("UPDATE access_user SET is_demonstration = false")
        connection.execute(HANDED_OVER)

    sound = _check(cluster, name, keys)
    public = _check(cluster, name, keys, "--public")
    unsound = _check(cluster, name, keys, COMPASS_OWNER_URL="postgresql:///x", COMPASS_DEBUG="1")

    assert (sound.returncode, sound.stderr) == (0, "")
    assert (public.returncode, public.stderr) == (0, "")
    assert unsound.returncode == 1
    assert "COMPASS_OWNER_URL" in unsound.stderr
    assert "COMPASS_DEBUG" in unsound.stderr


def test_a_database_that_is_away_is_said_in_words(cluster, keys):
    answer = _check(cluster, "no_such_database", keys)

    assert answer.returncode == 1
    assert "COMPASS_DATABASE_URL" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("command", ["check", "serve", "worker"])
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("COMPASS_SECRET_KEY_FILE", "/nowhere/django.key"),
        ("COMPASS_SECRET_KEY_FILE", "/"),
        ("COMPASS_DATABASE_URL", "postgresql://compass_app@localhost:99999/compass"),
        ("COMPASS_SESSION_IDLE", "half an hour"),
    ],
)
def test_a_setting_that_cannot_be_read_is_one_sentence(cluster, keys, command, setting, value):
    answer = _check(cluster, "no_such_database", keys, command=command, **{setting: value})

    assert (answer.returncode, answer.stdout) == (1, "")
    (said,) = answer.stderr.splitlines()
    assert said.startswith("compass: ")
    assert setting in said


@pytest.mark.parametrize("name", list(checks.KEY_SETTINGS))
def test_a_key_of_another_user_is_named(keys, name, monkeypatch):
    """Root reads everything; the answer is the system's own for who does not."""
    monkeypatch.setattr(checks.os, "access", lambda path, mode: str(path) != keys[name])

    (said,) = checks.key_file_problems(keys)

    assert name in said
    assert "user that runs COMPASS" in said
