"""What the key of a row tells whoever reads the disk: the quarter, and no order."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import RFC_4122, uuid1, uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone
from uuid6 import uuid6, uuid7

import compass
from compass.cases.actions.plan import ActionPlanned, GoalSaid, PlanMade, make_plans
from compass.cases.models import Goal, PlanAction
from compass.cases.tests.conftest import assessed, case, person  # noqa: F401 fixtures
from compass.people import actions as people
from compass.people.held import about_people
from compass.people.models import Person
from compass.ui.quarters import begins
from compass.vault.identifiers import clock_of, new_id
from compass.vocabulary import code_list

ROOT = Path(compass.__file__).parent
LOCKS = "rows are locked in one order, whichever it is"
PAGES = "every row once, in pieces; no order is shown"
ONE_ORDER = "the same each time; no order is shown"

#: Functions that take rows in the order of their identifiers, and why they may: it says nothing.
BY_IDENTIFIER = {
    "cases/actions/handover.py _offer": LOCKS,
    "config/demo/night.py match": ONE_ORDER,
    "people/actions/ages.py _next": PAGES,
    "people/actions/coarsening.py _people": LOCKS,
    "people/actions/coarsening.py _rows": ONE_ORDER,
    "people/actions/coarsening.py restore": LOCKS,
    "people/actions/consents.py withdraw_consent": LOCKS,
    "people/actions/elsewhere.py _sides": ONE_ORDER,
    "people/actions/erasure.py destroy": ONE_ORDER,
    "people/actions/match.py _opened": PAGES,
    "people/actions/merging.py _belonging": ONE_ORDER,
    "people/actions/merging.py _merge": LOCKS,
    "people/actions/merging.py _part": LOCKS,
    "people/actions/reindex.py _after": PAGES,
    "people/actions/retention.py _steps": LOCKS,
    "people/jobs.py age_offices": ONE_ORDER,
    "people/jobs.py clock_offices": ONE_ORDER,
    "people/jobs.py clock_one": PAGES,
    "people/jobs.py coarsen_offices": ONE_ORDER,
    "people/jobs.py elsewhere": ONE_ORDER,
    "people/jobs.py match_offices": ONE_ORDER,
    "returns/actions/prepare.py start_returns": LOCKS,
    "vault/rotation.py rewrap": PAGES,
}

#: Columns that look like identifiers and are blocks of a cipher (`compass.vault.veil`): what seems a clock there is chance.
VEILED = {"access_opening.veiled", "trail_subject.subject_id"}


def telling(owner: psycopg.Connection) -> tuple[set[str], set[str]]:
    """Columns of the database with an identifier that tells more than a quarter, and all columns with identifiers that
    hold something."""
    columns = owner.execute(
        "SELECT c.table_name, c.column_name, c.udt_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.udt_name IN ('uuid', '_uuid')"
    ).fetchall()
    found, looked = set(), set()
    for table, column, kind in columns:
        value = f'unnest("{column}")' if kind == "_uuid" else f'"{column}"'
        rows = owner.execute(
            f'SELECT * FROM (SELECT {value} AS each FROM "{table}") v WHERE each IS NOT NULL'
        ).fetchall()
        looked |= {f"{table}.{column}"} if rows else set()
        if f"{table}.{column}" in VEILED:
            continue
        moments = {moment for (each,) in rows if (moment := clock_of(each)) is not None}
        if any(moment != begins(moment.date()) for moment in moments):
            found.add(f"{table}.{column}")
    return found, looked


def test_no_identifier_of_a_record_of_any_kind_tells_more_than_the_quarter(rooms, monkeypatch):
    """In a world with a record of every kind, written by the rooms' own actions."""
    from compass.config.tests.access_world import SOCIAL, at, told

    world, _records = rooms
    with world.cluster.connect("compass_owner", world.name) as owner:
        found, looked = telling(owner)
        assert found == set()
        tables = {name.partition(".")[0] for name in looked}
        apart = {label.replace(".", "_").lower() for label in about_people()}
        assert len(apart & tables) >= 45 and "access_receipt.key" in looked, apart - tables

        # The positive control: one room that asks the clock.
        monkeypatch.setattr("compass.people.actions.persons.new_id", uuid7)
        with at(SOCIAL) as work:
            people.register_people(work, [people.Registration(**told(basis="vital_interest"), identity={"given": "A"})])
        owner.rollback()
        assert {"people_person.id", "people_person.household_id", "access_receipt.result_id"} <= telling(owner)[0]


def asks_the_clock(path: Path, tree: ast.Module) -> list[str]:
    """Where a module imports identifiers that tell when they were made."""
    where = path.relative_to(ROOT).as_posix()
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [where for name in node.names if name.name == "uuid6"]
        elif isinstance(node, ast.ImportFrom) and (node.module == "uuid6" or node.module == "uuid"):
            found += [where for name in node.names if name.name in {"uuid1", "uuid6", "uuid7"}]
        elif isinstance(node, ast.Attribute) and node.attr in {"uuid1", "uuid6", "uuid7"}:
            found.append(where)
    return found


