"""The signed scope: what opens nothing, as raw SQL of the app role."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from compass.access import scope
from compass.access.models import User
from compass.problems import NoScope
from compass.trail.models import Entry


def claims(token: str) -> str | list[str]:
    """The checked parts of a token, or the state PostgreSQL refused it with."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            scope.enter(token)
            cursor.execute("SELECT compass_scope_claims()")
            return list(cursor.fetchone()[0])
    except DatabaseError as error:
        return str(error.__cause__.sqlstate)


def token(*, pid: int | None = None, seconds: int = 60) -> str:
    user = User.objects.get(username="zinder.social")
    here = scope.backend_pid() if pid is None else pid
    return scope.sign(user.pk, [user.organisation_id], ["NE"], ["case"], pid=here, seconds=seconds)


@pytest.fixture(autouse=True)
def database(request):
    if "apart" not in request.fixturenames:
        request.getfixturevalue("db")


def test_it_works():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("compass_app",)
    assert claims(token())[5] == "NE"


def test_no_scope_opens_nothing():
    assert claims("") == "CS001"


@pytest.mark.parametrize("forged", ["nonsense", "|", "|" * 7, "x" * 64, "a|b|c|d|e|f|g|" + "0" * 64, "\u0639" * 80])
def test_a_forged_scope_opens_nothing(forged):
    assert claims(forged) == "CS002"


def test_a_scope_of_another_connection_opens_nothing():
    assert claims(token(pid=scope.backend_pid() + 1)) == "CS004"


def test_an_expired_scope_opens_nothing():
    assert claims(token(seconds=-1)) == "CS003"


@pytest.mark.parametrize("cut", [1, 10, 64, 65, 100])
def test_a_cut_scope_opens_nothing(cut):
    assert claims(token()[:-cut]) == "CS002"
    assert claims(token()[cut:]) == "CS002"


def test_no_part_of_a_scope_can_be_changed():
    for number in range(7):
        parts = token().split("|")
        parts[number] = {1: str(int(parts[1]) + 9999), 4: f"{parts[4]},{uuid4()}"}.get(number, parts[number] + "0")
        assert claims("|".join(parts)) == "CS002"


def test_every_changed_character_is_noticed():
    good = token()
    for place in range(len(good)):
        changed = good[:place] + ("x" if good[place] != "x" else "y") + good[place + 1 :]
        assert claims(changed) == "CS002"


def test_a_scope_signed_with_another_key_opens_nothing():
    message = token().rsplit("|", 1)[0]
    other = hmac.new(b"another key", message.encode(), hashlib.sha256).hexdigest()
    unknown = "0" * 16 + message[16:]

    assert claims(f"{message}|{other}") == "CS002"
    assert claims(f"{unknown}|{hmac.new(b'', unknown.encode(), hashlib.sha256).hexdigest()}") == "CS002"


def test_a_temporary_table_does_not_stand_in_for_the_key(apart, cluster):
    """With pg_temp left out of a search path it comes first: a table there would have replaced the real one."""
    with cluster.connect(name=apart) as root:
        root.execute(f'GRANT TEMPORARY ON DATABASE "{apart}" TO compass_app')
    raw = b"mine"
    inner, outer = scope.pads(raw)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE access_scopekey (id text, inner_pad bytea, outer_pad bytea)")
        cursor.execute("GRANT ALL ON access_scopekey TO PUBLIC")
        cursor.execute("INSERT INTO access_scopekey VALUES (%s, %s, %s)", [scope.key_id(raw), inner, outer])
    message = "|".join(
        [scope.key_id(raw), str(int(time.time()) + 60), str(scope.backend_pid()), str(uuid4()), "", "", ""]
    )

    assert claims(f"{message}|{hmac.new(raw, message.encode(), hashlib.sha256).hexdigest()}") == "CS002"


def test_a_scope_that_is_emptied_midway_closes_everything(at):
    with at("zinder.social"):
        pass  # leaves an entry: the database asks for the scope only when there is a row to judge
    with at("zinder.social"):
        assert Entry.objects.count() > 0
        with pytest.raises(DatabaseError) as error, transaction.atomic():
            scope.enter("")
            Entry.objects.count()
        assert error.value.__cause__.sqlstate == "CS001"


def test_the_scope_ends_with_its_unit_of_work(at):
    with at("zinder.social"):
        pass

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('compass.scope', true)")
        assert cursor.fetchone()[0] in {"", None}


def test_a_scoped_table_is_not_even_asked_without_a_unit_of_work():
    with pytest.raises(NoScope):
        apps.get_model("people", "Person").objects.count()


def test_a_second_connection_cannot_use_the_scope_of_the_first(apart, cluster):
    stolen = token()
    with cluster.connect("compass_app", apart) as other, other.transaction(force_rollback=True):
        other.execute("SELECT set_config('compass.scope', %s, true)", [stolen])
        with pytest.raises(psycopg.DatabaseError) as error:
            other.execute("SELECT compass_scope_organisations()")
    assert error.value.sqlstate == "CS004"


def test_units_of_work_do_not_mix_between_threads(at):
    seen: list[object] = []

    def look() -> None:
        seen.append(scope.current_work.get())

    with at("zinder.social"):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert seen == [None]
