"""Applying the walls that models declare: privileges per role, row-level security, organisation-bound references.

Runs after every migration as the owner; every statement can be repeated. Where a model `moves_with` a foreign key, a
composite reference `(key, organisation_id)` with ON UPDATE CASCADE carries its organisation along; every other reference to
a protected table must point at a row that the scope shows (a plain foreign key would accept one that it does not). A
target that names a column in `closed_by` takes no rows once that column is filled, unless the model has
`follows_merge = False`; one that names an owner's trigger in `coarse_by` has it asked before each new and changed row,
unless the model has `wants_exact = False`. An app's configuration names the functions each role may call in its attribute
`functions` (signature to role).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.apps import apps
from django.db import connection, models, transaction

from compass.vault.walls import Wall

APP, PUBLIC, COUNTS = "compass_app", "compass_public", "compass_counts"
THIRD_PARTY: dict[str, str] = {
    "django_content_type": "SELECT",
    "django_migrations": "SELECT",
    "mfa_authenticator": "SELECT, INSERT, UPDATE, DELETE",
    "account_emailaddress": "SELECT",
    "account_emailconfirmation": "SELECT",
    "compass_cache": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_jobs": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_events": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_periodic_defers": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_workers": "SELECT, INSERT, UPDATE, DELETE",
}

#: How a colleague signs in, written only in the scope of that colleague's own account: table, column of whose it is, events.
OWN_ACCOUNT = (
    ("access_user", "id", "UPDATE OF password"),
    ("mfa_authenticator", "user_id", "INSERT OR UPDATE OR DELETE"),
)

_QUEUE_FUNCTIONS = f"""
DO $$ DECLARE found regprocedure; BEGIN
    FOR found IN SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                 WHERE n.nspname = 'public' AND p.proname LIKE 'procrastinate%' LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {APP}', found);
    END LOOP;
