"""Nationalities: every country of ISO 3166-1, named by CLDR, and what stands for none or not known."""

from __future__ import annotations

from functools import cache

from babel import Locale

from compass.vocabulary.codes import Code, CodeList
from compass.vocabulary.files import read
from compass.vocabulary.labels import LANGUAGES


@cache
def nationalities() -> CodeList:
    """All nationalities, by alpha-2 code, with the names of countries.

    CLDR also names what is no country of ISO 3166-1 (parts, unions, test regions): the file lists what to leave out,
    the names where United Nations usage differs from CLDR, and the codes of three letters for who has none: of ICAO 9303 for
    stateless and undetermined, our own for who claims none.
    """
    document = read("nationalities")
    left_out = set(document["left_out"])
    names = {tag: Locale.parse(tag).territories for tag in LANGUAGES}
    renamed = document["renamed"]
    codes = [
        Code(value, renamed.get(value) or {tag: names[tag][value] for tag in LANGUAGES}, source=document["source"])
        for value in sorted(names["en"])
        if len(value) == 2 and value.isalpha() and value not in left_out
    ]
    special = [Code(row["value"], row["labels"], source=row["source"]) for row in document["codes"]]
    return CodeList("nationality", document["version"], document["source"], False, (*codes, *special))
