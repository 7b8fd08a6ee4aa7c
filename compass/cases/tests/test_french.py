"""French, in every room and in the vocabulary: to refer is "orienter", and nobody on record is "aucune personne"."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import compass

HOUSE = Path(compass.__file__).parent
SAID = sorted([*HOUSE.glob("*/locale/fr/LC_MESSAGES/django.po"), *HOUSE.glob("vocabulary/data/**/*.json")])
#: "Personne" beside a participle reads as the noun that a code stands for, and is said of a colleague as easily.
NOBODY = re.compile(r"\bPersonne\b[^.\"]*? n’(?:est (?!dans)|a été|a ce)")
ELSEWHERE = re.compile(r"\b(référencement|référer|réfère|référée?s?\b|référez)", re.IGNORECASE)


@pytest.mark.parametrize("path", SAID, ids=lambda path: str(path.relative_to(HOUSE)))
def test_the_word_is_the_same_everywhere(path):
    assert not ELSEWHERE.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", ["Personne de votre bureau n’a été trouvé", "Personne n’est encore coché."])
def test_a_sentence_that_begins_with_nobody_is_found(text):
    assert NOBODY.search(text)


@pytest.mark.parametrize("path", SAID, ids=lambda path: str(path.relative_to(HOUSE)))
def test_who_is_on_record_is_counted_with_the_noun(path):
    assert not NOBODY.findall(path.read_text(encoding="utf-8"))
