"""What a colleague must see first about a person: urgent facts kept by the rooms above, shown on the person's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compass.access.work import Work
    from compass.people.models import Person


@dataclass(frozen=True)
class Alert:
    """An urgent fact in the reader's language and when it was noted; red while it is `fresh`."""

    words: str
    at: datetime
    fresh: bool


Provider = Callable[["Work", "Person"], list[Alert]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Called by a room in `AppConfig.ready`; `provider` gives only what this colleague may read."""
    if provider not in _providers:
        _providers.append(provider)


def alerts_of(work: Work, person: Person) -> list[Alert]:
    """Every urgent fact about this person, in the order in which the rooms registered."""
    return [alert for provider in _providers for alert in provider(work, person)]
