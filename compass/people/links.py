"""Where a person is also found: pages of the rooms above that the page of the person leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compass.access.work import Work
    from compass.people.models import Person

#: (words, address) of pages that this colleague may open.
Provider = Callable[["Work", "Person"], list[tuple[str, str]]]
_providers: list[Provider] = []


@dataclass(frozen=True)
class Act:
    """A button on the page of a person. `quiet`: it may be done, but is not what comes next."""

    words: str
    address: str
    quiet: bool = False


ActProvider = Callable[["Work", "Person"], list[Act]]
_act_providers: list[ActProvider] = []


def register_acts(provider: ActProvider) -> None:
    """Called by a room in `AppConfig.ready`: what may be done next about a person, by this colleague."""
    if provider not in _act_providers:
        _act_providers.append(provider)


def acts_of(work: Work, person: Person) -> list[Act]:
    """Every button about this person, in the order in which the rooms registered."""
    return [act for provider in _act_providers for act in provider(work, person)]


def register(provider: Provider) -> None:
    """Called by a room in `AppConfig.ready`; `provider` notes in the trail whom it looked at (`work.saw`)."""
    if provider not in _providers:
        _providers.append(provider)


def links_of(work: Work, person: Person) -> list[tuple[str, str]]:
    """Every link about this person, in the order in which the rooms registered."""
    return [link for provider in _providers for link in provider(work, person)]
