"""To refer is "orienter" in French, in every room and in the vocabulary."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import compass

HOUSE = Path(compass.__file__).parent
SAID = sorted([*HOUSE.glob("*/locale/fr/LC_MESSAGES/django.po"), *HOUSE.glob("vocabulary/data/**/*.json")])
ELSEWHERE = re.compile(r"\b(référencement|référer|réfère|référée?s?\b|référez)", re.IGNORECASE)


@pytest.mark.parametrize("path", SAID, ids=lambda path: str(path.relative_to(HOUSE)))
def test_the_word_is_the_same_everywhere(path):
    assert not ELSEWHERE.findall(path.read_text(encoding="utf-8"))
