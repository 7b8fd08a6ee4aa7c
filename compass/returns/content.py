"""The declaration as it is read out, in the languages for which the project has a text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "declaration.json"


@dataclass(frozen=True)
class DeclarationText:
    """`checked`: whether a speaker has checked it. `statements` by code of declaration_statement."""

    language: str
    own_name: str
    direction: str
    checked: bool
    version: str
    opening: str
    statements: Mapping[str, str]


@cache
def declaration_texts() -> Mapping[str, DeclarationText]:
    """Every text by language code."""
    document = json.loads(_FILE.read_text(encoding="utf-8"))
    return {
        row["language"]: DeclarationText(
            language=row["language"],
            own_name=row["own_name"],
            direction=row["direction"],
            checked=row["checked"],
            version=document["version"],
            opening=row["opening"],
            statements=row["statements"],
        )
        for row in document["texts"]
    }


def declaration_text(language: str) -> DeclarationText:
    """The text in a language. Raises KeyError when the project has none."""
    return declaration_texts()[language]
