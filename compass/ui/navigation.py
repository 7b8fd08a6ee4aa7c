"""The navigation: rooms register their entries, the shell shows what the request may see.

A room calls `register` in its `AppConfig.ready`; nothing here knows a room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrOrPromise

Side = Literal["house", "public"]


@dataclass(frozen=True)
class Entry:
    """One registered entry; `order` counts upwards, lower comes first."""

    label: _StrOrPromise
    url_name: str
    order: int
    visible: Callable[[HttpRequest], bool]
    side: Side


@dataclass(frozen=True)
class Item:
    """One entry as a template shows it."""

    label: _StrOrPromise
    url: str
    current: bool


_entries: dict[tuple[Side, str], Entry] = {}


def _signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user is not None and user.is_authenticated)


def _everyone(request: HttpRequest) -> bool:
    return True


def register(
    *,
    label: _StrOrPromise,
    url_name: str,
    order: int = 50,
    visible: Callable[[HttpRequest], bool] | None = None,
    side: Side = "house",
) -> None:
    """Add an entry; a second registration of the same address replaces the first.

    `visible` defaults to signed-in people inside the house and to everyone on the public side.
    """
    if visible is None:
        visible = _signed_in if side == "house" else _everyone
    _entries[(side, url_name)] = Entry(label, url_name, order, visible, side)


def unregister(url_name: str, side: Side = "house") -> None:
    """Take an entry away; unknown names are ignored."""
    _entries.pop((side, url_name), None)


def items(request: HttpRequest, side: Side = "house") -> list[Item]:
    """The entries this request may see, in order; exactly one at most is current.

    The current one is the entry whose address is the longest start of the request's path. An entry whose
    address this process does not serve is left out: the public process has no address of the house.
    """
    found: list[tuple[Entry, str]] = []
    for entry in sorted(_entries.values(), key=lambda entry: (entry.order, entry.url_name)):
        if entry.side != side or not entry.visible(request):
            continue
        try:
            found.append((entry, reverse(entry.url_name)))
        except NoReverseMatch:
            continue
    starts = [url for _, url in found if request.path == url or (url != "/" and request.path.startswith(url))]
    here = max(starts, key=len, default=None)
    return [Item(entry.label, url, url == here) for entry, url in found]
