"""A copy of all that is held about a person: gathered from the tables that the rooms registered, in words and as data.

Nothing here is stored; what a copy says is read anew each time and lives as long as the response.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compass.access.models import Organisation
from compass.access.work import Work
from compass.people.held import ALWAYS, Column, Held, held, left_out
from compass.people.models import Person
from compass.people.queries import made_one_with
from compass.problems.words import in_a_row
from compass.ui.words import day
from compass.vocabulary import code_list, label_of, languages
from compass.vocabulary.nationalities import nationalities
from compass.vocabulary.places import areas, countries

FORMAT, FORMAT_VERSION = "compass-copy", 1
KINDS = "copy_withheld"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Text:
    """A free text: given only when a colleague has gone through it. `key` names it on the page."""

    key: str
    of: str
    label: str
    said: str


@dataclass(frozen=True)
class Entry:
    """One record in words: the lines of (label, what it says)."""

    lines: list[tuple[str, str]]


@dataclass
class Copy:
    """`sections`: (title, records). `texts`: every free text, given or not. `kinds`: what is left out, codes of
    copy_withheld. `tables`: {model: rows} as they are stored."""

    sections: list[tuple[str, list[Entry]]] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    kinds: dict[str, None] = field(default_factory=lambda: dict.fromkeys(ALWAYS))
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def records(self) -> int:
        return sum(len(rows) for rows in self.tables.values())

    @property
    def withheld(self) -> list[str]:
        """What is left out, in words, in the order of the list."""
        return [label_of(KINDS, kind) for kind in code_list(KINDS).values if kind in self.kinds]

    def as_data(self, work: Work, person: Person) -> str:
        """The copy as JSON that explains itself: labels of every column and code stand in it (docs/copy-of-data.md)."""
        tables = {
            each.model: {
                "title": str(each.title),
                "columns": {name: str(column.label) for name, column in each.columns().items()}
                | {name: str(label) for name, label in {**each.sealed, **each.words}.items()},
                "rows": self.tables[each.model],
            }
            for each in held()
            if each.model in self.tables
        }
        told = {
            "format": FORMAT, "version": FORMAT_VERSION, "made_at": work.now, "person": person.code,
            "language": get_language(), "tables": tables, "codes": self.codes,
            "withheld": [{"kind": kind, "label": label_of(KINDS, kind)} for kind in self.kinds],
        }  # fmt: skip
        return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def gather(work: Work, person: Person, given: Collection[str] = ()) -> Copy:
    """Everything held about a person here, also under records that were merged into theirs as far as the colleague may
    open what stayed with those, in the language that is active. `given`: the keys of the free texts that a
    colleague went through. The caller has recorded the copy first; see `compass.people.actions.record_copies`."""
    copy = Copy()
    records = [person.pk, *(row.pk for row in made_one_with(person))]
    work.keys.load(records)
    may: dict[str, set[UUID]] = {}
    for each in held():
        found: list[models.Model] = []
        for record in records:
            rows = _rows(each, person, record)
            if rows and each.rule not in may:
                mine = work.allowed(each.rule, Person) if work.may(each.rule) else Person.objects.none()
                may[each.rule] = set(mine.filter(pk__in=records).values_list("pk", flat=True))
            if rows and record not in may[each.rule]:
                copy.kinds["part"] = None
            else:
                found += rows
        if found:
            copy.tables[each.model] = []
            copy.sections.append((str(each.title), [_entry(work, each, row, given, copy) for row in found]))
    for model, (kind, path) in left_out().items():
        table: Any = apps.get_model(model)
        if path and kind not in copy.kinds and table.objects.filter(**{f"{path}__in": records}).exists():
            copy.kinds[kind] = None
    return copy


def _rows(each: Held, person: Person, record: UUID) -> Sequence[models.Model]:
    table: Any = each.table
    names = {column.attname for column in table._meta.concrete_fields}
    rows = table.objects.filter(**{each.person: record}, organisation_id=person.organisation_id)
    return list(rows.order_by(*(name for name in ("occurred_at", "recorded_at") if name in names), "pk"))


def _entry(work: Work, each: Held, row: Any, given: Collection[str], copy: Copy) -> Entry:
    told: dict[str, Any] = {}
    lines: list[tuple[str, str]] = []
    for name, column in each.columns().items():
        value = told[name] = getattr(row, name)
        if text := in_words(column, value, copy.codes):
            lines.append((str(column.label), text))
    for name, label in each.sealed.items():
        value = told[name] = _own(each, name, open_column(work, each, row, name), copy)
        lines += _sealed_lines(each, name, label, value, copy)
    for name, label in each.words.items():
        column_name, _dot, part = name.partition(".")
        value = open_column(work, each, row, column_name)
        value = (value or {}).get(part) if part else value
        if not (said := _free(value)):
            continue
        key = f"{row.pk}.{name}"
        copy.texts.append(Text(key, str(each.title), str(label), said))
        if key in given:
            told[name] = value
            lines.append((str(label), said))
        else:
            copy.kinds["words"] = None
    for name, kind in each.apart.items():
        if "." not in name and kind not in copy.kinds and getattr(row, name):
            copy.kinds[kind] = None
    copy.tables[each.model].append(told)
    return Entry(lines)


def open_column(work: Work, each: Held, row: Any, column: str) -> Any:
    """What a sealed column of a row holds; None when it is empty. Raises KeyAbsent, Unreadable."""
    blob, table = getattr(row, column), each.table._meta.db_table
    if isinstance(row, Person) or each.own_key:
        return work.keys.open(blob, table=table, column=column, subject=row.pk)
    return work.keys.open(blob, table=table, column=column, subject=row.person_id, row=row.pk)


def _own(each: Held, name: str, value: Any, copy: Copy) -> Any:
    """A sealed answer without the parts that are left out or are free text."""
    if not isinstance(value, dict):
        return value
    free = {key.partition(".")[2] for key in each.words if key.startswith(f"{name}.")}
    kept = {}
    for key, part in value.items():
        if kind := each.apart.get(f"{name}.{key}"):
            if part:
                copy.kinds[kind] = None
        elif key not in free:
            kept[key] = part
    return kept


def _sealed_lines(each: Held, name: str, label: Any, value: Any, copy: Copy) -> list[tuple[str, str]]:
    if reader := each.read.get(name):
        return reader(value or {})
    if not isinstance(value, dict):
        return [(str(label), _free(value))] if value else []
    parts = each.parts.get(name, {})
    columns = {key: parts.get(key) or Column(key) for key in value}
    found = [(str(columns[key].label), in_words(columns[key], part, copy.codes)) for key, part in value.items()]
    return [line for line in found if line[1]]


def _free(value: Any) -> str:
    """Free text; of several in one column, each on its line."""
    if isinstance(value, dict):
        return "\n".join(filter(None, map(_free, value.values())))
    if isinstance(value, list):
        return "\n".join(filter(None, map(_free, value)))
    return "" if value is None or isinstance(value, bool) else str(value).strip()


def in_words(column: Column, value: Any, used: dict[str, dict[str, str]]) -> str:
    """A value in the language that is active; empty for none. The codes it holds are added to `used`, by list."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, dict):
        pairs = value.items()
        if "code" in value:
            return _label(column.codes, str(value["code"]), used)
        return in_a_row(f"{_label(column.codes, key, used)}: {_one(column.values, part, used)}" for key, part in pairs)
    if isinstance(value, list | tuple):
        return in_a_row(in_words(column, each, used) for each in value)
    return _one(column.codes, value, used)