END $$
"""


def walled_models() -> Iterator[tuple[type[models.Model], Wall]]:
    for model in apps.get_models(include_auto_created=True):
        wall = getattr(model, "wall", None)
        if wall is not None:
            yield model, wall


def _protected(model: type[models.Model]) -> Iterator[tuple[models.Field[Any, Any], type[models.Model]]]:
    """The foreign keys of a model that point to protected tables, itself included."""
    for field in model._meta.concrete_fields:
        target = field.related_model if isinstance(field, models.ForeignKey) else None
        other: Wall | None = getattr(target, "wall", None)
        if target is not None and not isinstance(target, str) and other is not None and other.using is not None:
            yield field, target


def _references(model: type[models.Model]) -> list[str]:
    """Conditions for a new row: each reference to another protected table must be visible."""
    conditions = []
    for field, target in _protected(model):
        # PostgreSQL takes a policy that reads its own table for endless; the trigger of `_guard` looks there instead.
        if target is model:
            continue
        column, table, key = field.column, target._meta.db_table, target._meta.pk.column
        found = f"EXISTS (SELECT 1 FROM {table} seen WHERE seen.{key} = {model._meta.db_table}.{column})"
        conditions.append(f"({column} IS NULL OR {found})" if field.null else found)
    return conditions


def _guard(model: type[models.Model]) -> Iterator[str]:
    """Triggers for what a policy cannot say, because it does not see the row as it was.

    The application changes no row's organisation and points no row at one it cannot see, also where a shared row's policy
    lets two organisations write it.
    """
    table = model._meta.db_table
    fields = list(_protected(model))
    places = [(f.column, t._meta.db_table, t._meta.pk.column) for f, t in fields]
    watched = [column for column, _, _ in places]
    if any(f.column == "organisation_id" for f in model._meta.concrete_fields):
        watched.append("organisation_id")
    own = [f.column for f, t in fields if t is model]
    called = f"EXECUTE FUNCTION compass_guard({', '.join(repr(part) for place in places for part in place)})"
    for name, event, condition in (
        ("guard", "UPDATE", " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in watched)),
        ("guard_new", "INSERT", " OR ".join(f"NEW.{column} IS NOT NULL" for column in own)),
    ):
        yield f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}"
        if condition:
            yield f"CREATE TRIGGER {table}_{name} AFTER {event} ON {table} FOR EACH ROW WHEN ({condition}) {called}"


def _moves(model: type[models.Model], wall: Wall) -> Iterator[str]:
    if not wall.moves_with:
        return
    field = cast("models.ForeignKey[models.Model, models.Model]", model._meta.get_field(wall.moves_with))
    target: type[models.Model] = field.related_model
    table, parent = model._meta.db_table, target._meta.db_table
    key = target._meta.pk.column
    yield f"CREATE UNIQUE INDEX IF NOT EXISTS {parent}_place ON {parent} ({key}, organisation_id)"
    name = f"{table}_{field.column}_place"
    # Only when it is missing: adding it reads the whole table.
    yield (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{name}') THEN"
        f" ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({field.column}, organisation_id)"
        f" REFERENCES {parent} ({key}, organisation_id) ON UPDATE CASCADE; END IF; END $$"
    )
    yield f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({field.column}, organisation_id)"
    closed = getattr(target, "closed_by", "")
    yield f"DROP TRIGGER IF EXISTS {table}_closed ON {table}"
    if closed and getattr(model, "follows_merge", True):
        called = f"compass_closed('{field.column}', '{parent}', '{key}', '{closed}')"
        when = f"BEFORE INSERT OR UPDATE OF {field.column} ON {table}"
        yield f"CREATE TRIGGER {table}_closed {when} FOR EACH ROW EXECUTE FUNCTION {called}"
    yield f"DROP TRIGGER IF EXISTS {table}_exact ON {table}"
    if (coarse := getattr(target, "coarse_by", "")) and getattr(model, "wants_exact", True):
        yield (
            f"CREATE TRIGGER {table}_exact BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION {coarse}('{field.column}')"
        )


def statements() -> Iterator[str]:
    """Every statement, in order."""
    yield "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC"
    # Without SELECT: the last number of a sequence would tell how much other organisations record.
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {APP}, {PUBLIC}, {COUNTS}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}"
    yield _QUEUE_FUNCTIONS
    for config in apps.get_app_configs():
        for function, role in getattr(config, "functions", {}).items():
            yield f"GRANT EXECUTE ON FUNCTION {function} TO {role}"
    for table, privileges in THIRD_PARTY.items():
        yield f"REVOKE ALL ON {table} FROM {APP}, {PUBLIC}, {COUNTS}"
        yield f"GRANT {privileges} ON {table} TO {APP}"
    for model, wall in walled_models():
        table = model._meta.db_table
        yield f"REVOKE ALL ON {table} FROM {APP}, {PUBLIC}, {COUNTS}"
        for role, privileges in ((APP, wall.app), (PUBLIC, wall.public), (COUNTS, wall.counts)):
            if privileges:
                yield f"GRANT {privileges} ON {table} TO {role}"
        if wall.using is None:
            continue
        insert = " AND ".join([wall.insert or wall.using, *_references(model)])
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        for name in ("read", "change", "remove", "add"):
            yield f"DROP POLICY IF EXISTS {table}_{name} ON {table}"
        yield f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {APP} USING ({wall.using})"
        yield f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {APP} USING ({wall.using}) WITH CHECK ({wall.using})"
        yield f"CREATE POLICY {table}_remove ON {table} FOR DELETE TO {APP} USING ({wall.using})"
        yield f"CREATE POLICY {table}_add ON {table} FOR INSERT TO {APP} WITH CHECK ({insert})"
        yield from _guard(model)
    for model, wall in walled_models():
        yield from _moves(model, wall)
    for table, column, events in OWN_ACCOUNT:
        yield f"DROP TRIGGER IF EXISTS {table}_own ON {table}"
        yield (
            f"CREATE TRIGGER {table}_own AFTER {events} ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION compass_own_account('{column}')"
        )


def apply() -> int:
    """Run them in one transaction as the owner; returns how many there were."""
    count = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)
            count += 1
    return count
