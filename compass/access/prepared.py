"""Queries whose text is made once a process.

Django makes the text of a query anew each time it is asked; on a page that asks thirty things that is a third of the
processor's work. A `Prepared` makes it the first time and keeps it: later calls only put the values in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Q
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)

_PLACE = "%s"
_STAND_INS: dict[type, Callable[[], Any]] = {
    UUID: uuid4,
    str: lambda: uuid4().hex,
    dt.datetime: lambda: dt.datetime.fromtimestamp(uuid4().int % 2**31, dt.UTC),
    dt.date: lambda: dt.date.fromordinal(1 + uuid4().int % 3_000_000),
}

_CONSTANTS = (bool, int, type(None))
_ARRAYS: dict[type, str] = {UUID: "uuid[]", str: "text[]"}


@dataclass(frozen=True)
class _Text:
    """The text of a query, the parameters it always has or the name of the one that stands there, and how to read a row."""

    sql: str
    params: Sequence[Any]
    model: type[Any]
    names: Sequence[str]
    own: slice
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    related: Sequence[Any]
    annotations: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class _Given:
    """The value of an argument; of a condition, its value at `place`."""

    name: str
    place: int | None = None

    def of(self, values: dict[str, Any]) -> Any:
        """A list of UUIDs goes as the text of an array: the driver would look at each of them."""
        found = values[self.name] if self.place is None else values[self.name][self.place]
        if isinstance(found, str) or not isinstance(found, Iterable):
            return found
        listed = list(found)
        return listed if listed and isinstance(listed[0], str) else f"{{{','.join(map(str, listed))}}}"


class Prepared(Generic[M]):
    """A list of rows asked with changing values: `people = Prepared(_people)`, `people(ids=[...])`.

    `make` builds the queryset from its keyword arguments, each of which is a UUID, a str, a date or a datetime, a list of
    UUIDs or of strings that stands behind `__in`, or a Q (the condition of a rule: a text is kept for each shape of it).
    It is called with stand-ins, so what it builds must not depend on the values. The rows are model instances, with what
    `select_related`, `defer`, `only` and `annotate` ask for; prefetching is not followed.
    """

    def __init__(self, make: Callable[..., models.QuerySet[M]]) -> None:
        self.make = make
        self._texts: dict[tuple[Any, ...], _Text] = {}

    def __call__(self, **given: Any) -> list[M]:
        """The rows in their order. Raises NoScope outside a unit of work where the model's manager does."""
        shape = tuple(_shape(value) for value in given.values() if isinstance(value, Q))
        if None in shape:
            return list(self.make(**given))
        text = self._texts.get(shape) or self._keep(shape, given)
        text.model._default_manager.get_queryset()
        values = {name: list(_leaves(value)) if isinstance(value, Q) else value for name, value in given.items()}
        params = [each.of(values) if isinstance(each, _Given) else each for each in text.params]
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(text.sql, params)
            rows = cursor.fetchall()
        return [_row(text, row, connection) for row in rows]

    def _keep(self, shape: tuple[Any, ...], given: dict[str, Any]) -> _Text:
        standing: dict[str, Any] = {}
        places: dict[Any, _Given] = {}
        lists: dict[Any, str] = {}

        def stand_in(one: _Given, of: type, many: bool) -> Any:
            value = _STAND_INS[of]()
            places[value] = one
            if many:
                lists[one] = _ARRAYS[of]
            return [value] if many else value

        for name, kind in get_type_hints(self.make).items():
            if name == "return":
                continue
            if kind is Q:
                standing[name] = _rebuilt(given[name], partial(_leaf, name, count(), stand_in))
            elif get_origin(kind) is list:
                standing[name] = stand_in(_Given(name), get_args(kind)[0], True)
            else:
                standing[name] = stand_in(_Given(name), kind, False)
        compiler = self.make(**standing).query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        named = [places.get(each, each) if isinstance(each, Hashable) else each for each in params]
        info = compiler.klass_info
        if info is None or set(places.values()) - {each for each in named if isinstance(each, _Given)}:
            raise TypeError(f"{self.make.__qualname__} must ask for rows of a model, with each of its arguments")
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        self._texts[shape] = _Text(
            sql=_with_lists(sql, named, lists),
            params=named,
            model=info["model"],
            names=[column[0].target.attname for column in compiler.select[first:last]],
            own=slice(first, last),
            converters=[(place, each, column) for place, (each, column) in converters.items()],
            related=get_related_populators(info, compiler.select, DEFAULT_DB_ALIAS),  # type: ignore[call-arg]
            annotations=list((compiler.annotation_col_map or {}).items()),
        )
        return self._texts[shape]


