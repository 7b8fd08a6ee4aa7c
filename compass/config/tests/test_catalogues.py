from __future__ import annotations

import pytest
from babel.messages.mofile import read_mo

from compass.config import catalogues

CASES = [(room, language) for room in catalogues.rooms() for language in catalogues.LANGUAGES]
# The same word in French as in English, looked at one by one.
SAME_IN_FRENCH = {
    "Action", "Actions", "Age", "Assistance", "Budget", "Code", "Codes", "Consultation", "Date", "Description",
    "Distance", "Document", "Documents", "Email", "Image", "Impact", "Information", "Instructions", "Message",
    "Mission", "Note", "Notes", "Options", "Organisation", "Page", "Pages", "Participants", "Phase", "Photo",
    "Population", "Principal", "Protection", "Question", "Questions", "Restriction", "Service", "Services",
    "Situation", "Solution", "Source", "Sources", "Statistics", "Suggestion", "Total", "Transit", "Transport",
    "Version", "Vote", "Votes", "Zone",
}  # fmt: skip
SAME_EVERYWHERE = {"COMPASS", "English", "Français", "العربية", "PDF", "CSV", "EUR", "TOTP", "IOM", "UTC"}


@pytest.mark.parametrize(("room", "language"), CASES, ids=[f"{r.name}-{code}" for r, code in CASES])
def test_every_string_is_translated_by_meaning(room, language):
    catalog = catalogues.translated(room, language)

    missing, same, fuzzy = [], [], []
    for message in catalogues.said(room):
        if not message.id:
            continue
        found = catalog.get(message.id, context=message.context)
        if found is None or not catalogues._whole(found.string):
            missing.append(message.id)
        elif found.fuzzy:
            fuzzy.append(message.id)
        elif _same(message.id, found.string) and not _may_be_same(message.id, language):
            same.append(message.id)

    assert not missing
    assert not fuzzy
    assert not same


@pytest.mark.parametrize(("room", "language"), CASES, ids=[f"{r.name}-{code}" for r, code in CASES])
def test_what_is_compiled_is_what_is_written(room, language):
    path = catalogues.file_of(room, language)
    if not path.exists():
        assert not len(catalogues.said(room))
        return
    with path.with_suffix(".mo").open("rb") as source:
        compiled = read_mo(source)

    assert _strings(compiled) == _strings(catalogues.translated(room, language))


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_rooms_agree_on_every_translation(language):
    """Django merges the catalogues: where two rooms differ, one of them would show the other's words."""
    said = {}
    for room in catalogues.rooms():
        for message in catalogues.translated(room, language):
            if message.id:
                said.setdefault((message.context, _first(message.id)), {})[room.name] = message.string

    assert not {key: rooms for key, rooms in said.items() if len({_text_of(s) for s in rooms.values()}) > 1}


def test_a_string_without_translation_is_found(tmp_path):
    (tmp_path / "said.py").write_text(
        'from django.utils.translation import gettext as _\n_("Nobody translated this")\n'
    )

    catalog = catalogues.Catalog()
    for _, source in catalogues._sources(tmp_path):
        for _line, message, _comments, _context in catalogues.extract(
            "python", __import__("io").BytesIO(source), keywords=catalogues.KEYWORDS
        ):
            catalog.add(message)

    assert catalog.get("Nobody translated this") is not None


def _strings(catalog):
    return {(str(_first(m.id)), _text(m.context)): "|".join(_all(m.string)) for m in catalog if m.id}


def _text(value):
    return value.decode() if isinstance(value, bytes) else value


def _all(value):
    return list(value) if isinstance(value, list | tuple) else [value]


def _text_of(string):
    return "|".join(_all(string))


def _first(value):
    return value[0] if isinstance(value, list | tuple) else value


def _same(message, string):
    return _first(message) == _first(string)


def _may_be_same(message, language):
    text = _first(message)
    letters = [c for c in text if c.isalpha()]
    if text in SAME_EVERYWHERE or not letters:
        return True
    return language == "fr" and text in SAME_IN_FRENCH
