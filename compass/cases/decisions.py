"""What waits for a second person, also in rooms above: they register what they ask a supervisor to decide.

decisions.register(waiting_returns)     # in AppConfig.ready
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.functional import Promise

if TYPE_CHECKING:
    from compass.access.work import Work


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One decision. `subject`: the record with its `code`; `risk`: that of the person's case, empty without one.

    `urgent`: it stands first, whatever the risk.
    `by` prepared it; `mine`: the reader took part and may not decide, which `standard` says.
    """

    subject: Any
    asked: str | Promise
    by: UUID
    since: datetime
    mine: bool
    url: str
    standard: str
    risk: str = ""
    urgent: bool = False


Provider = Callable[["Work"], Iterable[Waiting]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Called by a room in `AppConfig.ready`; `provider` gives what waits in the reader's offices."""
    if provider not in _providers:
        _providers.append(provider)


def waiting(work: Work) -> list[Waiting]:
    """Everything that the rooms above wait for."""
    return [each for provider in _providers for each in provider(work)]