def _row(text: _Text, values: Sequence[Any], connection: Any) -> Any:
    if text.converters:
        values = list(values)
        for place, converters, column in text.converters:
            for convert in converters:
                values[place] = convert(values[place], column, connection)
    found = text.model.from_db(DEFAULT_DB_ALIAS, text.names, values[text.own])
    for each in text.related:
        each.populate(values, found)
    for name, place in text.annotations:
        setattr(found, name, values[place])
    return found


def _leaves(condition: Q) -> Iterator[Any]:
    """The values of a condition, in their order."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from _leaves(child)
        else:
            yield child[1]  # type: ignore[index]


def _leaf(name: str, numbers: Iterator[int], stand_in: Callable[[_Given, type, bool], Any], value: Any) -> Any:
    """What stands in for a value of the condition `name`; a constant stays itself."""
    one = _Given(name, next(numbers))
    return value if isinstance(value, _CONSTANTS) else stand_in(one, *_kind(value))


def _kind(value: Any) -> tuple[type, bool]:
    """The type of a value and whether it is a list of them."""
    if isinstance(value, list | tuple | set | frozenset):
        return (type(next(iter(value))) if value else object), True
    return type(value), False


def _shape(value: Any) -> Any:
    """What a condition or a value of one is made of, constants with their value; None when no text can be kept for it."""
    if isinstance(value, Q):
        parts = [c if isinstance(c, Q) else c[1] if isinstance(c, tuple) else c for c in value.children]
        shapes = [_shape(part) for part in parts]
        names = [c[0] if isinstance(c, tuple) else "" for c in value.children]
        return None if None in shapes else (value.connector, value.negated, *zip(names, shapes, strict=True))
    if isinstance(value, _CONSTANTS):
        return ("constant", value)
    of, many = _kind(value)
    return (of, many) if of in (_ARRAYS if many else _STAND_INS) else None


def _rebuilt(condition: Q, instead: Callable[[Any], Any]) -> Q:
    """The same condition with other values, asked for in the order of `_leaves`."""
    found = Q(_connector=condition.connector, _negated=condition.negated)
    found.children = [
        _rebuilt(c, instead) if isinstance(c, Q) else (c[0], instead(c[1]))  # type: ignore[index]
        for c in condition.children
    ]
    return found


def _with_lists(sql: str, named: Sequence[Any], lists: dict[Any, str]) -> str:
    """`IN (%s)` of a list becomes `= ANY (%s)`: as many values as there are."""
    parts = sql.split(_PLACE)
    for place, each in enumerate(named):
        if isinstance(each, _Given) and each in lists:
            if not parts[place].endswith(" IN (") or not parts[place + 1].startswith(")"):
                raise TypeError(f"{each.name} is a list and may only stand behind __in")
            parts[place] = f"{parts[place][: -len('IN (')]}= ANY ("
            parts[place + 1] = f"::{lists[each]}{parts[place + 1]}"
    return _PLACE.join(parts)


def _value(given: Any) -> Any:
    """A list of UUIDs goes as the text of an array: the driver would look at each of them."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        return given
    listed = list(given)
    return f"{{{','.join(map(str, listed))}}}" if not listed or isinstance(listed[0], UUID) else listed
