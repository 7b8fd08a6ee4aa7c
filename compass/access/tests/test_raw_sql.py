"""What the three database roles can do with SQL that the application never meant to send."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from compass.access import walls
from compass.access.models import User
from compass.vault.identifiers import new_id
from compass.vault.walls import Wall

PERSON = """
INSERT INTO people_person (id, organisation_id, code, household_id, relation, sex, age_band, nationality, languages,
    uasc_status, once_alone, country_met, identity_sealed, contact_sealed, basis, occurred_at, recorded_at, version)
VALUES (%s, %s, %s, gen_random_uuid(), 'principal', 'female', '', '', '{}', '', false, 'NE', '', '', 'consent', now(), now(),
    1)
"""
SERVICE = """
INSERT INTO people_service (id, organisation_id, person_id, basis, occurred_at, recorded_at, recorded_by, version,
    service, service_class, country, delivered_on, quantity, provider_id)
VALUES (%s, %s, %s, 'consent', now(), now(), gen_random_uuid(), 1, 'A01', 'H', 'NE', now(), 1, gen_random_uuid())
"""


def run(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]


def refused(statement: str, *values: object) -> str:
    """The state PostgreSQL refuses it with; fails when it does not."""
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        run(statement, *values)
    assert isinstance(error.value.__cause__, psycopg.Error)
    return str(error.value.__cause__.sqlstate)


@pytest.fixture
def offices(at) -> tuple[UUID, UUID, UUID, UUID]:
    """Niger, a person there, Nigeria, a person there."""
    found: list[UUID] = []
    for username in ("zinder.social", "edo.reception"):
        with at(username) as work:
            person = new_id()
            run(PERSON, person, work.actor.organisation.pk, str(person)[-9:])
            run(SERVICE, new_id(), work.actor.organisation.pk, person)
            found += [work.actor.organisation.pk, person]
    return found[0], found[1], found[2], found[3]


def test_it_works(at, offices):
    niger, mine, _, _ = offices
    with at("zinder.social"):
        assert run("SELECT id, organisation_id FROM people_person") == [(mine, niger)]
        assert run("UPDATE people_person SET sex = 'male' WHERE id = %s", mine) == [(1,)]


def test_rows_of_another_office_are_neither_read_nor_changed(at, offices):
    _, _, nigeria, theirs = offices
    with at("zinder.social"):
        assert run("SELECT count(*) FROM people_person WHERE organisation_id = %s", nigeria) == [(0,)]
        assert run("UPDATE people_person SET sex = 'male' WHERE id = %s", theirs) == [(0,)]
        assert run("UPDATE people_person SET sex = 'male' WHERE organisation_id = %s", nigeria) == [(0,)]
        assert run("SELECT count(*) FROM people_service WHERE person_id = %s", theirs) == [(0,)]
        assert refused("DELETE FROM people_person WHERE id = %s", theirs) == "42501"


def test_no_row_is_added_for_another_office(at, offices):
    _, _, nigeria, _ = offices
    with at("zinder.social"):
        assert refused(PERSON, new_id(), nigeria, "AAAA-AAAA") == "42501"


def test_no_row_points_at_a_person_of_another_office(at, offices):
    niger, _, nigeria, theirs = offices
    with at("zinder.social"):
        assert refused(SERVICE, new_id(), niger, theirs) == "42501"
        assert refused(SERVICE, new_id(), nigeria, theirs) == "42501"


def test_no_row_is_turned_to_a_person_of_another_office(at, offices):
    _, _, _, theirs = offices
    with at("zinder.social"), pytest.raises(DatabaseError), transaction.atomic():
        run("UPDATE people_service SET person_id = %s", theirs)
        run("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_row_cannot_be_given_to_another_office(at, offices):
    _, mine, nigeria, _ = offices
    with at("zinder.social"):
        assert refused("UPDATE people_person SET organisation_id = %s WHERE id = %s", nigeria, mine) in {
            "42501",
            "CS006",
        }


def test_not_even_between_two_offices_of_one_colleague(at, offices):
    """The officer sees every office; the policy would allow it, the guard does not."""
    niger, mine, nigeria, _ = offices
    with at("geneva.protection") as work:
        assert {niger, nigeria} <= set(work.actor.organisations)
        assert refused("UPDATE people_person SET organisation_id = %s WHERE id = %s", nigeria, mine) == "CS006"


def test_every_row_that_two_organisations_share_is_guarded(owner):
    """The receiver of a shared row may write it: it must not make it its own, nor point it elsewhere."""
    shared = [m for m, w in walls.walled_models() if w.using and "to_organisation_id" in w.using]
    guarded = {
        row[0] for row in owner.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_guard'")
    }

    assert {m._meta.db_table for m in shared} <= guarded
    for model, wall in walls.walled_models():
        if (
            wall.using
            and "UPDATE" in wall.app
            and any(f.column == "organisation_id" for f in model._meta.concrete_fields)
        ):
            assert model._meta.db_table in guarded, model


SECRETS = ["access_scopekey", "trail_head"]


@pytest.mark.parametrize("table", SECRETS)
def test_keys_and_the_head_are_out_of_reach(at, table):
    with at("zinder.social"):
        assert refused(f"SELECT * FROM {table}") == "42501"
        assert refused(f"UPDATE {table} SET id = id") == "42501"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail_entry SET purpose = 'x'",
        "DELETE FROM trail_entry",
        "INSERT INTO trail_entry (seq, at, purpose, body, hash) VALUES (1, now(), '', '', '')",
        "UPDATE trail_subject SET subject_id = subject_id",
        "DELETE FROM trail_subject",
        "TRUNCATE trail_entry",
        "TRUNCATE people_person CASCADE",
        "DELETE FROM people_person",
        "DELETE FROM people_service",
        "INSERT INTO access_grant"
        " SELECT gen_random_uuid(), 'supervisor', '', now(), NULL, organisation_id, id FROM access_user",
        "UPDATE access_grant SET role = 'supervisor'",
        "DELETE FROM access_grant",
        "INSERT INTO access_organisation SELECT gen_random_uuid(), 'x', 'office', '', ''",
        "INSERT INTO vault_organisationkey (organisation_id, version, wrapped, created_at)"
        " SELECT id, 9, '', now() FROM access_organisation",
        "UPDATE vault_organisationkey SET wrapped = ''",
        "UPDATE vault_subjectkey SET expires_at = NULL",
        "COPY people_person TO PROGRAM 'cat'",
        "COPY (SELECT 1) TO '/tmp/compass-leak'",
        "COPY people_person FROM '/etc/passwd'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
        "CREATE TABLE mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION dblink",
        "CREATE ROLE mine",
        "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE people_person DISABLE TRIGGER ALL",
        "DROP POLICY people_person_read ON people_person",
        "DROP TRIGGER people_person_guard ON people_person",
        "ALTER FUNCTION compass_scope_claims() OWNER TO compass_app",
        "ALTER ROLE compass_app BYPASSRLS",
        "ALTER ROLE compass_app SUPERUSER",
        "GRANT compass_owner TO compass_app",
        "SET ROLE compass_owner",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION compass_owner",
        "SET session_replication_role = replica",
        "SET row_security = off; SELECT * FROM people_person",
        "ALTER SYSTEM SET log_statement = 'all'",
        "SELECT pg_reload_conf()",
        "LOAD 'plpgsql_check'",
        "SELECT last_value FROM trail_subject_id_seq",
    ],
)
def test_the_app_role_may_not(at, offices, statement):
    with at("zinder.social"):
        assert refused(statement)[:2] in {"42", "22", "25", "58", "0A"}


def test_the_guard_of_row_security_is_not_a_setting(at, offices):
    with at("zinder.social"):
        assert refused("SET LOCAL row_security = off; SELECT count(*) FROM people_person") == "42501"


def test_copying_out_shows_only_own_rows(at, offices):
    _, mine, _, theirs = offices
    with at("zinder.social"), connection.cursor() as cursor, cursor.cursor.copy("COPY people_person TO STDOUT") as copy:
        text = b"".join(bytes(block) for block in copy).decode()
    assert str(mine) in text
    assert str(theirs) not in text


def test_an_entry_in_the_name_of_a_colleague_is_refused(at):
    body = '{"actor":"%s","at":"2026-01-01T00:00:00Z","organisation":%s,"purpose":"x","subjects":[]}'
    other = User.objects.get(username="edo.reception")
    with at("zinder.social") as work:
        assert refused("SELECT compass_trail_append(%s)", body % (other.pk, "null")) == "CS007"
        assert (
            refused("SELECT compass_trail_append(%s)", body % (work.actor.id, f'"{other.organisation_id}"')) == "CS007"
        )
        assert run("SELECT compass_trail_append(%s)", body % (work.actor.id, "null"))[0][0] > 0
    assert refused("SELECT compass_trail_append(%s)", body % (other.pk, "null")) == "CS001"


def test_only_a_scope_of_nobody_writes_what_nobody_did_and_only_for_its_organisation(at):
    from compass.access.jobs import by_itself
    from compass.access.models import Organisation
    from compass.access.work import unit_of_work

    body = '{"actor":null,"at":"2026-01-01T00:00:00Z","organisation":"%s","purpose":"x","subjects":[]}'
    mine, other = (Organisation.objects.get(users__username=name) for name in ("zinder.social", "edo.reception"))
    with at("zinder.social"):
        assert refused("SELECT compass_trail_append(%s)", body % mine.pk) == "CS007"
    with unit_of_work(by_itself(mine), "test"):
        assert refused("SELECT compass_trail_append(%s)", body % other.pk) == "CS007"
        assert run("SELECT compass_trail_append(%s)", body % mine.pk)[0][0] > 0


def test_a_leaky_condition_sees_no_hidden_row(at, offices):
    """A cast that fails would print a hidden value in its message if it ran before the policy."""
    _, _, _, theirs = offices
    with at("zinder.social"):
        assert run("SELECT count(*) FROM people_person WHERE id = %s AND (sex || id::text)::int > 0", theirs) == [(0,)]


# Tables


def tables(owner: psycopg.Connection) -> dict[str, tuple[str, bool, bool]]:
    rows = owner.execute(
        "SELECT c.relname, c.relowner::regrole::text, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
    )
    return {name: (holder, secured, forced) for name, holder, secured, forced in rows}


WITHOUT_ROW_SECURITY = {
    "access_organisation": "names of organisations are public",
    "access_user": "read to sign in, before there is a scope; the name is sealed",
    "access_grant": "read to make the scope",
    "access_session": "read before there is a scope; keys hashed, content sealed",
    "access_scopekey": "no role but the owner",
    "trail_head": "no role but the owner",
    "vault_rootkeyrecord": "numbers, check values and, during a rotation, root keys wrapped under each other; read to learn",
    "vault_lock": "that something is locked: read with every request, before there is a scope",
    "vault_erasure": "the erasure ledger: identifiers that no key opens, of no organisation; the worker exports all of it",
    "cases_countrylimit": "time limits of a country",
}
FRAMEWORK = ("django_", "auth_", "procrastinate_", "account_", "mfa_", "compass_cache", "socialaccount_")
PUBLISHED = ("commons_", "programme_")


def test_every_table_has_row_security_or_a_reason(owner):
    unexplained = [
        name
        for name, (_, secured, _) in tables(owner).items()
        if not secured and name not in WITHOUT_ROW_SECURITY and not name.startswith((*FRAMEWORK, *PUBLISHED))
    ]
    assert unexplained == [], "give the model a wall (AboutPerson has one), or the reason in WITHOUT_ROW_SECURITY"


def test_published_tables_hold_no_column_about_a_person(owner):
    columns = owner.execute(
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name ~ '^(commons|programme)_' AND column_name ~ '(person|subject|sealed|case_id|household)'"
    ).fetchall()
    assert columns == []


def test_the_app_role_owns_nothing_and_is_nobody(owner):
    assert {holder for holder, _, _ in tables(owner).values()} == {"compass_owner"}
    assert not any(forced for _, _, forced in tables(owner).values())
    rows = owner.execute(
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication FROM pg_roles"
        " WHERE rolname LIKE 'compass%'"
    ).fetchall()
    assert dict(rows) == dict.fromkeys(("compass_owner", "compass_app", "compass_public", "compass_counts"), False)
    memberships = owner.execute(
        "SELECT count(*) FROM pg_auth_members WHERE member::regrole::text LIKE 'compass%'"
    ).fetchone()
    assert memberships == (0,)
    owned = owner.execute(
        "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND p.proowner::regrole::text <> 'compass_owner'"
    ).fetchone()
    assert owned == (0,)


def test_every_owner_function_searches_temporary_tables_last(owner):
    rows = owner.execute(
        "SELECT p.proname, p.proconfig::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND p.prosecdef"
    ).fetchall()
    assert len(rows) >= 8
    assert [name for name, config in rows if "search_path=pg_catalog, public, pg_temp" not in (config or "")] == []


def test_no_function_is_open_to_everyone(owner):
    rows = owner.execute(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND (p.proacl IS NULL OR EXISTS (SELECT 1 FROM aclexplode(p.proacl) WHERE grantee = 0))"
    ).fetchall()
    assert rows == []


def test_every_policy_is_for_the_app_role_and_asks_the_scope(owner):
    rows = owner.execute(
        "SELECT tablename, policyname, roles::text, coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies"
    ).fetchall()
    assert rows
    # Wrapped keys are needed before there is a scope; that one asks for a lock instead.
    asks = ("compass_scope_", "compass_is_locked(organisation_id)")
    found = [
        row[:2] for row in rows if row[2] != "{compass_app}" or asks[row[0] == "vault_organisationkey"] not in row[3]
    ]
    assert found == []


def test_every_model_declares_its_wall():
    without = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("compass.") and not isinstance(getattr(model, "wall", None), Wall)
    ]
    assert without == [], "say what each role may do and which rows it sees: `wall: ClassVar[Wall] = Wall(…)`"


# The other roles


def declared(role: str) -> dict[str, str]:
    return {m._meta.db_table: getattr(w, role) for m, w in walls.walled_models() if getattr(w, role)}


@pytest.mark.parametrize("role", ["public", "counts"])
def test_the_side_roles_read_what_is_declared_and_nothing_else(role, owner, cluster):
    name = owner.info.dbname
    readable = declared(role)
    with cluster.connect(f"compass_{role}", name) as connected:
        seen = set()
        for table in tables(owner):
            try:
                connected.execute(f"SELECT count(*) FROM {table}")
                seen.add(table)
            except psycopg.errors.InsufficientPrivilege:
                continue
        for table in tables(owner):
            for verb in ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
                allowed = connected.execute("SELECT has_table_privilege(%s, %s)", [table, verb]).fetchone()[0]
                assert not allowed, (table, verb)

    assert seen == {
        table for table, privileges in readable.items() if privileges.startswith("SELECT") and "(" not in privileges
    }
    assert seen, "the positive control: a role that reads nothing would pass"
    assert not any(
        t.startswith(("people_", "cases_", "reception_", "returns_", "access_", "vault_", "trail_")) for t in seen
    )


@pytest.mark.parametrize("role", ["public", "counts"])
def test_the_side_roles_call_no_function_of_the_journey(role, owner, cluster):
    with cluster.connect(f"compass_{role}", owner.info.dbname) as connected:
        rows = connected.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = 'public' AND has_function_privilege(p.oid, 'EXECUTE')"
        ).fetchall()
        names = {
            function.replace(" ", "")
            for config in apps.get_app_configs()
            for function, holder in getattr(config, "functions", {}).items()
            if holder == f"compass_{role}"
        }
        assert {row[0].replace(" ", "") for row in rows} == names
        for statement in ("CREATE TABLE mine (id int)", "CREATE TEMP TABLE mine (id int)", "SET ROLE compass_app"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connected.execute(statement)


def test_a_made_up_identifier_and_one_of_another_office_look_the_same(at, offices):
    _, _, _, theirs = offices
    with at("zinder.social"):
        for identifier in (theirs, uuid4()):
            assert run("SELECT * FROM people_person WHERE id = %s", identifier) == []
