"""Minimum protection standards in plain words, and the time limits that go with each level of risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from compass.vocabulary.codes import Code, CodeList, code_list
from compass.vocabulary.files import read
from compass.vocabulary.labels import pick


@dataclass(frozen=True)
class Timeline:
    """A time limit per risk level in hours; None where the level sets no limit. Defaults: a country may change them."""

    id: str
    labels: Mapping[str, str]
    hours: Mapping[str, int | None]
    tags: Mapping[str, str]
    source: str

    @property
    def label(self) -> str:
        """What must be done in time, in the active language."""
        return pick(self.labels)

    def provisional(self, risk_level: str) -> bool:
        """Whether no published source gives the limit of this level."""
        return self.tags[risk_level] == "I"


def standards() -> CodeList:
    """All standards; the label is the statement; `extra` has severity, tag, and what fails it (for CM rules)."""
    return code_list("standard")


def standard(id: str) -> Code:
    """One standard, such as CM-01. Raises KeyError when there is none."""
    return standards().require(id)


@cache
def timelines() -> Mapping[str, Timeline]:
    """All time limits by id, read on first use."""
    document = read("timelines")
    return {
        row["value"]: Timeline(row["value"], row["labels"], row["hours"], row["tags"], row["source"])
        for row in document["codes"]
    }


def timeline(id: str) -> Timeline:
    """One time limit, such as first_response. Raises KeyError when there is none."""
    found = timelines().get(id)
    if found is None:
        raise KeyError(f"there is no time limit {id!r}")
    return found
