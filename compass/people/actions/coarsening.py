"""Making the rows of closed files coarse, and exact again.

A household is made coarse as one, once everything about all of its people has been closed for long enough: the order of
their moments says who may read what, and one who stays exact would tell about the others. What each row said is sealed
under its person's key; an erased person has none, and what their rows said is gone.

Exact values come back before anything is written about one of them: where a record is taken up to be changed
(`Work.require`, `Work.find` for more than looking), and where the database refused a write (`compass.access.actions`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models
from django.db.models import Q

from compass.access.jobs import by_itself
from compass.access.models import Organisation
from compass.access.work import Work, unit_of_work
from compass.people import coarse
from compass.people.coarse import Coarse
from compass.people.models import AboutPerson, Exact, Person
from compass.ui.quarters import is_coarse
from compass.vault.models import Erasure

PURPOSE = "people.coarsen"
#: Which name a row and not a person.
RECEIPTS = "access.Receipt"
#: Households in one unit of work: a scope lives for two minutes.
AT_A_TIME = 50
#: What was put back stays for as long as somebody may be at work on it.
RESTORED_FOR = timedelta(days=1)
_PLACE: dict[str, str] = {"table": "people_exact", "column": "values_sealed"}


def after(country: str) -> timedelta:
    """How long everything must have been closed (COMPASS_COARSEN_AFTER)."""
    days: dict[str, int] = settings.COMPASS_COARSEN_AFTER
    return timedelta(days=days.get(country, days[""]))


def coarsen_office(organisation: Organisation) -> int:
    """Make coarse every household of an organisation whose files have been closed for long enough. How many people."""
    actor, count = by_itself(organisation), 0
    with unit_of_work(actor, PURPOSE) as work:
        homes = _due(work)
    for some in _batches(homes):
        with unit_of_work(actor, PURPOSE) as work:
            before = work.now - after(organisation.country)
            for home in some:
                count += _coarsen(work, _people(work, home), before)
    return count


def _batches(homes: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(homes), AT_A_TIME):
        yield homes[start : start + AT_A_TIME]


def _due(work: Work) -> list[UUID]:
    """Households with somebody whose file is closed; whether all are is asked when they are locked."""
    office = work.actor.organisation
    people = coarse.closed(office.pk, work.now - after(office.country))
    rows = Person.objects.filter(pk__in=people, organisation_id=office.pk, coarse=False, merged_into__isnull=True)
    looked = Exact.objects.filter(restored_on__gt=work.today - RESTORED_FOR).values("person_id")
    homes = rows.exclude(pk__in=looked).values_list("household_id", flat=True)
    return sorted(set(homes))


def _people(work: Work, home: UUID) -> list[Person]:
    """Everyone of a household in this office, with the records merged into theirs, locked in one order."""
    own = Q(household_id=home, organisation_id=work.actor.organisation.pk, merged_into__isnull=True)
    ids = set(Person.objects.filter(own).values_list("pk", flat=True))
    ids |= set(Person.objects.filter(merged_into__in=ids).values_list("pk", flat=True))
    return list(Person.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))


def _coarsen(work: Work, people: Sequence[Person], before: datetime) -> int:
    ids = {person.pk for person in people if not person.coarse}
    if not ids or coarse.still_open(work.actor.organisation.pk, ids, before):
        return 0
    held = work.keys.holds(ids)
    # Nothing is thrown away but of whom everything was.
    if ids - held - set(Erasure.objects.filter(subject_id__in=ids - held).values_list("subject_id", flat=True)):
        return 0
    rows = [(table, row) for table in coarse.tables() if table.model != RECEIPTS for row in _rows(table, ids)]
    rows += _receipts({row["pk"]: row["whose"] for _, row in rows})
    known = coarse.moments(value for _, row in rows for value in row.values() if isinstance(value, datetime))
    said: dict[UUID, list[Any]] = {pk: [] for pk in ids}
    changes: dict[str, list[dict[str, Any]]] = {}
    for table, row in rows:
        left = table.coarse(row, known)
        changed = {n: [_plain(row[n]), _plain(v)] for n, v in left.items() if _plain(row[n]) != _plain(v)}
        said[row["whose"]].append([table.model, str(row["pk"]), changed])
        changes.setdefault(table.model, []).append({"id": row["pk"], **left})
    _keep(work, people[0].organisation_id, {pk: values for pk, values in said.items() if pk in held}, None)
    _write(changes)
    work.record("people.coarsened", count=len(ids))
    return len(ids)


def _rows(table: Coarse, people: Iterable[UUID]) -> Iterable[dict[str, Any]]:
    found = table.table._default_manager.filter(**{f"{table.person}__in": list(people)}).order_by("pk")
    rows: Iterable[dict[str, Any]] = found.values("pk", *table.columns(), whose=models.F(table.person))
    return rows


def _receipts(whose: Mapping[UUID, UUID]) -> list[tuple[Coarse, dict[str, Any]]]:
    """The receipts of what was done to these rows ({row: person})."""
    table = coarse.table_of(RECEIPTS)
    return [(table, {**row, "whose": whose[row["whose"]]}) for row in _rows(table, whose)]


def _plain(value: Any) -> Any:
    """A value of a column as JSON says it."""
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


def _write(changes: dict[str, list[dict[str, Any]]]) -> None:
    with connection.cursor() as cursor:
        for label, rows in changes.items():
            meta = coarse.table_of(label).table._meta
            names = {"id": meta.pk.attname}
            plain = [{names.get(name, name): _plain(value) for name, value in row.items()} for row in rows]
            cursor.execute("SELECT compass_coarsen(%s, %s::jsonb)", [meta.db_table, json.dumps(plain)])
            (written,) = cursor.fetchone()
            if written != len(rows):
                raise RuntimeError(f"{label}: {written} of {len(rows)} rows")


def _keep(work: Work, office: UUID, values: dict[UUID, list[Any]], restored: date | None) -> None:
    """Seal what rows said, or that they are exact again."""
    known = {row.person_id: row for row in Exact.objects.filter(person__in=values)}
    for person, said in values.items():
        row = known.get(person) or Exact(organisation_id=office, person_id=person)
        row.values_sealed = work.keys.seal(said, **_PLACE, subject=person, row=row.pk, after=row.values_sealed or None)
        row.restored_on = restored
        row.save()


def take_up(work: Work, rows: Iterable[models.Model]) -> bool:
    """Put exact values back of everyone whom these rows are about, with their households; whether there was anybody."""
    wanted = {pk for row in rows if (pk := _coarse_person(row))}
    return bool(wanted) and restore(work, wanted)


def _coarse_person(row: models.Model) -> UUID | None:
    """Whom a row that may be coarse is about."""
    if isinstance(row, Person):
        return row.pk if row.coarse else None
    if isinstance(row, AboutPerson):
        return row.person_id if is_coarse(row.recorded_at) else None
    return None


def mend(work: Work, person: UUID) -> bool:
    """Put back what the database asked for; whether there was something."""
    return restore(work, {person})


def restore(work: Work, wanted: set[UUID]) -> bool:
    """Put back what was sealed, for the households of these people; what was changed meanwhile stays changed. Whether
    anything was put back: nothing is of people whom no key of this unit of work opens."""
    asked = Person.objects.filter(pk__in=wanted)
    kept = {row.merged_into_id or row.pk for row in asked}
    homes = Person.objects.filter(pk__in=kept).values_list("household_id", "organisation_id").distinct()
    done = False
    for home, office in list(homes.order_by("household_id")):
        ids = set(
            Person.objects.filter(household_id=home, organisation_id=office, merged_into__isnull=True).values_list(
                "pk", flat=True
            )
        )
        ids |= set(Person.objects.filter(merged_into__in=ids).values_list("pk", flat=True))
        people = list(Person.objects.filter(pk__in=ids, coarse=True).order_by("pk").select_for_update(of=("self",)))
        held = work.keys.holds([person.pk for person in people])
        found = list(Exact.objects.filter(person__in=held).order_by("person"))
        done = bool(found) or done
        changes: dict[str, list[dict[str, Any]]] = {}
        for row in found:
            said = work.keys.open(row.values_sealed, **_PLACE, subject=row.person_id, row=row.pk)
            for label, pk, values in said:
                changes.setdefault(label, []).append({"id": pk, "values": values})
        _write({label: rows for label, old in changes.items() if (rows := _as_before(coarse.table_of(label), old))})
        _keep(work, office, {row.person_id: [] for row in found}, work.today)
        if found:
            work.record("people.restored", results=[row.person_id for row in found], count=len(found))
    return done


def _as_before(table: Coarse, old: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    said = {each["id"]: each["values"] for each in old}
    now = table.table._default_manager.filter(pk__in=list(said)).values("pk", *table.columns())
    found = []
    for row in now:
        values = said[str(row["pk"])]
        columns = {name: _plain(row[name]) for name in table.columns()}
        back = {n: exact for n, (exact, left) in values.items() if columns[n] == left}
        found.append({"id": str(row["pk"]), **columns, **back})
    return found
