"""Versioned code lists, places, languages and the programme's own facts, with labels in every language.

Everything here is read from files beside the code, on first use, and kept. Nothing needs a database.
"""

from __future__ import annotations

from compass.vocabulary.codes import LANGUAGES, Code, CodeList, all_known, code_list, known, label_of, list_ids
from compass.vocabulary.labels import in_order
from compass.vocabulary.languages import Language, language, languages
from compass.vocabulary.nationalities import nationalities
from compass.vocabulary.places import Area, Country, area, areas, countries, country
from compass.vocabulary.programme import Phase, Programme, programme
from compass.vocabulary.standards import Timeline, standard, standards, timeline, timelines

__all__ = [
    "LANGUAGES",
    "Area",
    "Code",
    "CodeList",
    "Country",
    "Language",
    "Phase",
    "Programme",
    "Timeline",
    "all_known",
    "area",
    "areas",
    "code_list",
    "countries",
    "country",
    "in_order",
    "known",
    "label_of",
    "language",
    "languages",
    "list_ids",
    "nationalities",
    "programme",
    "standard",
    "standards",
    "timeline",
    "timelines",
]
