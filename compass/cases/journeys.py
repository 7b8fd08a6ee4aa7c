"""Where people are on their way to: rooms above tell it without being imported.

journeys.register(under_way)     # in AppConfig.ready
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from compass.access.models import Organisation
from compass.cases.models import Case

#: Countries that a journey under way leads to, of any of these people.
Maker = Callable[[Iterable[UUID]], set[str]]
_REGISTRY: list[Maker] = []


def register(make: Maker) -> None:
    """Called once per room, in `AppConfig.ready`."""
    _REGISTRY.append(make)


def leads_to(case: Case) -> set[str]:
    """The countries where an office may take the case over without a word: its own, and where the person is going."""
    return {case.country}.union(*(make([case.person_id]) for make in _REGISTRY))


def unexpected(case: Case, receiver: Organisation) -> bool:
    """Whether a handover to that office leads abroad without a return under way: then it needs a reason."""
    return receiver.country not in leads_to(case)
