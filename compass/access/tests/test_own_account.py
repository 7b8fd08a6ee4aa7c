"""Who runs SQL as the application gives nobody a password or a second factor and takes none, beside what may."""

from __future__ import annotations

import psycopg
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import DatabaseError, connection, transaction

from compass.access import scope
from compass.access.models import User
from compass.config.demo.accounts import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "seven quiet herons at dawn"
PASSKEY = (
    "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'webauthn', '{\"name\": \"\"}', now())"
)


def run(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def refused(statement: str, *values: object) -> str:
    """The state PostgreSQL refuses it with; fails when it does not."""
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        run(statement, *values)
    return str(error.value.__cause__.sqlstate)


@pytest.fixture
def mine() -> User:
    return User.objects.get(username="zinder.social")


@pytest.fixture
def theirs() -> User:
    """A colleague with a passkey."""
    found = User.objects.get(username="zinder.supervisor")
    with scope.account(found.pk):
        run(PASSKEY, found.pk)
    return found


def attempts(user: User) -> list[tuple[str, object]]:
    """How an account is taken over by SQL."""
    return [
        ("UPDATE access_user SET password = 'x' WHERE id = %s", user.pk),
        ("DELETE FROM mfa_authenticator WHERE user_id = %s", user.pk),
        (PASSKEY, user.pk),
        ("UPDATE mfa_authenticator SET data = '{}' WHERE user_id = %s", user.pk),
        ("UPDATE mfa_authenticator SET type = 'totp' WHERE user_id = %s", user.pk),
    ]


@pytest.mark.parametrize("number", range(5))
def test_without_a_scope_nothing_is_changed(theirs, number):
    assert refused(attempts(theirs)[number][0], theirs.pk) == "CS001"


@pytest.mark.parametrize("number", range(5))
def test_the_scope_of_a_page_changes_nothing_not_even_ones_own(at, theirs, number):
    with at("zinder.supervisor"):
        assert refused(attempts(theirs)[number][0], theirs.pk) == "CS008"
    with at("zinder.social"):
        assert refused(attempts(theirs)[number][0], theirs.pk) == "CS008"


@pytest.mark.parametrize("number", range(5))
def test_the_scope_of_ones_own_account_changes_ones_own_and_no_colleagues(mine, theirs, number):
    with scope.account(mine.pk):
        assert refused(attempts(theirs)[number][0], theirs.pk) == "CS008"
    with scope.account(theirs.pk):
        assert run(attempts(theirs)[number][0], theirs.pk) == 1


def test_no_passkey_is_moved_to_or_from_a_colleague(mine, theirs):
    move = "UPDATE mfa_authenticator SET user_id = %s WHERE user_id = %s"
    for one, other in ((mine, theirs), (theirs, mine)):
        with scope.account(one.pk):
            assert refused(move, mine.pk, theirs.pk) == "CS008", other


def test_copying_in_is_refused_too(theirs):
    with (
        pytest.raises(psycopg.DatabaseError) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.cursor.copy("COPY mfa_authenticator (user_id, type, data, created_at) FROM STDIN") as copy,
    ):
        copy.write_row((str(theirs.pk), "webauthn", "{}", "2026-01-01T00:00:00Z"))
    assert error.value.sqlstate == "CS001"


@pytest.mark.parametrize(
    "change",
    [
        "is_active = true",
        "is_demonstration = true",
        "username = 'x'",
        "organisation_id = organisation_id",
        "name_sealed = ''",
        "language = 'en'",
        "invited_until = now() + interval '1 year'",
        "id = id",
    ],
)
def test_all_else_of_an_account_is_the_owners(mine, change):
    with scope.account(mine.pk):
        assert refused(f"UPDATE access_user SET {change} WHERE id = %s", mine.pk) == "42501"


@pytest.mark.parametrize("statement", ["DELETE FROM access_user", "TRUNCATE mfa_authenticator", "TRUNCATE access_user"])
def test_no_account_is_removed(mine, statement):
    with scope.account(mine.pk):
        assert refused(statement) == "42501"


def test_a_session_that_is_renewed_and_a_factor_that_is_used_need_no_scope(theirs):
    assert run("UPDATE access_user SET last_login = now() WHERE id = %s", theirs.pk) == 1
    assert run("UPDATE mfa_authenticator SET last_used_at = now() WHERE user_id = %s", theirs.pk) == 1


def test_the_scope_of_an_account_opens_no_record(mine):
    with scope.account(mine.pk), connection.cursor() as cursor:
        cursor.execute("SELECT compass_scope_organisations(), compass_scope_countries()")
        assert cursor.fetchone() == ([], [])
        cursor.execute("SELECT count(*) FROM people_person")
        assert cursor.fetchone() == (0,)


def test_the_scope_ends_with_the_page(mine, sign_in):
    sign_in("zinder.social").post("/accounts/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert User.objects.get(pk=mine.pk).check_password(NEW)
    assert refused("UPDATE access_user SET password = 'x' WHERE id = %s", mine.pk) == "CS001"


def test_the_scope_ends_with_a_page_that_fell(mine):
    with pytest.raises(ZeroDivisionError), scope.account(mine.pk):
        raise ZeroDivisionError

    assert refused("UPDATE access_user SET password = 'x' WHERE id = %s", mine.pk) == "CS001"


def test_a_password_hashed_in_an_older_way_is_hashed_anew_at_sign_in(client, mine):
    class Older(Argon2PasswordHasher):
        time_cost = 1

    older = Older().encode(PASSWORD, Older().salt())
    with scope.account(mine.pk):
        run("UPDATE access_user SET password = %s WHERE id = %s", older, mine.pk)

    answer = client.post("/accounts/signin/", {"login": "zinder.social", "password": PASSWORD})

    assert answer.status_code == 302
    kept = User.objects.get(pk=mine.pk).password
    assert kept not in (older, make_password(PASSWORD))
    assert "_auth_user_id" in client.session


BEGUN = "SELECT compass_begin_account('chosen', '')"


def invitation(owner, user, until):
    owner.execute("UPDATE access_user SET invited_until = now() + %s::interval WHERE id = %s", [until, user.pk])


@pytest.fixture
def invited(owner, mine):
    """Its own invitation, not followed yet."""
    before = owner.execute("SELECT password, name_sealed FROM access_user WHERE id = %s", [mine.pk]).fetchone()
    yield lambda until: invitation(owner, mine, until)
    owner.execute(
        "UPDATE access_user SET invited_until = NULL, password = %s, name_sealed = %s WHERE id = %s", [*before, mine.pk]
    )


def followed(user, times=1):
    """What it answers in the scope of that account; undone, so that the owner may write the row again."""
    with scope.account(user.pk), transaction.atomic(), connection.cursor() as cursor:
        answers = [cursor.execute(BEGUN).fetchone()[0] for _ in range(times)]
        transaction.set_rollback(True)
    return answers


def test_an_invitation_is_followed_by_whose_it_is_and_once(invited, mine, theirs):
    invited("1 hour")

    assert refused(BEGUN) == "CS001"
    assert followed(theirs) == [False]
    assert followed(mine, times=2) == [True, False]


def test_an_invitation_that_ran_out_is_followed_by_nobody(invited, mine):
    invited("-1 second")

    assert followed(mine) == [False]


def test_the_scope_of_a_page_follows_no_invitation(invited, at):
    invited("1 hour")

    with at("zinder.social"):
        assert refused(BEGUN) == "CS008"
