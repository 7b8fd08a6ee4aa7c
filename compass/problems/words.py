"""Words one after another, as every room says them; here, since also the lowest room lists something."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language


def in_a_row(words: Iterable[object]) -> str:
    """The words with commas between them: that of the Arabic script in Arabic, whatever script the words are of."""
    comma = "، " if (get_language() or "").startswith("ar") else ", "
    return comma.join(str(word) for word in words)
