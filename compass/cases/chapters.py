"""What rooms above add to a case's page without being imported: return, reintegration and others register a chapter.

chapters.register(_("Return home"), journey_of)     # in AppConfig.ready
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from compass.cases.files import Files
    from compass.cases.models import Case

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A section of the case page. `facts`: pairs of term and value. `links`: what may be done, pairs of label and address.

    `steps`: moments of the route as for `{% route %}` with an aware `at` to sort by; `panel` (kind, title, text) stands on
    top of the page when something stops the case; `way` (label, address) is the button to what comes next.
    """

    facts: Sequence[tuple[Text, Any]] = ()
    links: Sequence[tuple[Text, str]] = ()
    steps: Sequence[Mapping[str, Any]] = ()
    panel: tuple[str, Text, Text] | None = None
    way: tuple[Text, str] | None = None


Maker = Callable[["Files", "Case"], Chapter | None]
_REGISTRY: dict[str, tuple[int, Text, Maker]] = {}


def register(label: Text, make: Maker, *, order: int = 50) -> None:
    """Add a chapter; `make(files, case)` answers None when the case has none and nothing may be begun."""
    _REGISTRY[f"{make.__module__}.{make.__qualname__}"] = (order, label, make)


def of(files: Files, case: Case) -> list[tuple[Text, Chapter]]:
    """The chapters of a case in order, with their labels."""
    found = []
    for _order, label, make in sorted(_REGISTRY.values(), key=lambda entry: entry[0]):
        if (chapter := make(files, case)) is not None:
            found.append((label, chapter))
    return found
