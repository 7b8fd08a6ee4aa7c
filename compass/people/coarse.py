"""What is left of the clear columns about people once everything about them is closed, said by the room that holds them.

Every clear column of every table about a person stands here once, or the table says why it is left; a test fails for one
that does not. Moments and days become their quarter without anyone saying so, age bands become child or adult. What was
there before is sealed under the person's key and put back before anything is written (`compass.people.actions.coarsening`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from compass.people.held import about_people
from compass.people.models import ADULT, CHILD, CHILD_BANDS
from compass.ui.quarters import begins, quarter

#: Moments that fall into one quarter keep their order as microseconds after its beginning; no household has more.
MOST_MOMENTS = 1_000_000


def band(code: str) -> str:
    """CHILD or ADULT for an age band; an age that nobody knows stays unknown."""
    return "" if not code else CHILD if code in CHILD_BANDS else ADULT


def moments(seen: Iterable[datetime]) -> dict[datetime, datetime]:
    """Each aware moment as the beginning of its quarter (UTC) and a microsecond for each different moment of that quarter
    up to it: what was before stays before, what was at once stays at once."""
    found: dict[datetime, datetime] = {}
    counted: dict[date, int] = {}
    for moment in sorted(set(seen)):
        first = quarter(moment.astimezone(UTC).date())
        counted[first] = counted.get(first, 0) + 1
        if counted[first] >= MOST_MOMENTS:
            raise ValueError("too many moments in one quarter")
        found[moment] = begins(first) + timedelta(microseconds=counted[first])
    return found


@dataclass(frozen=True)
class Coarse:
    """A table about a person whose rows are made coarse. `person`: the path to the person. `kept`: clear columns that say
    nothing of sex, age, nationality, area or time, or that only say what of these is left. `gone`: columns that narrow,
    with what stands there instead. `bands`: columns with an age band. `fine`: days or moments that stay, with the reason.
    """

    model: str
    kept: str = ""
    gone: Mapping[str, Any] = field(default_factory=dict)
    bands: tuple[str, ...] = ()
    fine: Mapping[str, str] = field(default_factory=dict)
    person: str = "person"

    @property
    def table(self) -> type[models.Model]:
        return apps.get_model(self.model)

    def times(self) -> list[str]:
        """Its columns with a moment or a day that become the quarter."""
        columns = self.table._meta.concrete_fields
        return [c.attname for c in columns if isinstance(c, models.DateField) and c.attname not in self.fine]

    def columns(self) -> list[str]:
        """Every column that changes."""
        return [*self.times(), *self.bands, *self.gone]

    def coarse(self, row: Mapping[str, Any], known: Mapping[datetime, datetime]) -> dict[str, Any]:
        """What is left of a row ({column: value}); `known`: what `moments` made of every moment of the household."""
        left: dict[str, Any] = {}
        for name in self.times():
            value = row[name]
            left[name] = known[value] if isinstance(value, datetime) else value and quarter(value)
        left |= {name: band(row[name]) for name in self.bands}
        return {**left, **self.gone}


_coarse: dict[str, Coarse] = {}
_stays: dict[str, str] = {}


def coarsen(*tables: Coarse) -> None:
    """Called by a room in `AppConfig.ready`."""
    _coarse.update({each.model: each for each in tables})


def stays(reason: str, *labels: str) -> None:
    """Tables about people that are left as they are, and why."""
    _stays.update(dict.fromkeys(labels, reason))


def tables() -> tuple[Coarse, ...]:
    """Every table that is made coarse."""
    return tuple(_coarse.values())


def table_of(label: str) -> Coarse:
    return _coarse[label]


#: Columns of which nothing needs to be said.
_PLAIN = frozenset({"id", "organisation_id", "version", "basis", "recorded_by"})


def unsaid() -> list[str]:
    """Tables and clear columns about a person of which no room says what is left of them, and words about columns that are
    not there; must be empty."""
    known = about_people()
    missing = [label for label in known if label not in _coarse and label not in _stays]
    for each in _coarse.values():
        columns = each.table._meta.concrete_fields
        ours = {c.attname for c in columns if not _links(c, known) and not str(c.column).endswith("_sealed")} - _PLAIN
        open_ = ours - {c.attname for c in columns if isinstance(c, models.DateField)}
        said = [*each.kept.split(), *each.gone, *each.bands]
        links = {c.attname for c in columns if _links(c, known)}
        missing += [f"{each.model}.{name}" for name in open_.symmetric_difference(set(said) - links)]
        missing += [f"{each.model}.{name}" for name in set(each.fine) - ours]
        missing += [f"{each.model}.{name}" for name in said if said.count(name) > 1]
    return sorted(missing)


def _links(column: models.Field[Any, Any], known: set[str]) -> bool:
    """Whether a column only names another row about the same person."""
    target = column.related_model if isinstance(column, models.ForeignKey) else None
    return isinstance(target, type) and target._meta.label in known and column.attname != "merged_into_id"


StillOpen = Callable[[UUID, set[UUID], datetime], set[UUID]]
Closed = Callable[[UUID, datetime], Iterable[UUID]]
_open: list[StillOpen] = []
_closed: list[Closed] = []


def on_open(provider: StillOpen) -> None:
    """`provider(organisation, people, before)`: about whom of these something is still open, or was not yet closed at that
    moment."""
    if provider not in _open:
        _open.append(provider)


def on_closed(provider: Closed) -> None:
    """`provider(organisation, before)`: people not yet coarse with something that was closed before that moment."""
    if provider not in _closed:
        _closed.append(provider)


def still_open(organisation: UUID, people: set[UUID], before: datetime) -> set[UUID]:
    """Ask every room."""
    return {person for provider in _open for person in provider(organisation, people, before)}


def closed(organisation: UUID, before: datetime) -> set[UUID]:
    """Ask every room."""
    return {person for provider in _closed for person in provider(organisation, before)}
