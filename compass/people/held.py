"""What is held about a person, table by table, said by the room that holds it: what a copy for the person tells of it, and
what it leaves out and why.

Every column of every table about a person stands here once; a test fails for one that does not. What belongs to others
stays out: names of colleagues and of other people, what a partner wrote for itself, what would put somebody in danger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compass.people.models import Person
from compass.people.registry import references

#: Kinds of what is left out (codes of copy_withheld). The first three are said in every copy, whether there is any or not:
#: that they are said tells nothing.
ALWAYS = ("colleagues", "internal", "protect")
Words = str | Promise


@dataclass(frozen=True)
class Column:
    """A column or a part of a sealed one, in words.

    codes: its code list; or "country", "language", "nationality" or "organisation"; or the words by value. values: where it
    maps codes to others, the same for those.
    """

    label: Words
    codes: str | Mapping[str, Words] = ""
    values: str | Mapping[str, Words] = ""


#: What every record says of itself.
COMMON: dict[str, Column] = {
    "occurred_at": Column(_("Day and time")),
    "recorded_at": Column(_("Written down")),
    "basis": Column(_("On what legal basis"), "legal_basis"),
}
#: How the program links its records: tells nobody anything.
LINKS = frozenset({"id", "organisation_id", "version", "person_id"})
BY_WHOM = "recorded_by"


@dataclass(frozen=True)
class Held:
    """A table about a person.

    `rule`: what a colleague must be allowed to open its rows. `told`: clear columns. `sealed`: what the person answered,
    given whole but for `apart`; `parts` says its keys in words. `words`: free text (a column, or a key of one as
    `column.key`), given only when a colleague has gone through it: it may speak of somebody else. `apart`: columns and
    `column.key` that are left out, with the kind. `person`: the path to the person. `own_key`: sealed under the row's key.
    `read`: what a sealed column says in words, where `parts` cannot say it.
    """

    model: str
    title: Words = ""
    rule: str = "people.copy"
    told: Mapping[str, Column] = field(default_factory=dict)
    sealed: Mapping[str, Words] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, Column]] = field(default_factory=dict)
    words: Mapping[str, Words] = field(default_factory=dict)
    apart: Mapping[str, str] = field(default_factory=dict)
    person: str = "person"
    own_key: bool = False
    read: Mapping[str, Callable[[Any], list[tuple[str, str]]]] = field(default_factory=dict)

    @property
    def table(self) -> type[models.Model]:
        return apps.get_model(self.model)

    def columns(self) -> dict[str, Column]:
        """What is told of each row, in order."""
        names = {column.attname for column in self.table._meta.concrete_fields}
        return {
            **{name: said for name, said in COMMON.items() if name in names and name not in self.apart},
            **self.told,
        }


_held: dict[str, Held] = {}
#: In which order the rooms' tables stand in a copy: as the person went through them.
ROOMS = ("people", "reception", "cases", "returns", "reintegration")
#: Tables of which a copy says nothing but their kind, with the path to the person where it says so only when there is a row.
_apart: dict[str, tuple[str, str]] = {}


def hold(*tables: Held) -> None:
    """Called by a room in `AppConfig.ready`, its tables in the order in which a copy tells them."""
    _held.update({each.model: each for each in tables})


def hold_apart(kind: str, *tables: str, person: str = "") -> None:
    """Tables that are left out whole, with the kind that a copy says when there is a row; `person`: the path to the person.

    Without a path nothing is said of them, but where the kind is said in every copy.
    """
    _apart.update(dict.fromkeys(tables, (kind, person)))


def held() -> tuple[Held, ...]:
    """Every table of which a copy tells something, in the order in which it does."""
    return tuple(sorted(_held.values(), key=lambda each: ROOMS.index(each.table._meta.app_label)))


def left_out() -> dict[str, tuple[str, str]]:
    """Every table that is left out whole: {model: (kind, path to the person or nothing)}."""
    return dict(_apart)


def about_people() -> set[str]:
    """Every table with rows about a person, also by way of another one that has."""
    found: set[type[models.Model]] = {Person, *(apps.get_model(each.model) for each in references())}
    while True:
        more = {
            model
            for model in apps.get_models()
            if model not in found
            and any(
                isinstance(column, models.ForeignKey) and column.related_model in found
                for column in model._meta.concrete_fields
            )
        }
        if not more:
            return {model._meta.label for model in found}
        found |= more


def unsaid() -> list[str]:
    """Tables and columns about a person of which nobody says whether a copy tells them; must be empty."""
    missing = [model for model in about_people() if model not in _held and model not in _apart]
    for each in held():
        said = {*each.told, *each.sealed, *(name.partition(".")[0] for name in (*each.words, *each.apart))}
        columns = {column.attname for column in each.table._meta.concrete_fields} - LINKS - {*COMMON, BY_WHOM}
        missing += [f"{each.model}.{name}" for name in columns ^ (said - {*COMMON, BY_WHOM} - LINKS)]
    return sorted(missing)
