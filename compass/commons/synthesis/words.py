"""What the public figures are called, in English, French and Arabic.

The words lie in `data/words.json`, by group and code. Groups: region, cause, limit (of the missing-migrants figures),
kind, bound, figure and caution (of the published facts). A bound is a pattern with `{value}`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "fr", "ar")
_FILE = Path(__file__).resolve().parent / "data" / "words.json"


@cache
def words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """All words: group, code, language."""
    found: Mapping[str, Mapping[str, Mapping[str, str]]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


def word(group: str, code: str, language: str) -> str:
    """The words for a code; English for a language that has none. Raises KeyError for an unknown group or code."""
    labels = words()[group][code]
    return labels.get(language.split("-")[0], labels["en"])
