"""Code lists: what may be answered, in every language, with source and version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from compass.problems import UnknownCode
from compass.vocabulary.files import DATA, day, read
from compass.vocabulary.labels import LANGUAGES, Labelled, pick

__all__ = ["LANGUAGES", "Code", "CodeList", "all_known", "code_list", "known", "label_of", "list_ids"]

_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Code(Labelled):
    """One answer of a list.

    `labels` and `descriptions` hold en, fr and ar; `descriptions` may be empty. `valid_to` is the last day of use.
    `provisional` says that no published source gives this code: screens and exports mark it.
    """

    value: str
    labels: Mapping[str, str]
    descriptions: Mapping[str, str] = field(default_factory=dict)
    provisional: bool = False
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def description(self) -> str:
        """The description in the active language; empty when the list has none."""
        return pick(self.descriptions) if self.descriptions else ""

    def valid_on(self, when: date) -> bool:
        """Whether the code may be chosen on that day."""
        return (self.valid_from is None or self.valid_from <= when) and (self.valid_to is None or when <= self.valid_to)


@dataclass(frozen=True)
class CodeList:
    """A versioned list of codes in the order in which people should read them."""

    id: str
    version: str
    source: str
    provisional: bool
    codes: tuple[Code, ...]

    @cached_property
    def _by_value(self) -> Mapping[str, Code]:
        return MappingProxyType({code.value: code for code in self.codes})

    def __contains__(self, value: object) -> bool:
        return value in self._by_value

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def values(self) -> tuple[str, ...]:
        """All values, in order."""
        return tuple(code.value for code in self.codes)

    def choices(self, on: date | None = None) -> list[tuple[str, str]]:
        """(value, lazy label) pairs for a form; with `on`, only what may be chosen on that day."""
        return [(code.value, code.lazy_label) for code in self.codes if on is None or code.valid_on(on)]

    def get(self, value: str | None) -> Code | None:
        """The code with this value, or None."""
        return self._by_value.get(value) if value is not None else None

    def require(self, value: str) -> Code:
        """The code with this value. Raises KeyError that names the list and the value."""
        code = self._by_value.get(value)
        if code is None:
            raise KeyError(f"code list {self.id} (version {self.version}) has no code {value!r}")
        return code


@cache
def code_list(id: str) -> CodeList:
    """The list with this id, read on first use. Raises KeyError when there is none."""
    if not _ID.fullmatch(id):
        raise KeyError(f"{id!r} is not the id of a code list")
    try:
        document = read("lists", id)
    except FileNotFoundError:
        raise KeyError(f"there is no code list {id!r}") from None
    return parse_list(document)


def parse_list(document: Mapping[str, Any]) -> CodeList:
    """A code list from its file; a code without its own source or mark takes those of the list."""
    return CodeList(
        id=document["id"],
        version=document["version"],
        source=document["source"],
        provisional=document["provisional"],
        codes=tuple(_parse_code(row, document) for row in document["codes"]),
    )


def _parse_code(row: Mapping[str, Any], document: Mapping[str, Any]) -> Code:
    return Code(
        value=row["value"],
        labels=row["labels"],
        descriptions=row.get("descriptions", {}),
        provisional=row.get("provisional", document["provisional"]),
        source=row.get("source", document["source"]),
        valid_from=day(row.get("valid_from")),
        valid_to=day(row.get("valid_to")),
        extra=row.get("extra", {}),
    )


@cache
def list_ids() -> tuple[str, ...]:
    """The ids of all lists, sorted."""
    return tuple(sorted(path.stem for path in DATA.joinpath("lists").glob("*.json")))


def known(list_id: str, value: str) -> str:
    """The value, when its list has it. Raises UnknownCode, which a page, an importer and a device can all show."""
    if value not in code_list(list_id):
        raise UnknownCode(value=value[:40], list=list_id)
    return value


def all_known(list_id: str, values: Iterable[str]) -> None:
    """Raise UnknownCode unless the list has each of these values."""
    for value in values:
        known(list_id, value)


def label_of(list_id: str, value: str) -> str:
    """The label of one value in the active language. Raises KeyError for an unknown list or value."""
    return code_list(list_id).require(value).label
