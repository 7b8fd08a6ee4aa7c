"""Text in the language of the reader, chosen when it is shown and not when it is loaded."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from django.utils.functional import lazy
from django.utils.translation import get_language

LANGUAGES = ("en", "fr", "ar")


def active_language() -> str:
    """The reader's language among the three of the interface; English for a reader of any other."""
    base = (get_language() or "en").replace("_", "-").split("-")[0].lower()
    return base if base in LANGUAGES else "en"


def pick(texts: Mapping[str, str]) -> str:
    """The text of the active language. Raises KeyError when a translation is missing: nothing falls back in silence."""
    return texts[active_language()]


lazy_pick = lazy(pick, str)


def in_order(text: object) -> str:
    """The key that sorts names as a reader looks for them: case, accents and marks set aside, ligatures apart."""
    apart = unicodedata.normalize("NFKD", str(text).casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


class Labelled:
    """Something that has a name in each language in `labels`."""

    labels: Mapping[str, str]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the active language."""
        return pick(self.labels)

    @property
    def lazy_label(self) -> str:
        """The name, resolved when it is shown: for choices of models and forms."""
        resolved: str = lazy_pick(self.labels)
        return resolved