def _one(codes: str | Mapping[str, Any], value: Any, used: dict[str, dict[str, str]]) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return f"{day(value, form='year')}, {timezone.localtime(value):%H:%M}"
    if isinstance(value, date):
        return day(value, form="year")
    text = str(value)
    if not codes and DAY.fullmatch(text):
        with suppress(ValueError):  # a number may look like a day and be none
            return day(date.fromisoformat(text), form="year")
    return _label(codes, text, used) if codes else text


def _label(codes: str | Mapping[str, Any], value: str, used: dict[str, dict[str, str]]) -> str:
    if not isinstance(codes, str):
        return str(codes.get(value, value))
    if not codes:
        return value
    label = _names(codes).get(value) or value
    used.setdefault(codes, {})[value] = label
    return label


def _names(codes: str) -> dict[str, str]:
    """Labels by code in the language that is active: of a code list, or of what is kept apart from them."""
    if codes == "language":
        return {row.code: row.label for row in languages()}
    if codes in {"nationality", "country"}:
        return {**dict(nationalities().choices()), **{row.alpha2: row.label for row in countries()}}
    if codes == "area":
        return {row.code: row.label for one in countries() for row in areas(one.alpha2)}
    if codes == "organisation":
        return {str(pk): name for pk, name in Organisation.objects.values_list("pk", "name")}
    return {code.value: code.label for code in code_list(codes)}