def ordered_by_identifier(path: Path, tree: ast.Module) -> list[str]:
    """Functions that take rows in the order of nothing but identifiers, as `file function`."""
    where = path.relative_to(ROOT).as_posix()
    found = []

    def visit(node: ast.AST, name: str) -> None:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            name = f"{where} {node.name}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            said = [each.value for each in node.args if isinstance(each, ast.Constant)]
            asked = node.func.attr in {"order_by", "latest", "earliest"}
            if asked and said and len(said) == len(node.args) and set(said) <= {"id", "-id", "pk", "-pk"}:
                found.append(name)
        for child in ast.iter_child_nodes(node):
            visit(child, name)

    visit(tree, where)
    return found


def modules() -> list[tuple[Path, ast.Module]]:
    paths = [p for p in ROOT.rglob("*.py") if not {"migrations", "tests"} & set(p.relative_to(ROOT).parts)]
    return [(path, ast.parse(path.read_text())) for path in sorted(paths)]


def test_nothing_asks_the_clock_for_an_identifier_or_takes_an_order_from_one():
    read = modules()
    assert [name for path, tree in read for name in asks_the_clock(path, tree)] == [], "use compass.vault.identifiers"
    found = {name for path, tree in read for name in ordered_by_identifier(path, tree)}
    assert found - BY_IDENTIFIER.keys() == set(), (
        "identifiers have no order: sort by `recorded_at` first, or say in BY_IDENTIFIER why the order says nothing"
    )
    assert BY_IDENTIFIER.keys() - found == set(), "these take no order from identifiers any more"
    assert len(read) > 300

    # The positive control.
    for source in ("from uuid6 import uuid7", "import uuid6", "from uuid import uuid1", "import uuid\nuuid.uuid1()"):
        assert asks_the_clock(ROOT / "x.py", ast.parse(source)) == ["x.py"]
    careless = ast.parse("def newest():\n    return Plan.objects.filter(a=1).order_by('-id').first()")
    assert ordered_by_identifier(ROOT / "x.py", careless) == ["x.py newest"]
    sound = ast.parse("Plan.objects.order_by('-recorded_at', '-id')")
    assert ordered_by_identifier(ROOT / "x.py", sound) == []


def test_every_identifier_of_every_table_is_made_in_the_one_place():
    """Also of tables of which no row was written here: a column with an identifier of its own has no other default."""
    defaults = {
        column.default
        for model in apps.get_models()
        if model.__module__.startswith("compass.")
        for column in model._meta.concrete_fields
        if isinstance(column, models.UUIDField) and column.has_default()
    }
    assert defaults == {new_id, uuid4}
    made = [new_id() for _ in range(1000)]
    now = datetime.now(UTC)
    assert {each.version for each in made} == {7} and {each.variant for each in made} == {RFC_4122}
    assert {clock_of(each) for each in made} <= {begins(now.date()), begins((now - timedelta(minutes=1)).date())}
    assert len(set(made)) == 1000 and made != sorted(made)
    # All 74 other bits are drawn.
    said = [each.int & ~(7 << 76) & ~(2 << 62) & (1 << 80) - 1 for each in made]
    assert {bit for each in said for bit in range(80) if each >> bit & 1} == {*range(62), *range(64, 76)}
    # The positive control of the reading of clocks.
    for telling_id in (uuid7(), uuid6(), uuid1()):
        moment = clock_of(telling_id)
        assert moment is not None and abs(moment - now) < timedelta(minutes=1)
    assert clock_of(uuid4()) is None


@pytest.mark.django_db
def test_what_was_typed_together_stays_in_the_order_in_which_it_was_typed(at, told, person, case, assessed):  # noqa: F811
    """Goals and steps of a plan, and people of one list, have one moment of the unit of work and a place in it."""
    day = date(2026, 12, 1)
    domains = list(code_list("need_domain").values)[:8]
    services = list(code_list("service").values)[:5]
    with at("zinder.cases") as work:
        of = case(work, someone=person(work))
        assessed(work, of)
        goals = tuple(
            GoalSaid(domain, domain, day, tuple(ActionPlanned(service, "case_manager", day) for service in services))
            for domain in domains
        )
        (plan,) = make_plans(work, [PlanMade(**told(id=of.pk), goals=goals)])
        made = Goal.objects.filter(plan=plan)
        assert list(made.order_by("recorded_at").values_list("domain", flat=True)) == domains
        steps = PlanAction.objects.filter(goal__plan=plan).order_by("recorded_at")
        assert [(step.goal.domain, step.service) for step in steps.select_related("goal")] == [
            (domain, service) for domain in domains for service in services
        ]
        # The positive control: identifiers do not say it.
        assert list(made.order_by("id").values_list("domain", flat=True)) != domains
        # Nobody is dated ahead of the clock.
        assert steps.last().recorded_at < timezone.now()

        listed = [people.Registration(**told(), identity={"given": f"N{number}"}) for number in range(8)]
        registered = people.register_people(work, listed)
        again = Person.objects.filter(pk__in=[p.pk for p in registered]).order_by("recorded_at")
        assert [p.pk for p in again] == [p.pk for p in registered] != sorted(p.pk for p in registered)
