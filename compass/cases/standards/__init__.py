"""Minimum standards as rules over the record: they compute themselves and make the work list.

    @standard("CM-16", what=_("Follow-up contact"), source="...")
    def contact_kept(files: Files) -> Iterator[Due]:
        for case in files.cases: ...

Every module of this package is read when the room starts; rooms above register theirs in `AppConfig.ready`.
The statement and the severity come from the vocabulary list `standard` unless given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, lazy

from compass.access.scope import current_work
from compass.problems import NoScope
from compass.vocabulary import standards as statements

if TYPE_CHECKING:
    from compass.access.work import Work
    from compass.cases.files import Files
    from compass.cases.models import Case, Handover
    from compass.people.models import Person

Text = str | Promise
#: The steps that a standard may stop.
Stopped = Literal["closure"]


@dataclass(frozen=True, kw_only=True)
class Due:
    """One moment a standard asks for. `subject` is a case, a person who has none yet, or an offer.

    Open while `done_at` is None.

    `url` and `action` are the one step that settles it; `waits_for` is owner or supervisor.
    """

    subject: Case | Person | Handover
    start_at: datetime
    due_at: datetime
    done_at: datetime | None = None
    url: str = ""
    action: Text = ""
    what: Text = ""
    waits_for: Literal["owner", "supervisor"] = "owner"


@dataclass(frozen=True, kw_only=True)
class Standard:
    """A minimum standard. `due(files)` gives its moments for a list of cases; `queue(work)` those of people without a case.

    `severity` is what the specification calls it; only `at` stops anything: the steps that may not be done while it is open.
    `gate(files, case)` says whether it is met then, when
    that is not simply "no moment is open".
    """

    id: str
    what: Text
    source: str
    severity: str
    due: Callable[[Files], Iterable[Due]] | None = None
    queue: Callable[[Work], Iterable[Due]] | None = None
    at: frozenset[Stopped] = frozenset()
    gate: Callable[[Files, Case], bool] | None = None

    @property
    def statement(self) -> str:
        """What it asks, in the reader's language."""
        found = statements().get(self.id)
        return found.label if found else str(self.what)


@dataclass(frozen=True)
class Item:
    """A line of a work list."""

    standard: Standard
    due: Due

    @property
    def what(self) -> Text:
        return self.due.what or self.standard.what


@dataclass(frozen=True)
class Unmet:
    """A standard that a case does not meet."""

    case: Case
    standard: Standard


@dataclass
class WorkList:
    """What is due, the most urgent first."""

    late: list[Item] = field(default_factory=list)
    today: list[Item] = field(default_factory=list)
    week: list[Item] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


_REGISTRY: dict[str, Standard] = {}


def register(new: Standard) -> Standard:
    """Add a standard. Raises ValueError when its identifier is taken."""
    if new.id in _REGISTRY:
        raise ValueError(f"standard {new.id} is registered twice")
    _REGISTRY[new.id] = new
    return new


def standard(
    id: str,
    *,
    what: Text,
    source: str,
    severity: str = "",
    at: Sequence[Stopped] = (),
    gate: Callable[[Files, Case], bool] | None = None,
    queue: Callable[[Work], Iterable[Due]] | None = None,
) -> Callable[[Callable[[Files], Iterable[Due]]], Standard]:
    """Declare a standard over the function that gives its due moments."""

    def declare(due: Callable[[Files], Iterable[Due]]) -> Standard:
        found = statements().get(id)
        return register(
            Standard(
                id=id,
                what=what,
                source=source,
                severity=severity or (found.extra["severity"] if found else "alert"),
                due=due,
                queue=queue,
                at=frozenset(at),
                gate=gate,
            )
        )

    return declare


def get(id: str) -> Standard:
    """One registered standard. Raises KeyError."""
    return _REGISTRY[id]


def registered() -> list[Standard]:
    """All of them, by identifier."""
    return sorted(_REGISTRY.values(), key=lambda each: each.id)


def _link(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


#: link(name, *args): an address by name, made when it is shown (most moments of a work list never are); empty where this
#: deployment does not have the page.
link = lazy(_link, str)


def moments(files: Files, *, done: bool = False) -> Iterator[Item]:
    """Every moment of every standard for these cases: the open ones, or with `done` all."""
    for each in registered():
        if each.due is not None:
            yield from (Item(each, due) for due in each.due(files) if done or due.done_at is None)


def unmet(cases: Sequence[Case], at: Stopped, work: Work | None = None) -> list[Unmet]:
    """The standards that stop the step `at` for these cases."""
    from compass.cases.files import Files

    work = work or current_work.get()
    if work is None:
        raise NoScope
    files = Files(work, cases)
    found = []
    for each in registered():
        if at not in each.at:
            continue
        if each.gate is not None:
            found += [Unmet(case, each) for case in cases if not each.gate(files, case)]
        elif each.due is not None:
            open_cases = {due.subject.pk for due in each.due(files) if due.done_at is None}
            found += [Unmet(case, each) for case in cases if case.pk in open_cases]
    return found


def named(found: Iterable[Unmet]) -> str:
    """Their identifiers and statements, for StandardNotMet."""
    return spell(*dict.fromkeys(each.standard.id for each in found))


def spell(*names: str) -> str:
    """Standards in words, in the reader's language, each with its identifier behind."""
    return "; ".join(f"{_statement(name)} ({name})" for name in names)


def _statement(name: str) -> str:
    found = _REGISTRY.get(name)
    return (found.statement if found else statements().require(name).label).rstrip(".")


def sort(items: Iterable[Item], now: datetime) -> WorkList:
    """Late, today (within 24 hours) and the seven days to come, each by deadline; later ones are left out."""
    made = WorkList()
    for item in sorted(items, key=lambda each: (each.due.due_at, each.standard.id)):
        left = item.due.due_at - now
        if left < timedelta(0):
            made.late.append(item)
        elif left < timedelta(days=1):
            made.today.append(item)
        elif left < timedelta(days=7):
            made.week.append(item)
    return made


def work_list(work: Work, now: datetime | None = None, *, risk: str = "", standard: str = "") -> WorkList:
    """What is due for this colleague: own cases, cases nobody leads, and people who wait for consent or screening."""
    from compass.cases.files import Files, work_of

    cases = work_of(work)
    files = Files(work, cases, now)
    found = [item for item in moments(files) if item.due.waits_for == "owner"]
    for each in registered():
        if each.queue is not None:
            found += [Item(each, due) for due in each.queue(work)]
    if risk:
        found = [item for item in found if getattr(item.due.subject, "risk_level", "not_assessed") == risk]
    if standard:
        found = [item for item in found if item.standard.id == standard]
    made = sort(found, files.now)
    made.cases = [case for case in cases if case.owner_id == work.actor.id]
    return made
