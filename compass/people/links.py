"""Where a person is also found: pages of the rooms above that the page of the person leads to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compass.access.work import Work
    from compass.people.models import Person

#: (words, address) of pages that this colleague may open.
Provider = Callable[["Work", "Person"], list[tuple[str, str]]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Called by a room in `AppConfig.ready`; `provider` notes in the trail whom it looked at (`work.saw`)."""
    if provider not in _providers:
        _providers.append(provider)


def links_of(work: Work, person: Person) -> list[tuple[str, str]]:
    """Every link about this person, in the order in which the rooms registered."""
    return [link for provider in _providers for link in provider(work, person)]
